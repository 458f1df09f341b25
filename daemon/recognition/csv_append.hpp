// One more contact at the end of a file that belongs to somebody else: separator, encoding, line ends and header stay.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "recognition/new_contact.hpp"

namespace lamp::recognition {

struct Appended {
    std::string text; // the whole file
    std::string row;  // UTF-8, without its line end
    Record record;    // as it will be read
};
/// Pure. What spreadsheets would take for a formula is guarded. Errors: those of Columns::row_of; conflict: it stands
/// there already, or the file has mistakes; invalid: a character that the file's windows-1252 does not have.
[[nodiscard]] Result<Appended> append_contact(std::string_view text, const std::string& key, const NewContact& contact);

/// Writes beside `file`, to the disk, and renames: it is there before or afterwards, whole, with owner and rights as
/// they were. `stamp`: of stamp_of, of when it was read. conflict: it has changed since; unavailable: the system.
[[nodiscard]] Result<void> replace_file(const std::filesystem::path& file, const std::string& stamp,
                                        std::string_view text);

} // namespace lamp::recognition
