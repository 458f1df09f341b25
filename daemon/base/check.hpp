// Assertions for programmers' mistakes; they stay on in release builds.
#pragma once

namespace lamp {
[[noreturn]] void check_failed(const char* expression, const char* file, int line);
} // namespace lamp

#define LAMP_CHECK(expression)                                                                                         \
    (static_cast<bool>(expression) ? void(0) : ::lamp::check_failed(#expression, __FILE__, __LINE__))
