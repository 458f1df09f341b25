#include "app/diversion_views.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

#include "forwarding/rows.hpp"

namespace lamp {
namespace {

using forwarding::Forwardings;

status::ForwardingView line_view(const Forwardings& forwardings, const std::string& line) {
    status::ForwardingView shown{.line = line};
    auto view = forwardings.view(line);
    if (!view) return shown;
    auto simple = [](const std::optional<forwarding::LineView::Simple>& setting) {
        return setting ? std::optional(status::ForwardingView::Simple{setting->active, setting->to}) : std::nullopt;
    };
    shown.baseline = simple(view->baseline);
    shown.actual = simple(view->actual);
    for (auto& [claim, state, reason] : view->claims)
        shown.claims.push_back({std::string(name(claim.source)), claim.name, claim.to, claim.from, claim.until,
                                std::string(name(state)), std::move(reason)});
    if (view->last_write) shown.last_write = {view->last_write->at, view->last_write->result};
    shown.trouble = view->trouble;
    return shown;
}

} // namespace

status::PersonForwarding view_of(const Forwardings& forwardings, const LineBook& lines, presence::Slot person,
                                 const std::vector<std::string>& heard) {
    status::PersonForwarding shown;
    shown.person = person;
    for (const auto& line : lines.of(person))
        shown.lines.push_back(line_view(forwardings, line.id));
    for (auto& line : shown.lines)
        if (!line.baseline && !line.actual && std::ranges::find(heard, line.line) != heard.end())
            line.baseline = line.actual = status::ForwardingView::Simple{};
    return shown;
}

std::vector<presence::Slot> concerned(const Forwardings& forwardings, const LineBook& lines,
                                      const presence::People& people) {
    std::vector<bool> is(people.slots());
    for (const auto& line : forwardings.known())
        for (presence::Slot person : lines.persons_of(line))
            is[person] = true;
    std::vector<presence::Slot> persons;
    std::ranges::copy_if(people.order(), std::back_inserter(persons), [&](presence::Slot one) { return is[one]; });
    return persons;
}

bool is_at_rest(const status::ForwardingView& line) {
    return line.claims.empty() && line.trouble.empty() && !(line.actual && line.actual->active) &&
           !(line.baseline && line.baseline->active);
}

void read_audit_views(store::Store& store, Loop& loop, std::string line, std::size_t most,
                      std::function<void(std::vector<status::AuditView>)> reply) {
    using Entries = std::vector<forwarding::AuditEntry>;
    store.ask<Entries>(
        loop,
        [line = std::move(line), most](store::Database& disk) { return forwarding::read_audit(disk, line, most); },
        [reply = std::move(reply)](Result<Entries> entries) {
            std::vector<status::AuditView> rows;
            if (entries)
                for (auto& entry : *entries)
                    rows.push_back({entry.at, std::move(entry.line), std::string(name(entry.what)),
                                    std::move(entry.who), std::move(entry.text)});
            reply(std::move(rows));
        });
}

status::AdapterView adapter_view(const Forwardings& forwardings, const std::string& disk_problem) {
    auto counts = forwardings.counts();
    status::AdapterView view;
    view.name = "forwarding";
    view.queue = counts.under_way;
    view.state = counts.failing == 0 && disk_problem.empty() ? "up" : "degraded";
    view.last_error = disk_problem;
    if (counts.failing != 0) {
        for (const auto& line : forwardings.lines()) {
            auto shown = forwardings.view(line);
            if (!shown || shown->trouble.empty()) continue;
            if (view.last_error.empty()) view.last_error = shown->trouble.plain();
            if (view.problems.size() == 10) break; // the rest says the same
            view.problems.push_back(fmt::format("{}: {}", line, shown->trouble));
        }
    }
    return view;
}

std::vector<fanout::Metric> forwarding_metrics(const Forwardings& forwardings, std::size_t disk_failures) {
    using Kind = fanout::Metric::Kind;
    auto counts = forwardings.counts();
    constexpr std::string_view lines = "lamplighter_forwarding_lines";
    auto row = [&](std::string_view help, std::string_view state, std::size_t count) {
        return fanout::Metric{Kind::gauge, lines, help, "state", state, static_cast<double>(count)};
    };
    return {row("Lines with claims or diverted, by state.", "diverted", counts.in_force),
            row("", "owned", counts.owned),
            row("", "failing", counts.failing),
            row("", "under_way", counts.under_way),
            {Kind::counter,
             "lamplighter_forwarding_disk_failures_total",
             "Intents that could not be put on disk.",
             {},
             {},
             static_cast<double>(disk_failures)}};
}

} // namespace lamp
