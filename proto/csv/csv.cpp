#include "proto/csv/csv.hpp"

#include <algorithm>

#include "proto/text/text.hpp"

namespace lamp::csv {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

char most_frequent_separator(std::string_view text) {
    auto header = text.substr(0, text.find_first_of("\r\n"));
    char best = ',';
    for (char candidate : {';', '\t'})
        if (std::ranges::count(header, candidate) > std::ranges::count(header, best)) best = candidate;
    return best;
}

/// "+31 20 123 0002" and "-5" are what they look like to every spreadsheet.
bool looks_like_number(std::string_view text) {
    return std::ranges::all_of(text.substr(1), [](char c) {
        return (c >= '0' && c <= '9') || c == ' ' || c == '.' || c == ',' || c == '-' || c == '(' || c == ')';
    });
}

bool looks_like_formula(std::string_view text) {
    if (text.empty()) return false;
    switch (text.front()) {
    case '=':
    case '@':
    case '\t':
    case '\r': return true;
    case '+':
    case '-': return !looks_like_number(text);
    default: return false;
    }
}

} // namespace

Reader::Reader(std::string_view text) : text_(text) {
    if (text_.starts_with(byte_order_mark)) {
        text_.remove_prefix(byte_order_mark.size());
    }
    if (!text::is_utf8(text_)) {
        converted_ = text::from_latin1(text_);
        text_ = converted_;
    }
    separator_ = most_frequent_separator(text_);
}

bool Reader::next(Row& row) {
    while (!at_end()) {
        read_row(row);
        if (row.size() > 1 || !text::trim(row.front().text).empty()) return true;
    }
    return false;
}

void Reader::read_row(Row& row) {
    row.clear();
    Cell spare;
    while (true) {
        if (row.size() == cells_max) complain(line_, column_, "more cells than a row may have");
        auto& cell = row.size() < cells_max ? row.emplace_back() : spare;
        read_cell(cell);
        if (at_end()) return;
        char c = take();
        if (c == separator_) continue;
        if (c == '\r' && !at_end() && text_[at_] == '\n') take();
        return;
    }
}

char Reader::take() {
    char c = text_[at_++];
    bool alone = c == '\r' && (at_ == text_.size() || text_[at_] != '\n'); // old Macintosh
    if (c == '\n' || alone) {
        ++line_;
        column_ = 1;
    } else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) {
        ++column_;
    }
    return c;
}

bool Reader::ends_cell() const {
    return at_end() || text_[at_] == separator_ || text_[at_] == '\n' || text_[at_] == '\r';
}

void Reader::append(Cell& cell, char c) {
    if (c == '\0') return complain(line_, column_, "a NUL byte: this is no text");
    if (cell.text.size() < cell_max) {
        cell.text += c;
    } else if (!cut_) {
        cut_ = true;
        complain(cell.line, cell.column, "the cell is longer than 64 KiB");
    }
}

void Reader::read_cell(Cell& cell) {
    cell.text.clear();
    cell.line = line_;
    cell.column = column_;
    cut_ = false;
    if (!at_end() && text_[at_] == '"') return read_quoted(cell);
    while (!ends_cell())
        append(cell, take());
}

void Reader::read_quoted(Cell& cell) {
    take();
    while (true) {
        if (at_end()) return complain(cell.line, cell.column, "the quote that opens here is never closed");
        char c = take();
        if (c != '"') {
            append(cell, c);
        } else if (!at_end() && text_[at_] == '"') {
            append(cell, take());
        } else {
            break;
        }
    }
    if (!ends_cell()) complain(line_, column_, "text behind a closing quote");
    while (!ends_cell())
        take();
}

void Reader::complain(int line, int column, std::string message) {
    if (mistakes_.size() < mistakes_max) mistakes_.push_back({line, column, std::move(message)});
}

void write_cell(std::string& out, std::string_view text, char separator) {
    bool guard = looks_like_formula(text);
    bool quoted = text.find_first_of("\"\r\n") != std::string_view::npos || text.contains(separator) ||
                  text.starts_with(' ') || text.ends_with(' ');
    if (quoted) out += '"';
    if (guard) out += '\'';
    for (char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    if (quoted) out += '"';
}

void write_row(std::string& out, const std::vector<std::string_view>& cells, char separator) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out += separator;
        write_cell(out, cells[i], separator);
    }
    out += "\r\n";
}

std::string_view unguarded(std::string_view text) {
    if (text.starts_with('\'') && looks_like_formula(text.substr(1))) text.remove_prefix(1);
    return text;
}

} // namespace lamp::csv
