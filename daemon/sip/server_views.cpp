// What people and metrics are told of the SIP server.
#include <algorithm>
#include <fmt/format.h>

#include "sip/server.hpp"

namespace lamp::sip {
namespace {

Wall wall_of(Steady at) {
    return wall_now() + std::chrono::duration_cast<milliseconds>(at - steady_now());
}

} // namespace

Server::WatcherRow Server::row(const Notifier::Seen& seen) const {
    WatcherRow row;
    row.watcher = seen.watcher;
    row.resource = seen.resource;
    row.package = seen.package;
    row.from = fmt::format("{}:{}", host_text(seen.flow.address).view(), seen.flow.port);
    row.state = seen.state;
    row.since = wall_of(seen.began);
    if (seen.why_ended.empty()) row.expires = wall_of(seen.expires);
    if (seen.told != Steady()) {
        row.last_notify = wall_of(seen.told);
        row.last_answer = seen.in_flight       ? "on its way"
                          : seen.answered != 0 ? std::to_string(seen.answered)
                                               : "no answer";
    }
    row.why_ended = seen.why_ended;
    if (seen.index < names_->size()) row.person = names_->person(seen.index);
    return row;
}

std::vector<Server::WatcherRow> Server::watchers() const {
    std::vector<WatcherRow> rows;
    notifier_.visit([&](const Notifier::Seen& seen) { rows.push_back(row(seen)); });
    notifier_.visit_ended([&](const Notifier::Seen& seen) { rows.push_back(row(seen)); });
    return rows;
}

std::vector<Server::WatcherRow> Server::watchers_of(presence::Slot slot) const {
    std::vector<WatcherRow> rows;
    const auto add = [&](const Notifier::Seen& seen) { rows.push_back(row(seen)); };
    if (const auto person = names_->of_slot(slot)) {
        notifier_.visit(*person, add);
        for (const ResourceIndex line : names_->lines(*person))
            notifier_.visit(line, add);
    }
    notifier_.visit_ended([&](const Notifier::Seen& seen) {
        if (seen.index < names_->size() && names_->person(seen.index) == slot) add(seen);
    });
    return rows;
}

std::vector<Server::WatcherCount> Server::watcher_counts() const {
    std::vector<WatcherCount> counts;
    notifier_.visit([&](const Notifier::Seen& seen) {
        const auto same = std::ranges::find_if(
            counts, [&](const WatcherCount& one) { return one.package == seen.package && one.state == seen.state; });
        if (same == counts.end())
            counts.push_back({seen.package, seen.state, 1});
        else
            ++same->count;
    });
    return counts;
}

fanout::Health Server::health() const {
    fanout::Health health;
    health.state = stopped_ ? "down" : "up";
    health.queue = notifier_.in_flight();
    for (const auto& problem : name_problems_)
        health.problems.push_back(problem);
    if (settings_.trusted.empty() && settings_.users->size() == 0)
        health.problems.emplace_back("Nobody may watch: there is neither a users_file nor a trusted network.");
    return health;
}

std::vector<fanout::Metric> Server::metrics() const {
    using Kind = fanout::Metric::Kind;
    std::vector<fanout::Metric> metrics;
    const auto add = [&](Kind kind, std::string_view name, std::string_view help, std::string_view label,
                         std::string_view value, std::uint64_t number) {
        metrics.push_back({kind, name, help, label, value, static_cast<double>(number)});
    };
    const auto& n = notifier_.counters();
    const auto& t = transactions_.counters();
    const auto& p = compositor_.counters();
    const auto& d = door_.counters();
    const auto& w = transports_.counters();
    constexpr std::string_view subscribes = "lamplighter_sip_subscribes_total";
    for (const auto& [word, count] :
         std::initializer_list<std::pair<std::string_view, std::uint64_t>>{{"new", n.subscribed},
                                                                           {"refresh", n.refreshed},
                                                                           {"fetch", n.fetched},
                                                                           {"unsubscribe", n.unsubscribed},
                                                                           {"refused", n.refused}})
        add(Kind::counter, subscribes, "SUBSCRIBEs by what they were.", "kind", word, count);
    for (const auto& [word, count] : std::initializer_list<std::pair<std::string_view, std::uint64_t>>{
             {"sent", n.notifies}, {"accepted", n.accepted}, {"refused", n.failed}, {"unanswered", n.unanswered}})
        add(Kind::counter, "lamplighter_sip_notifies_total", "NOTIFYs sent, and what became of them.", "outcome", word,
            count);
    for (const auto& [word, count] :
         std::initializer_list<std::pair<std::string_view, std::uint64_t>>{{"expired", n.ended_expired},
                                                                           {"answer", n.ended_by_answer},
                                                                           {"silence", n.ended_by_silence},
                                                                           {"us", n.ended_by_us},
                                                                           {"replaced", n.replaced}})
        add(Kind::counter, "lamplighter_sip_subscriptions_ended_total", "Subscriptions that ended, by who ended them.",
            "by", word, count);
    for (const auto& [word, count] :
         std::initializer_list<std::pair<std::string_view, std::uint64_t>>{{"initial", p.initial},
                                                                           {"refresh", p.refreshed},
                                                                           {"modify", p.modified},
                                                                           {"remove", p.removed},
                                                                           {"expire", p.expired},
                                                                           {"refused", p.refused}})
        add(Kind::counter, "lamplighter_sip_publishes_total", "PUBLISHes by what they were, and expiries.", "kind",
            word, count);
    for (const auto& [word, count] :
         std::initializer_list<std::pair<std::string_view, std::uint64_t>>{{"trusted", d.trusted},
                                                                           {"accepted", d.accepted},
                                                                           {"challenged", d.challenged},
                                                                           {"wrong", d.wrong},
                                                                           {"replayed", d.replayed},
                                                                           {"rate", d.dropped_rate},
                                                                           {"failures", d.dropped_failures},
                                                                           {"scanner", d.dropped_scanners}})
        add(Kind::counter, "lamplighter_sip_door_total", "Requests at the door, by what was decided.", "decision", word,
            count);
    for (const auto& [word, count] :
         std::initializer_list<std::pair<std::string_view, std::uint64_t>>{{"absorbed", t.absorbed},
                                                                           {"resent", t.resent},
                                                                           {"stray", t.stray},
                                                                           {"overloaded", t.overloaded},
                                                                           {"abandoned", t.abandoned}})
        add(Kind::counter, "lamplighter_sip_transactions_total", "What the transaction layer did.", "what", word,
            count);
    const auto& f = features_.counters();
    add(Kind::counter, "lamplighter_sip_feature_orders_total", "What telephones ordered for their lines.", "outcome",
        "given", f.ordered);
    add(Kind::counter, "lamplighter_sip_feature_orders_total", "", "outcome", "failed", f.failed);
    constexpr std::string_view names[] = {"udp", "tcp", "tls"};
    for (std::size_t i = 0; i < w.ways.size(); ++i)
        add(Kind::counter, "lamplighter_sip_received_messages_total", "Messages received.", "transport", names[i],
            w.ways[i].received);
    for (std::size_t i = 0; i < w.ways.size(); ++i)
        add(Kind::counter, "lamplighter_sip_sent_messages_total", "Messages sent.", "transport", names[i],
            w.ways[i].sent);
    for (const auto& [word, count] :
         std::initializer_list<std::pair<std::string_view, std::uint64_t>>{{"malformed", counters_.malformed},
                                                                           {"kernel", w.kernel_drops},
                                                                           {"queue_full", w.queue_full},
                                                                           {"too_big", w.too_big},
                                                                           {"undeliverable", w.undeliverable},
                                                                           {"slow_reader", w.slow_readers},
                                                                           {"broken_stream", w.broken_streams}})
        add(Kind::counter, "lamplighter_sip_dropped_total", "What was dropped, by reason.", "reason", word, count);
    add(Kind::gauge, "lamplighter_sip_subscriptions", "Subscriptions that live.", {}, {}, notifier_.size());
    add(Kind::gauge, "lamplighter_sip_publications", "Publications that live.", {}, {}, compositor_.publications());
    add(Kind::gauge, "lamplighter_sip_connections", "Open connections.", {}, {}, transports_.connections());
    return metrics;
}

} // namespace lamp::sip
