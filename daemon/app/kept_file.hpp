// A file that commands write for an administrator, whole or not at all, with what was there before kept beside it.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"

namespace lamp {

class KeptFile {
public:
    /// A link is followed: what it leads to is replaced. `like`: whose owner and permissions a new file gets.
    KeptFile(const std::filesystem::path& file, std::filesystem::path like);
    ~KeptFile();
    KeptFile(const KeptFile&) = delete;
    KeptFile& operator=(const KeptFile&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return file_; }
    /// Whether `other` leads to this file, which need not be there.
    [[nodiscard]] bool is(const std::filesystem::path& other) const;
    /// Nobody else changes the file by this class until this object goes. Category::conflict: somebody else does;
    /// unavailable: the folder cannot be opened.
    [[nodiscard]] Result<void> lock();
    /// Category::not_found: there is none; limit: longer than 64 MiB; unavailable: cannot be read.
    [[nodiscard]] Result<std::string> read() const;
    /// On the disk when it returns, or as it was, without a new backup then. Gives the backup's name, empty where there
    /// was no file. Of backups the ten newest are kept. Category::unavailable, with what failed and who may.
    [[nodiscard]] Result<std::string> replace(std::string_view text) const;
    /// Their names (FILE.before-TIME, in UTC), the newest first.
    [[nodiscard]] std::vector<std::string> backups() const;
    /// Category::not_found: none of `backups`; else as `read`.
    [[nodiscard]] Result<std::string> read_backup(const std::string& name) const;

private:
    [[nodiscard]] std::string prefix() const { return file_.filename().string() + ".before-"; }
    [[nodiscard]] std::optional<Wall> time_of(std::string_view backup) const;
    [[nodiscard]] std::string next_backup() const;
    std::filesystem::path file_;
    std::filesystem::path like_;
    int lock_ = -1;
};

} // namespace lamp
