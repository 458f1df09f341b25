// What an import would do to the directory, and whether it may (interface 7.10): an empty key creates, a known key
// changes, a contact that is absent goes, an unknown key is refused. Nothing is done here. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "contacts/contacts_file.hpp"

namespace lamp::contacts {

struct ImportLimits {
    bool allow_empty = false; // a file that is nothing but its first row
    /// The most contacts that may go. Nothing: a fifth of them, or 10 where that is more.
    std::optional<std::size_t> most{};
    std::optional<unsigned> most_percent{}; // 0 to 100
    [[nodiscard]] std::size_t allowed(std::size_t contacts) const;
};
/// "12" or "5%". Category::invalid.
[[nodiscard]] Result<ImportLimits> read_most(std::string_view text, ImportLimits limits = {});

struct Change {
    enum class Kind : std::uint8_t { create, modify, remove } kind{};
    int line = 0; // of the file; 0: `remove`
    Contact before{};
    Contact after{};
    std::vector<std::string> fields{}; // `modify`: which ones
};

struct Plan {
    std::vector<Change> changes; // in the order of the file, those that go at the end
    std::size_t unchanged = 0;
    std::size_t count(Change::Kind kind) const;
    std::vector<Mistake> refusals; // with any of them nothing may be done
};

/// Columns that the file does not have stay as they are. `current` is the whole directory; of contacts that another
/// source names none is changed.
[[nodiscard]] Plan plan_import(std::span<const Contact> current, const Reading& file, const ImportLimits& limits);

} // namespace lamp::contacts
