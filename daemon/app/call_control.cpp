#include "app/call_control.hpp"

#include <algorithm>

namespace lamp {
namespace {

using calls::ForwardKind;
using calls::ForwardSetting;
using presence::AgentState;

AgentState agent_of(xsi::AgentState state) {
    switch (state) {
    case xsi::AgentState::sign_in: return AgentState::sign_in;
    case xsi::AgentState::available: return AgentState::available;
    case xsi::AgentState::unavailable: return AgentState::unavailable;
    case xsi::AgentState::wrap_up: return AgentState::wrap_up;
    case xsi::AgentState::sign_out: return AgentState::sign_out;
    case xsi::AgentState::unknown: break;
    }
    return AgentState::none;
}

xsi::AgentState agent_of(AgentState state) {
    switch (state) {
    case AgentState::sign_in: return xsi::AgentState::sign_in;
    case AgentState::available: return xsi::AgentState::available;
    case AgentState::unavailable: return xsi::AgentState::unavailable;
    case AgentState::wrap_up: return xsi::AgentState::wrap_up;
    case AgentState::sign_out: return xsi::AgentState::sign_out;
    case AgentState::none: break;
    }
    return xsi::AgentState::unknown;
}

template <class Service>
Task<Result<ForwardSetting>> read_forwarding(xsi::Actions& actions, std::string user) {
    auto service = co_await actions.service<Service>(std::move(user));
    if (!service) co_return std::unexpected(std::move(service.error()));
    ForwardSetting setting{.active = service->active, .to = service->forward_to.value_or("")};
    if constexpr (requires { service->rings; }) setting.rings = service->rings;
    co_return setting;
}

template <class Service>
Task<Result<void>> write_forwarding(xsi::Actions& actions, std::string user, ForwardSetting wanted) {
    Service service{.active = wanted.active};
    if (!wanted.to.empty()) service.forward_to = std::move(wanted.to);
    if constexpr (requires { service.rings; }) service.rings = wanted.rings;
    co_return co_await actions.set_service(std::move(user), service);
}

/// A task that is over before it began: the check that failed.
template <class T>
std::unexpected<Error> failed(Result<T>&& check) {
    return std::unexpected(std::move(check.error()));
}

} // namespace

// ---------------------------------------------------------------- on the ingress loop

Result<xsi::LineIndex> CallControl::watched(std::string_view line) const {
    auto found = lines_.find(line);
    if (!found || !lines_.watched(*found)) return fail(Category::not_found, "There is no such line.");
    return *found;
}

Result<std::string> CallControl::number(xsi::LineIndex line, const std::string& to) const {
    return plan_->dialled(lines_.id(line), to);
}

Task<Result<std::string>> CallControl::dial(xsi::LineIndex line, std::string to) {
    auto wanted = number(line, to);
    if (!wanted) co_return failed(std::move(wanted));
    auto started = co_await actions(line).dial(std::string(lines_.id(line)), std::move(*wanted));
    if (!started) co_return failed(std::move(started));
    co_return std::move(started->call_id);
}

Task<Result<void>> CallControl::order(xsi::LineIndex line, calls::CallOrder order) {
    std::string user(lines_.id(line));
    auto& does = actions(line);
    switch (order.verb) {
    case calls::Verb::answer:
    case calls::Verb::retrieve: co_return co_await does.talk(std::move(user), std::move(order.call));
    case calls::Verb::hold: co_return co_await does.hold(std::move(user), std::move(order.call));
    case calls::Verb::hang_up: {
        auto legs = lines_.ledger(line).legs();
        auto leg = std::ranges::find(legs, order.call, &xsi::Leg::call_id);
        bool decline = leg != legs.end() && leg->rings();
        co_return co_await does.hang_up(std::move(user), std::move(order.call), decline);
    }
    case calls::Verb::redirect: {
        auto to = number(line, order.to);
        if (!to) co_return failed(std::move(to));
        co_return co_await does.blind_transfer(std::move(user), std::move(order.call), std::move(*to));
    }
    case calls::Verb::transfer:
        co_return co_await does.consult_transfer(std::move(user), std::move(order.call), order.other_call);
    case calls::Verb::reconnect: co_return co_await does.reconnect(std::move(user), std::move(order.call));
    }
    co_return fail(Category::invalid, "There is no such order.");
}

Task<Result<bool>> CallControl::dnd(xsi::LineIndex line) {
    auto service = co_await actions(line).service<xsi::DoNotDisturb>(std::string(lines_.id(line)));
    if (!service) co_return failed(std::move(service));
    co_return service->active;
}

Task<Result<void>> CallControl::set_dnd(xsi::LineIndex line, bool on) {
    co_return co_await actions(line).set_service(std::string(lines_.id(line)), xsi::DoNotDisturb{.active = on});
}

Task<Result<ForwardSetting>> CallControl::forwarding(xsi::LineIndex line, ForwardKind kind) {
    std::string user(lines_.id(line));
    auto& from = actions(line);
    switch (kind) {
    case ForwardKind::always: co_return co_await read_forwarding<xsi::CallForwardingAlways>(from, std::move(user));
    case ForwardKind::busy: co_return co_await read_forwarding<xsi::CallForwardingBusy>(from, std::move(user));
    case ForwardKind::no_answer: co_return co_await read_forwarding<xsi::CallForwardingNoAnswer>(from, std::move(user));
    case ForwardKind::not_reachable:
        co_return co_await read_forwarding<xsi::CallForwardingNotReachable>(from, std::move(user));
    }
    co_return fail(Category::invalid, "There is no such kind of forwarding.");
}

Task<Result<void>> CallControl::set_forwarding(xsi::LineIndex line, ForwardKind kind, ForwardSetting wanted) {
    if (!wanted.to.empty()) {
        auto to = number(line, wanted.to);
        if (!to) co_return failed(std::move(to));
        wanted.to = std::move(*to);
    }
    std::string user(lines_.id(line));
    auto& by = actions(line);
    switch (kind) {
    case ForwardKind::always:
        co_return co_await write_forwarding<xsi::CallForwardingAlways>(by, std::move(user), std::move(wanted));
    case ForwardKind::busy:
        co_return co_await write_forwarding<xsi::CallForwardingBusy>(by, std::move(user), std::move(wanted));
    case ForwardKind::no_answer:
        co_return co_await write_forwarding<xsi::CallForwardingNoAnswer>(by, std::move(user), std::move(wanted));
    case ForwardKind::not_reachable:
        co_return co_await write_forwarding<xsi::CallForwardingNotReachable>(by, std::move(user), std::move(wanted));
    }
    co_return fail(Category::invalid, "There is no such kind of forwarding.");
}

Task<Result<AgentState>> CallControl::agent(xsi::LineIndex line) {
    auto service = co_await actions(line).service<xsi::CallCenter>(std::string(lines_.id(line)));
    if (!service) co_return failed(std::move(service));
    co_return agent_of(service->state);
}

Task<Result<calls::AgentCard>> CallControl::agent_card(xsi::LineIndex line) {
    auto service = co_await actions(line).service<xsi::CallCenter>(std::string(lines_.id(line)));
    if (!service) co_return failed(std::move(service));
    calls::AgentCard card{.state = agent_of(service->state), .code = service->unavailable_code.value_or("")};
    for (auto& queue : service->queues)
        card.queues.push_back(
            {std::move(queue.queue), queue.joined.value_or(true), std::move(queue.number), std::move(queue.extension)});
    co_return card;
}

Task<Result<void>> CallControl::set_agent(xsi::LineIndex line, AgentState wanted, std::optional<std::string> code) {
    if (wanted == AgentState::none) co_return fail(Category::invalid, "An agent cannot be put into no state.");
    xsi::CallCenter service;
    service.state = agent_of(wanted);
    service.unavailable_code = std::move(code); // empty: none, whatever was there
    co_return co_await actions(line).set_service(std::string(lines_.id(line)), service);
}

// ---------------------------------------------------------------- from another loop

namespace {

template <class T, class Begin>
Task<> perform(Loop& asking, xsi::LineIndex line, calls::Answer<T> answer, Begin begin) {
    auto outcome = co_await begin(line);
    asking.post([answer = std::move(answer), outcome = std::move(outcome)]() mutable { answer(std::move(outcome)); });
}

} // namespace

template <class T, class Begin>
void CallControl::ask(Loop& asking, std::string line, calls::Answer<T> answer, Begin begin) {
    ingress_.post([this, &asking, line = std::move(line), answer = std::move(answer), begin = std::move(begin)] {
        auto found = watched(line);
        if (found) return ingress_.spawn(perform<T>(asking, *found, answer, begin));
        asking.post([answer, error = found.error()] { answer(std::unexpected(error)); });
    });
}

calls::Control CallControl::from(Loop& asking) {
    calls::Control control;
    control.dial = [this, &asking](std::string line, std::string to, calls::Answer<std::string> answer) {
        ask(asking, std::move(line), std::move(answer),
            [this, to = std::move(to)](xsi::LineIndex found) { return dial(found, to); });
    };
    control.order = [this, &asking](calls::CallOrder what, calls::Answer<void> answer) {
        auto line = what.line;
        ask(asking, std::move(line), std::move(answer),
            [this, what = std::move(what)](xsi::LineIndex found) { return order(found, what); });
    };
    control.dnd = [this, &asking](std::string line, calls::Answer<bool> answer) {
        ask(asking, std::move(line), std::move(answer), [this](xsi::LineIndex found) { return dnd(found); });
    };
    control.set_dnd = [this, &asking](std::string line, bool on, calls::Answer<void> answer) {
        ask(asking, std::move(line), std::move(answer),
            [this, on](xsi::LineIndex found) { return set_dnd(found, on); });
    };
    control.forwarding = [this, &asking](std::string line, ForwardKind kind, calls::Answer<ForwardSetting> answer) {
        ask(asking, std::move(line), std::move(answer),
            [this, kind](xsi::LineIndex found) { return forwarding(found, kind); });
    };
    control.set_forwarding = [this, &asking](std::string line, ForwardKind kind, ForwardSetting wanted,
                                             calls::Answer<void> answer) {
        ask(asking, std::move(line), std::move(answer), [this, kind, wanted = std::move(wanted)](xsi::LineIndex found) {
            return set_forwarding(found, kind, wanted);
        });
    };
    control.agent = [this, &asking](std::string line, calls::Answer<AgentState> answer) {
        ask(asking, std::move(line), std::move(answer), [this](xsi::LineIndex found) { return agent(found); });
    };
    control.set_agent = [this, &asking](std::string line, AgentState wanted, calls::Answer<void> answer) {
        ask(asking, std::move(line), std::move(answer),
            [this, wanted](xsi::LineIndex found) { return set_agent(found, wanted); });
    };
    return control;
}

calls::AgentDesk CallControl::agents(Loop& asking) {
    calls::AgentDesk desk;
    desk.read = [this, &asking](std::string line, calls::Answer<calls::AgentCard> answer) {
        ask(asking, std::move(line), std::move(answer), [this](xsi::LineIndex found) { return agent_card(found); });
    };
    desk.write = [this, &asking](std::string line, AgentState wanted, std::string code, calls::Answer<void> answer) {
        ask(asking, std::move(line), std::move(answer), [this, wanted, code = std::move(code)](xsi::LineIndex found) {
            return set_agent(found, wanted, wanted == AgentState::unavailable ? std::optional(code) : std::nullopt);
        });
    };
    desk.watch = [this](std::string line, std::string queue) {
        ingress_.post([this, line = std::move(line), queue = std::move(queue)] {
            if (auto found = watched(line)) platform_(lines_.platform(*found)).watch_queue(queue);
        });
    };
    return desk;
}

} // namespace lamp
