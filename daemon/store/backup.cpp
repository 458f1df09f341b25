#include "store/backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fmt/format.h>
#include <functional>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace lamp::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "before-schema-";
constexpr std::string_view suffix = ".sqlite";

std::unexpected<Error> unwritten(const fs::path& where, std::string_view why) {
    return fail(Category::unavailable,
                fmt::format("The database cannot be copied to {} before its tables change ({}): nothing was changed. "
                            "Mend that, or start the Lamplighter before this one.",
                            where.string(), why));
}

std::string reason(int code) {
    return std::system_category().message(code);
}

/// Of a file or a folder: its content is on the disk.
bool synced(const fs::path& path) {
    int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    bool done = ::fsync(descriptor) == 0;
    int code = errno;
    ::close(descriptor);
    errno = code;
    return done;
}

/// Empty and readable to us alone; SQLite would make it as the umask says.
Result<void> touch(const fs::path& file) {
    int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return unwritten(file, reason(errno));
    ::close(descriptor);
    return {};
}

std::optional<std::int64_t> version_of(const fs::path& file) {
    auto name = file.filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) return std::nullopt;
    std::int64_t version = 0;
    const char* end = name.data() + name.size() - suffix.size();
    auto read = std::from_chars(name.data() + prefix.size(), end, version);
    return read.ec == std::errc() && read.ptr == end ? std::optional(version) : std::nullopt;
}

void keep_newest(const fs::path& folder) {
    std::vector<std::pair<std::int64_t, fs::path>> all;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (auto version = version_of(entry.path())) all.emplace_back(*version, entry.path());
    std::ranges::sort(all, std::greater());
    for (std::size_t i = schema_backups; i < all.size(); ++i)
        fs::remove(all[i].second, error);
}

} // namespace

Result<fs::path> back_up(Database& database, std::int64_t version) {
    auto folder = database.file().parent_path() / "backups";
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return unwritten(folder, reason(errno));
    auto file = folder / fmt::format("{}{}{}", prefix, version, suffix);
    auto made = file;
    made += ".new";
    if (auto touched = touch(made); !touched) return std::unexpected(touched.error());
    std::error_code error;
    if (auto copied = database.run("VACUUM INTO ?1", made.string()); !copied) {
        fs::remove(made, error);
        return unwritten(file, copied.error().text);
    }
    if (!synced(made)) return unwritten(file, reason(errno));
    fs::rename(made, file, error);
    if (error) return unwritten(file, error.message());
    if (!synced(folder)) return unwritten(file, reason(errno));
    keep_newest(folder);
    return file;
}

} // namespace lamp::store
