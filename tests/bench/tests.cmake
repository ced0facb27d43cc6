# What benchmarks are made of, and that it works; the benchmarks themselves are run by hand.
add_executable(make_store bench/make_store.c)
target_link_libraries(make_store PRIVATE segue_store_fs)
set_target_properties(make_store PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)

add_executable(ttfb bench/ttfb.c bench/stream.c)
target_link_libraries(ttfb PRIVATE segue_flags PkgConfig::OPENSSL)
add_executable(evict bench/evict.c)
target_link_libraries(evict PRIVATE segue_flags)
set_target_properties(ttfb evict PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)

segue_node_test(bench/scale.test.mjs bench)
segue_node_test(bench/serve.test.mjs bench)
