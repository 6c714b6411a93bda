#include <guichet/proof/leaf.hpp>

#include <type_traits>

namespace guichet::proof {
namespace {

/// Sixteen bytes with the kind: no other bytes of ours that are hashed begin so.
constexpr std::string_view kBegin{"guichet leaf 1\0", 15};

enum class LeafKind : std::uint8_t { key = 1, text, act, procedure, house, erasure };

class Putting {
 public:
  Putting(std::string& bytes, LeafKind kind) : bytes_(bytes) {
    bytes_.assign(kBegin);
    bytes_ += static_cast<char>(kind);
  }
  template <class Whole>
    requires std::is_integral_v<Whole>
  Putting& operator()(Whole value) {
    for (std::size_t i = 0; i < sizeof value; ++i)
      bytes_ += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFFU);
    return *this;
  }
  template <class Small>
    requires std::is_enum_v<Small>
  Putting& operator()(Small value) {
    return (*this)(static_cast<std::uint8_t>(value));
  }
  template <class Tag, class Rep>
  Putting& operator()(Id<Tag, Rep> id) {
    return (*this)(id.value);
  }
  Putting& operator()(Instant at) { return (*this)(std::int64_t{at.time_since_epoch().count()}); }
  template <std::size_t Size>
  Putting& operator()(const std::array<std::byte, Size>& array) {
    bytes_.append(reinterpret_cast<const char*>(array.data()), Size);
    return *this;
  }
  Putting& operator()(const std::string& text) {
    (*this)(static_cast<std::uint32_t>(text.size()));
    bytes_ += text;
    return *this;
  }

 private:
  std::string& bytes_;
};

/// The same in the other direction; `ok` says whether there was enough.
class Taking {
 public:
  explicit Taking(std::string_view bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size(); }

  template <class Whole>
    requires std::is_integral_v<Whole>
  Taking& operator()(Whole& value) {
    std::uint64_t whole = 0;
    const std::string_view taken = take(sizeof value);
    for (std::size_t i = 0; i < taken.size(); ++i)
      whole |= std::uint64_t{static_cast<unsigned char>(taken[i])} << (8 * i);
    value = static_cast<Whole>(whole);
    return *this;
  }
  template <class Small>
    requires std::is_enum_v<Small>
  Taking& operator()(Small& value) {
    std::uint8_t byte = 0;
    (*this)(byte);
    value = static_cast<Small>(byte);
    return *this;
  }
  template <class Tag, class Rep>
  Taking& operator()(Id<Tag, Rep>& id) {
    return (*this)(id.value);
  }
  Taking& operator()(Instant& at) {
    std::int64_t ms = 0;
    (*this)(ms);
    at = Instant{Duration{ms}};
    return *this;
  }
  template <std::size_t Size>
  Taking& operator()(std::array<std::byte, Size>& array) {
    const std::string_view taken = take(Size);
    for (std::size_t i = 0; i < taken.size(); ++i) array[i] = static_cast<std::byte>(taken[i]);
    return *this;
  }
  Taking& operator()(std::string& text) {
    std::uint32_t size = 0;
    (*this)(size);
    text = take(size);
    return *this;
  }

 private:
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) ok_ = false;
    if (!ok_) return {};
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  std::string_view bytes_;
  bool ok_ = true;
};

// What each kind has, in its order; said once for both directions.

template <class Each, class One>
void members(Each& each, One& leaf)
  requires std::is_same_v<std::remove_const_t<One>, KeyLeaf>
{
  each(leaf.number)(leaf.at)(leaf.key);
}

template <class Each, class One>
void members(Each& each, One& leaf)
  requires std::is_same_v<std::remove_const_t<One>, TextLeaf>
{
  each(leaf.id)(leaf.case_id)(leaf.kind)(leaf.author)(leaf.bytes)(leaf.digest)(leaf.name_digest)(leaf.media_type);
}

template <class Each, class One>
void members(Each& each, One& leaf)
  requires std::is_same_v<std::remove_const_t<One>, ProcedureLeaf>
{
  each(leaf.id)(leaf.effective_from)(leaf.adopted)(leaf.by)(leaf.toml)(leaf.name)(leaf.version);
}

template <class Each, class One>
void members(Each& each, One& leaf)
  requires std::is_same_v<std::remove_const_t<One>, HouseLeaf>
{
  each(leaf.number)(leaf.at)(leaf.by)(leaf.what)(leaf.detail);
}

template <class Each, class One>
void members(Each& each, One& leaf)
  requires std::is_same_v<std::remove_const_t<One>, ErasureLeaf>
{
  each(leaf.number)(leaf.at)(leaf.text);
}

/// Of an act, all but its command and its events.
template <class Each, class One>
void head_members(Each& each, One& leaf) {
  each(leaf.number)(leaf.position)(leaf.recorded)(leaf.case_id)(leaf.person)(leaf.account)(leaf.version)(leaf.channel);
}

template <class Each, class One>
void command_members(Each& each, One& c) {
  each(c.at)(c.actor)(c.text)(c.detail)(c.other)(c.kind)(c.party)(c.aux)(c.facts);
}

/// The case and the version follow from the act.
template <class Each, class One>
void event_members(Each& each, One& e) {
  each(e.at)(e.actor)(e.text)(e.detail)(e.kind)(e.party)(e.clock)(e.aux);
}

template <class Plain>
std::optional<Leaf> read_plain(Taking& taking) {
  Plain leaf;
  members(taking, leaf);
  if (!taking.ok() || taking.left() != 0) return std::nullopt;
  return leaf;
}

std::optional<Leaf> read_act(Taking& taking) {
  ActLeaf leaf;
  head_members(taking, leaf);
  std::uint8_t commanded = 0;
  taking(commanded);
  if (commanded > 1) return std::nullopt;
  if (commanded == 1) {
    Command command{};
    command.case_id = leaf.case_id;
    command_members(taking, command);
    leaf.command = command;
  }
  std::uint32_t count = 0;
  taking(count);
  // No more than the bytes can hold: a number from outside asks for no memory.
  if (!taking.ok() || count > taking.left()) return std::nullopt;
  for (std::uint32_t i = 0; i < count && taking.ok(); ++i) {
    EventLeaf& one = leaf.events.emplace_back();
    one.event.case_id = leaf.case_id;
    one.event.version = Version{leaf.version.value + i};
    event_members(taking, one.event);
    if (one.event.text) taking(one.text_digest);
  }
  if (!taking.ok() || taking.left() != 0) return std::nullopt;
  return leaf;
}

}  // namespace

void canonical(const KeyLeaf& leaf, std::string& bytes) {
  Putting put(bytes, LeafKind::key);
  members(put, leaf);
}

void canonical(const TextLeaf& leaf, std::string& bytes) {
  Putting put(bytes, LeafKind::text);
  members(put, leaf);
}

void canonical(const ActLeaf& leaf, std::string& bytes) {
  Putting put(bytes, LeafKind::act);
  head_members(put, leaf);
  put(static_cast<std::uint8_t>(leaf.command ? 1 : 0));
  if (leaf.command) command_members(put, *leaf.command);
  put(static_cast<std::uint32_t>(leaf.events.size()));
  for (const EventLeaf& one : leaf.events) {
    event_members(put, one.event);
    if (one.event.text) put(one.text_digest);
  }
}

void canonical(const ProcedureLeaf& leaf, std::string& bytes) {
  Putting put(bytes, LeafKind::procedure);
  members(put, leaf);
}

void canonical(const HouseLeaf& leaf, std::string& bytes) {
  Putting put(bytes, LeafKind::house);
  members(put, leaf);
}

void canonical(const ErasureLeaf& leaf, std::string& bytes) {
  Putting put(bytes, LeafKind::erasure);
  members(put, leaf);
}

std::string canonical(const Leaf& leaf) {
  std::string bytes;
  std::visit([&bytes](const auto& one) { canonical(one, bytes); }, leaf);
  return bytes;
}

std::optional<Leaf> read_leaf(std::string_view bytes) {
  if (!bytes.starts_with(kBegin) || bytes.size() == kBegin.size()) return std::nullopt;
  const auto kind = static_cast<LeafKind>(bytes[kBegin.size()]);
  Taking taking(bytes.substr(kBegin.size() + 1));
  switch (kind) {
    case LeafKind::key: return read_plain<KeyLeaf>(taking);
    case LeafKind::text: return read_plain<TextLeaf>(taking);
    case LeafKind::act: return read_act(taking);
    case LeafKind::procedure: return read_plain<ProcedureLeaf>(taking);
    case LeafKind::house: return read_plain<HouseLeaf>(taking);
    case LeafKind::erasure: return read_plain<ErasureLeaf>(taking);
  }
  return std::nullopt;
}

Hash name_digest(const Hash& key, std::string_view name) {
  if (name.empty()) return {};
  std::string bytes{"guichet name 1\0", 15};
  bytes += name;
  return hmac_sha256(key, bytes);
}

}  // namespace guichet::proof
