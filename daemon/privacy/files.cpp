#include "privacy/files.hpp"

#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <string>

namespace lamp::privacy {
namespace {

namespace fs = std::filesystem;

/// With its write-ahead log and index.
bool in_use(const fs::path& file) {
    auto name = file.filename().string();
    return name == "lamplighter.db" || name == "lamplighter.db-wal" || name == "lamplighter.db-shm";
}

bool mentions(const fs::path& file, const WantedNumber& number) {
    std::ifstream in(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    return number.occurs_in(text);
}

} // namespace

calls::PrivacyPlace look_into_files(const fs::path& folder, const WantedNumber& number, Wish wish) {
    calls::PrivacyPlace place{.place = "files"};
    std::error_code error;
    std::size_t count = 0;
    std::size_t too_large = 0;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code about;
        if (!at->is_regular_file(about) || at->is_symlink(about) || in_use(at->path())) continue;
        if (++count > files_max) break;
        if (at->file_size(about) > file_bytes_max) {
            ++too_large;
            continue;
        }
        if (!mentions(at->path(), number)) continue;
        ++place.found;
        if (!wish.contacts) continue;
        if (wish.what != Wish::What::erase || fs::remove(at->path(), about)) ++place.erased;
    }
    if (place.found > place.erased) place.note = "Backups stay unless contacts are to go, too.";
    if (too_large > 0) place.note = fmt::format("{} files are too large to be looked into.", too_large);
    if (count > files_max) place.note = "There are too many files: not all were looked into.";
    return place;
}

std::size_t remove_old_backups(const fs::path& folder, Wall than) {
    std::size_t gone = 0;
    std::error_code error;
    auto age = std::chrono::duration_cast<fs::file_time_type::duration>(wall_now() - than);
    auto oldest = fs::file_time_type::clock::now() - age;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code about;
        if (!at->is_regular_file(about) || at->is_symlink(about) || at->path().extension() != ".csv") continue;
        auto written = at->last_write_time(about);
        if (!about && written < oldest && fs::remove(at->path(), about)) ++gone;
    }
    return gone;
}

} // namespace lamp::privacy
