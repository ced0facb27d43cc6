# Unit tests of server/: segue_unit_test(unit/server/test_NOUN.c libraries...)

# Publishes a title from plain files with given object borders; for tests over real sockets.
add_executable(make_title fixtures/make_title.c)
target_link_libraries(make_title PRIVATE segue_store_fs)
set_target_properties(make_title PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
