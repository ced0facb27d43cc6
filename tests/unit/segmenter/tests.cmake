# Unit tests of segmenter/: segue_unit_test(unit/segmenter/test_NOUN.c libraries...)
segue_unit_test(unit/segmenter/cli/test_signing.c segue_cli_signing segue_auth)
include(unit/segmenter/cli/tests.cmake)
