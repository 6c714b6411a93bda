// What a dossier says, before it is a page or paper: a cover, chapters, paragraphs, tables, places that lead to one
// another. Knows no case; one folio gives the page and the paper, so that both say the same.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/base/time.hpp>
#include <guichet/formats/phrases.hpp>

namespace guichet::dossier {

/// How a word stands out; never by colour alone.
enum class Tone : std::uint8_t { plain, muted, good, bad, wait };

struct Run {
  std::string text;
  Tone tone{};
  bool strong = false;
  bool mono = false;   // paths, clauses
  bool small = false;  // digests, that they may stand on one line of paper
  std::string to;      // "#place" in the same folio, or the path of an entry beside it; empty: leads nowhere
};
/// One paragraph; line feeds break lines.
using Line = std::vector<Run>;

/// Whose words or acts a row is: a band at its edge.
enum class Side : std::uint8_t { none, seller, desk, third };

struct Column {
  std::string title;
  unsigned share = 1;  // of the width, against the others
  bool number = false;
};
struct Row {
  std::vector<std::vector<Line>> cells;  // one per column, each of paragraphs
  std::string place;                     // other runs may lead here; may be empty
  Side side{};
  std::string bookmark = {};  // of the paper, to its place; may be empty
};

struct Block {
  enum class Kind : std::uint8_t { chapter, section, paragraph, bullet, box, table };
  Kind kind{};
  std::string place;            // of chapters and sections: set
  Line line;                    // all but tables; of a table: its caption, may be empty
  std::vector<Line> more = {};  // box: further paragraphs
  std::vector<Column> columns = {};
  std::vector<Row> rows = {};
};

struct Folio {
  formats::Language language{};
  std::string title;                                       // "Case 1042"
  std::string subtitle;                                    // the subject
  std::string author;                                      // of the document: the desk
  std::string kind;                                        // above the title: "Dossier"
  std::vector<std::pair<std::string, std::string>> cover;  // what it is about: name and value
  std::vector<Line> cover_notes;                           // in a box at the foot of the cover
  std::vector<Block> blocks;
  std::string foot;    // on every page: what the digest is of
  std::string digest;  // … and the digest, in hexadecimal
  Instant made{};      // stands in the paper's own data

  // Words of ours around it.
  std::string contents_title;  // "Contents"
  std::string page_of;         // "Page {n} of {of}"
  std::string cut_note;        // "… (cut here; in full in the page and in the mail)"
  std::string unknown_signs;   // "{n} signs …"
  std::string continued;       // "continued", beside the caption of a table that goes on
};

/// One paragraph's words as they are.
Line plain(std::string text);

/// A page in one file: its style inside, nothing loaded, no scripts.
std::string folio_page(const Folio& folio);

/// A4 paper as PDF, its fonts inside, with bookmarks, places to go to and the digest at the foot of each page. The same
/// folio gives the same bytes, whatever fonts the machine has. Safe from any thread; one is printed at a time.
Result<std::string> folio_print(const Folio& folio);

}  // namespace guichet::dossier
