// A procedure as a drawing: where a case can stand, who moves it on, and after how much silence. Lays out
// and draws by itself; decides nothing.
#pragma once

#include <string>

#include <guichet/formats/html.hpp>
#include <guichet/rulebook/procedure_file.hpp>

namespace guichet::rulebook {

/// The drawing as an <svg> element for a page: it scales with its viewBox, names its parts for readers
/// that do not see it, and takes its colours from the page's style or from its own.
formats::Html diagram(const ProcedureFile& file, formats::Language language);

/// The same as a file of its own.
std::string diagram_as_svg(const ProcedureFile& file, formats::Language language);

}  // namespace guichet::rulebook
