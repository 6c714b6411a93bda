#include "read_mailbox.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include <guichet/desk/mailbox_in.hpp>
#include <guichet/formats/bytes.hpp>
#include <guichet/intake/mail/head.hpp>
#include <guichet/intake/mail/mbox.hpp>
#include <guichet/intake/mapping.hpp>
#include <guichet/measures/tally.hpp>

#include "progress.hpp"
#include "quoted.hpp"

namespace guichet::cli {
namespace {

namespace mail = intake::mail;

std::string file_name(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return name.empty() ? std::filesystem::path(path).parent_path().filename().string() : name;
}

Result<mail::MailMapping> proposal(const std::vector<std::string>& paths, std::vector<std::string>& reasons) {
  mail::MailSurvey survey;
  mail::Reading reading;
  reading.bodies = false;
  reading.digests = false;
  ProgressBar progress("looking who is who");
  mail::Walk walk;
  walk.progress = [&](std::uint64_t done, std::uint64_t all) { progress(done, all); };
  std::uint64_t mails = 0;
  for (const std::string& path : paths) {
    GUICHET_TRY(visited, mail::for_each_mail(path, walk, [&](const mail::FoundMail& found) {
                  const mail::Message message = mail::read_message(found.raw, reading);
                  if (!found.separator.empty() || message.names_itself()) ++mails;
                  survey.add(message, found.raw);
                  return true;
                }));
  }
  if (mails == 0) return no_mails(paths);
  reasons = survey.reasons();
  auto proposed = survey.propose();
  if (!proposed) return Error{proposed.error().fault, paths.front() + ": " + proposed.error().detail};
  return proposed;
}

/// Whether a path holds mails and no log: a folder, or a file that begins as an mbox or as a mail does.
bool is_mailbox(const std::string& path) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) return true;
  if (!std::filesystem::is_regular_file(path, unknown)) return false;
  auto source = formats::ByteSource::open(path);
  if (!source) return false;
  const auto peeked = source->peek(4096);
  if (!peeked) return false;
  const std::string_view start = *peeked;
  const std::string_view line = start.substr(0, start.find_first_of("\r\n"));
  if (mail::divides_mails(line)) return true;
  if (line.starts_with("From ") && start.find('\n') != std::string_view::npos &&
      mail::begins_field(start.substr(start.find('\n') + 1)))
    return true;
  // A mail begins with a field, and names its sender, its way or itself in one; stations write long ones above these.
  constexpr std::array<std::string_view, 12> kOfMails{"from",
                                                      "received",
                                                      "message-id",
                                                      "return-path",
                                                      "date",
                                                      "arc-seal",
                                                      "arc-message-signature",
                                                      "arc-authentication-results",
                                                      "authentication-results",
                                                      "dkim-signature",
                                                      "delivered-to",
                                                      "mime-version"};
  if (!mail::begins_field(line)) return false;
  const mail::Head head = mail::read_head(start);
  return std::any_of(head.fields.begin(), head.fields.end(), [&](const mail::Field& field) {
    const std::string_view name = mail::name_of(start, field);
    return std::ranges::any_of(kOfMails, [&](std::string_view word) { return mail::same_word(name, word); });
  });
}

/// A cell of a CSV file.
std::string cell(std::string_view text) {
  if (text.find_first_of("\",\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace

Error no_mails(const std::vector<std::string>& paths) {
  return {Fault::unreadable, paths.front() + ": holds no mail; name an mbox, a Maildir, or mails in files"};
}

bool wants_mailbox(const std::vector<std::string>& paths, const std::string& mapping) {
  if (paths.empty() || !is_mailbox(paths.front())) return false;
  if (mapping.empty()) return true;
  // What cannot be read is told when it is read as a mapping.
  const auto text = intake::mapping_text(mapping);
  return text && mail::is_mail_mapping(*text);
}

Result<ReadMailbox> read_as_they_stand(const std::vector<std::string>& paths, const std::string& mapping, Instant now,
                                       const std::map<std::string, std::string>& called) {
  ReadMailbox out;
  mail::MailMapping who;
  if (mapping.empty()) {
    GUICHET_TRY(proposed, proposal(paths, out.reasons));
    who = std::move(proposed);
    out.origin = "proposed";
    for (const std::string& reason : out.reasons) std::cerr << "guessed: " << reason << '\n';
  } else {
    GUICHET_TRY(given, mail::load_mail_mapping(mapping));
    who = std::move(given);
    out.origin = "given";
  }
  out.box = std::make_unique<mail::Mailbox>(std::move(who), now);
  for (const auto& [path, name] : called) out.box->call(path, name);
  ProgressBar progress("reading");
  mail::Walk walk;
  walk.progress = [&](std::uint64_t done, std::uint64_t all) { progress(done, all); };
  for (const std::string& path : paths) {
    if (const Outcome read = out.box->read(path, walk); !read) return read.error();
    if (!out.name.empty()) out.name += " ";
    const auto known = called.find(path);
    out.name += file_name(known == called.end() ? path : known->second);
  }
  if (out.box->recognised() == 0) return no_mails(paths);
  if (!mapping.empty() && !out.box->covers_somebody())
    return mail::covers_nobody(out.box->mapping(), out.box->senders());
  return out;
}

Result<ReadMailbox> read_mailbox(const std::vector<std::string>& paths, const std::string& mapping, Instant now,
                                 const std::map<std::string, std::string>& called) {
  Result<ReadMailbox> read = read_as_they_stand(paths, mapping, now, called);
  if (read) return read;
  Error error = read.error();
  for (const auto& [path, name] : called)
    for (std::size_t at = error.detail.find(path); at != std::string::npos;
         at = error.detail.find(path, at + name.size()))
      error.detail.replace(at, path.size(), name);
  return error;
}

MeasuredLog measure_mailbox(const ReadMailbox& mailbox, const std::string& mapping) {
  const mail::Mailbox& box = *mailbox.box;
  MeasuredLog measured;
  measures::Tally tally;
  std::vector<Moment> room;
  for (const mail::BoxCase& one : box.cases()) tally.fold(box.history(one, room));
  measured.said = desk::kMailboxSays;
  tally.can_say(measured.said);
  measured.names = box.names();
  measured.findings = tally.findings(measured.names);
  measured.source.name = mailbox.name;
  measured.source.format = "mailbox";
  measured.source.mapping = box.mapping().name;
  measured.source.mapping_origin = mailbox.origin;
  measured.source.command = "guichet measure " + quoted(mailbox.name);
  if (!mapping.empty()) measured.source.command += " --mapping " + quoted(file_name(mapping));
  for (const intake::Noted& note : box.counted_notes()) {
    const bool kept = note.what.starts_with("odd") || note.what.find("date") != std::string::npos ||
                      note.what.starts_with("the Message-ID") || note.what.starts_with("a line in it") ||
                      note.what.starts_with("it is longer");
    (kept ? measured.source.warnings : measured.source.skipped)
        .push_back({note.what, note.count, note.places, note.example});
  }
  return measured;
}

Outcome write_notes(const std::string& path, const mail::Mailbox& box, const std::vector<std::uint32_t>& known) {
  std::ofstream out(path, std::ios::binary);
  out << "what,place,message_id\n";
  const auto line = [&](const std::string& what, std::uint32_t number) {
    out << cell(what) << ',' << cell(box.place_of(number)) << ',' << cell(box.message_id(number)) << '\n';
  };
  for (const mail::BoxNote& note : box.notes()) line(note.what, note.mail);
  for (const std::uint32_t number : known) line("in the ledger before", number);
  out << std::flush;
  if (out) return Done{};
  return Error{Fault::storage, path + ": cannot be written; name a file in a folder that exists and is yours"};
}

}  // namespace guichet::cli
