# Unit tests of auth/: segue_unit_test(unit/auth/test_NOUN.c libraries...)
add_library(segue_auth_forge STATIC unit/auth/forge.c)
target_include_directories(segue_auth_forge PUBLIC unit/auth)
target_link_libraries(segue_auth_forge PUBLIC segue_base PRIVATE PkgConfig::OPENSSL)

segue_unit_test(unit/auth/test_policy.c segue_auth segue_auth_forge)
