// Everything outside that reading a configuration asks: files, environment, time zones. Tests replace all of it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/errors.hpp"

namespace lamp::config {

enum class FileKind : std::uint8_t { missing, file, folder, unreadable, other };

struct FileText {
    std::string bytes;
    bool others_may_read = false; // its permissions let every user of the machine read it
};

struct Sources {
    /// A whole file of at most `most_bytes`; its errors say what is wrong in words that continue "the file …".
    std::function<Result<FileText>(const std::filesystem::path&, std::size_t most_bytes)> read;
    std::function<FileKind(const std::filesystem::path&)> kind;
    std::function<std::optional<std::string>(const std::string& name)> environment;
    /// Names of the machine's time zones; an empty list means that it has no table of them.
    std::function<std::vector<std::string>()> time_zones;

    /// The machine itself.
    [[nodiscard]] static Sources machine();
};

} // namespace lamp::config
