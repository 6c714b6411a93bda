#include "mail_keys.hpp"

#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include <guichet/desk/dns_keys.hpp>

namespace guichet::cli {

namespace mail = intake::mail;

void add_key_options(CLI::App& verb, WantedKeys& wanted, const std::string& of) {
  verb.add_option("--keys", wanted.files, of + "keys of their signatures, as recorded (docs/mail-verdicts.md)")
      ->allow_extra_args(false);
  verb.add_flag("--dns{system}", wanted.dns,
                of + "ask the DNS for keys that no file has; --dns=127.0.0.1:53 asks that resolver");
}

Result<mail::FindKey> keys_of(const WantedKeys& wanted, const KeyAsking& asking) {
  const auto recorded = std::make_shared<mail::RecordedKeys>();
  for (const std::string& path : wanted.files)
    if (const Outcome loaded = recorded->load(path); !loaded) return loaded.error();
  mail::FindKey asked;
  if (!wanted.dns.empty()) {
    GUICHET_TRY(in_dns, desk::keys_in_dns({.resolver = wanted.dns, .remember = asking.remember, .stop = asking.stop}));
    asked = std::move(in_dns);
  }
  return mail::FindKey{[recorded, asked](const std::string& name) {
    mail::KeyAnswer answer = recorded->find(name);
    // What a file says that there is none is an answer too.
    if (asked && answer.kind == mail::KeyAnswer::Kind::none && !answer.why.empty()) return asked(name);
    return answer;
  }};
}

}  // namespace guichet::cli
