// Change notifications of Graph: keeps one presence subscription alive on behalf of an account and turns what is
// delivered into readings. Polling stays the truth behind it. Lives on the egress loop, but for `deliver` and
// `expects_validation`. Decisions: subscription_machine; proof: credentials, publisher.
#pragma once
#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/teams/credentials.hpp"
#include "adapters/teams/graph_client.hpp"
#include "adapters/teams/options.hpp"
#include "adapters/teams/publisher.hpp"
#include "adapters/teams/subscription_machine.hpp"
#include "fanout/adapter.hpp"
#include "proto/graph/presence.hpp"
#include "proto/graph/subscription.hpp"
#include "store/store.hpp"

namespace lamp::teams {

/// What became of one notification.
enum class Notified : std::uint8_t {
    read,        // a reading, or the order to read
    old,         // late: something newer was known
    stranger,    // of nobody whom we know
    duplicate,   // came before
    forged,      // a wrong or missing client state
    foreign,     // of a subscription that is not ours
    untrusted,   // its validation token is not Graph's, or not for us
    unreadable,  // no JSON, wrong signature, wrong key
    unknown_key, // encrypted for a certificate that we do not have (any more)
};
inline constexpr std::size_t notified_count = 9;
[[nodiscard]] std::string_view outcome_name(Notified outcome);

class Notifications {
public:
    static constexpr std::size_t inbox_max = 256;       // deliveries that wait
    static constexpr std::size_t inbox_bytes = 8 << 20; // of them all
    static constexpr std::size_t seen_max = 4096;       // signatures remembered against duplicates

    struct Callbacks {
        /// A presence as its person's newest: read, old or stranger.
        std::function<Notified(const graph::Presence&)> reading;
        /// These are to be read now.
        std::function<void(std::vector<Guid>)> look;
        /// Who shall be subscribed, given who is.
        std::function<std::vector<Guid>(const std::vector<Guid>& present)> wanted;
    };

    [[nodiscard]] static Result<std::unique_ptr<Notifications>> make(Loop& loop, const TeamsOptions& options,
                                                                     store::Store& store, Callbacks callbacks);
    void start();
    /// Removes the subscription if that succeeds in time. Then `stop`.
    [[nodiscard]] Task<> say_goodbye(Steady until);
    void stop();

    // --- any loop, must not wait
    /// True while a creation of ours waits for Graph's test of the address.
    [[nodiscard]] bool expects_validation() const;
    /// A delivery, to be looked into later. False: too many wait.
    [[nodiscard]] bool deliver(std::string body);

    // --- egress loop
    /// The people have changed: look at `wanted` again.
    void people_changed() { bell_.ring(); }
    /// A poll learnt of a change that no notification has told.
    void poll_saw_change(const Guid& person);
    void add_problems(std::vector<std::string>& problems) const;
    void add_metrics(std::vector<fanout::Metric>& metrics) const;
    [[nodiscard]] std::string_view state() const; // off, absent, live, silent, refused
    [[nodiscard]] std::uint64_t count(Notified outcome) const { return counts_[static_cast<std::size_t>(outcome)]; }

private:
    Notifications(Loop& loop, const TeamsOptions& options, store::Store& store, Callbacks callbacks,
                  std::unique_ptr<Publisher> publisher);

    // notifications.cpp: the subscription
    [[nodiscard]] Task<> follow_login();
    [[nodiscard]] Task<> use_login(Secret refresh_token);
    [[nodiscard]] Task<> keep_rotated(Secret fresh);
    [[nodiscard]] Task<> follow_subscription();
    [[nodiscard]] Task<> carry_out(SubscriptionMachine::Action action);
    [[nodiscard]] Task<SubscriptionMachine::Reply> create();
    [[nodiscard]] Task<SubscriptionMachine::Reply> list();
    [[nodiscard]] SubscriptionMachine::Reply digest(const GraphReply& reply) const;
    [[nodiscard]] std::string address(std::string_view path, std::string_view mark) const;
    [[nodiscard]] SubscriptionMachine::Reply::Whose whose(std::string_view notification_url) const;
    void note_change();

    // deliveries.cpp
    [[nodiscard]] Task<> follow_deliveries();
    [[nodiscard]] Task<> take(std::string body);
    [[nodiscard]] bool take_lifecycle(const graph::Notification& item);
    [[nodiscard]] Notified open(const graph::Notification& item, const Credential& credential, std::vector<Guid>& look);
    [[nodiscard]] bool came_before(const std::string& signature);
    void note(Notified outcome);

    Loop& loop_;
    TeamsOptions options_;
    store::Store& store_;
    Callbacks callbacks_;
    std::unique_ptr<Publisher> publisher_;
    std::unique_ptr<GraphClient> graph_; // null without a login
    Secret login_;                       // the refresh token in use
    Secret stored_;                      // the one in the store
    unsigned rotations_ = 0;
    SubscriptionMachine machine_;
    Credentials credentials_;
    std::string tenant_id_;
    Bell bell_;
    SubscriptionMachine::State told_ = SubscriptionMachine::State::off;
    bool told_silent_ = false;
    bool stopping_ = false;

    std::atomic<Steady::rep> validation_until_{0};
    std::atomic<std::size_t> waiting_{0};
    std::atomic<std::size_t> waiting_bytes_{0};
    std::atomic<std::uint64_t> refused_{0}; // the inbox was full
    std::deque<std::string> inbox_;
    Bell inbox_bell_;
    std::deque<std::size_t> seen_; // hashes of signatures, oldest first
    std::array<std::uint64_t, notified_count> counts_{};
    std::uint64_t malformed_ = 0;
    std::uint64_t lifecycle_ = 0;
    std::optional<Wall> last_;
    log::OncePerMinute complaint_;
};

} // namespace lamp::teams
