// A ZIP archive whose files are stored as they are (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16), for a
// handful of small files. The same files give the same bytes: every date is the first that there is, 1 January 1980.
// Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace lamp::zip {

struct File {
    std::string_view name; // ASCII, with / between folders
    std::string_view bytes;
};
/// At most 65 535 files, and 4 GiB in all.
[[nodiscard]] std::string archive(std::span<const File> files);

} // namespace lamp::zip
