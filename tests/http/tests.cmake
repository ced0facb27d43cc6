# The running server over real sockets.
foreach(noun abuse conditionals delivery hidden honest hostile mappings methods metrics publication ranges shutdown timeouts tokens)
    segue_node_test(http/${noun}.test.mjs http)
endforeach()
