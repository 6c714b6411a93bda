# guichet_room(): one library per folder of src/, seeing only the rooms it names.
#
# Each room has a door: a folder in the build tree holding one symbolic link, guichet/<room>, to its
# sources. A room's include path holds its own door and the doors of the rooms it declared (and those
# behind them), so including an undeclared room fails with "No such file or directory".
# COLD marks a room that no long loop runs through: a build may compile it with other flags (GUICHET_COLD_FLAGS), since
# optimising instrumented code takes most of the time of a build with sanitizers.
set(GUICHET_COLD_FLAGS "" CACHE STRING "Further flags for code that no long loop runs through")
function(guichet_room name)
  cmake_parse_arguments(ROOM "COLD" "" "DEPENDS;LINKS" ${ARGN})
  set(dir ${PROJECT_SOURCE_DIR}/src/${name})
  set(door ${PROJECT_BINARY_DIR}/doors/${name})
  file(MAKE_DIRECTORY ${door}/guichet)
  file(CREATE_LINK ${dir} ${door}/guichet/${name} SYMBOLIC)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cpp)
  list(TRANSFORM ROOM_DEPENDS PREPEND guichet_)
  if(sources)
    add_library(guichet_${name} STATIC ${sources})
    target_include_directories(guichet_${name} PUBLIC ${door})
    target_link_libraries(guichet_${name} PUBLIC ${ROOM_DEPENDS} PRIVATE ${ROOM_LINKS} guichet_warnings)
    if(ROOM_COLD)
      target_compile_options(guichet_${name} PRIVATE ${GUICHET_COLD_FLAGS})
    endif()
  else()
    add_library(guichet_${name} INTERFACE)
    target_include_directories(guichet_${name} INTERFACE ${door})
    target_link_libraries(guichet_${name} INTERFACE ${ROOM_DEPENDS})
  endif()
endfunction()
