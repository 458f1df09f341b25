// /metrics: this room's own families, those of the platforms and adapters, and what other rooms contribute.
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

#include "status/asking.hpp"
#include "status/health.hpp"

namespace lamp::status {
namespace {

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void write_process(MetricsText& text, Wall started) {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    text.counter("process_cpu_seconds_total", "User and system time spent.")
        .sample({}, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
    std::uint64_t pages = 0;
    std::uint64_t resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    text.gauge("process_resident_memory_bytes", "Memory in RAM.")
        .sample(resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
    text.gauge("process_start_time_seconds", "When the process started, since 1970.")
        .sample({}, static_cast<double>(started.time_since_epoch().count()) / 1000);
}

void write_server(MetricsText& text, const Server& server) {
    const ServerCounters& c = server.counters();
    text.gauge("lamplighter_http_connections", "Open connections.").sample(std::uint64_t{server.open_connections()});
    text.counter("lamplighter_http_connections_accepted_total", "Connections taken.").sample(c.accepted.value());
    text.counter("lamplighter_http_connections_dropped_total", "Connections ended by a limit.")
        .sample({{"reason", "full"}}, c.refused.value())
        .sample({{"reason", "evicted"}}, c.evicted.value())
        .sample({{"reason", "timeout"}}, c.timed_out.value())
        .sample({{"reason", "tls"}}, c.handshakes_failed.value());
    text.counter("lamplighter_http_certificates_refused_total", "Certificates of clients that were not taken.")
        .sample(c.certificates_refused.value());
    text.counter("lamplighter_http_responses_total", "Answers by class of status.");
    static constexpr std::array<std::string_view, 6> classes{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};
    for (std::size_t i = 2; i < classes.size(); ++i)
        text.sample({{"code", classes.at(i)}}, c.answers.at(i).value());
    text.counter("lamplighter_http_malformed_requests_total", "Requests that were none.").sample(c.malformed.value());
    text.counter("lamplighter_http_received_bytes_total", "Bytes read.").sample(c.received_bytes.value());
    text.counter("lamplighter_http_sent_bytes_total", "Bytes written.").sample(c.sent_bytes.value());
}

void write_events(MetricsText& text, const Events& events) {
    const EventCounters& c = events.counters();
    text.gauge("lamplighter_sse_subscribers", "Readers of /v1/events.").sample(std::uint64_t{events.subscribers()});
    text.counter("lamplighter_sse_events_total", "Events that came.").sample(c.events.value());
    text.counter("lamplighter_sse_rendered_total", "Events made for all readers at once.").sample(c.rendered.value());
    text.counter("lamplighter_sse_deliveries_total", "Events given to a reader.").sample(c.deliveries.value());
    text.counter("lamplighter_sse_sends_total", "Writes to readers.").sample(c.sends.value());
    text.counter("lamplighter_sse_behind_total", "Times that a reader fell behind.").sample(c.behind.value());
    text.counter("lamplighter_sse_gaps_total", "Readers who were told of a lost span.").sample(c.gaps.value());
}

/// One family over all platforms.
template <class Value>
void write_each(MetricsText& text, const std::vector<PlatformView>& platforms, Value value) {
    for (const PlatformView& one : platforms)
        text.sample({{"platform", one.name}}, value(one));
}

void write_platforms(MetricsText& text, const std::vector<PlatformView>& platforms) {
    text.gauge("lamplighter_channel_up", "1 while the channel to this host is up.");
    for (const PlatformView& one : platforms)
        for (const ChannelView& channel : one.channels)
            text.sample({{"platform", one.name}, {"host", channel.host}},
                        std::uint64_t{channel.state == ChannelState::up});
    text.gauge("lamplighter_subscriptions", "Subscriptions by state.");
    for (const PlatformView& one : platforms)
        text.sample({{"platform", one.name}, {"state", "live"}}, one.live)
            .sample({{"platform", one.name}, {"state", "pending"}}, one.pending)
            .sample({{"platform", one.name}, {"state", "refused"}}, one.refused);
    text.gauge("lamplighter_lines", "Lines that are watched.");
    write_each(text, platforms, [](const PlatformView& one) { return one.first_total; });
    text.gauge("lamplighter_lines_known", "Lines whose whole state is known.");
    write_each(text, platforms, [](const PlatformView& one) { return one.first_known; });
    text.counter("lamplighter_platform_events_total", "Events that platforms sent.");
    write_each(text, platforms, [](const PlatformView& one) { return one.events; });
    text.counter("lamplighter_platform_gaps_total", "Holes in the platforms' sequences.");
    write_each(text, platforms, [](const PlatformView& one) { return one.gaps; });
}

void write_adapters(MetricsText& text, const std::vector<AdapterView>& adapters) {
    if (adapters.empty()) return;
    // One that somebody has switched off is neither up nor down. A refused login is "degraded": that is not up.
    text.gauge("lamplighter_adapter_up", "1 while the adapter works and has no trouble.");
    for (const AdapterView& one : adapters)
        if (one.state != "off") text.sample({{"adapter", one.name}}, std::uint64_t{one.state == "up"});
    text.gauge("lamplighter_adapter_queue", "What waits for the adapter.");
    for (const AdapterView& one : adapters)
        text.sample({{"adapter", one.name}}, one.queue);
}

void write_watchers(MetricsText& text, const std::vector<WatcherCount>& watchers) {
    if (watchers.empty()) return;
    text.gauge("lamplighter_watchers", "SIP subscriptions of watchers by event package and state.");
    for (const WatcherCount& one : watchers)
        text.sample({{"package", one.package}, {"state", one.state}}, one.count);
}

} // namespace

void Api::metrics(Call& call, const Asked&) {
    defer(call, make_metrics());
}

Task<Answer> Api::make_metrics() {
    auto seen = co_await views();
    Answer answer;
    answer.content = Content::metrics;
    MetricsText text(answer.body);
    text.gauge("lamplighter_build_info", "The version that runs.")
        .sample({{"version", about_.version}}, std::uint64_t{1});
    write_process(text, about_.started);
    auto people = count_people();
    text.gauge("lamplighter_people", "People by status.");
    for (std::size_t i = 0; i < people.by_status.size(); ++i)
        text.sample({{"status", presence::name(static_cast<presence::Status>(i))}}, people.by_status.at(i));
    if (seen) {
        write_platforms(text, seen->platforms);
        write_adapters(text, seen->adapters);
        write_watchers(text, seen->watchers);
    }
    write_server(text, *server_);
    write_events(text, *events_);
    text.counter("lamplighter_http_tokens_refused_total", "Requests whose token did not open, by reason.")
        .sample({{"reason", "unknown"}}, token_counters_.wrong.value())
        .sample({{"reason", "expired"}}, token_counters_.expired.value())
        .sample({{"reason", "guessing"}}, token_counters_.refused.value());
    text.gauge("lamplighter_http_guessing_sources", "Addresses from which wrong tokens came lately.")
        .sample(std::uint64_t{guesses_.sources(steady_now())});
    for (const auto& contribute : contributions_)
        contribute(text);
    co_return answer;
}

} // namespace lamp::status
