#include <guichet/dossier/chronology.hpp>
#include <guichet/dossier/event_line.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace guichet::dossier {
namespace {

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_';
}

/// What stands for U+00C0 to U+00FF without its accent; a hyphen where there is no such letter.
constexpr std::string_view kWithoutAccent = "AAAAAAACEEEEIIIIDNOOOOO-OUUUUYTsaaaaaaaceeeeiiiidnooooo-ouuuuyty";

/// A name that every system can keep: letters of ASCII, digits, dots, hyphens. Accents fall off, the rest becomes a
/// hyphen; the name as it was given stands in case.json.
std::string file_name(std::string_view shown) {
  const std::size_t slash = shown.find_last_of("/\\");
  if (slash != std::string_view::npos) shown.remove_prefix(slash + 1);
  std::string name;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    char c = shown[i];
    // U+00C0 to U+00FF are two bytes of UTF-8, the first of them 0xC3.
    if (c == '\xC3' && i + 1 < shown.size() && (static_cast<unsigned char>(shown[i + 1]) & 0xC0U) == 0x80U)
      c = kWithoutAccent[static_cast<unsigned char>(shown[++i]) & 0x3FU];
    if (is_plain(c))
      name += c;
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  const std::size_t start = name.find_first_not_of(".-");
  name = start == std::string::npos ? std::string() : name.substr(start);
  if (name.size() > 80) {
    const std::size_t dot = name.rfind('.');
    const std::string kind = dot != std::string::npos && name.size() - dot <= 10 ? name.substr(dot) : std::string();
    name = name.substr(0, 80 - kind.size()) + kind;
  }
  return name.empty() ? "file" : name;
}

std::size_t digits_for(std::size_t count, std::size_t least) { return std::max(least, std::to_string(count).size()); }

bool is_clock_of_desk(Clock clock) {
  switch (clock) {
    case Clock::first_answer:
    case Clock::next_answer:
    case Clock::decision:
    case Clock::appeal_decision:
    case Clock::acceptance:
    case Clock::level: return true;
    case Clock::seller_reply:
    case Clock::appeal_window:
    case Clock::mediation:
    case Clock::offer:
    case Clock::reopening:
    case Clock::cooling: break;
  }
  return false;
}

class Maker {
 public:
  explicit Maker(const ToldCase& told) : told_(told) {}

  Chronology make() {
    number_exhibits();
    number_letters();
    tell_facts();
    find_versions();
    count_clocks();
    challenge();
    return std::move(out_);
  }

 private:
  const std::vector<Entry>& entries() const { return told_.timeline.entries; }

  // ---- exhibits and letters ----

  /// The event with which a file came; zero when none names it (a file of an act's own words).
  Version first_with(TextId text) const {
    const auto brings = [text](const Entry& entry) {
      return entry.event.text == text || (entry.words && std::ranges::count(entry.words->words.files, text) != 0);
    };
    const auto first = std::ranges::find_if(entries(), brings);
    return first == entries().end() ? Version{} : first->event.version;
  }

  void number_exhibits() {
    for (const Piece& piece : told_.pieces) {
      if (piece.kind != Piece::Kind::file) continue;
      out_.exhibits.push_back({.number = static_cast<std::uint32_t>(out_.exhibits.size() + 1),
                               .text = piece.id,
                               .path = {},
                               .first = first_with(piece.id),
                               .shown = piece.name});
    }
    const std::size_t digits = digits_for(out_.exhibits.size(), 2);
    for (Exhibit& exhibit : out_.exhibits) {
      const Piece* piece = piece_of(told_, exhibit.text);
      if (piece->erased || piece->withheld) continue;
      exhibit.path = fmt::format("exhibits/{:0{}}-{}", exhibit.number, digits, file_name(piece->name));
    }
  }

  void number_letters() {
    const std::size_t digits = digits_for(told_.letters.size(), 3);
    for (std::size_t i = 0; i < told_.letters.size(); ++i) {
      const auto number = static_cast<std::uint32_t>(i + 1);
      out_.letters.push_back({.number = number,
                              .version = told_.letters[i].version,
                              .path = fmt::format("messages/{:0{}}.eml", number, digits),
                              .file = i});
    }
  }

  // ---- facts ----

  void tell_facts() {
    for (std::size_t i = 0; i < entries().size(); ++i) {
      const Entry& entry = entries()[i];
      if (quiet(entry)) continue;
      Fact fact{.at = entry.event.at, .entry = i, .sources = {}};
      fact.sources.push_back({.kind = Source::Kind::event, .number = entry.event.version.value});
      if (const Letter* letter = out_.letter(entry.event.version))
        fact.sources.push_back({.kind = Source::Kind::letter, .number = letter->number});
      const auto exhibit = [&](TextId text) {
        const Exhibit* one = text ? out_.exhibit(text) : nullptr;
        if (one == nullptr) return;
        const Source source{.kind = Source::Kind::exhibit, .number = one->number};
        if (std::ranges::find(fact.sources, source) == fact.sources.end()) fact.sources.push_back(source);
      };
      if (entry.words)
        for (const TextId file : entry.words->words.files) exhibit(file);
      exhibit(entry.event.text);
      out_.facts.push_back(std::move(fact));
    }
  }

  // ---- where they differ ----

  static bool has_words(const Entry& entry) {
    return entry.words && (!entry.words->words.body.empty() || !entry.words->words.facts.empty() ||
                           !entry.words->words.ground.empty() || !entry.words->words.measure.empty());
  }

  /// The entry of the same act that has the words, or this one.
  std::size_t worded(std::size_t index) const {
    if (has_words(entries()[index]) || entries()[index].act == 0) return index;
    for (std::size_t i = 0; i < entries().size(); ++i)
      if (entries()[i].act == entries()[index].act && has_words(entries()[i])) return i;
    return index;
  }

  void differ(Versions::About about, std::optional<std::size_t> seller, std::optional<std::size_t> desk) {
    if (seller) seller = worded(*seller);
    if (desk) desk = worded(*desk);
    for (Fact& fact : out_.facts)
      if (fact.entry == seller || fact.entry == desk) fact.disputed = true;
    out_.versions.push_back({.about = about, .seller = seller, .desk = desk});
  }

  void find_versions() {
    using About = Versions::About;
    std::optional<std::size_t> decided, restricted, proposed;
    std::array<std::optional<std::size_t>, 5> answered{};  // by party
    for (std::size_t i = 0; i < entries().size(); ++i) {
      const Event& event = entries()[i].event;
      const bool by_seller = event.party == Party::seller;
      switch (event.kind) {
        case EventKind::question_answered: answered[static_cast<std::size_t>(event.party)] = i; break;
        case EventKind::question_disputed: {
          const Party other = by_seller ? Party::desk : Party::seller;
          const auto answer = answered[static_cast<std::size_t>(other)];
          by_seller ? differ(About::answer, i, answer) : differ(About::answer, answer, i);
          break;
        }
        case EventKind::decided: decided = i; break;
        case EventKind::appealed: differ(About::decision, i, decided); break;
        case EventKind::restriction_announced: restricted = i; break;
        case EventKind::restriction_took_effect:
          if (!restricted) restricted = i;
          break;
        case EventKind::restriction_contested: differ(About::restriction, i, restricted); break;
        case EventKind::resolution_proposed: proposed = i; break;
        case EventKind::resolution_refused:
          by_seller ? differ(About::proposal, i, proposed) : differ(About::proposal, proposed, i);
          break;
        default: break;
      }
    }
  }

  void count_clocks() {
    for (const ClockTold& told : told_.timeline.clocks) {
      const bool desk = is_clock_of_desk(told.clock);
      if (told.ending == ClockTold::Ending::kept) ++(desk ? out_.clocks_kept : out_.clocks_kept_seller);
      if (told.ending == ClockTold::Ending::missed) ++(desk ? out_.clocks_missed : out_.clocks_missed_seller);
    }
  }

  // ---- what may be said against it ----

  void may_be_said(Challenge::Kind kind, std::uint64_t count = 1, std::vector<std::uint32_t> places = {}) {
    if (count == 0) return;
    if (places.size() > kPlacesMax) places.resize(kPlacesMax);
    out_.challenges.push_back({.kind = kind, .count = count, .places = std::move(places)});
  }

  template <class Test>
  void at_events(Challenge::Kind kind, Test&& test) {
    std::vector<std::uint32_t> places;
    for (std::size_t i = 0; i < told_.events.size() && i < told_.comings.size(); ++i)
      if (test(i)) places.push_back(told_.events[i].event.version.value);
    const std::uint64_t count = places.size();
    may_be_said(kind, count, std::move(places));
  }

  void challenge() {
    using Kind = Challenge::Kind;
    may_be_said(Kind::recorded_by_one_side);
    at_events(Kind::clock_differs, [&](std::size_t i) {
      const Duration apart = told_.comings[i].recorded - told_.events[i].event.at;
      return !told_.comings[i].imported && (apart > kClockTolerance || apart < -kClockTolerance);
    });
    at_events(Kind::out_of_order,
              [&](std::size_t i) { return i > 0 && told_.events[i].event.at < told_.events[i - 1].event.at; });
    std::vector<std::uint32_t> apart, composed;
    for (const LetterFile& letter : told_.letters) {
      if (!letter.raw) composed.push_back(letter.version.value);
      const auto event =
          std::ranges::find(told_.events, letter.version, [](const ToldEvent& one) { return one.event.version; });
      if (!letter.date_said || event == told_.events.end()) continue;
      const Duration gap = event->event.at - *letter.date_said;
      if (gap > kMailTolerance || gap < -kMailTolerance) apart.push_back(letter.version.value);
    }
    may_be_said(Kind::mail_date_differs, apart.size(), apart);
    mails();
    at_events(Kind::imported, [&](std::size_t i) { return told_.comings[i].imported; });
    pieces();
    may_be_said(Kind::composed_letters, composed.size(), composed);
    may_be_said(Kind::questions_unworded,
                static_cast<std::uint64_t>(std::ranges::count_if(
                    told_.timeline.questions, [](const QuestionTold& one) { return one.text.empty(); })));
    may_be_said(told_.key.empty() ? Kind::unsigned_list : Kind::key_not_vouched);
    if (!told_.stamped) may_be_said(Kind::date_not_presumed);
    may_be_said(Kind::names_now);
  }

  void mails() {
    std::vector<std::uint32_t> elsewhere, bare;
    for (const Entry& entry : entries()) {
      if (!entry.time_by().empty()) elsewhere.push_back(entry.event.version.value);
      if (unsigned_mail(entry)) bare.push_back(entry.event.version.value);
    }
    // Each of them is named: nothing else in the case shows when it was.
    const std::size_t all = elsewhere.size();
    if (all != 0)
      out_.challenges.push_back(
          {.kind = Challenge::Kind::time_elsewhere, .count = all, .places = std::move(elsewhere)});
    may_be_said(Challenge::Kind::unsigned_mails, bare.size(), bare);
  }

  void pieces() {
    using Kind = Challenge::Kind;
    std::uint64_t erased = 0, withheld = 0;
    std::vector<std::uint32_t> invented, gone;
    for (const Piece& piece : told_.pieces) {
      erased += piece.erased ? 1U : 0U;
      withheld += piece.withheld ? 1U : 0U;
    }
    for (const Entry& entry : entries()) {
      if (!entry.words) continue;
      if (entry.words->words.invented) invented.push_back(entry.event.version.value);
      if (entry.words->erased) gone.push_back(entry.event.version.value);
    }
    may_be_said(Kind::invented, invented.size(), invented);
    may_be_said(Kind::erased, erased, gone);
    may_be_said(Kind::withheld, withheld);
  }

  const ToldCase& told_;
  Chronology out_;
};

}  // namespace

std::string_view name(Challenge::Kind kind) {
  switch (kind) {
    case Challenge::Kind::recorded_by_one_side: return "recorded_by_one_side";
    case Challenge::Kind::clock_differs: return "clock_differs";
    case Challenge::Kind::out_of_order: return "out_of_order";
    case Challenge::Kind::mail_date_differs: return "mail_date_differs";
    case Challenge::Kind::time_elsewhere: return "time_elsewhere";
    case Challenge::Kind::unsigned_mails: return "unsigned_mails";
    case Challenge::Kind::imported: return "imported";
    case Challenge::Kind::invented: return "invented";
    case Challenge::Kind::erased: return "erased";
    case Challenge::Kind::withheld: return "withheld";
    case Challenge::Kind::unsigned_list: return "unsigned_list";
    case Challenge::Kind::key_not_vouched: return "key_not_vouched";
    case Challenge::Kind::date_not_presumed: return "date_not_presumed";
    case Challenge::Kind::composed_letters: return "composed_letters";
    case Challenge::Kind::names_now: return "names_now";
    case Challenge::Kind::questions_unworded: return "questions_unworded";
  }
  return {};
}

const Exhibit* Chronology::exhibit(TextId text) const {
  const auto found = std::ranges::find(exhibits, text, &Exhibit::text);
  return found == exhibits.end() ? nullptr : &*found;
}

const Letter* Chronology::letter(Version version) const {
  const auto found = std::ranges::lower_bound(letters, version, {}, &Letter::version);
  return found == letters.end() || found->version != version ? nullptr : &*found;
}

std::string_view dkim_of(const Entry& entry) {
  if (!entry.words) return {};
  for (const ArrivalLine& line : entry.words->words.arrival)
    if (line.key == "dkim") return std::string_view(line.value).substr(0, line.value.find_first_of(" :;,"));
  return {};
}

bool unsigned_mail(const Entry& entry) { return dkim_of(entry) == "none"; }

bool is_over(const ClockTold& clock, Instant until) {
  return clock.clock == Clock::cooling && clock.ending == ClockTold::Ending::runs && clock.due <= until;
}

Chronology chronology_of(const ToldCase& told) { return Maker(told).make(); }

}  // namespace guichet::dossier
