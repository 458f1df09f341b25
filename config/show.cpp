// `config show`, see show.hpp.
#include "config/show.hpp"

#include <fmt/format.h>

namespace lamp::config {

namespace {

std::string place(const Configuration& configuration, const Origin& origin) {
    if (!origin.given) return "default";
    auto text = fmt::format("{}:{}:{}", configuration.file(), origin.at.line, origin.at.column);
    return origin.source.empty() ? text : fmt::format("{}, {}", origin.source, text);
}

// An origin is printed behind "#": a line break in it (a file's name may hold one) would end the comment.
std::string one_line(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    return text;
}

std::string show_entry(const Configuration& configuration, const Decoded& section, std::size_t index) {
    const auto& table = *section.table;
    const auto& entry = section.entries[index];
    auto text = table.header() + "\n";
    for (std::size_t k = 0; k < table.keys.size(); ++k) {
        const auto& key = table.keys[k];
        const auto value = key.write(table.at(section.values.get(), index), key);
        if (value)
            text += fmt::format("{} = {} # {}\n", key.name, *value, one_line(place(configuration, entry.origins[k])));
        else
            text += fmt::format("# {} is not set\n", key.name);
    }
    return text;
}

} // namespace

std::string show(const Configuration& configuration) {
    std::string text;
    for (const auto& section : configuration.sections()) {
        if (!text.empty()) text += "\n";
        if (section.entries.empty()) text += fmt::format("# [{}] is not configured\n", section.table->name);
        for (std::size_t i = 0; i < section.entries.size(); ++i)
            text += (i == 0 ? "" : "\n") + show_entry(configuration, section, i);
    }
    return text;
}

} // namespace lamp::config
