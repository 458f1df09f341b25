// Which people a token's scope (access/scope.hpp) lets it see, worked out for the people of now. Serve loop.
#pragma once
#include <string_view>
#include <unordered_set>
#include <vector>

#include "access/scope.hpp"
#include "presence/people.hpp"

namespace lamp::status {

/// How lines are told apart in events; 0 is no line.
using LineMark = std::size_t;
[[nodiscard]] inline LineMark mark_of(std::string_view line) {
    return line.empty() ? 0 : std::hash<std::string_view>()(line) | 1U;
}

class Reach {
public:
    explicit Reach(access::Scope scope) : scope_(std::move(scope)) {}
    /// After each change of the people.
    void use_people(const presence::People& people);

    [[nodiscard]] bool sees(presence::Slot slot) const { return of(slot) != Sight::nothing; }
    /// Every line of the person.
    [[nodiscard]] bool sees_whole(presence::Slot slot) const { return of(slot) == Sight::whole; }
    /// A line of that person, or of nobody; one that is shared is seen by whoever sees one of its people.
    [[nodiscard]] bool sees(presence::Slot slot, LineMark line) const {
        return sees_whole(slot) || named_.contains(line) || others_.contains(line);
    }
    [[nodiscard]] bool sees(presence::Slot slot, std::string_view line) const { return sees(slot, mark_of(line)); }
    /// A line, whose-ever it is.
    [[nodiscard]] bool sees_line(std::string_view line) const {
        auto mark = mark_of(line);
        return named_.contains(mark) || others_.contains(mark);
    }
    [[nodiscard]] const access::Scope& scope() const { return scope_; }

private:
    enum class Sight : std::uint8_t { nothing, some_lines, whole };
    [[nodiscard]] Sight of(presence::Slot slot) const { return slot < sight_.size() ? sight_[slot] : Sight::nothing; }
    [[nodiscard]] Sight sight_of(const presence::People& people, presence::Slot slot) const;

    access::Scope scope_;
    std::vector<Sight> sight_;            // by slot
    std::unordered_set<LineMark> named_;  // lines that the scope names
    std::unordered_set<LineMark> others_; // lines of people who are seen whole
};

} // namespace lamp::status
