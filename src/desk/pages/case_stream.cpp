#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>

#include <guichet/base/sha256.hpp>
#include <guichet/core/names.hpp>
#include <guichet/desk/mail_tray.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/desk/pages/case_parts.hpp>
#include <guichet/desk/pages/case_words.hpp>
#include <guichet/dossier/event_line.hpp>

namespace guichet::desk {
namespace {

using dossier::Entry;
using dossier::Words;

std::string size_in_words(const Visit& visit, std::uint64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes < 1000) return visit.phrases.counted("file.bytes", static_cast<std::int64_t>(bytes));
  if (bytes < 1'000'000) return visit.phrases("file.kilobytes", {{"n", visit.phrases.number(value / 1e3, 1)}});
  return visit.phrases("file.megabytes", {{"n", visit.phrases.number(value / 1e6, 1)}});
}

// ---- the stream --------------------------------------------------------------------------------------------

bool has_words(const Words& words) {
  return !words.body.empty() || !words.questions.empty() || !words.files.empty() || !words.facts.empty() ||
         !words.ground.empty() || !words.measure.empty() || !words.redress.empty();
}

/// Said in words, and not told by a line alone.
bool speaks(const Entry& entry) {
  if (entry.event.kind == EventKind::message_sent) return true;
  if (!entry.words || entry.words->label || entry.event.kind == EventKind::opened) return false;
  if (entry.words->words.fact || !entry.words->words.claim.empty()) return false;  // they have a page of their own
  return has_words(entry.words->words) || entry.words->erased;
}

bool bad_news(EventKind kind) {
  return kind == EventKind::went_overdue || kind == EventKind::hand_off_lapsed || kind == EventKind::abandoned ||
         kind == EventKind::restriction_took_effect;
}

class Stream {
 public:
  Stream(Html& html, const Visit& visit, const SeenCase& seen, bool clauses)
      : h_(html), v_(visit), seen_(seen), clauses_(clauses) {}

  void entry(const Entry& entry) {
    const bool inside = v_.person && sees_the_inside(*v_.person);
    if (entry.words && entry.words->note && !inside) {
      // Also where an older ledger kept it as words for both sides.
      Entry outside = entry;
      outside.words->words = {};
      return told(outside);
    }
    told(entry);
  }

 private:
  void told(const Entry& entry) {
    if (speaks(entry))
      said(entry);
    else
      line(entry);
  }

  std::string_view side(const Entry& entry) const {
    if (entry.words && entry.words->note) return "note";
    switch (entry.event.party) {
      case Party::seller: return "seller";
      case Party::third: return "third";
      case Party::desk:
      case Party::nobody:
      case Party::clock: break;
    }
    return "desk";
  }

  void said(const Entry& entry) {
    const std::string_view by = side(entry);
    h_.open("li", {{"class", fmt::format("said said-{}", by)}, {"id", fmt::format("e{}", entry.event.version.value)}});
    h_.open("header");
    h_.open("span", {{"class", "who"}});
    icon(h_, by);
    const bool message = entry.event.kind == EventKind::message_sent || entry.event.kind == EventKind::note_made;
    h_.text(message && entry.event.actor ? person_name(v_, entry.event.actor)
                                         : event_sentence(v_, entry, *seen_.procedure));
    h_.close();
    h_.element("span", v_.phrases(fmt::format("stream.side.{}", by)), {{"class", "label"}});
    h_.open("span");
    moment(h_, v_, entry.event.at);
    h_.close();
    lateness(entry);
    taken_from(entry);
    if (entry.words) provenance(*entry.words);
    h_.close();
    if (entry.words && entry.words->taken) {
      elsewhere(*entry.words);
      if (entry.words->withheld) return void(h_.close());
      h_.open("details").element("summary", v_.phrases("stream.taken.read"));
    }
    if (entry.words && entry.words->erased)
      h_.element("p", v_.phrases("stream.erased", {{"moment", moment_words(v_, *entry.words->erased)}}),
                 {{"class", "muted"}});
    else if (entry.words)
      words_of_act(h_, v_, seen_, entry.words->words);
    else
      h_.element("p", v_.phrases("stream.no_words"), {{"class", "muted"}});
    if (entry.words && !entry.words->erased) arrival(entry.words->words);
    if (entry.words && entry.words->taken) h_.close();
    if (entry.words) ways(entry);
    clause(entry);
    h_.close();
  }

  /// The mail belongs to another case. Outside the desk nobody is told to which, when that is another account's.
  void elsewhere(const dossier::FoundWords& found) {
    h_.open("p", {{"class", "muted"}});
    icon(h_, "wait");
    if (!found.taken->to) {
      h_.text(v_.phrases("stream.taken.away", {{"moment", moment_words(v_, found.taken->at)}})).close();
      return;
    }
    h_.text(v_.phrases("stream.taken",
                       {{"moment", moment_words(v_, found.taken->at)}, {"name", person_name(v_, found.taken->by)}}));
    h_.text(" ");
    h_.element("a", case_number(v_, found.taken->to), {{"href", Url(case_address(found.taken->to))}}).close();
  }

  /// From the note about a mail to the other case; from a mail to the sheet that puts it into another.
  void ways(const Entry& entry) {
    if (!v_.person || !sees_the_inside(*v_.person)) return;
    const dossier::FoundWords& found = *entry.words;
    if (found.words.moved) {
      const CaseId other = found.words.moved->to ? found.words.moved->to : found.words.moved->from;
      h_.open("p").element("a", case_number(v_, other), {{"href", Url(case_address(other))}}).close();
    }
    if (!found.words.mail || !v_.may(Right::act_as_desk)) return;
    if (movable_mail(seen_.file, seen_.moved, entry.event.version))
      h_.open("p", {{"class", "hint"}})
          .element("a", v_.phrases("stream.move_mail"),
                   {{"href", Url(fmt::format("{}/move-mail?message={}", case_address(seen_.file.row.case_id),
                                             entry.event.version.value))}})
          .close();
    else if (const auto stays = stays_because(seen_.file, seen_.moved, entry.event.version); !stays.empty())
      h_.element("p", v_.phrases(fmt::format("stream.stays.{}", stays)), {{"class", "hint"}});
  }

  void line(const Entry& entry) {
    h_.open("li", {{"class", bad_news(entry.event.kind) ? "event event-bad" : "event"},
                   {"id", fmt::format("e{}", entry.event.version.value)}});
    if (bad_news(entry.event.kind))
      h_.element("strong", event_sentence(v_, entry, *seen_.procedure));
    else
      h_.text(event_sentence(v_, entry, *seen_.procedure));
    if (entry.event.kind == EventKind::linked || entry.event.kind == EventKind::restarted) {
      h_.text(" ");
      h_.element("a", case_number(v_, CaseId{entry.event.detail}),
                 {{"href", Url(case_address(CaseId{entry.event.detail}))}});
    }
    if (entry.event.kind == EventKind::exhibit_added && entry.event.text) {
      h_.text(" ");
      statement(entry);
      file_link(h_, v_, seen_, entry.event.text);
    }
    h_.text(" ");
    h_.element("time", moment_in_short(v_.phrases, desk_zone(v_), entry.event.at),
               {{"datetime", print_instant(entry.event.at)}});
    lateness(entry);
    clause(entry);
    h_.close();
  }

  /// A fact or a claim is words, and stands on a page of its own.
  void statement(const Entry& entry) {
    if (!entry.words) return;
    const dossier::Words& said = entry.words->words;
    if (said.fact) {
      const std::uint32_t number = said.fact->fact != 0 ? said.fact->fact : entry.event.version.value;
      h_.element("a", said.body.empty() ? v_.phrases("chronology.title") : said.body,
                 {{"href", Url(fmt::format("{}/chronology#fact-{}", case_address(seen_.file.row.case_id), number))}});
    } else if (!said.claim.empty()) {
      h_.element("a", v_.phrases("claim.title"), {{"href", Url(case_address(seen_.file.row.case_id) + "/claim")}});
    }
  }

  void lateness(const Entry& entry) {
    if (!entry.late) return;
    h_.text(" ");
    badge(h_, "bad", v_.phrases("stream.late", {{"time", v_.phrases.duration(*entry.late)}}));
  }

  /// A moment that is not of the mail's own Date field.
  void taken_from(const Entry& entry) {
    const std::string_view from = entry.time_by();
    if (from.empty()) return;
    h_.text(" ");
    badge(h_, "wait", v_.phrases(fmt::format("dossier.time.{}", from)));
  }

  void provenance(const dossier::FoundWords& found) {
    if (found.words.mail) {
      const bool why = (v_.person && sees_the_inside(*v_.person)) && !found.words.matched.empty();
      h_.element(
          "span",
          why ? v_.phrases("stream.by_mail.because", {{"why", matched_in_words(v_.phrases, found.words.matched)}})
              : v_.phrases("stream.by_mail"),
          {{"class", "far"}});
    }
    if (const auto came = parse_instant(found.words.came))
      h_.element("span", v_.phrases("stream.came", {{"moment", moment_words(v_, *came)}}), {{"class", "far"}});
    if (found.words.invented) h_.element("span", v_.phrases("stream.invented"), {{"class", "far"}});
  }

  /// What the bytes of a mail say of its way and its signatures, and the bytes: for the desk alone.
  void arrival(const Words& words) {
    if (words.arrival.empty() || !v_.person || !sees_the_inside(*v_.person)) return;
    h_.open("details").element("summary", v_.phrases("stream.arrival"));
    h_.open("dl", {{"class", "pairs"}});
    for (const dossier::ArrivalLine& each : words.arrival) h_.element("dt", each.key).element("dd", each.value);
    h_.close();
    if (words.mail)
      h_.open("p")
          .element("a", v_.phrases("stream.arrival.mail"),
                   {{"href", Url(fmt::format("{}/files/{}", case_address(seen_.file.row.case_id), words.mail.value))}})
          .close();
    h_.close();
  }

  void clause(const Entry& entry) {
    if (!clauses_ || entry.clause.empty()) return;
    h_.open("div", {{"class", "clause"}});
    clause_link(h_, v_, *seen_.procedure, entry.clause);
    h_.close();
  }

  Html& h_;
  const Visit& v_;
  const SeenCase& seen_;
  bool clauses_;
};

void labelled(Html& html, std::string_view label, std::string_view text) {
  html.element("dt", label).open("dd");
  words(html, text);
  html.close();
}

}  // namespace

dossier::Voice voice_of(const Visit& visit, const InForce& procedure) {
  return {
      .phrases = visit.phrases,
      .file = procedure.file,
      .person = [&visit](ActorId id) { return person_name(visit, id); },
      .moment = [&visit](Instant at) { return moment_words(visit, at); },
      .to_level = [&visit, &procedure](std::size_t level) { return to_level(visit.phrases, procedure.file, level); },
      .procedure = [&visit](ProcedureId id) -> std::string {
        const InForce* of = visit.shared.procedures->of(id);
        if (of == nullptr) return {};
        return visit.phrases("event.procedure_changed",
                             {{"title", of->file.title.in(visit.language())}, {"version", of->file.version}});
      }};
}

std::string event_sentence(const Visit& visit, const Entry& entry, const InForce& procedure) {
  return dossier::event_line(voice_of(visit, procedure), entry);
}

void clause_link(Html& html, const Visit& visit, const InForce& procedure, std::string_view path) {
  const rulebook::Clause& clause = procedure.file.clause(path);
  html.text(visit.phrases("clause.under")).text(" ");
  html.element("a", path,
               {{"href", Url(fmt::format("/procedure?number={}#{}", procedure.adopted.id.value, clause.path))}});
  html.text(" ").text(visit.phrases("clause.line", {{"line", std::to_string(clause.line)}}));
  if (clause.source)
    html.text(". ").element("span", visit.phrases(fmt::format("clause.source.{}", clause.source->kind),
                                                  {{"text", clause.source->text.in(visit.language())}}));
}

void stream(Html& html, const Visit& visit, const SeenCase& seen, bool all, bool clauses) {
  html.open("ol", {{"class", "stream"}});
  Stream writer(html, visit, seen, clauses);
  for (const Entry& entry : seen.timeline.entries)
    if (all || !dossier::quiet(entry)) writer.entry(entry);
  html.close();
}

void file_link(Html& html, const Visit& visit, const SeenCase& seen, TextId id) {
  const ledger::Text* text = text_in(seen.file, id);
  if (text == nullptr || text->kind != ledger::TextKind::file) return;
  if (visit.person && is_withheld(*visit.person, seen.moved, id)) {
    html.element("span", visit.phrases("file.withheld"), {{"class", "muted"}});
    return;
  }
  if (text->erased) {
    html.element("span", visit.phrases("file.erased"), {{"class", "muted"}});
    return;
  }
  html.open("a", {{"href", Url(fmt::format("{}/files/{}", case_address(seen.file.row.case_id), id.value))},
                  {"download", text->name}});
  icon(html, "file");
  html.text(text->name.empty() ? visit.phrases("file.unnamed") : text->name).close();
  html.text(" ").element("span", size_in_words(visit, text->body_bytes), {{"class", "far"}});
  html.text(" ").element("span", visit.phrases("file.digest", {{"digest", hex(text->sha256)}}), {{"class", "hash"}});
}

void words_of_act(Html& html, const Visit& visit, const SeenCase& seen, const Words& said) {
  if (!said.body.empty()) words(html, said.body, said.language);
  if (!said.facts.empty() || !said.ground.empty() || !said.measure.empty() || !said.redress.empty()) {
    html.open("dl");
    if (!said.facts.empty()) labelled(html, visit.phrases("statement.facts"), said.facts);
    if (!said.ground.empty()) labelled(html, visit.phrases("statement.ground"), said.ground);
    if (!said.measure.empty()) labelled(html, visit.phrases("statement.measure"), said.measure);
    if (!said.redress.empty()) {
      std::vector<std::string> ways;
      for (const std::string& way : said.redress) {
        const std::string key = "redress." + way;
        ways.push_back(visit.phrases.has(key) ? visit.phrases(key) : way);
      }
      labelled(html, visit.phrases("statement.redress"), joined(visit, ways));
    }
    html.close();
  }
  if (!said.questions.empty()) {
    html.open("div", {{"class", "asked"}}).open("p");
    icon(html, "question");
    html.text(visit.phrases.counted("stream.asks", static_cast<std::int64_t>(said.questions.size()))).close();
    html.open("ol");
    for (const std::string& question : said.questions) html.element("li", question);
    html.close().close();
  }
  if (!said.files.empty()) {
    html.open("ul", {{"class", "files"}});
    for (const TextId file : said.files) {
      html.open("li");
      file_link(html, visit, seen, file);
      html.close();
    }
    html.close();
  }
}

}  // namespace guichet::desk
