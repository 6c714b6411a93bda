#include <guichet/demo/demo.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include <guichet/base/check.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/demo/compose.hpp>
#include <guichet/demo/people.hpp>
#include <guichet/demo/script.hpp>
#include <guichet/demo/showcase.hpp>
#include <guichet/desk/allot.hpp>
#include <guichet/desk/enrol.hpp>
#include <guichet/desk/pages/templates.hpp>
#include <guichet/desk/secrets.hpp>
#include <guichet/desk/shelving.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/rehearsal/procedure_for.hpp>
#include <guichet/rehearsal/read_scenario.hpp>
#include <guichet/rehearsal/record.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::demo {
namespace {

using rehearsal::Scenario;
using rulebook::ProcedureFile;
using std::chrono::days;

/// How long before `now` the marketplace began, and how long its first script goes on after it, in weeks.
constexpr int kWeeksBefore = 26, kWeeksAfter = 4;
constexpr rehearsal::Tick kWeek = 7 * rehearsal::kDay;

Instant monday_of(Instant at) {
  const auto day = std::chrono::floor<days>(at);
  return Instant{day - (std::chrono::weekday{day} - std::chrono::Monday)};
}

/// Who works in which team: the scenario's people one after the other, as a recording numbers them.
std::vector<std::uint32_t> parts_of(const Scenario& scenario) {
  std::vector<std::uint32_t> team_of;
  for (std::uint32_t team = 0; team < scenario.teams.size(); ++team)
    team_of.insert(team_of.end(), scenario.teams[team].agents, team);
  return team_of;
}

/// The scenario's procedure, in force from `from` on at the latest: its text with other dates where they are later.
Result<ledger::AdoptedProcedure> procedure_from(const Scenario& scenario, Instant from, ActorId by) {
  GUICHET_TRY(file, rehearsal::load_procedure_for(scenario));
  GUICHET_TRY(text, rulebook::procedure_text(scenario.procedure));
  if (file.effective_from > from) {
    const auto put_date = [&text](std::string_view key, Instant at) {
      const std::size_t line = text.find(fmt::format("\n{} = ", key));
      if (line == std::string::npos) return;
      const std::size_t value = text.find('=', line) + 2;
      text.replace(value, text.find('\n', value) - value, print_instant(at).substr(0, 10));
    };
    put_date("announced_on", from - days{31});
    put_date("effective_from", from);
  }
  GUICHET_TRY(read, rulebook::read_procedure(text, file.name + ".toml"));
  return ledger::AdoptedProcedure{.id = ProcedureId{1},
                                  .name = read.name,
                                  .version = read.version,
                                  .toml = std::move(text),
                                  .effective_from = read.effective_from,
                                  .adopted = from - days{31},
                                  .by = by};
}

class TheDemo final : public Demo {
 public:
  TheDemo(desk::OpenedLedger& opened, Scenario scenario, const DemoOptions& options)
      : opened_(opened), scenario_(std::move(scenario)), options_(options), seed_(options.seed) {}

  const std::vector<DemoAccount>& accounts() const override { return accounts_; }
  DemoCounts counts() const override { return counts_; }
  CaseId showcase(Showcase which) const override {
    const std::uint32_t tale = showcases_[static_cast<std::size_t>(which)];
    return tale < numbers_.size() ? numbers_[tale] : CaseId{};
  }

  Outcome fill(Instant now) {
    GUICHET_TRY(reader, opened_.ledger->reader());
    GUICHET_TRY(reach, reader->reach());
    GUICHET_TRY(people, reader->records({.kind = "person", .limit = 1}));
    if (reach.act != 0 || reach.procedure || !people.empty())
      return Error{Fault::usage, "a demo fills an empty ledger, and this one has something in it; name a new file"};
    tell(0);
    const Instant starts = monday_of(now) - days{7 * kWeeksBefore};
    scenario_.run.starts = starts;
    scenario_.run.length = (kWeeksBefore + kWeeksAfter + 1) * kWeek;
    if (options_.password_hash.empty()) {
      GUICHET_TRY(hash, desk::password_hash(kDemoPassword));
      options_.password_hash = std::move(hash);
    }
    GUICHET_TRY(procedure, adopt(starts));
    crowd_ = crowd_of(scenario_, parts_of(scenario_), procedure->file, options_.password_hash, seed_);
    name_accounts();
    tell(0.02);
    if (const Outcome written = write_script(starts, now, procedure->file); !written) return written;
    tell(0.08);
    const Calendar office = procedure->rules().calendars.empty() ? Calendar{} : procedure->rules().calendars[0];
    showcases_ = add_showcases(script_, crowd_, procedure->file, office, seed_, now);
    if (const Outcome played = play_until(now, *procedure, reach); !played) return played;
    tell(1);
    return Done{};
  }

  Outcome reopen() {
    GUICHET_TRY(reader, opened_.ledger->reader());
    GUICHET_TRY(origin, reader->record("demo", "origin"));
    if (!origin) return Error{Fault::not_found, "this ledger was not filled as a demo"};
    GUICHET_TRY(told, formats::parse_json(origin->body, "demo/origin"));
    const formats::JsonValue* seed = told.find("seed");
    if (seed == nullptr || seed->kind != formats::JsonValue::Kind::text)
      return Error{Fault::unreadable, "the record demo/origin has no seed; fill a new ledger"};
    std::from_chars(seed->text.data(), seed->text.data() + seed->text.size(), seed_);
    GUICHET_TRY(file, rehearsal::load_procedure_for(scenario_));
    crowd_ = crowd_of(scenario_, parts_of(scenario_), file, {}, seed_);
    name_accounts();
    GUICHET_TRY(counts, reader->counts());
    counts_.cases = counts.all;
    counts_.living = counts.living;
    reopened_ = true;
    return Done{};
  }

  Result<std::unique_ptr<Player>> play(desk::Shared& shared) override {
    GUICHET_CHECK(!played_out_, "a demo is played once");
    played_out_ = true;
    PlayerParts parts;
    parts.ledger = shared.ledger;
    parts.clerk = shared.clerk;
    parts.procedures = shared.procedures;
    parts.clock = shared.clock;
    parts.demo_clock = shared.demo_clock;
    parts.crowd = &crowd_;
    parts.seed = seed_;
    parts.script = std::move(script_);
    parts.played = played_;
    parts.numbers = numbers_;
    parts.know_all = !reopened_;
    parts.more = [this](Instant from, std::uint32_t round) { return more(from, round); };
    return make_player(std::move(parts));
  }

 private:
  void tell(double share) const {
    if (options_.progress) options_.progress(share);
  }

  Result<const desk::InForce*> adopt(Instant starts) {
    GUICHET_TRY(adopted, procedure_from(scenario_, starts, ActorId{1}));
    GUICHET_TRY(in_force, opened_.procedures->read(adopted));
    first_.procedures.push_back(adopted);
    first_.house.push_back({.number = 1,
                            .at = adopted.adopted,
                            .by = adopted.by,
                            .what = "procedure_adopted",
                            .detail = "{\"procedure\":1}"});
    opened_.procedures->add(in_force);
    return in_force.get();
  }

  void name_accounts() {
    const Personas& who = crowd_.personas;
    for (const ActorId id :
         {who.seller, who.agent, who.supervisor, who.decider, who.mediator, who.auditor, who.administrator}) {
      const desk::Person& person = crowd_.person(id);
      accounts_.push_back({.role = person.role,
                           .name = person.name,
                           .email = person.email,
                           .look_at = fmt::format("demo.look.{}", desk::name(person.role))});
    }
  }

  Outcome write_script(Instant starts, Instant now, const ProcedureFile& procedure) {
    GUICHET_TRY(recording, rehearsal::record(scenario_, procedure, seed_));
    script_ = script_of({.recording = &recording,
                         .procedure = &procedure,
                         .crowd = &crowd_,
                         .seed = seed_,
                         .now = now,
                         .ends = starts + days{7 * (kWeeksBefore + kWeeksAfter + 1)}});
    return Done{};
  }

  /// New cases for the weeks after `from`, of which those that open before it are left out.
  Result<Script> more(Instant from, std::uint32_t round) {
    GUICHET_TRY(procedure, rehearsal::load_procedure_for(scenario_));
    Scenario scenario = scenario_;
    scenario.run.starts = monday_of(from);
    scenario.run.length = (kWeeksAfter + 1) * kWeek;
    const std::uint64_t seed = scramble(seed_ + round);
    GUICHET_TRY(recording, rehearsal::record(scenario, procedure, seed));
    std::erase_if(recording.commands, [&, late = std::vector<bool>{}](const Command& command) mutable {
      const std::size_t number = command.case_id.value & 0x7FFF'FFFFU;
      if (number >= late.size()) late.resize(number + 1);
      if (command.kind == CommandKind::open_case) late[number] = command.at >= from;
      return !late[number];
    });
    return script_of({.recording = &recording,
                      .procedure = &procedure,
                      .crowd = &crowd_,
                      .seed = seed,
                      .now = {},
                      .ends = scenario.run.starts + days{7 * (kWeeksAfter + 1)}});
  }

  /// Persons, accounts and rules; what the demo remembers of itself.
  void write_people(ledger::Batch& batch, Instant starts) {
    batch.procedures = std::move(first_.procedures);
    batch.house = std::move(first_.house);
    for (const desk::Account& account : crowd_.accounts) batch.records.push_back(desk::to_add(account));
    for (const desk::Person& person : crowd_.persons) {
      std::ranges::move(desk::to_add(person), std::back_inserter(batch.records));
      ledger::HouseNote note =
          desk::house_note(crowd_.personas.administrator, "person_added", "person", person.id.value);
      note.number = batch.house.size() + 1;
      note.at = starts;
      batch.house.push_back(std::move(note));
    }
    write_templates(batch, starts);
    ledger::Record origin;
    origin.kind = "demo";
    origin.key = "origin";
    origin.body = fmt::format("{{\"seed\":\"{}\"}}", seed_);
    batch.records.push_back(
        {.record = std::move(origin), .expect = ledger::RecordChange::Expect::absent, .remove = false});
  }

  /// A few texts that the desk keeps ready. Their names are for its people alone, and stand in one language.
  void write_templates(ledger::Batch& batch, Instant starts) const {
    const formats::Phrases en(formats::Language::en), fr(formats::Language::fr);
    // Filled in when one of them is taken into a letter.
    const auto text = [](const formats::Phrases& phrases, const std::string& key) {
      return phrases(key, {{"case", "{case}"}, {"seller", "{seller}"}, {"me", "{me}"}, {"subject", "{subject}"}});
    };
    for (const std::string_view which : {"papers", "delay", "invoice"}) {
      const std::string key = fmt::format("demo.template.{}.", which);
      const desk::Template piece{.key = fmt::format("demo-{}", which),
                                 .name = fr(key + "name"),
                                 .en = text(en, key + "text"),
                                 .fr = text(fr, key + "text"),
                                 .by = crowd_.personas.agent,
                                 .changed = starts};
      batch.records.push_back({.record = desk::to_record(piece)});
    }
  }

  Outcome play_until(Instant now, const desk::InForce& procedure, const ledger::Reach& reach) {
    Composer composer(*opened_.ledger, procedure, desk::shelving(*opened_.procedures), reach);
    write_people(composer.batch(), scenario_.run.starts);
    numbers_.resize(script_.tales.size());
    std::vector<bool> left(script_.tales.size());
    const auto upcoming = std::ranges::partition_point(script_.deeds, [&](const Deed& deed) { return deed.at < now; });
    const auto all = static_cast<std::size_t>(upcoming - script_.deeds.begin());
    for (played_ = 0; played_ < all; ++played_) {
      const Deed& deed = script_.deeds[played_];
      composer.pass_time(deed.at);
      if (left[deed.tale] || deed.command.kind == CommandKind::tick) continue;
      const ledger::ShelfRow* row = composer.row(numbers_[deed.tale]);
      const bool links = deed.command.kind == CommandKind::link_case;
      const CaseId other = links ? numbers_[deed.index] : CaseId{};
      if (links && !other) continue;
      const desk::Step step = step_of(deed, script_, crowd_, row == nullptr ? nullptr : &row->state, deed.at, other);
      const Refusal refusal = composer.take(numbers_[deed.tale], script_.tales[deed.tale].account, step, deed.at);
      if (refusal != Refusal::none) {
        // What was woven in has turned the case another way than it was rehearsed.
        left[deed.tale] = true;
        ++counts_.refused;
      }
      if (const Outcome written = composer.write(false); !written) return written;
      if (played_ % 1'024 == 0) tell(0.08 + 0.9 * static_cast<double>(played_) / static_cast<double>(all + 1));
    }
    composer.pass_time(now);
    counts_.cases = composer.cases();
    counts_.acts = composer.acts();
    if (const Outcome written = composer.write(true); !written) return written;
    for (const CaseId number : numbers_)
      if (const ledger::ShelfRow* row = composer.row(number); row != nullptr && row->state.phase() != Phase::closed)
        ++counts_.living;
    return Done{};
  }

  desk::OpenedLedger& opened_;
  Scenario scenario_;
  DemoOptions options_;
  std::uint64_t seed_;
  Crowd crowd_;
  ledger::Batch first_;
  Script script_;
  std::size_t played_{};
  std::vector<CaseId> numbers_;
  ShowcasePlaces showcases_{};
  std::vector<DemoAccount> accounts_;
  DemoCounts counts_;
  bool reopened_ = false, played_out_ = false;
};

Result<std::unique_ptr<TheDemo>> begun(desk::OpenedLedger& opened, const DemoOptions& options) {
  GUICHET_TRY(scenario, rehearsal::load_scenario(options.scenario));
  return std::make_unique<TheDemo>(opened, std::move(scenario), options);
}

}  // namespace

Result<std::unique_ptr<Demo>> Demo::fill(desk::OpenedLedger& opened, Instant now, const DemoOptions& options) {
  GUICHET_TRY(demo, begun(opened, options));
  if (const Outcome filled = demo->fill(now); !filled) return filled.error();
  return std::unique_ptr<Demo>(std::move(demo));
}

Result<std::unique_ptr<Demo>> Demo::reopen(desk::OpenedLedger& opened, const DemoOptions& options) {
  GUICHET_TRY(demo, begun(opened, options));
  if (const Outcome found = demo->reopen(); !found) return found.error();
  return std::unique_ptr<Demo>(std::move(demo));
}

std::string accounts_as_text(const std::vector<DemoAccount>& accounts, const formats::Phrases& phrases) {
  std::size_t role_width = 0, email_width = 0;
  const auto role_of = [&](const DemoAccount& account) {
    return phrases(fmt::format("frame.role.{}", desk::name(account.role)));
  };
  for (const DemoAccount& account : accounts) {
    role_width = std::max(role_width, utf8_length(role_of(account)));
    email_width = std::max(email_width, account.email.size());
  }
  std::string text = phrases("demo.accounts.title", {{"password", kDemoPassword}}) + "\n\n";
  for (const DemoAccount& account : accounts) {
    const std::string role = role_of(account);
    text += fmt::format("  {}{}  {:<{}}  {}\n", role, std::string(role_width - utf8_length(role), ' '), account.email,
                        email_width, phrases(account.look_at));
  }
  return text;
}

Result<Instant> awake_at(Instant now, const DemoOptions& options) {
  constexpr std::uint32_t kAnHour = 3'600, kSettledIn = 1'200;
  GUICHET_TRY(scenario, rehearsal::load_scenario(options.scenario));
  GUICHET_TRY(procedure, rehearsal::load_procedure_for(scenario));
  const rulebook::CompiledRules compiled(procedure);
  const Rules rules = compiled.rules();
  if (rules.calendars.empty()) return now;
  const Calendar& office = rules.calendars[0];
  const auto second = static_cast<std::uint32_t>(now.time_since_epoch().count() / 1000);
  if (office.between(second, second + kAnHour) == kAnHour) return now;
  // The next moment at which it has been open for a while, and stays open for an hour.
  for (std::uint32_t from = second;;) {
    const std::uint32_t then = office.after(from, kSettledIn);
    if (then == 0) return Error{Fault::usage, scenario.procedure + ": the desk never opens after now"};
    if (then > second && office.between(then, then + kAnHour) == kAnHour) return Instant{Seconds{then}};
    from = std::max(then, from + kSettledIn);
  }
}

}  // namespace guichet::demo
