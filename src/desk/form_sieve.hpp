// A form with files as it streams by: its words are kept, what its files hold is let through and forgotten. So a form
// that is too long can be answered with its words. Knows no sockets and no limits of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <guichet/desk/http.hpp>

namespace guichet::desk {

class FormSieve {
 public:
  /// Of multipart/form-data (RFC 7578) with this boundary.
  explicit FormSieve(std::string_view boundary);
  /// For a form that somebody sends from a page: nothing for any other request, as programs want their refusal at once.
  static std::optional<FormSieve> of(const Request& request);

  /// Appends to `kept` what is left of `bytes`: the same form, whose files are empty. False when it is no form.
  bool feed(std::string_view bytes, std::string& kept);

 private:
  enum class Place : std::uint8_t { before, boundary, head, words, file, behind };

  std::size_t step(std::string_view text, std::string& kept);
  std::size_t pass(std::string_view text, std::string& kept);
  std::size_t behind_boundary(std::string_view text, std::string& kept);
  std::size_t read_head(std::string_view text, std::string& kept);

  std::string delimiter_;  // with the line end before it
  std::string pending_;    // of which it is not yet known what it is: shorter than a head or a delimiter, and what came
  Place place_ = Place::before;
  bool broken_ = false;
};

}  // namespace guichet::desk
