#include "app/call_history.hpp"

#include <algorithm>
#include <future>
#include <malloc.h>

#include "app/options.hpp"
#include "base/zones.hpp"

namespace lamp {
namespace {

constexpr seconds writing_limit{3}; // at the end
/// News of lines that the loop has not taken: with more, calls go unheard and their logs are read instead.
constexpr std::size_t news_waiting = 200'000;

std::uint64_t doubts_of(const xsi::PlatformReport& report) {
    auto doubts = report.counters.gaps;
    for (const auto& channel : report.channels)
        doubts += channel.counters.opens;
    return doubts;
}

} // namespace

CallHistory::CallHistory(Loop& ingress, xsi::Lines& lines)
    : ingress_(ingress),
      feed_(
          ingress, lines, loop_,
          [this](std::vector<calls::LineNews> news) {
              if (heard_) heard_(news);
              history_->take(std::move(news));
          },
          news_waiting) {}

Result<void> CallHistory::prepare(const config::Configuration& configuration, store::Store& store, Enrich enrich,
                                  Told told, ReadLogs read_logs) {
    auto zone = Zones().find(configuration.get<DaemonOptions>().timezone);
    if (!zone) return fail(Category::invalid, "[daemon] timezone is not known on this machine.");
    enrich_ = std::move(enrich);
    told_ = std::move(told);
    history_.emplace(loop_, store, *zone, configuration.get<records::HistoryOptions>());
    history_->read_logs = std::move(read_logs);
    history_->on_event = [this](const calls::CallEvent& event) {
        if (!enrich_) return told_(event);
        auto enriched = event;
        enrich_(enriched);
        told_(enriched);
    };
    return {};
}

void CallHistory::start() {
    loop_.start();
    history_->start();
    ingress_.post([this] { feed_.start(); });
}

// A platform is whole while every line's state is known and its channels are up. What was heard until the last look
// was heard; from there on it is in doubt.
void CallHistory::look(const std::vector<xsi::PlatformReport>& reports) {
    auto now = wall_now();
    bool missed_news = std::exchange(pauses_, feed_.pauses()) != feed_.pauses();
    seen_.resize(reports.size());
    for (std::size_t i = 0; i < reports.size(); ++i) {
        const auto& report = reports[i];
        auto& seen = seen_[i];
        auto doubts = doubts_of(report);
        bool first = seen.platform.empty();
        bool lost = !first && (missed_news || doubts != seen.doubts);
        if (seen.whole && (lost || !report.ready)) history_->gap(report.name, seen.at);
        if (report.ready && (!seen.whole || lost)) history_->gap_over(report.name, now);
        if (report.ready && !seen.whole) // the whole picture came through here and is done with
            loop_.post([] { ::malloc_trim(0); });
        seen = {report.name, report.ready, doubts, now};
    }
}

void CallHistory::end() {
    const auto done = std::make_shared<std::promise<void>>();
    history_->shut_down([done] { done->set_value(); });
    done->get_future().wait_for(writing_limit);
    loop_.stop();
    loop_.join();
}

void CallHistory::calls(calls::CallQuery query, status::Reply<Result<calls::CallPage>> reply) {
    history_->calls(std::move(query), std::move(reply));
}

void CallHistory::stats(calls::StatsQuery query, status::Reply<Result<calls::Stats>> reply) {
    history_->stats(std::move(query), std::move(reply));
}

void CallHistory::forget(std::string id, std::optional<calls::Within> within, std::string by,
                         status::Reply<Result<std::size_t>> reply) {
    history_->forget(std::move(id), std::move(within), std::move(by), std::move(reply));
}

std::vector<fanout::Metric> CallHistory::metrics() const {
    using Kind = fanout::Metric::Kind;
    auto report = history_->report();
    auto number = [](std::uint64_t count) { return static_cast<double>(count); };
    constexpr std::string_view records = "lamplighter_call_records_total";
    return {
        {Kind::gauge,
         "lamplighter_calls_recorded_now",
         "Calls that are going on and are being recorded.",
         {},
         {},
         number(report.going)},
        {Kind::gauge,
         "lamplighter_call_records_waiting",
         "Call records that are not on disk yet.",
         {},
         {},
         number(report.waiting)},
        {Kind::counter, records, "Call records, by what became of them.", "outcome", "written", number(report.written)},
        {Kind::counter, records, "", "outcome", "lost", number(report.lost)},
        {Kind::counter, records, "", "outcome", "from_call_logs", number(report.from_logs)},
    };
}

status::AdapterView CallHistory::adapter() const {
    auto report = history_->report();
    status::AdapterView view;
    view.name = "history";
    view.state = report.failing ? "degraded" : "up";
    view.queue = report.waiting;
    view.last_error = report.last_error;
    if (report.lost > 0)
        view.problems.push_back("Call records were lost: the disk took nothing for too long. See the log.");
    return view;
}

} // namespace lamp
