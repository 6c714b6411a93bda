// A small house with a postbox: letters are kept instead of sent, mails are put into a spool of its own.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <guichet/desk/letters.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/desk/postbox.hpp>
#include <guichet/dossier/words.hpp>
#include <guichet/intake/mail/message.hpp>

#include "small_house.hpp"

namespace guichet::desk {

/// Keeps what is sent, or says that it cannot be.
class Listener final : public Outbox {
 public:
  struct Heard {
    std::vector<Parcel> parcels;
    Posted::Kind answer = Posted::Kind::taken;
    int code = 250;
  };
  explicit Listener(Heard& heard) : heard_(heard) {}
  Posted send(const Parcel& parcel) override {
    if (heard_.answer == Posted::Kind::taken) heard_.parcels.push_back(parcel);
    return {.kind = heard_.answer,
            .code = heard_.code,
            .detail = heard_.answer == Posted::Kind::taken ? "" : "the server says no"};
  }

 private:
  Heard& heard_;
};

class MailedHouse {
 public:
  explicit MailedHouse(const std::string& procedure = "guichet-unique") : house(procedure) {
    static int number = 0;
    folder_ = (std::filesystem::temp_directory_path() /
               ("guichet-postbox-" + std::to_string(::getpid()) + "-" + std::to_string(++number)))
                  .string();
    std::filesystem::remove_all(folder_);
    desk.name = "Guichet";
    desk.base_url = "https://desk.example";
    settings.address = "desk@place.example";
    settings.domain = "place.example";
    settings.list_id = "guichet.place.example";
    settings.warn_before = Duration{0};
    begin();
    EXPECT_TRUE(step());  // from here on
  }
  ~MailedHouse() {
    postbox.reset();
    std::filesystem::remove_all(folder_);
  }
  MailedHouse(const MailedHouse&) = delete;
  MailedHouse& operator=(const MailedHouse&) = delete;

  /// A postbox over what the ledger holds, as after a restart.
  void begin() {
    postbox.reset();
    auto spool = MailSpool::open(folder_);
    EXPECT_TRUE(spool);
    Postbox::Parts parts;
    parts.ledger = &house.ledger();
    parts.clerk = &house.clerk();
    parts.procedures = &house.procedures();
    parts.people = &house.people();
    parts.house = &desk;
    parts.settings = settings;
    parts.outbox = std::make_unique<Listener>(heard);
    parts.spool = *spool;
    parts.find_key = find_key;
    auto made = Postbox::by_hand(std::move(parts));
    EXPECT_TRUE(made);
    postbox = std::move(*made);
  }

  Outcome step() { return postbox->step(house.clock().now()); }
  /// One step, and what it sent, read.
  std::vector<intake::mail::Message> letters() {
    heard.parcels.clear();
    const Outcome done = step();
    EXPECT_TRUE(done) << (done ? "" : done.error().detail);
    std::vector<intake::mail::Message> out;
    for (const Parcel& parcel : heard.parcels) out.push_back(intake::mail::read_message(parcel.raw));
    return out;
  }
  /// Of `letters`, those to this person.
  static std::vector<intake::mail::Message> to(const std::vector<intake::mail::Message>& letters, ActorId person) {
    std::vector<intake::mail::Message> out;
    for (const auto& letter : letters)
      if (!letter.to.empty() && letter.to[0].address == address_of(person)) out.push_back(letter);
    return out;
  }
  static std::string address_of(ActorId person) { return std::to_string(person.value) + "@people.example"; }

  /// Puts a mail into the spool, takes it in, and gives the tray as it is then.
  std::vector<TrayMail> receive(const std::string& raw) {
    const auto spool = MailSpool::open(folder_);
    EXPECT_TRUE(spool && spool->put(raw, false));
    const Outcome done = step();
    EXPECT_TRUE(done) << (done ? "" : done.error().detail);
    return tray();
  }
  std::vector<TrayMail> tray() {
    auto mails = waiting_mails(house.reader(), 100);
    EXPECT_TRUE(mails);
    return mails ? *mails : std::vector<TrayMail>{};
  }
  static std::string reply(ActorId from, const std::string& in_reply_to, const std::string& words,
                           const std::string& more = {}) {
    static int number = 0;
    const std::string id = "reply" + std::to_string(++number) + "@people.example";
    return "Message-ID: <" + id + ">\r\nFrom: Somebody <" + address_of(from) +
           ">\r\nTo: desk@place.example\r\nSubject: Re: case\r\nDate: Mon, 2 Mar 2026 11:00:00 +0000\r\n" +
           (in_reply_to.empty() ? "" : "In-Reply-To: <" + in_reply_to + ">\r\n") + more + "\r\n" + words + "\r\n";
  }
  std::size_t spooled() {
    const auto spool = MailSpool::open(folder_);
    return spool->waiting(100)->size();
  }
  std::vector<ledger::Record> records(std::string_view kind) {
    ledger::RecordQuery query;
    query.kind = kind;
    return *house.reader().records(query);
  }
  /// The words of the last message of a case.
  dossier::Words last_words(CaseId case_id) {
    const auto file = house.file(case_id);
    for (auto kept = file.events.rbegin(); kept != file.events.rend(); ++kept)
      if (kept->event.kind == EventKind::message_sent) {
        const auto text = house.reader().text(kept->event.text);
        return dossier::words_or_plain(text->body, text->media_type);
      }
    return {};
  }

  SmallHouse house;
  House desk;
  MailSettings settings;
  intake::mail::FindKey find_key;
  Listener::Heard heard;
  std::unique_ptr<Postbox> postbox;

 private:
  std::string folder_;
};

}  // namespace guichet::desk
