# What the tests of the store share: a small index, publications of texts, the contract that every
# store fulfils, and a temporary folder with a store in it.
add_library(store_fixtures STATIC
    unit/store/index_fixture.c unit/store/publication.c unit/store/store_contract.c
    unit/store/fs/folder.c)
target_include_directories(store_fixtures PUBLIC unit/store unit/store/fs)
target_link_libraries(store_fixtures PUBLIC segue_store_fs PkgConfig::CMOCKA)

segue_unit_test(unit/store/test_blob.c segue_store Threads::Threads)
segue_unit_test(unit/store/test_residency.c segue_store)
segue_unit_test(unit/store/test_index.c store_fixtures)
segue_unit_test(unit/store/test_index_open.c store_fixtures)
segue_unit_test(unit/store/test_index_writer.c store_fixtures)
segue_unit_test(unit/store/test_object_name.c segue_store)
segue_unit_test(unit/store/test_object_name_set.c segue_store)
segue_unit_test(unit/store/test_verify.c store_fixtures)
segue_unit_test(unit/store/fs/test_contract.c store_fixtures)
segue_unit_test(unit/store/fs/test_full_disk.c store_fixtures)
segue_unit_test(unit/store/fs/test_gc.c store_fixtures)
segue_unit_test(unit/store/fs/test_kill.c store_fixtures)
segue_unit_test(unit/store/fs/test_store.c store_fixtures)
segue_unit_test(unit/store/fs/test_sync.c store_fixtures)
segue_unit_test(unit/store/fs/test_writer.c store_fixtures)

segue_fuzz_target(index segue_store)
