segue_unit_test(unit/base/test_hex.c segue_base)
