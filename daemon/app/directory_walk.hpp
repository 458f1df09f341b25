// Contacts, then people, then the integrations' contacts, as far as a search wants them, one after the other from any
// place on. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/directory_sources.hpp"
#include "directory/directory.hpp"
#include "directory/roll.hpp"
#include "recognition/integrations.hpp"
#include "status/directory_ports.hpp"

namespace lamp {

class DirectoryWalk {
public:
    /// Where an item stands: in which part (contacts, people, then each integration), and where there.
    struct Place {
        std::size_t part = 0;
        std::size_t at = 0;
    };
    /// What it goes through.
    struct Ground {
        const directory::Snapshot& contacts;
        const directory::Roll& roll;
        const recognition::Searchables& integrations;
    };

    /// All of them outlive this object.
    DirectoryWalk(Ground ground, const status::DirectoryQuery& query, const DirectorySources& sources,
                  std::string country_code)
        : ground_(ground), query_(query), sources_(sources), country_code_(std::move(country_code)) {}

    /// Goes on at the query's cursor. Category::invalid: it is none of ours, or of an integration that is gone.
    [[nodiscard]] Result<void> begin();
    [[nodiscard]] std::optional<Place> next();
    [[nodiscard]] contacts::Contact item(Place place) const;
    /// What is found at the place's item again, even if others have come and gone.
    [[nodiscard]] std::string cursor(Place place) const;

private:
    static constexpr std::size_t contacts_part = 0, roll_part = 1, first_integration = 2;

    [[nodiscard]] Result<void> begin_in_integration(std::string_view key);
    [[nodiscard]] std::size_t parts() const { return first_integration + ground_.integrations.all.size(); }
    [[nodiscard]] const recognition::Words* words(std::size_t part) const;
    [[nodiscard]] std::size_t size(std::size_t part) const;
    [[nodiscard]] std::vector<std::uint32_t> found(Place from) const;
    [[nodiscard]] bool wanted(Place place) const;

    Ground ground_;
    const status::DirectoryQuery& query_;
    const DirectorySources& sources_;
    std::string country_code_;
    Place from_;
    std::vector<std::uint32_t> found_; // of those before `from_`, the last first
};

} // namespace lamp
