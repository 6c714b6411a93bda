// A small case as a dossier takes it: words of both sides, a note, a file, a raw mail, an offer, a measure, a decision
// and an appeal, told event by event without the rules, so that every chapter has something in it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <guichet/dossier/bundle.hpp>
#include <guichet/dossier/words.hpp>
#include <guichet/rulebook/read.hpp>

namespace guichet::dossier {

inline const rulebook::ProcedureFile& small_procedure() {
  static const rulebook::ProcedureFile kFile = *rulebook::load_procedure("guichet-unique");
  return kFile;
}

class SmallCase {
 public:
  static constexpr ActorId kSeller{1}, kMarie{2}, kNoor{3}, kChief{4};

  explicit SmallCase(formats::Language language = formats::Language::en, Edition edition = Edition::whole)
      : phrases_(language) {
    told_.id = CaseId{1042};
    told_.edition = edition;
    told_.house = "Place du Marché";
    told_.subject = "Payments held back";
    told_.seller = "Ann's shop";
    told_.account = 7;
    told_.matter = "Payment";
    told_.owner = "Marie";
    told_.stands = "under appeal";
    told_.amount_cents = 869'936;
    told_.zone = "UTC";
    told_.procedure_name = small_procedure().name;
    told_.procedure_version = small_procedure().version;
    told_.procedure_toml = "name = \"guichet-unique\"\n";
    told_.procedure_number = 1;
    told_.program = "guichet";
    told_.people = {
        {kSeller, "Ann", "seller"}, {kMarie, "Marie", "agent"}, {kNoor, "Noor", "agent"}, {kChief, "Chief", "decider"}};
  }

  SmallCase& at(std::int64_t minutes) {
    now_ = Instant{Seconds{1'772'438'400}} + std::chrono::minutes{minutes};
    return *this;
  }
  /// Written down so much later than it happened.
  SmallCase& delayed(Duration by) {
    delay_ = by;
    return *this;
  }
  SmallCase& channel(std::string_view word) {
    channel_ = word;
    return *this;
  }

  TextId text(Piece::Kind kind, ActorId author, std::string body, std::string name = {},
              std::string type = "application/json") {
    const TextId id{static_cast<std::uint32_t>(told_.pieces.size() + 1)};
    Piece piece{.id = id, .kind = kind, .author = author, .name = std::move(name), .media_type = std::move(type)};
    piece.bytes = body.size();
    piece.digest = hmac_sha256(sha256(std::to_string(id.value)), body);
    piece.body = std::move(body);
    told_.pieces.push_back(std::move(piece));
    return id;
  }
  TextId words(ActorId author, const Words& said, Piece::Kind kind = Piece::Kind::words) {
    return text(kind, author, words_as_json(said));
  }
  Piece& piece(TextId id) { return told_.pieces[id.value - 1]; }

  SmallCase& happens(EventKind kind, Party party, ActorId who, Event event = {}) {
    event.kind = kind;
    event.party = party;
    event.actor = who;
    event.at = now_;
    event.case_id = told_.id;
    event.version = Version{static_cast<std::uint32_t>(told_.events.size() + 1)};
    told_.events.push_back({.event = event,
                            .position = told_.events.size() + 100,
                            .act = told_.events.size() + 1,
                            .cause = CommandKind::send_message});
    Coming coming{.recorded = now_ + delay_, .channel = channel_, .text_digest = {}, .imported = channel_ == "import"};
    if (event.text) coming.text_digest = piece(event.text).digest;
    told_.comings.push_back(coming);
    return *this;
  }

  /// The story whole.
  SmallCase& whole_story() {
    using enum EventKind;
    const TextId invoice =
        text(Piece::Kind::file, kSeller, "%PDF-1.4 invoice", "facture n° 12/été.pdf", "application/pdf");
    Words opening{.subject = told_.subject,
                  .body = "My payments are held back since February.\nWhy?",
                  .questions = {"Why are they held back?"}};
    opening.files = {invoice};
    at(0).happens(opened, Party::seller, kSeller, {.text = words(kSeller, opening), .detail = 869'936, .aux = 1});
    happens(question_asked, Party::seller, kSeller, {.detail = 1});
    happens(clock_started, Party::clock, {}, {.detail = 3600 * 24, .clock = Clock::first_answer});
    at(30).happens(assigned, Party::clock, {}, {.detail = kMarie.value});
    at(60 * 20).happens(message_sent, Party::desk, kMarie,
                        {.text = words(kMarie, {.body = "We look into it. <b>Soon</b>."}), .detail = 6});
    happens(question_answered, Party::desk, kMarie, {.detail = 1});
    happens(note_made, Party::desk, kMarie,
            {.text = words(kMarie, {.body = "Between us: a quota."}, Piece::Kind::note), .detail = 4});
    at(60 * 30).happens(question_disputed, Party::seller, kSeller,
                        {.text = words(kSeller, {.body = "That is no answer."}), .detail = 1});
    const TextId raw = text(Piece::Kind::mail, kSeller,
                            "From: Ann <ann@shop.example>\r\nDate: Tue, 03 Mar 2026 20:00:00 +0000\r\n\r\nPlease.\r\n",
                            {}, "message/rfc822");
    Words mailed{.body = "Please."};
    mailed.mail = raw;
    channel("mail").at(60 * 40).happens(message_sent, Party::seller, kSeller,
                                        {.text = words(kSeller, mailed), .detail = 1});
    letter(Version{static_cast<std::uint32_t>(told_.events.size())}, piece(raw).body, true);
    channel("web").at(60 * 50).happens(offer_made, Party::desk, kNoor,
                                       {.text = words(kNoor, {.body = "8,699.36 EUR if you say nothing."}),
                                        .detail = 869'936,
                                        .aux = kOfferSilence | kOfferWithdrawal});
    at(60 * 60).happens(offer_refused, Party::seller, kSeller, {});
    at(60 * 70).happens(
        restriction_announced, Party::desk, kNoor,
        {.text = words(kNoor, {.facts = "Late parcels in January.", .ground = "Terms, 7.2", .unit = "units"}),
         .detail = 1000});
    at(60 * 80).happens(restriction_took_effect, Party::desk, kNoor, {.detail = 60});
    at(60 * 90).happens(restriction_contested, Party::seller, kSeller,
                        {.text = words(kSeller, {.body = "There were none."})});
    at(60 * 100).happens(decided, Party::desk, kChief,
                         {.text = words(kChief, {.facts = "The invoice is dated 3 March.",
                                                 .ground = "Terms, 4.1",
                                                 .redress = {"internal", "court"},
                                                 .measure = "Payment of 8,199.36 EUR."}),
                          .aux = 1});
    at(60 * 110).happens(appealed, Party::seller, kSeller, {.text = words(kSeller, {.body = "The sum is wrong."})});
    happens(cost_noted, Party::seller, kSeller, {.detail = 12'000, .aux = 2});
    return *this;
  }

  SmallCase& letter(Version version, std::string eml, bool raw) {
    LetterFile file{.version = version, .eml = std::move(eml), .raw = raw};
    if (raw) file.date_said = parse_instant("2026-03-03T20:00:00Z");
    told_.letters.push_back(std::move(file));
    return *this;
  }

  const ToldCase& told() {
    told_.timeline = timeline_of(
        told_.events, small_procedure().procedure,
        [this](TextId id) -> std::optional<FoundWords> {
          const Piece* one = piece_of(told_, id);
          if (one == nullptr || one->kind == Piece::Kind::mail) return std::nullopt;
          FoundWords found{.words = {},
                           .note = one->kind == Piece::Kind::note,
                           .label = one->kind == Piece::Kind::label,
                           .erased = one->erased};
          if (one->kind == Piece::Kind::file)
            found.words.files.push_back(id);
          else if (!one->body.empty())
            found.words = words_or_plain(one->body, one->media_type);
          return found;
        },
        files_of(told_));
    return told_;
  }
  ToldCase& raw() { return told_; }

  Voice voice() const {
    return {.phrases = phrases_,
            .file = small_procedure(),
            .person =
                [this](ActorId id) {
                  for (const Named& one : told_.people)
                    if (one.id == id) return one.name;
                  return id ? "person " + std::to_string(id.value) : phrases_("person.clock");
                },
            .moment = [this](Instant when) { return phrases_.moment(when); },
            .to_level = [](std::size_t level) { return "to level " + std::to_string(level + 1); },
            .procedure = [](ProcedureId) { return std::string(); }};
  }

 private:
  formats::Phrases phrases_;
  ToldCase told_;
  Instant now_{};
  Duration delay_{};
  std::string_view channel_ = "web";
};

}  // namespace guichet::dossier
