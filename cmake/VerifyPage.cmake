# The verifier as one page without a server: clang makes the program for the browser (WebAssembly), a script puts it
# into the page. Without the packages for that (wasi-libc, libc++-19-dev-wasm32, libclang-rt-19-dev-wasm32, lld-19), no
# page.
find_program(GUICHET_WASM_CLANG clang++-19)
find_program(GUICHET_WASM_LD wasm-ld-19)
find_package(Python3 COMPONENTS Interpreter)
set(wasm_cxx /usr/lib/llvm-19/include/wasm32-wasi/c++/v1)
set(wasm_libc /usr/include/wasm32-wasi)
if(NOT GUICHET_WASM_CLANG OR NOT GUICHET_WASM_LD OR NOT Python3_FOUND OR NOT EXISTS ${wasm_cxx}
   OR NOT EXISTS ${wasm_libc})
  message(STATUS "verify.html is not made: the packages for WebAssembly are not there")
  return()
endif()

file(GLOB proof_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/proof/*.cpp)
file(GLOB proof_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/proof/*.hpp)
set(wasm_sources ${PROJECT_SOURCE_DIR}/ui/verify/verify.cpp ${proof_sources})
foreach(name base/sha256 base/sha256_rounds base/time base/utf8 base/check core/names formats/zip)
  list(APPEND wasm_sources ${PROJECT_SOURCE_DIR}/src/${name}.cpp)
endforeach()
set(doors "")
foreach(room base core proof formats)
  list(APPEND doors -I${PROJECT_BINARY_DIR}/doors/${room})
endforeach()
set(parts verify.js verify.css verify.html make_page.py)
list(TRANSFORM parts PREPEND ${PROJECT_SOURCE_DIR}/ui/verify/)
set(program ${PROJECT_BINARY_DIR}/verify.wasm)
set(phrases ${PROJECT_SOURCE_DIR}/po/verify.en.po ${PROJECT_SOURCE_DIR}/po/verify.fr.po)
add_custom_command(
  OUTPUT ${program}
  COMMAND ${GUICHET_WASM_CLANG} --target=wasm32-wasi -std=c++20 -Os -fno-exceptions -fno-rtti -Wall -Wextra
          -isystem ${wasm_cxx} -isystem ${wasm_libc} ${doors} -mexec-model=reactor ${wasm_sources}
          -L/usr/lib/wasm32-wasi -Wl,--strip-all -o ${program}
  DEPENDS ${wasm_sources} ${proof_headers}
  COMMENT "The verifier for a page"
  VERBATIM)
add_custom_command(
  OUTPUT ${PROJECT_BINARY_DIR}/verify.html
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/ui/verify/make_page.py ${program} ${phrases}
          ${PROJECT_BINARY_DIR}/verify.html
  DEPENDS ${program} ${parts} ${phrases}
  COMMENT "verify.html"
  VERBATIM)
add_custom_target(verify_page ALL DEPENDS ${PROJECT_BINARY_DIR}/verify.html)
set(GUICHET_VERIFY_PAGE ${PROJECT_BINARY_DIR}/verify.html)
