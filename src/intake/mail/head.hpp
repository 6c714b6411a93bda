// The header of a message, cut into fields that know their place in the bytes as they came. Knows what no field means;
// signatures are checked over these very bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::intake::mail {

/// One field, by offsets into the message. `begin` … `end` is the whole field with its folds and last line break.
struct Field {
  std::size_t begin{};
  std::size_t name_bytes{};
  std::size_t value{};      // after the colon
  std::size_t value_end{};  // before the last line break
  std::size_t end{};
};

struct Head {
  std::vector<Field> fields;  // as they stand, from the top
  std::size_t body{};         // where the body begins; the size of the message when there is none
  bool junk{};                // lines that are no field stood among them, and were passed over
  bool open{};                // no empty line ends it
  bool cut{};                 // it is longer than the limits; what follows was passed over
};

struct HeadLimits {
  std::size_t fields = 2'000;
  std::size_t bytes = std::size_t{1} << 20;
};

/// Never fails: any bytes have a head, if only an empty one. A first line "From …" or ">From …" of a mailbox is no
/// field.
Head read_head(std::string_view message, const HeadLimits& limits = {});

inline std::string_view name_of(std::string_view message, const Field& field) {
  return message.substr(field.begin, field.name_bytes);
}
inline std::string_view value_of(std::string_view message, const Field& field) {
  return message.substr(field.value, field.value_end - field.value);
}
/// True when `line` could begin a field: a name and a colon.
bool begins_field(std::string_view line);
/// Compares ASCII without regard to case; `lower` is in lower case.
bool same_word(std::string_view word, std::string_view lower);

/// The value in one line: folds become the blank they began with, NULs become blanks, the ends are trimmed, and at most
/// `bytes` of it are given.
std::string unfolded(std::string_view value, std::size_t bytes = std::size_t{1} << 16);

}  // namespace guichet::intake::mail
