# guichet_room(): one library per folder of src/, seeing only the rooms it names.
#
# Each room has a door: a folder in the build tree holding one symbolic link, guichet/<room>, to its
# sources. A room's include path holds its own door and the doors of the rooms it declared (and those
# behind them), so including an undeclared room fails with "No such file or directory".
function(guichet_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;LINKS" ${ARGN})
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
  else()
    add_library(guichet_${name} INTERFACE)
    target_include_directories(guichet_${name} INTERFACE ${door})
    target_link_libraries(guichet_${name} INTERFACE ${ROOM_DEPENDS})
  endif()
endfunction()
