# cmake -DFOLDER=presets -DOUT=embedded.cpp -P embed.cmake: the presets as one C++ source.
file(GLOB files ${FOLDER}/*.toml)
list(SORT files)
set(arrays "")
set(rows "")
set(number 0)
foreach(file ${files})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char file_${number}[] = {${bytes}'\\0'};\n")
  string(APPEND rows "    {\"${name}\", {file_${number}, sizeof file_${number} - 1}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "// Made by embed.cmake.
#include <array>

#include \"recognition/rest/presets.hpp\"

namespace lamp::recognition::rest {
namespace {
${arrays}
constexpr std::array<Embedded, ${number}> embedded{{
${rows}}};
} // namespace

std::span<const Embedded> embedded_presets() {
    return embedded;
}
} // namespace lamp::recognition::rest
")
