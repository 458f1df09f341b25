// A temporary folder that goes with its owner.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>

namespace bench {

struct Folder {
    explicit Folder(const std::string& whose) {
        auto name = (std::filesystem::temp_directory_path() / ("lamp-bench-" + whose + "-XXXXXX")).string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path path;
};

} // namespace bench
