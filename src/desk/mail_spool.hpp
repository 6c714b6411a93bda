// Mails that have come and wait to be read: one file each, safe on the disk before anybody is told that they are kept.
// Knows nothing of what they say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>

namespace guichet::desk {

class MailSpool {
 public:
  /// Beside a ledger: "LEDGER.mail-in". Makes the folder, for its owner alone, with `tmp` and `new` in it.
  static Result<MailSpool> open(const std::string& folder);
  static std::string beside(const std::string& ledger) { return ledger + ".mail-in"; }

  /// Writes the mail and brings it to the disk. Its name is made from its bytes, so that the same mail put twice waits
  /// once. `head_only` says that its body was left behind, for being too long.
  Result<std::string> put(std::string_view raw, bool head_only) const;
  /// Names of at most `most` waiting mails, those that came first in front.
  Result<std::vector<std::string>> waiting(std::size_t most) const;
  Result<std::string> read(const std::string& name) const;
  static bool is_head_only(std::string_view name) { return name.ends_with(".head"); }
  /// Once what it says is kept elsewhere.
  Outcome remove(const std::string& name) const;

 private:
  explicit MailSpool(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

}  // namespace guichet::desk
