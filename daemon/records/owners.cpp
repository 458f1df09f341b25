#include "records/owners.hpp"

#include <algorithm>

namespace lamp::records {

Owners::Owners(std::vector<Owner> rows) : rows_(std::move(rows)) {
    by_line_.reserve(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i)
        by_line_.emplace(rows_[i].line, i);
}

const Owner* Owners::find(std::string_view line) const {
    auto found = by_line_.find(line);
    return found == by_line_.end() ? nullptr : &rows_[found->second];
}

std::vector<std::string> Owners::platforms(const std::vector<std::string>& persons, std::string_view line) const {
    std::vector<std::string> found;
    for (const Owner& owner : rows_) {
        bool asked = persons.empty() || std::ranges::any_of(owner.persons, [&](const std::string& person) {
                         return std::ranges::find(persons, person) != persons.end();
                     });
        if (!asked || (!line.empty() && owner.line != line)) continue;
        if (std::ranges::find(found, owner.platform) == found.end()) found.push_back(owner.platform);
    }
    return found;
}

} // namespace lamp::records
