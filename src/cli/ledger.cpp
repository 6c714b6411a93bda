// guichet ledger: what the owner of a ledger does with its file: look, check, copy, put back, make anew, erase.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <guichet/desk/desk.hpp>
#include <guichet/desk/wall_clock.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/ledger/sqlite.hpp>

#include "progress.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

/// So many texts are erased in one transaction.
constexpr std::size_t kErasedAtOnce = 500;

struct Wanted {
  std::string ledger, copy, reason = "wish";
  std::vector<std::uint32_t> texts;
  std::uint32_t person = 0;
  bool force = false;
};

using ledger::Opening;

Result<desk::OpenedLedger> open(const std::string& path, Opening::Mode mode) {
  return desk::open_ledger({.path = path, .mode = mode});
}

std::string things(std::uint64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// "3 cases, 12 acts, 31 events and 9 texts".
Result<std::string> extent(ledger::Ledger& ledger) {
  GUICHET_TRY(reader, ledger.reader());
  GUICHET_TRY(reach, reader->reach());
  GUICHET_TRY(counts, reader->counts());
  return things(counts.all, "case") + ", " + things(reach.act, "act") + ", " + things(reach.position, "event") +
         " and " + things(reach.text.value, "text");
}

Result<int> info(const Wanted& wanted) {
  GUICHET_TRY(opened, open(wanted.ledger, Opening::Mode::read_only));
  GUICHET_TRY(reader, opened.ledger->reader());
  GUICHET_TRY(reach, reader->reach());
  GUICHET_TRY(counts, reader->counts());
  GUICHET_TRY(next, reader->next_due());
  std::error_code unknown;
  std::cout << "ledger:       " << wanted.ledger << '\n'
            << "format:       " << ledger::ledger_format() << '\n'
            << "bytes:        " << std::filesystem::file_size(wanted.ledger, unknown) << '\n'
            << "cases:        " << counts.all << " (" << counts.living << " living, " << counts.closed << " closed)\n"
            << "acts:         " << reach.act << '\n'
            << "events:       " << reach.position << '\n'
            << "texts:        " << reach.text.value << '\n'
            << "house notes:  " << reach.house << '\n';
  if (reach.act != 0) std::cout << "last act:     " << print_instant(reach.recorded) << '\n';
  if (next != kNever) std::cout << "next clock:   " << print_instant(next) << '\n';
  for (const desk::InForce* one : opened.procedures->all())
    std::cout << "procedure " << one->adopted.id.value << ":  " << one->adopted.name << " " << one->adopted.version
              << ", in force from " << print_instant(one->adopted.effective_from) << '\n';
  return kExitDone;
}

/// Prints what is wrong, if anything; whether nothing is.
Result<bool> sound(ledger::Ledger& ledger, const std::string& path) {
  GUICHET_TRY(lines, ledger.check());
  for (const std::string& line : lines) std::cout << path << ": " << line << '\n';
  return lines.empty();
}

Result<int> check(const Wanted& wanted) {
  GUICHET_TRY(opened, open(wanted.ledger, Opening::Mode::read_only));
  GUICHET_TRY(well, sound(*opened.ledger, wanted.ledger));
  if (!well) return kExitFindings;
  GUICHET_TRY(all, extent(*opened.ledger));
  std::cout << wanted.ledger << ": nothing is wrong with its " << all << '\n';
  return kExitDone;
}

Result<int> rebuild(const Wanted& wanted) {
  GUICHET_TRY(opened, open(wanted.ledger, Opening::Mode::open));
  std::uint64_t differing = 0;
  {
    ProgressBar bar("rebuilding", "acts");
    GUICHET_TRY(made, opened.ledger->rebuild([&bar](std::uint64_t done, std::uint64_t all) { bar(done, all); }));
    differing = made;
  }
  GUICHET_TRY(all, extent(*opened.ledger));
  std::cout << wanted.ledger << ": made anew from its " << all << "; "
            << (differing == 0 ? "nothing differed from what stood there"
                               : things(differing, "row") + " differed from what the events tell")
            << '\n';
  return kExitDone;
}

Result<int> back_up(const Wanted& wanted) {
  GUICHET_TRY(opened, open(wanted.ledger, Opening::Mode::read_only));
  GUICHET_TRY(copied, opened.ledger->back_up(wanted.copy));
  GUICHET_TRY(copy, open(wanted.copy, Opening::Mode::read_only));
  GUICHET_TRY(all, extent(*copy.ledger));
  std::cout << wanted.copy << ": a copy of " << all << '\n';
  return kExitDone;
}

Result<int> restore(const Wanted& wanted) {
  GUICHET_TRY(copy, open(wanted.copy, Opening::Mode::read_only));
  GUICHET_TRY(well, sound(*copy.ledger, wanted.copy));
  if (!well) {
    std::cout << wanted.copy << ": is not put in place; take another copy\n";
    return kExitFindings;
  }
  GUICHET_TRY(restored, ledger::restore_ledger(*copy.ledger, wanted.ledger,
                                               wanted.force ? ledger::Standing::set_aside : ledger::Standing::refused));
  GUICHET_TRY(all, extent(*copy.ledger));
  std::cout << wanted.ledger << ": is now as the copy has it, with " << all << '\n';
  std::error_code unknown;
  if (std::filesystem::exists(wanted.ledger + ".replaced", unknown))
    std::cout << wanted.ledger << ".replaced: what stood there before\n";
  return kExitDone;
}

/// The texts that a person wrote and that still stand.
Result<std::vector<TextId>> texts_of(ledger::Reader& reader, ActorId person, TextId last) {
  ProgressBar bar("looking", "texts");
  std::vector<TextId> found;
  for (std::uint32_t id = 1; id <= last.value; ++id) {
    GUICHET_TRY(text, reader.text(TextId{id}));
    if (text.author == person && !text.erased) found.push_back(text.id);
    bar(id, last.value);
  }
  return found;
}

ledger::HouseNote erasure_note(ledger::Reader& reader, TextId id, const std::string& reason, Instant now) {
  const Result<ledger::Text> text = reader.text(id);
  formats::JsonWriter json(0);
  json.begin_object();
  if (text) json.key("case").value(text->case_id.value);
  json.key("text").value(id.value).key("reason").value(std::string_view{reason}).end_object();
  return {.number = 0, .at = now, .by = {}, .what = "text_erased", .detail = json.take()};
}

Result<int> erase(const Wanted& wanted) {
  if (wanted.texts.empty() && wanted.person == 0)
    return Error{Fault::usage, "guichet ledger erase: nothing is named; name a --text or a --person"};
  const Instant now = desk::SystemClock{}.now();
  GUICHET_TRY(opened, open(wanted.ledger, Opening::Mode::open));
  GUICHET_TRY(reader, opened.ledger->reader());
  GUICHET_TRY(reach, reader->reach());
  std::vector<TextId> ids;
  for (const std::uint32_t id : wanted.texts) ids.emplace_back(id);
  if (wanted.person != 0) {
    GUICHET_TRY(written, texts_of(*reader, ActorId{wanted.person}, reach.text));
    ids.insert(ids.end(), written.begin(), written.end());
  }
  std::ranges::sort(ids);
  const auto twice = std::ranges::unique(ids);
  ids.erase(twice.begin(), twice.end());
  for (const TextId id : ids) {
    GUICHET_TRY(there, reader->text(id));
    if (there.erased) std::cerr << wanted.ledger << ": text " << id.value << " is erased already\n";
  }
  for (std::size_t from = 0; from < ids.size(); from += kErasedAtOnce) {
    ledger::Batch batch;
    for (std::size_t i = from; i < std::min(ids.size(), from + kErasedAtOnce); ++i) {
      batch.erasures.push_back({.text = ids[i], .at = now});
      batch.house.push_back(erasure_note(*reader, ids[i], wanted.reason, now));
    }
    GUICHET_TRY(erased, opened.ledger->append(batch));
  }
  std::cout << wanted.ledger << ": " << things(ids.size(), "text") << (ids.size() == 1 ? " is" : " are")
            << " erased; copies made before still have them\n";
  return kExitDone;
}

}  // namespace

void add_ledger(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand("ledger", "Check, copy, restore and rebuild a ledger, and erase from it");
  verb->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& what, Result<int> (*run)(const Wanted&)) {
    CLI::App* one = verb->add_subcommand(name, what);
    one->callback([wanted, run, &exit_code] {
      const Result<int> done = run(*wanted);
      if (!done) std::cerr << done.error().detail << '\n';
      exit_code = done ? *done : kExitBad;
    });
    return one;
  };
  const auto file = [&wanted](CLI::App* one) { one->add_option("ledger", wanted->ledger, "The ledger")->required(); };

  file(add("info", "How much is in it, and under which procedures", info));

  CLI::App* checking = add("check", "Look at every page, number, digest and row; may run beside the desk", check);
  file(checking);
  checking->footer("Exit code: 0 nothing is wrong, 1 something is and is printed, 2 no ledger that can be read.");

  file(add("rebuild", "Make lists and search anew from acts, events and texts; stop the desk first", rebuild));

  CLI::App* copying = add("backup", "Copy it as of one moment; may run beside the desk", back_up);
  file(copying);
  copying->add_option("copy", wanted->copy, "A file that is not there yet")->required();

  CLI::App* restoring = add("restore", "Check a copy and put it in place; stop the desk first", restore);
  restoring->add_option("copy", wanted->copy, "The copy")->required();
  file(restoring);
  restoring->add_flag("--force", wanted->force, "Also where a ledger stands; that one is kept as LEDGER.replaced");

  CLI::App* erasing =
      add("erase", "Erase what somebody wrote; the history and its digests stay; stop the desk first", erase);
  file(erasing);
  CLI::Option* texts = erasing->add_option("--text", wanted->texts, "The number of a text; may be given several times");
  CLI::Option* person = erasing->add_option("--person", wanted->person, "All that this person wrote, by number");
  erasing
      ->add_option(
          "--reason", wanted->reason,
          "Kept with the erasure: wish (of the person), third_person (it tells of another), mistake or unlawful")
      ->check(CLI::IsMember({"wish", "third_person", "mistake", "unlawful"}));
  texts->excludes(person);
}

}  // namespace guichet::cli
