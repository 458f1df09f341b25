#include "base/new_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace lamp {

NewFile::NewFile(const std::filesystem::path& place)
    : place_(place), path_(place.parent_path() / ("." + place.filename().string() + ".part")) {
    ::unlink(path_.c_str());
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

NewFile::~NewFile() {
    if (descriptor_ < 0) return;
    const int why = errno;
    ::close(descriptor_);
    if (!placed_) ::unlink(path_.c_str());
    errno = why;
}

bool NewFile::write(std::string_view text) const {
    while (!text.empty()) {
        auto count = ::write(descriptor_, text.data(), text.size());
        if (count < 0 && errno != EINTR) return false;
        text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return true;
}

bool NewFile::like(const struct stat& other) const {
    return ::fchown(descriptor_, other.st_uid, other.st_gid) == 0 && ::fchmod(descriptor_, other.st_mode & 07777U) == 0;
}

bool NewFile::on_disk() const {
    return ::fsync(descriptor_) == 0;
}

bool NewFile::take_place() {
    placed_ = ::rename(path_.c_str(), place_.c_str()) == 0;
    return placed_;
}

void folder_to_disk(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    static_cast<void>(::fsync(descriptor));
    ::close(descriptor);
}

} // namespace lamp
