# guichet_embed(TARGET TABLE FILE...): puts the bytes of files into a library, by name.
#
# The sources of TARGET then see
#   #include <guichet/embedded/TABLE.hpp>   // std::span<const EmbeddedFile> guichet::embedded::TABLE();
# in the order of the file names. The files may be made by the build; a changed file is embedded anew.
function(guichet_embed target table)
  set(dir ${PROJECT_BINARY_DIR}/embedded/${table})
  set(header ${dir}/guichet/embedded/${table}.hpp)
  set(source ${dir}/${table}.cpp)

  file(CONFIGURE OUTPUT ${header} @ONLY CONTENT [[
#pragma once
#include <span>
#include <guichet/base/embedded.hpp>
namespace guichet::embedded {
std::span<const EmbeddedFile> @table@();
}  // namespace guichet::embedded
]])

  list(SORT ARGN)
  set(count 0)
  set(bytes "")
  set(declarations "")
  set(rows "")
  foreach(file IN LISTS ARGN)
    cmake_path(GET file FILENAME name)
    set(symbol guichet_embedded_${table}_${count})
    string(APPEND bytes "asm(\".pushsection .rodata\\n.balign 16\\n\"\n"
      "    \".global ${symbol}\\n${symbol}:\\n.incbin \\\"${file}\\\"\\n\"\n"
      "    \".global ${symbol}_end\\n${symbol}_end:\\n.byte 0\\n.popsection\\n\");\n")
    string(APPEND declarations "extern const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND rows "      {\"${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include <guichet/embedded/@table@.hpp>
#include <array>
#include <cstddef>
@bytes@
extern "C" {
@declarations@
}
namespace guichet::embedded {
std::span<const EmbeddedFile> @table@() {
  static const std::array<EmbeddedFile, @count@> files{{
@rows@  }};
  return files;
}
}  // namespace guichet::embedded
]])

  target_sources(${target} PRIVATE ${source})
  target_include_directories(${target} PRIVATE ${dir})
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS "${ARGN}")
endfunction()
