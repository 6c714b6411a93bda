#include <guichet/dossier/told_case.hpp>

#include <algorithm>

namespace guichet::dossier {

std::string_view name(Edition edition) {
  switch (edition) {
    case Edition::seller: return "seller";
    case Edition::whole: return "whole";
  }
  return {};
}

std::string_view name(Piece::Kind kind) {
  switch (kind) {
    case Piece::Kind::words: return "words";
    case Piece::Kind::note: return "note";
    case Piece::Kind::file: return "file";
    case Piece::Kind::mail: return "mail";
    case Piece::Kind::label: return "label";
  }
  return {};
}

std::size_t imported_events(const ToldCase& told) {
  return static_cast<std::size_t>(std::ranges::count(told.comings, true, &Coming::imported));
}

const Piece* piece_of(const ToldCase& told, TextId id) {
  const auto found = std::ranges::lower_bound(told.pieces, id, {}, &Piece::id);
  return found == told.pieces.end() || found->id != id ? nullptr : &*found;
}

const Erasure* erasure_of(const ToldCase& told, TextId id) {
  const auto found = std::ranges::find(told.erasures, id, &Erasure::text);
  return found == told.erasures.end() ? nullptr : &*found;
}

std::vector<TextId> files_of(const ToldCase& told) {
  std::vector<TextId> files;
  for (const Piece& piece : told.pieces)
    if (piece.kind == Piece::Kind::file) files.push_back(piece.id);
  return files;
}

}  // namespace guichet::dossier
