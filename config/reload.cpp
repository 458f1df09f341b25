// Differences of two configurations, and the one that is in force after a reload.
#include "config/reload.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.hpp"

namespace lamp::config {

namespace {

const void* options_of(const Decoded& section, std::size_t index) {
    return section.table->at(section.values.get(), index);
}

std::optional<std::size_t> entry_labelled(const Decoded& section, const std::string& label) {
    const auto found = std::ranges::find(section.entries, label, &Entry::label);
    if (found == section.entries.end()) return std::nullopt;
    return static_cast<std::size_t>(found - section.entries.begin());
}

Reload of_entries(const Table& table) {
    return table.all_live() ? Reload::live : Reload::restart;
}

const Decoded& same_section(const Configuration& configuration, std::size_t index, const Decoded& as) {
    LAMP_CHECK(index < configuration.sections().size());
    const auto& section = configuration.sections()[index];
    LAMP_CHECK(section.table->type == as.table->type);
    return section;
}

void compare_keys(const Table& table, const std::string& label, const void* before, const void* after,
                  std::vector<Change>& changes) {
    for (const auto& key : table.keys)
        if (!key.same(before, after)) changes.push_back({Change::What::changed, label, key.name, key.reload});
}

void compare_section(const Decoded& before, const Decoded& after, std::vector<Change>& changes) {
    const auto& table = *after.table;
    for (std::size_t i = 0; i < after.entries.size(); ++i) {
        const auto& label = after.entries[i].label;
        if (auto old = entry_labelled(before, label))
            compare_keys(table, label, options_of(before, *old), options_of(after, i), changes);
        else
            changes.push_back({Change::What::added, label, "", of_entries(table)});
    }
    for (const auto& entry : before.entries)
        if (!entry_labelled(after, entry.label))
            changes.push_back({Change::What::removed, entry.label, "", of_entries(table)});
}

class Merge {
public:
    Merge(const Decoded& running, const Decoded& fresh)
        : running_(running), fresh_(fresh), table_(*fresh.table), made_{fresh.table, table_.make_list(), {}, false} {}

    Decoded merge() {
        const bool entries_live = of_entries(table_) == Reload::live;
        for (std::size_t i = 0; i < fresh_.entries.size(); ++i) {
            const auto old = entry_labelled(running_, fresh_.entries[i].label);
            if (old)
                take_both(*old, i);
            else if (entries_live)
                take(fresh_, i);
        }
        for (std::size_t i = 0; i < running_.entries.size(); ++i)
            if (!entries_live && !entry_labelled(fresh_, running_.entries[i].label)) take(running_, i);
        const bool kept = !entries_live && running_.present != fresh_.present;
        made_.present = kept ? running_.present : fresh_.present;
        return std::move(made_);
    }

private:
    void take(const Decoded& from, std::size_t index) {
        table_.append_copy(made_.values.get(), options_of(from, index));
        made_.entries.push_back(from.entries[index]);
    }
    void take_both(std::size_t old, std::size_t index) {
        take(fresh_, index);
        void* options = table_.at(made_.values.get(), made_.entries.size() - 1);
        for (std::size_t k = 0; k < table_.keys.size(); ++k) {
            if (table_.keys[k].reload == Reload::live) continue;
            if (table_.keys[k].same(options, options_of(running_, old))) continue;
            table_.keys[k].copy(options, options_of(running_, old));
            made_.entries.back().origins[k] = running_.entries[old].origins[k];
        }
    }

    const Decoded& running_;
    const Decoded& fresh_;
    const Table& table_;
    Decoded made_;
};

} // namespace

std::string to_string(const Change& change) {
    switch (change.what) {
    case Change::What::added: return fmt::format("[{}] added", change.section);
    case Change::What::removed: return fmt::format("[{}] removed", change.section);
    case Change::What::changed: break;
    }
    return fmt::format("[{}] {}", change.section, change.key);
}

std::vector<Change> diff(const Configuration& before, const Configuration& after) {
    std::vector<Change> changes;
    for (std::size_t i = 0; i < after.sections().size(); ++i)
        compare_section(same_section(before, i, after.sections()[i]), after.sections()[i], changes);
    return changes;
}

Reloaded apply(const Configuration& running, const Configuration& fresh) {
    Reloaded made;
    for (auto& change : diff(running, fresh))
        (change.reload == Reload::live ? made.applied : made.needs_restart).push_back(std::move(change));
    std::vector<Decoded> sections;
    for (std::size_t i = 0; i < fresh.sections().size(); ++i)
        sections.push_back(Merge(same_section(running, i, fresh.sections()[i]), fresh.sections()[i]).merge());
    made.running = std::make_shared<const Configuration>(fresh.file(), std::move(sections));
    return made;
}

ReloadAnswer reload(const Schema& schema, const Configuration& running, const std::filesystem::path& path,
                    const Sources& sources) {
    auto fresh = read(schema, path, sources);
    if (!fresh.configuration) return {std::nullopt, std::move(fresh.problems)};
    return {apply(running, *fresh.configuration), std::move(fresh.problems)};
}

} // namespace lamp::config
