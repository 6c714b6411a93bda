#include <guichet/desk/mailbox_in.hpp>

#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include <guichet/base/sha256.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/intake/mail/arrival.hpp>
#include <guichet/intake/mail/quoting.hpp>

namespace guichet::desk {
namespace {

namespace mail = intake::mail;

void trim_end(std::string& text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
}

/// The case that a mail joins, and why.
struct Home {
  CaseId case_id;
  std::string why;
};

/// By what they say.
using Waiting = std::unordered_map<std::uint64_t, TrayMail>;

Result<Waiting> waiting_in_tray(ledger::Reader& reader) {
  Waiting waiting;
  ledger::RecordQuery query;
  query.kind = kTrayKind;
  while (true) {
    GUICHET_TRY(records, reader.records(query));
    for (const ledger::Record& record : records) {
      GUICHET_TRY(mail, tray_mail_from(record));
      if (mail.says != 0 && !mail.head_only) waiting.emplace(mail.says, std::move(mail));
    }
    if (records.size() < query.limit) return waiting;
    query.key_after = records.back().key;
  }
}

using Bytes256 = std::array<std::byte, 32>;
struct HashOfBytes {
  std::size_t operator()(const Bytes256& bytes) const {
    std::size_t hash = 0;
    std::memcpy(&hash, bytes.data(), sizeof hash);
    return hash;
  }
};

/// The cases of the mails that the ledger holds, by what their bytes come to: those of ledgers that were written before
/// mails were known by name, too. Erased ones are not among them.
using Held = std::unordered_map<Bytes256, CaseId, HashOfBytes>;

Result<Held> held_mails(ledger::Reader& reader) {
  constexpr std::size_t kAtOnce = 1000;
  Held held;
  for (TextId next{1};;) {
    GUICHET_TRY(texts, reader.kept_texts(next, kAtOnce));
    if (texts.empty()) return held;
    for (const ledger::Text& text : texts)
      if (text.kind == ledger::TextKind::mail && !text.erased) held.emplace(text.sha256, text.case_id);
    next = TextId{texts.back().id.value + 1};
  }
}

/// The copies of mails, by the mail that they are copies of.
using Copies = std::unordered_map<std::uint32_t, std::vector<std::uint32_t>>;

/// Of this many copies each is judged.
constexpr std::size_t kCopiesJudged = 20;

mail::Reading without_digests() {
  mail::Reading reading;
  reading.digests = false;
  return reading;
}

std::string seal_of(std::string_view raw, const mail::Message& message, const mail::FindKey& find_key) {
  return std::string(mail::name(mail::best_of(mail::arrival_of(raw, message, find_key).signatures)));
}

/// Copies say the same, and what stations wrote above them may differ: of two, one may still be as it was signed. That
/// one is kept, and what became of the others is said.
Result<std::string> best_copy(const MailboxIn& in, std::uint32_t number, const Copies& copies, std::string& told) {
  GUICHET_TRY(kept, in.box.raw_of(number));
  const auto others = copies.find(number);
  if (others == copies.end()) return kept;
  std::uint32_t kept_number = number;
  std::string kept_seal;
  std::vector<std::pair<std::uint32_t, std::string>> left;
  for (const std::uint32_t other : others->second) {
    if (in.box.mails()[other].digest == in.box.mails()[kept_number].digest) continue;
    if (left.size() >= kCopiesJudged) break;
    if (kept_seal.empty()) kept_seal = seal_of(kept, mail::read_message(kept, without_digests()), in.find_key);
    GUICHET_TRY(raw, in.box.raw_of(other));
    std::string seal = seal_of(raw, mail::read_message(raw, without_digests()), in.find_key);
    if (seal == "pass" && kept_seal != "pass") {
      std::swap(kept, raw);
      left.emplace_back(kept_number, std::move(kept_seal));
      kept_number = other;
      kept_seal = std::move(seal);
    } else {
      left.emplace_back(other, std::move(seal));
    }
  }
  if (left.empty()) return kept;
  told = "this is that at " + in.box.place_of(kept_number) + ", dkim " + kept_seal;
  for (const auto& [other, seal] : left) told += "; left out: that at " + in.box.place_of(other) + ", dkim " + seal;
  told = utf8_cut(utf8_repair(told), 800);
  return kept;
}

Result<MailBehind> mail_behind(const MailboxIn& in, std::uint32_t number, const std::string& why,
                               const Waiting& waiting, const Copies& copies) {
  std::string told_copies;
  GUICHET_TRY(raw, best_copy(in, number, copies, told_copies));
  mail::Message message = mail::read_message(raw, without_digests());
  const mail::OwnWords own = mail::own_words(message.text);
  const mail::Placing placing = mail::place(in.box.mapping(), message, own);
  const mail::BoxMail& seen = in.box.mails()[number];
  MailBehind behind;
  behind.message_id = in.box.message_id(number);
  behind.says = seen.says;
  if (const auto waits = waiting.find(seen.says);
      waits != waiting.end() && waits->second.message_id == message.message_id)
    behind.waits = waits->second;
  if (!message.from.empty()) behind.from = mail::lower_case(message.from.front().address);
  behind.matched = utf8_repair((why.empty() ? in.box.thread_reason(number) : why) + "; " + placing.reason());
  behind.arrival = arrival_of_mail(raw, message, in.find_key);
  if (!told_copies.empty()) behind.arrival.push_back({"copies", std::move(told_copies)});
  if (seen.time_by != mail::TimeBy::date)
    behind.arrival.push_back({"time", "of the " + std::string(mail::name(seen.time_by)) +
                                          (message.date ? ", for its date says " + print_instant(message.date->at)
                                                        : std::string{", for it has no date that can be read"})});
  behind.own = own.text;
  trim_end(behind.own);
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

class Bringing {
 public:
  Bringing(const MailboxIn& in, ledger::Reader& reader, const People& people, const Waiting& waiting,
           Importer& importer, Instant now)
      : in_(in), reader_(reader), people_(people), waiting_(waiting), importer_(importer), now_(now) {
    const std::vector<mail::BoxMail>& mails = in.box.mails();
    for (std::uint32_t number = 0; number < mails.size(); ++number)
      if (mails[number].fate == mail::Fate::copy) copies_[mails[number].copy_of].push_back(number);
  }

  Result<MailboxImported> bring() {
    std::uint64_t cases = 0;
    for (const mail::BoxCase& one : in_.box.cases()) {
      if (in_.progress) in_.progress(cases++, in_.box.cases().size());
      if (const Outcome brought = bring_case(one); !brought) return brought.error();
    }
    for (std::uint32_t number = 0; number < in_.box.mails().size(); ++number) {
      if (in_.box.mails()[number].fate != mail::Fate::nobody) continue;
      if (const Outcome left = leave_in_tray(number, TrayReason::no_sender, {}); !left) return left.error();
    }
    done_.joined_cases = joined_.size();
    done_.known = done_.known_mails.size();
    return std::move(done_);
  }

 private:
  Outcome bring_case(const mail::BoxCase& one) {
    mail::BoxCase fresh{.subject = one.subject, .account = one.account, .mails = {}};
    std::map<std::uint32_t, Home> homes;  // of mails, also of those that are known
    for (const std::uint32_t number : one.mails) {
      const std::string id = in_.box.message_id(number);
      GUICHET_TRY(known, known_id(reader_, id));
      if (!known) {
        GUICHET_TRY(holds, held_in(number));
        if (holds) {
          homes[number] = {.case_id = *holds, .why = {}};
          done_.known_mails.push_back(number);
          continue;
        }
      }
      if (known) homes[number] = {.case_id = known->case_id, .why = {}};
      // One that says something else under the same name is another mail.
      if (known && (known->says.empty() || known->is_of(in_.box.mails()[number].says))) {
        done_.known_mails.push_back(number);
        continue;
      }
      if (known) {
        homes[number].why = "bears the Message-ID <" + id + ">, which was used for another mail before";
        done_.other_mails.push_back(number);
      }
      fresh.mails.push_back(number);
    }
    if (fresh.mails.empty()) return Done{};
    if (const Outcome found = find_homes(one, fresh, homes); !found) return found;

    std::map<CaseId, std::vector<std::uint32_t>> joining;
    std::erase_if(fresh.mails, [&](std::uint32_t number) {
      const auto home = homes.find(number);
      if (home == homes.end() || !home->second.case_id) return false;
      joining[home->second.case_id].push_back(number);
      return true;
    });
    for (const auto& [case_id, numbers] : joining) {
      mail::BoxCase more{.subject = one.subject, .account = one.account, .mails = {}};
      if (const Outcome left = without_programs(case_id, numbers, homes, more.mails); !left) return left;
      if (more.mails.empty()) continue;
      importer_.add_to_case(case_id, in_.box.history(more, room_), in_.box.names(), [&](std::size_t moment) {
        return mail_behind(in_, more.mails[moment], homes[more.mails[moment]].why, waiting_, copies_);
      });
      done_.joined += more.mails.size();
      done_.mails += more.mails.size();
      joined_.insert(case_id);
    }
    if (fresh.mails.empty()) return Done{};
    importer_.add_mails(in_.box.history(fresh, room_), in_.box.names(), [&](std::size_t moment) {
      return mail_behind(in_, fresh.mails[moment], {}, waiting_, copies_);
    });
    done_.mails += fresh.mails.size();
    return Done{};
  }

  /// The case that holds a mail, or one of its copies, byte for byte.
  Result<std::optional<CaseId>> held_in(std::uint32_t number) {
    if (!held_) {
      GUICHET_TRY(held, held_mails(reader_));
      held_ = std::move(held);
    }
    if (held_->empty()) return std::optional<CaseId>{};
    std::vector<std::uint32_t> all{number};
    if (const auto others = copies_.find(number); others != copies_.end())
      all.insert(all.end(), others->second.begin(), others->second.end());
    for (const std::uint32_t one : all) {
      GUICHET_TRY(raw, in_.box.raw_of(one));
      if (const auto found = held_->find(sha256(raw)); found != held_->end()) return std::optional{found->second};
    }
    return std::optional<CaseId>{};
  }

  /// First by what a mail names itself, then by the mail that it answers here, then by its thread.
  Outcome find_homes(const mail::BoxCase& one, const mail::BoxCase& fresh, std::map<std::uint32_t, Home>& homes) {
    for (const std::uint32_t number : fresh.mails) {
      if (homes.contains(number)) continue;
      for (const mail::Named& named : in_.box.named_by(number)) {
        // A mail that lies here was looked for already.
        if (named.message) {
          const auto here = homes.find(static_cast<std::uint32_t>(*named.message));
          if (here == homes.end()) continue;
          homes[number] = {.case_id = here->second.case_id,
                           .why = "answers <" + named.id + "> (" + std::string(mail::name(named.by)) + ")"};
          break;
        }
        GUICHET_TRY(known, known_id(reader_, named.id));
        if (!known) continue;
        homes[number] = {
            .case_id = known->case_id,
            .why = "answers <" + named.id + "> (" + std::string(mail::name(named.by)) + "), which the ledger knows"};
        break;
      }
    }
    if (homes.empty()) return Done{};
    for (const std::uint32_t number : fresh.mails) {
      if (homes.contains(number)) continue;
      std::set<std::uint32_t> way{number};
      for (auto up = in_.box.answered(number); up && way.insert(*up).second; up = in_.box.answered(*up)) {
        const auto home = homes.find(*up);
        if (home == homes.end()) continue;
        homes[number] = {.case_id = home->second.case_id, .why = in_.box.thread_reason(number)};
        break;
      }
    }
    const auto first =
        std::find_if(one.mails.begin(), one.mails.end(), [&](std::uint32_t number) { return homes.contains(number); });
    for (const std::uint32_t number : fresh.mails)
      if (first != one.mails.end() && !homes.contains(number))
        homes[number] = {
            .case_id = homes[*first].case_id,
            .why = in_.box.thread_reason(number) + "; is of one thread with <" + in_.box.message_id(*first) + ">"};
    for (const std::uint32_t number : fresh.mails) {
      GUICHET_TRY(may, may_join(number, homes[number].case_id));
      if (!may) homes.erase(number);
    }
    return Done{};
  }

  /// Who is known here and may not see a case does not come into it by naming one of its mails.
  Result<bool> may_join(std::uint32_t number, CaseId case_id) {
    if (in_.box.mails()[number].side != Party::seller) return true;
    GUICHET_TRY(row, reader_.row(case_id));
    if (!row) return false;
    GUICHET_TRY(raw, in_.box.raw_of(number));
    mail::Reading reading;
    reading.bodies = false;
    reading.digests = false;
    const mail::Message message = mail::read_message(raw, reading);
    const auto person =
        message.from.empty() ? nullptr : people_.by_email(mail::lower_case(message.from.front().address));
    if (person) return may_see(*person, *row);
    // Of cases that were imported too, the account says whose they are.
    const auto account = people_.account(row->account);
    const std::uint32_t own = in_.box.mails()[number].account;
    return row->state.procedure || own == 0 || !account || account->reference.empty() ||
           account->reference == in_.box.names().sellers[own - 1];
  }

  /// What programs write moves no living case: it waits for a person, as when it arrives.
  Outcome without_programs(CaseId case_id, const std::vector<std::uint32_t>& numbers,
                           const std::map<std::uint32_t, Home>& homes, std::vector<std::uint32_t>& rest) {
    GUICHET_TRY(row, reader_.row(case_id));
    for (const std::uint32_t number : numbers) {
      if (!row || !row->state.procedure || !in_.box.mails()[number].machine) {
        rest.push_back(number);
        continue;
      }
      if (const Outcome left = leave_in_tray(number, TrayReason::auto_reply, homes.at(number)); !left) return left;
    }
    return Done{};
  }

  Outcome leave_in_tray(std::uint32_t number, TrayReason reason, const Home& home) {
    GUICHET_TRY(raw, in_.box.raw_of(number));
    const std::string id = hex(sha256(raw));
    GUICHET_TRY(waits, reader_.record(kTrayKind, id));
    GUICHET_TRY(settled, reader_.record(kSettledKind, id));
    if (waits || settled) {
      done_.known_mails.push_back(number);
      return Done{};
    }
    const mail::Message message = mail::read_message(raw);
    TrayMail waiting;
    waiting.id = id;
    waiting.reason = reason;
    if (const auto kind = mail::automatic(message); kind && reason == TrayReason::auto_reply)
      waiting.reason = reason_of(*kind);
    if (!message.from.empty()) {
      waiting.from = message.from.front().address;
      waiting.from_name = message.from.front().name;
    }
    waiting.subject = message.subject;
    waiting.message_id = message.message_id;
    if (message.date) waiting.written = message.date->at;
    waiting.received = now_;
    waiting.bytes = raw.size();
    waiting.case_id = home.case_id;
    waiting.matched = home.why;
    waiting.says = in_.box.mails()[number].says;
    waiting.arrival = arrival_of_mail(raw, message, in_.find_key);
    importer_.leave_in_tray(waiting, raw);
    ++done_.waiting;
    return Done{};
  }

  const MailboxIn& in_;
  ledger::Reader& reader_;
  const People& people_;
  const Waiting& waiting_;
  Importer& importer_;
  Instant now_;
  std::vector<Moment> room_;
  std::set<CaseId> joined_;
  Copies copies_;
  std::optional<Held> held_;  // once it is asked for
  MailboxImported done_;
};

}  // namespace

std::function<bool(const std::string& id)> known_in(ledger::Reader& reader) {
  return [&reader](const std::string& id) {
    const auto known = known_id(reader, id);
    return known && known->has_value();
  };
}

Result<MailboxImported> import_mailbox(ledger::Ledger& ledger, const ledger::Shelving& shelving, const MailboxIn& in,
                                       Instant now) {
  GUICHET_TRY(reader, ledger.reader());
  GUICHET_TRY(people, People::load(*reader));
  GUICHET_TRY(importer, Importer::begin(ledger, shelving,
                                        {.name = in.name,
                                         .digest = in.box.digest(),
                                         .said = kMailboxSays,
                                         .told_by_mails = true,
                                         .procedures = in.procedures},
                                        now));
  GUICHET_TRY(waiting, waiting_in_tray(*reader));
  Bringing bringing(in, *reader, *people, waiting, *importer, now);
  GUICHET_TRY(done, bringing.bring());
  GUICHET_TRY(written, importer->finish(kMailboxSays));
  done.written = written;
  return done;
}

}  // namespace guichet::desk
