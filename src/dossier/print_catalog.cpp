#include <guichet/dossier/print_catalog.hpp>

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace guichet::dossier {
namespace {

std::optional<std::size_t> number_after(std::string_view text, std::string_view word) {
  const std::size_t at = text.rfind(word);
  if (at == std::string_view::npos) return std::nullopt;
  std::size_t from = text.find_first_not_of(" \r\n", at + word.size());
  if (from == std::string_view::npos) return std::nullopt;
  std::size_t number = 0;
  const auto read = std::from_chars(text.data() + from, text.data() + text.size(), number);
  if (read.ec != std::errc{}) return std::nullopt;
  return number;
}

/// What stands between "<<" and "endobj" of an object.
std::optional<std::string> inside_of(std::string_view pdf, std::size_t number) {
  const std::size_t object = pdf.rfind(fmt::format("\n{} 0 obj\n", number));
  if (object == std::string_view::npos) return std::nullopt;
  const std::size_t open = pdf.find("<<", object), end = pdf.find("endobj", object);
  if (open == std::string_view::npos || end == std::string_view::npos || open > end) return std::nullopt;
  return std::string(pdf.substr(open + 2, end - open - 2));
}

/// Dates of PDF begin with "D:" (ISO 32000-1, 7.9.4), which cairo 1.16 leaves out.
std::string with_dates(std::string about) {
  for (const std::string_view key : {"/CreationDate (", "/ModDate ("}) {
    const std::size_t at = about.find(key);
    if (at != std::string::npos && about.compare(at + key.size(), 2, "D:") != 0) about.insert(at + key.size(), "D:");
  }
  return about;
}

}  // namespace

std::string with_language(std::string pdf, std::string_view language) {
  const std::string_view all = pdf;
  const std::size_t trailer = all.rfind("trailer");
  const auto table = number_after(all, "startxref");
  if (trailer == std::string_view::npos || !table) return pdf;
  const std::string_view tail = all.substr(trailer);
  const auto root = number_after(tail, "/Root"), size = number_after(tail, "/Size"), info = number_after(tail, "/Info");
  if (!root || !size || !info) return pdf;
  const auto catalog = inside_of(all, *root), about = inside_of(all, *info);
  if (!catalog || !about || catalog->find("/Lang") != std::string::npos) return pdf;

  if (pdf.back() != '\n') pdf += '\n';
  const std::size_t catalog_at = pdf.size();
  pdf += fmt::format("{} 0 obj\n<< /Lang ({}) /ViewerPreferences << /DisplayDocTitle true >>{}endobj\n", *root,
                     language, *catalog);
  const std::size_t about_at = pdf.size();
  pdf += fmt::format("{} 0 obj\n<<{}endobj\n", *info, with_dates(*about));
  const std::size_t update = pdf.size();
  pdf += fmt::format("xref\n{} 1\n{:010} 00000 n \n{} 1\n{:010} 00000 n \n", *root, catalog_at, *info, about_at);
  pdf += fmt::format("trailer\n<< /Size {} /Root {} 0 R /Info {} 0 R /Prev {} >>\nstartxref\n{}\n%%EOF\n", *size, *root,
                     *info, *table, update);
  return pdf;
}

}  // namespace guichet::dossier
