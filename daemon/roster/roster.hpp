// Who is watched: the people file joined with the directories that the platforms gave. Turns written lines (user ids,
// bare names, numbers, extensions) into BroadWorks user ids and says which platform each belongs to. Pure.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "presence/people.hpp"

namespace lamp::roster {

/// A directory entry, as far as the roster needs it.
struct DirectoryUser {
    std::string user_id;
    std::string name;
    std::string email;
    std::string number;
    std::string extension;
    std::string folder;  // department, or group
    std::string group{}; // within which extensions are unique
};

struct PlatformInfo {
    std::string name;
    std::string domain;    // of the login: "example.net"
    bool discover = false; // watch everybody of its directory
    std::vector<DirectoryUser> directory;
};

struct LineOf {
    std::string line;
    std::size_t row; // in `people`
    std::uint8_t platform;
};

struct Roster {
    std::vector<presence::PersonRow> people;
    std::vector<LineOf> lines;
    std::vector<std::string> problems; // lines that could not be resolved, for status and `people check`
};

[[nodiscard]] Roster compose(std::vector<presence::PersonRow> people, const std::vector<PlatformInfo>& platforms);
/// Some line is written as a number or extension, which only the directory can resolve.
[[nodiscard]] bool needs_directory(const std::vector<presence::PersonRow>& people);

} // namespace lamp::roster
