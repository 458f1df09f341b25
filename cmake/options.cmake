# Compiler options of every room: warnings are errors, sanitizers on request.
add_library(lamp_options INTERFACE)
target_compile_options(lamp_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
  -Wconversion -Wno-sign-conversion -Wformat=2 -Wimplicit-fallthrough -Wextra-semi -Werror)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(lamp_options INTERFACE -g1 -fno-omit-frame-pointer)
endif()
if(LAMP_SANITIZE)
  add_compile_options(-fsanitize=${LAMP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${LAMP_SANITIZE})
endif()
if(LAMP_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
# Hardening that costs nothing measurable.
if(NOT LAMP_SANITIZE)
  add_compile_options($<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2> -fstack-protector-strong)
  add_link_options(-Wl,-z,relro,-z,now)
endif()
add_compile_options($<$<CONFIG:Release>:-D_GLIBCXX_ASSERTIONS>)
