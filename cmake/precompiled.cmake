# One precompiled header for every target, where builds are for finding faults (sanitizers, fuzzers) and not for shipping:
# most of what a file costs there is reading the same headers. The release build does without, so that what a file
# forgets to include is found.
# A precompiled header holds only for equal macros: those that the libraries would set for some targets are set for all.
add_compile_definitions(
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_COROUTINE
  BOOST_CONTAINER_DYN_LINK BOOST_CONTAINER_NO_LIB BOOST_JSON_DYN_LINK BOOST_JSON_NO_LIB BOOST_URL_DYN_LINK
  BOOST_URL_NO_LIB FMT_SHARED TOML_HEADER_ONLY=0 TOML_SHARED_LIB=1)
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "")
set(precompiled
  <algorithm> <array> <atomic> <charconv> <chrono> <cstdint> <cstring> <deque> <expected> <filesystem> <functional>
  <future> <map> <memory> <optional> <random> <set> <span> <string> <string_view> <thread> <tuple> <unordered_map>
  <utility> <variant> <vector> <fmt/format.h> <boost/json.hpp> <boost/asio/as_tuple.hpp>
  <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/post.hpp>
  <boost/asio/ssl.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>)
foreach(whose rooms tests)
  add_library(lamp_precompiled_${whose} OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(lamp_precompiled_${whose} PRIVATE lamp_asio fmt::fmt Boost::json)
  target_precompile_headers(lamp_precompiled_${whose} PRIVATE ${precompiled})
endforeach()
# The tests themselves are compiled once and run for a moment: optimizing them takes longer than it saves.
target_compile_options(lamp_precompiled_tests PRIVATE -O0)

# The rooms, and the libraries of the tests (fakes that must keep pace), are optimized; programs of the tests are not.
function(lamp_precompile folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    get_target_property(sources ${target} SOURCES)
    if(NOT type MATCHES "^(STATIC_LIBRARY|EXECUTABLE)$" OR NOT sources MATCHES "\\.cpp")
      continue()
    endif()
    if(type STREQUAL "EXECUTABLE")
      target_link_libraries(${target} PRIVATE lamp_asio fmt::fmt Boost::json) # what its headers name
    endif()
    if(type STREQUAL "EXECUTABLE" AND folder MATCHES "/tests(/|$)")
      target_compile_options(${target} PRIVATE -O0)
      target_precompile_headers(${target} REUSE_FROM lamp_precompiled_tests)
    else()
      target_precompile_headers(${target} REUSE_FROM lamp_precompiled_rooms)
    endif()
  endforeach()
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(subfolder ${subfolders})
    lamp_precompile(${subfolder})
  endforeach()
endfunction()
