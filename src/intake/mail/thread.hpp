// Which mails belong together, by the identities they name (Message-ID, In-Reply-To, References), with the reason of
// each match. Subjects and numbers in them are never looked at: a number is no identity.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::intake::mail {

enum class MatchedBy : std::uint8_t { nothing, in_reply_to, references };
/// "in_reply_to"
std::string_view name(MatchedBy by);

struct Parent {
  MatchedBy by = MatchedBy::nothing;
  std::string id;                      // the identity that was named
  std::optional<std::size_t> message;  // the mail that has it, when it is there
};

/// An identity that a mail names, and in which field.
struct Named {
  MatchedBy by = MatchedBy::nothing;
  std::string id;
  std::optional<std::size_t> message;  // the first mail that has it, when it is there
};

/// Takes mails in any order. A mail that names one that is not there still joins the others that name it.
class Threads {
 public:
  /// Gives the mail's number: 0, 1, 2 … A second mail with a Message-ID seen before belongs to the same thread.
  std::size_t add(std::string_view message_id, std::span<const std::string> in_reply_to,
                  std::span<const std::string> references);

  /// Its Message-ID, as it was given.
  std::string_view id_of(std::size_t message) const { return nodes_[messages_[message].node].id; }

  std::size_t size() const { return messages_.size(); }
  /// The number of the first mail added to the thread of `message`: the same for all of a thread.
  std::size_t thread_of(std::size_t message) const;
  std::size_t threads() const;
  /// Whom the mail answers: In-Reply-To first, then the last of its References. Never itself, and never one that
  /// answers it in turn.
  Parent parent_of(std::size_t message) const;
  /// All that the mail names but itself, the nearest first: In-Reply-To, then References, each from its end.
  std::vector<Named> named_by(std::size_t message) const;

 private:
  struct Kept {
    std::size_t node{};
    std::vector<std::size_t> in_reply_to, references;  // nodes
  };
  struct Node {
    std::string id;
    std::size_t up{};                    // towards the root of its set
    std::optional<std::size_t> message;  // the first with this identity
  };
  std::size_t node_of(std::string_view id);
  std::size_t root_of(std::size_t node) const;
  void join(std::size_t a, std::size_t b);
  std::optional<Parent> named(std::size_t message) const;

  std::vector<Kept> messages_;
  mutable std::vector<Node> nodes_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::map<std::size_t, std::size_t> first_;  // root -> first mail, kept while sets are joined
  mutable std::vector<bool> settled_;         // mails whose way up ends; made again after a mail was added
};

}  // namespace guichet::intake::mail
