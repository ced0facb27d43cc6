# The two programs as a person or a script meets them: help, misuse, exit codes, what is printed where.
foreach(noun damage misuse results segued signing streams)
    segue_node_test(cli/${noun}.test.mjs cli)
endforeach()
