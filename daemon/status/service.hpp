// The room's front: HTTP API, live events, metrics and status page on the serve loop, made of the parts beside it.
//
//     status::Service service(serve, {.http = http, .access = access, .version = "0.1.0"}, ports, table, fanout);
//     service.add_metrics([&](status::MetricsText& text) { … });
//     if (auto begun = service.start(); !begun) return complain(begun.error());
//     service.use_people(people);           // at start and after each change of the roster
//     service.publish(status::EventType::call, slot, json);
//     service.stop();                       // before the loops stop
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fanout/fanout.hpp"
#include "loop/loop.hpp"
#include "presence/people.hpp"
#include "presence/table.hpp"
#include "status/event_types.hpp"
#include "status/limits.hpp"
#include "status/metrics.hpp"
#include "status/options.hpp"
#include "status/ports.hpp"

namespace lamp::status {

struct Options {
    HttpOptions http;
    AccessOptions access;
    std::string version = "0.0.0";
    Wall started = wall_now();
    Limits limits;
    std::string calling_code{}; // "31": of the country whose numbers the page may write as they are dialled there
    std::string trunk_prefix{}; // "0"; empty: none
};

class Service {
public:
    /// Adds its sink to `fanout`: construct before the loops start. `serve`, `table` and `fanout` outlive this object.
    Service(Loop& serve, Options options, Ports ports, presence::Table& table, fanout::Fanout& fanout);
    ~Service(); // stops, if nobody has
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Other rooms' share of /metrics, called on the serve loop in the order of adding. Before `start`.
    void add_metrics(std::function<void(MetricsText&)> contribute);

    /// Takes the listen addresses and reads the certificate; serving begins when the serve loop runs. Errors: an
    /// address that is taken or not ours, a certificate or key that cannot be used, roles that do not exist.
    [[nodiscard]] Result<void> start();
    /// After `start`: the ports listened on, in the order of `listen`, and the same as URLs.
    [[nodiscard]] std::vector<std::uint16_t> ports() const;
    [[nodiscard]] std::vector<std::string> urls() const;

    /// No new connections; answers in flight are finished, subscribers told goodbye, the rest cut after 1 s. `done` is
    /// called on the serve loop, once. The second form waits; not on the serve loop, which must be running.
    void stop(std::function<void()> done);
    void stop();

    // --- from any loop

    /// Subscribers hear of people whose row changed or is new, and `gap` when somebody has left.
    void use_people(std::shared_ptr<const presence::People> people);
    /// After a reload, from the control loop only: tokens and roles. When they differ, subscribers are sent away, so
    /// that nobody listens on with a right that is gone; the others come back and resume. An error leaves everything as
    /// it was.
    [[nodiscard]] Result<void> use_access(const AccessOptions& access);
    /// The certificate read anew from the files of `start`, for whoever connects from now on. An error leaves it as it
    /// was.
    [[nodiscard]] Result<void> renew_certificate();
    /// Tokens that were made at run time, all of them; at the start.
    void use_issued(std::vector<access::IssuedToken> tokens);
    /// An event of another room for /v1/events; `json` is one line. Presence itself comes from the table.
    void publish(EventType type, std::optional<presence::Slot> person, std::string json);
    /// What somebody's calls do, or are wanted to do, may have changed: an event `forwarding`, if it has.
    void publish(PersonForwarding forwarding);
    /// Something happened to a call: an event `missed` where that is what happened, else `call`.
    void publish(calls::CallEvent event);
    /// Events that are so are not told again to whoever resumes; `done` hears how many those were, on the serve loop.
    void forget(std::function<bool(std::string_view json)> so, std::function<void(std::size_t)> done);

private:
    struct Core;
    std::shared_ptr<Core> core_;
};

} // namespace lamp::status
