#include "roster/people_plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unordered_map>

namespace lamp::roster {
namespace {

using presence::PersonRow;

struct Field {
    std::string_view name;
    std::string (*text)(const PersonRow&);
};

constexpr Field fields[]{
    {"name", [](const PersonRow& row) { return row.name; }},
    {"email", [](const PersonRow& row) { return row.email; }},
    {"lines", [](const PersonRow& row) { return fmt::format("{}", fmt::join(row.lines, " ")); }},
    {"teams", [](const PersonRow& row) { return row.teams; }},
    {"zoom", [](const PersonRow& row) { return row.zoom; }},
    {"goto", [](const PersonRow& row) { return row.go_to; }},
    {"zoho", [](const PersonRow& row) { return row.zoho; }},
    {"folder", [](const PersonRow& row) { return row.folder; }},
};

std::vector<FieldChange> differences(const PersonRow& before, const PersonRow& after) {
    std::vector<FieldChange> all;
    for (const Field& field : fields)
        if (auto was = field.text(before), is = field.text(after); was != is)
            all.push_back({field.name, std::move(was), std::move(is)});
    return all;
}

} // namespace

std::size_t PeoplePlan::count(PersonChange::Kind kind) const {
    return static_cast<std::size_t>(std::ranges::count(changes, kind, &PersonChange::kind));
}

PeoplePlan plan_people(std::span<const PersonRow> before, std::span<const PersonRow> after) {
    using enum PersonChange::Kind;
    PeoplePlan plan;
    std::unordered_map<std::string_view, const PersonRow*> gone;
    for (const PersonRow& row : before)
        gone.emplace(row.id, &row);
    for (const PersonRow& row : after) {
        auto known = gone.find(row.id);
        bool is_new = known == gone.end();
        auto different = differences(is_new ? PersonRow() : *known->second, row);
        if (!is_new) gone.erase(known);
        if (is_new || !different.empty())
            plan.changes.push_back({is_new ? create : modify, row.id, row.name, std::move(different)});
        else
            ++plan.unchanged;
    }
    for (const PersonRow& row : before)
        if (gone.contains(row.id)) plan.changes.push_back({remove, row.id, row.name});
    return plan;
}

} // namespace lamp::roster
