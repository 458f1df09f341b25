// A file that is written beside the place where it is to stand, and takes that place whole or not at all.
#pragma once
#include <filesystem>
#include <string_view>
#include <sys/stat.h>

namespace lamp {

/// Goes with this object unless it was placed. All that can fail says so and leaves the reason in errno.
class NewFile {
public:
    /// In the folder of `place`, under a name of its own; what a life that ended in between has left there is gone.
    /// Readable for its owner alone.
    explicit NewFile(const std::filesystem::path& place);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    [[nodiscard]] bool write(std::string_view text) const;
    /// Owner, group and rights of another one, which only its owner and root may give.
    [[nodiscard]] bool like(const struct stat& other) const;
    [[nodiscard]] bool on_disk() const;
    /// What stood at `place` is gone, at once.
    [[nodiscard]] bool take_place();

private:
    std::filesystem::path place_;
    std::filesystem::path path_;
    int descriptor_ = -1;
    bool placed_ = false;
};

/// Makes sure that a file's new name is on the disk; where it cannot, the file is whole with either name.
void folder_to_disk(const std::filesystem::path& folder);

} // namespace lamp
