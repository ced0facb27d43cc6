# Compiler flags as a target that every library links; sanitizers come from the presets.

add_library(segue_flags INTERFACE)
target_compile_definitions(segue_flags INTERFACE _GNU_SOURCE)
target_compile_options(segue_flags INTERFACE
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wcast-qual
    -Wundef -Wvla -Wformat=2 -Wconversion -fno-common)

if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    target_compile_options(segue_flags INTERFACE
        -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE)
    target_link_options(segue_flags INTERFACE -pie -Wl,-z,relro,-z,now)
    # An assert states what a caller must never do; it stays in the product.
    string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
    string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO "${CMAKE_C_FLAGS_RELWITHDEBINFO}")
endif()

if(SEGUE_SANITIZE)
    target_compile_options(segue_flags INTERFACE
        -fsanitize=${SEGUE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(segue_flags INTERFACE -fsanitize=${SEGUE_SANITIZE})
endif()

if(SEGUE_FUZZERS)
    target_compile_options(segue_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
