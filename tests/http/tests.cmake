# The running server over real sockets.
foreach(noun abuse caching cold_store cors delivery hidden honest hostile if_range mappings methods
        metrics multirange preconditions property publication range_basics range_invalid range_sizes
        request_head shutdown stitching timeouts token_places tokens unguarded)
    segue_node_test(http/${noun}.test.mjs http)
endforeach()
