// One request, after the door: who it is, what is at hand, and in which language. What pages and the API are made from.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/desk/changes.hpp>
#include <guichet/desk/doorman.hpp>
#include <guichet/desk/fields.hpp>
#include <guichet/desk/http.hpp>
#include <guichet/desk/live.hpp>
#include <guichet/desk/outside.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/procedures.hpp>
#include <guichet/desk/wall_clock.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

class Clerk;
class HouseName;
class KeptPages;
class Meters;
class Postbox;
class Recounts;
class Timekeeper;

/// What the house is called and how it is reached; from the command line and the first-run page.
struct House {
  std::string name;      // of the marketplace's desk; empty: as its administrators say, see house_name.hpp
  std::string base_url;  // "https://desk.example", without a slash at the end
  std::uint64_t file_bytes_max = 25ULL * 1024 * 1024;
  std::uint32_t files_max = 10;  // in one message
  /// All files of one message: what a page says and what the server takes come from here.
  std::uint64_t files_together_max() const { return file_bytes_max * files_max / 2; }
  /// A whole request: its files, and the words and the form around them.
  std::uint64_t body_bytes_max() const { return files_together_max() + 8ULL * 1024 * 1024; }
  std::uint32_t writes_per_minute = 600;  // of one person or, nobody signed in, of one address
  WebhookReach webhook_reach = WebhookReach::outside;
  bool demo = false;          // time can be moved, accounts are printed, everybody is invented
  std::string setup_word;     // printed at start; whoever knows it makes the first administrator; empty: nobody can
  std::string demo_password;  // of a demo: the same for all accounts, shown on the page for signing in
  std::vector<std::string> demo_emails;  // of a demo: the accounts shown there, in this order
};

/// Everything that requests share. Each member is safe from any thread.
struct Shared {
  House house;
  ledger::Ledger* ledger{};
  Clerk* clerk{};
  Procedures* procedures{};
  People* people{};
  Doorman* doorman{};
  Live* live{};
  WallClock* clock{};
  DemoClock* demo_clock{};  // null unless a demo
  /// Moves a demo's time so that what falls due on the way happens in order; empty unless a demo.
  std::function<void(Duration)> advance_demo;
  Timekeeper* timekeeper{};
  Recounts* recounts{};
  const HouseName* called{};
  Meters* meters{};
  const Changes* changes{};  // null: pages are always made anew, as kept_pages
  KeptPages* kept_pages{};
  HttpServer* server{};                       // null before it listens
  Postbox* postbox{};                         // null: the desk was told nothing of mail
  std::function<void(std::string_view)> log;  // one line of JSON, without personal data; may be empty
};

struct Visit {
  Shared& shared;
  const Request& request;
  ledger::Reader& reader;  // of this thread
  std::optional<Session> session;
  std::shared_ptr<const Person> person;  // null: nobody signed in
  formats::Phrases phrases;
  Instant now{};
  std::vector<std::string> captures;  // of the route's pattern, in order
  Fields fields;                      // of a POST, PUT or PATCH, once its form token was found good
  bool api = false;                   // answers are JSON
  Reading* reading{};                 // set when the page may be given again: what it is made from
  std::vector<std::string>* once{};   // the same: once-keys of its forms

  Role role() const { return person ? person->role : Role::nobody; }
  bool may(Right right) const { return desk::may(role(), right); }
  formats::Language language() const { return phrases.language(); }
  /// The capture as a case number; zero when it is none.
  CaseId case_id(std::size_t capture = 0) const;
  /// The row of a case that this person may see; none when there is none or it is not for him.
  std::optional<ledger::ShelfRow> visible_case(CaseId case_id) const;
};

}  // namespace guichet::desk
