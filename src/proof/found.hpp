// Proofs where people have them: several in one file, quoted or indented in an answer, in a mail's encoded part. Knows
// no key and judges nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::proof {

struct FoundProof {
  enum class Kind : std::uint8_t { receipt, head, growth };
  Kind kind{};
  std::string block;   // its lines as they were printed, without what stood around them
  std::size_t line{};  // where it begins in the file, from 1; of an encoded part of a mail, where that begins
  enum class Fault : std::uint8_t { none, cut, carrier };
  Fault fault{};  // cut: begins or ends as no proof does; carrier: the encoding of the part around it is broken
};

/// A part of a mail that is a ZIP: a dossier, perhaps.
struct FoundZip {
  std::string bytes;
  std::size_t line{};  // where it begins in the file, from 1
  bool clean = true;   // false: the encoding of the part around it is broken
};

/// In the order of the file. What has lines as only proofs have them, and is none, is found too, as cut: so that a
/// changed first line hides nothing.
std::vector<FoundProof> proofs_in(std::string_view bytes);
/// … and, apart, the ZIPs that a mail carries.
std::vector<FoundProof> proofs_in(std::string_view bytes, std::vector<FoundZip>& zips);

/// A line without what mails put around it: blanks and the signs of a quoting before, blanks and a return after.
std::string_view unquoted(std::string_view line);

/// What a file that holds no proof seems to be, for people: a key of po/verify.*.po.
std::string_view seems(std::string_view bytes);

}  // namespace guichet::proof
