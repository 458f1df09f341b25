// Whether files have been written to since.
#pragma once
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace lamp::recognition {

/// Time and size of each; a file that is not there has neither.
[[nodiscard]] inline std::string stamp_of(const std::vector<std::filesystem::path>& files) {
    std::string out;
    for (const auto& file : files) {
        std::error_code error;
        auto size = std::filesystem::file_size(file, error);
        if (error) continue;
        auto time = std::filesystem::last_write_time(file, error);
        if (!error) out += fmt::format("{}{}:{}", out.empty() ? "" : ",", time.time_since_epoch().count(), size);
    }
    return out;
}

} // namespace lamp::recognition
