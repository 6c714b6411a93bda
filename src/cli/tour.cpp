// guichet tour: pages for a first look, each the answer to a command that the reader can repeat.
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <guichet/embedded/samples.hpp>
#include <guichet/formats/html.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/rulebook/explain.hpp>
#include <guichet/rulebook/lint.hpp>
#include <guichet/rulebook/packs.hpp>
#include <guichet/rulebook/read.hpp>

#include "language.hpp"
#include "measured_log.hpp"
#include "quoted.hpp"
#include "rehearsed.hpp"
#include "told_mailbox.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

namespace fs = std::filesystem;
using formats::Html;
using formats::Language;
using formats::Phrases;
using formats::Url;

// The first shows what to avoid, the second how it could be, the third what the law asks.
constexpr std::array<std::string_view, 3> kProcedures{"next-available", "guichet-unique", "p2b-minimum"};
constexpr std::string_view kSample = "marketplace.csv.gz";
constexpr std::string_view kSampleMapping = "marketplace.toml";
constexpr std::string_view kMailbox = "seller-alone.mbox";
constexpr std::string_view kMailboxMapping = "seller-alone.toml";

/// Small enough for a first look; the scenario's own size is the one to trust.
const ToRehearse& rehearsed_for_a_look() {
  static const ToRehearse small{.scenario = "testimony-support",
                                .procedures = {"next-available", "guichet-unique"},
                                .seed = {},
                                .cases = 1'000,
                                .replications = 8,
                                .threads = {},
                                .length = {},
                                .keep = {}};
  return small;
}

/// Writes files into the folder of the tour and remembers the first that failed.
class Folder {
 public:
  static Result<Folder> make(const std::string& path) {
    std::error_code failed;
    fs::create_directories(path, failed);
    if (failed) return Error{Fault::storage, path + ": " + failed.message() + "; name a folder that can be made"};
    return Folder(fs::path(path));
  }

  Outcome write(const std::string& name, std::string_view bytes) const {
    std::ofstream out(path_ / name, std::ios::binary);
    out << bytes << std::flush;
    if (out) return Done{};
    return Error{Fault::storage, (path_ / name).string() + ": cannot be written; name a folder that is yours"};
  }

  const fs::path& path() const { return path_; }

 private:
  explicit Folder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

struct Page {
  std::string file, command;
};

/// One language's tour: its pages are written one by one, its index last.
class Tour {
 public:
  Tour(const Folder& folder, Language language) : folder_(folder), phrases_(language) {}

  Outcome add_procedure(std::string_view name) {
    const std::string procedure{name};
    GUICHET_TRY(file, rulebook::load_procedure(procedure));
    const std::vector<rulebook::RulePack>& packs = rulebook::shipped_packs();
    const auto report = rulebook::lint(file, packs, {.on = rulebook::day_of_law(file, packs), .enterprise = {}});

    const std::string explained = page_name("explain-" + procedure);
    if (const Outcome told = write(explained, rulebook::explain_as_page(file, phrases_.language()),
                                   "explain " + procedure + language_option() + " --format html -o " + explained);
        !told)
      return told.error();
    const std::string judged = page_name("lint-" + procedure);
    if (const Outcome held =
            write(judged, judged_page(file, report), "lint " + procedure + language_option() + " --html " + judged);
        !held)
      return held.error();

    const std::string& title = file.title.in(phrases_.language());
    const auto count = static_cast<std::int64_t>(report.findings.size());
    const std::string findings = count == 0 ? phrases_("tour.findings.none") : phrases_.counted("tour.findings", count);
    procedures_.element("h3", title)
        .element("p", phrases_("tour.procedure." + procedure))
        .element("p", rulebook::silence_line(report.silences, phrases_));
    procedures_.open("ul");
    link(procedures_, explained, phrases_("tour.procedure.explained", {{"title", title}}));
    link(procedures_, judged, phrases_("tour.procedure.judged", {{"title", title}, {"findings", findings}}));
    procedures_.close();
    return Done{};
  }

  /// `log` and `mapping` as the reader would type them inside the folder.
  Outcome add_log(const MeasuredLog& log, const std::string& page, const std::string& command) {
    const std::string file = page_name(page);
    if (const Outcome told = write(file, dossier::report_as_page(log.findings, log.source, phrases_.language()),
                                   command + language_option() + " --html " + file);
        !told)
      return told.error();
    logs_.element("h3", log.source.name)
        .element("p",
                 phrases_("tour.log.size", {{"cases", phrases_.number(static_cast<double>(log.findings.cases))},
                                            {"events", phrases_.number(static_cast<double>(log.findings.events))}}));
    logs_.open("ul");
    link(logs_, file, phrases_("tour.log.report", {{"name", log.source.name}}));
    logs_.close();
    return Done{};
  }

  /// The invented mailbox, which lies in the folder.
  Outcome add_mailbox() {
    const auto inside = [&](std::string_view name) { return (folder_.path() / name).string(); };
    GUICHET_TRY(told,
                tell_mailbox({.paths = {inside(kMailbox)}, .mapping = inside(kMailboxMapping), .claim = {}, .keys = {}},
                             phrases_.language()));
    const std::string file = page_name("mailbox");
    // Within the folder, wherever it is taken to.
    std::string& again = told.source.command;
    const std::string folder = folder_.path().string() + "/";
    for (std::size_t at = again.find(folder); at != std::string::npos; at = again.find(folder))
      again.erase(at, folder.size());
    const std::string command = again.substr(std::string_view{"guichet "}.size());
    again += language_option() + " -o " + file;
    if (const Outcome written = write(file, dossier::audit_as_page(told.audit, told.source, phrases_.language()),
                                      command + language_option() + " -o " + file);
        !written)
      return written.error();
    mailboxes_.open("ul");
    link(mailboxes_, file, phrases_("tour.mailbox.report"));
    mailboxes_.close();
    return Done{};
  }

  Outcome add_rehearsal(const dossier::RehearsalReport& report) {
    const std::string file = page_name("rehearsal");
    const std::string command = report.command.substr(std::string_view{"guichet "}.size());
    if (const Outcome told = write(file, dossier::rehearsal_as_page(report, phrases_.language()),
                                   command + language_option() + " --html " + file);
        !told)
      return told.error();
    rehearsals_.element("h3", report.title.in(phrases_.language())).open("ul");
    link(rehearsals_, file, phrases_("tour.rehearsal.report"));
    rehearsals_.close();
    return Done{};
  }

  std::string index(bool invented) const {
    const Language language = phrases_.language();
    const Language other = language == Language::en ? Language::fr : Language::en;
    Html main;
    main.open("p")
        .element("a", phrases_("tour.other_language"),
                 {{"href", Url("index." + std::string(code(other)) + ".html")},
                  {"hreflang", std::string(code(other))},
                  {"lang", std::string(code(other))}})
        .close();
    section(main, "tour.what.title");
    main.element("p", phrases_("tour.what.desk")).element("p", phrases_("tour.what.guichet"));
    section(main, "tour.procedures.title");
    main.element("p", phrases_("tour.procedures.intro")).add(procedures_);
    section(main, "tour.logs.title");
    main.element("p", phrases_(invented ? "tour.logs.invented" : "tour.logs.yours")).add(logs_);
    if (!mailboxes_.blank()) {
      section(main, "tour.mailbox.title");
      main.element("p", phrases_("tour.mailbox.intro")).add(mailboxes_);
    }
    section(main, "tour.rehearsal.title");
    main.element("p", phrases_("tour.rehearsal.intro")).add(rehearsals_);
    section(main, "tour.commands.title");
    main.element("p", phrases_("tour.commands.intro")).open("ol");
    for (const Page& page : pages_)
      main.open("li")
          .element("a", page.file, {{"href", Url(page.file)}})
          .empty("br")
          .element("code", page.command)
          .close();
    main.close();
    section(main, "tour.next.title");
    main.element("p", phrases_("tour.next.files"));
    return formats::html_page({.language = language,
                               .title = phrases_("tour.title"),
                               .subtitle = phrases_("tour.subtitle"),
                               .footer = phrases_("tour.footer", {{"version", GUICHET_VERSION}})},
                              main);
  }

  std::string page_name(const std::string& stem) const {
    return stem + "." + std::string(code(phrases_.language())) + ".html";
  }
  const std::vector<Page>& pages() const { return pages_; }

 private:
  std::string judged_page(const rulebook::ProcedureFile& file, const rulebook::LintReport& report) const {
    return formats::html_page({.language = phrases_.language(),
                               .title = phrases_("lint.page.title"),
                               .subtitle = {},
                               .footer = phrases_("lint.page.footer")},
                              rulebook::html_report(file, report, phrases_));
  }

  void section(Html& main, std::string_view key) const { main.element("h2", phrases_(key)); }

  static void link(Html& list, const std::string& file, std::string_view words) {
    list.open("li").element("a", words, {{"href", Url(file)}}).close();
  }

  std::string language_option() const { return " --language " + std::string(code(phrases_.language())); }

  Outcome write(const std::string& file, std::string_view page, const std::string& command) {
    pages_.push_back({file, "guichet " + command});
    return folder_.write(file, page);
  }

  const Folder& folder_;
  Phrases phrases_;
  Html procedures_, logs_, mailboxes_, rehearsals_;
  std::vector<Page> pages_;
};

struct Wanted {
  std::string out = "tour", mapping, language;
  std::vector<std::string> logs;
};

struct Log {
  MeasuredLog measured;
  std::string page, command;
};

/// The reader's logs; without any, the shipped sample, which is put into the folder beside its mapping.
Result<std::vector<Log>> measure_logs(const Wanted& wanted, const Folder& folder) {
  std::vector<Log> logs;
  if (wanted.logs.empty()) {
    for (const EmbeddedFile& file : embedded::samples()) {
      if (const Outcome put = folder.write(std::string(file.name), file.bytes); !put) return put.error();
    }
    const std::string log{kSample};
    const std::string mapping{kSampleMapping};
    GUICHET_TRY(measured, measure_log((folder.path() / log).string(), (folder.path() / mapping).string()));
    logs.push_back({std::move(measured), "report", "measure " + log + " --mapping " + mapping});
    return logs;
  }
  for (const std::string& path : wanted.logs) {
    GUICHET_TRY(measured, measure_log(path, wanted.mapping));
    std::string command = "measure " + quoted(fs::absolute(path).lexically_normal().string());
    if (!wanted.mapping.empty())
      command += " --mapping " + quoted(fs::absolute(wanted.mapping).lexically_normal().string());
    logs.push_back({std::move(measured), "report-" + std::to_string(logs.size() + 1), std::move(command)});
  }
  return logs;
}

Outcome run(const Wanted& wanted) {
  GUICHET_TRY(folder, Folder::make(wanted.out));
  GUICHET_TRY(logs, measure_logs(wanted, folder));
  GUICHET_TRY(rehearsal, rehearse_all(rehearsed_for_a_look()));
  std::vector<Page> pages;
  for (const Language language : {Language::en, Language::fr}) {
    Tour tour(folder, language);
    for (const std::string_view procedure : kProcedures) {
      if (const Outcome added = tour.add_procedure(procedure); !added) return added.error();
    }
    for (const Log& log : logs) {
      if (const Outcome added = tour.add_log(log.measured, log.page, log.command); !added) return added.error();
    }
    if (wanted.logs.empty())
      if (const Outcome added = tour.add_mailbox(); !added) return added.error();
    if (const Outcome added = tour.add_rehearsal(rehearsal); !added) return added.error();
    const std::string index = tour.index(wanted.logs.empty());
    if (const Outcome written = folder.write(tour.page_name("index"), index); !written) return written.error();
    if (language != language_of(wanted.language)) continue;
    if (const Outcome first = folder.write("index.html", index); !first) return first.error();
    pages = tour.pages();
  }
  std::cout << "The pages and the commands that wrote them:\n";
  for (const Page& page : pages) std::cout << "  " << page.file << "\n    " << page.command << '\n';
  std::cout << "\nOpen file://" << fs::canonical(folder.path()).string() << "/index.html\n";
  return Done{};
}

}  // namespace

void add_tour(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb =
      app.add_subcommand("tour", "Write pages for a first look: procedures told, judged and rehearsed, a log measured");
  verb->add_option("log", wanted->logs, "Logs of your own; else the invented sample");
  verb->add_option("-o,--out", wanted->out, "The folder to write to")->capture_default_str();
  verb->add_option("--mapping", wanted->mapping, "How to read the logs; else a shipped one that fits, else a guess");
  verb->add_option("--language", wanted->language, "Of index.html, fr or en; the pages are in both")
      ->check(CLI::IsMember({"fr", "en"}));
  verb->callback([wanted, &exit_code] {
    const Outcome done = run(*wanted);
    if (!done) std::cerr << done.error().detail << '\n';
    exit_code = done ? kExitDone : kExitBad;
  });
}

}  // namespace guichet::cli
