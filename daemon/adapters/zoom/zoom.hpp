// Zoom: who is in a meeting, told to whoever follows meetings. Web hooks make it quick, REST makes it true; either may
// be absent. What is decided is decided by the machines beside this file (people_state, reading_plan, accounts); this
// class is their loop. Lives on the egress loop; construction happens before the loops start.
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/zoom/accounts.hpp"
#include "adapters/zoom/deliveries.hpp"
#include "adapters/zoom/people_state.hpp"
#include "adapters/zoom/reading_plan.hpp"
#include "adapters/zoom/zoom_client.hpp"
#include "base/backoff.hpp"
#include "base/log.hpp"
#include "fanout/adapter.hpp"
#include "meetings/news.hpp"

namespace lamp::zoom {

/// What became of an event.
enum class Heard : std::uint8_t {
    read,
    duplicate,
    old,
    stranger,  // a guest, or nobody of ours
    foreign,   // of another account
    other,     // of a kind that we have no use for
    malformed, // signed well, and yet not to be read
};
inline constexpr std::size_t heard_count = 7;
[[nodiscard]] std::string_view name(Heard heard);

class Zoom final : public fanout::Adapter {
public:
    /// After so long without an event or a test of the address, web hooks count as lost: Zoom tests every 72 hours.
    static constexpr milliseconds hooks_silent_longest{75 * 3'600'000};
    /// So many changes that only REST told, one after the other: web hooks do not come any more.
    static constexpr unsigned unheard_changes_max = 3;

    /// Errors: whatever of the options cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Zoom>> make(Loop& loop, ZoomOptions options,
                                                            meetings::Listener meetings);
    ~Zoom() override;

    [[nodiscard]] std::string_view name() const override { return "zoom"; }
    void start() override;
    void shut_down(milliseconds limit, std::function<void()> done) override;
    void use_people(std::shared_ptr<const presence::People> people,
                    const std::vector<fanout::LineName>& lines) override;
    [[nodiscard]] std::optional<fanout::HookAnswer> deliver(const fanout::HookCall& call) override;

    [[nodiscard]] fanout::Health health() const override;
    [[nodiscard]] std::optional<fanout::PersonInput> input(presence::Slot slot) const override;
    [[nodiscard]] std::vector<fanout::Doubt> doubts() const override { return accounts_.doubts(); }
    [[nodiscard]] std::vector<fanout::Metric> metrics() const override;

private:
    Zoom(Loop& loop, ZoomOptions options, meetings::Listener meetings, std::unique_ptr<ZoomClient> client);

    // zoom.cpp
    [[nodiscard]] Task<> follow_directory();
    [[nodiscard]] Task<bool> list_users();
    [[nodiscard]] Task<> follow_readings();
    [[nodiscard]] Task<> read(presence::Slot slot);
    void take_reading(presence::Slot slot, const ZoomReply& reply);
    void note_reading_failure(presence::Slot slot, const ZoomReply& reply);
    [[nodiscard]] Task<> sweep();
    void accounts_changed();
    void tell(presence::Slot slot);
    void tell_unknown(presence::Slot slot);
    [[nodiscard]] PeopleState::Now now() const;
    [[nodiscard]] milliseconds life(presence::Slot slot, bool live) const;
    [[nodiscard]] bool read_by_rest(presence::Slot slot) const;

    // heard.cpp
    void take(const std::string& body);
    Heard take(const Event& event);
    Heard take_presence(const Event& event, const PeopleState::Now& at);
    Heard take_participant(const Event& event, const PeopleState::Now& at);
    Heard take_meeting(const Event& event, const PeopleState::Now& at);
    Heard note(presence::Slot slot, Taken taken, Wall happened, const PeopleState::Now& at);
    void note_unknown_word(std::string_view word);

    // view.cpp
    [[nodiscard]] bool hooks_lost() const;
    void add_problems(std::vector<std::string>& problems) const;

    Loop& loop_;
    ZoomOptions options_;
    meetings::Listener meetings_;
    std::unique_ptr<ZoomClient> client_; // null: no REST
    Deliveries deliveries_;
    std::shared_ptr<const presence::People> people_;
    Accounts accounts_;
    PeopleState state_;
    ReadingPlan plan_;
    Bell directory_bell_;
    Bell read_bell_;
    bool stopping_ = false;
    Wall started_{};

    unsigned reads_under_way_ = 0;
    std::string list_refused_; // why listing users failed; empty: it did not
    std::string read_refused_;
    Steady read_blocked_until_{};
    Backoff refused_back_off_{milliseconds(10'000), milliseconds(600'000)};
    unsigned unheard_changes_ = 0; // since the last event
    bool deauthorized_ = false;

    std::array<std::uint64_t, heard_count> heard_{};
    std::uint64_t readings_ = 0;
    std::uint64_t corrections_ = 0; // changes that a reading told first
    std::uint64_t unknown_words_ = 0;
    std::vector<std::string> words_told_;
    log::OncePerMinute complaint_;
};

} // namespace lamp::zoom
