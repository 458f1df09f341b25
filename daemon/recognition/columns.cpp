#include "recognition/columns.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>
#include <unordered_set>

#include "numbers/written.hpp"
#include "proto/csv/csv.hpp"
#include "proto/text/text.hpp"

namespace lamp::recognition {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 14> phone_words{"phone",    "tel",       "mobi",  "gsm",     "handy",
                                                       "cell",     "extension", "poste", "toestel", "durchwahl",
                                                       "portable", "móvil",     "movil", "fax"};
constexpr std::array<std::string_view, 12> other_words{"date",  "zip",  "post",  "iban",   "vat",     "kvk",
                                                       "siret", "born", "birth", "amount", "account", "year"};
constexpr std::array<std::string_view, 6> id_names{"id", "key", "external_id", "clef", "sleutel", "schlüssel"};
constexpr std::array<std::string_view, 8> whole_names{"name",        "full name", "full_name", "display name",
                                                      "displayname", "contact",   "naam",      "company"};
constexpr std::array<std::string_view, 7> first_names{"first_name", "first name", "firstname", "given name",
                                                      "prénom",     "voornaam",   "vorname"};
constexpr std::array<std::string_view, 7> last_names{"last_name", "last name",  "lastname", "surname",
                                                     "nom",       "achternaam", "nachname"};
constexpr std::array<std::string_view, 3> main_words{"main", "head", "zentrale"};

constexpr std::size_t whole_number_min = 8;
constexpr std::size_t whole_number_max = 15;

bool is_one(Words words, std::string_view text) {
    return std::ranges::find(words, text) != words.end();
}
bool has_one(Words words, std::string_view text) {
    return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string_view cell(const std::vector<std::string>& row, std::size_t column) {
    return column < row.size() ? trimmed(row[column]) : std::string_view();
}

/// "2026-11-22", "22-11-2026", "22.11.2026".
bool is_date(std::string_view text) {
    std::size_t marks = 0, digits = 0;
    for (char c : text) {
        marks += c == '-' || c == '.' || c == '/' ? 1 : 0;
        digits += c >= '0' && c <= '9' ? 1 : 0;
    }
    return marks == 2 && digits == 8 && text.size() == 10;
}

/// A whole number, as nothing else in a table is likely to look.
bool looks_whole(std::string_view text) {
    auto read = numbers::read_written(text);
    if (!read || read->feature_code() || is_date(text)) return false;
    auto size = read->characters.size();
    return (read->plus() || read->characters.starts_with('0')) && size >= whole_number_min &&
           size <= whole_number_max + 1;
}

} // namespace

Columns::Use Columns::use_of(std::size_t column, const Rows& rows) const {
    auto title = text::lower(trimmed(header_[column]));
    if (key_.empty() ? is_one(id_names, title) : title == text::lower(key_)) return Use::id;
    if (title == "url") return Use::url;
    if (is_one(first_names, title)) return Use::first_name;
    if (is_one(last_names, title)) return Use::last_name;
    if (is_one(whole_names, title)) return Use::name;
    if (has_one(other_words, title) && !has_one(phone_words, title)) return Use::field;
    std::size_t filled = 0, whole = 0, readable = 0;
    for (const auto& row : rows) {
        auto text = cell(row, column);
        if (text.empty()) continue;
        ++filled;
        whole += looks_whole(text) ? 1 : 0;
        readable += numbers::read_written(text).has_value() ? 1 : 0;
    }
    const bool is_number =
        has_one(phone_words, title) ? readable * 2 >= filled && filled > 0 : whole * 5 >= filled * 3 && whole > 0;
    if (!is_number) return Use::field;
    return has_one(main_words, title) ? Use::main_number : Use::number;
}

Columns::Use Columns::use_when_written(std::size_t column, const Rows& rows) const {
    auto use = use_of(column, rows);
    const bool filled = std::ranges::any_of(rows, [&](const auto& row) { return !cell(row, column).empty(); });
    auto title = text::lower(trimmed(header_[column]));
    if (use != Use::field || filled || !has_one(phone_words, title)) return use;
    return has_one(main_words, title) ? Use::main_number : Use::number;
}

Result<void> Columns::settle(const Rows& rows) {
    uses_.clear();
    for (std::size_t column = 0; column < header_.size(); ++column)
        uses_.push_back(use_of(column, rows));
    if (!key_.empty() && std::ranges::find(uses_, Use::id) == uses_.end())
        return fail(Category::invalid, fmt::format("There is no column \"{}\".", key_));
    if (std::ranges::find_if(uses_, [](Use use) { return use == Use::number || use == Use::main_number; }) ==
        uses_.end())
        return fail(Category::invalid, "No column holds telephone numbers.");
    return {};
}

Record Columns::record(const std::vector<std::string>& row) const {
    Record record;
    std::string first, last;
    for (std::size_t column = 0; column < uses_.size(); ++column) {
        auto text = std::string(cell(row, column));
        if (text.empty()) continue;
        auto title = std::string(trimmed(header_[column]));
        switch (uses_[column]) {
        case Use::id: record.id = text; break;
        case Use::name: record.name = record.name.empty() ? text : record.name; break;
        case Use::first_name: first = text; break;
        case Use::last_name: last = text; break;
        case Use::url: record.url = text; break;
        case Use::number:
        case Use::main_number:
            if (record.numbers.size() < numbers_max)
                record.numbers.push_back({title, text, uses_[column] == Use::main_number});
            break;
        case Use::field: break;
        }
        record.fields.emplace_back(std::move(title), std::move(text));
    }
    if (!first.empty() || !last.empty()) record.name = first.empty() ? last : last.empty() ? first : first + " " + last;
    if (record.id.empty()) // what makes it this record
        for (const auto& [title, text] : record.fields)
            record.id += text + "\x1f";
    return record;
}

Result<std::vector<Record>> Columns::records(const Rows& rows) {
    if (rows.size() > records_max) return fail(Category::limit, "There are more than four million rows.");
    if (auto done = settle(rows); !done) return std::unexpected(done.error());
    std::vector<Record> out;
    std::unordered_set<std::string> ids;
    for (const auto& row : rows) {
        auto made = record(row);
        if (!made.id.empty() && ids.insert(made.id).second) out.push_back(std::move(made));
    }
    return out;
}

Result<std::vector<Record>> read_contacts(std::string_view text, const std::string& key) {
    csv::Reader reader(text);
    csv::Row row;
    auto texts = [&] {
        std::vector<std::string> out;
        for (auto& one : row)
            out.emplace_back(csv::unguarded(one.text));
        return out;
    };
    if (!reader.next(row)) return fail(Category::invalid, "The file is empty.");
    Columns columns(texts(), key);
    std::vector<std::vector<std::string>> rows;
    while (reader.next(row) && rows.size() <= records_max)
        rows.push_back(texts());
    return columns.records(rows);
}

} // namespace lamp::recognition
