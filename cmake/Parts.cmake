# The outside libraries, all from the distribution's packages, each hidden in the .cpp files of one room.
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(EXPAT REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(FMT REQUIRED IMPORTED_TARGET fmt)
find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
find_path(DATE_INCLUDE date/tz.h REQUIRED)
find_library(DATE_TZ_LIBRARY date-tz REQUIRED)
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)

add_library(guichet_parts_formats INTERFACE)
target_include_directories(guichet_parts_formats SYSTEM INTERFACE ${TOMLPLUSPLUS_INCLUDE} ${DATE_INCLUDE})
target_link_libraries(guichet_parts_formats INTERFACE Boost::json EXPAT::EXPAT ZLIB::ZLIB PkgConfig::FMT
                      ${DATE_TZ_LIBRARY})
add_library(guichet::parts_formats ALIAS guichet_parts_formats)

add_library(guichet_parts_cli INTERFACE)
target_include_directories(guichet_parts_cli SYSTEM INTERFACE ${CLI11_INCLUDE})
target_link_libraries(guichet_parts_cli INTERFACE PkgConfig::FMT)
add_library(guichet::parts_cli ALIAS guichet_parts_cli)

pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
add_library(guichet_parts_ledger INTERFACE)
target_link_libraries(guichet_parts_ledger INTERFACE PkgConfig::SQLITE PkgConfig::SODIUM)
add_library(guichet::parts_ledger ALIAS guichet_parts_ledger)

find_package(OpenSSL REQUIRED)
pkg_check_modules(GMIME REQUIRED IMPORTED_TARGET gmime-3.0)
add_library(guichet_parts_mail INTERFACE)
target_link_libraries(guichet_parts_mail INTERFACE PkgConfig::GMIME OpenSSL::Crypto PkgConfig::SODIUM)
add_library(guichet::parts_mail ALIAS guichet_parts_mail)

find_package(Threads REQUIRED)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode)
add_library(guichet_parts_desk INTERFACE)
target_link_libraries(guichet_parts_desk INTERFACE Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads
                      PkgConfig::SODIUM PkgConfig::CURL PkgConfig::FMT PkgConfig::QRENCODE resolv)
add_library(guichet::parts_desk ALIAS guichet_parts_desk)

pkg_check_modules(PANGO REQUIRED IMPORTED_TARGET pangocairo pangoft2 cairo-pdf fontconfig)
add_library(guichet_parts_print INTERFACE)
target_link_libraries(guichet_parts_print INTERFACE PkgConfig::PANGO)
add_library(guichet::parts_print ALIAS guichet_parts_print)

# The letters of paper, of fonts-dejavu-core: put into the program, so that the machine's own change nothing.
set(GUICHET_FONTS /usr/share/fonts/truetype/dejavu CACHE PATH "The folder of the DejaVu fonts")
set(paper_fonts "")
foreach(font DejaVuSans DejaVuSans-Bold DejaVuSansMono DejaVuSansMono-Bold DejaVuSerif DejaVuSerif-Bold)
  if(NOT EXISTS ${GUICHET_FONTS}/${font}.ttf)
    message(FATAL_ERROR "${GUICHET_FONTS}/${font}.ttf is not there: install fonts-dejavu-core or set GUICHET_FONTS")
  endif()
  list(APPEND paper_fonts ${GUICHET_FONTS}/${font}.ttf)
endforeach()
