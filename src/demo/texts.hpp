// What invented people write: put together from parts of the catalogue, so that all who speak in one case speak of the
// same goods, sums and days. The same seed gives the same words. Knows no ledger and no rules.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/random.hpp>
#include <guichet/base/time.hpp>
#include <guichet/core/words.hpp>
#include <guichet/dossier/words.hpp>
#include <guichet/formats/phrases.hpp>

namespace guichet::demo {

/// What one case is about.
struct Tale {
  std::uint64_t seed{};
  formats::Language language{};
  std::string matter;  // of the procedure: "stock"
  std::string topic;   // "stock.lost"
  Instant opened{};
  std::uint32_t amount_cents{};
  std::string account, seller;                // names
  std::uint8_t topics_asked{};                // how many of the topic's questions the seller has asked
  std::array<std::uint8_t, 16> asked{};       // by the seller: question of the topic by slot, from 1; 0: not known
  std::array<std::uint8_t, 16> asked_back{};  // by the desk: question of the matter by slot, from 1
  std::array<std::string, 16> asked_words{};  // by a visitor, in his own words
  std::array<std::string, 16> back_words{};   // by a visitor for the desk, likewise
  std::uint32_t spoken{};                     // how many texts there are so far: each draws anew
};

/// Who speaks to whom, and when.
struct Speaking {
  std::string name, to, team;
  Instant at{};
};

/// A tale of this matter; its goods, sums and days follow from the seed. Unknown matters are told as "other".
Tale tale_of(std::uint64_t seed, formats::Language language, std::string_view matter, std::uint32_t amount_cents,
             Instant opened);

/// Question slots as bits, as everywhere.
using Slots = std::uint16_t;

dossier::Words subject(const Tale& tale);
/// The first message: asks `asks` questions, in slots from the lowest.
dossier::Words first_message(Tale& tale, const Speaking& by, unsigned asks);
/// An answer of the desk to the questions `answered`, of which those of `weak` are answered without answering.
dossier::Words answer(Tale& tale, const Speaking& by, Slots answered, Slots weak, Slots left_open);
/// A question back, in `slot`.
dossier::Words ask_back(Tale& tale, const Speaking& by, unsigned slot);
/// The seller's answer to the desk's questions.
dossier::Words reply(Tale& tale, const Speaking& by, Slots answered);
dossier::Words let_down(Tale& tale, const Speaking& by);
dossier::Words dispute(Tale& tale, const Speaking& by, Slots disputed);
dossier::Words decision(Tale& tale, const Speaking& by, Decided outcome);
dossier::Words restriction(Tale& tale, const Speaking& by, RestrictionKind kind);
dossier::Words offer(Tale& tale, const Speaking& by, std::uint32_t cents);
dossier::Words mediation(Tale& tale, const Speaking& by, std::string mediator);
/// Any other short text by the beginning of its keys: "demo.thank.", "demo.note.", "demo.climb." …
dossier::Words short_text(Tale& tale, const Speaking& by, std::string_view keys);
/// Words under one key of the catalogue, with the tale's goods, sums and days.
dossier::Words told(const Tale& tale, const Speaking& by, std::string_view key);

/// The numbers of restrictions and reports: how many there are, and how few of them are left.
std::uint32_t units_of(const Tale& tale);
std::uint32_t fewer_of(const Tale& tale);

/// A small file of this tale: a delivery note as PDF, a photograph as PNG, lines as plain text.
struct InventedFile {
  std::string name, media_type, body;
};
InventedFile file_of(const Tale& tale, const Speaking& by);

/// How many variants there are under a beginning of keys ("demo.hello."), from 1 without gaps.
unsigned variants(std::string_view keys);
/// The topics of a matter, by their names.
std::vector<std::string> topics_of(std::string_view matter);

}  // namespace guichet::demo
