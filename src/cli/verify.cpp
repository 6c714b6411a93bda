// guichet verify: what a dossier, a receipt, a head or a ledger proves, without a network; and whether two of them tell
// one history.
#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <iterator>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <guichet/base/check.hpp>
#include <guichet/desk/desk.hpp>
#include <guichet/desk/time_stamps.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/whole_file.hpp>
#include <guichet/formats/zip.hpp>
#include <guichet/ledger/growing.hpp>
#include <guichet/ledger/ledger_file.hpp>
#include <guichet/ledger/proving.hpp>
#include <guichet/ledger/signing.hpp>
#include <guichet/proof/verdict.hpp>

#include "language.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

using proof::Comparison;
using proof::Said;
using proof::Verdict;

/// Nothing contradicts anything, and two files cannot be compared, or nobody signed a dossier as a whole.
constexpr int kExitCannotTell = 3;
/// Erasures are told one by one up to here.
constexpr std::size_t kErasuresTold = 200;

struct Wanted {
  std::vector<std::string> files;
  std::string language, authorities;
  bool json = false;
};

/// A file that was looked at, and the proofs that stand in it; a ledger stays open, to say which root it had.
struct Looked {
  std::string path, bytes;
  std::vector<proof::Placed> proofs;
  Verdict verdict;  // of all of them together
  desk::OpenedLedger opened;
  std::unique_ptr<ledger::Reader> reader;
  proof::Side side() {
    proof::Side side{.verdict = &verdict, .root_at = {}, .node_at = {}};
    if (!reader || !verdict.sound()) return side;
    side.root_at = [this](std::uint64_t size) { return ledger::root_at(*reader, size); };
    side.node_at = [this](std::uint64_t place) { return reader->node(place); };
    return side;
  }
};

/// A dossier is held in memory while it is verified.
constexpr std::size_t kFileMost = std::size_t{4} << 30U;

Result<std::string> bytes_of(const std::string& path) {
  return formats::whole_file(path, kFileMost, "name a dossier, a receipt, a head or a ledger");
}

/// Whether an authority's stamp over a head holds.
Result<bool> check_stamps(Looked& one, const std::string& authorities) {
  GUICHET_TRY(stamps, one.reader->stamps());
  if (stamps.empty()) return false;
  Verdict& verdict = one.verdict;
  if (authorities.empty()) {
    verdict.not_proven.push_back({"verify.open.stamps", {{"n", std::to_string(stamps.size())}}});
    return false;
  }
  GUICHET_TRY(keys, one.reader->keys());
  GUICHET_TRY(log, one.reader->node(0));
  bool any = false;
  for (const ledger::KeptStamp& stamp : stamps) {
    GUICHET_TRY(head, one.reader->head(stamp.head));
    const Result<desk::Stamped> stamped =
        head ? desk::check_stamp(stamp.response, ledger::told(*head, log, keys.at(head->key - 1).key).head, authorities)
             : Result<desk::Stamped>(Error{Fault::not_found, "its head is not there"});
    if (!stamped) {
      verdict.wrong.push_back({"verify.wrong.stamp", {{"why", stamped.error().detail}}});
      continue;
    }
    any = true;
    verdict.stamps.push_back(
        {.log = log, .size = head->counts.all(), .at = stamped->at, .authority = stamped->authority});
    verdict.proven.push_back({"verify.proven.stamp",
                              {{"size", std::to_string(head->counts.all())},
                               {"at", print_instant(stamped->at)},
                               {"authority", stamped->authority}}});
  }
  return any;
}

Outcome look_at_ledger(Looked& one, const std::string& authorities) {
  Verdict& verdict = one.verdict;
  verdict.kind = Verdict::Kind::ledger;
  Result<desk::OpenedLedger> opened =
      desk::open_ledger({.path = one.path, .mode = ledger::Opening::Mode::read_only, .key = {}});
  if (!opened) {
    if (opened.error().fault != Fault::unreadable) return opened.error();
    verdict.wrong.push_back({"verify.wrong.unreadable", {{"why", opened.error().detail}}});
    return Done{};
  }
  one.opened = std::move(*opened);
  GUICHET_TRY(lines, one.opened.ledger->check());
  for (const std::string& line : lines) verdict.wrong.push_back({"verify.wrong.ledger", {{"line", line}}});
  GUICHET_TRY(reader, one.opened.ledger->reader());
  one.reader = std::move(reader);
  if (!verdict.sound()) return Done{};
  GUICHET_TRY(head, ledger::newest_head(*one.reader));
  if (!head) {
    verdict.wrong.push_back({"verify.wrong.empty", {}});
    return Done{};
  }
  verdict.heads.push_back(*head);
  GUICHET_TRY(kept, one.reader->head(0));
  verdict.proven.push_back({"verify.proven.head",
                            {{"size", std::to_string(head->head.size)},
                             {"at", print_instant(head->head.at)},
                             {"key", hex(head->head.key)}}});
  verdict.proven.push_back({"verify.proven.ledger",
                            {{"size", std::to_string(head->head.size)},
                             {"act", std::to_string(kept->counts.acts)},
                             {"heads", std::to_string(kept->number)}}});
  GUICHET_TRY(keys, one.reader->keys());
  for (const ledger::KeptKey& key : keys)
    if (key.number > 1)
      verdict.proven.push_back({"verify.proven.key_change", {{"at", print_instant(key.at)}, {"key", hex(key.key)}}});
  GUICHET_TRY(erasures, one.reader->erasures(0, kErasuresTold));
  for (const ledger::KeptErasure& erasure : erasures)
    verdict.proven.push_back(
        {"verify.proven.erased", {{"text", std::to_string(erasure.text.value)}, {"at", print_instant(erasure.at)}}});
  GUICHET_TRY(stamped, check_stamps(one, authorities));
  if (!verdict.sound()) {
    verdict.proven.clear();
    verdict.not_proven.clear();
    return Done{};
  }
  for (const char* open : {"verify.open.ledger", stamped ? "verify.open.stamp" : "verify.open.date", "verify.open.key",
                           "verify.open.truth"})
    verdict.not_proven.push_back({open, {}});
  return Done{};
}

/// The stamp in a dossier over the head that all of it leads to.
void check_stamp_of(Verdict& verdict, std::string_view response, const std::string& authorities) {
  if (authorities.empty() || !verdict.sound() || verdict.heads.empty()) return;
  std::erase_if(verdict.not_proven, [](const Said& said) { return said.key == "verify.open.stamps"; });
  const proof::Head& head = verdict.heads.front().head;
  const Result<desk::Stamped> stamped = desk::check_stamp(response, head, authorities);
  if (!stamped) {
    verdict.wrong.push_back({"verify.wrong.stamp", {{"why", stamped.error().detail}}});
    verdict.proven.clear();
    verdict.not_proven.clear();
    return;
  }
  verdict.stamps.push_back({.log = head.log, .size = head.size, .at = stamped->at, .authority = stamped->authority});
  verdict.proven.push_back(
      {"verify.proven.stamp",
       {{"size", std::to_string(head.size)}, {"at", print_instant(stamped->at)}, {"authority", stamped->authority}}});
  for (Said& said : verdict.not_proven)
    if (said.key == "verify.open.date") said.key = "verify.open.stamp";
}

Verdict verdict_on_zip(std::string_view bytes, const std::string& path, const std::string& authorities) {
  const Result<std::vector<formats::ZipEntry>> zip = formats::read_zip(bytes, path);
  if (!zip) return proof::no_zip(bytes, zip.error());
  std::vector<proof::Entry> entries;
  std::string_view stamp;
  for (const formats::ZipEntry& entry : *zip) {
    entries.push_back({entry.name, entry.bytes});
    if (entry.name == proof::kStampEntry) stamp = entry.bytes;
  }
  Verdict verdict = proof::check_dossier(entries, ledger::signed_by);
  if (!stamp.empty()) check_stamp_of(verdict, stamp, authorities);
  return verdict;
}

Outcome look_at(Looked& one, const std::string& authorities) {
  if (ledger::is_ledger_file(one.path)) {
    if (!ledger::is_called_a_ledger(one.path)) {
      one.proofs = proof::check_texts("SQLite format 3", ledger::signed_by);
      one.verdict = proof::together(one.proofs);
      return Done{};
    }
    GUICHET_TRY(seen, look_at_ledger(one, authorities));
    one.proofs.push_back({0, one.verdict});
    return Done{};
  }
  GUICHET_TRY(bytes, bytes_of(one.path));
  one.bytes = std::move(bytes);
  const auto on_zip = [&](std::string_view zip) { return verdict_on_zip(zip, one.path, authorities); };
  if (proof::like_a_zip(one.bytes))
    one.proofs.push_back({0, on_zip(one.bytes)});
  else
    one.proofs = proof::check_texts(one.bytes, ledger::signed_by, on_zip);
  one.verdict = proof::together(one.proofs);
  return Done{};
}

/// An instant as people read it, to the second: what was signed has it so.
std::string in_words(const formats::Phrases& phrases, const std::string& value) {
  const std::optional<Instant> at = parse_instant(value);
  if (!at) return value;
  const auto seconds = std::chrono::floor<Seconds>(*at - std::chrono::floor<std::chrono::days>(*at)).count();
  const std::array<std::int64_t, 3> parts{seconds / 3600, seconds / 60 % 60, seconds % 60};
  std::array<std::string, 3> told;
  for (std::size_t i = 0; i < parts.size(); ++i) told[i] = (parts[i] < 10 ? "0" : "") + std::to_string(parts[i]);
  return phrases("verify.moment",
                 {{"date", phrases.date(*at)}, {"hour", told[0]}, {"minute", told[1]}, {"second", told[2]}});
}

std::string filled(const formats::Phrases& phrases, const Said& said) {
  // A sentence has four values at most; those that it has not are named by nothing.
  std::array<formats::Argument, 4> given{};
  GUICHET_CHECK(said.of.size() <= given.size(), "no sentence of a verdict has more values");
  std::array<std::string, 4> values;
  for (std::size_t i = 0; i < said.of.size(); ++i) {
    const auto& [name, value] = said.of[i];
    values[i] = name == "at" ? in_words(phrases, value) : value;
    given[i] = {name, values[i]};
  }
  return phrases(said.key, {given[0], given[1], given[2], given[3]});
}

void print(const formats::Phrases& phrases, std::string_view heading, const std::vector<Said>& said) {
  if (said.empty()) return;
  std::cout << "  " << phrases(heading) << '\n';
  for (const Said& one : said) std::cout << "  - " << filled(phrases, one) << '\n';
}

void print(const formats::Phrases& phrases, const Looked& one) {
  if (one.verdict.kind == Verdict::Kind::unknown) {
    // Nothing was verified: this is no result.
    std::cerr << one.path << ':';
    for (const Said& said : one.verdict.wrong) std::cerr << ' ' << filled(phrases, said);
    std::cerr << '\n';
    return;
  }
  for (std::size_t i = 0; i < one.proofs.size(); ++i) {
    const auto& [line, verdict] = one.proofs[i];
    std::cout << one.path << ": " << phrases("verify.kind." + std::string{proof::name_of(verdict.kind)});
    if (one.proofs.size() > 1) {
      const std::string number = std::to_string(i + 1);
      const std::string of = std::to_string(one.proofs.size());
      const std::string from = std::to_string(line);
      std::cout << " (" << phrases("verify.place", {{"n", number}, {"of", of}, {"line", from}}) << ')';
    }
    std::cout << "\n  " << phrases(proof::headline_of(verdict)) << '\n';
    print(phrases, "verify.heading.wrong", verdict.wrong);
    print(phrases, "verify.heading.proven", verdict.proven);
    print(phrases, "verify.heading.not_proven", verdict.not_proven);
  }
}

void write(formats::JsonWriter& json, std::string_view key, const std::vector<Said>& said) {
  json.key(key).begin_array();
  for (const Said& one : said) {
    json.begin_object().key("what").value(std::string_view{one.key}.substr(std::string_view{"verify."}.size()));
    for (const auto& [name, value] : one.of) json.key(name).value(std::string_view{value});
    json.end_object();
  }
  json.end_array();
}

std::string_view name_of(Comparison::Kind kind) {
  switch (kind) {
    case Comparison::Kind::consistent: return "consistent";
    case Comparison::Kind::fork: return "fork";
    case Comparison::Kind::unknown: return "unknown";
  }
  return "unknown";
}

struct Compared {
  std::string a, b;
  Comparison comparison;
};

/// Each with each that comes after it; growths only lead from one to another.
std::vector<Compared> compare_all(std::list<Looked>& looked) {
  std::vector<proof::Growth> growths;
  std::vector<Looked*> compared;
  for (Looked& one : looked) {
    growths.insert(growths.end(), one.verdict.growths.begin(), one.verdict.growths.end());
    if (one.verdict.kind == Verdict::Kind::unknown) continue;
    if (one.verdict.kind != Verdict::Kind::growth || looked.size() == 2) compared.push_back(&one);
  }
  std::vector<Compared> all;
  for (const Looked* one : compared)
    if (auto two = proof::contradiction_within(one->verdict))
      all.push_back({one->path, one->path, {Comparison::Kind::fork, {std::move(*two)}}});
  for (std::size_t i = 0; i < compared.size(); ++i)
    for (std::size_t j = i + 1; j < compared.size(); ++j)
      all.push_back(
          {compared[i]->path, compared[j]->path, proof::compare(compared[i]->side(), compared[j]->side(), growths)});
  return all;
}

int code_of(const std::list<Looked>& looked, const std::vector<Compared>& compared) {
  int code = kExitDone;
  for (const Compared& one : compared) {
    if (one.comparison.kind == Comparison::Kind::unknown) code = kExitCannotTell;
  }
  for (const Looked& one : looked)
    if (!one.verdict.list_signed) code = kExitCannotTell;
  for (const Looked& one : looked)
    if (one.verdict.kind == Verdict::Kind::unknown) code = kExitBad;
  for (const Compared& one : compared)
    if (one.comparison.kind == Comparison::Kind::fork) code = kExitFindings;
  for (const Looked& one : looked)
    if (one.verdict.kind != Verdict::Kind::unknown && !one.verdict.wrong.empty()) code = kExitFindings;
  return code;
}

Result<int> run(const Wanted& wanted) {
  std::list<Looked> looked;
  for (const std::string& path : wanted.files) {
    Looked& one = looked.emplace_back();
    one.path = path;
    GUICHET_TRY(seen, look_at(one, wanted.authorities));
  }
  const std::vector<Compared> compared = compare_all(looked);
  if (wanted.json) {
    formats::JsonWriter json;
    json.begin_object().key("files").begin_array();
    for (const Looked& one : looked) {
      for (std::size_t i = 0; i < one.proofs.size(); ++i) {
        const auto& [line, verdict] = one.proofs[i];
        json.begin_object().key("file").value(std::string_view{one.path});
        if (one.proofs.size() > 1) json.key("number").value(i + 1).key("of").value(one.proofs.size());
        if (line != 0) json.key("line").value(line);
        json.key("kind").value(proof::name_of(verdict.kind)).key("sound").value(verdict.sound());
        if (!verdict.list_signed) json.key("unsigned").value(true);
        write(json, "wrong", verdict.wrong);
        write(json, "proven", verdict.proven);
        write(json, "not_proven", verdict.not_proven);
        json.end_object();
      }
    }
    json.end_array().key("compared").begin_array();
    for (const Compared& one : compared) {
      json.begin_object().key("a").value(std::string_view{one.a}).key("b").value(std::string_view{one.b});
      json.key("verdict").value(name_of(one.comparison.kind));
      write(json, "because", one.comparison.said);
      json.end_object();
    }
    json.end_array().end_object();
    std::cout << json.take();
    return code_of(looked, compared);
  }
  const formats::Phrases phrases(language_of(wanted.language));
  for (const Looked& one : looked) print(phrases, one);
  if (!compared.empty()) std::cout << phrases("verify.heading.compared") << '\n';
  for (const Compared& one : compared) {
    std::cout << "  " << one.a << (one.a == one.b ? "" : ", " + one.b) << '\n';
    for (const Said& said : one.comparison.said) std::cout << "  - " << filled(phrases, said) << '\n';
  }
  return code_of(looked, compared);
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb =
      app.add_subcommand("verify", "Say what a dossier, receipt, head or ledger proves; with two, whether they agree");
  verb->add_option("files", wanted->files, "One file, or several of one desk to be compared")->required();
  verb->add_option("--language", wanted->language, "fr or en; else that of LC_ALL or LANG")
      ->check(CLI::IsMember({"fr", "en"}));
  verb->add_option("--tsa", wanted->authorities, "Certificates (PEM) of the authority whose stamps a ledger keeps");
  verb->add_flag("--json", wanted->json, "For programs");
  verb->footer(
      "Needs no network. Exit code: 0 nothing was changed and the files agree, 1 something was changed or two files "
      "tell two histories, 2 a file cannot be read or is no receipt, dossier or ledger, 3 nothing contradicts "
      "anything, and nobody signed a dossier as a "
      "whole or these files alone cannot be compared.");
  verb->callback([wanted, &exit_code] {
    const Result<int> done = run(*wanted);
    if (!done) std::cerr << done.error().detail << '\n';
    exit_code = done ? *done : kExitBad;
  });
}

}  // namespace guichet::cli
