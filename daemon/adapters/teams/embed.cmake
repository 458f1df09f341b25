# cmake -DFOLDER=icons -DOUT=icons.cpp -P embed.cmake: the app's icons as one C++ source.
set(source "// Made by embed.cmake.\n#include \"adapters/teams/app_package.hpp\"\n\nnamespace lamp::teams {\nnamespace {\n")
set(functions "")
foreach(name color outline)
  file(READ ${FOLDER}/${name}.png bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND source "constexpr char ${name}_bytes[] = {${bytes}'\\0'};\n")
  string(APPEND functions
    "std::string_view ${name}_icon() {\n    return {${name}_bytes, sizeof ${name}_bytes - 1};\n}\n")
endforeach()
file(WRITE ${OUT} "${source}} // namespace\n\n${functions}} // namespace lamp::teams\n")
