// A procedure as prose that a seller can read, and as a page: every key of the file becomes a sentence of
// the catalogue, with the clause it comes from. Decides nothing, judges nothing.
#pragma once

#include <string>
#include <vector>

#include <guichet/formats/html.hpp>
#include <guichet/formats/phrases.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {

/// `path` is the key of the file that it tells.
struct Sentence {
  std::string text, path;
};

/// What one table of the file says.
struct Paragraph {
  std::string title;  // may be empty
  std::string path;   // the table
  std::string id;     // its name inside the file, where it has one: a level's, a matter's
  std::vector<Sentence> sentences;
};

struct Section {
  std::string id, title;
  std::vector<Paragraph> paragraphs;
};

struct Explanation {
  std::string title, subtitle, footer;
  std::vector<Sentence> brief;  // "In short": at most 12 words each
  std::vector<Section> sections;
};

/// The same file gives the same words; two files that differ in any rule differ in words.
Explanation explain(const ProcedureFile& file, formats::Language language);

/// How much time, exactly, in its largest whole unit: "48 hours", "2 working days". Empty for none.
std::string time_in_words(const ProcedureFile& file, const Allowance& allowance, const formats::Phrases& phrases);

/// What truly follows when a clock runs out: its effect, but `nothing` where the file writes one that has
/// no right or no meaning there, and what stands for climbing where no time limit may make a case climb.
Effect what_follows(const Procedure& rules, Clock clock);

/// The same in two or three words.
std::string short_effect(const Procedure& rules, Clock clock, const formats::Phrases& phrases);

/// "you or by the desk", for the bits kBySeller …: what follows "by".
std::string agents_in_words(std::uint8_t by, const formats::Phrases& phrases);

/// Plain text, lines of at most 80 signs.
std::string explain_as_text(const ProcedureFile& file, formats::Language language);

/// A page: in short, the diagram, all time limits as a table, the prose, every clause with its source.
std::string explain_as_page(const ProcedureFile& file, formats::Language language);

/// The same as a part of a page of somebody else, its headings of the second rank; each clause can be led to by its
/// path ("#clocks.first_answer").
formats::Html explain_as_html(const ProcedureFile& file, formats::Language language);

}  // namespace guichet::rulebook
