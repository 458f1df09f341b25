#include "app/call_desk.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "app/numbers.hpp"

namespace lamp {
namespace {

std::string_view state_of(const xsi::Leg& leg) {
    switch (leg.state) {
    case xsi::CallState::alerting: return leg.incoming() ? "ringing" : "active";
    case xsi::CallState::held: return "held";
    default: return "active"; // held by the other side is active (interface 7.6)
    }
}

std::uint64_t fnv(std::string_view text, std::uint64_t hash) {
    for (char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return hash;
}

} // namespace

std::string call_id(std::string_view line, std::string_view broadworks_call_id) {
    auto hash = fnv(broadworks_call_id, fnv("\n", fnv(line, 14695981039346656037ULL)));
    return fmt::format("{:016x}", hash);
}

status::CallView CallDesk::view(xsi::LineIndex line, const xsi::Leg& leg) const {
    status::CallView call;
    call.line = lines_.id(line);
    call.id = call_id(call.line, leg.call_id);
    auto persons = lines_.persons_of(line);
    if (people_ && !persons.empty() && persons.front() < people_->slots())
        call.person = people_->person(persons.front()).id;
    call.incoming = leg.incoming();
    call.remote_number = leg.remote_number;
    call.remote_name = leg.remote_name;
    call.started = leg.started;
    call.answered = leg.answered;
    call.state = state_of(leg);
    call.ddi = leg.ddi;
    call.queue = leg.queue;
    return call;
}

std::vector<status::CallView> CallDesk::of_line(xsi::LineIndex line) const {
    std::vector<status::CallView> calls;
    for (const xsi::Leg& leg : lines_.ledger(line).legs())
        calls.push_back(view(line, leg));
    return calls;
}

std::vector<status::CallView> CallDesk::changes(xsi::LineIndex line) {
    auto before = std::exchange(told_[line], of_line(line));
    const auto& now = told_[line];
    std::vector<status::CallView> changed;
    for (const auto& call : now) {
        auto known = std::ranges::find(before, call.id, &status::CallView::id);
        if (known == before.end() || *known != call) changed.push_back(call);
    }
    for (auto& call : before)
        if (std::ranges::find(now, call.id, &status::CallView::id) == now.end()) {
            call.state = "ended";
            changed.push_back(std::move(call));
        }
    if (now.empty()) told_.erase(line);
    return changed;
}

std::vector<status::CallView> CallDesk::active() const {
    std::vector<status::CallView> calls;
    lines_.for_each_in_use([&](xsi::LineIndex line, const xsi::Ledger& ledger) {
        for (const xsi::Leg& leg : ledger.legs())
            calls.push_back(view(line, leg));
    });
    return calls;
}

std::optional<CallDesk::Found> CallDesk::find(std::string_view id) const {
    std::optional<Found> found;
    lines_.for_each_in_use([&](xsi::LineIndex line, const xsi::Ledger& ledger) {
        for (const xsi::Leg& leg : ledger.legs())
            if (!found && call_id(lines_.id(line), leg.call_id) == id) found = Found{line, leg};
    });
    return found;
}

Result<std::string> CallDesk::dialled(xsi::LineIndex line, const std::string& to) const {
    return dialled_number(to, platforms_.at(lines_.platform(line))->options().number_format, country_);
}

void CallDesk::dial(status::DialRequest request, status::Reply<Result<std::string>> reply) {
    auto lines = lines_.of_person(request.person);
    if (lines.empty()) return reply(fail(Category::invalid, "This person has no line to dial from."));
    auto number = dialled(lines.front(), request.to);
    if (!number) return reply(std::unexpected(number.error()));
    ingress_.spawn(perform_dial(lines.front(), *number, std::move(reply)));
}

Task<> CallDesk::perform_dial(xsi::LineIndex line, std::string number, status::Reply<Result<std::string>> reply) {
    std::string user(lines_.id(line));
    auto started = co_await actions(line).dial(user, std::move(number));
    if (started)
        reply(call_id(user, started->call_id));
    else
        reply(std::unexpected(started.error()));
}

void CallDesk::control(status::ControlRequest request, status::Reply<Result<std::string>> reply) {
    auto call = find(request.call);
    if (!call) return reply(fail(Category::not_found, "There is no such call; it may have ended."));
    std::string number;
    if (request.verb == status::CallVerb::transfer) {
        auto wanted = dialled(call->line, request.to);
        if (!wanted) return reply(std::unexpected(wanted.error()));
        number = *wanted;
    }
    ingress_.spawn(perform(*std::move(call), std::move(request), std::move(number), std::move(reply)));
}

Task<> CallDesk::perform(Found call, status::ControlRequest request, std::string number,
                         status::Reply<Result<std::string>> reply) {
    std::string user(lines_.id(call.line));
    auto& does = actions(call.line);
    Result<void> outcome;
    switch (request.verb) {
    case status::CallVerb::answer:
    case status::CallVerb::resume: outcome = co_await does.talk(user, call.leg.call_id); break;
    case status::CallVerb::hold: outcome = co_await does.hold(user, call.leg.call_id); break;
    case status::CallVerb::hangup:
        outcome = co_await does.hang_up(user, call.leg.call_id,
                                        call.leg.incoming() && call.leg.state == xsi::CallState::alerting);
        break;
    case status::CallVerb::transfer:
        outcome = co_await does.blind_transfer(user, call.leg.call_id, std::move(number));
        break;
    }
    if (outcome)
        reply(std::move(request.call));
    else
        reply(std::unexpected(outcome.error()));
}

} // namespace lamp
