// What the bytes on disk still say, whatever tables answer.
#pragma once
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace testing {

/// Whether these bytes are in any file of the folder.
inline bool in_files(const std::filesystem::path& folder, std::string_view text) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ostringstream all;
        all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        if (all.str().find(text) != std::string::npos) return true;
    }
    return false;
}

} // namespace testing
