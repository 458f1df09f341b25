# A precompiled header: most of what a file costs is reading the same headers. Programs of the tests are not optimized,
# since they are compiled once and run for a moment. What a file forgets to include of these, nothing tells.
# A precompiled header holds only for equal macros: those that the libraries would set for some targets are set for all.
set(precompiled_macros
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_COROUTINE
  BOOST_CONTAINER_DYN_LINK BOOST_CONTAINER_NO_LIB BOOST_JSON_DYN_LINK BOOST_JSON_NO_LIB BOOST_URL_DYN_LINK
  BOOST_URL_NO_LIB FMT_SHARED TOML_HEADER_ONLY=0 TOML_SHARED_LIB=1)
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "")
set(precompiled_options "SHELL:-Xclang -fno-pch-timestamp") # or ccache would never know it again
foreach(whose rooms tests)
  add_library(lamp_precompiled_${whose} OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(lamp_precompiled_${whose} PRIVATE lamp_asio fmt::fmt Boost::json)
  target_compile_definitions(lamp_precompiled_${whose} PRIVATE ${precompiled_macros})
  target_compile_options(lamp_precompiled_${whose} PRIVATE ${precompiled_options})
  target_precompile_headers(lamp_precompiled_${whose} PRIVATE
    <algorithm> <array> <atomic> <charconv> <chrono> <cstdint> <cstring> <deque> <expected> <filesystem> <functional>
    <fstream> <future> <map> <memory> <optional> <random> <set> <span> <string> <string_view> <thread> <tuple>
    <unordered_map> <unordered_set> <utility> <variant> <vector> <fmt/format.h> <fmt/ranges.h> <boost/json.hpp> <boost/asio/as_tuple.hpp>
    <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/post.hpp>
    <boost/asio/ssl.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>)
endforeach()
target_compile_options(lamp_precompiled_tests PRIVATE -O0)

# The libraries of the tests (fakes that must keep pace) are optimized like rooms.
function(lamp_precompile folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    get_target_property(sources ${target} SOURCES)
    if(NOT type MATCHES "^(STATIC_LIBRARY|EXECUTABLE)$" OR NOT sources MATCHES "\\.cpp")
      continue()
    endif()
    set(whose rooms)
    if(type STREQUAL "EXECUTABLE" AND folder MATCHES "/tests(/|$)" AND NOT target STREQUAL "lamplighter-sim")
      set(whose tests)
      target_compile_options(${target} PRIVATE -O0)
    endif()
    if(type STREQUAL "EXECUTABLE")
      target_link_libraries(${target} PRIVATE lamp_asio fmt::fmt Boost::json) # what its headers name
    endif()
    target_compile_definitions(${target} PRIVATE ${precompiled_macros})
    target_compile_options(${target} PRIVATE ${precompiled_options})
    target_precompile_headers(${target} REUSE_FROM lamp_precompiled_${whose})
  endforeach()
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(subfolder ${subfolders})
    lamp_precompile(${subfolder})
  endforeach()
endfunction()
