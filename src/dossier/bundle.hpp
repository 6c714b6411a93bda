// A dossier as one file: the case as JSON, its mails, its exhibits, the chronology as a page and on paper, proofs, and
// the list of all that with its signature. The same case gives the same bytes. Knows no ledger and signs nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/dossier/chronology.hpp>
#include <guichet/dossier/manifest.hpp>
#include <guichet/dossier/told_case.hpp>

namespace guichet::dossier {

/// An entry that others have made: "proof/receipt.txt".
struct OtherEntry {
  std::string name, bytes;
};

/// A text and the path of the entry that is its body, byte for byte: for those who check its digest.
struct TextPlace {
  TextId text;
  std::string path;
};

struct Bundling {
  MoreChapters more;
  /// Made when it is known where each text stands; in the order in which they shall stand. May be empty.
  std::function<Result<std::vector<OtherEntry>>(const std::vector<TextPlace>& texts)> proofs;
  /// Signs the list; nothing when there is no key. May be empty.
  std::function<Result<std::optional<ListSignature>>(std::string_view manifest)> sign;
  bool paper = true;  // also chronology.pdf
};

/// The ZIP. Fault::usage when it would become too large.
Result<std::string> bundle(const ToldCase& told, const Voice& voice, const Bundling& bundling);

/// case.json: all events, in order, with what they rest on, and all texts with their digests.
std::string case_json(const ToldCase& told, const Chronology& chronology, const std::vector<TextPlace>& places);

}  // namespace guichet::dossier
