// A value or the reason why there is none: for what the world does to us (files, foreign bytes). What a
// procedure refuses is a Refusal; what we got wrong ourselves is a GUICHET_CHECK.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace guichet {

/// A kind exists only when some caller acts differently on it; everything else is in `detail`.
enum class Fault : std::uint8_t { not_found, unreadable, storage, usage, conflict };

/// `detail` names the thing, the place and the remedy: "a.toml:14:3: … ; write …".
struct Error {
  Fault fault{};
  std::string detail;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return held_.index() == 0; }
  T& operator*() & { return std::get<0>(held_); }
  const T& operator*() const& { return std::get<0>(held_); }
  T&& operator*() && { return std::get<0>(std::move(held_)); }
  T* operator->() { return &std::get<0>(held_); }
  const T* operator->() const { return &std::get<0>(held_); }
  const Error& error() const { return std::get<1>(held_); }

 private:
  std::variant<T, Error> held_;
};

/// For functions that give nothing back but may fail.
struct Done {};
using Outcome = Result<Done>;

// Binds the value of a Result, or returns its error from the enclosing function.
#define GUICHET_TRY(name, ...)                          \
  auto name##_or_error = (__VA_ARGS__);                 \
  if (!name##_or_error) return name##_or_error.error(); \
  [[maybe_unused]] auto name = std::move(*name##_or_error)

}  // namespace guichet
