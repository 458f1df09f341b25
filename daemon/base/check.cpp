#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace lamp {

void check_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "<2>check failed: %s at %s:%d\n", expression, file, line);
    std::abort();
}

} // namespace lamp
