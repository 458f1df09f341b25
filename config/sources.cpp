// The machine as a source: regular files, the environment, /usr/share/zoneinfo.
#include "config/sources.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lamp::config {

namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

std::unexpected<Error> cannot_read(int error) {
    if (error == ENOENT || error == ENOTDIR) return fail(Category::not_found, "does not exist");
    if (error == EISDIR) return fail(Category::invalid, "is a folder");
    return fail(Category::forbidden, fmt::format("cannot be read: {}", std::generic_category().message(error)));
}

std::string size_text(std::size_t bytes) {
    return bytes >= (1U << 20U) ? fmt::format("{} MiB", bytes >> 20U) : fmt::format("{} KiB", bytes >> 10U);
}

Result<FileText> read_file(const std::filesystem::path& path, std::size_t most_bytes) {
    // O_NONBLOCK: opening a pipe that nobody writes to must not stop the daemon for ever.
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.number() < 0) return cannot_read(errno);
    struct stat status{};
    if (::fstat(file.number(), &status) != 0) return cannot_read(errno);
    if (S_ISDIR(status.st_mode)) return cannot_read(EISDIR);
    if (!S_ISREG(status.st_mode)) return fail(Category::invalid, "is not a regular file");
    FileText text;
    text.others_may_read = (status.st_mode & S_IROTH) != 0;
    char buffer[64 * 1024];
    for (;;) {
        const auto got = ::read(file.number(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot_read(errno);
        if (got == 0) return text;
        text.bytes.append(buffer, static_cast<std::size_t>(got));
        if (text.bytes.size() > most_bytes)
            return fail(Category::limit, fmt::format("is larger than {}", size_text(most_bytes)));
    }
}

FileKind kind_of(const std::filesystem::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return errno == ENOENT || errno == ENOTDIR ? FileKind::missing : FileKind::unreadable;
    if (S_ISDIR(status.st_mode)) return FileKind::folder;
    if (::access(path.c_str(), R_OK) != 0) return FileKind::unreadable;
    return S_ISREG(status.st_mode) ? FileKind::file : FileKind::other;
}

std::optional<std::string> variable(const std::string& name) {
    const char* value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): nobody here calls setenv
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::vector<std::string> zones_below(const std::filesystem::path& root) {
    std::vector<std::string> names;
    std::error_code error;
    std::filesystem::recursive_directory_iterator entry(root, error), end;
    for (; !error && entry != end; entry.increment(error)) {
        const auto name = entry->path().lexically_relative(root).string();
        const bool zone_like = name[0] >= 'A' && name[0] <= 'Z' && name.find('.') == std::string::npos;
        const bool folder = entry->is_directory(error);
        if (folder && !zone_like) entry.disable_recursion_pending(); // posix/ and right/ repeat the rest
        if (!folder && zone_like) names.push_back(name);
    }
    return names;
}

} // namespace

Sources Sources::machine() {
    return {read_file, kind_of, variable, [] { return zones_below("/usr/share/zoneinfo"); }};
}

} // namespace lamp::config
