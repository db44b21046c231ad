# The kinds of target in this tree, so that each folder's CMakeLists.txt stays a list.

# The Debian package golang-github-gogo-googleapis-dev: google/rpc and google/type.
set(SPLW_GOOGLEAPIS /usr/share/gocode/src/github.com/gogo/googleapis
    CACHE PATH "Folder that holds google/rpc/status.proto and google/type/date.proto")
if(NOT EXISTS ${SPLW_GOOGLEAPIS}/google/rpc/status.proto)
  message(FATAL_ERROR "google/rpc/status.proto is not under ${SPLW_GOOGLEAPIS}: "
                      "install golang-github-gogo-googleapis-dev (deploy/packages lists everything)")
endif()

function(splw_warnings target)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${SPLW_WARNINGS}>)
endfunction()

# splw_proto_library(NAME ROOT DIR FILES... [GRPC] [DEPS targets...])
# One library per proto package. Files are relative to DIR, which is the import root. With GRPC, the files that declare a service get a
# header of stubs, too (common/stubs).
function(splw_proto_library name)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "FILES;DEPS" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/gen)
  file(MAKE_DIRECTORY ${out})
  set(sources)
  foreach(file ${ARG_FILES})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(outputs ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    set(grpc_args)
    set(grpc_tools)
    file(STRINGS ${ARG_ROOT}/${file} services REGEX "^service ")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARG_ROOT}/${file})
    if(ARG_GRPC AND services)
      list(APPEND outputs ${out}/${stem}.stubs.h)
      set(grpc_args --stubs_out=${out} --plugin=protoc-gen-stubs=$<TARGET_FILE:protoc-gen-stubs>)
      set(grpc_tools protoc-gen-stubs)
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc --cpp_out=${out} ${grpc_args}
              -I ${CMAKE_SOURCE_DIR}/proto -I ${SPLW_GOOGLEAPIS} ${file}
      DEPENDS ${ARG_ROOT}/${file} ${grpc_tools}
      WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/proto
      COMMENT "protoc ${file}" VERBATIM)
    list(APPEND sources ${outputs})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_link_libraries(${name} PUBLIC protobuf::libprotobuf ${ARG_DEPS})
  # A package's files are compiled as one. protoc gives two static names to each of them; they become names of the file.
  set_target_properties(${name} PROPERTIES
    UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0 UNITY_BUILD_UNIQUE_ID SPLW_FILE
    UNITY_BUILD_CODE_BEFORE_INCLUDE
"#define SPLW_PASTE_(a, b) a##b
#define SPLW_PASTE(a, b) SPLW_PASTE_(a, b)
#define schemas SPLW_PASTE(schemas_, SPLW_FILE)
#define file_default_instances SPLW_PASTE(file_default_instances_, SPLW_FILE)"
    UNITY_BUILD_CODE_AFTER_INCLUDE
"#undef schemas
#undef file_default_instances
#undef SPLW_PASTE
#undef SPLW_PASTE_")
  target_compile_options(${name} PRIVATE -w)
  if(ARG_GRPC)
    target_link_libraries(${name} PUBLIC splw_stubs)
  endif()
  if(SPLW_SANITIZE MATCHES "address")
    # protoc's code is not what is looked for, and would take by far the longest to compile.
    target_compile_options(${name} PRIVATE -fno-sanitize=all -O0)
  else()
    splw_precompiled_headers(${name} base)
  endif()
endfunction()

# Tests and command lines: the optimizer would take longer over them than it saves.
function(splw_unoptimized target)
  target_compile_options(${target} PRIVATE -O0)
endfunction()

# For what works as hard as it waits: load and simulation. It shares precompiled headers with what is optimized in full.
function(splw_lightly_optimized target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# The files of `target` compiled a few at a time: what they share costs once, and a change of one stays quick. So names in anonymous
# namespaces must differ within a target, but for the files that are compiled APART ("ALL": each of them).
function(splw_together target)
  if(NOT SPLW_TOGETHER OR "${ARGN}" STREQUAL "ALL")
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# What `target` has precompiled: KIND is one of common/precompiled (base, grpc, domain, suite;
# unoptimized: client, test, test_suite).
function(splw_precompiled_headers target kind)
  target_precompile_headers(${target} REUSE_FROM splw_pch_${kind})
  # A program is compiled -fPIE by default and the header -fPIC: g++ takes it only when both are the same.
  target_compile_options(${target} PRIVATE -fPIC)
endfunction()

# splw_library(NAME SOURCES ... DEPS ... [PCH kind] [APART files])
# DEPS are public: what a header shows, its users see. PCH: as of splw_precompiled_headers; "base" by default.
function(splw_library name)
  cmake_parse_arguments(ARG "" "PCH" "SOURCES;DEPS;APART" ${ARGN})
  if(NOT ARG_PCH)
    set(ARG_PCH base)
  endif()
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${ARG_DEPS})
    splw_warnings(${name})
    splw_precompiled_headers(${name} ${ARG_PCH})
    splw_together(${name} ${ARG_APART})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_DEPS})
  endif()
endfunction()

# splw_program(NAME SOURCES ... DEPS ... [PCH kind])
# PCH: "suite" by default.
function(splw_program name)
  cmake_parse_arguments(ARG "" "PCH" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_PCH)
    set(ARG_PCH suite)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  splw_warnings(${name})
  splw_precompiled_headers(${name} ${ARG_PCH})
endfunction()

# An allocator made for many threads, for programs that serve: link it with DEPS splw_allocator. By name from no code, so the linker is
# told to keep it. The sanitizers bring their own.
add_library(splw_allocator INTERFACE)
find_library(SPLW_TCMALLOC tcmalloc_minimal REQUIRED)
if(NOT SPLW_SANITIZE)
  target_link_options(splw_allocator INTERFACE
                      -Wl,--push-state,--no-as-needed ${SPLW_TCMALLOC} -Wl,--pop-state)
endif()

# What tests/run asan and tests/run tsan build: they need none of the programs.
add_custom_target(unit-tests)
add_custom_target(threads-tests)

# splw_test(NAME LABEL unit SOURCES ... DEPS ... [PROGRAMS targets] [TIMEOUT s] [PCH kind] [OPTIMIZED] [APART files])
# One ctest entry per program, labelled with its part (unit, journey, ...): tests/run PART is ctest -L PART.
# PROGRAMS are the real processes that the test starts: they are built before it.
# OPTIMIZED: for one that does much work itself; its PCH is then not one of the tests.
function(splw_test name)
  cmake_parse_arguments(ARG "OPTIMIZED" "LABEL;TIMEOUT;PCH" "SOURCES;DEPS;PROGRAMS;APART" ${ARGN})
  if(NOT ARG_PCH)
    set(ARG_PCH test)
  endif()
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  splw_warnings(${name})
  if(NOT ARG_OPTIMIZED)
    splw_unoptimized(${name})
  endif()
  splw_precompiled_headers(${name} ${ARG_PCH})
  splw_together(${name} ${ARG_APART})
  if(ARG_PROGRAMS)
    add_dependencies(${name} ${ARG_PROGRAMS})
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set(environment "SPLW_BIN_DIR=${CMAKE_BINARY_DIR}/bin;SPLW_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
  if(SPLW_SANITIZE MATCHES "thread")
    # The packaged libraries are not instrumented: what RocksDB orders by atomics of its own looks like races.
    list(APPEND environment "TSAN_OPTIONS=ignore_noninstrumented_modules=1")
  endif()
  set(labels ${ARG_LABEL})
  if(ARG_LABEL STREQUAL "unit")
    add_dependencies(unit-tests ${name})
    if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/common/(store|delivery)$")
      list(APPEND labels threads)      # what tests/run tsan runs
      add_dependencies(threads-tests ${name})
    endif()
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${ARG_TIMEOUT}
                       ENVIRONMENT "${environment}")
endfunction()
