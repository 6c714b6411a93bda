#include <guichet/intake/mail/mailbox.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <utility>

#include <guichet/base/utf8.hpp>
#include <guichet/intake/logs/interpreter.hpp>
#include <guichet/intake/mail/hops.hpp>
#include <guichet/intake/mail/mbox.hpp>
#include <guichet/intake/mail/quoting.hpp>

namespace guichet::intake::mail {
namespace {

constexpr std::size_t kSubjectBytes = 200;
constexpr std::size_t kSendersTold = 1'000;
constexpr Duration kAheadMost = Seconds{24 * 3600};
/// A mail waits on its way for days; what is older than this had a clock that was wrong.
constexpr Duration kUnderWayMost = Seconds{std::int64_t{365} * 24 * 3600};

// The names of moments, numbered from 1.
constexpr std::array<std::string_view, 4> kActivities{"mail of the seller", "mail of the desk", "mail of a program",
                                                      "mail of a third"};

/// Signed mails are from after this day; what says to be older says nothing.
constexpr Instant kFirstMail{Duration{0}};

bool is_zipped(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::array<char, 2> start{};
  return in.read(start.data(), 2) && start[0] == '\x1F' && start[1] == '\x8B';
}

/// The time of "From anna@shop.example Tue Mar  3 09:00:00 2026".
std::optional<Instant> separator_time(std::string_view separator) {
  const auto dividing = divider(separator);
  if (!dividing) return {};
  const auto date = read_date(dividing->date);
  return date ? std::optional{date->at} : std::nullopt;
}

}  // namespace

std::uint64_t what_it_says(const Message& message, std::string_view raw) {
  if (!message.message_id.empty()) {
    Sha256 evidence;
    const auto say = [&evidence](std::string_view bytes) {
      evidence.add(std::to_string(bytes.size())).add(":").add(bytes);
    };
    for (const auto* people : {&message.from, &message.to, &message.cc}) {
      say(std::to_string(people->size()));
      for (const Address& one : *people) say(lower_case(one.address));
    }
    say(message.subject);
    say(message.date ? std::to_string(message.date->at.time_since_epoch().count()) : message.date_written);
    evidence.add(message.parts);
    const Sha256Digest whole = evidence.digest();
    std::uint64_t start = 0;
    for (std::size_t i = 0; i < sizeof start; ++i) start = start << 8U | std::to_integer<std::uint64_t>(whole[i]);
    return start;
  }
  RunningDigest digest;
  const auto add = [&digest](std::string_view bytes) {
    digest.add(std::as_bytes(std::span{bytes.data(), bytes.size()}));
  };
  // The same bytes lie with other ends of lines in a mailbox and on a server.
  std::string plain(raw);
  std::erase(plain, '\r');
  while (!plain.empty() && plain.back() == '\n') plain.pop_back();
  add(plain);
  return digest.value();
}

std::string made_id(std::uint64_t says) {
  RunningDigest digest;
  digest.add(says);
  return digest.hex() + "@no-message-id.invalid";
}

std::string_view name(TimeBy by) {
  switch (by) {
    case TimeBy::date: return "date";
    case TimeBy::arrival: return "arrival";
    case TimeBy::separator: return "separator";
    case TimeBy::neighbour: return "neighbour";
  }
  return "date";
}

std::string_view name(Fate fate) {
  switch (fate) {
    case Fate::in_case: return "in_case";
    case Fate::copy: return "copy";
    case Fate::left_out: return "left_out";
    case Fate::no_case: return "no_case";
    case Fate::nobody: return "nobody";
  }
  return "in_case";
}

Mailbox::Mailbox(MailMapping mapping, std::optional<Instant> now) : mapping_(std::move(mapping)), now_(now) {
  for (const std::string_view activity : kActivities) names_.activities.emplace_back(activity);
}

std::uint32_t Mailbox::person(const std::string& name) {
  if (name.empty()) return 0;
  const auto [known, fresh] = persons_.try_emplace(name, static_cast<std::uint32_t>(names_.persons.size() + 1));
  if (fresh) names_.persons.push_back(name);
  return known->second;
}

std::uint32_t Mailbox::account(const Placing& placing, const Message& message) {
  std::string name = mapping_.seller_name;
  if (placing.side_rule == "*" || (name.empty() && mapping_.seller.front() == "*")) {
    if (placing.side != Party::seller || message.from.empty()) return 0;
    name = lower_case(message.from.front().address);
  } else if (name.empty()) {
    name = mapping_.seller.front();
  }
  const auto [known, fresh] = accounts_.try_emplace(name, static_cast<std::uint32_t>(names_.sellers.size() + 1));
  if (fresh) names_.sellers.push_back(name);
  return known->second;
}

void Mailbox::add(const FoundMail& found) {
  RunningDigest of_mail;
  of_mail.add(std::as_bytes(std::span{found.raw.data(), found.raw.size()}));
  digest_.add(of_mail.value());
  if (files_.empty() || files_.back() != found.path) {
    files_.emplace_back(found.path);
    file_zipped_.push_back(is_zipped(files_.back()) ? 1 : 0);
  }
  const auto number = static_cast<std::uint32_t>(mails_.size());
  Reading reading;
  reading.bodies = false;
  const Message message = read_message(found.raw, reading);
  const OwnWords own = own_words(message.text);
  const Placing placing = place(mapping_, message, own);
  BoxMail mail;
  mail.file = static_cast<std::uint32_t>(files_.size() - 1);
  mail.boxed = found.in_box;
  mail.begin = found.begin;
  mail.end = found.end;
  mail.cut = found.cut;
  mail.digest = of_mail.value();
  mail.side = placing.side;
  mail.machine = placing.machine();
  mail.flaws = message.flaws;
  const auto covered = [this](const Address& to) {
    return std::any_of(mapping_.desk.begin(), mapping_.desk.end(),
                       [&](const std::string& pattern) { return covers(pattern, to.address); });
  };
  mail.to_desk = std::any_of(message.to.begin(), message.to.end(), covered) ||
                 std::any_of(message.cc.begin(), message.cc.end(), covered);
  if (!found.separator.empty() || message.names_itself()) ++recognised_;
  if (mail.side == Party::third && !message.from.empty() && !message.from.front().address.empty()) {
    const std::string from = lower_case(message.from.front().address);
    if (const auto sender = senders_.find(from); sender != senders_.end()) {
      ++sender->second;
    } else if (senders_.size() < kSendersTold) {
      senders_.emplace(from, 1);
    }
  }
  const Way way = way_of(message);
  const auto possible = [this](Instant at) { return at > kFirstMail && (!now_ || at <= *now_ + kAheadMost); };
  const bool arrived = way.arrived && possible(*way.arrived);
  const bool usable = message.date && possible(message.date->at);
  if (usable &&
      !(arrived && (message.date->at > *way.arrived + kAheadMost || message.date->at < *way.arrived - kUnderWayMost))) {
    mail.at = message.date->at;
  } else if (arrived) {
    mail.at = *way.arrived;
    mail.time_by = TimeBy::arrival;
  } else if (const auto told = separator_time(found.separator); told && possible(*told)) {
    mail.at = *told;
    mail.time_by = TimeBy::separator;
  } else {
    mail.at = mails_.empty() ? kFirstMail : mails_.back().at;
    mail.time_by = TimeBy::neighbour;
  }
  mail.words = word_count(own.text);
  mail.says = what_it_says(message, found.raw);
  threads_.add(message.message_id, message.in_reply_to, message.references);
  const bool no_address =
      std::all_of(message.from.begin(), message.from.end(), [](const Address& from) { return from.address.empty(); });
  if (!message.message_id.empty()) {
    std::vector<std::uint32_t>& before = seen_[message.message_id];
    const auto same = std::find_if(before.begin(), before.end(),
                                   [&](std::uint32_t other) { return mails_[other].says == mail.says; });
    if (same != before.end() && !mail.cut && !mails_[*same].cut) {
      mail.fate = Fate::copy;
      mail.copy_of = *same;
    } else {
      if (!before.empty()) note(number, "the Message-ID was used for another mail before: both are kept");
      before.push_back(number);
    }
  }
  if (mail.fate == Fate::in_case && placing.left_out) mail.fate = Fate::left_out;
  if (mail.fate == Fate::in_case && no_address) mail.fate = Fate::nobody;
  if (mail.fate == Fate::in_case) {
    mail.person = person(placing.person);
    mail.account = account(placing, message);
    if (mail.time_by != TimeBy::date)
      note(number, std::string(message.date ? "its date cannot be right" : "no date that can be read") +
                       ": the time is of the " + std::string(name(mail.time_by)));
  }
  for (std::uint32_t line = 0; line < found.passed_over; ++line)
    note(number,
         "a line in it looks like the beginning of another mail, and its date is none: it was not divided there");
  if (mail.cut) note(number, "it is longer than the limit, and its end was left out");
  if (!message.flaws.none()) note(number, "odd: " + message.flaws.names());
  subjects_.push_back(utf8_cut(message.subject, kSubjectBytes));
  mails_.push_back(mail);
}

Outcome Mailbox::read(const std::string& path, const Walk& walk) {
  GUICHET_TRY(visited, for_each_mail(path, walk, [this](const FoundMail& found) {
                add(found);
                return true;
              }));
  return Done{};
}

void Mailbox::settle(const std::function<bool(const std::string& id)>& is_known) {
  std::map<std::size_t, std::vector<std::uint32_t>> by_thread;
  for (std::uint32_t i = 0; i < mails_.size(); ++i)
    if (mails_[i].fate == Fate::in_case) by_thread[threads_.thread_of(i)].push_back(i);
  for (auto& [thread, numbers] : by_thread) {
    const bool ours = std::any_of(numbers.begin(), numbers.end(), [&](std::uint32_t i) {
      const BoxMail& mail = mails_[i];
      if (mail.side == Party::desk || (mail.side == Party::seller && mail.to_desk)) return true;
      if (!is_known) return false;
      const std::vector<Named> named = threads_.named_by(i);
      return is_known(message_id(i)) ||
             std::any_of(named.begin(), named.end(), [&](const Named& each) { return is_known(each.id); });
    });
    if (!ours) {
      for (const std::uint32_t i : numbers) mails_[i].fate = Fate::no_case;
      continue;
    }
    std::stable_sort(numbers.begin(), numbers.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return mails_[a].at < mails_[b].at; });
    BoxCase one;
    for (const std::uint32_t i : numbers)
      if (one.account == 0) one.account = mails_[i].account;
    one.subject = subjects_[numbers.front()].empty() ? "(no subject)" : subjects_[numbers.front()];
    one.mails = std::move(numbers);
    cases_.push_back(std::move(one));
  }
  subjects_ = {};
  seen_ = {};
  // In order of time, as they were opened.
  std::stable_sort(cases_.begin(), cases_.end(), [this](const BoxCase& a, const BoxCase& b) {
    return mails_[a.mails.front()].at < mails_[b.mails.front()].at;
  });
  for (std::uint32_t i = 0; i < mails_.size(); ++i) {
    switch (mails_[i].fate) {
      case Fate::in_case: break;
      case Fate::copy: note(i, "a copy of a mail before it"); break;
      case Fate::left_out: note(i, "left out by the mapping"); break;
      case Fate::no_case: note(i, "of no case: its thread is neither of the desk nor to it"); break;
      case Fate::nobody: note(i, "nobody: no address says who wrote it"); break;
    }
  }
}

bool Mailbox::covers_somebody() const {
  return std::any_of(mails_.begin(), mails_.end(), [](const BoxMail& mail) {
    return mail.side == Party::desk || mail.side == Party::seller || mail.to_desk;
  });
}

std::uint64_t Mailbox::count(Fate fate) const {
  return static_cast<std::uint64_t>(
      std::count_if(mails_.begin(), mails_.end(), [&](const BoxMail& mail) { return mail.fate == fate; }));
}

std::vector<Noted> Mailbox::counted_notes() const {
  Notes notes;
  for (const BoxNote& each : notes_) notes.add(each.what, place_of(each.mail));
  return notes.take();
}

CaseHistory Mailbox::history(const BoxCase& of, std::vector<Moment>& room) const {
  room.clear();
  Turn turn = Turn::nobody;
  for (const std::uint32_t i : of.mails) {
    const BoxMail& mail = mails_[i];
    Moment moment;
    moment.at = mail.at;
    moment.person = mail.person;
    moment.words = mail.words;
    moment.kind = EventKind::message_sent;
    moment.party = mail.side;
    moment.flags = static_cast<std::uint8_t>(kMomentPublic | (mail.machine ? kMomentSystem : 0U));
    moment.activity = mail.machine ? 3 : mail.side == Party::seller ? 1 : mail.side == Party::desk ? 2 : 4;
    // What a program or a third writes leaves the turn where it is.
    if (!mail.machine && mail.side == Party::seller) turn = Turn::desk;
    if (!mail.machine && mail.side == Party::desk) turn = Turn::seller;
    moment.turn = turn;
    room.push_back(moment);
  }
  CaseHistory history;
  history.facts.name = of.subject;
  history.facts.seller = of.account;
  history.moments = room;
  return history;
}

const std::string& Mailbox::name_of_file(std::size_t file) const {
  const auto called = called_.find(files_[file]);
  return called == called_.end() ? files_[file] : called->second;
}

std::string Mailbox::place_of(std::uint32_t mail) const {
  const BoxMail& at = mails_[mail];
  std::string place = name_of_file(at.file);
  if (at.boxed) place += ", byte " + std::to_string(at.begin);
  return place;
}

std::string Mailbox::message_id(std::uint32_t mail) const {
  if (const std::string_view id = threads_.id_of(mail); !id.empty()) return std::string(id);
  return made_id(mails_[mail].says);
}

std::optional<std::uint32_t> Mailbox::answered(std::uint32_t mail) const {
  const Parent parent = threads_.parent_of(mail);
  if (!parent.message) return {};
  return static_cast<std::uint32_t>(*parent.message);
}

std::string Mailbox::thread_reason(std::uint32_t mail) const {
  const Parent parent = threads_.parent_of(mail);
  if (parent.by == MatchedBy::nothing) return "begins a thread";
  return "answers <" + parent.id + "> (" + std::string(name(parent.by)) + ")" +
         (parent.message ? "" : ", which is not in the mailbox");
}

Result<std::string> Mailbox::raw_of(std::uint32_t mail) const {
  const BoxMail& at = mails_[mail];
  if (file_zipped_[at.file] != 0)
    return Error{Fault::unreadable, files_[at.file] + ": is zipped, and mails in it cannot be gone back to; unzip it"};
  GUICHET_TRY(raw, mail_at(files_[at.file], at.begin, at.end, at.boxed));
  RunningDigest digest;
  digest.add(std::as_bytes(std::span{raw.data(), raw.size()}));
  if (digest.value() != at.digest)
    return Error{Fault::unreadable, place_of(mail) + ": has changed since it was read; read the mailbox again"};
  return raw;
}

}  // namespace guichet::intake::mail
