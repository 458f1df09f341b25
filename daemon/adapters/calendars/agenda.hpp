// One calendar: its last good appointments, and the claims that they come to for its lines in the next day.
// What was known before an outage goes on counting; claims end by themselves. A machine, stepped with `now`.
// Lives on the egress loop.
#pragma once
#include <cstddef>
#include <span>

#include "adapters/calendars/text_rule.hpp"
#include "forwarding/desk.hpp"

namespace lamp::calendars {

inline constexpr std::chrono::hours claims_ahead{24};
inline constexpr std::chrono::hours window_before{24};
inline constexpr std::chrono::hours window_after{14 * 24};

/// What providers are asked for: the same all day long, so that they can say "nothing new".
[[nodiscard]] inline Window window_at(Wall now) {
    auto today = std::chrono::floor<std::chrono::days>(now);
    return {today - window_before, today + std::chrono::days(1) + window_after};
}

class Agenda {
public:
    // Of one line, of all its calendars. Forwarding takes 64 of each line; room is left for operators and meetings.
    static constexpr std::size_t claims_max = 48;
    static constexpr std::size_t occurrences_max = 5000; // the latest starts are left out and counted

    using NumberOn = std::function<std::optional<std::string>(std::string_view line, std::string_view name)>;

    /// `owner` is the calendar's name, `number_on` the directory's answer to "what is NAME's number on that line".
    Agenda(std::string owner, TextRule rule, NumberOn number_on);

    /// BroadWorks user ids, each once.
    void use_lines(std::vector<std::string> lines);
    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
    /// How many claims of that a line may have of this calendar; at least 1.
    void use_share(std::size_t share) { share_ = share; }
    [[nodiscard]] std::size_t share() const { return share_; }
    void use_rule(TextRule rule) { rule_ = std::move(rule); }
    [[nodiscard]] const TextRule& rule() const { return rule_; }
    [[nodiscard]] const std::string& owner() const { return owner_; }

    /// A good reading: all that is in the window; nothing: it is as it was.
    void take(std::optional<std::vector<Occurrence>> all);
    /// We may not know any more: nothing is wanted until the next good reading.
    void mute() { muted_ = true; }
    /// Whether anything was read.
    [[nodiscard]] bool known() const { return known_; }

    /// What is wanted now, by line and start; nothing: it is not known, so what is claimed stays as it is.
    [[nodiscard]] std::optional<std::vector<forwarding::LineClaim>> claims(Wall now) const;
    /// When `claims` will say something else by the mere passing of time, as far as forwarding does not see to it
    /// itself (it ends claims): a further appointment comes within a day. Wall::max(): never.
    [[nodiscard]] Wall wake_at(Wall now) const;

    /// Until when the appointments that take place now last; nothing: there is none. Free, declined, cancelled and
    /// whole-day ones, and those that divert calls, are no meetings.
    [[nodiscard]] std::optional<Wall> busy_until(Wall now) const;
    /// When `busy_until` will say something else by the mere passing of time. Wall::max(): never.
    [[nodiscard]] Wall busy_edge(Wall now) const;

    /// By start, then by key; none while it is muted.
    [[nodiscard]] std::span<const Occurrence> occurrences() const {
        return muted_ ? std::span<const Occurrence>() : occurrences_;
    }
    [[nodiscard]] std::size_t left_out() const { return left_out_; }
    [[nodiscard]] Said judge(const Occurrence& occurrence, std::string_view line) const;
    /// The claim's name, "OWNER/KEY"; very long keys are shortened, and stay unique.
    [[nodiscard]] std::string claim_name(const Occurrence& occurrence) const;

private:
    [[nodiscard]] bool is_meeting(const Occurrence& occurrence) const;
    [[nodiscard]] std::vector<forwarding::LineClaim> claims_of(const std::string& line, Wall now) const;

    std::string owner_;
    TextRule rule_;
    NumberOn number_on_;
    std::vector<std::string> lines_;
    std::vector<Occurrence> occurrences_;
    std::size_t share_ = claims_max;
    std::size_t left_out_ = 0;
    bool known_ = false;
    bool muted_ = false;
};

} // namespace lamp::calendars
