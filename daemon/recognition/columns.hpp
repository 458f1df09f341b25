// Rows with the same columns to records: which columns hold numbers, names and the key is found by the header and by
// what is in them. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "recognition/new_contact.hpp"

namespace lamp::recognition {

class Columns {
public:
    using Rows = std::vector<std::vector<std::string>>;

    /// `key`: the column that names a record; empty: one that is called "id" or "key", else the row's own content.
    Columns(std::vector<std::string> header, std::string key) : header_(std::move(header)), key_(std::move(key)) {}

    /// `rows` may be shorter or longer than the header. A row whose id came before is passed over. Category::invalid:
    /// no column with numbers, no column of the key's name; Category::limit: too many rows.
    [[nodiscard]] Result<std::vector<Record>> records(const Rows& rows);
    /// A new contact as one more row. Where the column that names records holds whole numbers the next one is taken.
    /// Category::invalid: something of it has no column, or "external_id" is needed; conflict: it is there already.
    [[nodiscard]] Result<std::vector<std::string>> row_of(const NewContact& contact, const Rows& rows);

private:
    class RowWriter;
    enum class Use : std::uint8_t { field, number, main_number, id, name, first_name, last_name, url };
    [[nodiscard]] Result<void> settle(const Rows& rows);
    [[nodiscard]] Use use_of(std::size_t column, const Rows& rows) const;
    /// The same; a column without any cell is what its title says.
    [[nodiscard]] Use use_when_written(std::size_t column, const Rows& rows) const;
    [[nodiscard]] Record record(const std::vector<std::string>& row) const;

    std::vector<std::string> header_;
    std::string key_;
    std::vector<Use> uses_;
};

/// A file with a header row, as spreadsheets write them: UTF-8 or windows-1252; ',', ';' or tab.
[[nodiscard]] Result<std::vector<Record>> read_contacts(std::string_view text, const std::string& key);

} // namespace lamp::recognition
