// guichet ledger: what the owner of a ledger does with its file: look, check, copy, put back, make anew, erase, let in.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <guichet/base/utf8.hpp>
#include <guichet/desk/desk.hpp>
#include <guichet/desk/doorman.hpp>
#include <guichet/desk/dossiers.hpp>
#include <guichet/desk/enrol.hpp>
#include <guichet/desk/erasing.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/shelving.hpp>
#include <guichet/desk/time_stamps.hpp>
#include <guichet/desk/wall_clock.hpp>
#include <guichet/formats/file_writer.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/whole_file.hpp>
#include <guichet/ledger/growing.hpp>
#include <guichet/ledger/proving.hpp>
#include <guichet/ledger/sqlite.hpp>

#include "outputs.hpp"
#include "progress.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

/// So many texts are erased in one transaction.
constexpr std::size_t kErasedAtOnce = 500;
/// A reason is a sentence and no letter.
constexpr std::size_t kWhyBytesMost = 2000;

struct Wanted {
  std::string ledger, copy, reason = "wish", why, request, response, authorities;
  std::vector<std::uint32_t> texts;
  std::uint32_t person = 0;
  bool force = false, yes = false;
  std::string whom, base_url;
  bool second_factor = false;
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
  for (const desk::InForce* one : opened.procedures->all()) {
    std::cout << "procedure " << one->adopted.id.value << ":  " << one->adopted.name << " " << one->adopted.version
              << ", in force from " << print_instant(one->adopted.effective_from);
    if (const auto withdrawal = opened.procedures->withdrawal_of(one->adopted.id))
      std::cout << ", withdrawn on " << print_instant(withdrawal->at) << ": never in force";
    std::cout << '\n';
  }
  return kExitDone;
}

/// Prints what is wrong, if anything; whether nothing is.
Result<bool> sound(ledger::Ledger& ledger, const std::string& path) {
  GUICHET_TRY(lines, ledger.check());
  for (const std::string& line : lines) std::cout << path << ": " << line << '\n';
  return lines.empty();
}

/// What was erased and why, from the house's notes.
Outcome tell_erasures(ledger::Ledger& ledger) {
  GUICHET_TRY(reader, ledger.reader());
  for (std::uint64_t after = 0;;) {
    GUICHET_TRY(notes, reader->house_notes(after, ledger::kListMax));
    if (notes.empty()) return Done{};
    after = notes.back().number;
    for (const ledger::HouseNote& note : notes) {
      if (note.what != "text_erased") continue;
      const auto detail = formats::parse_json(note.detail, "house note");
      const formats::JsonValue* text = detail ? detail->find("text") : nullptr;
      const formats::JsonValue* why = detail ? detail->find("why") : nullptr;
      if (why == nullptr && detail) why = detail->find("reason");
      std::cout << "erased: text " << (text == nullptr ? 0 : text->integer) << ", " << print_instant(note.at)
                << (why == nullptr ? "" : ": " + why->text) << '\n';
    }
  }
}

Result<int> check(const Wanted& wanted) {
  GUICHET_TRY(opened, open(wanted.ledger, Opening::Mode::read_only));
  GUICHET_TRY(well, sound(*opened.ledger, wanted.ledger));
  if (!well) return kExitFindings;
  GUICHET_TRY(all, extent(*opened.ledger));
  std::cout << wanted.ledger << ": nothing is wrong with its " << all << '\n';
  for (const ledger::NotChecked& one : ledger::not_checked())
    std::cout << "not held by this check: " << one.tables << " (" << one.why << ")\n";
  GUICHET_TRY(told, tell_erasures(*opened.ledger));
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

/// Whether the key that a ledger is signed with lies beside it; no copy of a ledger has it.
Outcome tell_key(const std::string& path) {
  GUICHET_TRY(opened, open(path, Opening::Mode::read_only));
  GUICHET_TRY(reader, opened.ledger->reader());
  const std::string file = path + ".key";
  const Result<desk::KeyAtHand> key = desk::key_at_hand(*reader, *opened.ledger);
  using Kind = desk::KeyAtHand::Kind;
  if (!key)
    std::cout << key.error().detail << '\n';
  else if (key->kind == Kind::ours)
    std::cout << file << ": the key of this ledger is there\n";
  else if (key->kind != Kind::no_head)
    std::cout << file
              << (key->kind == Kind::missing ? ": the signing key is not there" : ": this is another ledger's key")
              << " and in no backup; put your copy of it there before the desk is started\n";
  return Done{};
}

Result<int> back_up(const Wanted& wanted) {
  GUICHET_TRY(opened, open(wanted.ledger, Opening::Mode::read_only));
  GUICHET_TRY(copied, opened.ledger->back_up(wanted.copy));
  GUICHET_TRY(copy, open(wanted.copy, Opening::Mode::read_only));
  GUICHET_TRY(all, extent(*copy.ledger));
  std::cout << wanted.copy << ": a copy of " << all << '\n'
            << wanted.ledger << ".key: the signing key is not in it; keep a copy of that file apart\n";
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
  GUICHET_TRY(told, tell_key(wanted.ledger));
  return kExitDone;
}

/// For an owner whose key is lost, or known to others: from here on another one signs, and the ledger tells it.
Result<int> new_key(const Wanted& wanted) {
  desk::KeyAtHand before;
  {
    GUICHET_TRY(opened, open(wanted.ledger, Opening::Mode::read_only));
    GUICHET_TRY(reader, opened.ledger->reader());
    GUICHET_TRY(key, desk::key_at_hand(*reader, *opened.ledger));
    before = key;
  }
  using Kind = desk::KeyAtHand::Kind;
  const std::string file = wanted.ledger + ".key";
  if (before.kind == Kind::no_head)
    return Error{Fault::usage, wanted.ledger + ": nothing was signed yet; the first start makes the key by itself"};
  if (before.kind == Kind::ours)
    return Error{Fault::usage, file +
                                   ": the key of this ledger is there; to sign with another one from here on, move "
                                   "that file away first"};
  const Instant now = desk::SystemClock{}.now();
  const auto procedures = std::make_shared<desk::Procedures>();
  GUICHET_TRY(opened, ledger::ledger_with_new_key({.path = wanted.ledger, .mode = Opening::Mode::open},
                                                  desk::shelving(*procedures)));
  GUICHET_TRY(reader, opened->reader());
  if (const Outcome loaded = procedures->load(*reader); !loaded) return loaded.error();
  GUICHET_TRY(key, opened->sign("guichet key: which one is it?\n"));
  ledger::HouseNote note{.number = 0, .at = now, .by = {}, .what = "signing_key_changed", .detail = {}};
  formats::JsonWriter detail;
  detail.begin_object().key("key_before").value(hex(before.wanted)).key("key_now").value(hex(key.key)).end_object();
  note.detail = detail.take();
  ledger::Batch batch;
  batch.house.push_back(std::move(note));
  GUICHET_TRY(written, opened->append(batch));
  std::cout << file << ": signs from here on; its public key is " << hex(key.key) << '\n'
            << wanted.ledger
            << ": tells that its key changed, as all its proofs do; keep a copy of the new one apart\n";
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

ledger::HouseNote erasure_note(ledger::Reader& reader, TextId id, const Wanted& wanted, Instant now) {
  const Result<ledger::Text> text = reader.text(id);
  formats::JsonWriter json(0);
  json.begin_object();
  if (text) json.key("case").value(text->case_id.value);
  json.key("text").value(id.value).key("reason").value(std::string_view{wanted.reason});
  json.key("why").value(std::string_view{wanted.why}).end_object();
  return {.number = 0, .at = now, .by = {}, .what = "text_erased", .detail = json.take()};
}

/// With them go their copies: of a mail, its words and its bytes, wherever it was put.
Result<desk::Erasing> with_copies(ledger::Reader& reader, const Wanted& wanted, const std::vector<TextId>& named) {
  desk::Erasing all;
  std::set<TextId> seen;
  std::set<std::string> records;
  std::vector<TextId> more;
  for (const TextId id : named) {
    GUICHET_TRY(there, reader.text(id));
    if (there.erased) std::cerr << wanted.ledger << ": text " << id.value << " is erased already\n";
    GUICHET_TRY(erasing, desk::erasing_of(reader, id));
    for (const TextId one : erasing.texts) {
      if (!seen.insert(one).second) continue;
      all.texts.push_back(one);
      if (!std::ranges::binary_search(named, one)) more.push_back(one);
    }
    for (ledger::RecordChange& change : erasing.records)
      if (records.insert(change.record.kind + '/' + change.record.key).second) all.records.push_back(std::move(change));
  }
  std::ranges::sort(all.texts);
  std::ranges::sort(more);
  if (!more.empty()) {
    std::cerr << wanted.ledger << ": the same words stand in";
    for (const TextId id : more) std::cerr << ' ' << id.value;
    std::cerr << " too: the bytes of a mail, or the same mail in another case; they go with them\n";
  }
  return all;
}

/// Whoever sits at the terminal says yes, or said so before.
Outcome confirmed(const Wanted& wanted, const std::vector<TextId>& ids) {
  if (wanted.yes || ids.empty()) return Done{};
  const std::string what = things(ids.size(), "text") + " of " + wanted.ledger;
  if (isatty(STDIN_FILENO) != 1)
    return Error{Fault::usage, "guichet ledger erase: " + what +
                                   " would be gone for ever, and there is no terminal to ask at; add --yes"};
  std::cerr << what << " will be gone for ever:";
  constexpr std::size_t kNamed = 20;
  for (std::size_t i = 0; i < std::min(ids.size(), kNamed); ++i) std::cerr << ' ' << ids[i].value;
  std::cerr << (ids.size() > kNamed ? " …" : "") << "\nWrite \"yes\" to erase: " << std::flush;
  std::string answer;
  if (std::getline(std::cin, answer) && answer == "yes") return Done{};
  return Error{Fault::usage, "guichet ledger erase: nothing was erased"};
}

Result<int> erase(const Wanted& wanted) {
  if (wanted.texts.empty() && wanted.person == 0)
    return Error{Fault::usage, "guichet ledger erase: nothing is named; name a --text or a --person"};
  if (wanted.why.find_first_not_of(' ') == std::string::npos || utf8_valid_prefix(wanted.why) != wanted.why.size() ||
      wanted.why.size() > kWhyBytesMost)
    return Error{Fault::usage,
                 "guichet ledger erase: it stays in the ledger that something was erased; say why, in words, with "
                 "--why TEXT"};
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
  GUICHET_TRY(all, with_copies(*reader, wanted, ids));
  ids = std::move(all.texts);
  if (wanted.person != 0) {
    GUICHET_TRY(drafts, desk::drafts_of(*reader, ActorId{wanted.person}));
    for (ledger::RecordChange& draft : drafts) all.records.push_back(std::move(draft));
  }
  GUICHET_TRY(sure, confirmed(wanted, ids));
  // Drafts and what the tray kept go first: a text that stays can be named again.
  for (std::size_t from = 0; from < all.records.size(); from += kErasedAtOnce) {
    ledger::Batch batch;
    const auto first = all.records.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(all.records.size() - from, kErasedAtOnce);
    batch.records.assign(first, first + static_cast<std::ptrdiff_t>(count));
    GUICHET_TRY(erased, opened.ledger->append(batch));
  }
  for (std::size_t from = 0; from < ids.size(); from += kErasedAtOnce) {
    ledger::Batch batch;
    for (std::size_t i = from; i < std::min(ids.size(), from + kErasedAtOnce); ++i) {
      batch.erasures.push_back({.text = ids[i], .at = now});
      batch.house.push_back(erasure_note(*reader, ids[i], wanted, now));
    }
    GUICHET_TRY(erased, opened.ledger->append(batch));
  }
  std::cout << wanted.ledger << ": " << things(ids.size(), "text") << (ids.size() == 1 ? " is" : " are")
            << " erased; copies made before still have them\n";
  return kExitDone;
}

/// Whom the owner means, by number, address or name.
Result<std::shared_ptr<const desk::Person>> person_meant(const desk::People& people, const Wanted& wanted) {
  const std::string& whom = wanted.whom;
  std::vector<std::shared_ptr<const desk::Person>> meant;
  if (!whom.empty() && whom.size() < 10 && std::ranges::all_of(whom, [](char c) { return c >= '0' && c <= '9'; })) {
    if (auto person = people.person(ActorId{static_cast<std::uint32_t>(std::stoul(whom))})) meant.push_back(person);
  } else if (const auto email = desk::email_from(whom)) {
    if (auto person = people.by_email(*email)) meant.push_back(person);
  } else {
    for (std::size_t role = 0; role < desk::kRoles; ++role)
      for (const auto& person : people.with_role(static_cast<desk::Role>(role)))
        if (person->name == whom) meant.push_back(person);
  }
  if (meant.size() == 1) return meant.front();
  std::string said = wanted.ledger + ": " + (meant.empty() ? "nobody here is called \"" : "several are called \"") +
                     whom + "\"; name one by number or address";
  const auto& shown = meant.empty() ? people.with_role(desk::Role::administrator) : meant;
  for (const auto& person : shown)
    said += "\n  " + std::to_string(person->id.value) + "  " + std::string(desk::name(person->role)) + "  " +
            person->name + (person->email.empty() ? "" : " <" + person->email + ">");
  return Error{Fault::usage, said};
}

/// The way back for somebody who lost the password, where nobody else can invite him: whoever holds the file may.
Result<int> invite(const Wanted& wanted) {
  const std::string& url = wanted.base_url;
  const std::size_t host = url.starts_with("https://") ? 8 : 7;
  if (!url.empty() && (!(url.starts_with("http://") || url.starts_with("https://")) || url.size() == host ||
                       std::ranges::any_of(url, [](char c) { return c <= ' ' || c == '"' || c == '<' || c == '>'; })))
    return Error{Fault::usage, "--base-url " + url +
                                   ": not the address of a desk; write http:// or https:// and a host, as in "
                                   "https://desk.example"};
  const Instant now = desk::SystemClock{}.now();
  GUICHET_TRY(opened, open(wanted.ledger, Opening::Mode::open));
  GUICHET_TRY(reader, opened.ledger->reader());
  GUICHET_TRY(people, desk::People::load(*reader));
  GUICHET_TRY(person, person_meant(*people, wanted));
  if (person->email.empty() || !person->active)
    return Error{Fault::usage, wanted.ledger + ": " + person->name + " (" + std::to_string(person->id.value) + ") " +
                                   (person->active ? "has no address to sign in with" : "may no longer sign in") +
                                   "; name somebody else, who changes that on the page /people"};
  const desk::NewInvitation made = desk::make_invitation(person->id, ActorId{}, now);
  ledger::Batch batch;
  batch.records.push_back(made.change);
  const auto note = [&](std::string_view what) {
    ledger::HouseNote one = desk::house_note(ActorId{}, what, "person", person->id.value);
    one.at = now;
    batch.house.push_back(std::move(one));
  };
  note("person_invited");
  if (wanted.second_factor && !person->totp_secret.empty()) {
    desk::Person after = *person;
    after.totp_secret.clear();
    for (ledger::RecordChange& change : desk::to_change(*person, after)) batch.records.push_back(std::move(change));
    note("second_factor_ended");
  }
  GUICHET_TRY(written, opened.ledger->append(batch));
  std::cout << person->name << " <" << person->email << "> chooses a password here, once, within seven days:\n"
            << (url.ends_with('/') ? url.substr(0, url.size() - 1) : url) << "/invitation/" << made.secret << '\n';
  if (!person->totp_secret.empty())
    std::cout << (wanted.second_factor ? "The second factor is taken away."
                                       : "The second factor stays; --second-factor takes it away.")
              << '\n';
  return kExitDone;
}

Result<std::string> bytes_of(const std::string& path) {
  return formats::whole_file(path, std::size_t{1} << 20U, "name the authority's answer");
}

/// The head that a response is over, from the newest back.
Result<std::optional<ledger::KeptHead>> stamped_head(ledger::Reader& reader, const std::string& response) {
  GUICHET_TRY(newest, reader.head(0));
  GUICHET_TRY(keys, reader.keys());
  if (!newest) return std::optional<ledger::KeptHead>{};
  GUICHET_TRY(log, reader.node(0));
  for (std::uint64_t number = newest->number; number > 0; --number) {
    GUICHET_TRY(head, reader.head(number));
    if (head && desk::is_stamp_of(response, ledger::told(*head, log, keys.at(head->key - 1).key).head)) return head;
  }
  return std::optional<ledger::KeptHead>{};
}

Result<int> stamp(const Wanted& wanted) {
  if (wanted.request.empty() == wanted.response.empty())
    return Error{Fault::usage, "guichet ledger stamp: write a --request, or keep a --response; one of the two"};
  if (!wanted.request.empty()) {
    if (const Outcome may = may_write(wanted.request, {wanted.ledger}); !may) return may.error();
    GUICHET_TRY(opened, open(wanted.ledger, Opening::Mode::read_only));
    GUICHET_TRY(reader, opened.ledger->reader());
    GUICHET_TRY(head, ledger::newest_head(*reader));
    if (!head) return Error{Fault::not_found, wanted.ledger + ": nothing was written yet, so that there is no head"};
    GUICHET_TRY(file, formats::FileWriter::create(wanted.request));
    file.write(desk::stamp_request(head->head));
    GUICHET_TRY(finished, file.finish());
    std::cout << wanted.request << ": a request over " << head->head.size << " entries\n";
    return kExitDone;
  }
  if (wanted.authorities.empty())
    return Error{Fault::usage, "guichet ledger stamp: name the authority's certificates with --tsa"};
  GUICHET_TRY(response, bytes_of(wanted.response));
  GUICHET_TRY(opened, open(wanted.ledger, Opening::Mode::open));
  GUICHET_TRY(reader, opened.ledger->reader());
  GUICHET_TRY(head, stamped_head(*reader, response));
  if (!head)
    return Error{Fault::unreadable, wanted.response +
                                        ": is a stamp over no head of this ledger; keep the answer to a "
                                        "request that was made from it"};
  GUICHET_TRY(keys, reader->keys());
  GUICHET_TRY(log, reader->node(0));
  GUICHET_TRY(stamped, desk::check_stamp(response, ledger::told(*head, log, keys.at(head->key - 1).key).head,
                                         wanted.authorities));
  GUICHET_TRY(kept, opened.ledger->keep_stamp({.head = head->number, .response = response}));
  std::cout << wanted.ledger << ": " << stamped.authority << " says that the head over " << head->counts.all()
            << " entries existed " << print_instant(stamped.at) << '\n';
  return kExitDone;
}

}  // namespace

void add_ledger(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand(
      "ledger", "Check, copy, restore and rebuild a ledger, erase from it, and let somebody in again");
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

  file(add("new-key", "Sign with another key from here on, when the old one is lost; stop the desk first", new_key));

  CLI::App* stamping = add("stamp", "Let an authority say when the newest head existed (RFC 3161)", stamp);
  file(stamping);
  stamping->add_option("--request", wanted->request,
                       "Write the request that the authority is sent; may run beside the desk");
  stamping->add_option("--response", wanted->response, "Verify and keep its answer; stop the desk first");
  stamping->add_option("--tsa", wanted->authorities, "A PEM file with the authority's root certificates");

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
  erasing->add_option("--why", wanted->why, "Why, in words; kept in the house's notes, told by check and in dossiers")
      ->required();
  erasing->add_flag("--yes", wanted->yes, "Do not ask at the terminal");

  CLI::App* inviting =
      add("invite", "A link by which somebody who cannot come in chooses a new password; stop the desk first", invite);
  file(inviting);
  inviting->add_option("--person", wanted->whom, "Who: a number, an address or a name")->required();
  inviting->add_option("--base-url", wanted->base_url, "How the desk is reached, for the link");
  inviting->add_flag("--second-factor", wanted->second_factor, "Takes a lost second factor away too");
}

}  // namespace guichet::cli
