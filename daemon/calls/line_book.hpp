// The mirror of all lines on the loop that reads their news (SIP, CSTA): what each line is now. A line at rest costs a
// few dozen bytes, one with calls costs its calls. Pure; lives on the loop of its owner.
#pragma once
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/names.hpp"
#include "calls/line_news.hpp"

namespace lamp::calls {

class LineBook {
public:
    /// The line is now as the news says; the news of a line that is not watched any more forgets it. What has ended is
    /// not kept: whoever shows it does so with the news in hand.
    void take(const LineNews& news);
    /// The line as it is now, or nullptr when it is not watched (or was never told of). Lives until the next `take`.
    /// A line without calls is shared with others that look the same: its `line` is empty.
    [[nodiscard]] const LineNews* find(std::string_view line) const;
    /// Lines that are watched.
    [[nodiscard]] std::size_t size() const { return watched_; }
    /// Each line that has calls.
    template <class Visit>
    void for_each_with_calls(Visit&& visit) const {
        for (const auto& [index, news] : busy_)
            visit(*news);
    }

private:
    /// How a line without calls looks.
    struct Look {
        std::uint16_t flags = 0;
        std::optional<Messages> messages{};
        auto operator<=>(const Look&) const = default;
    };
    struct Resting {
        LineNews news;
        std::uint32_t place = 0;
        std::uint32_t lines = 0; // that look so; without any it goes
    };
    using Looks = std::map<Look, Resting>;
    [[nodiscard]] static Look look_of(const LineNews& news);
    [[nodiscard]] std::uint32_t enter(const Look& look, const LineNews& news);
    void leave(std::uint32_t place);

    /// What a line's place says when it has none among those at rest.
    static constexpr std::uint32_t absent = 0xffff'ffff;
    static constexpr std::uint32_t has_calls = 0xffff'fffe;

    Names names_;
    std::vector<std::uint32_t> places_; // by name
    std::unordered_map<Names::Index, std::unique_ptr<LineNews>> busy_;
    Looks looks_;
    std::vector<Looks::iterator> resting_; // by place
    std::vector<std::uint32_t> free_;      // places that nobody has
    std::size_t watched_ = 0;
};

} // namespace lamp::calls
