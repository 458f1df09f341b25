// The commands that need no running daemon: run, check, config, doctor. And the usage text.
#pragma once
#include <span>
#include <string>

namespace lamp {

/// argv without the program's name -> exit code (interface 2).
[[nodiscard]] int run_program(std::span<const std::string> words);

} // namespace lamp
