#include "app/platform_views.hpp"

#include <array>
#include <fmt/format.h>

namespace lamp {

status::PlatformView platform_view(xsi::PlatformReport report) {
    status::PlatformView view;
    view.name = std::move(report.name);
    view.target = std::move(report.target);
    for (auto& channel : report.channels)
        view.channels.push_back({std::move(channel.host), status::channel_state_named(channel.state), channel.since,
                                 std::move(channel.channel_id), channel.last_event, channel.last_heartbeat,
                                 std::move(channel.reason)});
    view.wanted = report.wanted;
    view.live = report.live;
    view.pending = report.pending;
    view.refused = report.refused;
    view.first_total = report.lines_total;
    view.first_known = report.lines_known;
    view.events = report.counters.events;
    view.gaps = report.counters.gaps;
    view.discovered = report.discovered;
    view.problems = std::move(report.problems);
    return view;
}

void write_platform_metrics(status::MetricsText& text, std::span<const xsi::PlatformReport> reports) {
    struct Row {
        const char* name;
        const char* help;
        std::uint64_t xsi::PlatformCounters::* counter;
    };
    static constexpr std::array rows{
        Row{"lamplighter_xsi_events_total", "Events taken.", &xsi::PlatformCounters::events},
        Row{"lamplighter_xsi_duplicate_events_total", "Events that came again.", &xsi::PlatformCounters::duplicates},
        Row{"lamplighter_xsi_gaps_total", "Holes in a subscription's numbers.", &xsi::PlatformCounters::gaps},
        Row{"lamplighter_xsi_reordered_events_total", "Events that waited for an earlier one.",
            &xsi::PlatformCounters::reordered},
        Row{"lamplighter_xsi_parked_events_total", "Events ahead of their subscription's answer.",
            &xsi::PlatformCounters::parked},
        Row{"lamplighter_xsi_foreign_events_total", "Events of others' subscriptions or users.",
            &xsi::PlatformCounters::foreign},
        Row{"lamplighter_xsi_malformed_documents_total", "Documents that could not be read.",
            &xsi::PlatformCounters::malformed},
        Row{"lamplighter_xsi_refused_documents_total", "Documents over a limit, and junk.",
            &xsi::PlatformCounters::refused},
        Row{"lamplighter_xsi_first_states_total", "First states fetched by GET.", &xsi::PlatformCounters::first_states},
    };
    for (const Row& row : rows) {
        text.counter(row.name, row.help);
        for (const auto& report : reports)
            text.sample({{"platform", report.name}}, report.counters.*row.counter);
    }
    text.gauge("lamplighter_xsi_lines", "Lines by platform: watched in all, and those whose whole state is known.");
    for (const auto& report : reports) {
        text.sample({{"platform", report.name}, {"state", "watched"}}, std::uint64_t{report.lines_total});
        text.sample({{"platform", report.name}, {"state", "known"}}, std::uint64_t{report.lines_known});
    }
    text.gauge("lamplighter_xsi_subscriptions", "Subscriptions by state.");
    for (const auto& report : reports) {
        text.sample({{"platform", report.name}, {"state", "live"}}, std::uint64_t{report.live});
        text.sample({{"platform", report.name}, {"state", "pending"}}, std::uint64_t{report.pending});
        text.sample({{"platform", report.name}, {"state", "refused"}}, std::uint64_t{report.refused});
    }
    text.gauge("lamplighter_xsi_channel_up", "1 while the channel to that host is up.");
    for (const auto& report : reports)
        for (const auto& channel : report.channels)
            text.sample({{"platform", report.name}, {"host", channel.host}}, std::uint64_t{channel.state == "up"});
    text.counter("lamplighter_xsi_channel_opens_total", "Attempts to open a channel.");
    for (const auto& report : reports)
        for (const auto& channel : report.channels)
            text.sample({{"platform", report.name}, {"host", channel.host}}, channel.counters.opens);
    text.counter("lamplighter_xsi_event_responses_total", "Event responses by outcome.");
    for (const auto& report : reports)
        for (const auto& channel : report.channels) {
            text.sample({{"platform", report.name}, {"host", channel.host}, {"outcome", "accepted"}},
                        channel.counters.responses);
            text.sample({{"platform", report.name}, {"host", channel.host}, {"outcome", "failed"}},
                        channel.counters.responses_failed);
        }
}

std::string platforms_line(std::span<const xsi::PlatformReport> reports) {
    std::size_t known = 0, total = 0, down = 0;
    for (const auto& report : reports) {
        known += report.lines_known;
        total += report.lines_total;
        for (const auto& channel : report.channels)
            down += channel.state == "up" ? 0 : 1;
    }
    auto channels = down == 0 ? std::string("every channel is up") : fmt::format("{} channels are down", down);
    return fmt::format("{} of {} lines are known, {}", known, total, channels);
}

} // namespace lamp
