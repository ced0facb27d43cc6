# Unit tests of server/: segue_unit_test(unit/server/test_NOUN.c libraries...)
foreach(noun access_line authorization body_cursor byte_range catalog conditional config entity_tag
        listen_address listen_socket lru object_cache play_page residency response_plan route
        worker_pool)
    segue_unit_test(unit/server/test_${noun}.c segue_server)
endforeach()
segue_unit_test(unit/base/test_log.c segue_base)

segue_fuzz_target(range segue_server)
segue_fuzz_target(request_path segue_server)

# Publishes a title from plain files with given object borders; for tests over real sockets.
add_executable(make_title fixtures/make_title.c)
target_link_libraries(make_title PRIVATE segue_store_fs)
set_target_properties(make_title PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
