#include <guichet/intake/logs/propose.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include <guichet/base/utf8.hpp>
#include <guichet/embedded/mappings.hpp>
#include <guichet/formats/csv.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/intake/logs/csv_log.hpp>
#include <guichet/intake/logs/time_format.hpp>

namespace guichet::intake {
namespace {

using formats::toml_quoted;
using Words = std::span<const std::string_view>;

// What columns are called, most telling first, in English, French, Italian, German, Spanish, Portuguese and Dutch, as
// plain() leaves them. A name that holds one of these counts too, but less.
constexpr auto kCaseWords = std::to_array<std::string_view>({"caseconceptname",
                                                             "caseid",
                                                             "casenumber",
                                                             "caseno",
                                                             "casename",
                                                             "case",
                                                             "ticketid",
                                                             "ticketnumber",
                                                             "ticketno",
                                                             "ticketkey",
                                                             "ticket",
                                                             "tickets",
                                                             "incidentid",
                                                             "incidentnumber",
                                                             "incident",
                                                             "srnumber",
                                                             "issuekey",
                                                             "issueid",
                                                             "requestid",
                                                             "requestnumber",
                                                             "complaintid",
                                                             "complaint",
                                                             "problemid",
                                                             "claimid",
                                                             "claimnumber",
                                                             "conversationid",
                                                             "numerodedossier",
                                                             "numdossier",
                                                             "ndossier",
                                                             "iddossier",
                                                             "dossier",
                                                             "numeroticket",
                                                             "reclamation",
                                                             "idpratica",
                                                             "numeropratica",
                                                             "pratica",
                                                             "idcaso",
                                                             "numerodecaso",
                                                             "caso",
                                                             "expediente",
                                                             "chamado",
                                                             "protocolo",
                                                             "processo",
                                                             "fallid",
                                                             "fallnummer",
                                                             "fall",
                                                             "vorgangsnummer",
                                                             "vorgang",
                                                             "ticketnummer",
                                                             "zaakid",
                                                             "zaaknummer",
                                                             "zaak",
                                                             "meldingsnummer",
                                                             "melding",
                                                             "traceid",
                                                             "uniquekey",
                                                             "callid",
                                                             "key",
                                                             "id",
                                                             "number"});
// Parts of names of what a case has, not of what it is.
constexpr auto kFacetWords = std::to_array<std::string_view>(
    {"state",  "status", "statut", "stato",     "type",  "priority", "category", "owner", "title",  "subject",
     "count",  "date",   "time",   "timestamp", "group", "team",     "agent",    "user",  "person", "customer",
     "caller", "kind",   "source", "activity",  "event", "variant",  "index",    "name",  "code",   "step"});
constexpr auto kActivityWords = std::to_array<std::string_view>(
    {"conceptname", "activity", "activityname", "activityid",  "activitytype", "eventname",   "eventtype",  "event",
     "historytype", "action",   "actiontype",   "task",        "step",         "operation",   "activite",   "etape",
     "evenement",   "attivita", "evento",       "azione",      "fase",         "aktivitat",   "aktivitaet", "tatigkeit",
     "taetigkeit",  "ereignis", "schritt",      "vorgangsart", "activiteit",   "gebeurtenis", "stap",       "handeling",
     "actividad",   "accion",   "atividade",    "acao",        "etapa",        "tarea",       "tarefa"});
// Names that say little; taken when nothing better is there.
constexpr auto kWeakActivityWords = std::to_array<std::string_view>(
    {"tostring", "tostatus", "newstatus", "newstate", "newvalue", "to", "stage", "phase", "type", "field", "what"});
constexpr auto kTimeWords = std::to_array<std::string_view>({"timetimestamp", "completetimestamp",
                                                             "timestamp",     "endtimestamp",
                                                             "completetime",  "endtime",
                                                             "enddate",       "completiontime",
                                                             "eventtime",     "datetime",
                                                             "datestamp",     "time",
                                                             "date",          "createdat",
                                                             "occurredat",    "occurred",
                                                             "updatedat",     "created",
                                                             "createtime",    "ts",
                                                             "when",          "unixtime",
                                                             "epoch",         "horodatage",
                                                             "dateheure",     "datefin",
                                                             "heure",         "dataora",
                                                             "datafine",      "data",
                                                             "ora",           "zeitstempel",
                                                             "zeitpunkt",     "endzeit",
                                                             "datum",         "zeit",
                                                             "tijdstip",      "eindtijd",
                                                             "tijd",          "fechahora",
                                                             "fecha",         "hora",
                                                             "datahora",      "starttimestamp",
                                                             "starttime",     "startdate"});
constexpr auto kPersonWords = std::to_array<std::string_view>(
    {"orgresource", "resource",    "user",        "username",  "agent",      "agentname", "assignee",
     "assignedto",  "person",      "employee",    "worker",    "operator",   "server",    "handler",
     "author",      "authorid",    "actor",       "performer", "technician", "who",       "ressource",
     "utilisateur", "responsable", "intervenant", "personne",  "technicien", "acteur",    "auteur",
     "risorsa",     "operatore",   "utente",      "addetto",   "bearbeiter", "benutzer",  "mitarbeiter",
     "medewerker",  "gebruiker",   "behandelaar", "recurso",   "usuario",    "agente",    "persona",
     "pessoa",      "atendente",   "tecnico",     "owner",     "changedby",  "createdby", "by"});
constexpr auto kTeamWords = std::to_array<std::string_view>(
    {"orggroup", "workgroup", "assignmentgroup", "groupname", "group",    "team",         "supportteam", "department",
     "orgrole",  "role",      "queue",           "agency",    "equipe",   "groupe",       "service",     "gruppo",
     "squadra",  "reparto",   "gruppe",          "abteilung", "afdeling", "groep",        "ploeg",       "ruolo",
     "equipo",   "grupo",     "departamento",    "setor",     "fila",     "warteschlange"});
constexpr auto kSellerWords = std::to_array<std::string_view>(
    {"seller",    "sellerid", "merchant",  "customer",  "customerid",  "client",       "vendeur",  "clientid",
     "venditore", "cliente",  "verkaufer", "haendler",  "kunde",       "kundennummer", "verkoper", "klant",
     "vendedor",  "caller",   "callerid",  "requester", "requesterid", "demandeur"});
constexpr auto kMatterWords = std::to_array<std::string_view>(
    {"matter", "product", "category", "subject", "topic", "complainttype", "issue", "produit", "sujet", "motif",
     "prodotto", "categoria", "produkt", "kategorie", "onderwerp", "producto", "produto", "type"});
constexpr auto kAmountWords = std::to_array<std::string_view>(
    {"amount", "claimamount", "montant", "importo", "betrag", "bedrag", "importe", "valor", "value"});
constexpr auto kDeadlineWords = std::to_array<std::string_view>(
    {"deadline", "duedate", "dueat", "due", "echeance", "scadenza", "frist", "termijn", "vencimiento", "prazo"});
constexpr auto kStatusWords = std::to_array<std::string_view>(
    {"status", "state", "statut", "etat", "stato", "zustand", "toestand", "estado", "situacao"});
constexpr auto kTransitionWords = std::to_array<std::string_view>({"lifecycletransition", "lifecycle", "transition"});
constexpr auto kTextWords = std::to_array<std::string_view>(
    {"text", "body", "message", "comment", "texte", "commentaire", "testo", "nachricht", "bericht", "mensaje"});

/// Letters and digits: small, and those of Western Europe without their accents.
std::string plain(std::string_view name) {
  // U+00C0 to U+00FF, capitals and small ones alike.
  constexpr std::string_view kBase = "aaaaaaaceeeeiiiidnooooo ouuuuyts";
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      out += c;
    else if (byte == 0xC3 && i + 1 < name.size())
      out += kBase[static_cast<unsigned char>(name[++i]) & 0x1FU];
    else if (byte == 0xC2)
      ++i;  // signs such as "°"
    else if (byte >= 0x80)
      out += c;
  }
  return out;
}

/// How well a name fits: 0 not at all, above 1000 when it is one of the words.
int fits_words(std::string_view name, Words words) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (name == words[i]) return 2000 - static_cast<int>(i);
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i].size() >= 4 && name.find(words[i]) != std::string_view::npos) return 1000 - static_cast<int>(i);
  return 0;
}

/// Texts that no system writes for a real value.
bool is_missing(std::string_view value) {
  constexpr auto kMissing = std::to_array<std::string_view>(
      {"?", "NULL", "null", "(null)", "<null>", "\\N", "N/A", "n/a", "#N/A", "NaN", "nan"});
  return std::find(kMissing.begin(), kMissing.end(), value) != kMissing.end();
}

/// Whether values look made by a counter: "INC0001234", "SD-12".
bool is_id(std::string_view value) {
  const std::size_t digits = value.find_last_not_of("0123456789") + 1;
  return digits < value.size() && digits <= 8 &&
         value.substr(0, digits).find_first_of(" .:,/") == std::string_view::npos;
}

struct Column {
  std::string name;
  std::string words;  // `name` as plain()
  std::size_t index = 0;
  std::size_t filled = 0;
  std::size_t distinct = 0;
  bool of_trace = false;
  std::vector<std::string> examples;  // different ones, spread over the rows
  std::vector<std::string> formats;   // time formats that read all examples but a few
  bool clock = false;                 // times of day without a date
  std::string number_format;          // how its numbers could be times, when nothing else is one
  double constant = 0;                // share of the cases with several rows in which it keeps one value
  double evidence = 0;                // that it is the case, from 0 to 3
  bool taken = false;
};

/// Evidence from which values outweigh names.
constexpr double kTellingEvidence = 1.5;

bool is_clock(const std::vector<std::string>& texts) {
  return !texts.empty() && std::all_of(texts.begin(), texts.end(), [](const std::string& text) {
    const auto format = TimeFormat::compile("%Y-%m-%d %H:%M:%S");
    const auto shorter = TimeFormat::compile("%Y-%m-%d %H:%M");
    return format->read("2000-01-01 " + text) || shorter->read("2000-01-01 " + text);
  });
}

/// Formats that read nearly all of the examples: a log may hold a few broken times.
std::vector<std::string> formats_of(const std::vector<std::string>& examples) {
  auto fitting = fitting_formats(examples);
  if (!fitting.empty() || examples.size() < 20) return fitting;
  // Leave out what the format of the middle example cannot read, when that is little.
  for (const std::string& spelling : fitting_formats({examples[examples.size() / 2]})) {
    const auto format = TimeFormat::compile(spelling);
    const auto read = std::count_if(examples.begin(), examples.end(),
                                    [&](const auto& text) { return format->read(text).has_value(); });
    if (static_cast<std::size_t>(read) * 10 >= examples.size() * 9) fitting.push_back(spelling);
  }
  return fitting;
}

class Proposal {
 public:
  explicit Proposal(const Sample& sample) : sample_(sample) {}

  Result<std::string> write() {
    look();
    if (sample_.xes)
      choose_xes();
    else if (auto failed = choose_csv())
      return *failed;
    return text();
  }

 private:
  struct Choice {
    std::string key;
    std::vector<std::string> columns;
    std::string reason;
  };

  std::string_view value_at(std::size_t row, std::size_t column) const {
    const std::string_view value = sample_.value(row, column);
    // An XES log leaves out what it does not know; what it writes, it means.
    return !sample_.xes && is_missing(value) ? std::string_view{} : value;
  }

  void look() {
    const std::size_t step = std::max<std::size_t>(1, sample_.rows.size() / 400);
    for (std::size_t c = 0; c < sample_.columns.size(); ++c) {
      Column column;
      column.name = sample_.columns[c];
      column.of_trace = sample_.xes && column.name.starts_with("trace:");
      column.words = plain(column.of_trace ? std::string_view(column.name).substr(6) : std::string_view(column.name));
      column.index = c;
      std::unordered_set<std::string_view> seen;
      for (std::size_t r = 0; r < sample_.rows.size(); ++r) {
        const std::string_view value = value_at(r, c);
        if (value.empty()) {
          if (const std::string_view written = sample_.value(r, c);
              !written.empty() && std::find(missing_.begin(), missing_.end(), written) == missing_.end())
            missing_.emplace_back(written);
          continue;
        }
        ++column.filled;
        if (seen.insert(value).second && (column.examples.size() < 100 || r % step == 0) &&
            column.examples.size() < 600)
          column.examples.emplace_back(value);
      }
      column.distinct = seen.size();
      column.clock = is_clock(column.examples);
      if (!column.clock) column.formats = formats_of(column.examples);
      // Numbers are times only when the name says so too: most numbers count something else.
      const bool number =
          !column.formats.empty() && (column.formats[0] == "excel" || column.formats[0].starts_with("epoch"));
      if (number && fits_words(column.words, kTimeWords) == 0) {
        column.number_format = column.formats[0];
        column.formats.clear();
      }
      if (column.formats.empty() && is_short_date(column)) column.formats = {"%y%m%d"};
      columns_.push_back(std::move(column));
    }
  }

  bool is_short_date(const Column& column) const {
    constexpr std::array<std::string_view, 5> kDate{"date", "data", "datum", "jour", "day"};
    const auto format = TimeFormat::compile("%y%m%d");
    return fits_words(column.words, kDate) != 0 && !column.examples.empty() &&
           std::all_of(column.examples.begin(), column.examples.end(),
                       [&](const auto& text) { return text.size() == 6 && format->read(text); });
  }

  void measure_constancy(const Column& of_case) {
    std::unordered_map<std::string_view, std::size_t> first;
    std::unordered_map<std::size_t, bool> several;
    std::vector<std::size_t> leader(sample_.rows.size());
    for (std::size_t r = 0; r < sample_.rows.size(); ++r) {
      const auto [entry, fresh] = first.try_emplace(sample_.value(r, of_case.index), r);
      leader[r] = entry->second;
      several[entry->second] = !fresh;
    }
    for (Column& column : columns_) {
      std::unordered_set<std::size_t> changing;
      for (std::size_t r = 0; r < sample_.rows.size(); ++r)
        if (sample_.value(r, column.index) != sample_.value(leader[r], column.index)) changing.insert(leader[r]);
      std::size_t cases = 0;
      for (const auto& [row, is] : several) cases += is ? 1U : 0U;
      column.constant = cases == 0 ? 0 : 1.0 - static_cast<double>(changing.size()) / static_cast<double>(cases);
    }
  }

  /// The best column for a word list among those that `may` be it.
  template <class May>
  Column* best(Words words, const May& may) {
    Column* found = nullptr;
    int score = 0;
    for (Column& column : columns_) {
      const int fit = column.taken || column.filled == 0 || !may(column) ? 0 : fits_words(column.words, words);
      if (fit > score) {
        score = fit;
        found = &column;
      }
    }
    return found;
  }

  bool tells_apart(const Column& a, const Column& b) const {
    std::unordered_set<std::string> seen;
    for (std::size_t r = 0; r < sample_.rows.size(); ++r)
      if (!seen.insert(std::string(sample_.value(r, a.index)) + '\n' + std::string(sample_.value(r, b.index))).second)
        return false;
    return true;
  }

  std::string counts(const Column& column) const {
    return std::to_string(column.distinct) + " different values in " + std::to_string(sample_.rows.size()) + " rows";
  }

  Column* find(std::string_view name) {
    for (Column& column : columns_)
      if (column.name == name) return &column;
    return nullptr;
  }
  const Column* find(std::string_view name) const {
    for (const Column& column : columns_)
      if (column.name == name) return &column;
    return nullptr;
  }

  void choose(const std::string& key, Column& column, const std::string& reason) {
    column.taken = true;
    choices_.push_back({key, {column.name}, reason});
  }

  void choose_xes() {
    const auto standard = [&](const std::string& key, const std::string& name, const std::string& otherwise) {
      if (Column* column = find(name))
        choose(key, *column, "the standard's name; " + counts(*column));
      else if (!otherwise.empty())
        choices_.push_back({key, {name}, otherwise});
    };
    standard("case", "trace:concept:name", "the standard's name, though these traces do not have it");
    Column* const activity = find("concept:name");
    if (activity != nullptr)
      choose("activity", *activity, "the standard's name; " + counts(*activity));
    else if (Column* other = best(kActivityWords, [](const Column& c) { return !c.of_trace; }))
      choose("activity", *other, "there is no concept:name; the name fits; " + counts(*other));
    else
      choices_.push_back({"activity", {"concept:name"}, "the standard's name, though these events do not have it"});
    standard("time", "time:timestamp", "the standard's name, though these events do not have it");
    standard("person", "org:resource", "");
    if (const Column* transition = find("lifecycle:transition"); transition != nullptr && transition->distinct > 1)
      standard("transition", "lifecycle:transition", "");
    if (Column* group = find("org:group"))
      choose("team", *group, "the standard's name; " + counts(*group));
    else if (Column* role = find("org:role"))
      choose("team", *role, "there is no org:group; roles come nearest; " + counts(*role));
    if (const Column* time = find("time:timestamp");
        time != nullptr && !time->formats.empty() && time->formats[0] != "iso")
      choose_format(*time);
    choose_the_rest();
  }

  std::optional<Error> choose_csv() {
    const auto whole = [&](const Column& c) { return c.filled * 100 >= sample_.rows.size() * 99; };
    const auto no_time = [&](const Column& c) { return c.formats.empty() && !c.clock; };
    const std::size_t rows = sample_.rows.size();
    if (rows == 0) return Error{Fault::unreadable, sample_.source + ": there is a header but no row"};
    auto [of_case, why] = likeliest_case();
    if (of_case == nullptr || fits_words(of_case->words, kCaseWords) <= 1000) {
      Column* const unique = best(kCaseWords, [&](const Column& c) { return whole(c) && c.distinct == c.filled; });
      const bool many_times = std::count_if(columns_.begin(), columns_.end(),
                                            [](const Column& c) { return !c.formats.empty() || c.clock; }) > 1;
      const bool grouped = of_case != nullptr && of_case->evidence >= kTellingEvidence;
      if (unique != nullptr && !grouped && (many_times || of_case == nullptr)) {
        of_case = unique;
        why = "its name, and it is different in every row: one row per case";
      }
    }
    if (of_case == nullptr)
      return Error{Fault::unreadable, sample_.source + ": no column can be the case (" + listed() +
                                          "); name it in a mapping, [columns] case = \"…\""};
    choose("case", *of_case, why + "; " + counts(*of_case));
    measure_constancy(*of_case);
    bool wide = of_case->distinct == of_case->filled && rows > 1;

    Column* activity = nullptr;
    const auto times = std::count_if(columns_.begin(), columns_.end(), [](const Column& c) { return c.clock; });
    if (!wide && times > 1 && best(kActivityWords, no_time) == nullptr) {
      // Several times in a row and no activity: a row is a case, though it takes two columns to name it.
      for (Column& c : columns_) {
        if (wide || c.taken || !whole(c) || !no_time(c) || !tells_apart(c, *of_case)) continue;
        wide = true;
        choices_.back().columns.insert(choices_.back().columns.begin(), c.name);
        choices_.back().reason = "together they are different in every row: one row per case";
      }
    }
    if (!wide) {
      // What happens is named by a few words that come again; numbers of what happened are not.
      const auto comes_again = [&](const Column& c) {
        return no_time(c) && c.distinct < rows && (rows < 50 || c.distinct * 2 <= rows) && whole(c);
      };
      const auto changes = [&](const Column& c) { return comes_again(c) && c.constant < 0.9; };
      activity = best(kActivityWords, comes_again);
      if (activity == nullptr) {
        activity = best(kStatusWords, changes);
        activity_is_status_ = activity != nullptr;
      }
      if (activity == nullptr)
        activity = best(kWeakActivityWords,
                        [&](const Column& c) { return changes(c) && fits_words(c.words, kWeakActivityWords) > 1000; });
      if (activity == nullptr) {
        for (Column& c : columns_)
          if (!c.taken && whole(c) && no_time(c) && c.constant < 0.9 && (rows < 50 || c.distinct * 2 <= rows) &&
              c.number_format.empty() && c.distinct > 1 && c.distinct <= 500) {
            activity = &c;
            break;
          }
        if (activity == nullptr)
          return Error{Fault::unreadable, sample_.source + ": no column changes within cases as an activity does (" +
                                              listed() + "); name it in a mapping, [columns] activity = \"…\""};
        choose("activity", *activity, "no name fits; it changes within cases; " + counts(*activity));
      } else {
        choose("activity", *activity, "its name, and it changes within cases; " + counts(*activity));
        if (activity_is_status_) choose("status", *activity, "the activity is a state: its name says so");
      }
    }
    if (wide ? !choose_wide() : !choose_time())
      return Error{Fault::unreadable, sample_.source + ": no column holds times that can be read (" + listed() +
                                          "); name column and format in a mapping, [columns] time and [time] formats"};
    choose_the_rest();
    return std::nullopt;
  }

  /// What speaks for a column being the case, apart from its name: other columns keep one value within it, its
  /// rows run forwards in time and stand together.
  double evidence_for(const Column& candidate) const {
    std::unordered_map<std::string_view, std::size_t> leaders;
    std::vector<std::size_t> leader(sample_.rows.size());
    std::size_t runs = 0;
    for (std::size_t r = 0; r < sample_.rows.size(); ++r) {
      const std::string_view value = value_at(r, candidate.index);
      leader[r] = leaders.try_emplace(value, r).first->second;
      runs += r == 0 || value != value_at(r - 1, candidate.index) ? 1U : 0U;
    }
    const auto repeated = static_cast<double>(sample_.rows.size() - leaders.size());
    if (repeated * 4 < static_cast<double>(sample_.rows.size())) return 0;
    double constant = 0;
    double looked_at = 0;
    double forwards = 0;
    for (const Column& column : columns_) {
      if (&column == &candidate || column.distinct < 2) continue;
      std::size_t same = 0;
      for (std::size_t r = 0; r < sample_.rows.size(); ++r)
        same += leader[r] != r && value_at(r, column.index) == value_at(leader[r], column.index) ? 1U : 0U;
      // A column of few values is the same by chance too.
      const double share = static_cast<double>(same) / repeated;
      if (column.distinct * 20 > leaders.size()) {
        ++looked_at;
        constant += share > 0.97 ? 1 : 0;
      }
      if (column.formats.empty() || share > 0.9) continue;
      const auto format = TimeFormat::compile(column.formats.front());
      std::unordered_map<std::size_t, std::int64_t> last;
      std::size_t on = 0;
      std::size_t steps = 0;
      for (std::size_t r = 0; r < sample_.rows.size(); ++r) {
        const auto at = format->read(value_at(r, column.index));
        if (!at) continue;
        const auto [entry, fresh] = last.try_emplace(leader[r], at->ms);
        if (!fresh) {
          ++steps;
          on += at->ms >= entry->second ? 1U : 0U;
        }
        entry->second = at->ms;
      }
      if (steps > 0) forwards = std::max(forwards, static_cast<double>(on) / static_cast<double>(steps));
    }
    const double together = static_cast<double>(leaders.size()) / static_cast<double>(runs);
    return (looked_at == 0 ? 0 : constant / looked_at) + std::max(0.0, forwards * 2 - 1) + together;
  }

  /// The column that most likely tells the cases apart, and why.
  std::pair<Column*, std::string> likeliest_case() {
    const std::size_t rows = sample_.rows.size();
    Column* found = nullptr;
    double most = 0;
    for (Column& c : columns_) {
      if (c.filled * 100 < rows * 99 || c.distinct >= rows || !c.formats.empty() || c.clock) continue;
      int fit = fits_words(c.words, kCaseWords);
      const bool named = fit > 1000;
      if (!named && std::any_of(kFacetWords.begin(), kFacetWords.end(),
                                [&](std::string_view facet) { return c.words.find(facet) != std::string::npos; }))
        fit = 0;
      // Without a name it takes several cases, and several rows in each.
      if (fit == 0 && (c.distinct < 2 || c.distinct * 10 > rows * 6)) continue;
      if (c.distinct < 2 && !named) continue;
      const bool other = !named && (fits_words(c.words, kActivityWords) + fits_words(c.words, kStatusWords) +
                                    fits_words(c.words, kPersonWords) + fits_words(c.words, kTeamWords) +
                                    fits_words(c.words, kSellerWords)) != 0;
      const bool ids = !c.examples.empty() && std::all_of(c.examples.begin(), c.examples.end(), is_id);
      c.evidence = evidence_for(c);
      // "id" and "number" are names of many things.
      const bool telling = named && c.words != "id" && c.words != "number" && c.words != "key";
      const double score = c.evidence +
                           (telling   ? 2 + fit / 10000.0
                            : fit > 0 ? 0.5
                                      : 0) +
                           (ids ? 0.3 : 0) - (other ? 1 : 0) +
                           static_cast<double>(c.distinct) / static_cast<double>(rows) / 10;
      if (found != nullptr && score <= most) continue;
      found = &c;
      most = score;
    }
    if (found == nullptr) return {nullptr, {}};
    return {found, fits_words(found->words, kCaseWords) > 0
                       ? "its name, and it repeats"
                       : "no name fits; within its values other columns stay the same or times run forwards"};
  }

  bool choose_time() {
    const auto timed = [](const Column& c) { return !c.formats.empty(); };
    // The time of an event changes within its case; the dates of a case do not.
    Column* time = best(kTimeWords, [&](const Column& c) { return timed(c) && c.constant < 0.9; });
    if (time == nullptr) time = best(kTimeWords, timed);
    std::string why = "its name, and its values are times";
    if (time == nullptr) {
      for (Column& c : columns_)
        if (timed(c) && (time == nullptr || c.filled > time->filled)) time = &c;
      why = "its values are times";
    }
    if (time == nullptr) {
      // Numbers that would be times of our days, and differ from row to row.
      for (Column& c : columns_)
        if (!c.taken && !c.number_format.empty() && c.distinct * 2 > c.filled &&
            (time == nullptr || c.filled > time->filled))
          time = &c;
      why = "nothing else is a time, and its numbers would be";
      if (time != nullptr) time->formats = {time->number_format};
    }
    if (time == nullptr) return false;
    const std::string example = time->examples.front();
    // A date whose time of day stands in a column of its own.
    const bool bare = example.find(':') == std::string::npos && example.size() <= 10;
    Column* clock = nullptr;
    for (Column& c : columns_)
      if (bare && c.clock &&
          (clock == nullptr || fits_words(c.words, kTimeWords) > fits_words(clock->words, kTimeWords)))
        clock = &c;
    choose("time", *time, why + ", such as " + toml_quoted(example));
    if (clock != nullptr) {
      clock->taken = true;
      choices_.back().columns.push_back(clock->name);
      choices_.back().reason += " and " + toml_quoted(clock->examples.front());
      choose_format(*time, clock);
    } else {
      choose_format(*time);
    }
    for (const Column& c : columns_)
      if (!c.taken && timed(c) && c.constant < 0.5) others_.push_back(c.name);
    return true;
  }

  /// One event per column of times.
  bool choose_wide() {
    Column* date = nullptr;
    for (Column& c : columns_)
      if (!c.formats.empty() && !c.taken && c.examples.front().find(':') == std::string::npos &&
          c.examples.front().size() <= 10 && date == nullptr)
        date = &c;
    const bool clocks =
        date != nullptr && std::any_of(columns_.begin(), columns_.end(), [](const Column& c) { return c.clock; });
    const Column* first = nullptr;
    const Column* first_clock = nullptr;
    for (Column& c : columns_) {
      const bool event = clocks ? c.clock : !c.formats.empty() && fits_words(c.words, kDeadlineWords) == 0;
      if (!event || c.taken) continue;
      c.taken = true;
      if (first == nullptr) first = clocks ? date : &c;
      if (first_clock == nullptr && clocks) first_clock = &c;
      std::string text =
          "[[event]]\nis = " + toml_quoted(c.name) + "\ntime = " +
          (clocks ? "[" + toml_quoted(date->name) + ", " + toml_quoted(c.name) + "]" : toml_quoted(c.name)) + "\n";
      const auto zeros = std::count_if(sample_.rows.begin(), sample_.rows.end(), [&](const auto& row) {
        return c.index < row.size() && (row[c.index] == "0:00:00" || row[c.index] == "00:00:00");
      });
      if (clocks && static_cast<std::size_t>(zeros) * 20 > sample_.rows.size())
        text += "when = {column = " + toml_quoted(c.name) +
                ", is_not = [\"0:00:00\", \"00:00:00\"]}   # so many that it must mean \"none\"\n";
      const auto has = [&](std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(),
                           [&](std::string_view word) { return c.words.find(word) != std::string::npos; });
      };
      if (has({"created", "opened", "received", "creation", "ouvert", "aperto", "eroeffnet", "reçu"}))
        text += "event = \"opened\"\n";
      else if (has({"closed", "closing", "cloture", "clôture", "chiuso", "chiusura", "geschlossen", "gesloten"}))
        text += "event = \"closed\"\n";
      else if (has({"resolved", "solved", "risolto", "résolu"}))
        text += "event = \"resolved\"\n";
      events_.push_back(std::move(text));
    }
    if (first == nullptr) return false;
    choose_format(*first, first_clock);
    return true;
  }

  void choose_format(const Column& date, const Column* clock = nullptr) {
    std::vector<std::string> candidates = date.formats;
    if (candidates.size() > 1 && !sample_.whole) {
      auto narrowed = narrow_formats(sample_.source, date.name, candidates);
      if (narrowed && !narrowed->empty()) candidates = *narrowed;
    }
    std::string chosen = candidates.front();
    // Day and month may change places: where both orders read every value, the one that makes cases run
    // forwards is right.
    if (candidates.size() > 1 && clock == nullptr && !choices_.empty()) {
      std::vector<std::size_t> backward;
      backward.reserve(candidates.size());
      for (const std::string& spelling : candidates) backward.push_back(steps_back(date, spelling));
      const auto fewest = std::min_element(backward.begin(), backward.end());
      chosen = candidates[static_cast<std::size_t>(fewest - backward.begin())];
      const bool clear = std::count(backward.begin(), backward.end(), *fewest) == 1;
      format_note_ = "could also be " + toml_quoted(chosen == candidates[0] ? candidates[1] : candidates[0]) +
                     (clear ? "; but then more cases would run backwards"
                            : "; NOTHING IN THE FILE DECIDES which comes first, day or month: please check");
    }
    if (clock != nullptr) {
      const bool seconds = std::count(clock->examples.front().begin(), clock->examples.front().end(), ':') == 2;
      chosen = (chosen == "iso" ? "%Y-%m-%d" : chosen) + (seconds ? " %H:%M:%S" : " %H:%M");
    }
    format_ = chosen;
    const auto format = TimeFormat::compile(chosen);
    std::string example = date.examples.front();
    if (clock != nullptr) example += " " + clock->examples.front();
    const auto read = format->read(example);
    zoned_ = !read || read->zoned;
  }

  /// How often a case's next row is earlier than the one before, under a format.
  std::size_t steps_back(const Column& column, const std::string& spelling) {
    const auto format = TimeFormat::compile(spelling);
    const Column* const of_case = find(choices_.front().columns.front());
    std::unordered_map<std::string_view, std::int64_t> last;
    std::size_t back = 0;
    for (std::size_t r = 0; r < sample_.rows.size(); ++r) {
      const auto at = format->read(sample_.value(r, column.index));
      if (!at) continue;
      const auto [entry, fresh] =
          last.try_emplace(of_case == nullptr ? std::string_view{} : sample_.value(r, of_case->index), at->ms);
      back += !fresh && at->ms < entry->second ? 1U : 0U;
      entry->second = at->ms;
    }
    return back;
  }

  void choose_the_rest() {
    const auto untimed = [](const Column& c) { return c.formats.empty() && !c.clock; };
    const auto add = [&](const std::string& key, Words words, const auto& may, const std::string& reason) {
      if (std::any_of(choices_.begin(), choices_.end(), [&](const Choice& choice) { return choice.key == key; }))
        return;
      if (Column* column = best(words, may)) choose(key, *column, reason + "; " + counts(*column));
    };
    const auto exact = [&](Words words, const auto& also) {
      return [words, also](const Column& c) { return fits_words(c.words, words) > 1000 && also(c); };
    };
    if (sample_.xes) {
      const auto of_event = [&](const Column& c) { return untimed(c) && !c.of_trace; };
      add("person", kPersonWords, exact(kPersonWords, of_event), "there is no org:resource; its name");
      add("team", kTeamWords, exact(kTeamWords, of_event), "there is no org:group; its name");
    }
    if (!sample_.xes) {
      // One that always says the same says nothing.
      add("transition", kTransitionWords,
          exact(kTransitionWords, [&](const Column& c) { return untimed(c) && c.distinct > 1; }), "its name");
      add("person", kPersonWords, untimed, "its name");
      add("team", kTeamWords, untimed, "its name");
      add("text", kTextWords, exact(kTextWords, untimed), "its name");
    }
    add("status", kStatusWords, exact(kStatusWords, [&](const Column& c) { return untimed(c) && !c.of_trace; }),
        "its name");
    add("seller", kSellerWords, exact(kSellerWords, untimed), "its name: the other side of the desk");
    add("matter", kMatterWords, exact(kMatterWords, untimed), "its name");
    add("amount", kAmountWords, exact(kAmountWords, untimed), "its name");
    add(
        "deadline", kDeadlineWords,
        [](const Column& c) { return !c.formats.empty() && fits_words(c.words, kDeadlineWords) > 1000; },
        "its name, and its values are times");
  }

  std::string listed() const {
    std::string out;
    for (const Column& column : columns_) out += (out.empty() ? "\"" : ", \"") + column.name + "\"";
    return utf8_cut(out, 300);
  }

  /// A value as words: small, without accents, one blank around each.
  static std::string words_of(std::string_view value) {
    std::string out = " ";
    std::size_t at = 0;
    while (at < value.size()) {
      const std::size_t end = std::min(value.find_first_of(" _/-:.,;()'", at), value.size());
      const std::string word = plain(value.substr(at, end - at));
      if (!word.empty()) out += word + ' ';
      at = end + 1;
    }
    return out;
  }

  static bool says(std::string_view words, Words any) {
    return std::any_of(any.begin(), any.end(), [&](std::string_view word) {
      return words.find(" " + std::string(word) + " ") != std::string_view::npos;
    });
  }

  static std::string listed(const std::vector<std::string>& values) {
    std::string list = "[";
    for (const std::string& value : values) list += (list.size() == 1 ? "" : ", ") + toml_quoted(value);
    return list + "]";
  }

  /// Activities and statuses whose words tell what they mean.
  std::string meanings() {
    struct Sign {
      std::string_view event;
      std::vector<std::string_view> words;
    };
    static const std::vector<Sign> kSigns{
        {"reopened",
         {"reopen",      "reopened",   "re open",  "re opened",  "reopening",  "reouvert",       "reouverte",
          "reouverture", "rouvert",    "riaperto", "riaperta",   "riapertura", "wiedereroffnet", "wiedereroffnung",
          "reabierto",   "reapertura", "reaberto", "reabertura", "heropend",   "heropening"}},
        {"closed", {"closed",        "close",     "closing",      "closure",  "cloture",  "cloturee",    "cloturer",
                    "fermeture",     "ferme",     "chiuso",       "chiusa",   "chiusura", "geschlossen", "schliessen",
                    "abgeschlossen", "abschluss", "cerrado",      "cerrada",  "cierre",   "fechado",     "fechada",
                    "fechamento",    "encerrado", "encerramento", "gesloten", "sluiten",  "afgesloten"}},
        {"resolved",
         {"resolved", "resolve", "resolution", "solved", "resolu", "resolue", "risolto", "risolta", "risoluzione",
          "gelost", "losung", "resuelto", "resuelta", "resolvido", "resolvida", "opgelost", "oplossing"}},
        {"opened",
         {"open", "opened", "opening", "new", "created", "create", "ouverture", "ouvert", "creation", "apertura",
          "aperto", "eroffnet", "eroffnung", "abertura", "aberto", "abierto", "geopend", "aangemaakt"}},
        {"appealed", {"appeal", "appealed", "appel", "recours", "ricorso", "einspruch", "beroep"}},
        {"escalated", {"escalate", "escalated", "escalation", "escalade", "eskaliert", "eskalation", "escalado"}},
    };
    // Whose move a state says it is, when it says that somebody waits.
    constexpr auto kWaits =
        std::to_array<std::string_view>({"wait", "waiting", "awaiting", "pending", "attente", "attesa", "wartet",
                                         "warten", "esperando", "aguardando", "wacht"});
    constexpr auto kSellers =
        std::to_array<std::string_view>({"user", "customer", "caller", "client", "requester", "seller", "reporter",
                                         "utilisateur", "demandeur", "vendeur", "cliente", "kunde", "kunden", "klant"});
    constexpr auto kThirds = std::to_array<std::string_view>({"vendor", "supplier", "third", "external", "provider",
                                                              "fournisseur", "fornitore", "lieferant", "leverancier"});
    // What only seems to say so: "closed" in "do not close".
    constexpr auto kNot = std::to_array<std::string_view>({"not", "non", "pas", "nicht", "niet", "no", "nao"});
    const auto choice =
        std::find_if(choices_.begin(), choices_.end(), [](const Choice& c) { return c.key == "activity"; });
    const Column* const column = choice == choices_.end() ? nullptr : find(choice->columns.front());
    if (column == nullptr || column->distinct > 500) return {};
    std::string out;
    std::vector<std::string> closing;
    std::vector<std::string> settling;
    bool reopening = false;
    std::unordered_set<std::string_view> told;
    for (const Sign& sign : kSigns) {
      std::vector<std::string> values;
      for (const std::string& value : column->examples) {
        const std::string words = words_of(value);
        if (!told.contains(value) && says(words, sign.words) && !says(words, kNot) && !says(words, kWaits))
          values.push_back(value);
      }
      // An opening is only what cases begin with.
      if (sign.event == "opened")
        std::erase_if(values, [&](const std::string& v) { return !begins_cases(*column, v); });
      if (values.empty() || values.size() > 5) continue;
      for (const std::string& value : column->examples)
        if (std::find(values.begin(), values.end(), value) != values.end()) told.insert(value);
      out += "[[meaning]]                # a guess from the word\nactivity = " + listed(values) +
             "\nevent = " + toml_quoted(sign.event) + "\n\n";
      if (sign.event == "closed") closing = values;
      if (sign.event == "closed" || sign.event == "resolved")
        settling.insert(settling.end(), values.begin(), values.end());
      reopening = reopening || sign.event == "reopened";
    }
    std::vector<std::string> sellers;
    std::vector<std::string> thirds;
    for (const std::string& value : column->examples) {
      const std::string words = words_of(value);
      if (!says(words, kWaits)) continue;
      if (says(words, kSellers))
        sellers.push_back(value);
      else if (says(words, kThirds))
        thirds.push_back(value);
    }
    if (activity_is_status_) {
      const auto waiting = [&](const std::vector<std::string>& values, std::string_view whose, std::string_view why) {
        if (!values.empty())
          out += "[[waiting]]                # " + std::string(why) + "\nstatus = " + listed(values) + "\nfor = \"" +
                 std::string(whose) + "\"\n\n";
      };
      waiting(sellers, "seller", "a guess from the word");
      waiting(thirds, "third", "a guess from the word");
      waiting(settling, "nobody", "a guess: it is over");
      std::vector<std::string> rest;
      for (const std::string& value : column->examples)
        if (std::find(sellers.begin(), sellers.end(), value) == sellers.end() &&
            std::find(thirds.begin(), thirds.end(), value) == thirds.end() &&
            std::find(settling.begin(), settling.end(), value) == settling.end())
          rest.push_back(value);
      if (!sellers.empty()) waiting(rest, "desk", "a guess: all other states");
    }
    // Among states, going back from a settled one opens the case again; a log that names its reopenings needs no rule.
    const std::vector<std::string>& settled = activity_is_status_ ? settling : closing;
    if (!settled.empty() && !reopening)
      out +=
          "[reopened]                 # a guess: anything after the closing\nafter = {activity = " + listed(settled) +
          "}\nthen = {activity_not = " + listed(settled) + "}\n\n";
    return out;
  }

  /// Whether a value stands on the first row of at least half of the cases in which it stands.
  bool begins_cases(const Column& column, const std::string& value) const {
    const Column* const of_case = find(choices_.front().columns.front());
    if (of_case == nullptr) return false;
    std::unordered_set<std::string_view> seen;
    std::unordered_set<std::string_view> with;
    std::size_t first = 0;
    for (std::size_t r = 0; r < sample_.rows.size(); ++r) {
      const bool fresh = seen.insert(sample_.value(r, of_case->index)).second;
      if (sample_.value(r, column.index) != value) continue;
      with.insert(sample_.value(r, of_case->index));
      first += fresh ? 1U : 0U;
    }
    return first * 2 >= with.size();
  }

  /// Texts that stand for "no value": sure ones, and some that are only when the columns chosen look so.
  std::string missing_values() {
    if (sample_.xes) return {};
    std::vector<std::string> found = missing_;
    const auto weak = [&](std::string_view text, const auto& fits) {
      for (const Choice& choice : choices_) {
        if (choice.key != "person" && choice.key != "team") continue;
        const Column* const column = find(choice.columns.front());
        if (column != nullptr &&
            std::find(column->examples.begin(), column->examples.end(), text) != column->examples.end() &&
            fits(*column)) {
          found.emplace_back(text);
          return;
        }
      }
    };
    // "NA" is how R writes a missing value; among codes of two letters it may be a name (North America).
    weak("NA", [](const Column& column) {
      const auto codes = std::count_if(column.examples.begin(), column.examples.end(), [](const std::string& value) {
        return value.size() == 2 && value != "NA" &&
               value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
      });
      return codes * 3 < static_cast<std::ptrdiff_t>(column.examples.size());
    });
    for (const std::string_view text : {"-", "--", "None", "none"}) weak(text, [](const Column&) { return true; });
    if (found.empty()) return {};
    std::sort(found.begin(), found.end());
    const bool r = std::find(found.begin(), found.end(), "NA") != found.end();
    return "[values]\nempty = " + listed(found) +
           (r ? "   # \"NA\" is no code among codes here, but R's missing value" : "   # no names, by their look") +
           "\n\n";
  }

  std::string machines() {
    std::string list;
    for (const Choice& choice : choices_) {
      if (choice.key != "person") continue;
      const Column* const column = find(choice.columns.front());
      if (column == nullptr) continue;
      for (const std::string& value : column->examples) {
        constexpr std::array<std::string_view, 8> kMachines{"system", "siebel", "batch",    "automatic",
                                                            "bot",    "robot",  "workflow", "système"};
        const std::string word = plain(value);
        if (std::find(kMachines.begin(), kMachines.end(), word) != kMachines.end())
          list += (list.empty() ? "" : ", ") + toml_quoted(value);
      }
    }
    return list.empty() ? "" : "[persons]\nsystem = [" + list + "]        # these names are machines'\n\n";
  }

  std::string text() {
    const std::size_t slash = sample_.source.find_last_of('/');
    const std::string file = slash == std::string::npos ? sample_.source : sample_.source.substr(slash + 1);
    std::string out = "# A first mapping for " + one_line(file, 200) + ", from its names and its first " +
                      std::to_string(sample_.rows.size()) +
                      " rows.\n# Each guess has its reason beside it: read them, and put right what is wrong.\n#\n# "
                      "The first rows:\n";
    for (std::size_t r = 0; r < std::min<std::size_t>(3, sample_.rows.size()); ++r)
      for (std::size_t c = 0; c < std::min<std::size_t>(sample_.columns.size(), 40); ++c)
        if (!sample_.value(r, c).empty())
          out += "#   " + std::string(c == 0 ? "" : "  ") + one_line(sample_.columns[c], 60) + ": " +
                 one_line(sample_.value(r, c), 80) + "\n";
    out += "\n[mapping]\nname = " + toml_quoted(file) + "\n\n[columns]\n";
    for (const Choice& choice : choices_) {
      std::string value;
      for (const std::string& column : choice.columns) value += (value.empty() ? "" : ", ") + toml_quoted(column);
      if (choice.columns.size() > 1) value = "[" + value + "]";
      out += choice.key + " = " + value + "   # " + one_line(choice.reason, 200) + "\n";
    }
    if (!others_.empty()) {
      out += "# Other times that change within cases:";
      for (const std::string& name : others_) out += " " + one_line(toml_quoted(name), 60);
      out += "\n";
    }
    out += "\n";
    if (!format_.empty()) {
      out += "[time]\nformats = [" + toml_quoted(format_) + "]" + (format_note_.empty() ? "" : "   # " + format_note_) +
             "\n";
      if (!zoned_)
        out +=
            "# The times carry no zone and are read as UTC; if they are not, write zone = \"Europe/Paris\" or the "
            "like.\n";
      out += "\n";
    }
    if (const auto deadline = deadline_format(); !deadline.empty())
      out += "[deadline_time]\nformats = [" + toml_quoted(deadline) + "]\n\n";
    if (!sample_.xes) {
      out += "[csv]\ndelimiter = " +
             (sample_.delimiter == '\t' ? std::string("\"tab\"") : toml_quoted(std::string(1, sample_.delimiter))) +
             "\n";
      if (sample_.encoding != formats::Encoding::utf_8)
        out += "encoding = " + toml_quoted(formats::name(sample_.encoding)) + "\n";
      if (!sample_.header) out += "header = false             # the first row holds numbers\n";
      out += "\n";
    }
    for (const std::string& event : events_) out += event + "\n";
    out += missing_values() + machines() + meanings();
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
  }

  std::string deadline_format() {
    for (const Choice& choice : choices_) {
      if (choice.key != "deadline") continue;
      const Column* const column = find(choice.columns.front());
      if (column == nullptr || column->formats.empty()) continue;
      const std::string& first = column->formats.front();
      return first == format_ || (format_.empty() && first == "iso") ? "" : first;
    }
    return {};
  }

  static std::string one_line(std::string_view text, std::size_t bytes) {
    std::string out = utf8_cut(text, bytes);
    for (char& c : out)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    return out;
  }

  const Sample& sample_;
  std::vector<Column> columns_;
  std::vector<Choice> choices_;
  std::vector<std::string> others_, events_;
  std::vector<std::string> missing_;  // sure texts for "no value", as met
  std::string format_, format_note_;
  bool zoned_ = true, activity_is_status_ = false;
};

}  // namespace

std::vector<Mapping> shipped_mappings() {
  std::vector<Mapping> all;
  for (const EmbeddedFile& file : embedded::mappings()) {
    auto mapping = read_mapping(file.bytes, std::string(file.name));
    if (mapping) all.push_back(std::move(*mapping));
  }
  return all;
}

std::optional<Mapping> shipped_mapping_for(const Sample& sample) {
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(sample.columns.begin(), sample.columns.end(), name) -
                                    sample.columns.begin());
  };
  for (Mapping& shipped : shipped_mappings()) {
    if (shipped.recognise.empty()) continue;
    const Mapping mapping = sample.xes ? named_for_xes(shipped) : shipped;
    if (!mapping.recognise_format.empty() && (mapping.recognise_format == "xes") != sample.xes) continue;
    const bool columns = std::all_of(mapping.recognise.begin(), mapping.recognise.end(),
                                     [&](const std::string& name) { return column(name) < sample.columns.size(); });
    const bool values =
        std::all_of(mapping.recognise_values.begin(), mapping.recognise_values.end(), [&](const ValueTest& test) {
          const std::size_t c = column(test.column);
          for (std::size_t r = 0; r < sample.rows.size(); ++r)
            if (!sample.value(r, c).empty() && meets(test, sample.value(r, c))) return true;
          return false;
        });
    if (columns && values) return std::move(shipped);
  }
  return std::nullopt;
}

Result<std::string> propose_mapping(const Sample& sample) { return Proposal(sample).write(); }

Result<std::vector<std::string>> narrow_formats(const std::string& path, const std::string& column,
                                                std::vector<std::string> formats) {
  GUICHET_TRY(source, formats::ByteSource::open(path));
  GUICHET_TRY(csv, formats::CsvReader::open(std::move(source), {}));
  std::vector<std::string_view> fields;
  GUICHET_TRY(any, csv.next(fields));
  const auto names = column_names(fields, nullptr);
  const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), column) - names.begin());
  if (!any || at == names.size()) return formats;
  std::vector<TimeFormat> compiled;
  for (const std::string& spelling : formats) {
    GUICHET_TRY(format, TimeFormat::compile(spelling));
    compiled.push_back(std::move(format));
  }
  // A value that none of them reads decides nothing.
  std::vector<std::uint64_t> read(compiled.size(), 0);
  while (true) {
    GUICHET_TRY(more, csv.next(fields));
    if (!more) break;
    if (at >= fields.size()) continue;
    for (std::size_t i = 0; i < compiled.size(); ++i) read[i] += compiled[i].read(fields[at]).has_value() ? 1U : 0U;
  }
  const std::uint64_t most = *std::max_element(read.begin(), read.end());
  std::vector<std::string> left;
  for (std::size_t i = 0; i < compiled.size(); ++i)
    if (read[i] == most) left.push_back(formats[i]);
  return left;
}

}  // namespace guichet::intake
