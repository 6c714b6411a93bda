// A clerk in small, for tests: draws what people do from a seed, lets the real rules decide, and makes batches of it.
// Keeps the states that a desk would keep, and judges nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <guichet/base/check.hpp>
#include <guichet/base/random.hpp>
#include <guichet/core/decide.hpp>
#include <guichet/ledger/ledger.hpp>

#include "histories.hpp"

namespace guichet::ledger::tests {

/// How the tests' ledgers read texts: plain words, of which the first line is the subject.
inline Shelving plain_shelving(const properties::World& world) {
  return {.procedure_of = [&world](ProcedureId) -> const Procedure& { return world.procedure(); },
          .team_of =
              [&world](const CaseState& state) {
                const std::size_t team = world.procedure().ladder[state.level()].team;
                return team < world.file().teams.size() ? world.file().teams[team] : std::string{};
              },
          .words_of =
              [](const Text& text) {
                const bool bytes = text.kind == TextKind::file || text.kind == TextKind::mail;
                return bytes ? std::string{} : text.body;
              },
          .subject_of = [](const Text& text) { return text.body.substr(0, text.body.find('\n')); },
          .by_program =
              [](const Text& text) { return text.kind == TextKind::label && text.body.starts_with("by a program"); }};
}

inline constexpr std::array<std::string_view, 16> kVocabulary{
    "délai",  "DÉLAI", "réclamation", "colis",   "payment", "Rückgabe", "garçon",   "l'offre",
    "façade", "naïve", "œuvre",       "suspens", "stock",   "facture",  "Ångström", "42"};

class Scribe {
 public:
  Scribe(const properties::World& world, std::uint64_t seed)
      : world_(&world), shelving_(plain_shelving(world)), random_(seed, 77) {}

  /// A batch of about `acts` acts over at most `cases` cases.
  Batch draw(std::size_t acts, std::uint32_t cases) {
    Batch batch;
    std::set<CaseId> touched;
    while (batch.acts.size() < acts) {
      const CaseId id{1 + random_.below(cases)};
      if (random_.below(16) == 0)
        import(batch, id);
      else
        act(batch, id);
    }
    for (const NewAct& one : batch.acts) touched.insert(one.act.case_id);
    for (const CaseId id : touched) batch.rows.push_back(rows_.at(id));
    return batch;
  }

  /// One act of a person on a case, if the rules allow it.
  std::optional<Event> say(Batch& batch, Command command, std::string body, TextKind kind = TextKind::words) {
    if (!body.empty()) command.text = TextId{reach_.text.value + 1};
    const std::size_t before = batch.acts.size();
    if (!give(batch, command, body.empty() ? std::nullopt : std::optional{std::pair{kind, std::move(body)}}))
      return std::nullopt;
    put_row(batch, command.case_id);
    return batch.acts[before].events.front();
  }

  Command opening(CaseId id, Instant at) const {
    return {.at = at,
            .case_id = id,
            .actor = ActorId{100 + id.value},
            .kind = CommandKind::open_case,
            .party = Party::seller};
  }
  Command message(CaseId id, Instant at, Party party, ActorId actor) const {
    return {.at = at, .case_id = id, .actor = actor, .kind = CommandKind::send_message, .party = party};
  }

  /// Goes on where a ledger stands.
  void resume(Reader& reader) {
    const auto must = [](auto result) {
      GUICHET_CHECK(static_cast<bool>(result), result ? "" : result.error().detail.c_str());
      return std::move(*result);
    };
    reach_ = must(reader.reach());
    rows_.clear();
    must(reader.for_each_case([this](const ShelfRow& row, std::span<const Event>) {
      rows_[row.case_id] = row;
      now_ = std::max(now_, row.changed);
      return true;
    }));
    now_ = std::max(now_, reach_.recorded);
    texts_.assign(reach_.text.value, {});
  }

  const Reach& reach() const { return reach_; }
  const std::map<CaseId, ShelfRow>& rows() const { return rows_; }
  const Shelving& shelving() const { return shelving_; }
  const std::vector<Text>& texts() const { return texts_; }
  Instant now() const { return now_; }
  static AccountId account_of(CaseId id) { return AccountId{1 + id.value % 7}; }

 private:
  void act(Batch& batch, CaseId id) {
    const CaseState state = rows_.contains(id) ? rows_.at(id).state : CaseState{};
    Command command = properties::draw_command(random_, state, world_->procedure(), now_);
    command.case_id = id;
    // Nobody waits for centuries here.
    if (command.at > now_ + std::chrono::days{400}) command.at = now_;
    command.text = {};
    std::optional<std::pair<TextKind, std::string>> words;
    if (random_.below(3) != 0) {
      const TextKind kind = command.kind == CommandKind::make_note     ? TextKind::note
                            : command.kind == CommandKind::add_exhibit ? TextKind::file
                            : random_.below(12) == 0                   ? TextKind::mail
                                                                       : TextKind::words;
      words = {kind, words_drawn()};
      command.text = TextId{reach_.text.value + 1};
    }
    give(batch, command, std::move(words));
  }

  bool give(Batch& batch, const Command& command, std::optional<std::pair<TextKind, std::string>> words) {
    CaseState state = rows_.contains(command.case_id) ? rows_.at(command.case_id).state : CaseState{};
    Decision room;
    EventBatch events(room.room);
    if (guichet::act(state, command, world_->rules(), events) != Refusal::none) return false;
    now_ = std::max(now_, command.at);
    if (words) write_text(batch, command.case_id, command.actor, std::move(*words));
    const bool clock = command.party == Party::clock;
    keep(batch,
         {.case_id = command.case_id,
          .person = clock ? ActorId{} : command.actor,
          .channel = clock ? Channel::clock : static_cast<Channel>(random_.below(3)),
          .command = command},
         {events.events().begin(), events.events().end()});
    return true;
  }

  /// What another system had written: events without a command behind them, not all of which make sense.
  void import(Batch& batch, CaseId id) {
    std::vector<Event> events;
    std::uint32_t version = rows_.contains(id) ? rows_.at(id).state.version.value : 0;
    const std::size_t count = 1 + random_.below(3);
    for (std::size_t i = 0; i < count; ++i) {
      Event event{.at = now_ - std::chrono::hours{random_.below(48)},
                  .case_id = id,
                  .actor = ActorId{random_.below(9)},
                  .detail = random_.below(40),
                  .version = Version{++version},
                  .kind = static_cast<EventKind>(random_.below(kEventKinds)),
                  .party = static_cast<Party>(random_.below(5)),
                  .clock = static_cast<Clock>(random_.below(kClocks)),
                  .aux = static_cast<std::uint8_t>(random_.below(5))};
      if (random_.below(3) == 0) {
        write_text(batch, id, event.actor, {TextKind::label, words_drawn()});
        event.text = reach_.text;
      }
      events.push_back(event);
    }
    keep(batch, {.case_id = id, .channel = Channel::import}, std::move(events));
  }

  void keep(Batch& batch, Act act, std::vector<Event> events) {
    act.number = ++reach_.act;
    act.recorded = reach_.recorded = std::max(reach_.recorded, now_);
    act.account = account_of(act.case_id);
    reach_.position += events.size();
    reach_.case_id = std::max(reach_.case_id, act.case_id);
    shelve(
        rows_[act.case_id], act, events,
        [this](TextId id) { return id.value <= texts_.size() ? &texts_[id.value - 1] : nullptr; }, shelving_);
    batch.acts.push_back({act, std::move(events)});
  }

  void write_text(Batch& batch, CaseId id, ActorId author, std::pair<TextKind, std::string> words) {
    KeptText kept{.id = reach_.text = TextId{reach_.text.value + 1},
                  .case_id = id,
                  .text = {.kind = words.first,
                           .author = author,
                           .name = words.first == TextKind::file ? "pièce.pdf" : "",
                           .media_type = words.first == TextKind::file ? "application/pdf" : "text/plain",
                           .body = std::move(words.second)}};
    Text text;
    text.id = kept.id;
    text.case_id = id;
    text.kind = kept.text.kind;
    text.author = author;
    text.name = kept.text.name;
    text.media_type = kept.text.media_type;
    text.body = kept.text.body;
    text.body_bytes = text.body.size();
    texts_.push_back(text);
    batch.texts.push_back(std::move(kept));
  }

  void put_row(Batch& batch, CaseId id) {
    std::erase_if(batch.rows, [&](const ShelfRow& row) { return row.case_id == id; });
    batch.rows.push_back(rows_.at(id));
  }

  std::string words_drawn() {
    std::string words;
    const std::size_t count = 1 + random_.below(8);
    for (std::size_t i = 0; i < count; ++i) {
      if (i != 0) words += random_.below(6) == 0 ? "\n" : " ";
      words += kVocabulary[random_.below(kVocabulary.size())];
    }
    return words;
  }

  const properties::World* world_;
  Shelving shelving_;
  Random random_;
  Reach reach_;
  Instant now_ = properties::kBeginning;
  std::map<CaseId, ShelfRow> rows_;
  std::vector<Text> texts_;
};

}  // namespace guichet::ledger::tests
