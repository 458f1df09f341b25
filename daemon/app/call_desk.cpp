#include "app/call_desk.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "calls/call_id.hpp"

namespace lamp {
namespace {

using What = forwarding::AuditEntry::What;

std::string_view state_of(const xsi::Leg& leg) {
    switch (leg.state) {
    case xsi::CallState::alerting: return leg.incoming() ? "ringing" : "active";
    case xsi::CallState::held: return "held";
    default: return "active"; // held by the other side is active (interface 7.6)
    }
}

calls::Verb verb_of(status::CallVerb verb) {
    switch (verb) {
    case status::CallVerb::answer: return calls::Verb::answer;
    case status::CallVerb::resume: return calls::Verb::retrieve;
    case status::CallVerb::hold: return calls::Verb::hold;
    case status::CallVerb::hangup: return calls::Verb::hang_up;
    case status::CallVerb::transfer: break;
    }
    return calls::Verb::redirect;
}

} // namespace

status::CallView CallDesk::view(xsi::LineIndex line, const xsi::Leg& leg) const {
    status::CallView call;
    call.line = lines_.id(line);
    call.id = calls::public_id(call.line, leg.call_id);
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
            if (!found && calls::public_id(lines_.id(line), leg.call_id) == id) found = Found{line, leg.call_id};
    });
    return found;
}

void CallDesk::dial(status::DialRequest request, status::Reply<Result<std::string>> reply) {
    auto lines = lines_.of_person(request.person);
    if (lines.empty()) return reply(fail(Category::invalid, "This person has no line to dial from."));
    ingress_.spawn(perform_dial(lines.front(), std::move(request), std::move(reply)));
}

void CallDesk::note(xsi::LineIndex line, What what, const std::string& by, std::string text,
                    const Error* trouble) const {
    if (!audit_) return;
    if (trouble) text += fmt::format("; refused: {}", trouble->text);
    audit_({std::string(lines_.id(line)), what, by, std::move(text)});
}

Task<> CallDesk::perform_dial(xsi::LineIndex line, status::DialRequest request,
                              status::Reply<Result<std::string>> reply) {
    auto call = co_await control_.dial(line, request.to);
    note(line, What::dialled, request.by, "to " + request.to, call ? nullptr : &call.error());
    if (call)
        reply(calls::public_id(lines_.id(line), *call));
    else
        reply(std::unexpected(call.error()));
}

void CallDesk::control(status::ControlRequest request, status::Reply<Result<std::string>> reply) {
    auto call = find(request.call);
    if (!call) return reply(fail(Category::not_found, "There is no such call; it may have ended."));
    ingress_.spawn(perform(*std::move(call), std::move(request), std::move(reply)));
}

Task<> CallDesk::perform(Found call, status::ControlRequest request, status::Reply<Result<std::string>> reply) {
    calls::CallOrder order{.verb = verb_of(request.verb),
                           .line = std::string(lines_.id(call.line)),
                           .call = std::move(call.call),
                           .to = request.to};
    auto outcome = co_await control_.order(call.line, std::move(order));
    note(
        call.line, What::call_ordered, request.by,
        fmt::format("{}{} {}", status::name(request.verb), request.to.empty() ? "" : " to " + request.to, request.call),
        outcome ? nullptr : &outcome.error());
    if (outcome)
        reply(std::move(request.call));
    else
        reply(std::unexpected(outcome.error()));
}

} // namespace lamp
