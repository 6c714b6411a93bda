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
#include <guichet/dossier/told_case.hpp>
#include <guichet/proof/manifest.hpp>

namespace guichet::dossier {

/// A text and the path of the entry that is its body, byte for byte: for those who check its digest.
struct TextPlace {
  TextId text;
  std::string path;
};

struct Bundling {
  bool paper = true;  // also chronology.pdf
  // The proof; what is empty is left out, and the dossier says so.
  std::string receipt;                                  // of the case, as proof/receipt.hpp prints it
  std::function<Result<proof::Hash>(TextId)> text_key;  // the key of a text's digests
  std::string stamp;                    // what an authority said of the head's time (RFC 3161), as it came
  std::optional<proof::PublicKey> key;  // by which the list of entries is signed
  std::function<Result<proof::Signature>(std::string_view)> sign;
};

/// The ZIP. Fault::usage when it would become too large.
Result<std::string> bundle(const ToldCase& told, const Voice& voice, const Bundling& bundling);

/// case.json: all events, in order, with what they rest on, and all texts with their digests.
std::string case_json(const ToldCase& told, const Chronology& chronology, const std::vector<TextPlace>& places);

}  // namespace guichet::dossier
