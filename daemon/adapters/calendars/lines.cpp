#include "adapters/calendars/lines.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "adapters/calendars/text_rule.hpp"
#include "proto/text/text.hpp"

namespace lamp::calendars {
namespace {

constexpr std::size_t number_tail = 9; // digits by which two ways to write a number are the same

/// What numbers are compared by; empty: it is none.
std::string number_key(std::string_view text) {
    if (text.contains('@')) return {}; // of most names, at once
    if (!look_at_number(tidied(text)).is_number) return {};
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
    return digits.size() > number_tail ? digits.substr(digits.size() - number_tail) : digits;
}

/// What one calendar has found, the surest first.
struct Found {
    std::vector<std::string> by_id, by_number, by_local, of_person;
};
void note(std::vector<std::string>& to, const std::string& line) {
    if (std::ranges::find(to, line) == to.end()) to.push_back(line);
}

class Search {
public:
    Search(std::span<const CalendarOptions* const> calendars, const presence::People& people)
        : found(calendars.size()) {
        for (std::size_t i = 0; i < calendars.size(); ++i) {
            const CalendarOptions& one = *calendars[i];
            if (auto slot = one.person.empty() ? std::nullopt : people.find(one.person); slot && people.listed(*slot))
                people_[*slot].push_back(i);
            if (one.line.empty()) continue;
            ids_[text::lower(one.line)].push_back(i);
            if (auto key = number_key(one.line); !key.empty()) numbers_[key].push_back(i);
        }
    }

    void see_line(presence::Slot slot, const std::string& id) {
        auto name = text::lower(id);
        add(people_, slot, &Found::of_person, id);
        add(ids_, name, &Found::by_id, id);
        if (auto at = name.find('@'); at != std::string::npos) add(ids_, name.substr(0, at), &Found::by_local, id);
    }
    void see_number(const std::string& key, const std::string& id) { add(numbers_, key, &Found::by_number, id); }

    std::vector<Found> found;

private:
    template <class Map, class Key>
    void add(const Map& map, const Key& key, std::vector<std::string> Found::* where, const std::string& id) {
        auto at = map.find(key);
        if (at == map.end()) return;
        for (std::size_t i : at->second)
            note(found[i].*where, id);
    }
    std::unordered_map<std::string, std::vector<std::size_t>> ids_, numbers_;
    std::unordered_map<presence::Slot, std::vector<std::size_t>> people_;
};

Result<std::vector<std::string>> verdict(const CalendarOptions& calendar, const presence::People& people,
                                         Found&& found) {
    if (calendar.line.empty()) {
        if (!found.of_person.empty()) return std::move(found.of_person);
        auto slot = people.find(calendar.person);
        return fail(Category::not_found, slot && people.listed(*slot)
                                             ? fmt::format("the person \"{}\" has no line", calendar.person)
                                             : fmt::format("there is no person \"{}\"", calendar.person));
    }
    for (auto* lines : {&found.by_id, &found.by_number, &found.by_local}) {
        if (lines->size() > 1)
            return fail(Category::conflict, fmt::format("\"{}\" may be {} or {}: name the line by its user id",
                                                        calendar.line, lines->at(0), lines->at(1)));
        if (!lines->empty()) return std::move(*lines);
    }
    return fail(Category::not_found, fmt::format("nobody has the line \"{}\"", calendar.line));
}

} // namespace

std::vector<Result<std::vector<std::string>>> lines_of(std::span<const CalendarOptions* const> calendars,
                                                       const presence::People& people,
                                                       std::span<const fanout::LineName> names) {
    Search search(calendars, people);
    const fanout::LineName* line = nullptr; // the numbers of a line follow its user id
    for (const fanout::LineName& name : names) {
        auto key = number_key(name.text);
        if (!key.empty() && line != nullptr && line->slot == name.slot) {
            search.see_number(key, line->text);
            continue;
        }
        line = &name;
        search.see_line(name.slot, name.text);
    }
    std::vector<Result<std::vector<std::string>>> all;
    for (std::size_t i = 0; i < calendars.size(); ++i)
        all.push_back(verdict(*calendars[i], people, std::move(search.found[i])));
    return all;
}

} // namespace lamp::calendars
