// Contacts and then people, as far as a search wants them, one after the other from any place on. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "directory/directory.hpp"
#include "directory/roll.hpp"
#include "status/directory_ports.hpp"

namespace lamp {

class DirectoryWalk {
public:
    /// Where an item stands: among the contacts, or behind them.
    struct Place {
        bool on_roll = false;
        std::size_t at = 0;
    };

    /// All of them outlive this object.
    DirectoryWalk(const directory::Snapshot& contacts, const directory::Roll& roll, const status::DirectoryQuery& query,
                  std::string country_code)
        : contacts_(contacts), roll_(roll), query_(query), country_code_(std::move(country_code)) {}

    /// Goes on at the query's cursor. Category::invalid: it is none of ours.
    [[nodiscard]] Result<void> begin();
    [[nodiscard]] std::optional<Place> next();
    [[nodiscard]] contacts::Contact item(Place place) const;
    /// What is found at the place's item again, even if others have come and gone.
    [[nodiscard]] std::string cursor(Place place) const;

private:
    [[nodiscard]] bool wanted(Place place) const;
    [[nodiscard]] const std::string& key(std::size_t contact) const { return contacts_.contacts[contact].key; }

    const directory::Snapshot& contacts_;
    const directory::Roll& roll_;
    const status::DirectoryQuery& query_;
    std::string country_code_;
    Place from_;
    std::vector<std::uint32_t> found_; // of those before `from_`, the last first
};

} // namespace lamp
