#include "roster/people_file.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <unordered_map>

#include "proto/text/text.hpp"

namespace lamp::roster {
namespace {

constexpr std::array<std::string_view, 10> columns{"id",   "name", "email", "lines", "teams",
                                                   "zoom", "goto", "webex", "zoho",  "folder"};
enum Column : std::size_t { id, name, email, lines, teams, zoom, goto_, webex, zoho, folder };

struct Cell {
    std::string text;
    int line;
    int column;
};

/// RFC 4180 with the two separators that spreadsheets use.
class CsvReader {
public:
    explicit CsvReader(std::string_view text) : text_(text) {
        if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
        auto header = text_.substr(0, text_.find('\n'));
        separator_ = std::ranges::count(header, ';') > std::ranges::count(header, ',') ? ';' : ',';
    }
    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }

    std::vector<Cell> row(std::vector<Mistake>& mistakes) {
        std::vector<Cell> cells;
        while (true) {
            cells.push_back(cell(mistakes));
            if (at_end()) return cells;
            char c = take();
            if (c == separator_) continue;
            if (c == '\r' && !at_end() && text_[at_] == '\n') take();
            return cells;
        }
    }

private:
    char take() {
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
    [[nodiscard]] bool ends_cell() const {
        return at_end() || text_[at_] == separator_ || text_[at_] == '\n' || text_[at_] == '\r';
    }
    Cell cell(std::vector<Mistake>& mistakes) {
        Cell cell{{}, line_, column_};
        if (at_end() || text_[at_] != '"') {
            while (!ends_cell())
                cell.text += take();
            return cell;
        }
        take();
        while (true) {
            if (at_end()) {
                mistakes.push_back({cell.line, cell.column, "", "the quote that opens here is never closed"});
                return cell;
            }
            char c = take();
            if (c != '"') {
                cell.text += c;
            } else if (!at_end() && text_[at_] == '"') {
                cell.text += take();
            } else {
                break;
            }
        }
        if (!ends_cell()) mistakes.push_back({line_, column_, "", "text behind a closing quote"});
        while (!ends_cell())
            take();
        return cell;
    }

    std::string_view text_;
    char separator_ = ',';
    std::size_t at_ = 0;
    int line_ = 1;
    int column_ = 1;
};

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    while (!(text = text::trim(text)).empty()) {
        auto end = std::min(text.find_first_of(" \t\r\n"), text.size());
        found.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return found;
}

/// Which column of the file is which of ours.
struct Header {
    std::array<std::size_t, columns.size()> at{};
    std::size_t width = 0;
    static constexpr std::size_t absent = ~std::size_t{0};
};

Header read_header(const std::vector<Cell>& cells, std::vector<Mistake>& mistakes) {
    Header header;
    header.at.fill(Header::absent);
    header.width = cells.size();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        auto wanted = text::lower(text::trim(cells[i].text));
        auto known = std::ranges::find(columns, wanted);
        if (known == columns.end()) {
            mistakes.push_back({cells[i].line, cells[i].column, wanted,
                                fmt::format("is no column (allowed: {})", fmt::join(columns, ", "))});
            continue;
        }
        auto& at = header.at.at(static_cast<std::size_t>(known - columns.begin()));
        if (at != Header::absent) mistakes.push_back({cells[i].line, cells[i].column, wanted, "comes twice"});
        at = i;
    }
    if (header.at[id] == Header::absent)
        mistakes.push_back({1, 1, "id", "is missing: the first row names the columns"});
    return header;
}

} // namespace

bool Reading::usable() const {
    return std::ranges::all_of(mistakes, [](const Mistake& one) { return one.warning; });
}

Reading read_people(std::string_view csv) {
    Reading reading;
    auto& mistakes = reading.mistakes;
    if (!text::is_utf8(csv)) {
        mistakes.push_back({1, 1, "", "the file is not UTF-8; save it as UTF-8"});
        return reading;
    }
    CsvReader reader(csv);
    if (reader.at_end()) {
        mistakes.push_back({1, 1, "", fmt::format("the file is empty; its first row is {}", fmt::join(columns, ","))});
        return reading;
    }
    auto header = read_header(reader.row(mistakes), mistakes);
    if (header.at[id] == Header::absent) return reading;
    std::unordered_map<std::string, int> seen;
    while (!reader.at_end()) {
        auto cells = reader.row(mistakes);
        if (cells.size() == 1 && text::trim(cells[0].text).empty()) continue;
        if (cells.size() != header.width) {
            mistakes.push_back({cells[0].line, cells[0].column, "",
                                fmt::format("{} columns where the first row has {}", cells.size(), header.width)});
            continue;
        }
        auto field = [&](Column which) {
            auto at = header.at.at(which);
            return at == Header::absent ? std::string() : std::string(text::trim(cells[at].text));
        };
        presence::PersonRow person{field(id),    field(name),         field(email), field(folder),
                                   field(teams), words(field(lines)), field(zoom),  field(goto_)};
        const Cell& at = cells[header.at[id]];
        if (person.id.empty()) {
            mistakes.push_back({at.line, at.column, "id", "is empty"});
            continue;
        }
        if (auto [known, added] = seen.try_emplace(person.id, at.line); !added) {
            mistakes.push_back(
                {at.line, at.column, "id", fmt::format("\"{}\" stands in line {} already", person.id, known->second)});
            continue;
        }
        if (person.lines.empty() && person.teams.empty() && person.zoom.empty() && person.go_to.empty())
            mistakes.push_back({at.line, at.column, "lines", "is empty: nothing is known of this person", true});
        if (person.name.empty()) person.name = person.id;
        if (person.email.empty() && person.id.find('@') != std::string::npos) person.email = person.id;
        reading.people.push_back(std::move(person));
    }
    return reading;
}

} // namespace lamp::roster
