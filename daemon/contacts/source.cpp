#include "contacts/source.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

#include "contacts/columns.hpp"
#include "proto/text/text.hpp"

namespace lamp::contacts {
namespace {

constexpr std::array texts_of_source{&Contact::last_name,  &Contact::first_name, &Contact::company,
                                     &Contact::department, &Contact::title,      &Contact::email,
                                     &Contact::external_id};

bool belongs_to_source(const Column& column) {
    if (column.kind == Kind::number || column.kind == Kind::label) return true;
    return column.kind == Kind::text && std::ranges::find(texts_of_source, column.text) != texts_of_source.end();
}

Result<void> may_go(std::size_t gone, std::size_t there, bool all, const SourceReading& reading,
                    const ImportLimits& limits) {
    const bool asked = limits.most || limits.most_percent;
    auto allowed = limits.allowed(there);
    if (gone == 0 || (gone <= allowed && (asked || !all))) return {};
    return fail(Category::conflict,
                fmt::format("{} of {} contacts of {} would go; {} may. Nothing was changed. If that is right: "
                            "lamplighter directory sync --max-delete {} --source {}.",
                            gone, there, reading.source, all && !asked ? "not all of them" : std::to_string(allowed),
                            gone, reading.source));
}

/// Whom the sources before this one name, by their e-mail addresses.
class NamedBefore {
public:
    NamedBefore(std::span<const Contact> current, std::string_view source) {
        const auto* end = std::ranges::find(people_sources, source);
        if (end == people_sources.begin() || end == people_sources.end()) return;
        for (const auto& one : current)
            if (!one.email.empty() && std::find(people_sources.begin(), end, one.source) != end)
                addresses_.insert(text::lower(one.email));
    }
    bool operator()(const Contact& one) const {
        return !addresses_.empty() && !one.email.empty() && addresses_.contains(text::lower(one.email));
    }

private:
    std::unordered_set<std::string> addresses_;
};

} // namespace

Contact renewed(Contact ours, Contact said) {
    for (auto text : texts_of_source)
        ours.*text = std::move(said.*text);
    ours.numbers = std::move(said.numbers);
    return ours;
}

std::string_view foreign_difference(const Contact& before, const Contact& after) {
    if (before.source == own_source) return {};
    for (const Column& column : columns)
        if (belongs_to_source(column) && written(before, column) != written(after, column)) return column.name;
    return before.numbers == after.numbers ? std::string_view() : "numbers"; // beyond the file's
}

Result<Plan> plan_source(std::span<const Contact> current, SourceReading reading, const ImportLimits& limits) {
    Plan plan;
    std::unordered_map<std::string_view, const Contact*> known;
    for (const auto& one : current)
        if (one.source == reading.source) known.emplace(one.external_id, &one);
    const auto there = known.size();
    std::unordered_set<std::string_view> gone(reading.gone.begin(), reading.gone.end());
    const NamedBefore elsewhere(current, reading.source);
    std::unordered_set<std::string_view> left_to_others;
    for (auto& one : reading.contacts) {
        if (elsewhere(one)) {
            left_to_others.insert(one.external_id);
            continue;
        }
        auto found = known.find(one.external_id);
        if (found == known.end()) {
            one.source = reading.source;
            plan.changes.push_back({Change::Kind::create, 0, {}, std::move(one)});
            continue;
        }
        const Contact& before = *found->second;
        known.erase(found);
        auto after = renewed(before, std::move(one));
        if (auto fields = differences(before, after); !fields.empty())
            plan.changes.push_back({Change::Kind::modify, 0, before, std::move(after), std::move(fields)});
        else
            ++plan.unchanged;
    }
    std::size_t removed = 0;
    for (const auto& one : current) { // in their order
        if (one.source != reading.source) continue;
        auto left = known.find(one.external_id);
        if (left == known.end() || left->second != &one) continue;
        const bool others = left_to_others.contains(one.external_id) || elsewhere(one);
        if (!others && !reading.whole && !gone.contains(one.external_id)) {
            ++plan.unchanged;
            continue;
        }
        plan.changes.push_back({Change::Kind::remove, 0, one, {}});
        if (!others) ++removed;
    }
    if (auto may = may_go(removed, there, removed == there, reading, limits); !may) return std::unexpected(may.error());
    return plan;
}

} // namespace lamp::contacts
