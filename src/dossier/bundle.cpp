#include <guichet/dossier/bundle.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/dossier/facts_told.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/zip.hpp>

namespace guichet::dossier {
namespace {

using formats::JsonWriter;
using formats::Language;
using formats::Phrases;

constexpr std::string_view kStampEntry = "proof/stamp.tsr";

/// Puts entries into the file and into its list.
class Packing {
 public:
  Outcome add(std::string_view name, std::string_view bytes) {
    list_.files.push_back({.sha256 = sha256(bytes), .bytes = bytes.size(), .name = std::string(name)});
    return zip_.add(name, bytes);
  }
  /// The list itself, last.
  Outcome add_list(const proof::PublicKey& key, const std::function<Result<proof::Signature>(std::string_view)>& sign) {
    list_.key = key;
    GUICHET_TRY(signature, sign(proof::signed_bytes(list_)));
    list_.signature = signature;
    return zip_.add(proof::kManifestEntry, proof::print_manifest(list_));
  }
  std::string finish() { return zip_.finish(); }

 private:
  formats::ZipWriter zip_;
  proof::Manifest list_;
};

/// Where the body of each text stands: files among the exhibits, words in a folder of their own, raw mails among the
/// messages when they are the message, else beside the words.
std::vector<TextPlace> places_of(const ToldCase& told, const Chronology& chronology) {
  std::vector<TextPlace> places;
  for (const Piece& piece : told.pieces) {
    if (piece.erased || piece.withheld) continue;
    std::string path;
    switch (piece.kind) {
      case Piece::Kind::file:
        if (const Exhibit* exhibit = chronology.exhibit(piece.id)) path = exhibit->path;
        break;
      case Piece::Kind::mail:
        for (const Letter& letter : chronology.letters)
          if (told.letters[letter.file].raw && told.letters[letter.file].eml == piece.body) path = letter.path;
        if (path.empty()) path = fmt::format("texts/{:06}.eml", piece.id.value);
        break;
      case Piece::Kind::words:
      case Piece::Kind::note:
      case Piece::Kind::label: {
        const bool json = piece.media_type == "application/json";
        path = fmt::format("texts/{:06}.{}", piece.id.value, json ? "json" : "txt");
        break;
      }
    }
    if (!path.empty()) places.push_back({.text = piece.id, .path = std::move(path)});
  }
  return places;
}

class CaseWriter {
 public:
  CaseWriter(const ToldCase& told, const Chronology& made, const std::vector<TextPlace>& places)
      : told_(told), made_(made), places_(places) {}

  std::string write() {
    j_.begin_object();
    j_.key("format").value("guichet dossier 1");
    j_.key("case").value(told_.id.value);
    j_.key("edition").value(name(told_.edition));
    j_.key("until").value(print_instant(told_.until()));
    j_.key("desk").value(told_.house);
    j_.key("written_by").value(told_.program);
    j_.key("subject").value(told_.subject);
    j_.key("seller").begin_object().key("account").value(told_.account).key("name").value(told_.seller).end_object();
    j_.key("amount_cents").value(told_.amount_cents);
    j_.key("time_zone").value(told_.zone);
    j_.key("procedure").begin_object().key("number").value(std::uint32_t{told_.procedure_number});
    j_.key("name").value(told_.procedure_name).key("version").value(told_.procedure_version).end_object();
    people();
    events();
    texts();
    exhibits();
    letters();
    told();
    j_.end_object();
    return j_.take();
  }

 private:
  void people() {
    j_.key("people").begin_array();
    for (const Named& person : told_.people)
      j_.begin_object()
          .key("id")
          .value(person.id.value)
          .key("name")
          .value(person.name)
          .key("role")
          .value(person.role)
          .end_object();
    j_.end_array();
  }

  void instant(std::string_view key, Instant at) {
    if (at != kNever) j_.key(key).value(print_instant(at));
  }

  void events() {
    j_.key("events").begin_array();
    for (std::size_t i = 0; i < told_.events.size(); ++i) {
      const ToldEvent& one = told_.events[i];
      const Event& event = one.event;
      j_.begin_object();
      j_.key("version").value(event.version.value).key("position").value(one.position).key("act").value(one.act);
      j_.key("kind").value(guichet::name(event.kind));
      instant("at", event.at);
      if (i < told_.comings.size()) {
        instant("recorded", told_.comings[i].recorded);
        j_.key("channel").value(told_.comings[i].channel);
      }
      j_.key("party").value(guichet::name(event.party));
      if (event.actor) j_.key("person").value(event.actor.value);
      if (has_clock(event.kind)) j_.key("clock").value(guichet::name(event.clock));
      if (event.detail != 0) j_.key("detail").value(event.detail);
      if (event.aux != 0) j_.key("aux").value(std::uint32_t{event.aux});
      if (event.text) {
        j_.key("text").value(event.text.value);
        if (i < told_.comings.size()) j_.key("text_digest").value(hex(told_.comings[i].text_digest));
      }
      if (one.cause) j_.key("cause").value(guichet::name(*one.cause));
      if (i < told_.timeline.entries.size()) {
        const Entry& entry = told_.timeline.entries[i];
        if (entry.rung)
          j_.key("cause_clock").value(guichet::name(*entry.rung)).key("cause_clock_does").value(entry.rung_does());
        if (!entry.clause.empty()) j_.key("clause").value(entry.clause);
        if (entry.late) j_.key("late_ms").value(std::int64_t{entry.late->count()});
        if (entry.due != kNever) instant("due", entry.due);
      }
      j_.end_object();
    }
    j_.end_array();
  }

  static bool has_clock(EventKind kind) {
    return kind == EventKind::clock_started || kind == EventKind::clock_stopped || kind == EventKind::clock_reminded ||
           kind == EventKind::went_overdue;
  }

  const std::string* place(TextId text) const {
    const auto found = std::ranges::lower_bound(places_, text, {}, &TextPlace::text);
    return found == places_.end() || found->text != text ? nullptr : &found->path;
  }

  void texts() {
    j_.key("texts").begin_array();
    for (const Piece& piece : told_.pieces) {
      j_.begin_object().key("id").value(piece.id.value).key("kind").value(name(piece.kind));
      if (piece.author) j_.key("author").value(piece.author.value);
      j_.key("media_type").value(piece.media_type);
      if (!piece.name.empty()) j_.key("name").value(piece.name);
      j_.key("bytes").value(piece.bytes).key("digest").value(hex(piece.digest));
      if (piece.erased) erased(piece);
      if (piece.withheld) j_.key("withheld").value(true);
      if (const std::string* path = place(piece.id)) {
        j_.key("sha256").value(hex(sha256(piece.body))).key("entry").value(*path);
        words(piece);
      }
      j_.end_object();
    }
    j_.end_array();
  }

  void erased(const Piece& piece) {
    instant("erased", *piece.erased);
    const Erasure* note = erasure_of(told_, piece.id);
    if (note == nullptr) return;
    if (note->by) j_.key("erased_by").value(note->by.value);
    if (!note->reason.empty()) j_.key("erased_because").value(note->reason);
  }

  /// The words once more, so that who reads the case needs no other entry.
  void words(const Piece& piece) {
    if (piece.kind == Piece::Kind::file || piece.kind == Piece::Kind::mail) return;
    if (piece.kind == Piece::Kind::label) {
      j_.key("label").value(piece.body);
      return;
    }
    const Words said = words_or_plain(piece.body, piece.media_type);
    j_.key("words").begin_object();
    const auto text = [&](std::string_view key, const std::string& value) {
      if (!value.empty()) j_.key(key).value(value);
    };
    const auto list = [&](std::string_view key, const std::vector<std::string>& values) {
      if (values.empty()) return;
      j_.key(key).begin_array();
      for (const std::string& value : values) j_.value(value);
      j_.end_array();
    };
    text("subject", said.subject);
    text("body", said.body);
    list("questions", said.questions);
    text("facts", said.facts);
    text("ground", said.ground);
    list("redress", said.redress);
    text("measure", said.measure);
    text("unit", said.unit);
    text("name", said.name);
    text("language", said.language);
    if (!said.files.empty()) {
      j_.key("files").begin_array();
      for (const TextId file : said.files) j_.value(file.value);
      j_.end_array();
    }
    if (said.fact) {
      j_.key("fact");
      write_fact(j_, *said.fact);
    }
    text("claim", said.claim);
    if (said.mail) j_.key("mail").value(said.mail.value);
    text("matched", said.matched);
    if (said.invented) j_.key("invented").value(true);
    j_.end_object();
  }

  void exhibits() {
    j_.key("exhibits").begin_array();
    for (const Exhibit& exhibit : made_.exhibits) {
      j_.begin_object().key("number").value(exhibit.number).key("text").value(exhibit.text.value);
      if (!exhibit.path.empty()) j_.key("entry").value(exhibit.path);
      if (exhibit.first.value != 0) j_.key("event").value(exhibit.first.value);
      j_.end_object();
    }
    j_.end_array();
  }

  void letters() {
    j_.key("messages").begin_array();
    for (const Letter& letter : made_.letters)
      j_.begin_object()
          .key("number")
          .value(letter.number)
          .key("event")
          .value(letter.version.value)
          .key("entry")
          .value(letter.path)
          .key("raw")
          .value(told_.letters[letter.file].raw)
          .end_object();
    j_.end_array();
  }

  /// What follows from the events, computed by the program: for reading, not for proving.
  void told() {
    static constexpr std::array<std::string_view, 4> kEndings{"runs", "kept", "missed", "stopped"};
    static constexpr std::array<std::string_view, 5> kStandings{"open", "answered", "declined", "withdrawn",
                                                                "disputed"};
    const Timeline& time = told_.timeline;
    j_.key("derived").begin_object();
    j_.key("clocks").begin_array();
    for (const ClockTold& clock : time.clocks) {
      j_.begin_object().key("clock").value(guichet::name(clock.clock));
      const bool over = is_over(clock, told_.until());
      j_.key("ending").value(over ? "over" : kEndings[static_cast<std::size_t>(clock.ending)]);
      instant("started", clock.started);
      instant("due", clock.due);
      instant("ended", over ? clock.due : clock.ended);
      j_.end_object();
    }
    j_.end_array().key("questions").begin_array();
    for (const QuestionTold& question : time.questions) {
      j_.begin_object().key("by").value(guichet::name(question.by));
      if (!question.text.empty()) j_.key("text").value(question.text);
      j_.key("standing").value(kStandings[static_cast<std::size_t>(question.standing)]);
      instant("asked", question.asked);
      instant("settled", question.settled);
      j_.end_object();
    }
    j_.end_array();
    adverse();
    j_.key("agents_met").begin_array();
    for (const AgentMet& agent : time.agents) {
      j_.begin_object().key("person").value(agent.person.value).key("messages").value(agent.messages);
      instant("first", agent.first);
      instant("last", agent.last);
      j_.end_object();
    }
    j_.end_array().key("facts").begin_array();
    const FactsTold stated = facts_of(time);
    for (const FactTold& fact : stated.facts) write(fact);
    for (const FactTold& fact : stated.archived) write(fact);
    j_.end_array().key("versions").begin_array();
    for (const Versions& one : made_.versions) write(one);
    j_.end_array().key("expected_challenges").begin_array();
    for (const Challenge& one : made_.challenges)
      j_.begin_object().key("what").value(name(one.kind)).key("count").value(one.count).end_object();
    j_.end_array();
    j_.key("cost_cents").value(time.cost_cents).key("cost_minutes").value(time.cost_minutes);
    j_.end_object();
  }

  void adverse() {
    if (!told_.adverse || told_.adverse->n == 0) return;
    j_.key("adverse_after").begin_object().key("measure").value("M14");
    j_.key("until").value(print_instant(told_.until())).key("measures").value(told_.adverse->n);
    j_.key("cases").begin_array();
    for (const CaseId one : told_.adverse_cases) j_.value(one.value);
    j_.end_array().key("counted").begin_array();
    for (const auto& one : told_.adverse_measures)
      j_.begin_object().key("case").value(one.case_id.value).key("event").value(one.version.value).end_object();
    j_.end_array().key("windows").begin_array();
    for (const measures::Row& row : told_.adverse->rows) {
      j_.begin_object().key("window").value(row.word);
      for (const measures::Stat& one : row.stats) j_.key(one.name).value(one.value);
      j_.end_object();
    }
    j_.end_array().end_object();
  }

  void write(const FactTold& fact) {
    j_.begin_object().key("number").value(fact.number).key("disputed").value(fact.other.has_value());
    if (fact.changed_since_disputed) j_.key("changed_since_disputed").value(true);
    if (fact.archived) j_.key("archived").value(true);
    j_.key("versions").begin_array();
    write(fact.version);
    if (fact.other) write(*fact.other);
    j_.end_array().end_object();
  }

  void write(const FactVersion& version) {
    j_.begin_object().key("party").value(guichet::name(version.by)).key("person").value(version.person.value);
    j_.key("event").value(version.event.value);
    instant("at", version.at);
    if (version.date.kind != FactDate::Kind::unknown) j_.key("date").value(print_fact_date(version.date));
    j_.key("words").value(version.words);
    if (!version.said_by.empty()) j_.key("said_by").value(version.said_by);
    if (!version.matters.empty()) {
      j_.key("matters").begin_array();
      for (const std::string& matter : version.matters) j_.value(matter);
      j_.end_array();
    }
    j_.key("sources").begin_array();
    for (const CitationTold& source : version.citations)
      j_.begin_object()
          .key("source")
          .value(print_citation(source.citation))
          .key("found")
          .value(source.found)
          .end_object();
    j_.end_array().end_object();
  }

  void write(const Versions& one) {
    static constexpr std::array<std::string_view, 4> kAbout{"answer", "restriction", "decision", "proposal"};
    j_.begin_object().key("about").value(kAbout[static_cast<std::size_t>(one.about)]);
    const auto side = [&](std::string_view key, const std::optional<std::size_t>& entry) {
      if (entry) j_.key(key).value(told_.timeline.entries[*entry].event.version.value);
    };
    side("seller", one.seller);
    side("desk", one.desk);
    j_.end_object();
  }

  const ToldCase& told_;
  const Chronology& made_;
  const std::vector<TextPlace>& places_;
  JsonWriter j_;
};

/// French first, then English, whatever the language of the dossier: who finds the file may read either.
std::string read_me(const ToldCase& told, const Bundling& bundling) {
  const bool proven = !bundling.receipt.empty(), listed = bundling.key && bundling.sign;
  std::string text;
  const bool imported = !told.events.empty() && imported_events(told) == told.events.size();
  for (const Language language : {Language::fr, Language::en}) {
    const Phrases phrases(language);
    const std::string number = std::to_string(told.id.value);
    if (!text.empty()) text += "\n\n";
    text += phrases("dossier.readme.title", {{"n", number}, {"desk", told.house}}) + "\n\n";
    for (const std::string_view part :
         {"what", "case", "page", "messages", "exhibits", "texts", imported ? "procedure.imported" : "procedure",
          proven ? "proof" : "proof.none", listed ? "manifest" : "manifest.none"})
      text += phrases(fmt::format("dossier.readme.{}", part)) + "\n";
    text += "\n" + phrases(listed ? "dossier.readme.verify" : "dossier.readme.verify.unsigned");
    text += "\n    guichet verify dossier.zip\n";
    if (listed) text += "\n" + phrases("dossier.readme.by_hand") + "\n";
  }
  return text;
}

Result<std::vector<proof::TextKey>> text_keys(const ToldCase& told, const std::vector<TextPlace>& places,
                                              const std::function<Result<proof::Hash>(TextId)>& key_of) {
  std::vector<proof::TextKey> keys;
  for (const TextPlace& place : places) {
    GUICHET_TRY(key, key_of(place.text));
    keys.push_back({.text = place.text, .key = key, .name = piece_of(told, place.text)->name, .entry = place.path});
  }
  return keys;
}

}  // namespace

std::string case_json(const ToldCase& told, const Chronology& chronology, const std::vector<TextPlace>& places) {
  return CaseWriter(told, chronology, places).write();
}

Result<std::string> bundle(const ToldCase& told, const Voice& voice, const Bundling& bundling) {
  const Chronology chronology = chronology_of(told);
  const std::vector<TextPlace> places = places_of(told, chronology);
  Packing packing;
  GUICHET_TRY(read, packing.add("README.txt", read_me(told, bundling)));
  const std::string json = case_json(told, chronology, places);
  GUICHET_TRY(with_case, packing.add("case.json", json));
  const Folio folio = folio_of(told, chronology, voice, more_chapters(told, voice), hex(sha256(json)));
  GUICHET_TRY(with_page, packing.add("chronology.html", folio_page(folio)));
  if (bundling.paper) {
    GUICHET_TRY(paper, folio_print(folio));
    GUICHET_TRY(with_paper, packing.add("chronology.pdf", paper));
  }
  if (!told.procedure_toml.empty()) {
    GUICHET_TRY(with_rules, packing.add("procedure.toml", told.procedure_toml));
  }
  for (const Letter& letter : chronology.letters) {
    GUICHET_TRY(with_letter, packing.add(letter.path, told.letters[letter.file].eml));
  }
  for (const Exhibit& exhibit : chronology.exhibits) {
    if (exhibit.path.empty()) continue;
    GUICHET_TRY(with_exhibit, packing.add(exhibit.path, piece_of(told, exhibit.text)->body));
  }
  for (const TextPlace& place : places) {
    if (!place.path.starts_with("texts/")) continue;
    GUICHET_TRY(with_text, packing.add(place.path, piece_of(told, place.text)->body));
  }
  if (!bundling.receipt.empty()) {
    GUICHET_TRY(with_receipt, packing.add(proof::kReceiptEntry, bundling.receipt));
  }
  if (bundling.text_key) {
    GUICHET_TRY(keys, text_keys(told, places, bundling.text_key));
    GUICHET_TRY(with_keys, packing.add(proof::kTextsEntry, proof::print_text_keys(keys)));
  }
  if (!bundling.stamp.empty()) {
    GUICHET_TRY(with_stamp, packing.add(kStampEntry, bundling.stamp));
  }
  if (bundling.key && bundling.sign) {
    GUICHET_TRY(with_list, packing.add_list(*bundling.key, bundling.sign));
  }
  return packing.finish();
}

}  // namespace guichet::dossier
