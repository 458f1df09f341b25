// Call control of an association: CSTA's services as orders to the platform (sip-csta.md 17.4, 17.6).
#include <algorithm>

#include "csta/association.hpp"
#include "numbers/plain_number.hpp"
#include "proto/csta/identities.hpp"

namespace lamp::csta {

using calls::Verb;

namespace {

bool takes_two(CallService service) {
    return service == CallService::alternate_call || service == CallService::reconnect_call ||
           service == CallService::transfer_call;
}

} // namespace

bool Association::may_ask(Invoke id, Ready service) {
    if (service == Ready::no) return refuse(id, Failure::service_not_supported), false;
    if (pending_.size() >= domain_.options().outstanding)
        return refuse(id, Failure::outstanding_request_limit_exceeded), false;
    return true;
}

const DeviceRow* Association::device(Invoke id, const DeviceId& named, Failure unknown) {
    const auto* row = domain_.devices().find(named.raw);
    if (!row) refuse(id, unknown);
    return row;
}

Failure Association::failure_of(const Error& error, Meaning meaning) {
    switch (error.category) {
    case Category::not_found: return meaning.not_found;
    case Category::conflict: return meaning.conflict;
    case Category::invalid: return meaning.invalid;
    case Category::forbidden: return Failure::privilege_violation_specified_device;
    case Category::throttled:
    case Category::timeout: return Failure::resource_busy;
    case Category::limit: return Failure::resource_limit_exceeded;
    case Category::unavailable: return Failure::resource_out_of_service;
    case Category::network: return Failure::network_out_of_service;
    case Category::unauthorised:
    case Category::protocol:
    case Category::cancelled: break;
    }
    return Failure::generic;
}

std::expected<Association::Target, Failure> Association::target(const Connection& connection) const {
    const auto* row = connection.device.empty() ? nullptr : domain_.devices().find(connection.device.raw);
    if (!row && !connection.device.empty()) return std::unexpected(Failure::invalid_device);
    if (connection.call_id.empty()) { // the only call of that device
        const Line* line = domain_.calls().line(row->line);
        if (!line || line->legs.size() != 1) return std::unexpected(Failure::invalid_connection);
        return Target{row, &line->legs.front()};
    }
    const auto legs = domain_.calls().legs_of(connection.call_id);
    if (legs.empty()) return std::unexpected(Failure::invalid_call);
    if (!row) { // the only one of ours in that call
        if (legs.size() != 1) return std::unexpected(Failure::invalid_connection);
        return Target{legs.front().device, legs.front().leg};
    }
    for (const auto& found : legs)
        if (found.device == row) return Target{row, found.leg};
    return std::unexpected(Failure::invalid_connection);
}

/// What stands for a number that people can dial: a device that was named otherwise has its extension or number.
std::string Association::dialled(const DeviceId& to) const {
    auto written = dialable(to.raw);
    if (!numbers::plain_number(written).empty()) return written;
    const auto* row = domain_.devices().find(to.raw);
    if (!row) return written;
    return row->extension.empty() ? row->number : row->extension;
}

void Association::order(Invoke id, calls::CallOrder order, Meaning meaning, std::string xml) {
    domain_.control().order(std::move(order), done(id, std::move(xml), meaning));
}

calls::Answer<void> Association::done(Invoke id, std::string xml, Meaning meaning) {
    return later<void>(id, {}, [meaning, xml = std::move(xml)](auto& self, Invoke answered, auto result) {
        if (result) return self.answer(answered, xml);
        self.refuse(answered, failure_of(result.error(), meaning));
    });
}

// Calls that begin

void Association::take(Invoke id, const MakeCall& request) {
    const auto* from = device(id, request.calling, Failure::invalid_calling_device);
    if (!from || !may_ask(id, domain_.control().dial)) return;
    auto to = dialled(request.called);
    if (to.empty()) return refuse(id, Failure::invalid_called_device);
    dial(id, *from, request.calling, std::move(to), Begins::made);
}

/// The answer stands before the call's first event, whichever the platform tells first.
void Association::dial(Invoke id, const DeviceRow& from, const DeviceId& named, std::string to, Begins how) {
    static constexpr Meaning meaning{Failure::invalid_calling_device, Failure::invalid_device_state,
                                     Failure::invalid_called_device};
    domain_.control().dial(
        from.line, std::move(to),
        later<std::string>(id, from.line, [line = from.line, named, how](auto& self, Invoke answered, auto leg) {
            if (!leg) return self.refuse(answered, failure_of(leg.error(), meaning));
            if (self.begun_.size() == self.domain_.options().outstanding) self.begun_.pop_front();
            self.begun_.emplace_back(*leg, how);
            const Connection connection{self.domain_.calls().call_id(line, *leg), named};
            self.answer(answered, how == Begins::made ? write(CallMade{connection, *leg}, self.spoken())
                                                      : write_consultation_initiated(connection, self.spoken()));
        }));
}

void Association::consult(Invoke id, const CallDeviceRequest& request, const Target& target) {
    auto to = dialled(request.device);
    if (to.empty()) return refuse(id, Failure::invalid_destination);
    if (!domain_.control().dial) return refuse(id, Failure::service_not_supported);
    const DeviceRow from = *target.device;
    const DeviceId named =
        request.call.device.empty() ? DeviceId{std::string(domain_.devices().id(from))} : request.call.device;
    if (target.leg->held) return dial(id, from, named, std::move(to), Begins::consultation);
    domain_.control().order(
        {Verb::hold, from.line, target.leg->call.id},
        later<void>(id, from.line, [from, named, to = std::move(to)](auto& self, Invoke answered, auto result) mutable {
            if (result) return self.dial(answered, from, named, std::move(to), Begins::consultation);
            self.refuse(answered, failure_of(result.error(), {.conflict = Failure::no_active_call}));
        }));
}

// Calls that are there

void Association::take(Invoke id, const std::string& root, const CallRequest& request) {
    struct Row {
        CallService service;
        Verb verb;
        Failure conflict;
    };
    static constexpr Row rows[] = {
        {CallService::answer_call, Verb::answer, Failure::no_call_to_answer},
        {CallService::clear_connection, Verb::hang_up, Failure::no_connection_to_clear},
        {CallService::clear_call, Verb::hang_up, Failure::no_call_to_clear},
        {CallService::hold_call, Verb::hold, Failure::no_active_call},
        {CallService::retrieve_call, Verb::retrieve, Failure::no_held_call},
        {CallService::reconnect_call, Verb::reconnect, Failure::no_held_call},
        {CallService::transfer_call, Verb::transfer, Failure::invalid_connection_state},
    };
    if (request.service == CallService::conference_call) return refuse(id, Failure::service_not_supported);
    if (!may_ask(id, domain_.control().order)) return;
    const auto call = target(request.call);
    if (!call) return refuse(id, call.error());
    Target other;
    if (takes_two(request.service)) {
        const auto second = target(request.other);
        if (!second) return refuse(id, second.error());
        if (second->device != call->device || second->leg == call->leg)
            return refuse(id, Failure::request_incompatible_with_connection);
        other = *second;
    }
    if (request.service == CallService::alternate_call) return alternate(id, root, *call, other);
    const auto* row = std::ranges::find(rows, request.service, &Row::service);
    calls::CallOrder wish{row->verb, call->device->line, call->leg->call.id};
    std::string xml = write_done(root, spoken());
    if (request.service == CallService::reconnect_call) { // takes the held one back, and drops the others
        wish.call = other.leg->call.id;
        wish.other_call = call->leg->call.id;
    } else if (request.service == CallService::transfer_call) {
        wish.other_call = other.leg->call.id;
        xml = write_transferred(root, {other.leg->call_id, request.other.device}, spoken());
    }
    order(id, std::move(wish), {.conflict = row->conflict}, std::move(xml));
}

void Association::alternate(Invoke id, const std::string& root, const Target& held, const Target& active) {
    calls::CallOrder retrieve{Verb::retrieve, held.device->line, held.leg->call.id};
    auto done = write_done(root, spoken());
    static constexpr Meaning meaning{.conflict = Failure::no_held_call};
    if (active.leg->held) return order(id, std::move(retrieve), meaning, std::move(done));
    domain_.control().order({Verb::hold, active.device->line, active.leg->call.id},
                            later<void>(id, {}, [retrieve, done](auto& self, Invoke answered, auto result) {
                                if (result) return self.order(answered, retrieve, meaning, done);
                                self.refuse(answered,
                                            failure_of(result.error(), {.conflict = Failure::no_active_call}));
                            }));
}

void Association::take(Invoke id, const std::string& root, const CallDeviceRequest& request) {
    if (request.service == CallDeviceService::directed_pickup_call) return refuse(id, Failure::service_not_supported);
    if (!may_ask(id, domain_.control().order)) return;
    const auto call = target(request.call);
    if (!call) return refuse(id, call.error());
    if (request.service == CallDeviceService::consultation_call) return consult(id, request, *call);
    calls::CallOrder wish{Verb::redirect, call->device->line, call->leg->call.id, {}, dialled(request.device)};
    if (wish.to.empty()) return refuse(id, Failure::invalid_destination);
    const bool rings = call->leg->call.state == calls::CallState::ringing;
    const bool deflects = request.service == CallDeviceService::deflect_call;
    if (deflects != rings) return refuse(id, deflects ? Failure::invalid_connection_state : Failure::no_active_call);
    order(id, std::move(wish), {},
          deflects ? write_done(root, spoken())
                   : write_transferred(root, {call->leg->call_id, request.call.device}, spoken()));
}

} // namespace lamp::csta
