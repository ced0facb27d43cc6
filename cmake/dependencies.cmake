# The libraries, found with pkg-config. Whatever lacks is named all at once, with the Debian package
# that holds it.

find_program(PKG_CONFIG_EXECUTABLE NAMES pkgconf pkg-config)
if(NOT PKG_CONFIG_EXECUTABLE)
    message(FATAL_ERROR "pkg-config is missing: apt-get install pkg-config")
endif()
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

set(missing "")

macro(need target package module)
    pkg_check_modules(${target} QUIET IMPORTED_TARGET ${module})
    if(NOT ${target}_FOUND)
        list(APPEND missing ${package})
        message(STATUS "Missing: ${module} (Debian package ${package})")
    endif()
endmacro()

need(H2O libh2o-evloop-dev libh2o-evloop)
need(AVFORMAT libavformat-dev libavformat)
need(AVCODEC libavcodec-dev libavcodec)
need(AVUTIL libavutil-dev libavutil)
need(OPENSSL libssl-dev "openssl >= 3.0")
need(JANSSON libjansson-dev jansson)
if(SEGUE_TESTS)
    need(CMOCKA libcmocka-dev cmocka)
    need(JWT libjwt-dev libjwt) # to compare with
endif()

if(missing)
    list(JOIN missing " " packages)
    message(FATAL_ERROR "Libraries are missing. On Debian: apt-get install ${packages}")
endif()
