#!/usr/bin/env python3
"""Writes an mbox of invented mails for timing `guichet audit`: pairs of a mail of the seller with so many questions and
one of the desk. The same numbers, the same bytes. Usage: audit_box.py PAIRS QUESTIONS"""
import email.utils
import random
import sys

WORDS = ("shelf stock parcel account limit payout listing carrier pallet invoice refund customs warehouse barcode "
         "label damage delay counting signature driver contract storage quota season weight lamp chair table mirror "
         "vase").split()


def words(chance, count):
    return " ".join(chance.choice(WORDS) + (str(chance.randrange(10_000)) if chance.random() < 0.3 else "")
                    for _ in range(count))


def main():
    pairs, questions = int(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(11)
    second = 1_700_000_000
    for pair in range(pairs):
        matter = pair // 10
        for desk in (False, True):
            second += chance.randrange(600, 90_000)
            sender, to = ("support@market.example", "anna@shop.example")[::1 if desk else -1]
            name = "d" if desk else "s"
            print("From x Tue Mar  3 09:00:00 2026")
            print(f"From: {sender}\nTo: {to}\nSubject: {'Re: ' if desk else ''}Case {100_000 + matter}")
            print(f"Date: {email.utils.formatdate(second)}\nMessage-ID: <{name}{pair}@box.example>")
            if desk:
                print(f"In-Reply-To: <s{pair}@box.example>")
            print()
            if desk:
                print(f"We thank you for your patience. {words(chance, 120)}.\n\nKind regards,\n"
                      f"{chance.choice(('Marie', 'Paul', 'Ines', 'Noor'))}\n")
            else:
                print("\n".join(f"Where is the {words(chance, 8)} now?" for _ in range(questions)) + "\n")


main()
