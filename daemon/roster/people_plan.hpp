// What another people file would change: who is new, of whom something is different, who is no longer in it. Pure.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "presence/people.hpp"

namespace lamp::roster {

struct FieldChange {
    std::string_view field; // as the column is called
    std::string before;
    std::string after;
};

struct PersonChange {
    enum class Kind : std::uint8_t { create, modify, remove } kind{};
    std::string id;
    std::string name;                  // the new one, if there is one
    std::vector<FieldChange> fields{}; // `create` and `modify`: those that are different
};

struct PeoplePlan {
    std::vector<PersonChange> changes; // in the order of the new file, those that go at the end
    std::size_t unchanged = 0;
    [[nodiscard]] std::size_t count(PersonChange::Kind kind) const;
};

/// Rows as `read_people` gives them: no id twice, and nothing of webex, which nobody reads. A person is who has the
/// same id; the order of lines counts.
[[nodiscard]] PeoplePlan plan_people(std::span<const presence::PersonRow> before,
                                     std::span<const presence::PersonRow> after);

} // namespace lamp::roster
