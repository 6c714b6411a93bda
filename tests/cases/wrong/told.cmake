# Runs wrong.txt, which must fail, and compares what is said of it with told.txt.
get_filename_component(here ${CMAKE_CURRENT_LIST_FILE} DIRECTORY)
execute_process(COMMAND ${RUN_CASES} wrong.txt WORKING_DIRECTORY ${here} OUTPUT_VARIABLE said RESULT_VARIABLE code)
file(READ ${here}/told.txt told)
if(code EQUAL 0 OR NOT said STREQUAL told)
  message(FATAL_ERROR "Exit code ${code}; said:\n${said}")
endif()
