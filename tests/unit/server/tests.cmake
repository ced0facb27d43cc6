# Unit tests of server/: segue_unit_test(unit/server/test_NOUN.c libraries...)
foreach(noun
        access_line
        body_cursor
        byte_range
        cache_policy
        catalog
        conditional
        config
        cors_policy
        descriptors
        entity_tag
        h2_guard
        hpack_fields
        http_date
        limits
        listen_address
        listen_socket
        lru
        metrics
        multipart
        object_cache
        object_shelf
        pace
        play_page
        request_head
        request_target
        route
        seen_pages
        send_watch
        token_cookies
        window
        worker_pool)
    segue_unit_test(unit/server/test_${noun}.c segue_server)
endforeach()
segue_unit_test(unit/server/test_authorization.c segue_server segue_auth_judge)
segue_unit_test(unit/server/test_judged_target.c segue_server segue_auth_judge)
segue_unit_test(unit/server/test_target_memory.c segue_server segue_auth_judge)
segue_unit_test(unit/base/test_log.c segue_base)

# What the tests of the response plan share.
add_library(segue_plan_fixture STATIC unit/server/plan_fixture.c)
target_include_directories(segue_plan_fixture PUBLIC unit/server)
target_link_libraries(segue_plan_fixture PUBLIC segue_server PRIVATE PkgConfig::CMOCKA)
foreach(noun response_plan response_plan_conditions response_plan_ranges)
    segue_unit_test(unit/server/test_${noun}.c segue_plan_fixture)
endforeach()

segue_fuzz_target(http_date segue_server)
segue_fuzz_target(range segue_server)
segue_fuzz_target(request_path segue_server)
segue_fuzz_target(h2_guard segue_server)
segue_fuzz_target(token_cookies segue_server)
