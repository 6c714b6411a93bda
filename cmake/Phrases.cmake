# The catalogues: each room's po/<room>.<language>.po are joined, checked and compiled to one .mo per
# language, which formats embeds. That no two rooms define one key is for the tests to say.
find_program(MSGCAT msgcat REQUIRED)
find_program(MSGFMT msgfmt REQUIRED)

set(catalogues "")
foreach(language en fr)
  file(GLOB fragments CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/po/*.${language}.po)
  set(merged ${PROJECT_BINARY_DIR}/po/${language}.po)
  set(compiled ${PROJECT_BINARY_DIR}/po/${language}.mo)
  add_custom_command(
    OUTPUT ${compiled}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/po
    COMMAND ${MSGCAT} --use-first --output-file=${merged} ${fragments}
    COMMAND ${MSGFMT} --check-format --check-domain --no-hash --output-file=${compiled} ${merged}
    DEPENDS ${fragments}
    COMMENT "Catalogue ${language}"
    VERBATIM)
  list(APPEND catalogues ${compiled})
endforeach()

guichet_embed(guichet_formats catalogues ${catalogues})
