// The commands that ask a running daemon (interface 2). One row in the table of commands.cpp adds a command.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/daemon_client.hpp"
#include "cli/manual.hpp"

namespace lamp::cli {

inline constexpr int done = 0;
inline constexpr int failed = 1;
inline constexpr int wrong_usage = 2;
inline constexpr int wrong_configuration = 78; // EX_CONFIG of sysexits.h

/// Where the daemon is when nobody says: what the configuration file says, if it can be read.
using AddressGuess = std::function<Address(const std::optional<std::string>& config_file)>;

/// What --url, --token, --ca-file and the environment say, else the guess.
[[nodiscard]] Address address_of(const Arguments& arguments, const AddressGuess& guess);

/// Nothing if there is no such command here.
[[nodiscard]] std::optional<int> run_command(std::string_view name, std::span<const std::string> words,
                                             const AddressGuess& guess);
/// Lines for the usage text.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> command_summaries();
/// The same rows for shells and manuals, each with the options of its own.
[[nodiscard]] std::vector<CommandInfo> command_infos();
/// What all of them take besides.
[[nodiscard]] std::span<const Option> daemon_options();

} // namespace lamp::cli
