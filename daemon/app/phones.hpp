// SIP's and CSTA's place in the daemon: the loop that they share, the feed of the lines' news that they read, and what
// the other rooms ask them. Made and used by the control loop; what is asked for travels to the phones' loop and back.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "app/call_control.hpp"
#include "app/certificates.hpp"
#include "config/reader.hpp"
#include "csta/service.hpp"
#include "fanout/fanout.hpp"
#include "roster/roster.hpp"
#include "sip/server.hpp"
#include "status/ports.hpp"
#include "xsi/line_feed.hpp"

namespace lamp {

class Phones {
public:
    Phones(Loop& ingress, xsi::Lines& lines, CallControl& control, presence::Table& table, fanout::Fanout& fanout);

    /// Binds what the configuration wants; nothing wanted: `on` stays false and nothing of it runs.
    [[nodiscard]] Result<void> prepare(const config::Configuration& configuration);
    [[nodiscard]] bool on() const { return sip_ || csta_; }
    void start();
    /// Before `start`: what is left out of the lines' news before anybody here sees it. Runs on the phones' loop.
    void use_filter(std::function<void(calls::LineNews&)> filter) { filter_ = std::move(filter); }
    void use_people(std::shared_ptr<const presence::People> people, std::vector<sip::LineRow> lines);
    void reload(const config::Configuration& configuration);
    /// Of the wires that speak TLS. They are renewed here; what comes of it is told on `control`.
    void add_certificates(Certificates& certificates, Loop& control, const config::Configuration& configuration);
    /// Ends subscriptions and associations, then the loop; waits, at most for a few seconds.
    void end();

    [[nodiscard]] Loop& loop() { return loop_; }

    // --- what others ask; each answer is given on the phones' loop, at once where nothing is on
    void add_adapters(std::vector<status::AdapterView> views, status::Reply<std::vector<status::AdapterView>> reply);
    void add_outputs(presence::Slot slot, status::PersonView view, status::Reply<status::PersonView> reply);
    void watchers(status::Reply<std::vector<status::WatcherView>> reply);
    void watchers_of(presence::Slot slot, status::Reply<std::vector<status::WatcherView>> reply);
    void watcher_counts(status::Reply<std::vector<status::WatcherCount>> reply);
    void metrics(std::function<void(std::vector<fanout::Metric>)> reply);

private:
    Loop& ingress_;
    presence::Table& table_;
    fanout::Fanout& fanout_;
    Loop loop_{"phones"};
    xsi::LineFeed feed_;
    std::function<void(calls::LineNews&)> filter_;
    CallControl& control_;
    std::unique_ptr<csta::Service> csta_;
    std::unique_ptr<sip::Server> sip_; // its uaCSTA dialogs must be gone before csta_ is
};

/// The lines of a roster as SIP and CSTA name them: with numbers and extensions, where the directory tells.
[[nodiscard]] std::vector<sip::LineRow> line_rows(const roster::Roster& roster,
                                                  const std::vector<roster::PlatformInfo>& platforms,
                                                  const presence::People& people);

} // namespace lamp
