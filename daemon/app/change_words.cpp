#include "app/change_words.hpp"

#include <fmt/format.h>

namespace lamp {
namespace {

constexpr std::size_t text_max = 8 * 1024;

/// Empty: there is no such entry, or its key is not set.
std::string value_of(const config::Decoded& section, std::size_t entry, const std::string& wanted) {
    for (const auto& key : section.table->keys)
        if (key.name == wanted)
            if (auto value = key.write(section.table->at(section.values.get(), entry), key))
                return fmt::format("[{}] {} = {}", section.entries[entry].label, wanted, *value);
    return {};
}

std::string text_of(const config::Configuration& configuration, const config::Change& change) {
    for (const auto& section : configuration.sections())
        for (std::size_t i = 0; i < section.entries.size(); ++i)
            if (section.entries[i].label == change.section)
                return change.key.empty() ? fmt::format("[{}]", change.section) : value_of(section, i, change.key);
    return {};
}

} // namespace

std::string values_of(const config::Configuration& configuration, const std::vector<config::Change>& changes) {
    std::string all;
    for (const auto& change : changes) {
        auto text = text_of(configuration, change);
        if (text.empty()) continue;
        if (all.size() + text.size() > text_max) return all + "; …";
        all += (all.empty() ? "" : "; ") + text;
    }
    return all;
}

} // namespace lamp
