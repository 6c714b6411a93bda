#include <guichet/desk/procedures.hpp>

#include <utility>

#include <guichet/base/check.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/rulebook/explain.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::desk {

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
  return Done{};
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
  for (const auto& [id, one] : by_id_) {
    const Instant from = one->adopted.effective_from;
    if (from <= at && (chosen == nullptr || from >= chosen->adopted.effective_from)) chosen = one.get();
  }
  if (chosen == nullptr && !by_id_.empty()) chosen = by_id_.begin()->second.get();
  GUICHET_CHECK(chosen != nullptr, "a desk opens only once it has a procedure");
  return *chosen;
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
