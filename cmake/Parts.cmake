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
