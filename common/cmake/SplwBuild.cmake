# How everything in this tree is compiled: standard, warnings, sanitizers, cache, packages.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# -O2 without NDEBUG: an impossible state must end the process in production too, not only in debug builds.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

# For the sanitizers: line numbers in reports, and frames that still look like the code.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")

# The same for every target: a precompiled header is taken only under the options that it was made with (-Wpedantic takes a
# macro away).
add_compile_options(-pthread -Wpedantic)

# g++ collects its garbage far too early for machines with gigabytes: each file would take 7 % longer, for 70 MB less.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options("SHELL:--param ggc-min-expand=300" "SHELL:--param ggc-min-heapsize=1000000")
endif()

# Links in a tenth of the time; without it the system's linker does.
find_program(SPLW_MOLD mold)
if(SPLW_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Off: each file by itself, as clang-tidy wants to see it, and to show that it includes what it uses.
option(SPLW_TOGETHER "Compile a few files of a target together" ON)

# A build type given on no command line is release: the one that users run.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

set(SPLW_SANITIZE "" CACHE STRING "Sanitizers to compile with: 'address,undefined' or 'thread'")
if(SPLW_SANITIZE)
  add_compile_options(-fsanitize=${SPLW_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SPLW_SANITIZE})
  if(SPLW_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

# Our own code is held to these; generated code and system headers are not (see splw_warnings).
set(SPLW_WARNINGS -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                  -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside the standard library's and Abseil's inlined code at -O2 (GCC bugs 105329, 105562, 105651), the more
  # so where that code comes out of a precompiled header.
  list(APPEND SPLW_WARNINGS -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow
       -Wno-stringop-overread)
endif()

find_program(SPLW_CCACHE ccache)
if(SPLW_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${SPLW_CCACHE})
  # Precompiled headers and ccache go together only with these (ccache manual, "Precompiled headers"). CCACHE_DEPEND: it would
  # otherwise preprocess a header that is to be made anew with the old one, and give the old one back.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_DEPEND=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${SPLW_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  else()
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
  endif()
endif()

find_package(Threads REQUIRED)          # before gRPC: its package file does not look for it itself
find_package(Protobuf REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(GTest REQUIRED)
find_package(rapidcheck REQUIRED)
find_package(benchmark REQUIRED)
