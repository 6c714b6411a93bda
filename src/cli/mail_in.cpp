// guichet mail-in: takes one mail from standard input, as a mail server's pipe gives it, and puts it where the desk looks.
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <guichet/desk/mail_spool.hpp>

#include "verbs.hpp"

namespace guichet::cli {
namespace {

constexpr std::size_t kMailBytesMax = 64UL * 1024 * 1024;

// What mail servers understand (sysexits.h): try again later.
constexpr int kExitTryAgain = 75;

/// All of standard input, or its head when it is longer than anybody's mail.
std::string read_mail(bool& head_only) {
  std::string raw;
  std::string room(1U << 16U, '\0');
  head_only = false;
  while (std::cin.read(room.data(), static_cast<std::streamsize>(room.size())) || std::cin.gcount() > 0) {
    if (raw.size() > kMailBytesMax) {
      head_only = true;
      continue;  // the pipe is read to its end, or the server calls it a failure
    }
    raw.append(room.data(), static_cast<std::size_t>(std::cin.gcount()));
  }
  if (head_only) {
    const std::size_t end = std::min(raw.find("\n\n"), raw.find("\r\n\r\n"));
    raw.resize(std::min(end == std::string::npos ? raw.size() : end + 4, raw.size()));
  }
  return raw;
}

Outcome take(const std::string& ledger) {
  bool head_only = false;
  const std::string raw = read_mail(head_only);
  if (raw.empty()) return Error{Fault::usage, "guichet mail-in: nothing came on standard input; pipe a mail to it"};
  GUICHET_TRY(spool, desk::MailSpool::open(desk::MailSpool::beside(ledger)));
  GUICHET_TRY(name, spool.put(raw, head_only));
  return Done{};
}

}  // namespace

void add_mail_in(CLI::App& app, int& exit_code) {
  const auto ledger = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("mail-in", "Take one mail from standard input, for the desk of a ledger");
  verb->add_option("--ledger", *ledger, "The ledger of the desk; its mails wait in the folder LEDGER.mail-in")
      ->required();
  verb->footer("Exit code: 0 it is on disk, 2 nothing came, 75 it could not be written: the mail server tries again.");
  verb->callback([ledger, &exit_code] {
    const Outcome taken = take(*ledger);
    if (!taken) std::cerr << taken.error().detail << '\n';
    exit_code = taken ? kExitDone : taken.error().fault == Fault::usage ? kExitBad : kExitTryAgain;
  });
}

}  // namespace guichet::cli
