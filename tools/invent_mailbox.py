#!/usr/bin/env python3
"""Writes samples/seller-alone.mbox: the mailbox of a seller who is alone with it, in French.

Usage: tools/invent_mailbox.py FILE

Nobody in it is real, nor is the marketplace; every mail says so in its header. It tells what a seller met: one matter
begun again and again, another person at each answer, cases closed 48 hours after the last mail, the same sentences
from everybody, an offer on condition of silence, and then a limit divided by fifteen. One question is
answered well, too. One mail answers another that is not there, and one desk clock is wrong.
"""
import base64
import sys
from datetime import datetime, timedelta, timezone

SELLER = ("Camille Sorel", "camille@boisclair.example")
DESK = ("Grandplace – Service vendeurs", "vendeurs@grandplace.example")
PROGRAM = ("Grandplace", "ne-pas-repondre@grandplace.example")
LAWYERS = ("Grandplace – Service juridique", "juridique@grandplace.example")

# What everybody at this desk writes.
HELLO = ("Nous vous remercions d'avoir contacté le service vendeurs de Grandplace et nous vous prions de nous excuser "
         "pour la gêne occasionnée.")
CARE = "Votre demande a été examinée avec la plus grande attention par notre équipe spécialisée."
HELP = ("Nous vous invitons à consulter la page d'aide « Suivre une réception » de votre espace, qui répond à la "
        "plupart des questions des vendeurs.")
PASSED_ON = "Votre demande a été transmise au service des réceptions, qui vous répondra directement."
SEARCHING = "Nos recherches à l'entrepôt sont en cours."
WHICH = "Pourriez-vous nous confirmer le numéro de la réception et le nombre de cartons ?"
GOODBYE = ("Nous restons à votre disposition pour toute question complémentaire et vous souhaitons d'excellentes "
           "ventes sur Grandplace.")

# What the seller has to write again each time.
FACTS = ("Le 14 janvier 2025, j'ai livré à votre entrepôt de Saint-Aubin 212 pieds de lampe en noyer, sous la "
         "réception "
         "GP-204187. Le transporteur a remis les 14 cartons contre signature. Votre inventaire n'en montre aucun, et "
         "rien n'a été payé.\n\nLa valeur des 212 pièces est de 3 922,00 euros, soit 18,50 euros la pièce.")
FEES = ("La facture F-2025-0311 me compte 96,40 euros de frais de stockage pour les 212 pièces que votre entrepôt dit "
        "ne pas avoir.")
LIMIT = "Ma limite de stockage est passée de 1 200 à 80 unités, quatre jours après mon refus."
WHEN = "À quelle date les 212 pièces ont-elles été comptées à l'entrepôt ?"
WHO = "Qui est responsable de mon dossier du début à la fin ?"
SLIP = "Pouvez-vous m'envoyer la copie du bordereau signé par votre quai de réception ?"
PAID = "Quand les pièces perdues seront-elles remboursées ?"
HOW = "Comment pouvez-vous facturer le stockage de pièces que vous dites introuvables ?"
FIGURES = "Sur quels chiffres ce calcul repose-t-il ?"

LOST = "Réception GP-204187 : 212 pièces manquantes"
STORAGE = "Facture F-2025-0311 : frais de stockage"
ADDRESS = "Changement d'adresse de retour"
COMPLAINT = "Réclamation : réception GP-204187"
DIVIDED = "Limite de stockage divisée par quinze"

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def said_by_seller(*paragraphs):
    return "\n\n".join(["Bonjour,", *paragraphs, "Cordialement,\nCamille Sorel\nAtelier Boisclair"])


def said_by_agent(agent, *paragraphs):
    signature = f"Cordialement,\n{agent}\nService vendeurs Grandplace"
    return "\n\n".join(["Bonjour,", HELLO, *paragraphs, GOODBYE, signature])


def encoded(words):
    """Words of a header (RFC 2047)."""
    if words.isascii():
        return words
    return f"=?utf-8?b?{base64.b64encode(words.encode()).decode()}?="


def date(at):
    return at.strftime("%a, %d %b %Y %H:%M:%S +0000")


class Mailbox:
    def __init__(self):
        self.mails = []

    def add(self, at, sender, subject, body, answers=(), unseen=None, clock_ahead=timedelta(0)):
        """Puts a mail in and gives its identity. `answers` are the identities of its thread, the last one answered."""
        number = len(self.mails) + 1
        host = sender[1].split("@")[1]
        identity = f"{at:%Y%m%d.%H%M}.{number:03}@{host}"
        receiver = DESK if sender is SELLER else SELLER
        head = []
        if sender is not SELLER:
            head.append(f"Received: from relais.{host} (relais.{host} [192.0.2.{20 + number % 7}])\n"
                        f"\tby mx.boisclair.example with ESMTPS id B{number:05};\n"
                        f"\t{date(at + timedelta(seconds=4) - clock_ahead)}")
        head += [f"Date: {date(at)}", f"From: {encoded(sender[0])} <{sender[1]}>",
                 f"To: {encoded(receiver[0])} <{receiver[1]}>", f"Subject: {encoded(subject)}",
                 f"Message-ID: <{identity}>"]
        if answers:
            chain = [*answers[-6:], unseen] if unseen else answers[-6:]
            head += [f"In-Reply-To: <{chain[-1]}>", "References: " + "\n ".join(f"<{one}>" for one in chain)]
        if sender is PROGRAM:
            head.append("Auto-Submitted: auto-generated")
        head += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit",
                 "X-Invented: nobody wrote this mail (guichet, tools/invent_mailbox.py)"]
        self.mails.append((at, f"From {sender[1]} {at:%a %b %e %H:%M:%S %Y}\n" + "\n".join(head) +
                           f"\n\n{body}\n\n"))
        return identity

    def text(self):
        return "".join(mail for _, mail in sorted(self.mails, key=lambda mail: mail[0]))


class Conversation:
    """One case: the seller begins, a program acknowledges, persons answer, a clock closes."""

    def __init__(self, box, case, subject, begins, *paragraphs, acknowledged=True):
        self.box, self.case, self.subject = box, case, subject
        self.at = datetime.fromisoformat(begins).replace(tzinfo=timezone.utc)
        self.last = said_by_seller(*paragraphs), SELLER, self.at
        self.thread = [box.add(self.at, SELLER, subject, self.last[0])]
        if acknowledged:
            box.add(self.at + MINUTE, PROGRAM, f"[Dossier {case}] {subject}",
                    f"Bonjour,\n\nNous avons bien reçu votre message, enregistré sous le numéro {case}. Un conseiller "
                    "vous répondra dans les meilleurs délais.\n\nGrandplace", self.thread)

    def seller(self, after, *paragraphs, **more):
        return self._say(after, SELLER, said_by_seller(*paragraphs), **more)

    def agent(self, after, agent, *paragraphs, quoting=False, **more):
        return self._say(after, DESK, said_by_agent(agent, *paragraphs), quoting, **more)

    def _say(self, after, sender, words, quoting=False, **more):
        self.at += after
        quote = ""
        if quoting:
            text, (name, address), at = self.last
            quote = (f"\n\nLe {at:%d/%m/%Y} à {at:%H:%M}, {name} <{address}> a écrit :\n" +
                     "\n".join(f"> {line}".rstrip() for line in text.split("\n")))
        self.last = words, sender, self.at
        self.thread.append(self.box.add(self.at, sender, f"Re: [Dossier {self.case}] {self.subject}", words + quote,
                                        self.thread, **more))
        return self

    def closed(self, seconds):
        self.box.add(self.at + 48 * HOUR + timedelta(seconds=seconds), PROGRAM,
                     f"Votre dossier {self.case} a été clôturé",
                     f"Bonjour,\n\nSans réponse de votre part, votre dossier {self.case} a été clôturé "
                     "automatiquement.\n\nPour toute nouvelle demande, nous vous invitons à ouvrir un nouveau dossier "
                     "depuis votre espace vendeur.\n\nGrandplace", self.thread)


def lost_goods(box):
    (Conversation(box, 48310277, LOST, "2025-02-03T08:42:10", FACTS, f"{WHEN} {WHO}")
     .agent(9 * DAY + 3 * HOUR, "Inès", CARE, HELP, WHICH, quoting=True)
     .seller(5 * HOUR, "Le numéro est GP-204187 et il y avait 14 cartons, comme je l'ai écrit le 3 février. La "
                       "preuve de "
             "livraison est jointe à mon premier message.", SLIP, quoting=True)
     .agent(11 * DAY + 2 * HOUR, "Bastien", CARE, PASSED_ON)
     .closed(62))
    (Conversation(box, 48355901, LOST, "2025-03-03T07:55:00", "Mon dossier 48310277 a été fermé alors que "
                                                              "j'attendais la "
                  "réponse de votre service des réceptions.", FACTS, f"{WHEN} {WHO}")
     .agent(8 * DAY + 6 * HOUR, "Clémence", CARE, HELP,
            "Pourriez-vous nous transmettre la preuve de livraison du transporteur ?")
     .seller(3 * HOUR, "Je vous l'ai déjà envoyée deux fois, la voici encore : livraison du 14 janvier 2025, 14 "
                       "cartons, "
             "signature du quai 3.", "Que manque-t-il encore à mon dossier ?")
     .agent(14 * DAY + HOUR, "Damien", CARE, "Je comprends votre frustration.", PASSED_ON)
     .seller(26 * HOUR, "C'est la même phrase que le 23 février.", WHO, PAID)
     .agent(6 * DAY, "Inès", HELP, WHICH)
     .closed(34))
    (Conversation(box, 48420066, LOST, "2025-04-14T09:10:00", "Vous avez clos mon dossier 48355901 avant que je "
                                                              "réponde à "
                  "une question à laquelle j'avais répondu le 12 février.", FACTS, WHEN, SLIP)
     .seller(12 * DAY, f"Je relance ce dossier. {PAID}")
     .agent(11 * DAY + 4 * HOUR, "Élodie", CARE, SEARCHING)
     .closed(121))
    (Conversation(box, 48477215, LOST, "2025-05-12T08:05:00", "Je recommence pour la quatrième fois, après les "
                                                              "dossiers "
                  "48310277, 48355901 et 48420066.", FACTS, f"{WHEN} {WHO} {PAID}")
     .agent(10 * DAY, "Farid", CARE, HELP, "Le bordereau de réception n'est pas disponible pour les vendeurs.")
     .seller(2 * HOUR, "Alors qui peut le demander ?", WHO)
     .agent(9 * DAY, "Gaëlle", CARE, "Je transmets votre demande à un responsable.")
     .seller(30 * HOUR, "Lequel, et quand me répondra-t-il ? Je n'ai jamais reçu le message auquel vous renvoyez.",
             unseen="20250601.0911.interne@grandplace.example")
     .agent(13 * DAY + 7 * HOUR, "Hugo", PASSED_ON)
     .closed(27))
    (Conversation(box, 48533840, LOST, "2025-07-01T08:30:00", "Cinquième dossier pour la même réception ; le "
                                                              "précédent, "
                  "48477215, a été clos sans réponse.", FACTS, f"{WHEN} {WHO} {PAID}")
     .agent(15 * DAY + 2 * HOUR, "Irène", CARE, HELP)
     .seller(20 * HOUR, "Cette page ne parle pas de pièces perdues.", PAID)
     .agent(17 * DAY, "Bastien", CARE, SEARCHING)
     .closed(44))


def storage_fees(box):
    (Conversation(box, 48401120, STORAGE, "2025-04-02T10:20:00", FEES, HOW)
     .agent(7 * DAY, "Joachim", CARE, "Les frais de stockage sont calculés chaque mois selon le volume occupé, comme "
            "l'indiquent nos conditions.")
     .closed(51))
    (Conversation(box, 48433377, STORAGE, "2025-04-22T16:40:00", "Ma question du dossier 48401120 est restée sans "
                  "réponse.", FEES, HOW)
     .agent(12 * DAY, "Clémence", CARE, HELP)
     .closed(78))


def a_good_answer(box):
    (Conversation(box, 48366012, ADDRESS, "2025-03-11T09:00:00", "L'adresse de retour de mon atelier change le 1er "
                                                                 "avril : "
                  "8, rue des Menuisiers, Valmont.", "Faut-il la modifier aussi sur les annonces en cours ?",
                  acknowledged=False)
     .agent(4 * HOUR, "Karima", "L'adresse est changée. Il n'est pas nécessaire de la modifier sur les annonces en "
            "cours : elle y est reprise d'elle-même.", quoting=True)
     .seller(50 * MINUTE, "Merci, tout est réglé."))


def offer_and_limit(box):
    def at(text):
        return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)

    asked = box.add(at("2025-08-18T08:15:00"), SELLER, COMPLAINT, "\n\n".join([
        "Madame, Monsieur,", "Depuis le 3 février, cinq dossiers ont été ouverts et cinq ont été clos sans réponse "
                             "sur le "
        "fond.", "Je vous demande 3 922,00 euros pour les 212 pièces et 96,40 euros pour les frais de stockage. À "
                 "défaut, "
        "je saisirai le tribunal.", "Quelle suite donnez-vous à cette demande ?",
        "Cordialement,\nCamille Sorel\nAtelier Boisclair"]))
    offered = box.add(at("2025-09-22T14:05:00"), LAWYERS, f"Re: {COMPLAINT}", "\n\n".join([
        "Madame,", "Sans reconnaissance d'aucune responsabilité et à titre purement transactionnel, nous proposons "
                   "de vous "
        "verser la somme de 4 518,40 euros.", "Cette offre est subordonnée au retrait de votre réclamation et à votre "
        "engagement de ne pas divulguer son existence ni ses termes, qui sont confidentiels.",
        "Elle est valable quatorze jours.", "Cordialement,\nLaure Delmas\nService juridique"]), [asked])
    box.add(at("2025-09-26T09:40:00"), SELLER, f"Re: {COMPLAINT}", "\n\n".join([
        "Madame,", "Je refuse de me taire pour être payée de ce qui m'est dû.",
        "Maintenez-vous cette offre sans la clause de confidentialité ?", "Cordialement,\nCamille Sorel"]),
            [asked, offered])
    box.add(at("2025-09-30T06:00:00"), PROGRAM, "Vos limites de stockage ont changé", "\n\n".join([
        "Bonjour,", "À compter du 1er octobre 2025, votre limite de stockage passe de 1 200 à 80 unités.",
        "Cette limite est calculée d'après l'indice de performance de vos stocks.", "Grandplace"]))
    (Conversation(box, 48601933, DIVIDED, "2025-09-30T08:20:00", LIMIT, FIGURES, "Qui a pris cette décision ?")
     .agent(10 * DAY, "Luc", CARE, "L'indice de performance est établi automatiquement et ne peut pas être modifié "
                                   "par nos "
            "équipes.", clock_ahead=90 * MINUTE)
     .closed(39))
    (Conversation(box, 48644810, DIVIDED, "2025-10-20T07:45:00", "Le dossier 48601933 a été clos sans que l'on me "
                                                                 "donne "
                  "les chiffres.", LIMIT, FIGURES)
     .seller(28 * DAY, "Je relance ce dossier, sans réponse depuis quatre semaines."))


def main(path):
    box = Mailbox()
    lost_goods(box)
    storage_fees(box)
    a_good_answer(box)
    offer_and_limit(box)
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write(box.text())


if __name__ == "__main__":
    main(sys.argv[1])
