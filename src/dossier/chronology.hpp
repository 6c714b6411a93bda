// What a case comes to when it is told to somebody who was not there: facts with their sources, what each side says
// where they differ, exhibits in their order, what may be said against it. States, and concludes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <guichet/dossier/folio.hpp>
#include <guichet/dossier/told_case.hpp>

namespace guichet::dossier {

/// An attachment, with its number in the case (Timeline::exhibits).
struct Exhibit {
  std::uint32_t number{};  // 1, 2, 3 …
  TextId text;
  std::string path;   // of its entry: "exhibits/01-invoice.pdf"; empty when its bytes are not here
  Version first;      // the event with which it came
  std::string shown;  // its name as people gave it
};

/// A mail of the case.
struct Letter {
  std::uint32_t number{};  // 1, 2, 3 …
  Version version;
  std::string path;    // "messages/001.eml"
  std::size_t file{};  // in ToldCase::letters
};

/// Where a fact is to be found.
struct Source {
  enum class Kind : std::uint8_t { event, letter, exhibit } kind{};
  std::uint32_t number{};
  friend bool operator==(const Source&, const Source&) = default;
};

struct Fact {
  Instant at{};
  std::size_t entry{};  // in the timeline
  std::vector<Source> sources;
  bool disputed = false;
};

/// Where the sides differ: what one said and what the other said against it.
struct Versions {
  enum class About : std::uint8_t { answer, restriction, decision, proposal } about{};
  std::optional<std::size_t> seller, desk;  // entries of the timeline
};

/// What may be said against the dossier, said by itself; each with how often and where.
struct Challenge {
  enum class Kind : std::uint8_t {
    recorded_by_one_side,  // always: who captured
    clock_differs,         // events written down at another time than they say
    out_of_order,          // … or before the one before them
    mail_date_differs,     // a mail's own date is another
    time_elsewhere,        // a mail's own date could not be used
    unsigned_mails,        // imported mails without a signature of the house that they come from
    imported,              // another system's history
    invented,              // a demo
    erased,                // texts that are gone
    withheld,              // texts that this edition leaves out
    unsigned_list,         // no key at hand
    key_not_vouched,       // the key is its own witness
    date_not_presumed,     // no qualified time stamp
    composed_letters,      // messages that were no mails
    names_now,             // people are called what they are called today
    questions_unworded,    // questions asked inside a message's words
  } kind{};
  std::uint64_t count{};
  std::vector<std::uint32_t> places;  // versions of events, at most kPlacesMax; all of them of time_elsewhere
};
inline constexpr std::size_t kPlacesMax = 12;
std::string_view name(Challenge::Kind kind);

/// How far apart an event and its writing may be before it is said.
inline constexpr Duration kClockTolerance = std::chrono::minutes{1};
/// … and a mail's own date and its coming.
inline constexpr Duration kMailTolerance = std::chrono::minutes{10};

struct Chronology {
  std::vector<Exhibit> exhibits;
  std::vector<Letter> letters;
  std::vector<Fact> facts;  // one per event that speaks to people, in order
  std::vector<Versions> versions;
  std::vector<Challenge> challenges;
  std::uint32_t clocks_kept{}, clocks_missed{};  // of the desk
  std::uint32_t clocks_kept_seller{}, clocks_missed_seller{};

  const Exhibit* exhibit(TextId text) const;
  const Letter* letter(Version version) const;
};

Chronology chronology_of(const ToldCase& told);

/// What was found of a mail's signatures when it came: "none", "pass" …; empty for what is no mail.
std::string_view dkim_of(const Entry& entry);
/// A mail that bears none.
bool unsigned_mail(const Entry& entry);
/// A cooling period that had passed on the day up to which the case is told: no event ends one.
bool is_over(const ClockTold& clock, Instant until);

/// What comes from statements: facts that were entered by hand, what a claim comes to.
struct MoreChapters {
  std::vector<Block> facts;      // before the events: undated first
  std::vector<Block> versions;   // facts that the other side disputes, both versions side by side
  std::size_t disputed_facts{};  // how many
  std::vector<Block> costs;
};
MoreChapters more_chapters(const ToldCase& told, const Voice& voice);

/// The whole as a folio. `digest` is that of case.json, in hexadecimal.
Folio folio_of(const ToldCase& told, const Chronology& chronology, const Voice& voice, const MoreChapters& more,
               const std::string& digest);

}  // namespace guichet::dossier
