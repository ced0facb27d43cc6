# Unit tests of auth/: segue_unit_test(unit/auth/test_NOUN.c libraries...)
