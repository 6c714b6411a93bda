# The warning set. Errors in the presets dev, asan, tsan and release; plain warnings for packagers
# (GUICHET_WERROR=OFF).
# g++ 12 finds uninitialised optionals and overlapping strings at -O2 that are not there; the sanitizers look for them.
# clang is silent on deprecated declarations: the stable_sort of libstdc++ 12 calls one of its own. g++ tells.
option(GUICHET_WERROR "Treat warnings as errors" ON)
add_library(guichet_warnings INTERFACE)
target_compile_options(guichet_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wswitch -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wcast-align -Wunused -Wformat=2
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wno-missing-field-initializers -Wno-psabi>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-maybe-uninitialized -Wno-restrict
    -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds -Wno-dangling-pointer>
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-field-initializers -Wno-missing-designated-field-initializers
                             -Wimplicit-fallthrough -Wcovered-switch-default -Wno-deprecated-declarations>
  $<$<BOOL:${GUICHET_WERROR}>:-Werror>)
