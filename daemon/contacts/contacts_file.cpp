#include "contacts/contacts_file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "contacts/columns.hpp"
#include "contacts/folder.hpp"
#include "contacts/link.hpp"
#include "proto/csv/csv.hpp"
#include "proto/text/text.hpp"

namespace lamp::contacts {
namespace {

constexpr std::size_t mistakes_max = csv::mistakes_max;

bool is_called(const Column& column, std::string_view word) {
    if (word == column.name) return true;
    for (auto rest = column.others; !rest.empty();) {
        auto end = std::min(rest.find('|'), rest.size());
        if (rest.substr(0, end) == word) return true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!(text = text::trim(text)).empty()) {
        auto end = std::min(text.find_first_of(" \t\r\n"), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

std::optional<bool> yes_no(std::string_view word) {
    constexpr std::array<std::string_view, 10> yes{"1", "yes", "true", "x", "ja", "oui", "si", "sí", "y", "o"};
    constexpr std::array<std::string_view, 6> no{"", "0", "no", "false", "nee", "non"};
    if (std::ranges::find(yes, word) != yes.end()) return true;
    if (std::ranges::find(no, word) != no.end() || word == "nein") return false;
    return std::nullopt;
}

class FileReader {
public:
    FileReader(std::string_view text, const Normal& normal) : reader_(text), normal_(normal) {}

    Reading read() && {
        csv::Row row;
        if (!next(row)) {
            complain(1, 1, "", fmt::format("the file is empty; its first row is {}", names()));
            return std::move(reading_);
        }
        if (!read_header(row)) return std::move(reading_);
        while (next(row))
            read_row(row);
        return std::move(reading_);
    }

private:
    static std::string names() {
        std::string all;
        for (const Column& column : columns)
            all += (all.empty() ? "" : ";") + std::string(column.name);
        return all;
    }

    bool next(csv::Row& row) {
        bool more = reader_.next(row);
        const auto& found = reader_.mistakes();
        for (; told_ < found.size(); ++told_)
            complain(found[told_].line, found[told_].column, "", found[told_].message);
        return more;
    }

    void complain(int line, int column, std::string_view what, std::string message) {
        if (reading_.mistakes.size() < mistakes_max)
            reading_.mistakes.push_back({line, column, std::string(what), std::move(message)});
    }

    bool read_header(const csv::Row& row) {
        for (const auto& cell : row) {
            auto word = text::lower(text::trim(cell.text));
            const auto* column = std::ranges::find_if(columns, [&](const Column& one) { return is_called(one, word); });
            if (column == columns.end()) {
                complain(cell.line, cell.column, std::string_view(word).substr(0, 80),
                         fmt::format("is no column (allowed: {})", names()));
                places_.push_back(nullptr);
                continue;
            }
            if (std::ranges::find(places_, column) != places_.end())
                complain(cell.line, cell.column, column->name, "comes twice");
            places_.push_back(column);
            reading_.columns.emplace_back(column->name);
        }
        for (std::string_view needed : {"last_name", "first_name"})
            if (std::ranges::find(reading_.columns, needed) == reading_.columns.end())
                complain(1, 1, needed, "is missing: the first row names the columns");
        return reading_.mistakes.empty();
    }

    void read_row(const csv::Row& row) {
        if (row.size() != places_.size())
            return complain(row.front().line, row.front().column, "",
                            fmt::format("{} cells where the first row has {}", row.size(), places_.size()));
        Contact contact;
        contact.numbers.resize(numbers_in_file);
        for (std::size_t i = 0; i < row.size(); ++i)
            read_cell(row[i], *places_[i], contact);
        std::erase_if(contact.numbers, [](const Number& one) { return one.number.empty(); });
        if (contact.last_name.empty()) complain(row.front().line, row.front().column, "last_name", "is empty");
        if (contact.first_name.empty()) complain(row.front().line, row.front().column, "first_name", "is empty");
        if (!contact.key.empty())
            if (auto [known, added] = keys_.try_emplace(contact.key, row.front().line); !added)
                complain(row.front().line, row.front().column, "key",
                         fmt::format("\"{}\" stands in line {} already", contact.key, known->second));
        reading_.rows.push_back({row.front().line, std::move(contact)});
    }

    void read_cell(const csv::Cell& cell, const Column& column, Contact& contact) {
        auto text = text::trim(csv::unguarded(text::trim(cell.text)));
        if (text.size() > text_max)
            return complain(cell.line, cell.column, column.name, fmt::format("is longer than {} bytes", text_max));
        switch (column.kind) {
        case Kind::text: read_text(cell, text, column, contact); break;
        case Kind::words:
            contact.*column.words = words_of(text);
            if ((contact.*column.words).size() > list_max)
                complain(cell.line, cell.column, column.name, fmt::format("holds more than {} words", list_max));
            if (column.words == &Contact::own) check_own(cell, contact.own);
            break;
        case Kind::label: contact.numbers.at(column.place).type = text; break;
        case Kind::yes_no:
            if (auto answer = yes_no(text::lower(text)))
                contact.vip = *answer;
            else
                complain(cell.line, cell.column, column.name, fmt::format("\"{}\" is neither yes nor no", text));
            break;
        case Kind::number:
            if (text.empty()) break;
            if (auto number = normal_(text))
                contact.numbers.at(column.place).number = std::move(*number);
            else
                complain(cell.line, cell.column, column.name, number.error().text);
            break;
        }
    }

    void check_own(const csv::Cell& cell, const std::vector<std::string>& members) {
        for (const auto& one : members)
            if (!may_follow(one))
                complain(cell.line, cell.column, "own", fmt::format("\"{}\" is no member that follows an entry", one));
    }

    void read_text(const csv::Cell& cell, std::string_view text, const Column& column, Contact& contact) {
        contact.*column.text = text;
        if (column.text != &Contact::folder || text.empty()) return;
        if (auto path = folder_path(text))
            contact.folder = std::move(*path);
        else
            complain(cell.line, cell.column, column.name, path.error().text);
    }

    csv::Reader reader_;
    const Normal& normal_;
    Reading reading_;
    std::size_t told_ = 0; // of the reader's mistakes
    std::vector<const Column*> places_;
    std::unordered_map<std::string, int> keys_; // and the lines where they stand
};

} // namespace

std::string written(const Contact& contact, const Column& column) {
    switch (column.kind) {
    case Kind::text: return contact.*column.text;
    case Kind::words: return joined(contact.*column.words);
    case Kind::yes_no: return contact.vip ? "yes" : "";
    case Kind::number:
        return column.place < contact.numbers.size() ? contact.numbers[column.place].number : std::string();
    case Kind::label: return column.place < contact.numbers.size() ? contact.numbers[column.place].type : std::string();
    }
    return {};
}

Reading read_contacts(std::string_view text, const Normal& normal) {
    return FileReader(text, normal).read();
}

std::string header(char separator, bool byte_order_mark) {
    std::string out = byte_order_mark ? "\xef\xbb\xbf" : "";
    std::vector<std::string_view> names;
    for (const Column& column : columns)
        names.push_back(column.name);
    csv::write_row(out, names, separator);
    return out;
}

void append_row(std::string& out, const Contact& contact, char separator) {
    std::array<std::string, columns.size()> cells;
    std::ranges::transform(columns, cells.begin(), [&](const Column& column) { return written(contact, column); });
    csv::write_row(out, {cells.begin(), cells.end()}, separator);
}

std::string contacts_text(std::span<const Contact> contacts, char separator, bool byte_order_mark) {
    auto text = header(separator, byte_order_mark);
    for (const auto& one : contacts)
        if (one.source == own_source) append_row(text, one, separator);
    return text;
}

} // namespace lamp::contacts
