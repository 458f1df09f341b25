// A folder of a test's own that is gone afterwards.
#pragma once
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace faults {

class Folder {
public:
    /// `name` is part of the folder's, for whoever finds one that a crash has left.
    explicit Folder(std::string_view name) {
        auto made = (std::filesystem::temp_directory_path() / ("lamp-" + std::string(name) + "-XXXXXX")).string();
        REQUIRE(::mkdtemp(made.data()) != nullptr);
        path_ = made;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace faults
