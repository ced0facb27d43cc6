# Unit tests of server/: segue_unit_test(unit/server/test_NOUN.c libraries...)
foreach(noun
        access_line
        authorization
        body_cursor
        byte_range
        catalog
        conditional
        config
        descriptors
        entity_tag
        h2_guard
        hpack_fields
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
        response_plan
        route
        seen_pages
        send_watch
        window
        worker_pool)
    segue_unit_test(unit/server/test_${noun}.c segue_server)
endforeach()
segue_unit_test(unit/server/test_judged_target.c segue_server segue_auth_judge)
segue_unit_test(unit/server/test_target_memory.c segue_server segue_auth_judge)
segue_unit_test(unit/base/test_log.c segue_base)

segue_fuzz_target(range segue_server)
segue_fuzz_target(request_path segue_server)
segue_fuzz_target(h2_guard segue_server)
