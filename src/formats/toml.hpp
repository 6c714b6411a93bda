// TOML with a place for every key: a document as plain values, and a reader of tables that gathers all
// faults instead of stopping at the first. Knows no domain words; the parsing library stays in the .cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>

namespace guichet::formats {

/// Line and column, both from 1; columns count code points.
struct TomlPlace {
  std::uint32_t line{1}, column{1};
};

struct TomlMember;

struct TomlValue {
  enum class Kind : std::uint8_t { table, array, text, integer, number, boolean, date, moment };
  Kind kind{};
  TomlPlace place;
  std::string text;  // text; for dates and moments their spelling
  std::int64_t integer{};
  double number{};
  bool boolean{};
  std::vector<TomlMember> members;  // of a table, in the order of the file
  std::vector<TomlValue> items;     // of an array

  /// The value under `key`, or null.
  const TomlValue* find(std::string_view key) const;
};

struct TomlMember {
  std::string key;
  TomlPlace place;  // of the key
  TomlValue value;
};

/// "a table", "a text" …, for messages.
std::string_view kind_name(TomlValue::Kind kind);

inline constexpr std::size_t kTomlBytesMax = 1U << 20U;

/// Reads a document of at most kTomlBytesMax bytes. The error's detail is "PATH:LINE:COLUMN: what is wrong".
Result<TomlValue> parse_toml(std::string_view text, const std::string& path);

/// `text` as a basic string in quotes, with what must be escaped escaped.
std::string toml_quoted(std::string_view text);

/// The word among `known` that `word` was probably meant to be: the least edit distance, at most a third
/// of the longer word's length (two edits are always near); empty when none is near.
std::string nearest_word(std::string_view word, std::span<const std::string> known);

/// The faults of one document.
class TomlFaults {
 public:
  void add(TomlPlace place, std::string what);
  bool none() const { return faults_.empty(); }
  /// One line per fault, "PATH:LINE:COLUMN: what", sorted by place; the first hundred.
  Error error(const std::string& path) const;

 private:
  struct Fault {
    TomlPlace place;
    std::string what;
  };
  std::vector<Fault> faults_;
};

/// Reads one table key by key: says what is wrong with a value, and, at `finish`, which keys nobody asked
/// for. A table that the document lacks reads as an empty one. With `known` set, nothing is at fault and
/// every key asked for is written there, dotted ("ladder.team"): the format describes itself.
class TomlTable {
 public:
  /// `path` is the table's own, dotted; empty for the document. `value` may be null.
  TomlTable(const TomlValue* value, std::string path, TomlPlace place, TomlFaults& faults,
            std::set<std::string>* known = nullptr);

  bool present() const { return value_ != nullptr; }
  const std::string& path() const { return path_; }
  TomlPlace place() const { return place_; }
  /// Of the value under `key`, or of the table when it has none.
  TomlPlace place(std::string_view key) const;
  bool has(std::string_view key) const { return value_ != nullptr && value_->find(key) != nullptr; }
  bool recording() const { return known_ != nullptr; }

  /// The value under `key` if it is of `kind`; another kind is a fault. Null when absent or at fault.
  const TomlValue* get(std::string_view key, TomlValue::Kind kind);
  /// The value under `key` of whatever kind; null when absent.
  const TomlValue* any(std::string_view key);

  std::string text(std::string_view key, const std::string& fallback = {});
  bool flag(std::string_view key, bool fallback);
  /// A whole number within [min, max].
  std::int64_t whole(std::string_view key, std::int64_t min, std::int64_t max, std::int64_t fallback);
  std::vector<std::string> texts(std::string_view key);
  TomlTable table(std::string_view key);
  /// Calls `read` for each table of an array of tables (when recording, for one that is empty).
  void each(std::string_view key, const std::function<void(TomlTable)>& read);
  /// Calls `read` for each table of a table, with its key (when recording, with "NAME").
  void each_named(std::string_view key, const std::function<void(const std::string&, TomlTable)>& read);

  /// The index in `allowed` of the word under `key`; `fallback` when absent or at fault.
  std::size_t choice(std::string_view key, std::span<const std::string_view> allowed, std::size_t fallback);
  /// A bit per word of the array under `key`, in the order of `allowed`.
  std::uint32_t choices(std::string_view key, std::span<const std::string_view> allowed, std::uint32_t fallback);

  /// Faults when `key` is absent; `remedy` says what to write.
  void require(std::string_view key, std::string_view remedy);
  void fault(std::string_view key, std::string what);
  void fault(TomlPlace place, std::string what);
  /// Faults because the name under `key` is not `what`, with the nearest of the `known` ones, or all of them.
  void fault_unknown(std::string_view key, std::string_view name, std::span<const std::string> known,
                     std::string_view what);

  /// Faults for each key that was never asked for, naming the nearest that was.
  void finish();

 private:
  void note(std::string_view key);
  std::string child(std::string_view key) const;

  const TomlValue* value_;
  std::string path_;
  TomlPlace place_;
  TomlFaults* faults_;
  std::set<std::string>* known_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace guichet::formats
