#include <guichet/demo/compose.hpp>

#include <algorithm>
#include <array>

#include <guichet/base/check.hpp>
#include <guichet/core/decide.hpp>

namespace guichet::demo {
namespace {

/// Large enough that the disk is not waited for, small enough for memory.
constexpr std::size_t kActsPerWrite = 6'000;

}  // namespace

Composer::Composer(ledger::Ledger& ledger, const desk::InForce& procedure, ledger::Shelving shelving,
                   const ledger::Reach& reach)
    : ledger_(ledger), procedure_(procedure), shelving_(std::move(shelving)), reach_(reach), first_(reach.case_id) {}

const ledger::ShelfRow* Composer::row(CaseId case_id) const {
  const std::size_t place = case_id.value - first_.value - 1;
  return case_id.value > first_.value && place < rows_.size() ? &rows_[place] : nullptr;
}

void Composer::touched(const ledger::ShelfRow& row) {
  changed_.insert(row.case_id);
  if (row.next_tick != kNever) rings_.push({row.next_tick, row.case_id});
}

void Composer::pass_time(Instant until) {
  while (!rings_.empty() && rings_.top().at <= until) {
    const Ring due = rings_.top();
    rings_.pop();
    // A case that has moved since has a ring of its own.
    const ledger::ShelfRow* row = this->row(due.case_id);
    if (row != nullptr && row->next_tick == due.at) ring(due.case_id, due.at);
  }
}

void Composer::ring(CaseId case_id, Instant at) {
  ledger::ShelfRow& row = rows_[case_id.value - first_.value - 1];
  const Procedure& rules = procedure_.file.procedure;
  const Instant now = std::max(at, reach_.recorded);
  std::vector<ledger::KeptText> none;
  bool rung = false;
  Command command{.at = now, .case_id = case_id, .kind = CommandKind::tick, .party = Party::clock};
  for (std::size_t i = 0; i < kClocks; ++i) {
    const auto clock = static_cast<Clock>(i);
    if (next_tick(row.state, clock, rules) > now) continue;
    command.aux = static_cast<std::uint8_t>(clock);
    rung |= rule(command, ledger::Channel::clock, none, row) == Refusal::none;
  }
  if (!rung && ledger::abandoned_at(row, rules) <= now) {
    command.kind = CommandKind::find_abandoned;
    command.aux = 0;
    command.facts = kFactFacts;
    rung = rule(command, ledger::Channel::clock, none, row) == Refusal::none;
  }
  if (rung) touched(row);
}

const ledger::Text* Composer::find_text(TextId id, const std::vector<ledger::KeptText>& texts) {
  for (const ledger::KeptText& text : texts) {
    if (text.id != id) continue;
    shown_ = ledger::Text{};
    shown_.id = id;
    shown_.case_id = text.case_id;
    shown_.kind = text.text.kind;
    shown_.author = text.text.author;
    shown_.name = text.text.name;
    shown_.media_type = text.text.media_type;
    shown_.body = text.text.body;
    shown_.body_bytes = text.text.body.size();
    return &shown_;
  }
  return nullptr;
}

Refusal Composer::rule(Command command, ledger::Channel channel, std::vector<ledger::KeptText>& texts,
                       ledger::ShelfRow& row) {
  std::array<Event, kEventsPerDecisionMax> room;
  EventBatch out(room);
  const Refusal refusal = decide(row.state, command, procedure_.rules(), out);
  if (refusal != Refusal::none) return refusal;
  ledger::NewAct act{.act = {.number = ++reach_.act,
                             .recorded = command.at,
                             .case_id = command.case_id,
                             .person = command.actor,
                             .account = row.account,
                             .channel = channel,
                             .command = command},
                     .events = {out.events().begin(), out.events().end()}};
  reach_.recorded = command.at;
  reach_.position += act.events.size();
  ledger::shelve(row, act.act, act.events, [&](TextId id) { return find_text(id, texts); }, shelving_);
  batch_.acts.push_back(std::move(act));
  return Refusal::none;
}

Refusal Composer::take(CaseId& case_id, ledger::AccountId account, const desk::Step& step, Instant at) {
  const bool opens = !case_id;
  ledger::ShelfRow fresh;
  if (opens) {
    fresh.case_id = CaseId{reach_.case_id.value + 1};
    fresh.account = account;
  }
  ledger::ShelfRow& row = opens ? fresh : rows_[case_id.value - first_.value - 1];
  Command command = step.command;
  command.at = std::max(at, reach_.recorded);
  command.case_id = row.case_id;
  std::uint32_t next_text = reach_.text.value;
  std::vector<ledger::KeptText> texts;
  std::vector<TextId> files;
  const auto keep = [&](ledger::NewText text) {
    const TextId id{++next_text};
    if (!text.author) text.author = command.actor;
    texts.push_back({.id = id, .case_id = command.case_id, .text = std::move(text)});
    return id;
  };
  if (step.text) command.text = keep(*step.text);
  for (const ledger::NewText& file : step.attachments) files.push_back(keep(file));
  if (step.body_with_files && step.text) texts.front().text.body = step.body_with_files(files);

  if (const Refusal refusal = rule(command, ledger::Channel::demo, texts, row); refusal != Refusal::none)
    return refusal;
  for (const TextId file : files) {
    const Command exhibit{.at = command.at,
                          .case_id = command.case_id,
                          .actor = command.actor,
                          .text = file,
                          .detail = file.value,
                          .kind = CommandKind::add_exhibit,
                          .party = command.party};
    const Refusal refused = rule(exhibit, ledger::Channel::demo, texts, row);
    GUICHET_CHECK(refused == Refusal::none, "a file may be added to any case that there is");
  }
  std::ranges::move(texts, std::back_inserter(batch_.texts));
  reach_.text = TextId{next_text};
  if (opens) {
    case_id = reach_.case_id = fresh.case_id;
    rows_.push_back(std::move(fresh));
    touched(rows_.back());
  } else {
    touched(row);
  }
  return Refusal::none;
}

Outcome Composer::write(bool all) {
  if (batch_.empty() || (!all && batch_.acts.size() < kActsPerWrite)) return Done{};
  for (const CaseId case_id : changed_) batch_.rows.push_back(rows_[case_id.value - first_.value - 1]);
  const Outcome written = ledger_.append(batch_);
  batch_ = {};
  changed_.clear();
  return written;
}

}  // namespace guichet::demo
