#include <guichet/intake/mail/thread.hpp>

#include <algorithm>

namespace guichet::intake::mail {

std::string_view name(MatchedBy by) {
  switch (by) {
    case MatchedBy::nothing: return "nothing";
    case MatchedBy::in_reply_to: return "in_reply_to";
    case MatchedBy::references: return "references";
  }
  return "nothing";
}

std::size_t Threads::node_of(std::string_view id) {
  if (!id.empty())
    if (const auto found = by_id_.find(id); found != by_id_.end()) return found->second;
  const std::size_t node = nodes_.size();
  nodes_.push_back({.id = std::string(id), .up = node, .message = {}});
  if (!id.empty()) by_id_.emplace(id, node);
  return node;
}

std::size_t Threads::root_of(std::size_t node) const {
  while (nodes_[node].up != node) {
    nodes_[node].up = nodes_[nodes_[node].up].up;
    node = nodes_[node].up;
  }
  return node;
}

void Threads::join(std::size_t a, std::size_t b) {
  const std::size_t x = root_of(a);
  const std::size_t y = root_of(b);
  if (x == y) return;
  nodes_[y].up = x;
  const auto of_y = first_.find(y);
  if (of_y == first_.end()) return;
  const auto [of_x, fresh] = first_.emplace(x, of_y->second);
  if (!fresh) of_x->second = std::min(of_x->second, of_y->second);
  first_.erase(of_y);
}

std::size_t Threads::add(std::string_view message_id, std::span<const std::string> in_reply_to,
                         std::span<const std::string> references) {
  const std::size_t message = messages_.size();
  Kept kept;
  kept.node = node_of(message_id);
  if (!nodes_[kept.node].message) nodes_[kept.node].message = message;
  first_.emplace(root_of(kept.node), message);
  const auto name_all = [&](std::span<const std::string> ids, std::vector<std::size_t>& nodes) {
    for (const std::string& id : ids) {
      const std::size_t node = node_of(id);
      nodes.push_back(node);
      join(kept.node, node);
    }
  };
  name_all(references, kept.references);
  name_all(in_reply_to, kept.in_reply_to);
  messages_.push_back(std::move(kept));
  return message;
}

std::size_t Threads::thread_of(std::size_t message) const { return first_.at(root_of(messages_[message].node)); }

std::size_t Threads::threads() const { return first_.size(); }

std::optional<Parent> Threads::named(std::size_t message) const {
  const Kept& kept = messages_[message];
  const auto look = [&](const std::vector<std::size_t>& nodes, MatchedBy by, bool present) -> std::optional<Parent> {
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node)
      if (*node != kept.node && nodes_[*node].message.has_value() == present)
        return Parent{.by = by, .id = nodes_[*node].id, .message = nodes_[*node].message};
    return {};
  };
  // A mail that is there says more than one that is not.
  if (auto found = look(kept.in_reply_to, MatchedBy::in_reply_to, true)) return found;
  if (auto found = look(kept.references, MatchedBy::references, true)) return found;
  if (auto found = look(kept.in_reply_to, MatchedBy::in_reply_to, false)) return found;
  return look(kept.references, MatchedBy::references, false);
}

Parent Threads::parent_of(std::size_t message) const {
  const auto parent = named(message);
  if (!parent) return {};
  // In a ring the mail that was added first answers nobody. What is known to lie in none is walked once.
  if (settled_.size() != messages_.size()) settled_.assign(messages_.size(), false);
  std::vector<std::size_t> way;
  std::size_t at = message;
  std::size_t first = message;
  while (!settled_[at]) {
    way.push_back(at);
    const auto up = named(at);
    if (!up || !up->message) break;
    at = *up->message;
    first = std::min(first, at);
    if (at == message) return first == message ? Parent{} : *parent;
    if (way.size() > messages_.size()) return *parent;  // it leads into a ring, but is not of it
  }
  for (const std::size_t each : way) settled_[each] = true;
  return *parent;
}

std::vector<Named> Threads::named_by(std::size_t message) const {
  const Kept& kept = messages_[message];
  std::vector<Named> all;
  const auto add = [&](const std::vector<std::size_t>& nodes, MatchedBy by) {
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node)
      if (*node != kept.node) all.push_back({by, nodes_[*node].id, nodes_[*node].message});
  };
  add(kept.in_reply_to, MatchedBy::in_reply_to);
  add(kept.references, MatchedBy::references);
  return all;
}

}  // namespace guichet::intake::mail
