# cmake -DFOLDER=web -DOUT=pages.cpp -P embed.cmake: the files of a folder as one C++ source, with their hashes.
file(GLOB files ${FOLDER}/*)
list(SORT files)
set(arrays "")
set(rows "")
set(number 0)
foreach(file ${files})
  get_filename_component(name ${file} NAME)
  get_filename_component(ending ${file} LAST_EXT)
  if(ending STREQUAL ".html")
    set(content html)
  elseif(ending STREQUAL ".css")
    set(content css)
  elseif(ending STREQUAL ".js")
    set(content script)
  elseif(ending STREQUAL ".svg")
    set(content svg)
  elseif(ending STREQUAL ".ico")
    set(content icon)
  else()
    continue()
  endif()
  set(path "/${name}")
  if(name STREQUAL "index.html")
    set(path "/")
  elseif(name STREQUAL "dial.html")
    set(path "/dial")
  endif()
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  file(SHA256 ${file} hash)
  string(SUBSTRING ${hash} 0 16 hash)
  string(APPEND arrays "constexpr char file_${number}[] = {${bytes}'\\0'};\n")
  string(APPEND rows
    "    {\"${path}\", Content::${content}, \"\\\"${hash}\\\"\", {file_${number}, sizeof file_${number} - 1}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "// Made by embed.cmake.
#include <array>

#include \"status/pages.hpp\"

namespace lamp::status {
namespace {
${arrays}
constexpr std::array<Page, ${number}> embedded{{
${rows}}};
} // namespace

std::span<const Page> pages() {
    return embedded;
}

const Page* page_at(std::string_view path) {
    for (const Page& page : embedded)
        if (page.path == path) return &page;
    return nullptr;
}
} // namespace lamp::status
")
