# What the tests of the segmenter share: bytes to compare, fragments and headers made by hand.
add_library(segmenter_fixtures STATIC
    unit/segmenter/bytes_assert.c unit/segmenter/made_fragment.c)
target_include_directories(segmenter_fixtures PUBLIC unit/segmenter)
target_link_libraries(segmenter_fixtures PUBLIC segue_segmenter PkgConfig::CMOCKA)

segue_unit_test(unit/segmenter/test_box.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_cut_plan.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_sample_table.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_timeline.c segmenter_fixtures)
segue_unit_test(unit/segmenter/cli/test_signing.c segue_cli_signing segue_auth)
include(unit/segmenter/cli/tests.cmake)
segue_unit_test(unit/segmenter/test_fragment.c segmenter_fixtures)
