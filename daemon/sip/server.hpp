// The SIP server: sockets, transactions, the door, the notifier and the compositor put together. It answers SUBSCRIBE,
// PUBLISH and OPTIONS; everything else is not ours (405, 501). Lives on the sip loop; `listen` and construction happen
// before the loop runs.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "calls/line_news.hpp"
#include "fanout/adapter.hpp"
#include "fanout/fanout.hpp"
#include "loop/loop.hpp"
#include "sip/csta_dialogs.hpp"
#include "sip/door.hpp"
#include "sip/feature_desk.hpp"
#include "sip/notifier.hpp"
#include "sip/options.hpp"
#include "sip/policy.hpp"
#include "sip/resource_states.hpp"
#include "sip/transaction_machine.hpp"
#include "sip/transport.hpp"

namespace lamp::sip {

/// What a reload may replace.
struct Settings {
    std::shared_ptr<const Users> users = std::make_shared<const Users>();
    net::Networks trusted;
    std::vector<std::string> private_people;
    PrivateAnswer private_answer = PrivateAnswer::refuse;
    bool show_remote = true;
    std::vector<ListOptions> lists;
};
/// Reads the files that the options name; what cannot be read is told, and nothing of it is used.
[[nodiscard]] Result<Settings> settings_of(const SipOptions& options, std::vector<ListOptions> lists);

class Server {
public:
    /// Without `control` telephones set nothing: their orders fail.
    Server(Loop& loop, SipOptions options, Settings settings, presence::Table& table, fanout::Fanout& fanout,
           calls::Control control = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds, all or nothing.
    [[nodiscard]] Result<void> listen() { return transports_.listen(); }
    [[nodiscard]] std::vector<std::string> urls() const; // "udp:127.0.0.1:5060"

    /// Before `run`: INVITE opens uaCSTA dialogs with such peers. Without it INVITE is not ours.
    void offer_csta(CstaPeers peers);

    // --- on the loop

    void run();
    /// No new subscriptions; those that live are ended (`deactivated`: they come back as soon as somebody serves them).
    /// `done` comes once, at the latest after `limit`.
    void shut_down(milliseconds limit, std::function<void()> done);
    void stop();
    void use_people(std::shared_ptr<const presence::People> people, std::vector<LineRow> lines);
    void use_settings(Settings settings);
    [[nodiscard]] Result<void> reload_certificates() { return transports_.reload_certificates(); }
    void take(const std::vector<calls::LineNews>& news);

    // --- for people

    struct WatcherRow {
        std::string watcher, resource, package, from, state, last_answer, why_ended;
        Wall since{};
        std::optional<Wall> expires, last_notify;
        std::optional<presence::Slot> person;
    };
    [[nodiscard]] std::vector<WatcherRow> watchers() const; // those that live, then those that ended lately
    [[nodiscard]] std::vector<WatcherRow> watchers_of(presence::Slot slot) const;
    struct WatcherCount {
        std::string_view package, state;
        std::size_t count = 0;
    };
    [[nodiscard]] std::vector<WatcherCount> watcher_counts() const;
    [[nodiscard]] fanout::Health health() const;
    [[nodiscard]] std::vector<fanout::Metric> metrics() const;

private:
    struct Counters {
        std::uint64_t requests = 0, malformed = 0, refused = 0, strays = 0;
    };
    void on_message(const Received& received);
    void refuse_broken(const Flow& flow, int status, std::string_view bytes);
    void answer_refusal(const Flow& flow, const Refusal& refusal);
    void perform(TransactionMachine::Actions actions, Steady now);
    void dispatch(TransactionMachine::Id id, Steady now);
    void serve_options(TransactionMachine::Id id, Steady now);
    void serve_subscribe(TransactionMachine::Id id, const Watcher& watcher, Steady now);
    [[nodiscard]] std::expected<std::optional<FeatureOrder>, int> feature_order() const;
    void serve_features(const Notifier::Accepted& accepted, const std::optional<FeatureOrder>& order);
    [[nodiscard]] bool features_watched(std::string_view line) const;
    [[nodiscard]] View view_of(ResourceIndex resource);
    void serve_publish(TransactionMachine::Id id, const Watcher& watcher, Steady now);
    void serve_csta(TransactionMachine::Id id, const Watcher& user, Steady now);
    [[nodiscard]] std::optional<Watcher> let_in(TransactionMachine::Id id, Steady now);
    template <class Fields>
    void answer(TransactionMachine::Id id, int status, std::string_view reason, Fields fields, Steady now) {
        Writer writer(buffer_);
        begin_answer(writer, message_, status, reason, status == 100 ? std::string() : tag(), origin());
        fields(writer);
        if (writer.done()) perform(transactions_.answer(id, status, buffer_, now), now);
    }
    void answer(TransactionMachine::Id id, int status, Steady now, std::string_view reason = {});
    void on_closed(const Flow& flow);
    void forget_rider(const TransactionMachine::Action& action);
    void request(std::string bytes, std::string_view branch, std::string_view method, const Flow& flow,
                 std::uint64_t owner, Steady now);
    void pump(Steady now);
    [[nodiscard]] Flow way_of(const Notifier::Action& notify);
    void settle(Steady now);
    void wake(Steady at);
    void tick();
    void resource_changed(ResourceIndex resource, Steady now);
    void report_publications(ResourceIndex resource, Steady now);
    void table_changed();
    void rebuild_names();
    [[nodiscard]] bool ours(const Uri& uri, const Flow& flow) const;
    [[nodiscard]] std::optional<ResourceIndex> resource_of(const Uri& uri) const;
    [[nodiscard]] WatcherRow row(const Notifier::Seen& seen) const;
    [[nodiscard]] Origin origin();
    [[nodiscard]] std::string tag();

    Loop& loop_;
    SipOptions options_;
    Settings settings_;
    presence::Table& table_;
    fanout::Fanout& fanout_;
    fanout::Sink& sink_;
    std::mt19937_64 random_;
    std::array<std::uint64_t, 2> secret_;
    Transports transports_;
    TransactionMachine transactions_;
    Door door_;
    Compositor compositor_;
    ResourceStates states_;
    FeatureDesk features_;
    Notifier notifier_;
    std::optional<CstaDialogs> csta_;
    std::shared_ptr<const Names> names_ = std::make_shared<const Names>();
    std::shared_ptr<const presence::People> people_ = std::make_shared<const presence::People>();
    std::vector<LineRow> lines_;
    std::vector<std::string> name_problems_;
    Policy policy_;
    Message message_;        // the one that is being looked at
    std::string_view bytes_; // of it
    Flow from_{};            // where it came from
    AddressText from_text_;
    std::vector<Notifier::Action> work_;
    std::vector<CstaDialogs::Action> csta_work_;
    std::vector<TransactionMachine::Id> unreachable_;
    std::set<std::pair<std::uint64_t, TransactionMachine::Id>> riders_; // requests under way, by their connection
    std::string buffer_;
    asio::steady_timer timer_;
    Steady armed_ = Steady::max();
    Steady next_tidy_{};
    Counters counters_;
    std::function<void()> stopped_;
    Steady stop_by_ = Steady::max();
};

} // namespace lamp::sip
