// The lines of all platforms and what we know of each: calls, do not disturb, forwarding, agent state, voice mail. From
// them comes one report per person, however many lines it has. Lives on the ingress loop; the only writer of source
// telephony in the table.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/names.hpp"
#include "calls/line_news.hpp"
#include "fanout/fanout.hpp"
#include "presence/table.hpp"
#include "xsi/ledger.hpp"
#include "xsi/subscriptions.hpp"

namespace lamp::xsi {

/// One line of one person, as the roster gives it.
struct Assignment {
    std::string line; // BroadWorks user id
    presence::Slot slot;
    std::uint8_t platform;
};

/// A line as `why` shows it.
struct LineView {
    std::string line;
    presence::LineState state;
    unsigned calls;
    bool dnd;
    presence::Forwarding forwarding;
    presence::AgentState agent;
    bool stale;
    bool known; // every package that the platform grants has been heard
    Wall at;
};

class Lines {
public:
    Lines(presence::Table& table, fanout::Fanout& fanout) : table_(table), fanout_(fanout) {}

    /// Whether the platform's lines are watched for voice mail, too: without it nobody waits for that. Before `assign`.
    void follow_voice_mail(std::uint8_t platform, bool on);
    /// Replaces who has which lines. A line that stays keeps what is known of it, and its platform: it changes that
    /// only while it is not watched. `added` and `removed` are the lines that are to be watched from now on, or no
    /// more.
    void assign(std::span<const Assignment> assignments, std::vector<LineIndex>& added,
                std::vector<LineIndex>& removed);

    [[nodiscard]] std::optional<LineIndex> find(std::string_view id) const { return ids_.find(id); }
    [[nodiscard]] std::string_view id(LineIndex line) const { return ids_[line]; }
    [[nodiscard]] std::uint8_t platform(LineIndex line) const { return lines_[line].platform; }
    [[nodiscard]] bool watched(LineIndex line) const { return lines_[line].watched; }
    [[nodiscard]] std::size_t size() const { return lines_.size(); }
    [[nodiscard]] std::span<const LineIndex> of_person(presence::Slot slot) const { return persons_lines_.row(slot); }
    [[nodiscard]] std::span<const std::uint32_t> persons_of(LineIndex line) const { return lines_persons_.row(line); }

    // --- what becomes known; each publishes what it changes

    [[nodiscard]] const Ledger& ledger(LineIndex line) const { return lines_[line].ledger; }
    bool apply_calls(LineIndex line, const Document& document, Steady now);
    bool replace_calls(LineIndex line, std::span<const CallDetails> calls, Steady now);
    void set_dnd(LineIndex line, bool active);
    void set_forwarding(LineIndex line, presence::Forwarding kind, bool active);
    /// Call Forwarding Always, whole: as set_forwarding, and whoever owns forwardings hears the number.
    void set_forwarding_always(LineIndex line, bool active, std::string_view to);
    void set_agent(LineIndex line, presence::AgentState state);
    /// Nothing: the line has no voice mail box.
    void set_messages(LineIndex line, std::optional<calls::Messages> messages);
    /// The platform will not say (403, 404): nothing to wait for.
    void give_up(LineIndex line, Package package);

    // --- what is no longer sure

    /// Every line of that platform is shown as last known, and marked stale.
    void mark_stale(std::uint8_t platform);
    /// One line (a gap, a terminated subscription), one package: stale until that package is heard anew.
    void mark_stale(LineIndex line, Package package);
    /// The platform has been away for too long: its lines are unknown. What waited in voice mail boxes is not
    /// forgotten: that is no less true for it.
    void forget(std::uint8_t platform);

    [[nodiscard]] bool fresh(LineIndex line, Package package) const;
    /// It was told of since it was last forgotten, and may be shown.
    [[nodiscard]] bool told(LineIndex line, Package package) const { return (lines_[line].heard & bit(package)) != 0; }
    /// How often anything was said of the line: lets a GET see that an event overtook it.
    [[nodiscard]] std::uint32_t touched(LineIndex line) const { return lines_[line].touched; }
    /// Lines of a platform in all, and those whose whole state is known and fresh.
    [[nodiscard]] std::size_t total(std::uint8_t platform) const { return platform_counts_.at(platform).total; }
    [[nodiscard]] std::size_t known(std::uint8_t platform) const { return platform_counts_.at(platform).known; }
    [[nodiscard]] std::optional<calls::Messages> messages(LineIndex line) const;
    /// The platform is to tell of the line's voice mail, and has not yet.
    [[nodiscard]] bool messages_awaited(LineIndex line) const;
    [[nodiscard]] LineView view(LineIndex line) const;
    /// Lines that hold calls now.
    template <class Visit>
    void for_each_in_use(Visit&& visit) const {
        for (LineIndex line : in_use_)
            visit(line, lines_[line].ledger);
    }
    /// Hear of every change of a line, and of the legs that it ended; of changes that change nothing, too. Empty until
    /// somebody wants it; changed between two turns of the loop.
    std::vector<std::function<void(LineIndex, std::span<const EndedLeg>)>> listeners;
    /// Hears what Call Forwarding Always of a line is, whenever the platform tells. May be empty.
    std::function<void(LineIndex, bool active, std::string_view to)> on_forwarding_always;
    /// Once a second: forgets tombstones; gives the lines whose calls look stuck.
    [[nodiscard]] std::vector<LineIndex> tidy(Steady now, const Patience& patience = {});

private:
    static constexpr std::uint8_t all_packages = (1U << package_count) - 1;
    static constexpr std::uint8_t bit(Package package) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(package));
    }
    struct Line {
        Ledger ledger;
        std::uint32_t touched = 0;
        std::uint8_t platform = 0;
        std::uint8_t heard = 0;      // bit per package: heard at least once since it was last forgotten
        std::uint8_t fresh = 0;      // bit per package: heard, or given up, since the last doubt
        std::uint8_t forwarding = 0; // bit per presence::Forwarding
        presence::AgentState agent = presence::AgentState::none;
        bool dnd = false;
        bool watched = false;
        bool in_use = false;
        Wall at{};
    };
    /// Many-to-many, as rows in one array.
    struct Rows {
        std::vector<std::uint32_t> starts{0};
        std::vector<std::uint32_t> values;
        [[nodiscard]] std::span<const std::uint32_t> row(std::size_t index) const {
            if (index + 1 >= starts.size()) return {};
            return std::span(values).subspan(starts[index], starts[index + 1] - starts[index]);
        }
        void build(std::size_t rows, std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs);
    };
    struct PlatformCount {
        std::size_t total = 0;
        std::size_t known = 0;
        std::uint8_t wanted = all_packages & ~bit(Package::voice_mail); // bit per package
    };

    LineIndex intern(std::string_view id, std::uint8_t platform);
    void heard(LineIndex line, Package package);
    void set_masks(LineIndex line, std::uint8_t heard, std::uint8_t fresh);
    /// All that is followed has been heard since the last doubt.
    [[nodiscard]] bool complete(const Line& line) const {
        auto wanted = platform_counts_[line.platform].wanted;
        return (line.fresh & wanted) == wanted;
    }
    [[nodiscard]] EndedLegs* ended() { return listeners.empty() ? nullptr : &ended_; }
    [[gnu::noinline]] void tell(LineIndex line); // so that nobody pays for it where nobody listens
    void publish_line(LineIndex line);
    void publish(presence::Slot slot);
    [[nodiscard]] presence::LineReport report_of(presence::Slot slot) const;

    presence::Table& table_;
    fanout::Fanout& fanout_;
    std::vector<Line> lines_;
    std::vector<std::optional<calls::Messages>> messages_; // by line, as far as anybody told
    Names ids_;
    EndedLegs ended_; // by the change that is under way, while somebody listens
    Rows persons_lines_;
    Rows lines_persons_;
    std::vector<LineIndex> in_use_;
    std::array<PlatformCount, 256> platform_counts_{};
};

} // namespace lamp::xsi
