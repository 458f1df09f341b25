// The notifier of RFC 6665 as one machine for all subscriptions: takes SUBSCRIBEs that are authenticated and whose
// resource is resolved, keeps their dialogs, and tells each watcher what has changed: one NOTIFY on its way at a time,
// the newest state when it is answered. No socket, no clock, no log. Lives on the sip loop.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/sip/writer.hpp"
#include "sip/names.hpp"
#include "sip/subscription.hpp"
#include "sip/timer_wheel.hpp"
#include "sip/transport.hpp"

namespace lamp::sip {

class Notifier {
public:
    struct Options {
        std::uint32_t expires_min = 60; // seconds; shorter wishes are refused with 423 unless over an hour
        std::uint32_t expires_max = 3600;
        std::size_t subscriptions = 200'000; // beyond: 503
        std::size_t per_watcher = 500;       // beyond: 403
        std::size_t per_resource = 1000;     // beyond: 403
        std::uint8_t timeouts = 3;           // unanswered NOTIFYs in a row that end a subscription
        std::uint8_t failures = 5;           // refused ones in a row
        milliseconds again_after{5'000};     // after an unanswered or refused one
        std::size_t datagram_bytes = 60'000; // of a list's NOTIFY over UDP; the rest follows in the next
        std::size_t list_documents = 200;    // members' documents in one NOTIFY
        std::size_t remembered = 1000;       // ended subscriptions, for people
    };
    struct Seams {
        /// What is known now; its spans live until the next call.
        std::function<View(ResourceIndex)> view;
        std::function<Permission(const Watcher&, ResourceIndex, const EventPackage&)> permission;
        std::function<std::uint64_t()> random;
    };
    /// One SUBSCRIBE, authenticated.
    struct Ask {
        const Message& request;
        std::uint64_t transaction; // to answer
        Flow flow;                 // where this dialog's NOTIFYs go
        Local local;               // our end of it
        Origin origin;             // where the request came from
        const Watcher& watcher;
        std::optional<ResourceIndex> resource; // what its Request-URI names
        bool order = false;                    // its body asks for a change, which the NOTIFY is to tell of
    };
    struct Action {
        enum class What : std::uint8_t { answer, notify } what;
        std::uint64_t id = 0; // transaction to answer, or subscription
        int status = 0;       // of an answer
        Flow flow{};          // of a NOTIFY
        std::string branch{};
        std::string bytes{};
    };

    Notifier(Options options, Seams seams, std::array<std::uint64_t, 2> secret, Steady start);

    // --- from the server. Actions gather until they are drained; an answer always stands before its NOTIFY.

    struct Accepted {
        std::uint64_t subscription;
        ResourceIndex resource;
    };
    /// Nothing: it was refused.
    std::optional<Accepted> on_subscribe(const Ask& ask, Steady now);
    /// A NOTIFY with the state as it is, whatever was told: an order has come to nothing.
    void tell_again(std::uint64_t subscription, Steady now);
    // Each NOTIFY gets one of the two, once: that is what its transaction is for.
    /// The final answer to a subscription's NOTIFY. `retry_after`: seconds, if it said so.
    void on_answer(std::uint64_t subscription, int status, std::optional<std::uint32_t> retry_after, Steady now);
    /// No answer came, or it could not be sent at all.
    void on_silence(std::uint64_t subscription, Steady now);
    /// Its NOTIFYs go another way from now on: the connection of before is gone.
    void moved(std::uint64_t subscription, const Flow& flow);
    /// Replaces what `into` held.
    void drain(std::vector<Action>& into) {
        into.clear();
        if (into.capacity() > actions_kept) into = std::vector<Action>();
        into.swap(out_);
    }
    [[nodiscard]] bool idle() const { return out_.empty(); }

    // --- from those who know

    /// Something of that resource may have changed. Who watches it is told if the document has.
    void changed(ResourceIndex resource, Steady now);
    /// Who is who has changed: ends what left, takes lists' new members.
    void use_names(std::shared_ptr<const Names> names, Steady now);
    /// What anybody may see has changed.
    void recheck_permissions(Steady now);
    /// Ends every subscription: the daemon stops. Watchers come back at once, or spread over `spread`.
    void end_all(Ending ending, seconds spread, Steady now);

    // --- from the clock
    void tick(Steady now);
    [[nodiscard]] Steady wake_at() const { return wheel_.next_at(); }

    // --- for people

    struct Seen { // views live until the next call that is not const
        std::uint64_t id;
        std::string_view watcher;  // URI of its From
        std::string_view resource; // as it was subscribed to
        std::string_view contact;
        std::string_view package;
        std::string_view state; // pending, active, terminated
        ResourceIndex index;
        Flow flow;
        Steady began;
        Steady expires;
        Steady told;  // the last NOTIFY; zero: none yet
        int answered; // 0: not yet
        bool in_flight;
        std::string_view why_ended;
    };
    void visit(const std::function<void(const Seen&)>& each) const;
    void visit(ResourceIndex resource, const std::function<void(const Seen&)>& each) const;
    /// The newest first.
    void visit_ended(const std::function<void(const Seen&)>& each) const;

    struct Counters {
        std::uint64_t subscribed = 0, refreshed = 0, fetched = 0, unsubscribed = 0, replaced = 0, refused = 0;
        std::uint64_t notifies = 0, unchanged = 0, accepted = 0, failed = 0, unanswered = 0;
        std::uint64_t ended_expired = 0, ended_by_answer = 0, ended_by_silence = 0, ended_by_us = 0;
        std::uint64_t rendered = 0, large_datagrams = 0;
    };
    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] std::size_t size() const { return live_; }
    [[nodiscard]] std::size_t in_flight() const { return in_flight_; }

private:
    struct Counted {
        std::string_view name; // as counted_name writes it; the key of watcher_indices_
        std::size_t subscriptions = 0;
        [[nodiscard]] std::string_view id() const { return name.substr(1); }
        [[nodiscard]] bool trusted() const { return name.starts_with('+'); }
        [[nodiscard]] Watcher watcher() const { return {std::string(id()), trusted()}; }
    };
    struct Ended {
        std::uint64_t id;
        std::string watcher, resource, contact, why;
        Steady began, at, told;
        ResourceIndex index;
        Flow flow;
        int answered;
        PackageIndex package;
    };
    struct Rendered {
        ResourceIndex resource;
        PackageIndex package;
        Permission permission;
        const dialoginfo::Dialect* dialect;
        std::string entity;
        Body body;
        bool known = true;   // what it is about
        bool offered = true; // still
    };
    struct Terms { // what a SUBSCRIBE asks for and gets
        std::uint32_t expires;
        std::uint32_t pause_ms;
        std::uint32_t longest_ms;
        std::string rates; // what Subscription-State echoes (RFC 6446)
    };
    static constexpr std::uint32_t none = 0xffff'ffff;
    static constexpr std::size_t actions_kept = 1000;                      // room for so many stays after a storm
    static constexpr std::string_view list_domain = "lamplighter.invalid"; // of Content-IDs: no host's
    static constexpr seconds order_wait{2};   // a NOTIFY waits so long for what an order changes
    static constexpr seconds expiry_grace{5}; // for clocks that differ and datagrams that dawdle

    // subscribing (notifier_subscribe.cpp)
    std::optional<Accepted> begin(const Ask& ask, Steady now);
    std::optional<Accepted> refresh(const Ask& ask, Steady now);
    [[nodiscard]] const EventPackage* wanted_package(const Ask& ask);
    [[nodiscard]] std::optional<Terms> terms(const Ask& ask, const EventPackage& package);
    std::uint32_t make(const Ask& ask, const EventPackage& package, const Terms& terms, Steady now);
    void write_block(Subscription& subscription, const Ask& ask, std::string_view local_tag, const Terms& terms);
    void retarget(Subscription& subscription, const Ask& ask);
    [[nodiscard]] Key twin_key(const Ask& ask);
    void replace_twin(const Key& twin, Steady now);
    template <class Fields>
    void answer(const Ask& ask, int status, std::string_view to_tag, std::string_view reason, Fields fields);
    void accept(const Ask& ask, const Subscription& subscription, std::string_view to_tag, std::uint32_t expires);
    std::nullopt_t refuse(const Ask& ask, int status, std::string_view reason = {}); // for whoever accepts nothing
    [[nodiscard]] Key dialog_key(std::string_view call_id, std::string_view local, std::string_view remote) const;

    // notifying (notifier_send.cpp)
    void touch(std::uint32_t index, Steady now);
    void send(std::uint32_t index, Steady now);
    void nothing_to_tell(std::uint32_t index);
    void settle_phase(Subscription& subscription, bool known);
    const Rendered& render(ResourceIndex resource, const Subscription& for_whom, std::string_view entity);
    void write_notify(std::uint32_t index, std::string_view content_type, const Body& body, Steady now);
    void gather_watchers(ResourceIndex resource, std::string_view package, Steady now);
    void forget_rendered();
    static void untold(Subscription& subscription);
    void end(std::uint32_t index, Ending ending, Steady now);
    void drop(std::uint32_t index, std::string why, Steady now);
    void rearm(std::uint32_t index);
    void watchers_changed(ResourceIndex resource, const EventPackage& package, Steady now);

    // lists (notifier_lists.cpp)
    struct ListLetter;
    void send_list(std::uint32_t index, Steady now);
    void gather_members(Subscription& subscription, ListLetter& letter);
    [[nodiscard]] Member::Told tell_member(Subscription& subscription, Member& member, ListLetter& letter);
    static void look_again(Subscription& subscription); // at every member
    void use_members(Subscription& subscription);
    [[nodiscard]] bool renamed(const Subscription& subscription, const Names& before) const;

    [[nodiscard]] std::uint64_t id_of(std::uint32_t index) const;
    [[nodiscard]] std::uint32_t find(std::uint64_t id) const; // none: gone
    void link(std::uint32_t index);
    void unlink(std::uint32_t index);
    [[nodiscard]] static std::string counted_name(const Watcher& watcher);
    [[nodiscard]] std::uint32_t watcher_index(const Watcher& watcher);
    [[nodiscard]] Seen seen(std::uint32_t index) const;
    [[nodiscard]] std::string fresh_hex(std::string_view prefix);

    Options options_;
    Seams seams_;
    std::array<std::uint64_t, 2> secret_;
    TimerWheel wheel_;
    Counters counters_;
    std::shared_ptr<const Names> names_ = std::make_shared<const Names>();
    std::deque<Subscription> subscriptions_;
    std::vector<std::uint32_t> free_;
    std::unordered_map<Key, std::uint32_t, KeyHash> by_dialog_;
    std::unordered_map<Key, std::uint32_t, KeyHash> by_twin_;
    std::vector<std::uint32_t> heads_; // by resource: its first subscription
    std::vector<std::uint32_t> counts_;
    std::unordered_map<ResourceIndex, std::vector<ResourceIndex>> lists_of_; // member -> lists
    std::unordered_map<std::string, std::uint32_t> watcher_indices_;
    std::deque<Counted> watchers_;
    std::vector<std::uint32_t> free_watchers_;
    std::vector<Rendered> rendered_; // the last few, for those who ask for the same
    std::size_t next_rendered_ = 0;
    std::vector<Watching> watching_;
    Steady gathered_at_{};
    std::deque<Ended> ended_;
    std::vector<Action> out_;
    std::string scratch_;
    std::size_t live_ = 0;
    std::size_t in_flight_ = 0;
    bool stopping_ = false;
};

} // namespace lamp::sip
