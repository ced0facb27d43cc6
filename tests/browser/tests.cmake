# Titles in Debian's Chromium. Each takes the machine for itself: a player that gets no time drops
# frames.
foreach(noun playback play_page fragments real_media)
    segue_node_test(browser/${noun}.test.mjs browser 300)
    if(TEST browser/${noun})
        set_tests_properties(browser/${noun} PROPERTIES PROCESSORS 2 RESOURCE_LOCK chromium)
    endif()
endforeach()
