// guichet serve: the live desk, on a ledger of its own, until it is told to stop.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <guichet/demo/demo.hpp>
#include <guichet/desk/desk.hpp>
#include <guichet/desk/doorman.hpp>
#include <guichet/desk/letters.hpp>
#include <guichet/desk/postbox.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/rulebook/read.hpp>

#include "language.hpp"
#include "made_ledger.hpp"
#include "mail_keys.hpp"
#include "progress.hpp"
#include "verbs.hpp"

namespace guichet::cli {
namespace {

struct Wanted {
  std::string ledger, procedure = "guichet-unique", listen = "127.0.0.1:8420";
  std::string name, base_url, tls_certificate, tls_key, log;
  std::string mail;
  WantedKeys keys;
  std::vector<std::string> trusted_proxies;
  std::uint32_t writes_per_minute = 600, file_mb = 25;
  unsigned threads = 0;
  bool demo = false, still = false, webhooks_inside = false;
  bool procedure_named = false;  // by whoever starts it
  double pace = 1;
  std::string language;
};

/// "127.0.0.1:8420", "[::1]:8420", "8420".
Outcome read_address(const std::string& listen, desk::ServerOptions& server) {
  const std::size_t colon = listen.rfind(':');
  std::string port = colon == std::string::npos ? listen : listen.substr(colon + 1);
  if (colon != std::string::npos) server.address = listen.substr(0, colon);
  if (server.address.starts_with('[') && server.address.ends_with(']'))
    server.address = server.address.substr(1, server.address.size() - 2);
  std::uint32_t number = 0;
  for (const char c : port)
    number = c >= '0' && c <= '9' && number < 100'000 ? number * 10 + static_cast<unsigned>(c - '0') : 100'000;
  if (port.empty() || number > 65'535)
    return Error{Fault::usage, "--listen " + listen + ": not an address and port; write 127.0.0.1:8420 or [::1]:8420"};
  server.port = static_cast<std::uint16_t>(number);
  return Done{};
}

/// Lines of JSON, one a request; to a file, or to standard error.
class LogFile {
 public:
  Outcome open(const std::string& path) {
    if (path.empty() || path == "-") return Done{};
    std::ofstream file(path, std::ios::app);
    if (!file) return Error{Fault::storage, path + ": cannot be written; name a log in a folder that is yours"};
    const std::scoped_lock lock(mutex_);
    file_ = std::move(file);
    path_ = path;
    return Done{};
  }
  /// Under the same name again: what rotates logs has moved the file away. When that fails, the old one goes on.
  Outcome open_again() { return open(path_); }

  void write(std::string_view line) {
    const std::scoped_lock lock(mutex_);
    (file_.is_open() ? static_cast<std::ostream&>(file_) : std::cerr) << line << '\n' << std::flush;
  }

 private:
  std::mutex mutex_;
  std::ofstream file_;
  std::string path_;  // changed before requests come, and then no more
};

/// Waits for Ctrl-C or the service's end; meanwhile SIGHUP opens the log again. Whoever sits at a terminal that goes
/// away has hung up, and means the end. The signals were blocked before any thread began.
void wait_to_be_stopped(const sigset_t& signals, LogFile& log) {
  const bool at_a_terminal = isatty(STDIN_FILENO) == 1;
  for (;;) {
    int which = 0;
    sigwait(&signals, &which);
    if (which != SIGHUP || at_a_terminal) return;
    if (const Outcome opened = log.open_again(); !opened) std::cerr << opened.error().detail << '\n';
  }
}

bool has_administrator(desk::Desk& desk) {
  for (const auto& person : desk.shared().people->with_role(desk::Role::administrator))
    if (person->active) return true;
  return false;
}

/// How far a demo's time was moved is a record of its ledger, so that it does not run backwards at the next start.
constexpr std::string_view kTimeKind = "house", kTimeKey = "demo_time", kOffset = "offset_ms";

Duration moved_so_far(ledger::Reader& reader) {
  const auto record = reader.record(kTimeKind, kTimeKey);
  if (!record || !*record) return Duration{0};
  const auto said = formats::parse_json((*record)->body, "demo time");
  const formats::JsonValue* offset = said ? said->find(kOffset) : nullptr;
  return Duration{offset != nullptr ? offset->integer : 0};
}

void remember_time(desk::Desk& desk, const desk::DemoClock& clock) {
  formats::JsonWriter json(0);
  json.begin_object().key(kOffset).value(std::int64_t{clock.offset().count()}).end_object();
  desk::Errand errand;
  errand.records.push_back(
      {.record = {.kind = std::string{kTimeKind}, .key = std::string{kTimeKey}, .owner = 0, .body = json.take()}});
  (void)desk.shared().clerk->run(std::move(errand));
}

/// Whoever comes at night or on a Sunday finds the new desk at work all the same: its time is moved forward to that.
Result<std::unique_ptr<demo::Demo>> filled(desk::OpenedLedger& opened, desk::DemoClock& clock) {
  GUICHET_TRY(reader, opened.ledger->reader());
  GUICHET_TRY(reach, reader->reach());
  demo::DemoOptions options;
  if (reach.act != 0) {
    // What was remembered is of the last graceful stop; the ledger knows how far its people have lived since.
    if (const Instant now = clock.now(); now < reach.recorded) clock.advance(reach.recorded - now);
    return demo::Demo::reopen(opened, options);
  }
  ProgressBar progress("inventing a marketplace");
  options.progress = [&progress](double share) { progress(static_cast<std::uint64_t>(share * 1'000), 1'000); };
  GUICHET_TRY(awake, demo::awake_at(clock.now(), options));
  clock.advance(awake - clock.now());
  return demo::Demo::fill(opened, clock.now(), options);
}

Outcome serve_demo(const Wanted& wanted, desk::OpenedLedger opened, desk::DeskOptions options, const sigset_t& signals,
                   LogFile& log) {
  const auto clock = [&opened] {
    const auto reader = opened.ledger->reader();
    return std::make_shared<desk::DemoClock>(reader ? moved_so_far(**reader) : Duration{0});
  }();
  GUICHET_TRY(demo, filled(opened, *clock));
  options.house.demo = true;
  options.house.demo_password = demo::kDemoPassword;
  for (const demo::DemoAccount& account : demo->accounts()) options.house.demo_emails.push_back(account.email);
  GUICHET_TRY(desk,
              desk::Desk::open(std::move(opened.ledger), opened.procedures, clock, clock.get(), std::move(options)));
  GUICHET_TRY(player, demo->play(desk->shared()));
  // Where nobody acts by himself there is nothing to live through: time leaps.
  if (!wanted.still) desk->shared().advance_demo = [&player](Duration by) { player->advance(by, {}); };
  if (const Outcome listening = desk->listen(); !listening) return listening;
  clock->set_pace(wanted.pace);
  if (!wanted.still) player->start();

  const formats::Phrases phrases(language_of(wanted.language));
  std::cout << "The demo desk is open at " << desk->url() << "\n\n"
            << demo::accounts_as_text(demo->accounts(), phrases) << "\n"
            << "Stop it with Ctrl-C.\n"
            << std::flush;
  wait_to_be_stopped(signals, log);
  std::cerr << "\nStopping: answering what was taken …\n";
  player->stop();
  remember_time(*desk, *clock);
  desk->stop(Duration{15'000});
  return Done{};
}

/// Null when the desk was told nothing of mail.
Result<std::unique_ptr<desk::Postbox>> postbox_for(const Wanted& wanted, desk::Desk& desk, const desk::WallClock& clock,
                                                   std::function<void(std::string_view)> log) {
  if (wanted.mail.empty()) {
    if (wanted.keys.files.empty() && wanted.keys.dns.empty()) return std::unique_ptr<desk::Postbox>();
    return Error{Fault::usage, "--keys and --dns are for mails that come in; give --mail too, or leave them out"};
  }
  GUICHET_TRY(settings, desk::load_mail_settings(wanted.mail));
  // Keys change while a desk is open.
  const std::stop_source stop;
  GUICHET_TRY(find_key, keys_of(wanted.keys, {.remember = false, .stop = stop.get_token()}));
  GUICHET_TRY(spool, desk::MailSpool::open(desk::MailSpool::beside(wanted.ledger)));
  desk::Postbox::Parts parts{.ledger = desk.shared().ledger,
                             .clerk = desk.shared().clerk,
                             .procedures = desk.shared().procedures,
                             .people = desk.shared().people,
                             .house = &desk.shared().house,
                             .settings = settings,
                             .outbox = settings.smtp ? desk::smtp_outbox(*settings.smtp, settings.domain) : nullptr,
                             .spool = std::move(spool),
                             .find_key = std::move(find_key),
                             .log = std::move(log),
                             .stop = stop};
  return desk::Postbox::start(std::move(parts), clock);
}

/// The ledger's time never runs back: what is written now would bear that instant, and promises count from it.
void warn_when_ahead(desk::Desk& desk, const desk::WallClock& clock, const std::string& ledger) {
  constexpr Duration kLittle = std::chrono::minutes{1};
  const auto reader = desk.shared().ledger->reader();
  if (!reader) return;
  const auto reach = (*reader)->reach();
  if (!reach || reach->recorded <= clock.now() + kLittle) return;
  std::cerr << "guichet serve: the newest event of " << ledger << " is of " << print_instant(reach->recorded)
            << ", ahead of this machine's clock (" << print_instant(clock.now())
            << "); until then, new events and promises bear that instant: mend the clock, or restore a backup from "
               "before (docs/operating.md)\n";
}

/// Rules come into force on their day, for everybody to read beforehand, and not by a word at the start.
void warn_of_other_rules(desk::Desk& desk, const Wanted& wanted, const std::string& given, Instant now) {
  if (!wanted.procedure_named) return;
  const desk::InForce& in_force = desk.shared().procedures->at(now);
  if (in_force.adopted.toml == given) return;
  std::cerr << "guichet serve: --procedure " << wanted.procedure << ": not applied; " << wanted.ledger
            << " has its rules already, and " << in_force.file.name << ' ' << in_force.file.version
            << " is in force; an administrator adopts others at " << desk.url() << "/procedures\n";
}

Outcome serve(const Wanted& wanted) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  if (wanted.demo && wanted.procedure_named)
    return Error{Fault::usage, "--procedure " + wanted.procedure +
                                   ": a demo brings its own rules along; leave --procedure out, or leave --demo out"};
  desk::DeskOptions options;
  if (const Outcome read = read_address(wanted.listen, options.server); !read) return read;
  options.server.tls_certificate = wanted.tls_certificate;
  options.server.tls_key = wanted.tls_key;
  options.server.trusted_proxies = wanted.trusted_proxies;
  options.server.threads = wanted.threads;
  options.house.name = wanted.name;
  options.house.base_url = wanted.base_url;
  if (wanted.webhooks_inside) options.house.webhook_reach = desk::WebhookReach::anywhere;
  options.house.writes_per_minute = wanted.writes_per_minute;
  options.house.file_bytes_max = std::uint64_t{wanted.file_mb} * 1024 * 1024;
  options.server.body_bytes_max = options.house.body_bytes_max();
  options.house.setup_word = desk::secret_word(12);
  LogFile log;
  if (const Outcome opened = log.open(wanted.log); !opened) return opened;
  if (!wanted.log.empty()) options.log = [&log](std::string_view line) { log.write(line); };
  GUICHET_TRY(text, rulebook::procedure_text(wanted.procedure));
  // Here, where a fault is told with the name that was given.
  GUICHET_TRY(rules, rulebook::read_procedure(text, wanted.procedure));
  options.procedure_name = rules.name;
  options.procedure_toml = text;
  const std::string setup_word = options.house.setup_word;

  // What is wrong with the address or the certificate is known before a ledger is made.
  GUICHET_TRY(place, desk::HttpServer::take_place(options.server));
  options.server.place = std::move(place);
  GUICHET_TRY(opened, desk::open_ledger({.path = wanted.ledger}));
  if (wanted.demo) return serve_demo(wanted, std::move(opened), std::move(options), signals, log);
  const auto clock = std::make_shared<desk::SystemClock>();
  const std::function<void(std::string_view)> say = options.log;
  GUICHET_TRY(desk, desk::Desk::open(std::move(opened.ledger), opened.procedures, clock, nullptr, std::move(options)));
  GUICHET_TRY(postbox, postbox_for(wanted, *desk, *clock, say));
  desk->shared().postbox = postbox.get();  // outlives the server, which is stopped before it goes
  if (postbox)
    desk->follow([box = postbox.get()](const desk::Committed& committed) {
      const auto& records = committed.batch.records;
      // Something happened, or a letter is to go again.
      if (!committed.batch.acts.empty() || std::ranges::any_of(records, [](const auto& change) {
            return !change.remove && change.record.kind == desk::kLetterKind;
          }))
        box->look();
    });
  if (const Outcome listening = desk->listen(); !listening) return listening;
  warn_when_ahead(*desk, *clock, wanted.ledger);
  warn_of_other_rules(*desk, wanted, text, clock->now());
  std::cout << "The desk is open at " << desk->url() << "\n";
  if (!has_administrator(*desk))
    std::cout << "It has no administrator yet. Make the first one at " << desk->url() << "/first-run\n"
              << "with this word, which is good until the desk stops: " << setup_word << "\n";
  std::cout << "Stop it with Ctrl-C.\n" << std::flush;
  wait_to_be_stopped(signals, log);
  std::cerr << "\nStopping: answering what was taken …\n";
  if (postbox) postbox->stop();
  desk->stop(Duration{15'000});
  return Done{};
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* verb = app.add_subcommand("serve", "Open the live desk for sellers and agents, on a ledger");
  verb->add_option("--ledger", wanted->ledger, "The ledger's file; made when it is not there")->required();
  verb->add_option("--listen", wanted->listen, "Address and port")->capture_default_str();
  CLI::Option* procedure =
      verb->add_option("--procedure", wanted->procedure,
                       "The rules of a new ledger: a file, or a shipped procedure. Later ones are adopted on its pages")
          ->capture_default_str();
  verb->add_option("--name", wanted->name, "What the desk is called on its pages; else as its administrators say");
  verb->add_option("--base-url", wanted->base_url, "How the desk is reached from outside, for links in mails");
  CLI::Option* certificate = verb->add_option("--tls-cert", wanted->tls_certificate, "A certificate, PEM");
  CLI::Option* key = verb->add_option("--tls-key", wanted->tls_key, "Its key, PEM");
  certificate->needs(key);
  key->needs(certificate);
  verb->add_option("--trusted-proxy", wanted->trusted_proxies,
                   "The address of a reverse proxy whose X-Forwarded-For is believed");
  verb->add_option("--mail", wanted->mail, "How mail goes out and comes in: a TOML file, see docs/mail.md");
  add_key_options(*verb, wanted->keys, "Of mails that come in: ");
  verb->add_option("--log", wanted->log, "One line of JSON per request to this file; - for standard error");
  verb->add_option("--writes-per-minute", wanted->writes_per_minute, "Of one person or address, at most")
      ->check(CLI::Range(1U, 100'000'000U));
  verb->add_flag("--webhooks-inside", wanted->webhooks_inside,
                 "Webhooks may lead to this machine and its own networks; else only outside");
  verb->add_option("--file-mb", wanted->file_mb, "The largest file that may be attached")->check(CLI::Range(1U, 1024U));
  verb->add_option("--threads", wanted->threads, "For requests; else as many as the machine has")
      ->check(CLI::Range(1U, 256U));
  verb->add_flag(
      "--demo", wanted->demo,
      "An invented marketplace with some thousand cases, accounts of every role, and time that can be moved");
  verb->add_flag("--still", wanted->still, "With --demo: the invented people do not act by themselves");
  verb->add_option("--pace", wanted->pace, "With --demo: seconds of its time that pass in one second")
      ->check(CLI::Range(1.0, 100'000.0));
  verb->add_option("--language", wanted->language, "fr or en, of what is printed; else that of LC_ALL or LANG")
      ->check(CLI::IsMember({"fr", "en"}));
  verb->footer(
      "Ctrl-C or SIGTERM stops it gracefully; SIGHUP opens the log again. Exit code: 0 stopped, 2 it could not be "
      "opened.");
  verb->callback([wanted, procedure, &exit_code] {
    wanted->procedure_named = procedure->count() != 0;
    const MadeLedger ledger(wanted->ledger);
    const Outcome may = ledger.may_be_made();
    const Outcome served = may ? serve(*wanted) : may;
    // A conflict is another program's ledger, which it may just have made.
    if (!served && may && served.error().fault != Fault::conflict) ledger.take_away();
    if (!served) std::cerr << "guichet serve: " << served.error().detail << '\n';
    exit_code = served ? kExitDone : kExitBad;
  });
}

}  // namespace guichet::cli
