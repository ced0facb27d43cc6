# `segue cut` on real media, read back over HTTP, and what becomes of a store when a cut goes wrong.
foreach(noun codecs packets refused)
    segue_node_test(media/${noun}.test.mjs media 600)
endforeach()
