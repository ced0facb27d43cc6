# Unit tests of server/: segue_unit_test(unit/server/test_NOUN.c libraries...)
