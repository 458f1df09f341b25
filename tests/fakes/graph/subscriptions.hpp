// Subscriptions, validated, clamped, renewed, told of changes: to presences, one per signed-in user and application
// (cloud-apis.md A7), and to the appointments of mailboxes, for applications (A11). Lives on the simulator's loop.
#pragma once

#include "notifier.hpp"
#include "service.hpp"

#include <functional>
#include <map>
#include <string>

namespace sim::graph {

class Subscriptions {
public:
    explicit Subscriptions(Service& service);

    using Done = std::function<void(http::Response)>;
    void create(Exchange& exchange, Done done); // the answer comes after the validation of both URLs
    http::Response answer(Exchange& exchange);  // everything but create

    void lifecycle(std::string_view event); // to everybody with a lifecycle address; subscriptionRemoved also removes
    std::size_t disappear();                // 404 from now on, and nobody is told
    const std::map<std::string, Subscription>& all() const { return all_; }

    Notifier notifier;

private:
    http::Response refuse(const Exchange& exchange, std::string_view why) const;
    std::string read(const boost::json::object& body, Subscription& fresh) const; // what is wrong, else empty
    static std::string read_certificate(const boost::json::object& body, Subscription& fresh);
    std::string read_resource(std::string_view text, Subscription& fresh) const;
    std::int64_t clamped(const Subscription& subscription, std::int64_t expires) const;
    std::string read_change_types(const boost::json::object& body, const Subscription& fresh) const;
    std::optional<http::Response> not_permitted(const Exchange& exchange, const Subscription& fresh) const;
    void tell_appointments(Subscription& subscription);
    http::Response renew(const Exchange& exchange, Subscription& subscription);
    boost::json::object shown(const Subscription& subscription) const;
    void validate(const std::string& url, std::function<void(bool)> done);
    void tick();

    Service& service_;
    std::map<std::string, Subscription> all_;
    std::map<std::pair<std::uint32_t, UserIndex>, int> pending_; // being validated
    std::uint64_t numbers_ = 0;
};

} // namespace sim::graph
