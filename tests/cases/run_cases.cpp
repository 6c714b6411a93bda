// Runs .case files: given / when / then in plain text. The format is described in docs/case-format.md.
// Usage: run_cases [--every-rule] FILE…
// --every-rule: over all files, every command accepted, every refusal given and every event caused.
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <guichet/core/decide.hpp>
#include <guichet/core/names.hpp>
#include <guichet/rulebook/read.hpp>

#include "case_words.hpp"

namespace guichet::cases {
namespace {

using rulebook::CompiledRules;
using rulebook::ProcedureFile;

/// What the files have shown of the rules, in words.
struct Shown {
  std::set<std::string> accepted, refused, caused;
  std::size_t cases = 0;
};

struct Line {
  std::size_t number = 0;
  std::vector<std::string> words;
};

/// One `when` with what must follow.
struct Block {
  Line when;
  std::vector<Line> then, state;
  std::string refusal;
  bool said_then = false;
};

/// A procedure of the tests, or one that is shipped.
Result<ProcedureFile> find_procedure(const std::string& name) {
  const std::string own = std::string{GUICHET_SOURCE_DIR} + "/tests/cases/procedures/" + name + ".toml";
  return rulebook::load_procedure(std::ifstream(own) ? own : name);
}

class CaseFile {
 public:
  CaseFile(std::string path, Shown& shown) : path_(std::move(path)), shown_(shown) {}

  /// How many faults were printed.
  int run() {
    std::ifstream stream(path_);
    if (!stream) return fault(0, "cannot be read");
    std::size_t cases = 0;
    std::string text;
    for (Line line; std::getline(stream, text);) {
      ++line.number;
      const bool continues = text.starts_with(' ') || text.starts_with('\t');
      line.words = words_of(text);
      if (line.words.empty()) continue;
      if (!continues) {
        keyword_ = line.words.front();
        line.words.erase(line.words.begin());
        if (keyword_ == "when") {
          finish();
          block_ = Block{};
          in_block_ = true;
          ++cases;
        } else if (keyword_ == "given" || keyword_ == "procedure") {
          finish();
          if (keyword_ == "given") state_ = CaseState{};
        }
      }
      // Alone, "given" is a case that is not opened yet.
      if (!line.words.empty() || keyword_ != "given") take(line);
      if (keyword_ == "procedure" && !rules_) return faults_;
    }
    finish();
    if (cases == 0) fault(0, "holds no \"when\", so it shows nothing");
    shown_.cases += cases;
    return faults_;
  }

 private:
  void take(const Line& line) {
    if (keyword_ == "procedure") {
      procedure(line);
    } else if (keyword_ == "given") {
      if (!rules_)
        fault(line.number, "a procedure must be named before");
      else
        given(line);
    } else if (keyword_ == "when" && block_.when.words.empty()) {
      block_.when = line;
    } else if (keyword_ == "when") {
      fault(line.number, "one command only stands after \"when\"");
    } else if (!in_block_ && (keyword_ == "then" || keyword_ == "state" || keyword_ == "refused")) {
      fault(line.number, "\"" + keyword_ + "\" needs a \"when\" before it");
    } else if (keyword_ == "then") {
      block_.said_then = true;
      if (!line.words.empty()) block_.then.push_back(line);
    } else if (keyword_ == "state") {
      block_.state.push_back(line);
    } else if (keyword_ == "refused" && line.words.size() == 1 && from_name<Refusal>(line.words[0])) {
      block_.refusal = line.words[0];
    } else {
      fault(line.number, keyword_ == "refused" ? "one refusal stands after \"refused\", and it must exist"
                                               : "\"" + keyword_ +
                                                     "\" is not one of: procedure given when then "
                                                     "refused state");
    }
  }

  void procedure(const Line& line) {
    rules_.reset();
    if (line.words.size() != 1) return static_cast<void>(fault(line.number, "one name stands after \"procedure\""));
    auto file = find_procedure(line.words[0]);
    if (!file) {
      fault(line.number, file.error().detail);
      return;
    }
    file_ = std::make_unique<ProcedureFile>(std::move(*file));
    rules_ = std::make_unique<CompiledRules>(*file_);
    state_ = CaseState{};
  }

  /// A command, which must be accepted, or an event, which is taken as it is.
  void given(const Line& line) {
    if (line.words.size() > 1 && !from_name<CommandKind>(line.words[1])) {
      auto event = read_event(line.words, *file_);
      if (!event) {
        fault(line.number, event.error().detail);
        return;
      }
      event->version = Version{state_.version.value + 1};
      evolve_in_place(state_, *event);
      return;
    }
    const auto command = read_command(line.words, *file_);
    if (!command) {
      fault(line.number, command.error().detail);
      return;
    }
    Decision decision;
    if (const Refusal refusal = decided(*command, decision); refusal != Refusal::none)
      fault(line.number, "is refused: " + std::string{name(refusal)});
  }

  /// Decides, and moves the state; what is shown counts.
  Refusal decided(const Command& command, Decision& decision) {
    const Refusal refusal = decide(state_, command, rules_->rules(), decision);
    if (refusal != Refusal::none) {
      shown_.refused.emplace(name(refusal));
      return refusal;
    }
    shown_.accepted.emplace(name(command.kind));
    for (const Event& event : decision.events()) {
      shown_.caused.emplace(name(event.kind));
      evolve_in_place(state_, event);
    }
    return refusal;
  }

  /// Runs the block just read, from the given state, and leaves that state as it was.
  void finish() {
    if (!in_block_) return;
    in_block_ = false;
    const std::size_t at = block_.when.number;
    if (!rules_) return static_cast<void>(fault(at, "a procedure must be named before"));
    if (block_.said_then != block_.refusal.empty())
      return static_cast<void>(fault(at, "one of \"then\" and \"refused\" must follow"));
    const auto command = read_command(block_.when.words, *file_);
    if (!command) return static_cast<void>(fault(at, command.error().detail));
    const CaseState before = state_;
    Decision decision;
    const Refusal refusal = decided(*command, decision);
    compare(at, refusal, decision);
    for (const Line& line : block_.state) compare_state(line);
    state_ = before;
  }

  void compare(std::size_t at, Refusal refusal, const Decision& decision) {
    if (refusal != Refusal::none || !block_.refusal.empty()) {
      const std::string wanted = block_.refusal.empty() ? "accepted" : "refused " + block_.refusal;
      const std::string got = refusal == Refusal::none ? "accepted" : "refused " + std::string{name(refusal)};
      if (got != wanted) fault(at, "should be " + wanted + ", but is " + got);
      return;
    }
    bool same = decision.count == block_.then.size();
    for (std::size_t i = 0; same && i < decision.count; ++i)
      same = has_words(print_event(decision.events()[i], *file_), block_.then[i].words);
    if (same) return;
    fault(at, "should cause what follows \"then\", but causes:");
    for (const Event& event : decision.events()) std::printf("           %s\n", print_event(event, *file_).c_str());
  }

  void compare_state(const Line& line) {
    const auto is = state_words(state_, *file_);
    const std::set<std::string> words(is.begin(), is.end());
    for (const std::string& word : line.words) {
      const std::string key = word.substr(0, word.find('=') + 1);
      std::string wanted = word;
      if (const auto instant = parse_instant(word.substr(key.size())); instant && key != "adverse_not_before=")
        wanted = key + print_instant(*instant);
      if (words.contains(wanted)) continue;
      const auto same_key = words.lower_bound(key);
      const bool known = !key.empty() && same_key != words.end() && same_key->starts_with(key);
      fault(line.number, "\"" + word + "\"" + (known ? " should be, but is " + *same_key : " is not known of a state"));
    }
  }

  int fault(std::size_t line, const std::string& what) {
    std::printf("%s:%zu: %s\n", path_.c_str(), line, what.c_str());
    return ++faults_;
  }

  std::string path_;
  Shown& shown_;
  std::unique_ptr<ProcedureFile> file_;
  std::unique_ptr<CompiledRules> rules_;
  CaseState state_;
  std::string keyword_;
  Block block_;
  bool in_block_ = false;
  int faults_ = 0;
};

/// Prints the spellings of an enumeration that were not shown.
template <class Enum>
int missing(const char* what, const std::set<std::string>& shown) {
  int count = 0;
  for (const std::string_view word : spellings<Enum>()) {
    // No procedure that can be read has a matter at a level it lacks; tests/core/decide_test.cpp builds one.
    if (word == "none" || word == "no_such_level" || shown.contains(std::string{word})) continue;
    std::printf("no case file has %s %.*s\n", what, static_cast<int>(word.size()), word.data());
    ++count;
  }
  return count;
}

int run(const std::vector<std::string>& arguments) {
  Shown shown;
  int faults = 0;
  bool every_rule = false;
  for (const std::string& argument : arguments) {
    if (argument == "--every-rule")
      every_rule = true;
    else
      faults += CaseFile(argument, shown).run();
  }
  if (every_rule)
    faults += missing<CommandKind>("an accepted", shown.accepted) + missing<Refusal>("a refusal", shown.refused) +
              missing<EventKind>("an event", shown.caused);
  std::printf("%zu cases, %d faults\n", shown.cases, faults);
  return faults == 0 && shown.cases > 0 ? 0 : 1;
}

}  // namespace
}  // namespace guichet::cases

int main(int argc, char** argv) { return guichet::cases::run({argv + 1, argv + argc}); }
