#include <guichet/desk/procedures.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include <guichet/base/check.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/rulebook/explain.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::desk {
namespace {

constexpr std::string_view kWithdrawn = "procedure_withdrawn";

}  // namespace

std::string_view name(Standing standing) {
  switch (standing) {
    case Standing::in_force: return "in_force";
    case Standing::coming: return "coming";
    case Standing::past: return "past";
    case Standing::withdrawn: return "withdrawn";
  }
  return {};
}

ledger::HouseNote to_note(const Withdrawal& withdrawal) {
  formats::JsonWriter json(0);
  json.begin_object().key("procedure").value(std::uint32_t{withdrawal.id.value});
  json.key("reason").value(withdrawal.reason).end_object();
  ledger::HouseNote note;
  note.at = withdrawal.at;
  note.by = withdrawal.by;
  note.what = kWithdrawn;
  note.detail = json.take();
  return note;
}

std::optional<Withdrawal> withdrawal_from(const ledger::HouseNote& note) {
  using Kind = formats::JsonValue::Kind;
  if (note.what != kWithdrawn) return std::nullopt;
  const auto detail = formats::parse_json(note.detail, "house note");
  if (!detail) return std::nullopt;
  const formats::JsonValue *number = detail->find("procedure"), *reason = detail->find("reason");
  if (number == nullptr || number->kind != Kind::integer || number->integer < 1 || number->integer > 0xFFFF)
    return std::nullopt;
  return Withdrawal{.id = ProcedureId{static_cast<std::uint16_t>(number->integer)},
                    .at = note.at,
                    .by = note.by,
                    .reason = reason != nullptr && reason->kind == Kind::text ? reason->text : std::string{}};
}

Command come_under(const InForce& next) {
  const auto notice = std::chrono::floor<std::chrono::days>(next.adopted.effective_from - next.adopted.adopted);
  return {.actor = next.adopted.by,
          .detail = next.adopted.id.value,
          .other = static_cast<std::uint32_t>(std::max<std::int64_t>(0, notice.count())),
          .kind = CommandKind::change_procedure,
          .party = Party::desk};
}

const formats::Html& InForce::prose(formats::Language language) const {
  Prose& kept = prose_.at(static_cast<std::size_t>(language));
  std::call_once(kept.once, [&] {
    // What holds is the day of adoption, whatever the text said when it was written.
    rulebook::ProcedureFile told = file;
    told.effective_from = std::chrono::floor<std::chrono::days>(local_time(zone_of(file), adopted.effective_from));
    kept.html = rulebook::explain_as_html(told, language);
  });
  return kept.html;
}

Outcome Procedures::load(ledger::Reader& reader) {
  GUICHET_TRY(adopted, reader.procedures());
  for (const ledger::AdoptedProcedure& one : adopted) {
    GUICHET_TRY(in_force, read(one));
    add(in_force);
  }
  for (std::uint64_t after = 0;;) {
    GUICHET_TRY(notes, reader.house_notes(after, ledger::kListMax));
    if (notes.empty()) return Done{};
    for (const ledger::HouseNote& note : notes) heed(note);
    after = notes.back().number;
  }
}

Result<std::shared_ptr<const InForce>> Procedures::read(const ledger::AdoptedProcedure& adopted) const {
  GUICHET_TRY(file, rulebook::read_procedure(adopted.toml, adopted.name + ".toml"));
  auto in_force = std::make_shared<InForce>();
  in_force->adopted = adopted;
  in_force->file = std::move(file);
  in_force->file.procedure.id = adopted.id;
  in_force->compiled = std::make_unique<rulebook::CompiledRules>(in_force->file);
  return std::shared_ptr<const InForce>(std::move(in_force));
}

void Procedures::add(std::shared_ptr<const InForce> procedure) {
  const std::scoped_lock lock(mutex_);
  by_id_.emplace(procedure->adopted.id.value, std::move(procedure));
}

void Procedures::heed(const ledger::HouseNote& note) {
  const auto withdrawal = withdrawal_from(note);
  if (!withdrawal) return;
  const std::scoped_lock lock(mutex_);
  const auto found = by_id_.find(withdrawal->id.value);
  // What has bound cases cannot be undone, whatever a note says.
  if (found == by_id_.end() || found->second->adopted.effective_from <= withdrawal->at) return;
  withdrawn_.emplace(withdrawal->id.value, *withdrawal);
}

const InForce* Procedures::of(ProcedureId id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = by_id_.find(id.value);
  return found == by_id_.end() ? nullptr : found->second.get();
}

const InForce& Procedures::of_case(const CaseState& state) const {
  const InForce* own = state.procedure ? of(state.procedure) : nullptr;
  return own != nullptr ? *own : at(kNever);
}

const InForce& Procedures::at(Instant at) const {
  const std::scoped_lock lock(mutex_);
  const InForce* chosen = nullptr;
  const InForce* first = nullptr;
  for (const auto& [id, one] : by_id_) {
    if (withdrawn_.contains(id)) continue;
    if (first == nullptr) first = one.get();
    const Instant from = one->adopted.effective_from;
    if (from <= at && (chosen == nullptr || from >= chosen->adopted.effective_from)) chosen = one.get();
  }
  if (chosen == nullptr) chosen = first;
  GUICHET_CHECK(chosen != nullptr, "a desk opens only once it has a procedure");
  return *chosen;
}

const InForce* Procedures::successor(const CaseState& state, Instant now) const {
  const InForce* own = state.procedure ? of(state.procedure) : nullptr;
  if (own == nullptr || own->file.procedure.change.open_cases_keep_rules) return nullptr;
  const InForce& next = at(now);
  if (&next == own || next.adopted.effective_from < own->adopted.effective_from) return nullptr;
  // A case knows its matter and its level by their places.
  const auto same = [](const auto& ours, const auto& theirs, std::size_t place) {
    return place < ours.size() && place < theirs.size() && ours[place].id == theirs[place].id;
  };
  const bool fits = same(own->file.matters, next.file.matters, state.matter()) &&
                    same(own->file.levels, next.file.levels, state.level());
  return fits ? &next : nullptr;
}

Standing Procedures::standing(const InForce& one, Instant now) const {
  if (withdrawal_of(one.adopted.id)) return Standing::withdrawn;
  if (&one == &at(now)) return Standing::in_force;
  return one.adopted.effective_from > now ? Standing::coming : Standing::past;
}

std::optional<Withdrawal> Procedures::withdrawal_of(ProcedureId id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = withdrawn_.find(id.value);
  return found == withdrawn_.end() ? std::nullopt : std::optional{found->second};
}

std::vector<const InForce*> Procedures::all() const {
  const std::scoped_lock lock(mutex_);
  std::vector<const InForce*> all;
  for (const auto& [id, one] : by_id_) all.push_back(one.get());
  return all;
}

bool Procedures::empty() const {
  const std::scoped_lock lock(mutex_);
  return by_id_.empty();
}

}  // namespace guichet::desk
