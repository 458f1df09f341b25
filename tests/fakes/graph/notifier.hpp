// Tells the callback addresses what changed: rich or basic items, several a POST, with every mistake a test may ask
// for, retries, and the slow and drop states of an endpoint (cloud-apis.md A7). Lives on the simulator's loop.
#pragma once

#include "courier.hpp"
#include "crypto.hpp"
#include "presences.hpp"
#include "service.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::graph {

struct Subscription {
    std::string id;
    std::uint32_t app = 0;
    UserIndex owner = nobody;
    std::string resource;
    std::string url;
    std::string lifecycle_url;
    std::string client_state;
    std::int64_t expires = 0;
    std::int64_t authorised_until = 0; // the delegated token's end: delivery pauses then
    bool rich = false;
    bool warned = false; // reauthorizationRequired was sent for this authorisation
    std::string certificate_id;
    std::optional<crypto::Key> certificate;
    std::string old_certificate_id; // before the last change, for notifications that were under way
    std::optional<crypto::Key> old_certificate;
    std::vector<UserIndex> users;
    std::vector<Pair> told;     // what was last sent, by user
    UserIndex mailbox = nobody; // instead of users: its appointments
    std::uint64_t seen = 0;     // its last change that was told
};

class Notifier {
public:
    explicit Notifier(Service& service) : service_(service), courier_(service.loop) {}

    void changed(const Subscription& subscription, UserIndex user); // collected until flush()
    void appointment(const Subscription& subscription, std::string_view change, const std::string& event);
    void flush();
    void lifecycle(const Subscription& subscription, std::string_view event);
    // Empty when the fault may stand. `count` of -1: until cleared.
    std::string spoil(const std::string& kind, std::int64_t count, std::int64_t ms);
    void clear() { spoils_.clear(); }
    bool active(std::string_view kind) const;
    Courier& courier() { return courier_; }

    struct Counters {
        std::uint64_t items = 0;
        std::uint64_t posts = 0; // attempts
        std::uint64_t delivered = 0;
        std::uint64_t retried = 0;
        std::uint64_t given_up = 0;
        std::uint64_t dropped = 0; // by a fault, or by the drop state
        std::uint64_t lifecycle = 0;
    };
    Counters counters;
    std::string endpoint_state(const std::string& url) const; // good | slow | drop

private:
    struct Spoil {
        std::string kind;
        std::int64_t remaining = 1;
        std::int64_t ms = 0;
    };
    struct Batch {
        std::string items;
        std::vector<std::uint32_t> apps;
        std::size_t count = 0;
    };
    struct Endpoint {
        std::deque<std::pair<std::int64_t, bool>> answers; // when, and whether it was slow
        std::int64_t drop_until = 0;
    };

    const Spoil* take(std::string_view kind);
    std::string item(const Subscription& subscription, UserIndex user);
    boost::json::object envelope(const Subscription& subscription, std::string_view change);
    void collect(const Subscription& subscription, const std::string& item);
    std::string encrypted(const Subscription& subscription, UserIndex user);
    std::string validation_token(std::uint32_t app);
    void send(const std::string& url, std::string body);
    void attempt(const std::string& url, const std::string& body, int number);
    void answered(const std::string& url, const std::string& body, int number, const Receipt& receipt);

    Service& service_;
    Courier courier_;
    std::vector<Spoil> spoils_;
    std::map<std::string, Batch> batches_; // by URL
    std::map<std::string, Endpoint> endpoints_;
    std::optional<std::pair<std::string, std::string>> held_; // reorder: goes out after the next one
    Spoil taken_;
};

} // namespace sim::graph
