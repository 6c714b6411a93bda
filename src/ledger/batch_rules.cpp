#include <guichet/ledger/batch_rules.hpp>

#include <algorithm>
#include <map>
#include <string>

namespace guichet::ledger {
namespace {

Error conflict(const std::string& what, std::uint64_t given, std::uint64_t wanted) {
  return Error{Fault::conflict, what + " " + std::to_string(given) + " does not follow: the next is " +
                                    std::to_string(wanted) + "; read what was written meanwhile and try again"};
}

Error conflict(const std::string& what) { return Error{Fault::conflict, what}; }

std::string of_case(CaseId id) { return " of case " + std::to_string(id.value); }

class Fitting {
 public:
  Fitting(const Batch& batch, const KeptSoFar& kept) : batch_(batch), kept_(kept) {}

  Outcome texts() {
    std::uint64_t next = kept_.reach.text.value;
    for (const KeptText& text : batch_.texts) {
      if (text.id.value != ++next) return conflict("text", text.id.value, next);
      // Events of many cases that say the same share one label.
      if (!text.case_id && text.text.kind != TextKind::label)
        return conflict("text " + std::to_string(next) + " belongs to no case");
    }
    return Done{};
  }

  Outcome acts() {
    std::uint64_t next = kept_.reach.act;
    Instant recorded = kept_.reach.recorded;
    for (const NewAct& one : batch_.acts) {
      const Act& act = one.act;
      if (act.number != ++next) return conflict("act", act.number, next);
      const std::string named = "act " + std::to_string(act.number);
      if (act.recorded < recorded) return conflict(named + " was recorded before the act that it follows");
      recorded = act.recorded;
      if (!act.case_id) return conflict(named + " belongs to no case");
      if (act.command && act.command->case_id != act.case_id)
        return conflict(named + " has a command for another case");
      GUICHET_TRY(fitting, events(one));
    }
    return Done{};
  }

  Outcome rows() {
    std::map<CaseId, Version> left = versions_;
    for (const ShelfRow& row : batch_.rows) {
      const auto touched = left.find(row.case_id);
      if (touched == left.end()) return conflict("the row" + of_case(row.case_id) + " comes twice, or without an act");
      if (row.state.version != touched->second)
        return conflict("the version in the row" + of_case(row.case_id), row.state.version.value,
                        touched->second.value);
      left.erase(touched);
    }
    if (!left.empty()) return conflict("the row is missing" + of_case(left.begin()->first));
    return Done{};
  }

  Outcome others() {
    std::uint64_t next = kept_.reach.procedure.value;
    for (const AdoptedProcedure& procedure : batch_.procedures)
      if (procedure.id.value != ++next) return conflict("procedure", procedure.id.value, next);
    for (const Erasure& erasure : batch_.erasures) {
      GUICHET_TRY(home, case_of(erasure.text));
      if (!home) return conflict("text " + std::to_string(erasure.text.value) + " is not there to be erased");
    }
    return Done{};
  }

 private:
  Outcome events(const NewAct& one) {
    const CaseId id = one.act.case_id;
    auto known = versions_.find(id);
    if (known == versions_.end()) {
      GUICHET_TRY(version, kept_.version_of(id));
      known = versions_.emplace(id, version).first;
    }
    for (const Event& event : one.events) {
      if (event.case_id != id) return conflict("an event of another case stands in an act" + of_case(id));
      const Version next{known->second.value + 1};
      if (event.version != next) return conflict("version" + of_case(id) + ":", event.version.value, next.value);
      known->second = next;
      if (!event.text) continue;
      GUICHET_TRY(home, case_of(event.text));
      if (!home || (*home && *home != id))
        return conflict("text " + std::to_string(event.text.value) + " is not one" + of_case(id));
    }
    return Done{};
  }

  Result<std::optional<CaseId>> case_of(TextId text) const {
    const std::uint32_t before = kept_.reach.text.value;
    if (text.value <= before) return kept_.case_of_text(text);
    const std::size_t place = text.value - before - 1;
    return place < batch_.texts.size() ? std::optional{batch_.texts[place].case_id} : std::nullopt;
  }

  const Batch& batch_;
  const KeptSoFar& kept_;
  std::map<CaseId, Version> versions_;
};

}  // namespace

Outcome fits(const Batch& batch, const KeptSoFar& kept) {
  Fitting fitting(batch, kept);
  GUICHET_TRY(texts, fitting.texts());
  GUICHET_TRY(acts, fitting.acts());
  GUICHET_TRY(rows, fitting.rows());
  return fitting.others();
}

Outcome may_change(const RecordChange& change, std::optional<std::uint64_t> revision) {
  const std::string named = "record " + change.record.kind + " \"" + change.record.key + "\"";
  switch (change.expect) {
    case RecordChange::Expect::anything: break;
    case RecordChange::Expect::absent:
      if (revision) return Error{Fault::conflict, named + " is there already"};
      break;
    case RecordChange::Expect::revision:
      if (revision != change.record.revision)
        return Error{Fault::conflict, named + " has changed meanwhile; read it again"};
      break;
  }
  return Done{};
}

}  // namespace guichet::ledger
