// Fills a ledger with invented cases, for measuring the desk: made by the same rules as any, written in large
// transactions. Prints a token and a session for one seller and one agent as JSON.
// Usage: fill LEDGER CASES MESSAGES
#include <array>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <string>
#include <vector>

#include <guichet/base/random.hpp>
#include <guichet/core/decide.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/desk.hpp>
#include <guichet/desk/doorman.hpp>
#include <guichet/desk/shelving.hpp>
#include <guichet/dossier/words.hpp>
#include <guichet/rulebook/read.hpp>

namespace {

using namespace guichet;

constexpr std::uint32_t kSellers = 200, kAgents = 40;
constexpr std::size_t kCasesPerBatch = 2'000;
constexpr std::array kWords{"stock",    "payout",   "invoice", "carrier",   "parcel",   "label",    "account",
                            "listing",  "refund",   "storage", "warehouse", "fee",      "order",    "return",
                            "customer", "product",  "price",   "date",      "transfer", "document", "letter",
                            "answer",   "question", "morning", "Friday",    "March",    "missing"};

std::string invented(Random& random, unsigned count, bool rare) {
  std::string text;
  for (unsigned i = 0; i < count; ++i)
    text += (i == 0 ? "" : " ") + std::string{kWords.at(random.below(kWords.size()))};
  if (rare) text += " quetzalcoatl";
  return text;
}

class Filler {
 public:
  Filler(desk::OpenedLedger& opened, Instant begin)
      : opened_(opened), shelving_(desk::shelving(*opened.procedures)), now_(begin) {}

  Outcome begin() {
    GUICHET_TRY(text, rulebook::procedure_text("guichet-unique"));
    GUICHET_TRY(file, rulebook::load_procedure("guichet-unique"));
    ledger::AdoptedProcedure adopted{.id = ProcedureId{1},
                                     .name = file.name,
                                     .version = file.version,
                                     .toml = text,
                                     .effective_from = file.effective_from,
                                     .adopted = now_,
                                     .by = {}};
    GUICHET_TRY(read, opened_.procedures->read(adopted));
    opened_.procedures->add(read);
    batch_.procedures.push_back(adopted);
    for (std::uint32_t i = 1; i <= kSellers + kAgents; ++i) {
      const bool agent = i > kSellers;
      desk::Person person;
      person.id = ActorId{i};
      person.name = (agent ? "Agent " : "Seller ") + std::to_string(i);
      person.email = std::to_string(i) + "@bench.example";
      person.role = agent ? desk::Role::agent : desk::Role::seller;
      if (agent) person.password = "no hash";  // as one who has signed in: nobody else is given a case
      if (agent)
        person.teams = {"desk", "logistics", "accounts"};
      else
        person.account = ledger::AccountId{i};
      batch_.records.push_back({.record = to_record(person)});
      if (!agent)
        batch_.records.push_back({.record = to_record(desk::Account{
                                      .id = person.account, .name = "Shop " + std::to_string(i), .reference = {}})});
    }
    return flush();
  }

  Outcome add_case(std::uint32_t number, std::uint32_t of, std::uint32_t messages) {
    // In blocks, so that one seller's cases have neighbouring numbers.
    const std::uint32_t account = 1 + static_cast<std::uint32_t>(std::uint64_t{number - 1} * kSellers / of);
    const ActorId seller{account}, agent{kSellers + 1 + number % kAgents};
    Random random(2026, number);
    row_ = ledger::ShelfRow{};
    row_.case_id = CaseId{number};
    row_.account = ledger::AccountId{account};
    reach_.case_id = row_.case_id;
    now_ += Duration{1'000};
    dossier::Words opened;
    opened.subject = invented(random, 4, false);
    give({.kind = CommandKind::open_case, .party = Party::seller, .aux = 4}, seller, &opened);
    const bool rare = number % 83 == 0;
    for (std::uint32_t i = 0; i < messages; ++i) {
      const bool by_seller = i % 2 == 0;
      dossier::Words words;
      words.body = invented(random, 60, rare && i == 0);
      Command command{
          .detail = 60U << 16U, .kind = CommandKind::send_message, .party = by_seller ? Party::seller : Party::desk};
      give(command, by_seller ? seller : agent, &words);
      if (i == 0) give({.detail = agent.value, .kind = CommandKind::assign, .party = Party::clock}, {}, nullptr);
    }
    batch_.rows.push_back(row_);
    return batch_.rows.size() >= kCasesPerBatch ? flush() : Outcome{Done{}};
  }

  Outcome flush() {
    const Outcome written = opened_.ledger->append(batch_);
    batch_ = {};
    return written;
  }

 private:
  void give(Command command, ActorId actor, const dossier::Words* words) {
    command.at = now_;
    command.case_id = row_.case_id;
    command.actor = actor;
    ledger::Text shown;
    if (words != nullptr) {
      command.text = TextId{++reach_.text.value};
      shown.id = command.text;
      shown.case_id = row_.case_id;
      shown.media_type = "application/json";
      shown.body = words_as_json(*words);
      batch_.texts.push_back({.id = command.text,
                              .case_id = row_.case_id,
                              .text = {.kind = ledger::TextKind::words,
                                       .author = actor,
                                       .name = {},
                                       .media_type = shown.media_type,
                                       .body = shown.body}});
    }
    std::array<Event, kEventsPerDecisionMax> room;
    EventBatch out(room);
    const Refusal refusal = decide(row_.state, command, opened_.procedures->at(now_).rules(), out);
    if (refusal != Refusal::none) {
      std::fprintf(stderr, "refused: %d\n", static_cast<int>(refusal));
      std::exit(2);
    }
    ledger::NewAct act{.act = {.number = ++reach_.act,
                               .recorded = now_,
                               .case_id = row_.case_id,
                               .person = actor,
                               .account = row_.account,
                               .channel = ledger::Channel::web,
                               .command = command},
                       .events = {out.events().begin(), out.events().end()}};
    const std::function<const ledger::Text*(TextId)> text_of = [&](TextId id) {
      return id == shown.id ? &shown : nullptr;
    };
    ledger::shelve(row_, act.act, act.events, text_of, shelving_);
    batch_.acts.push_back(std::move(act));
  }

  desk::OpenedLedger& opened_;
  ledger::Shelving shelving_;
  Instant now_;
  ledger::Reach reach_;
  ledger::ShelfRow row_;
  ledger::Batch batch_;
};

std::string token_of(desk::Desk& desk, ActorId person) {
  desk::Errand errand;
  errand.records.emplace_back();
  const desk::NewToken token = desk.shared().doorman->make_token(person, "bench", {"read", "write"},
                                                                 desk.shared().clock->now(), errand.records.back());
  return desk.shared().clerk->run(std::move(errand)).ok() ? token.secret : std::string{};
}

std::string session_of(desk::Desk& desk, ActorId person) {
  std::promise<desk::SignedIn> admitted;
  desk.shared().doorman->admit(person, desk.shared().clock->now(),
                               [&admitted](desk::SignedIn in) { admitted.set_value(std::move(in)); });
  return admitted.get_future().get().cookie;
}

Outcome run(const std::string& path, std::uint32_t cases, std::uint32_t messages) {
  const auto clock = std::make_shared<desk::SystemClock>();
  GUICHET_TRY(opened, desk::open_ledger(
                          {.path = path, .mode = ledger::Opening::Mode::create_or_open, .cache_kib = 256 * 1024}));
  Filler filler(opened, clock->now() - std::chrono::hours{24} - Duration{std::int64_t{cases} * 1'000});
  GUICHET_TRY(begun, filler.begin());
  for (std::uint32_t i = 1; i <= cases; ++i) {
    GUICHET_TRY(added, filler.add_case(i, cases, messages));
    if (i % 50'000 == 0) std::fprintf(stderr, "%u cases\n", i);
  }
  GUICHET_TRY(flushed, filler.flush());
  GUICHET_TRY(desk, desk::Desk::open(std::move(opened.ledger), opened.procedures, clock, nullptr, {}));
  const ActorId seller{1}, agent{kSellers + 1};
  std::printf(
      "{\"seller\": \"%s\", \"agent\": \"%s\", \"sellers_session\": \"%s\", \"agents_session\": \"%s\", "
      "\"sellers_cases\": %u}\n",
      token_of(*desk, seller).c_str(), token_of(*desk, agent).c_str(), session_of(*desk, seller).c_str(),
      session_of(*desk, agent).c_str(), cases / kSellers);
  desk->stop(Duration{1'000});
  return Done{};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: fill LEDGER CASES MESSAGES\n", stderr);
    return 2;
  }
  const Outcome done = run(argv[1], static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)),
                           static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10)));
  if (!done) std::fprintf(stderr, "%s\n", done.error().detail.c_str());
  return done ? 0 : 2;
}
