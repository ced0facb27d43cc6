# `segue cut` on real media, read back over HTTP, and what becomes of a store when a cut goes wrong.
foreach(noun codecs collected full_disk killed packets refused)
    segue_node_test(media/${noun}.test.mjs media 600)
endforeach()
# A sanitizer has memory of its own.
if(NOT SEGUE_SANITIZE)
    segue_node_test(media/memory.test.mjs media 600)
endif()
