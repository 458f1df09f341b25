#include "contacts/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "contacts/columns.hpp"
#include "proto/text/text.hpp"

namespace lamp::contacts {
namespace {

constexpr unsigned default_percent = 20;
constexpr std::size_t default_least = 10;

void take_over(Contact& contact, const Contact& known, const Column& column) {
    switch (column.kind) {
    case Kind::text: contact.*column.text = known.*column.text; break;
    case Kind::words: contact.*column.words = known.*column.words; break;
    case Kind::yes_no: contact.vip = known.vip; break;
    case Kind::number:
    case Kind::label: break; // all together, below
    }
}

/// What the file says nothing of stays as it was.
Contact completed(Contact contact, const Contact& known, const std::vector<std::string>& columns_of_file) {
    bool numbers = false;
    for (const Column& column : columns) {
        bool has = std::ranges::find(columns_of_file, column.name) != columns_of_file.end();
        if (!has) take_over(contact, known, column);
        numbers = numbers || (has && column.kind == Kind::number);
    }
    if (!numbers)
        contact.numbers = known.numbers;
    else if (known.numbers.size() > numbers_in_file)
        contact.numbers.insert(contact.numbers.end(), known.numbers.begin() + numbers_in_file, known.numbers.end());
    contact.key = known.key;
    contact.source = known.source;
    return contact;
}

/// Lines that were as they are may stay so, whatever they are.
std::optional<Mistake> default_line_refused(Contact& after, const Contact& before, int line) {
    if (after.lines == before.lines && after.default_line == before.default_line) return std::nullopt;
    if (settle_default_line(after)) return std::nullopt;
    return Mistake{line, 1, "default_line", fmt::format("\"{}\" is none of the contact's lines", after.default_line)};
}

} // namespace

std::size_t ImportLimits::allowed(std::size_t contacts) const {
    if (most) return *most;
    if (most_percent) return contacts * *most_percent / 100;
    return std::max(default_least, contacts * default_percent / 100);
}

Result<ImportLimits> read_most(std::string_view text, ImportLimits limits) {
    auto digits = text;
    bool percent = digits.ends_with('%');
    if (percent) digits.remove_suffix(1);
    auto number = text::number<unsigned>(digits);
    if (!number || (percent && *number > 100))
        return fail(Category::invalid, fmt::format("\"{}\" is neither a number nor 0% to 100%", text.substr(0, 40)));
    if (percent)
        limits.most_percent = number;
    else
        limits.most = *number;
    return limits;
}

std::size_t Plan::count(Change::Kind kind) const {
    return static_cast<std::size_t>(std::ranges::count(changes, kind, &Change::kind));
}

Plan plan_import(std::span<const Contact> current, const Reading& file, const ImportLimits& limits) {
    Plan plan;
    plan.refusals = file.mistakes;
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < current.size(); ++i)
        places.emplace(current[i].key, i);
    std::vector<bool> named(current.size());
    for (const auto& [line, contact] : file.rows) {
        if (contact.key.empty()) {
            auto fresh = contact;
            if (auto refused = default_line_refused(fresh, {}, line)) plan.refusals.push_back(std::move(*refused));
            plan.changes.push_back({Change::Kind::create, line, {}, std::move(fresh)});
            continue;
        }
        auto known = places.find(contact.key);
        if (known == places.end()) {
            plan.refusals.push_back(
                {line, 1, "key",
                 fmt::format("\"{}\" is no contact's: leave it empty for a new one", contact.key.substr(0, 80))});
            continue;
        }
        const auto& before = current[known->second];
        if (before.source != own_source) {
            plan.refusals.push_back({line, 1, "key",
                                     fmt::format("\"{}\" is named by {}, which no file changes: leave the row out",
                                                 before.key, before.source)});
            continue;
        }
        named[known->second] = true;
        auto after = completed(contact, before, file.columns);
        if (auto refused = default_line_refused(after, before, line)) plan.refusals.push_back(std::move(*refused));
        if (auto fields = differences(before, after); !fields.empty())
            plan.changes.push_back({Change::Kind::modify, line, before, std::move(after), std::move(fields)});
        else
            ++plan.unchanged;
    }
    std::size_t ours = 0;
    for (std::size_t i = 0; i < current.size(); ++i) {
        if (current[i].source != own_source) continue;
        ++ours;
        if (!named[i]) plan.changes.push_back({Change::Kind::remove, 0, current[i], {}});
    }
    if (file.rows.empty() && file.mistakes.empty() && ours > 0 && !limits.allow_empty)
        plan.refusals.push_back(
            {1, 1, "", fmt::format("the file has no rows: all {} contacts would go (--allow-empty)", ours)});
    auto gone = plan.count(Change::Kind::remove);
    bool emptied = file.rows.empty() && limits.allow_empty; // asked for by name
    if (auto allowed = limits.allowed(ours); gone > allowed && !emptied)
        plan.refusals.push_back(
            {1, 1, "",
             fmt::format("{} of {} contacts are not in the file and would go; {} may (--max-delete)", gone, ours,
                         allowed)});
    return plan;
}

} // namespace lamp::contacts
