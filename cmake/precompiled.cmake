# Precompiled headers: most of what a file costs is reading the same headers. What a file forgets to include of these,
# nothing tells. Rooms that know nothing of Asio get none of it, since its headers bring objects of their own. Programs of
# the tests are not optimized: they are compiled once and run for a moment; their libraries (fakes that must keep pace)
# are optimized like rooms.
# A precompiled header holds only for equal macros: those that the libraries would set for some targets are set for all.
set(precompiled_macros
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_COROUTINE
  BOOST_CONTAINER_DYN_LINK BOOST_CONTAINER_NO_LIB BOOST_JSON_DYN_LINK BOOST_JSON_NO_LIB BOOST_URL_DYN_LINK
  BOOST_URL_NO_LIB FMT_SHARED TOML_HEADER_ONLY=0 TOML_SHARED_LIB=1)
set(precompiled_options "SHELL:-Xclang -fno-pch-timestamp") # or ccache would never know it again
set(precompiled_headers
  <algorithm> <array> <atomic> <charconv> <chrono> <cstdint> <cstring> <deque> <expected> <filesystem> <fstream>
  <functional> <future> <map> <memory> <optional> <random> <set> <span> <string> <string_view> <thread> <tuple>
  <unordered_map> <unordered_set> <utility> <variant> <vector> <fmt/format.h> <fmt/ranges.h> <boost/json.hpp>)
set(precompiled_asio
  <boost/asio/as_tuple.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp>
  <boost/asio/post.hpp> <boost/asio/ssl.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>)
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "")

function(lamp_precompiled name)
  set(target lamp_precompiled_${name})
  add_library(${target} OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(${target} PRIVATE lamp_asio fmt::fmt Boost::json)
  target_compile_definitions(${target} PRIVATE ${precompiled_macros})
  target_compile_options(${target} PRIVATE ${precompiled_options})
  target_precompile_headers(${target} PRIVATE ${precompiled_headers} ${ARGN})
endfunction()
lamp_precompiled(plain_rooms)
lamp_precompiled(rooms ${precompiled_asio})
lamp_precompiled(programs ${precompiled_asio})
lamp_precompiled(suites ${precompiled_asio} <doctest/doctest.h>)
foreach(of_tests programs suites)
  target_compile_options(lamp_precompiled_${of_tests} PRIVATE -O0)
endforeach()

# lamp_links(target library answer): whether the target links the library, by whatever way.
function(lamp_links target library answer)
  set(${answer} FALSE PARENT_SCOPE)
  if(NOT TARGET ${target})
    return()
  endif()
  foreach(property LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
    get_target_property(links ${target} ${property})
    foreach(link ${links})
      set(found FALSE)
      if(NOT link STREQUAL library AND link MATCHES "^lamp_")
        lamp_links(${link} ${library} found)
      endif()
      if(link STREQUAL library OR found)
        set(${answer} TRUE PARENT_SCOPE)
        return()
      endif()
    endforeach()
  endforeach()
endfunction()

function(lamp_precompile folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    get_target_property(sources ${target} SOURCES)
    if(NOT type MATCHES "^(STATIC_LIBRARY|EXECUTABLE)$" OR NOT sources MATCHES "\\.cpp")
      continue()
    endif()
    if(type STREQUAL "EXECUTABLE" AND folder MATCHES "/tests(/|$)" AND NOT target STREQUAL "lamplighter-sim")
      lamp_links(${target} doctest::doctest is_suite)
      if(is_suite)
        set(whose suites)
      else()
        set(whose programs)
      endif()
      target_compile_options(${target} PRIVATE -O0)
    else()
      lamp_links(${target} lamp_asio knows_asio)
      if(knows_asio OR type STREQUAL "EXECUTABLE")
        set(whose rooms)
      else()
        set(whose plain_rooms)
      endif()
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
