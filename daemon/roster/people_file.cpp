#include "roster/people_file.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <unordered_map>

#include "proto/csv/csv.hpp"
#include "proto/text/text.hpp"

namespace lamp::roster {
namespace {

constexpr std::array<std::string_view, 10> columns{"id",   "name", "email", "lines", "teams",
                                                   "zoom", "goto", "webex", "zoho",  "folder"};
enum Column : std::size_t { id, name, email, lines, teams, zoom, goto_, webex, zoho, folder };

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

Header read_header(const csv::Row& cells, std::vector<Mistake>& mistakes) {
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

std::string people_header() {
    return fmt::format("{}", fmt::join(columns, ","));
}

bool Reading::usable() const {
    return std::ranges::all_of(mistakes, [](const Mistake& one) { return one.warning; });
}

Reading read_people(std::string_view text) {
    Reading reading;
    auto& mistakes = reading.mistakes;
    if (!text::is_utf8(text)) {
        mistakes.push_back({1, 1, "", "the file is not UTF-8; save it as UTF-8"});
        return reading;
    }
    csv::Reader reader(text);
    csv::Row cells;
    auto next = [&, told = std::size_t{0}]() mutable { // what is wrong with a row stands before what is wrong in it
        bool more = reader.next(cells);
        for (; told < reader.mistakes().size(); ++told)
            mistakes.push_back(
                {reader.mistakes()[told].line, reader.mistakes()[told].column, "", reader.mistakes()[told].message});
        return more;
    };
    if (!next()) {
        mistakes.push_back({1, 1, "", "the file is empty; its first row is " + people_header()});
        return reading;
    }
    auto header = read_header(cells, mistakes);
    if (header.at[id] == Header::absent) return reading;
    std::unordered_map<std::string, int> seen;
    while (next()) {
        if (cells.size() != header.width) {
            mistakes.push_back({cells[0].line, cells[0].column, "",
                                fmt::format("{} columns where the first row has {}", cells.size(), header.width)});
            continue;
        }
        auto field = [&](Column which) {
            auto at = header.at.at(which);
            return at == Header::absent ? std::string() : std::string(csv::unguarded(text::trim(cells[at].text)));
        };
        presence::PersonRow person{field(id),           field(name), field(email), field(folder), field(teams),
                                   words(field(lines)), field(zoom), field(goto_), field(zoho)};
        const csv::Cell& at = cells[header.at[id]];
        if (person.id.empty()) {
            mistakes.push_back({at.line, at.column, "id", "is empty"});
            continue;
        }
        if (auto [known, added] = seen.try_emplace(person.id, at.line); !added) {
            mistakes.push_back(
                {at.line, at.column, "id", fmt::format("\"{}\" stands in line {} already", person.id, known->second)});
            continue;
        }
        if (person.lines.empty() && person.teams.empty() && person.zoom.empty() && person.go_to.empty() &&
            person.zoho.empty())
            mistakes.push_back({at.line, at.column, "lines", "is empty: nothing is known of this person", true});
        if (person.name.empty()) person.name = person.id;
        if (person.email.empty() && person.id.find('@') != std::string::npos) person.email = person.id;
        reading.people.push_back(std::move(person));
    }
    return reading;
}

} // namespace lamp::roster
