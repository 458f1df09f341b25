// What the functions of the command table have in common. For this room's files only.
#pragma once
#include <boost/json/value.hpp>
#include <string_view>

#include "cli/arguments.hpp"
#include "cli/daemon_client.hpp"
#include "cli/listing.hpp"

namespace lamp::cli {

/// A command that was called, its arguments read already.
struct Call {
    DaemonClient& daemon;
    const Arguments& arguments;
    Format format;
};

void print(std::string_view text);
/// Says the error; gives the exit code for it.
[[nodiscard]] int complain(const Error& error);
/// The same for words that the command does not take.
[[nodiscard]] int misused(std::string_view what);
/// Prints them; to people `nothing` where there are none. Gives the exit code.
[[nodiscard]] int show_rows(const Call& call, const boost::json::array& rows, const std::vector<Column>& columns,
                            std::string_view nothing);
/// The same with the daemon's list.
[[nodiscard]] int show_list(const Call& call, const std::string& target, const std::vector<Column>& columns,
                            std::string_view nothing);

// forwarding.cpp
[[nodiscard]] int forwarding(const Call& call);
[[nodiscard]] int calendar(const Call& call);
[[nodiscard]] int audit(const Call& call);

// calls.cpp
[[nodiscard]] int calls(const Call& call);
[[nodiscard]] int stats(const Call& call);

// acd.cpp
[[nodiscard]] int acd(const Call& call);

// import.cpp
[[nodiscard]] int import_older(const Call& call);

// integrations.cpp
[[nodiscard]] int recognise(const Call& call);
[[nodiscard]] int integration(const Call& call);

// directory.cpp
[[nodiscard]] int directory(const Call& call);

// contacts.cpp: words of `directory`
[[nodiscard]] int add_contact(const Call& call);
[[nodiscard]] int change_contact(const Call& call, const std::string& key);
[[nodiscard]] int remove_contact(const Call& call, const std::string& key);

// tokens.cpp
[[nodiscard]] int token(const Call& call);

// webhooks.cpp
[[nodiscard]] int webhooks(const Call& call);

// privacy.cpp
[[nodiscard]] int privacy(const Call& call);

// zoho.cpp
[[nodiscard]] int zoho(const Call& call);

} // namespace lamp::cli
