// People who do not publish their calls: others see that they are in a call, not with whom. The one rule of what is
// left out then, for records, events and news alike. Immutable; any loop.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "calls/call_record.hpp"
#include "calls/line_news.hpp"

namespace lamp::calls {

class PrivateCalls {
public:
    /// A line is private when it is any such person's.
    void add_person(std::string_view id) { persons_.emplace(id); }
    void add_line(std::string_view id) { lines_.emplace(id); }

    [[nodiscard]] bool empty() const { return persons_.empty(); }
    /// Whether the other side of a call of this person on this line is not for others' eyes.
    [[nodiscard]] bool hides(std::string_view person, std::string_view line) const {
        return persons_.contains(person) || (person.empty() && lines_.contains(line));
    }
    [[nodiscard]] bool hides_line(std::string_view line) const { return lines_.contains(line); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::unordered_set<std::string, Hash, std::equal_to<>> persons_;
    std::unordered_set<std::string, Hash, std::equal_to<>> lines_;
};

/// As if the other side had withheld who they are: number, name, where it was sent to; of an event contacts and
/// actions, too.
void hide_other_side(CallRecord& record);
void hide_other_side(CallEvent& event);
void hide_other_side(LineNews& news);

} // namespace lamp::calls
