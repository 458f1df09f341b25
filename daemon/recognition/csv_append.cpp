#include "recognition/csv_append.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/new_file.hpp"
#include "proto/csv/csv.hpp"
#include "proto/text/latin1.hpp"
#include "recognition/columns.hpp"
#include "recognition/stamp.hpp"

namespace lamp::recognition {
namespace {

namespace fs = std::filesystem;

struct Table {
    std::vector<std::string> header;
    Columns::Rows rows;
    char separator = ',';
    bool latin = false;
};

std::vector<std::string> texts_of(const csv::Row& row) {
    std::vector<std::string> out;
    for (const auto& one : row)
        out.emplace_back(csv::unguarded(one.text));
    return out;
}

Result<Table> read_table(std::string_view text) {
    csv::Reader reader(text);
    csv::Row row;
    Table table{.header = {}, .rows = {}, .separator = reader.separator(), .latin = reader.latin()};
    if (!reader.next(row)) return fail(Category::invalid, "The file is empty: its first row must name the columns.");
    table.header = texts_of(row);
    while (reader.next(row))
        table.rows.push_back(texts_of(row));
    if (reader.mistakes().empty()) return table;
    const auto& first = reader.mistakes().front();
    return fail(Category::conflict, fmt::format("Nothing is put behind a file with mistakes; line {}, column {}: {}.",
                                                first.line, first.column, first.message));
}

std::string_view line_end_of(std::string_view text) {
    if (text.contains("\r\n")) return "\r\n";
    return text.contains('\r') && !text.contains('\n') ? "\r" : "\n";
}

std::unexpected<Error> failed(const fs::path& file, std::string_view what) {
    return fail(Category::unavailable,
                fmt::format("{} cannot be {}: {}. The daemon's user must be allowed to write to it and its folder.",
                            file.string(), what, std::strerror(errno)));
}

} // namespace

Result<Appended> append_contact(std::string_view text, const std::string& key, const NewContact& contact) {
    auto table = read_table(text);
    if (!table) return std::unexpected(table.error());
    Columns columns(table->header, key);
    auto cells = columns.row_of(contact, table->rows);
    if (!cells) return std::unexpected(cells.error());
    Appended out;
    csv::write_row(out.row, {cells->begin(), cells->end()}, table->separator);
    out.row.resize(out.row.size() - 2);         // its line end
    auto before = columns.records(table->rows); // none in a file of which only the header is there
    table->rows.push_back(std::move(*cells));
    auto records = columns.records(table->rows);
    if (!records) return std::unexpected(records.error());
    if (records->size() != (before ? before->size() : 0) + 1)
        return fail(Category::conflict, "This contact stands in the file already.");
    out.record = std::move(records->back());
    auto bytes = table->latin ? text::to_latin1(out.row) : std::optional(out.row);
    if (!bytes)
        return fail(Category::invalid, "The file is written in windows-1252, which does not have every character of "
                                       "this contact.");
    auto line_end = line_end_of(text);
    out.text = text;
    if (!text.ends_with('\n') && !text.ends_with('\r')) out.text += line_end;
    out.text += *bytes;
    out.text += line_end;
    return out;
}

Result<void> replace_file(const fs::path& file, const std::string& stamp, std::string_view text) {
    std::error_code error;
    const auto place = fs::canonical(file, error); // a link stays one
    struct stat was{};
    if (error || ::stat(place.c_str(), &was) != 0) return failed(file, "found");
    NewFile made(place);
    if (!made.is_open() || !made.write(text)) return failed(file, "written");
    if (!made.like(was)) return failed(file, "replaced by one with the same owner and rights");
    if (!made.on_disk()) return failed(file, "written");
    if (stamp_of({file}) != stamp) return fail(Category::conflict, file.string() + " has changed meanwhile.");
    if (!made.take_place()) return failed(file, "replaced");
    folder_to_disk(place.parent_path());
    return {};
}

} // namespace lamp::recognition
