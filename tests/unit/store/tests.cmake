# Unit tests of store/: segue_unit_test(unit/store/test_NOUN.c libraries...)
