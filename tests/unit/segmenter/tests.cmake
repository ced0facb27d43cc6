# What the tests of the segmenter share: bytes to compare; fragments, headers and tracks made by
# hand; media and a store that are none; a reader of classic MP4 files.
add_library(segmenter_fixtures STATIC
    unit/segmenter/bytes_assert.c unit/segmenter/fake_media.c unit/segmenter/fake_store.c
    unit/segmenter/made_fragment.c unit/segmenter/made_header.c unit/segmenter/made_track.c
    unit/segmenter/sample_walk.c)
target_include_directories(segmenter_fixtures PUBLIC unit/segmenter)
target_link_libraries(segmenter_fixtures PUBLIC segue_segmenter PkgConfig::CMOCKA)

segue_unit_test(unit/segmenter/test_box.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_chunk_table.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_cut_plan.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_cutter.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_declared_end.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_edit_list.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_fragment.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_interleave.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_moov_header.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_movie.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_sample_table.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_segment_index.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_showing.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_timeline.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_title_files.c segmenter_fixtures)
segue_unit_test(unit/segmenter/test_track_record.c segmenter_fixtures)

segue_unit_test(unit/segmenter/libav/test_fragmenter.c segue_libav
    PkgConfig::AVFORMAT PkgConfig::AVCODEC PkgConfig::AVUTIL)

segue_fuzz_target(declared_end segue_segmenter)
segue_fuzz_target(fragment segue_segmenter)
