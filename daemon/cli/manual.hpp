// What the shell and the manual know of the commands, made from the tables that `lamplighter --help` prints. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/arguments.hpp"

namespace lamp::cli {

struct CommandInfo {
    std::string_view name;
    std::string_view usage; // what follows the name: "list | show|test NAME [--yes]"
    std::string_view summary;
    std::vector<Option> options;
};

/// The words that a usage text takes literally, by their place (1 is the first behind the command). What stands behind
/// an option is its value, and no such word.
[[nodiscard]] std::vector<std::pair<std::size_t, std::string>> literal_words(const CommandInfo& command);

/// A bash-completion script for `lamplighter`: commands, their words, options, and values where a few are allowed. A
/// name that comes twice is one command.
[[nodiscard]] std::string bash_completion(std::span<const CommandInfo> commands);

/// The entries of the manual page's section COMMANDS (man(7)): usage, summary, each option that is the command's own.
[[nodiscard]] std::string manual_entries(std::span<const CommandInfo> commands);
/// The same for options that many commands have.
[[nodiscard]] std::string manual_entries(std::span<const Option> options);

} // namespace lamp::cli
