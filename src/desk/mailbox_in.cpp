#include <guichet/desk/mailbox_in.hpp>

#include <utility>

#include <guichet/base/sha256.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/intake/mail/arrival.hpp>

namespace guichet::desk {
namespace {

namespace mail = intake::mail;

void trim_end(std::string& text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
}

Result<MailBehind> mail_behind(const MailboxIn& in, std::uint32_t number) {
  GUICHET_TRY(raw, in.box.raw_of(number));
  mail::Message message = mail::read_message(raw);
  const mail::Placing placing = mail::place(in.box.mapping(), message);
  const mail::BoxMail& seen = in.box.mails()[number];
  MailBehind behind;
  behind.message_id = in.box.message_id(number);
  behind.matched = utf8_repair(in.box.thread_reason(number) + "; " + placing.reason());
  behind.arrival.push_back({"sha256", hex(sha256(raw))});
  for (auto& [key, value] : mail::arrival_lines(mail::arrival_of(raw, message, in.find_key)))
    behind.arrival.push_back({std::move(key), std::move(value)});
  if (seen.time_by != mail::TimeBy::date)
    behind.arrival.push_back({"time", "of the " + std::string(mail::name(seen.time_by))});
  if (!message.flaws.none()) behind.arrival.push_back({"odd", message.flaws.names()});
  behind.said = std::move(message.text);
  trim_end(behind.said);
  for (mail::Attachment& file : message.attachments) {
    if (file.body.empty()) continue;
    behind.files.push_back({.kind = ledger::TextKind::file,
                            .author = {},
                            .name = std::move(file.name),
                            .media_type = std::move(file.media_type),
                            .body = std::move(file.body)});
  }
  behind.raw = std::move(raw);
  return behind;
}

Outcome leave_in_tray(const MailboxIn& in, std::uint32_t number, Importer& importer, Instant now) {
  GUICHET_TRY(raw, in.box.raw_of(number));
  mail::Reading reading;
  reading.bodies = false;
  const mail::Message message = mail::read_message(raw, reading);
  TrayMail waiting;
  waiting.id = hex(sha256(raw));
  waiting.reason = TrayReason::no_sender;
  waiting.from_name = message.from.empty() ? std::string{} : message.from.front().name;
  waiting.subject = message.subject;
  waiting.message_id = message.message_id;
  if (message.date) waiting.written = message.date->at;
  waiting.received = now;
  waiting.bytes = raw.size();
  importer.leave_in_tray(waiting, raw);
  return Done{};
}

}  // namespace

Result<MailboxImported> import_mailbox(ledger::Ledger& ledger, const ledger::Shelving& shelving, const MailboxIn& in,
                                       Instant now) {
  GUICHET_TRY(reader, ledger.reader());
  GUICHET_TRY(
      importer,
      Importer::begin(ledger, shelving,
                      {.name = in.name, .digest = in.box.digest(), .said = kMailboxSays, .told_by_mails = true}, now));
  MailboxImported done;
  std::vector<Moment> room;
  std::uint64_t cases = 0;
  for (const mail::BoxCase& one : in.box.cases()) {
    if (in.progress) in.progress(cases++, in.box.cases().size());
    mail::BoxCase fresh{.subject = one.subject, .account = one.account, .mails = {}};
    for (const std::uint32_t number : one.mails) {
      GUICHET_TRY(known, known_id(*reader, in.box.message_id(number)));
      if (known) {
        done.known_mails.push_back(number);
      } else {
        fresh.mails.push_back(number);
      }
    }
    if (fresh.mails.empty()) continue;
    importer->add_mails(in.box.history(fresh, room), in.box.names(),
                        [&](std::size_t moment) { return mail_behind(in, fresh.mails[moment]); });
    done.mails += fresh.mails.size();
  }
  for (std::uint32_t number = 0; number < in.box.mails().size(); ++number) {
    if (in.box.mails()[number].fate != mail::Fate::nobody) continue;
    if (const Outcome left = leave_in_tray(in, number, *importer, now); !left) return left.error();
    ++done.waiting;
  }
  done.known = done.known_mails.size();
  GUICHET_TRY(written, importer->finish(kMailboxSays));
  done.written = written;
  return done;
}

}  // namespace guichet::desk
