// The loop `history`: what happens to calls, as records, events and indicators. Takes the news of all lines, tells the
// rest of the daemon of each call, answers questions about calls that are over. Off the way of lamps: whatever it does,
// or waits for on the disk, holds up nothing else.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calls/history.hpp"
#include "config/reader.hpp"
#include "fanout/adapter.hpp"
#include "loop/loop.hpp"
#include "records/history.hpp"
#include "status/ports.hpp"
#include "xsi/line_feed.hpp"
#include "xsi/platform.hpp"

namespace lamp {

class CallHistory {
public:
    /// Adds what is known of the caller and what may be done about the call. On the loop `history`; must not wait.
    using Enrich = std::function<void(calls::CallEvent&)>;
    /// Hears of every event of every call, in order. On the loop `history`; must not wait.
    using Told = std::function<void(const calls::CallEvent&)>;
    /// Reads the call logs of a line; answers on the loop `history`.
    using ReadLogs = std::function<void(std::string line, calls::Answer<records::LineLogs>)>;

    /// Hears of every change of every line, before the events that come of it. May be empty.
    using Heard = std::function<void(const std::vector<calls::LineNews>&)>;

    CallHistory(Loop& ingress, xsi::Lines& lines);

    /// Control loop, before `start`.
    [[nodiscard]] Result<void> prepare(const config::Configuration& configuration, store::Store& store, Enrich enrich,
                                       Told told, ReadLogs read_logs);
    /// Before platforms start.
    void start();
    void on_news(Heard heard) { heard_ = std::move(heard); } // before `start`
    /// Any loop.
    void use_people(std::shared_ptr<const records::Owners> owners) { history_->use_people(std::move(owners)); }
    /// Ingress loop, once a second: where calls may have gone unheard.
    void look(const std::vector<xsi::PlatformReport>& reports);
    /// Control loop: what waits is on disk when it returns, or the disk takes nothing.
    void end();

    [[nodiscard]] Loop& loop() { return loop_; }
    /// Any loop.
    void calls(calls::CallQuery query, status::Reply<Result<calls::CallPage>> reply);
    void stats(calls::StatsQuery query, status::Reply<Result<calls::Stats>> reply);
    void forget(std::string id, std::optional<calls::Within> within, std::string by,
                status::Reply<Result<std::size_t>> reply);
    [[nodiscard]] std::vector<fanout::Metric> metrics() const;
    [[nodiscard]] status::AdapterView adapter() const;

private:
    /// What was last seen of a platform.
    struct Seen {
        std::string platform;
        bool whole = false;
        std::uint64_t doubts = 0;
        Wall at{};
    };

    Loop& ingress_;
    Loop loop_{"history"};
    std::optional<records::History> history_;
    xsi::LineFeed feed_;
    Enrich enrich_;
    Told told_;
    Heard heard_;
    std::vector<Seen> seen_;   // ingress
    std::uint64_t pauses_ = 0; // ingress: of the feed, seen last
};

} // namespace lamp
