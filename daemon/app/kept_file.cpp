#include "app/kept_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <functional>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/new_file.hpp"
#include "cli/input.hpp"

namespace lamp {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t bytes_max = std::size_t{64} << 20;
constexpr std::size_t backups_kept = 10;
constexpr int links_max = 16;

std::unexpected<Error> failed_to(std::string_view what, const fs::path& file) {
    return fail(Category::unavailable, fmt::format("{} cannot be {}: {}", file.string(), what, std::strerror(errno)));
}

Result<void> write(const fs::path& place, std::string_view text, const fs::path& like) {
    NewFile file(place);
    if (!file.is_open()) return failed_to("made", place);
    if (!file.write(text)) return failed_to("written", place);
    if (struct stat of{}; ::stat(like.c_str(), &of) == 0 && !file.like(of))
        return failed_to(fmt::format("given to the owner of {} (run this as root, or as that user)", like.string()),
                         place);
    if (!file.on_disk()) return failed_to("written", place);
    if (!file.take_place()) return failed_to("put in its place", place);
    return {};
}

Result<std::string> read_whole(const fs::path& file) {
    std::error_code error;
    auto there = fs::status(file, error);
    if (there.type() == fs::file_type::not_found) return fail(Category::not_found, file.string() + " is not there");
    if (error) return fail(Category::unavailable, fmt::format("{} cannot be read: {}", file.string(), error.message()));
    auto text = cli::read_file(file.string(), bytes_max);
    if (!text)
        return fail(Category::unavailable, fmt::format("{} cannot be read: {}", file.string(), text.error().text));
    if (text->size() > bytes_max) return fail(Category::limit, file.string() + " is longer than 64 MiB");
    return text;
}

/// Also where the last link leads to nothing yet.
fs::path followed(const fs::path& file) {
    std::error_code error;
    auto at = fs::absolute(file, error);
    for (int links = 0; links < links_max && fs::is_symlink(at, error); ++links)
        at = at.parent_path() / fs::read_symlink(at, error);
    auto real = fs::weakly_canonical(at, error);
    return error ? at : real;
}

} // namespace

KeptFile::KeptFile(const fs::path& file, fs::path like) : file_(followed(file)), like_(std::move(like)) {}

KeptFile::~KeptFile() {
    if (lock_ >= 0) ::close(lock_);
}

bool KeptFile::is(const fs::path& other) const {
    return followed(other) == file_;
}

Result<void> KeptFile::lock() {
    auto folder = file_.parent_path();
    lock_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock_ < 0) return failed_to("opened", folder);
    if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return {};
    if (errno != EWOULDBLOCK) return failed_to("locked", folder);
    return fail(Category::conflict, file_.string() + " is being changed by another command; try again");
}

Result<std::string> KeptFile::read() const {
    return read_whole(file_);
}

std::optional<Wall> KeptFile::time_of(std::string_view backup) const {
    constexpr std::string_view form = "00000000T000000000Z";
    if (!backup.starts_with(prefix())) return std::nullopt;
    auto stamp = backup.substr(prefix().size());
    if (stamp.size() != form.size()) return std::nullopt;
    auto time =
        parse_rfc3339(fmt::format("{}-{}-{}{}:{}:{}.{}", stamp.substr(0, 4), stamp.substr(4, 2), stamp.substr(6, 2),
                                  stamp.substr(8, 3), stamp.substr(11, 2), stamp.substr(13, 2), stamp.substr(15)));
    return time ? std::optional(*time) : std::nullopt;
}

/// Later than all others, also where the clock went back.
std::string KeptFile::next_backup() const {
    auto now = wall_now();
    if (auto all = backups(); !all.empty()) now = std::max(now, *time_of(all.front()) + milliseconds(1));
    auto time = rfc3339(now);
    std::erase_if(time, [](char c) { return c == ':' || c == '-' || c == '.'; });
    return prefix() + time;
}

Result<std::string> KeptFile::replace(std::string_view text) const {
    auto folder = file_.parent_path();
    std::string backup;
    std::error_code error;
    auto before = read();
    if (!before && before.error().category != Category::not_found) return std::unexpected(before.error());
    if (before) {
        backup = next_backup();
        if (auto kept = write(folder / backup, *before, file_); !kept) return std::unexpected(kept.error());
    }
    if (auto written = write(file_, text, before ? file_ : like_); !written) {
        if (before) fs::remove(folder / backup, error);
        return std::unexpected(written.error());
    }
    folder_to_disk(folder);
    auto all = backups();
    for (std::size_t i = backups_kept; i < all.size(); ++i)
        fs::remove(folder / all[i], error);
    return backup;
}

std::vector<std::string> KeptFile::backups() const {
    std::vector<std::string> all;
    std::error_code error;
    for (fs::directory_iterator at(file_.parent_path(), error), end; !error && at != end; at.increment(error))
        if (auto name = at->path().filename().string(); time_of(name)) all.push_back(std::move(name));
    std::ranges::sort(all, std::greater());
    return all;
}

Result<std::string> KeptFile::read_backup(const std::string& name) const {
    auto all = backups();
    if (std::ranges::find(all, name) == all.end())
        return fail(Category::not_found, fmt::format("{} is no backup of {}", name, file_.string()));
    return read_whole(file_.parent_path() / name);
}

} // namespace lamp
