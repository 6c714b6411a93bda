#include <guichet/dossier/facts_told.hpp>

#include <algorithm>
#include <tuple>

namespace guichet::dossier {
namespace {

using formats::Html;

class Teller {
 public:
  explicit Teller(const Timeline& timeline) : timeline_(timeline) {}

  FactsTold tell() {
    for (const Entry& entry : timeline_.entries) {
      if (entry.event.kind != EventKind::exhibit_added || !entry.words) continue;
      if (entry.words->erased && entry.words->words.files.empty()) ++told_.erased;
      if (entry.words->words.fact) take(entry, *entry.words->words.fact);
      if (!entry.words->words.claim.empty()) take_claim(entry);
    }
    for (FactTold& fact : facts_) (fact.archived ? told_.archived : told_.facts).push_back(std::move(fact));
    for (std::vector<FactTold>* list : {&told_.facts, &told_.archived})
      std::ranges::stable_sort(
          *list, {}, [](const FactTold& fact) { return std::tuple{sorts_at(fact.version.date), fact.number}; });
    for (const FactTold& fact : told_.facts) {
      told_.undated += fact.version.date.kind == FactDate::Kind::unknown ? 1U : 0U;
      told_.without_source += fact.version.sourced() ? 0U : 1U;
      told_.disputed += fact.other ? 1U : 0U;
      told_.not_found += not_found(fact.version) + (fact.other ? not_found(*fact.other) : 0U);
    }
    return std::move(told_);
  }

 private:
  static std::size_t not_found(const FactVersion& version) {
    return static_cast<std::size_t>(std::ranges::count(version.citations, false, &CitationTold::found));
  }

  CitationTold look_up(const Citation& citation) const {
    CitationTold told{.citation = citation, .found = false, .at = kNever, .file = {}};
    if (citation.kind == Citation::Kind::other || citation.kind == Citation::Kind::page) {
      told.found = !citation.place.empty();
      return told;
    }
    if (citation.kind == Citation::Kind::exhibit) {
      look_up_exhibit(told);
      return told;
    }
    for (const Entry& entry : timeline_.entries)
      if (is_named(citation, entry)) {
        told.found = true;
        told.at = entry.event.at;
      }
    return told;
  }

  /// Exhibits are counted in the case. A number beyond them is that of a text: so they were cited once.
  void look_up_exhibit(CitationTold& told) const {
    const std::uint32_t number = told.citation.number;
    const bool counted = number != 0 && number <= timeline_.exhibits.size();
    const TextId file = counted ? timeline_.exhibits[number - 1] : TextId{number};
    told.citation.number = timeline_.exhibit_number(file);
    told.found = told.citation.number != 0;
    if (!told.found) {
      told.citation.number = number;
      return;
    }
    told.file = file;
    const auto brings = [file](const Entry& entry) {
      return entry.event.text == file || (entry.words && std::ranges::count(entry.words->words.files, file) != 0);
    };
    const auto first = std::ranges::find_if(timeline_.entries, brings);
    if (first != timeline_.entries.end()) told.at = first->event.at;
  }

  /// A statement of a fact is itself an exhibit of words, and shows nothing.
  static bool is_named(const Citation& citation, const Entry& entry) {
    const bool states = entry.words && (entry.words->words.fact || !entry.words->words.claim.empty());
    if (states) return false;
    switch (citation.kind) {
      case Citation::Kind::event: return entry.event.version.value == citation.number;
      case Citation::Kind::message:
        return entry.event.version.value == citation.number && entry.event.kind == EventKind::message_sent;
      case Citation::Kind::mail:
        return entry.words && entry.words->words.mail && entry.words->words.mail.value == citation.number;
      case Citation::Kind::exhibit:
      case Citation::Kind::page:
      case Citation::Kind::other: return false;
    }
    return false;
  }

  FactVersion version_of(const Entry& entry, const FactWords& said) const {
    FactVersion version{.by = entry.event.party,
                        .person = entry.event.actor,
                        .event = entry.event.version,
                        .at = entry.event.at,
                        .date = said.date,
                        .words = entry.words->words.body,
                        .language = entry.words->words.language,
                        .said_by = said.said_by,
                        .matters = said.matters,
                        .citations = {}};
    for (const Citation& citation : said.citations) version.citations.push_back(look_up(citation));
    return version;
  }

  void take(const Entry& entry, const FactWords& said) {
    using Act = FactWords::Act;
    if (said.act == Act::state) {
      facts_.push_back({.number = entry.event.version.value,
                        .version = version_of(entry, said),
                        .stated = entry.event.at,
                        .other = {},
                        .archived_why = {}});
      return;
    }
    const auto fact = std::ranges::find(facts_, said.fact, &FactTold::number);
    if (fact == facts_.end()) return;
    const bool own = fact->version.by == entry.event.party;
    if (own != (said.act == Act::change || said.act == Act::archive || said.act == Act::restore)) return;
    switch (said.act) {
      case Act::state: break;
      case Act::change:
        fact->version = version_of(entry, said);
        ++fact->changes;
        fact->changed_since_disputed = fact->other.has_value();
        break;
      case Act::dispute:
        fact->other = version_of(entry, said);
        fact->changed_since_disputed = false;
        break;
      case Act::concede: fact->other.reset(); break;
      case Act::archive:
        fact->archived = true;
        fact->archived_why = entry.words->words.body;
        break;
      case Act::restore: fact->archived = false; break;
    }
  }

  void take_claim(const Entry& entry) {
    Result<Claim> claim = read_claim(entry.words->words.claim, "claim");
    if (!claim) return;
    std::optional<ClaimTold>& told = entry.event.party == Party::seller ? told_.seller_claim : told_.desk_claim;
    told = ClaimTold{
        .claim = *std::move(claim), .by = entry.event.party, .person = entry.event.actor, .at = entry.event.at};
  }

  const Timeline& timeline_;
  std::vector<FactTold> facts_;
  FactsTold told_;
};

void citations(Html& html, const FactVersion& version, const FactVoice& voice) {
  if (!version.sourced()) {
    html.element("p", voice.phrases("facts.no_source"), {{"class", "unsourced"}});
  }
  if (version.citations.empty()) return;
  html.open("ul", {{"class", "sources"}});
  for (const CitationTold& told : version.citations) {
    html.open("li");
    const std::string words = said_citation(told.citation, voice.phrases);
    const std::string address = told.found && voice.address ? voice.address(told) : std::string{};
    if (address.empty())
      html.text(words);
    else
      html.element("a", words, {{"href", formats::Url(address)}});
    if (told.at != kNever) html.text(", " + voice.phrases.date(told.at));
    if (!told.found) html.text(" — " + voice.phrases("facts.source.not_found"));
    html.close();
  }
  html.close();
}

void version_part(Html& html, const FactVersion& version, const FactVoice& voice) {
  std::string line;
  for (const char c : version.words) {
    if (c != '\n') {
      line += c;
    } else if (!line.empty()) {
      html.element("p", line);
      line.clear();
    }
  }
  if (!line.empty()) html.element("p", line);
  html.element("p",
               version.said_by.empty() ? voice.phrases("facts.by", {{"party", voice.party(version.by)},
                                                                    {"who", voice.person(version.person)},
                                                                    {"day", voice.phrases.date(version.at)}})
                                       : voice.phrases("facts.by.says", {{"party", voice.party(version.by)},
                                                                         {"who", voice.person(version.person)},
                                                                         {"said_by", version.said_by},
                                                                         {"day", voice.phrases.date(version.at)}}),
               {{"class", "muted"}});
  citations(html, version, voice);
}

void fact_item(Html& html, const FactTold& fact, const FactVoice& voice) {
  const FactVersion& version = fact.version;
  html.open("li", {{"class", fact.other ? "fact disputed" : "fact"}, {"id", "fact-" + std::to_string(fact.number)}});
  html.open("h3").text(said_fact_date(version.date, voice.phrases));
  html.element("span", voice.phrases("facts.number", {{"n", std::to_string(fact.number)}}), {{"class", "far"}}).close();
  if (!version.matters.empty()) {
    html.open("ul", {{"class", "matters"}});
    for (const std::string& matter : version.matters) html.element("li", matter);
    html.close();
  }
  if (fact.other) {
    html.element("p", voice.phrases(fact.changed_since_disputed ? "facts.disputed.since_changed" : "facts.disputed"),
                 {{"class", "mark"}});
    html.open("div", {{"class", "sides"}}).open("div", {{"class", "side"}});
    html.element("h4", voice.phrases("facts.version", {{"party", voice.party(version.by)}}));
    version_part(html, version, voice);
    html.close().open("div", {{"class", "side"}});
    html.element("h4", voice.phrases("facts.version", {{"party", voice.party(fact.other->by)}}));
    if (fact.other->date.kind != FactDate::Kind::unknown)
      html.element("p", said_fact_date(fact.other->date, voice.phrases));
    version_part(html, *fact.other, voice);
    html.close().close();
  } else {
    version_part(html, version, voice);
  }
  if (fact.changes > 0)
    html.element("p", voice.phrases.counted("facts.changed", fact.changes, {{"day", voice.phrases.date(version.at)}}),
                 {{"class", "muted"}});
  if (fact.archived)
    html.element("p", voice.phrases("facts.archived.why", {{"why", fact.archived_why}}), {{"class", "muted"}});
  if (voice.beside) voice.beside(html, fact);
  html.close();
}

}  // namespace

bool FactVersion::sourced() const {
  return std::ranges::any_of(citations, [](const CitationTold& told) { return told.found; });
}

const FactTold* FactsTold::find(std::uint32_t number) const {
  for (const std::vector<FactTold>* list : {&facts, &archived})
    if (const auto fact = std::ranges::find(*list, number, &FactTold::number); fact != list->end()) return &*fact;
  return nullptr;
}

FactsTold facts_of(const Timeline& timeline) { return Teller{timeline}.tell(); }

Claim claim_with_case(const Claim& claim, Party by, const Timeline& timeline, const formats::Phrases& phrases) {
  Claim whole = claim;
  for (const Entry& entry : timeline.entries) {
    const Event& event = entry.event;
    if (event.kind != EventKind::cost_noted || event.party != by) continue;
    const std::string what = entry.words ? entry.words->words.body : std::string{};
    const std::string source = phrases("facts.source.event", {{"n", std::to_string(event.version.value)}});
    const Day on = day_of(event.at);
    switch (static_cast<CostKind>(event.aux)) {
      case CostKind::hours:
        whole.hours.push_back({.what = what, .minutes = event.detail, .rate = {}, .on = on, .source = source});
        break;
      case CostKind::letter:
      case CostKind::fee:
      case CostKind::other:
        whole.outlays.push_back({.kind = static_cast<CostKind>(event.aux) == CostKind::letter ? OutlayKind::letter
                                         : static_cast<CostKind>(event.aux) == CostKind::fee  ? OutlayKind::fee
                                                                                              : OutlayKind::other,
                                 .what = what,
                                 .cents = event.detail,
                                 .on = on,
                                 .source = source});
        break;
      case CostKind::interest: break;
    }
  }
  return whole;
}

formats::Html facts_as_html(const FactsTold& told, const FactVoice& voice) {
  Html html;
  const auto count = [&](const char* key, std::size_t n) {
    html.element("li", voice.phrases.counted(key, static_cast<std::int64_t>(n)));
  };
  html.open("section", {{"class", "brief"}}).element("h2", voice.phrases("facts.in_short")).open("ul");
  count("facts.count", told.facts.size());
  count("facts.count.without_source", told.without_source);
  count("facts.count.undated", told.undated);
  count("facts.count.disputed", told.disputed);
  if (!told.archived.empty()) count("facts.count.archived", told.archived.size());
  if (told.erased > 0) count("facts.count.erased", told.erased);
  html.close().close();
  if (!told.facts.empty()) {
    html.open("ol", {{"class", "facts"}});
    for (const FactTold& fact : told.facts) fact_item(html, fact, voice);
    html.close();
  }
  if (!told.archived.empty()) {
    html.open("details").element("summary", voice.phrases("facts.archived")).open("ol", {{"class", "facts"}});
    for (const FactTold& fact : told.archived) fact_item(html, fact, voice);
    html.close().close();
  }
  return html;
}

}  // namespace guichet::dossier
