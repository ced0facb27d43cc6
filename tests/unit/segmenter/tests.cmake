# Unit tests of segmenter/: segue_unit_test(unit/segmenter/test_NOUN.c libraries...)
