#include <guichet/base/sha256.hpp>
#include <guichet/desk/pages/audited.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <utility>
#include <vector>

#include <guichet/core/evolve.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/desk_parts.hpp>

namespace guichet::desk {
namespace {

using dossier::Entry;

constexpr std::size_t kEventsPerPage = 200;

bool is_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

// In the order of ledger::Channel and ledger::TextKind.
constexpr std::array<std::string_view, 6> kChannelNames{"web", "mail", "api", "clock", "import", "demo"};
constexpr std::array<std::string_view, 5> kTextNames{"words", "note", "file", "mail", "label"};

template <class Enum, std::size_t Size>
std::string word_of(const std::array<std::string_view, Size>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return std::string{index < Size ? names[index] : "?"};
}

/// What an auditor may want to see of a case by itself.
enum class Group : std::uint8_t { words, clocks, people, outcome, money, rules };
constexpr std::array<std::string_view, 6> kGroups{"words", "clocks", "people", "outcome", "money", "rules"};

Group group_of(EventKind kind) {
  switch (kind) {
    case EventKind::message_sent:
    case EventKind::note_made:
    case EventKind::question_asked:
    case EventKind::question_answered:
    case EventKind::question_declined:
    case EventKind::question_withdrawn:
    case EventKind::question_disputed:
    case EventKind::exhibit_added:
    case EventKind::none: return Group::words;
    case EventKind::clock_started:
    case EventKind::clock_stopped:
    case EventKind::clock_reminded:
    case EventKind::went_overdue: return Group::clocks;
    case EventKind::assigned:
    case EventKind::hand_off_proposed:
    case EventKind::hand_off_accepted:
    case EventKind::hand_off_refused:
    case EventKind::hand_off_lapsed:
    case EventKind::escalated: return Group::people;
    case EventKind::opened:
    case EventKind::decided:
    case EventKind::appealed:
    case EventKind::referred_to_mediator:
    case EventKind::mediation_ended:
    case EventKind::resolution_proposed:
    case EventKind::resolution_accepted:
    case EventKind::resolution_refused:
    case EventKind::closed:
    case EventKind::reopened:
    case EventKind::abandoned:
    case EventKind::restarted:
    case EventKind::linked: return Group::outcome;
    case EventKind::offer_made:
    case EventKind::offer_accepted:
    case EventKind::offer_refused:
    case EventKind::offer_lapsed:
    case EventKind::restriction_announced:
    case EventKind::restriction_took_effect:
    case EventKind::restriction_contested:
    case EventKind::restriction_lifted:
    case EventKind::cost_noted: return Group::money;
    case EventKind::procedure_changed: return Group::rules;
  }
  return Group::words;
}

/// One thing that a state says, in words.
struct Fact {
  std::string what, value;
};

class StateInWords {
 public:
  StateInWords(const Visit& visit, const InForce& procedure) : v_(visit), p_(visit.phrases), procedure_(procedure) {}

  std::vector<Fact> facts(const CaseState& s) const {
    std::vector<Fact> all;
    const auto add = [&](const char* key, std::string value) { all.push_back({p_(key), std::move(value)}); };
    add("audit.fact.phase", p_("phase." + std::string{name(s.phase())}));
    add("audit.fact.turn", p_("turn." + std::string{name(s.turn())}));
    add("audit.fact.level", level_title(v_, procedure_, s.level()));
    add("audit.fact.owner", s.owner ? person_name(v_, s.owner) : p_("audit.nobody"));
    add("audit.fact.asked", s.hand_off_pending() ? person_name(v_, s.other_person) : p_("audit.nobody"));
    add("audit.fact.seller_questions", open_slots(s.seller_open));
    add("audit.fact.desk_questions", open_slots(s.desk_open));
    add("audit.fact.unread", yes(s.has(kUnread)));
    add("audit.fact.decision", yes(s.has(kHasDecision)));
    add("audit.fact.appealed", yes(s.has(kAppealed)));
    add("audit.fact.proposal", proposal(s.proposal()));
    add("audit.fact.offer", yes(s.has(kOfferOpen)));
    add("audit.fact.restriction", p_("audit.restriction." + std::string{kRestrictions[index(s.restriction())]}));
    add("audit.fact.abandoned", yes(s.has(kAbandoned)));
    add("audit.fact.ran_out", yes(s.has(kOverdue)));
    add("audit.fact.procedure", s.procedure ? std::to_string(s.procedure.value) : p_("audit.none"));
    add("audit.fact.no_harm_before", s.adverse_not_before == 0
                                         ? p_("audit.none")
                                         : day_in_words(p_, "UTC", Instant{std::chrono::days{s.adverse_not_before}}));
    for (std::size_t i = 0; i < kClocks; ++i) {
      const auto clock = static_cast<Clock>(i);
      const Instant due = s.due_at(clock);
      all.push_back({p_("audit.fact.clock", {{"clock", p_("clock." + std::string{name(clock)})}}),
                     due == kNever ? p_("audit.clock.stands") : moment_words(v_, due)});
    }
    return all;
  }

 private:
  template <class Enum>
  static std::size_t index(Enum value) {
    return static_cast<std::size_t>(value);
  }
  std::string yes(bool holds) const { return p_(holds ? "audited.yes" : "audited.no"); }
  std::string open_slots(std::uint16_t set) const { return p_.number(std::popcount(set)); }
  std::string proposal(Proposal value) const {
    switch (value) {
      case Proposal::none: return p_("audit.none");
      case Proposal::by_seller: return p_("party.seller");
      case Proposal::by_desk: return p_("party.desk");
    }
    return {};
  }

  static constexpr std::array<std::string_view, 7> kRestrictions{"none",
                                                                 "announced",
                                                                 "in_effect",
                                                                 "contested",
                                                                 "announced_contested",
                                                                 "termination_announced",
                                                                 "termination_contested"};

  const Visit& v_;
  const formats::Phrases& p_;
  const InForce& procedure_;
};

class AuditedCase {
 public:
  AuditedCase(const Visit& visit, Html& html, const SeenCase& seen)
      : v_(visit), p_(visit.phrases), h_(html), seen_(seen), words_(visit, *seen.procedure) {}

  void entry(const Entry& entry, const ledger::KeptEvent& kept, const CaseState& before, const CaseState& after) {
    h_.open("li", {{"class", "card"}, {"id", "e" + std::to_string(entry.event.version.value)}});
    h_.open("h3").element("span", std::to_string(entry.event.version.value), {{"class", "number"}}).text(" ");
    h_.text(event_sentence(v_, entry, *seen_.procedure)).close();
    h_.open("dl", {{"class", "pairs"}});
    place(entry);
    cause(entry);
    clause(entry);
    change(before, after);
    text(entry, kept);
    h_.close().close();
  }

 private:
  void pair(const char* key, const std::string& value) { h_.element("dt", p_(key)).element("dd", value); }

  const ledger::Act* act_of(std::uint64_t number) const {
    const auto act = std::ranges::lower_bound(seen_.file.acts, number, {}, &ledger::Act::number);
    return act == seen_.file.acts.end() || act->number != number ? nullptr : &*act;
  }

  void place(const Entry& entry) {
    h_.element("dt", p_("audit.event.place")).open("dd");
    h_.text(p_("audit.event.place.says", {{"position", p_.number(static_cast<double>(entry.position))},
                                          {"act", p_.number(static_cast<double>(entry.act))}}));
    h_.text(" ").element("code", name(entry.event.kind)).close();
    h_.element("dt", p_("audit.event.happened")).open("dd");
    moment(h_, v_, entry.event.at);
    if (entry.late) {
      h_.text(" ");
      badge(h_, "bad", p_("stream.late", {{"time", p_.duration(*entry.late)}}));
    }
    h_.close();
  }

  void cause(const Entry& entry) {
    const std::string party = p_("party." + std::string{name(entry.event.party)});
    pair("audit.event.who",
         entry.event.actor ? p_("audit.event.who.for", {{"who", person_name(v_, entry.event.actor)}, {"party", party}})
                           : party);
    const ledger::Act* act = act_of(entry.act);
    if (act != nullptr)
      pair("audit.event.recorded",
           p_("audit.event.recorded.says", {{"moment", moment_words(v_, act->recorded)},
                                            {"channel", p_("audit.channel." + word_of(kChannelNames, act->channel))}}));
    if (!entry.cause) return pair("audit.event.cause", p_("audit.event.cause.imported"));
    const std::string who = entry.event.actor ? person_name(v_, entry.event.actor) : party;
    const std::string clock = p_("clock." + std::string{name(entry.rung.value_or(entry.event.clock))});
    const bool reminder = entry.event.kind == EventKind::clock_reminded && !ran_out(entry);
    const std::string what = reminder
                                 ? p_("audit.event.cause.reminder", {{"clock", clock}})
                                 : p_("command." + std::string{name(*entry.cause)}, {{"who", who}, {"clock", clock}});
    pair("audit.event.cause",
         p_("audit.event.cause.says", {{"command", what}, {"name", std::string{name(*entry.cause)}}}));
  }

  /// Not a reminder alone: the time itself was up in the act of this event.
  bool ran_out(const Entry& entry) const {
    return std::ranges::any_of(seen_.timeline.entries, [&entry](const Entry& one) {
      return one.act == entry.act && one.event.kind == EventKind::went_overdue &&
             one.event.version < entry.event.version;
    });
  }

  /// What the program lets people do without the procedure: it says so itself.
  std::string without_clause(const Entry& entry) const {
    const std::string own = "audit.event.clause.none." + std::string{name(entry.event.kind)};
    return p_(!entry.cause ? "audit.event.clause.imported" : p_.has(own) ? own : "audit.event.clause.none");
  }

  void clause(const Entry& entry) {
    h_.element("dt", p_("audit.event.clause")).open("dd");
    if (entry.clause.empty())
      h_.element("span", without_clause(entry), {{"class", "muted"}});
    else
      clause_link(h_, v_, *seen_.procedure, entry.clause);
    h_.close();
  }

  void change(const CaseState& before, const CaseState& after) {
    h_.element("dt", p_("audit.event.change")).open("dd");
    const std::vector<Fact> was = words_.facts(before), is = words_.facts(after);
    bool any = false;
    for (std::size_t i = 0; i < is.size(); ++i) {
      if (is[i].value == was[i].value) continue;
      if (!any) h_.open("ul", {{"class", "plain-list"}});
      any = true;
      h_.element("li",
                 p_("audit.event.change.says", {{"what", is[i].what}, {"was", was[i].value}, {"is", is[i].value}}));
    }
    if (any)
      h_.close();
    else
      h_.element("span", p_("audit.event.change.none"), {{"class", "muted"}});
    h_.close();
  }

  void text(const Entry& entry, const ledger::KeptEvent& kept) {
    if (!entry.event.text) return;
    const auto found = std::ranges::lower_bound(seen_.file.texts, entry.event.text, {}, &ledger::Text::id);
    const bool there = found != seen_.file.texts.end() && found->id == entry.event.text;
    h_.element("dt", p_("audit.event.text")).open("dd");
    if (there)
      h_.element("p",
                 p_("audit.event.text.says", {{"id", std::to_string(found->id.value)},
                                              {"kind", p_("audit.text." + word_of(kTextNames, found->kind))},
                                              {"bytes", p_.number(static_cast<double>(found->body_bytes))}}),
                 {{"class", "far"}});
    if (!there)
      h_.element("p", p_("audit.event.text.elsewhere", {{"id", std::to_string(entry.event.text.value)}}),
                 {{"class", "muted"}});
    else if (found->erased)
      h_.element("p", p_("stream.erased", {{"moment", moment_words(v_, *found->erased)}}), {{"class", "muted"}});
    else if (found->kind == ledger::TextKind::file)
      file_link(h_, v_, seen_, found->id);
    else if (entry.words) {
      if (!entry.words->words.subject.empty()) h_.element("p", entry.words->words.subject);
      words_of_act(h_, v_, seen_, entry.words->words);
    }
    digest("audit.event.digest", kept.text_digest);
    if (there) digest("audit.event.sha256", found->sha256);
    h_.close();
  }

  void digest(const char* key, std::span<const std::byte> bytes) {
    if (is_zero(bytes)) return;
    h_.open("p", {{"class", "far"}}).text(p_(key)).text(" ").element("code", hex(bytes), {{"class", "hash"}}).close();
  }

  const Visit& v_;
  const formats::Phrases& p_;
  Html& h_;
  const SeenCase& seen_;
  StateInWords words_;
};

void group_links(Html& html, const Visit& visit, CaseId case_id, std::string_view chosen) {
  html.open("nav", {{"class", "views"}, {"aria-label", visit.phrases("audit.show")}});
  html.open("ul", {{"class", "plain-list row"}});
  const auto link = [&](std::string_view group, const std::string& address) {
    const std::string label = visit.phrases("audit.show." + std::string{group.empty() ? "all" : group});
    html.open("li");
    if (group == chosen)
      html.element("a", label, {{"href", Url(address)}, {"aria-current", "true"}});
    else
      html.element("a", label, {{"href", Url(address)}});
    html.close();
  };
  link({}, audit_address(case_id));
  for (const std::string_view group : kGroups) link(group, audit_address(case_id) + "?show=" + std::string{group});
  html.close().close();
}

}  // namespace

std::string audit_address(CaseId case_id) { return "/audit/cases/" + std::to_string(case_id.value); }

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

void marked(Html& html, std::string_view excerpt) {
  html.open("span", {{"class", "sub"}});
  while (!excerpt.empty()) {
    const std::size_t begin = excerpt.find('\x01');
    html.text(excerpt.substr(0, begin));
    if (begin == std::string_view::npos) break;
    excerpt.remove_prefix(begin + 1);
    const std::size_t end = std::min(excerpt.find('\x02'), excerpt.size());
    html.element("mark", excerpt.substr(0, end));
    excerpt.remove_prefix(std::min(end + 1, excerpt.size()));
  }
  html.close();
}

void next_page(Html& html, const Visit& visit, std::string_view address, std::string_view key) {
  if (address.empty()) return;
  html.open("p", {{"class", "more"}}).element("a", visit.phrases(key), {{"href", Url(address)}}).close();
}

Response audited_case(Visit& visit) {
  const auto found = see_case(visit, visit.case_id());
  if (!found) return unreadable(visit, found.error());
  if (!*found) return not_found(visit);
  const SeenCase& seen = **found;
  const formats::Phrases& phrases = visit.phrases;
  const CaseId case_id = seen.file.row.case_id;
  const auto* group = std::ranges::find(kGroups, parameter(visit, "show"));
  const std::size_t from = number_in(parameter(visit, "from")).value_or(1);

  PageParts parts;
  parts.title = phrases("audit.case.title", {{"n", std::to_string(case_id.value)}});
  parts.subtitle = seen.file.row.subject;
  parts.here = "audit";
  Html& html = parts.main;
  html.open("p").element("a", phrases("audit.case.back"), {{"href", Url("/audit")}}).text(" · ");
  html.element("a", phrases("audit.case.page"), {{"href", Url(case_address(case_id))}}).close();
  first_lines(html, visit, seen.file.row, *seen.procedure);
  group_links(html, visit, case_id, group == kGroups.end() ? std::string_view{} : *group);

  AuditedCase writer(visit, html, seen);
  CaseState state{};
  std::size_t shown = 0, next = 0;
  html.open("ol", {{"class", "plain-list"}});
  for (std::size_t i = 0; i < seen.timeline.entries.size(); ++i) {
    const Entry& entry = seen.timeline.entries[i];
    const CaseState before = state;
    evolve_in_place(state, entry.event);
    const bool wanted =
        group == kGroups.end() || group_of(entry.event.kind) == static_cast<Group>(group - kGroups.begin());
    if (!wanted || entry.event.version.value < from) continue;
    if (shown == kEventsPerPage) {
      next = entry.event.version.value;
      break;
    }
    ++shown;
    writer.entry(entry, seen.file.events[i], before, state);
  }
  html.close();
  if (shown == 0) html.element("p", phrases("audit.case.none"));
  if (next != 0)
    next_page(
        html, visit,
        address_with(audit_address(case_id), {{"show", group == kGroups.end() ? std::string{} : std::string{*group}},
                                              {"from", std::to_string(next)}}));
  const auto beside = [&](const char* title, void (*write)(Html&, const Visit&, const SeenCase&)) {
    parts.aside.open("section").element("h2", phrases(title));
    write(parts.aside, visit, seen);
    parts.aside.close();
  };
  beside("audit.case.clocks", clocks_table);
  beside("audit.case.people", who_was_here);
  return page(visit, std::move(parts));
}

}  // namespace guichet::desk
