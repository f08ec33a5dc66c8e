# SPDX-License-Identifier: GPL-3.0-or-later
# What every target of the project shares: the language, the warnings, the linker. One INTERFACE target, linked by all.
add_library(dispersa_options INTERFACE)
target_compile_features(dispersa_options INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

target_include_directories(dispersa_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(dispersa_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough>
    $<$<AND:$<BOOL:${DISPERSA_WERROR}>,$<COMPILE_LANGUAGE:CXX>>:-Werror>)
# GCC 12 sees overlapping copies inside std::string's operator+ where there are none (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(dispersa_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
target_compile_definitions(dispersa_options INTERFACE DISPERSA_VERSION="${PROJECT_VERSION}")

if(DISPERSA_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
if(DISPERSA_PARTS STREQUAL "readers")
    # Coverage for libFuzzer; undefined behaviour ends the run as a crash does.
    add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined)
endif()

find_program(DISPERSA_CCACHE ccache)
if(DISPERSA_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${DISPERSA_CCACHE}")
endif()

# mold and lld link this project several times faster than the default linker.
foreach(linker mold lld)
    find_program(DISPERSA_LINKER_${linker} NAMES ${linker} ld.${linker})
    if(DISPERSA_LINKER_${linker})
        add_link_options(-fuse-ld=${linker})
        break()
    endif()
endforeach()
