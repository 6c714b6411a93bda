#include <guichet/desk/failed_letters.hpp>

#include <algorithm>
#include <utility>

#include <guichet/desk/enrol.hpp>

namespace guichet::desk {
namespace {

FailedLetter failed_from(const ledger::Record& record, Letter letter) {
  return {.letter = std::move(letter), .failed = record.at, .revision = record.revision};
}

/// Of two who settle one letter, the second is told.
ledger::RecordChange removal(const FailedLetter& failed) {
  ledger::RecordChange change;
  change.record = to_record(failed.letter, kLetterFailedKind, failed.failed);
  change.record.revision = failed.revision;
  change.expect = ledger::RecordChange::Expect::revision;
  change.remove = true;
  return change;
}

}  // namespace

Result<std::vector<FailedLetter>> failed_letters(ledger::Reader& reader, std::size_t most) {
  ledger::RecordQuery query;
  query.kind = kLetterFailedKind;
  query.limit = most;
  GUICHET_TRY(records, reader.records(query));
  std::vector<FailedLetter> all;
  for (const ledger::Record& record : records)
    if (auto letter = letter_from(record)) all.push_back(failed_from(record, std::move(*letter)));
  return all;
}

Result<std::optional<FailedLetter>> failed_letter(ledger::Reader& reader, const std::string& id) {
  GUICHET_TRY(record, reader.record(kLetterFailedKind, id));
  if (!record) return std::optional<FailedLetter>{};
  GUICHET_TRY(letter, letter_from(*record));
  return std::optional{failed_from(*record, std::move(letter))};
}

Result<std::size_t> count_failed_letters(ledger::Reader& reader, std::size_t most) {
  std::size_t count = 0;
  ledger::RecordQuery query;
  query.kind = kLetterFailedKind;
  while (count < most) {
    GUICHET_TRY(records, reader.records(query));
    count += records.size();
    if (records.size() < query.limit) break;
    query.key_after = records.back().key;
  }
  return std::min(count, most);
}

bool can_go_again(const Letter& letter) {
  if (letter.kind == LetterKind::promise) return letter.due != kNever;
  if (letter.kind == LetterKind::refusal) return !letter.refusal.empty();
  return letter.act != 0;
}

void send_again(const FailedLetter& failed, ActorId by, Instant now, Errand& errand) {
  errand.records.push_back(removal(failed));
  Letter letter = failed.letter;
  letter.attempts = 0;
  letter.fault.clear();
  errand.records.push_back({.record = to_record(letter, kLetterKind, now)});
  errand.house.push_back(house_note(by, "letter_sent_again", "person", letter.to.value));
}

void take_off(const FailedLetter& failed, ActorId by, Errand& errand) {
  errand.records.push_back(removal(failed));
  errand.house.push_back(house_note(by, "letter_taken_off", "person", failed.letter.to.value));
}

}  // namespace guichet::desk
