// guichet mail-in: takes one mail from standard input, as a mail server's pipe gives it, and puts it where the desk
// looks.
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include <guichet/desk/mail_spool.hpp>

#include "verbs.hpp"

namespace guichet::cli {
namespace {

constexpr std::size_t kMailBytesMax = 64UL * 1024 * 1024;

// What mail servers understand (sysexits.h): send it back to its sender; try again later.
constexpr int kExitSendBack = 65, kExitTryAgain = 75;

/// All of standard input; nothing when it is longer than anybody's mail.
std::optional<std::string> read_mail() {
  std::string raw;
  std::string room(1U << 16U, '\0');
  bool too_long = false;
  while (std::cin.read(room.data(), static_cast<std::streamsize>(room.size())) || std::cin.gcount() > 0) {
    // The pipe is read to its end, or the server calls it a failure of another kind.
    too_long = too_long || raw.size() > kMailBytesMax;
    if (!too_long) raw.append(room.data(), static_cast<std::size_t>(std::cin.gcount()));
  }
  if (too_long) return std::nullopt;
  return raw;
}

Outcome take(const std::string& ledger) {
  const std::optional<std::string> raw = read_mail();
  if (!raw) return Error{Fault::unreadable, "guichet mail-in: the mail is longer than 64 MB; send its files as a link"};
  if (raw->empty()) return Error{Fault::usage, "guichet mail-in: nothing came on standard input; pipe a mail to it"};
  GUICHET_TRY(spool, desk::MailSpool::open(desk::MailSpool::beside(ledger)));
  GUICHET_TRY(name, spool.put(*raw, false));
  return Done{};
}

}  // namespace

void add_mail_in(CLI::App& app, int& exit_code) {
  const auto ledger = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("mail-in", "Take one mail from standard input, for the desk of a ledger");
  verb->add_option("--ledger", *ledger, "The ledger of the desk; its mails wait in the folder LEDGER.mail-in")
      ->required();
  verb->footer(
      "Exit code: 0 it is on disk, 2 nothing came, 65 it is too long and goes back, 75 it could not be written: "
      "the mail server tries again.");
  verb->callback([ledger, &exit_code] {
    const Outcome taken = take(*ledger);
    if (!taken) std::cerr << taken.error().detail << '\n';
    exit_code = kExitDone;
    if (taken) return;
    exit_code = taken.error().fault == Fault::usage        ? kExitBad
                : taken.error().fault == Fault::unreadable ? kExitSendBack
                                                           : kExitTryAgain;
  });
}

}  // namespace guichet::cli
