// One platform login: its channels, subscriptions and first states. Orders and de-duplicates what the channels bring,
// acknowledges it, hands it to `translate`, and keeps asking until every line's whole state is known (xsi.md 5, 6,
// 10). Lives on the ingress loop.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/budget.hpp"
#include "base/sentence.hpp"
#include "proto/xsi/event_parser.hpp"
#include "xsi/actions.hpp"
#include "xsi/channel.hpp"
#include "xsi/lines.hpp"
#include "xsi/queues.hpp"
#include "xsi/sequencer.hpp"
#include "xsi/subscriptions.hpp"

namespace lamp::xsi {

struct PlatformCounters {
    std::uint64_t events = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t gaps = 0;
    std::uint64_t reordered = 0;
    std::uint64_t parked = 0;
    std::uint64_t foreign = 0;      // of subscriptions or users that are not ours
    std::uint64_t malformed = 0;    // documents that could not be read
    std::uint64_t refused = 0;      // dropped by the splitter: too long, junk
    std::uint64_t unknown = 0;      // event types that mean nothing to us
    std::uint64_t first_states = 0; // fetched by GET
};

/// What status, readiness and metrics show of a platform. A copy, safe to hand to another loop.
struct PlatformReport {
    struct ChannelReport {
        std::string host;
        std::string state; // up, opening, down, stopped
        Wall since;
        std::string channel_id;
        std::optional<Wall> last_event;
        std::optional<Wall> last_heartbeat;
        std::string reason;
        ChannelCounters counters;
    };
    std::string name;
    std::string target;
    std::vector<ChannelReport> channels;
    std::size_t wanted = 0, live = 0, pending = 0, refused = 0;
    std::size_t lines_total = 0, lines_known = 0;
    bool discovered = true; // the directory is in, or nobody asked for it
    bool ready = false;
    PlatformCounters counters;
    std::vector<Sentence> problems;
};

class Platform final : ChannelReader {
public:
    using Discovered = std::function<void(std::vector<DirectoryEntry>)>;

    /// `index` is the platform's number in `lines`. Throws nothing; a bad host is an error of `make`.
    [[nodiscard]] static Result<std::unique_ptr<Platform>> make(Loop& loop, BroadworksOptions options,
                                                                std::uint8_t index, milliseconds stale_after,
                                                                Lines& lines, const Patience& patience = {});
    ~Platform() = default;

    void start();
    [[nodiscard]] Task<> shut_down();

    /// The roster changed.
    void watch(std::span<const LineIndex> added, std::span<const LineIndex> removed);
    /// Somebody looks at this line now: its first state is fetched before the others'.
    void prefer(LineIndex line);
    /// The calls that wait in that call centre are followed from now on, where the platform lets this login: `listener`
    /// of `queues` hears of them. Asked for twice, and for more than Queues::queues_max, it does nothing.
    void watch_queue(std::string_view id);
    [[nodiscard]] Queues& queues() { return queues_; }
    /// Fetches the enterprise directory now and then; `found` hears of each success. Asked again: fetches it now.
    void discover(Discovered found);
    /// Tries stopped channels and refused logins again at once.
    void retry_now();

    [[nodiscard]] PlatformReport report() const;
    /// While no channel is left: when the lines become unknown.
    [[nodiscard]] std::optional<Wall> expires() const;
    /// What people ask for.
    [[nodiscard]] Actions& actions() { return *commands_; }
    /// What diversions read and write: a full hour of appointments must not keep people waiting, nor they it.
    [[nodiscard]] Actions& diverting() { return *diverting_; }
    [[nodiscard]] const BroadworksOptions& options() const { return options_; }

private:
    Platform(Loop& loop, BroadworksOptions options, std::uint8_t index, milliseconds stale_after, Lines& lines,
             const Patience& patience);
    [[nodiscard]] Result<void> connect_hosts();

    // ChannelReader
    void on_document(Channel& channel, std::string_view bytes) override;
    void on_refused_bytes(Channel& channel, std::string_view why) override;
    void on_channel_up(Channel& channel) override;
    void on_channel_down(Channel& channel) override;
    void on_unauthorised(const Channel& channel, std::uint32_t edition) override;
    [[nodiscard]] Task<Result<void>> authorise() override;

    // events
    void take_event(Channel& channel, const Document& document, std::string_view bytes);
    void order(Subscriptions::Index index, const Document& document, std::string_view bytes);
    void on_behind(Subscriptions::Index index, const Document& document);
    void deliver(Subscriptions::Index index, const Document& document);
    void deliver_bytes(Subscriptions::Index index, std::string_view bytes);
    void settle_gaps(Steady now);
    void resynchronise(Subscriptions::Index index);
    void doubt(Subscriptions::Index index);
    [[nodiscard]] bool of_queue(Subscriptions::Index index) const {
        return subscriptions_.package(index) == Package::call_center_queue;
    }
    /// Of lines, groups and enterprises; who may not follow queues lacks nothing that is shown as a problem.
    [[nodiscard]] std::size_t subscribed(Subscriptions::State state) const;
    void park(std::string_view subscription_id, std::string_view bytes);
    void replay_parked(Subscriptions::Index index);
    [[nodiscard]] bool seen_before(std::string_view event_id);
    [[nodiscard]] std::optional<LineIndex> line_of(Subscriptions::Index index, const Document& document) const;

    // subscriptions
    [[nodiscard]] Task<> keep_subscribing();
    [[nodiscard]] milliseconds turn(Subscriptions::Index index);
    [[nodiscard]] Task<> perform(Subscriptions::Work work);
    [[nodiscard]] Task<> subscribe(Subscriptions::Index index);
    [[nodiscard]] Task<> refresh(Subscriptions::Index index);
    [[nodiscard]] std::string target_path(Subscriptions::Index index) const;
    void refused(Subscriptions::Index index, const Error& error);
    bool give_up(LineIndex line, Package package, bool believed);
    void failed(Subscriptions::Index index, Steady now);
    void despair(Subscriptions::Index index);
    void on_busy(Subscriptions::Index index, const Channel* channel, std::optional<milliseconds> retry_after);
    void start_over();

    // first states by GET, for targets that send none
    void want(LineIndex line, Package package, bool first);
    void seed(LineIndex line); // all of its packages
    void queue_seed(LineIndex line, bool first);
    void seed_all(Package package);
    void seed_stale(Package package); // who is not sure
    [[nodiscard]] bool subscription_hopeless(Package package) const;
    [[nodiscard]] bool may_fetch(Package package) const;
    [[nodiscard]] Task<> keep_seeding();
    [[nodiscard]] Task<> fetch(LineIndex line);
    template <class Fetch, class Take>
    [[nodiscard]] Task<bool> fetch_package(LineIndex line, Package package, Fetch fetch, Take take);

    [[nodiscard]] Task<> tick();
    void audit();
    [[nodiscard]] Task<> keep_discovering();
    [[nodiscard]] Task<Result<std::vector<DirectoryEntry>>> read_directory();
    [[nodiscard]] Channel* up_channel() const;
    [[nodiscard]] Channel* next_channel() const;
    void pass_over(const Channel* channel);
    [[nodiscard]] std::size_t width() const;
    [[nodiscard]] bool overrun(Steady now);
    [[nodiscard]] std::span<const Package> packages() const { return followed(options_.voice_mail); }
    /// A line of ours that somebody watches.
    [[nodiscard]] bool follows(LineIndex line) const { return lines_.platform(line) == index_ && lines_.watched(line); }
    [[nodiscard]] bool single_users() const { return options_.target == TargetKind::user; }
    [[nodiscard]] std::vector<Sentence> problems() const;

    Loop& loop_;
    BroadworksOptions options_;
    std::uint8_t index_;
    milliseconds stale_after_;
    Lines& lines_;
    Patience patience_;
    Login login_;
    Budget budget_;         // subscriptions and first states
    Budget command_budget_; // what people ask for
    Budget diverting_budget_;
    std::string channel_set_id_;
    std::vector<std::unique_ptr<Channel>> channels_;
    std::vector<std::unique_ptr<http::Pool>> pools_;
    std::unique_ptr<Actions> commands_;
    std::unique_ptr<Actions> diverting_;
    std::unique_ptr<Actions> seeding_;
    EventParser parser_;
    Subscriptions subscriptions_;
    Queues queues_;
    std::vector<std::array<Subscriptions::Index, package_count>> by_line_;  // single-user targets
    std::array<Subscriptions::Index, package_count> group_subscriptions_{}; // the others; no_line: not followed
    std::deque<Steady> asked_;                                              // for events, lately
    Sequencer sequencer_;
    struct Parked {
        std::string subscription_id;
        std::string bytes;
    };
    std::deque<Parked> parked_;
    std::vector<std::size_t> seen_; // hashes of event ids

    Bell work_;
    Bell seeds_;
    Bell rediscover_;
    Discovered found_;
    bool discovering_ = false;
    std::deque<LineIndex> seed_urgent_;
    std::deque<LineIndex> seed_queue_;
    struct FirstState {
        std::array<bool, package_count> wanted{};           // asked for, and not answered yet
        std::array<std::uint8_t, package_count> refusals{}; // in a row
        bool queued = false;                                // stands in `seed_queue_`
        bool urgent = false;                                // stands in `seed_urgent_`
        bool retry = false;                                 // stands there because something failed
        std::uint8_t failures = 0;                          // in a row
    };
    std::vector<FirstState> first_states_; // by line
    std::size_t retries_ = 0;              // of those in `seed_queue_`
    std::unordered_map<LineIndex, Steady> audited_;
    LineIndex audit_cursor_ = 0;
    std::size_t performing_ = 0;
    std::size_t failures_ = 0; // of requests by way of a channel: the next one goes by another
    Steady busy_until_{};
    Backoff busy_; // the platform says that it is: a pause for all of this login
    bool authorising_ = false;
    Bell authorised_;
    std::size_t fetching_ = 0;

    bool set_up_ = false; // at least one channel lives
    bool ever_up_ = false;
    bool forgotten_ = true;
    bool healed_ = true;  // since the last outage everything was known once
    Steady down_since_{}; // the beginning of what is not healed
    bool discovered_ = true;
    std::string discovery_problem_;
    std::string stranger_; // a user whom an event named and nobody watches: may open the directory
    std::array<std::string, package_count> group_refusals_; // why, by package
    PlatformCounters counters_;
    log::OncePerMinute garbage_;
    log::OncePerMinute refusals_;
    bool stopping_ = false;
};

} // namespace lamp::xsi
