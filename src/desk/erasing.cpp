#include <guichet/desk/erasing.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include <guichet/base/sha256.hpp>
#include <guichet/desk/mail_moving.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/desk/pages/drafts.hpp>

namespace guichet::desk {
namespace {

using ledger::CaseFile;
using ledger::Text;
using ledger::TextKind;

/// Where a mail stands: the version of its event in a case.
using Place = std::pair<CaseId, std::uint32_t>;

const Text* text_in(const CaseFile& file, TextId id) {
  const auto found = std::ranges::lower_bound(file.texts, id, {}, &Text::id);
  return found == file.texts.end() || found->id != id ? nullptr : &*found;
}

struct Mail {
  std::uint32_t message{};
  std::vector<const Text*> texts;  // its words first
};

std::optional<Mail> mail_of(const CaseFile& file, const Event& event) {
  if (event.kind != EventKind::message_sent || !event.text) return std::nullopt;
  Mail mail{.message = event.version.value, .texts = {}};
  for (const TextId id : texts_of_mail(file, event))
    if (const Text* text = text_in(file, id)) mail.texts.push_back(text);
  const bool came = std::ranges::any_of(mail.texts, [](const Text* text) { return text->kind == TextKind::mail; });
  return came ? std::optional{std::move(mail)} : std::nullopt;
}

std::optional<Mail> mail_with(const CaseFile& file, TextId text) {
  for (const ledger::KeptEvent& kept : file.events)
    if (auto mail = mail_of(file, kept.event);
        mail && std::ranges::find(mail->texts, text, &Text::id) != mail->texts.end())
      return mail;
  return std::nullopt;
}

/// Where else the mail of this place stands, one step away.
Result<std::vector<Place>> neighbours(ledger::Reader& reader, const CaseFile& file, std::uint32_t message) {
  const MovedMails moved = moved_mails(file);
  std::vector<Place> all;
  if (const auto from = moved.from.find(message); from != moved.from.end())
    all.emplace_back(from->second.case_id, from->second.message);
  if (const auto taken = moved.taken.find(message); taken != moved.taken.end()) {
    GUICHET_TRY(there, reader.case_file(taken->second.mail.to));
    if (!there) return all;
    for (const auto& [version, origin] : moved_mails(*there).from)
      if (origin.case_id == file.row.case_id && origin.message == message)
        all.emplace_back(there->row.case_id, version);
  }
  return all;
}

class Gathering {
 public:
  Gathering(ledger::Reader& reader, const Text& named) : reader_(reader), named_(named) {}

  Result<Erasing> all() {
    if (!named_.case_id) return alone();
    GUICHET_TRY(file, reader_.case_file(named_.case_id));
    const std::optional<Mail> mail = file ? mail_with(*file, named_.id) : std::nullopt;
    if (!mail) return alone();
    std::vector<Place> to_see{{named_.case_id, mail->message}};
    std::set<Place> seen{to_see.front()};
    while (!to_see.empty()) {
      const Place place = to_see.back();
      to_see.pop_back();
      GUICHET_TRY(here, reader_.case_file(place.first));
      if (!here) continue;
      GUICHET_TRY(taken, take(*here, place.second));
      GUICHET_TRY(more, neighbours(reader_, *here, place.second));
      for (const Place& next : more)
        if (seen.insert(next).second) to_see.push_back(next);
    }
    return finished();
  }

 private:
  Result<Erasing> alone() {
    GUICHET_TRY(taken, take(named_));
    return finished();
  }

  Result<Erasing> finished() {
    std::ranges::sort(out_.texts);
    return std::move(out_);
  }

  Outcome take(const CaseFile& file, std::uint32_t message) {
    for (const ledger::KeptEvent& kept : file.events) {
      if (kept.event.version.value != message) continue;
      const auto mail = mail_of(file, kept.event);
      if (!mail) return Done{};
      for (const Text* text : mail->texts) {
        const bool file_named = named_.kind == TextKind::file;
        // Whoever erases one file of a mail keeps its words; its bytes hold the file.
        const bool goes = text->kind == TextKind::mail ||
                          (file_named ? text->id == named_.id || (!named_.erased && text->kind == TextKind::file &&
                                                                  text->sha256 == named_.sha256)
                                      : text->kind != TextKind::file);
        if (!goes) continue;
        GUICHET_TRY(taken, take(*text));
      }
      return Done{};
    }
    return Done{};
  }

  Outcome take(const Text& text) {
    if (text.erased) return Done{};
    out_.texts.push_back(text.id);
    if (text.kind == TextKind::file) return Done{};
    if (text.kind == TextKind::mail) return take_from_tray(text);
    if (!text.case_id || !text.author || !drafts_.insert({text.case_id, text.author}).second) return Done{};
    return take_drafts(text.case_id, text.author);
  }

  /// A mail of the tray is known by its bytes.
  Outcome take_from_tray(const Text& raw) {
    for (const std::string_view kind : {kSettledKind, kRawKind}) {
      GUICHET_TRY(record, reader_.record(kind, hex(raw.sha256)));
      if (record) take(std::move(*record));
    }
    return Done{};
  }

  Outcome take_drafts(CaseId case_id, ActorId author) {
    ledger::RecordQuery query;
    query.kind = "draft";
    query.key_prefix = draft_key(author, case_id, {});
    GUICHET_TRY(drafts, reader_.records(query));
    for (ledger::Record& draft : drafts) take(std::move(draft));
    return Done{};
  }

  void take(ledger::Record record) {
    record.body.clear();
    out_.records.push_back(
        {.record = std::move(record), .expect = ledger::RecordChange::Expect::anything, .remove = true});
  }

  ledger::Reader& reader_;
  const Text& named_;
  Erasing out_;
  std::set<std::pair<CaseId, ActorId>> drafts_;
};

}  // namespace

Result<Erasing> erasing_of(ledger::Reader& reader, TextId text) {
  GUICHET_TRY(named, reader.text(text));
  return Gathering(reader, named).all();
}

Result<std::vector<ledger::RecordChange>> drafts_of(ledger::Reader& reader, ActorId person) {
  std::vector<ledger::RecordChange> all;
  ledger::RecordQuery query;
  query.kind = "draft";
  query.key_prefix = std::to_string(person.value) + "/";
  for (;;) {
    GUICHET_TRY(drafts, reader.records(query));
    if (drafts.empty()) return all;
    query.key_after = drafts.back().key;
    for (ledger::Record& draft : drafts) {
      draft.body.clear();
      all.push_back({.record = std::move(draft), .expect = ledger::RecordChange::Expect::anything, .remove = true});
    }
  }
}

}  // namespace guichet::desk
