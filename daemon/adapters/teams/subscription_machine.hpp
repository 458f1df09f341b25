// The one presence subscription that an account may have (cloud-apis.md A7): which shall exist, and what to ask Graph
// next for it. Polling does not wait for it. A machine: `now` is given. Lives on the egress loop.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "proto/graph/guid.hpp"

namespace lamp::teams {

using graph::Guid;

struct SubscriptionTimes {
    milliseconds life{3'540'000};          // asked for; Graph gives an hour at most, by its own clock
    milliseconds life_least{60'000};       // whatever was granted: clocks differ
    milliseconds key_life{24 * 3'600'000}; // then a new subscription with a new key replaces this one
    milliseconds reshape{300'000};         // so long a subscription lasts before other people are put in
    milliseconds silence{180'000};         // notifications come within a minute; three times that is silence
    milliseconds login_wait{30'000};       // until a login is looked for again
    milliseconds back_off{5'000};
    milliseconds back_off_max{900'000};
};

class SubscriptionMachine {
public:
    static constexpr std::size_t people_max = 650;
    static constexpr unsigned unheard_max = 3; // changes that polls saw and no notification told

    explicit SubscriptionMachine(SubscriptionTimes times = {}, std::uint64_t seed = std::random_device()());

    enum class Verb : std::uint8_t { list, create, renew, reauthorize, remove };
    struct Action {
        Verb verb;
        std::string id{}; // of what is renewed, re-authorised or removed
    };
    /// What Graph answered. `status` 0: nothing, and nobody knows whether it was done.
    struct Reply {
        enum class Whose : std::uint8_t {
            attempt, // our last creation, whose answer was lost
            earlier, // an earlier one of ours
            foreign, // another program's
        };
        struct Found {
            std::string id;
            milliseconds life{0}; // left
            Whose whose = Whose::foreign;
        };
        int status = 0;
        std::string id{};
        milliseconds life{0};  // granted
        milliseconds after{0}; // not earlier than this
        std::string why{};     // a sentence, for people
        std::vector<Found> found{};
    };

    /// There is a login to subscribe with, or there is none (any more): then nothing is asked, what exists is
    /// forgotten, and the first question is what Graph has of us.
    void use_login(bool there);
    /// Who shall be subscribed, in any order; more than people_max are cut off at the end.
    void want(std::vector<Guid> people);
    /// The next request; one at a time, each to be answered with `answered`.
    [[nodiscard]] std::optional<Action> next(Steady now);
    /// When `next` may have something, as far as time alone decides.
    [[nodiscard]] Steady due(Steady now) const;
    void answered(const Action& action, const Reply& reply, Steady now);

    /// Lifecycle notifications.
    void reauthorization_required(Steady now);
    void removed_by_service();
    /// A notification came that was genuine.
    void notified(Steady now);
    /// A poll learnt what a notification should have told: this person is subscribed.
    void poll_saw_change(Steady now);
    /// We are stopping: what exists is removed, nothing is made.
    void stop() { stopping_ = true; }

    enum class State : std::uint8_t { off, absent, live, refused };
    [[nodiscard]] State state() const;
    [[nodiscard]] const std::string& id() const { return id_; } // of the live one; else empty
    /// Of the live one; sorted.
    [[nodiscard]] const std::vector<Guid>& subscribed() const { return subscribed_; }
    /// Of the last creation; sorted.
    [[nodiscard]] const std::vector<Guid>& attempted() const { return attempted_; }
    [[nodiscard]] bool holds(const Guid& person) const;
    [[nodiscard]] bool silent() const { return silent_; }
    [[nodiscard]] bool busy() const { return in_flight_; }
    /// Whole sentences that a person must do something about; empty: none.
    [[nodiscard]] const std::string& problem() const { return problem_; }
    [[nodiscard]] std::uint64_t created() const { return created_; }
    [[nodiscard]] std::uint64_t renewed() const { return renewed_; }
    [[nodiscard]] std::uint64_t failed() const { return failed_; }
    [[nodiscard]] std::uint64_t silences() const { return silences_; }

private:
    void go_live(std::string id, milliseconds life, Steady now);
    void replace();
    void forget();
    void wait(const Reply& reply, Steady now);
    [[nodiscard]] bool live() const { return !id_.empty(); }
    [[nodiscard]] bool misses_somebody() const;
    [[nodiscard]] bool went_silent(Steady now) const;
    void take_list(const Reply& reply, Steady now);
    void take_creation(const Reply& reply, Steady now);
    void take_change(const Action& action, const Reply& reply, Steady now);

    SubscriptionTimes times_;
    Backoff back_off_;
    Backoff evictions_;
    Backoff silence_back_off_;
    std::vector<Guid> wanted_;     // sorted
    std::vector<Guid> subscribed_; // sorted
    std::vector<Guid> attempted_;  // sorted
    std::string id_;
    Steady expires_{};
    Steady renew_at_{};
    Steady made_{};
    std::deque<std::string> doomed_; // to be removed
    unsigned removal_failures_ = 0;  // of the front one
    Steady blocked_until_{};
    bool login_ = false;
    bool list_first_ = true; // nobody knows what Graph has
    bool conflict_ = false;  // the last creation met another subscription
    bool refused_ = false;   // not permitted
    bool reauthorize_ = false;
    Steady reauthorized_{};
    bool in_flight_ = false;
    bool stopping_ = false;

    unsigned unheard_ = 0;
    Steady unheard_since_{};
    Steady next_silence_{};
    bool silent_ = false;

    std::string problem_;
    std::uint64_t created_ = 0;
    std::uint64_t renewed_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t silences_ = 0;
};

/// Who is subscribed when not everybody can be: `first` (those somebody looks at, and those in a call), then those who
/// are already, then the others in their order. At most people_max, nobody twice.
[[nodiscard]] std::vector<Guid> choose_people(const std::vector<Guid>& first, const std::vector<Guid>& present,
                                              const std::vector<Guid>& everybody);

} // namespace lamp::teams
