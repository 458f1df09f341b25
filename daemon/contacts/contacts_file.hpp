// The contacts file: CSV as proto/csv reads it, with the columns of columns.hpp in any order. Every mistake with its
// line and column. Pure.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "contacts/contact.hpp"

namespace lamp::contacts {

struct Mistake {
    int line = 1;
    int column = 1;
    std::string what; // the column's name, or empty
    std::string message;
};

struct FileRow {
    int line = 1; // where it stands
    Contact contact;
};

struct Reading {
    std::vector<FileRow> rows;
    std::vector<std::string> columns; // that the file has; what it lacks is left as it was
    std::vector<Mistake> mistakes;    // with any of them the rows are not to be used
};

/// How a number of the file is stored; an error is a mistake of that cell.
using Normal = std::function<Result<std::string>(std::string_view written)>;

/// Needs last_name and first_name, as columns and in every row. Columns that are none are mistakes.
[[nodiscard]] Reading read_contacts(std::string_view text, const Normal& normal);

/// The first row, with or without a byte order mark (spreadsheets want one to see UTF-8).
[[nodiscard]] std::string header(char separator, bool byte_order_mark);
void append_row(std::string& out, const Contact& contact, char separator);
/// The first row, and one for each contact of our own: what can be imported again.
[[nodiscard]] std::string contacts_text(std::span<const Contact> contacts, char separator, bool byte_order_mark);

} // namespace lamp::contacts
