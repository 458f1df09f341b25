#include "records/owners.hpp"

#include <algorithm>

namespace lamp::records {

Owners::Owners(const std::vector<Owner>& rows) {
    for (const Owner& owner : rows)
        add(owner.line, owner.platform, std::vector<std::string_view>(owner.persons.begin(), owner.persons.end()));
}

void Owners::add(std::string_view line, std::string_view platform, std::span<const std::string_view> persons) {
    if (lines_.find(line)) return;
    lines_.intern(line);
    platform_of_.push_back(platforms_.intern(platform));
    for (std::string_view person : persons)
        person_of_.push_back(persons_.intern(person));
    starts_.push_back(static_cast<std::uint32_t>(person_of_.size()));
}

Owner Owners::row(Names::Index line) const {
    Owner owner{std::string(lines_[line]), std::string(platforms_[platform_of_[line]]), {}};
    for (auto at = starts_[line]; at < starts_[line + 1]; ++at)
        owner.persons.emplace_back(persons_[person_of_[at]]);
    return owner;
}

std::optional<Owner> Owners::find(std::string_view line) const {
    auto found = lines_.find(line);
    return found ? std::optional(row(*found)) : std::nullopt;
}

std::vector<std::string> Owners::platforms(const std::vector<std::string>& persons, std::string_view line) const {
    std::vector<std::string> found;
    for_each([&](const Owner& owner) {
        bool asked = persons.empty() || std::ranges::any_of(owner.persons, [&](const std::string& person) {
                         return std::ranges::find(persons, person) != persons.end();
                     });
        if (!asked || (!line.empty() && owner.line != line)) return;
        if (std::ranges::find(found, owner.platform) == found.end()) found.push_back(owner.platform);
    });
    return found;
}

} // namespace lamp::records
