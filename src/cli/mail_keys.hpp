// Where keys of mails' signatures come from, as the verbs that read mails are told: files, and the DNS when asked.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/intake/mail/signing.hpp>

namespace CLI {
class App;
}

namespace guichet::cli {

struct WantedKeys {
  std::vector<std::string> files;
  std::string dns;  // a resolver, or "system"; empty: it is not asked
};

/// --keys and --dns; `of` begins their help: "Of mails: ".
void add_key_options(CLI::App& verb, WantedKeys& wanted, const std::string& of);

struct KeyAsking {
  bool remember = true;  // each name is asked for once
  std::stop_token stop;  // then the DNS is no longer waited for
};

/// Keys out of files, and then out of the DNS if that is asked for.
Result<intake::mail::FindKey> keys_of(const WantedKeys& wanted, const KeyAsking& asking);

}  // namespace guichet::cli
