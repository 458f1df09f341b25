// A switch of three lines behind the CSTA service, for the conversations in csta_room_test.py: every order has its
// effect or is refused. Prints the port; then takes commands, a line each, until its input ends:
//
//     call FROM LINE      somebody outside calls      answered LINE    the outside answers
//     gone LINE           the outside hangs up        down | up        the platform goes away, comes back
#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <fmt/format.h>
#include <iostream>
#include <sstream>
#include <unistd.h>

#include "csta/service.hpp"

namespace {

using namespace lamp;
using calls::CallState;
using calls::End;

const std::vector<csta::DeviceRow> rows{{"ada@pbx.example", "+31201232101", "2101", "ada", "Ada"},
                                        {"bob@pbx.example", "+31201232102", "2102", "bob", "Bob"},
                                        {"carol@pbx.example", "+31201232103", "2103", "carol", "Carol"}};

const csta::DeviceRow* row_of(std::string_view name) {
    const auto found = std::ranges::find_if(
        rows, [&](const auto& row) { return row.line == name || row.extension == name || row.number == name; });
    return found == rows.end() ? nullptr : &*found;
}

class Switch {
public:
    explicit Switch(csta::Service& service) : service_(service) {}

    void publish(const std::string& line, std::vector<calls::EndedCall> ended = {}) {
        calls::LineNews news;
        news.line = line;
        news.known = up_;
        news.dnd = std::ranges::find(dnd_, line) != dnd_.end();
        for (const Leg& leg : legs_)
            if (leg.line == line) news.calls.push_back(leg.call);
        news.ended = std::move(ended);
        service_.take({news});
    }
    void publish_all() {
        for (const auto& row : rows)
            publish(row.line);
    }

    calls::Control control() {
        calls::Control out;
        out.dial = [this](const std::string& line, const std::string& to, const calls::Answer<std::string>& answer) {
            if (to == "13") return answer(fail(Category::invalid, "No such number."));
            auto& leg = add(line, to, false, fmt::format("track-{}", ++last_));
            const auto id = leg.call.id;
            const auto session = leg.call.session;
            publish(line); // events come before the answer
            if (const auto* called = row_of(to)) {
                add(called->line, row_of(line)->extension, true, session);
                publish(called->line);
            }
            answer(id);
        };
        out.order = [this](const calls::CallOrder& order, const calls::Answer<void>& answer) {
            answer(perform(order) ? Result<void>() : fail(Category::conflict, "The call is not in a state for it."));
        };
        out.dnd = [this](const std::string& line, const calls::Answer<bool>& answer) {
            answer(std::ranges::find(dnd_, line) != dnd_.end());
        };
        out.set_dnd = [this](const std::string& line, bool on, const calls::Answer<void>& answer) {
            std::erase(dnd_, line);
            if (on) dnd_.push_back(line);
            publish(line);
            answer({});
        };
        out.forwarding = [](const std::string&, calls::ForwardKind kind,
                            const calls::Answer<calls::ForwardSetting>& answer) {
            if (kind == calls::ForwardKind::busy) return answer(fail(Category::not_found, "Not assigned."));
            answer(calls::ForwardSetting{true, "2103",
                                         kind == calls::ForwardKind::no_answer ? std::optional(4) : std::nullopt});
        };
        out.set_forwarding = [](const std::string&, calls::ForwardKind, const calls::ForwardSetting& setting,
                                const calls::Answer<void>& answer) {
            answer(setting.to == "13" ? fail(Category::invalid, "No such number.") : Result<void>());
        };
        out.agent = [](const std::string&, const calls::Answer<presence::AgentState>& answer) {
            answer(presence::AgentState::available);
        };
        out.set_agent = [](const std::string&, presence::AgentState, const calls::Answer<void>& answer) { answer({}); };
        return out;
    }

    void command(const std::string& text) {
        std::istringstream words(text);
        std::string verb, first, second;
        words >> verb >> first >> second;
        if (verb == "call") {
            const auto& line = row_of(second)->line;
            add(line, first, true, fmt::format("track-{}", ++last_));
            publish(line);
        } else if (verb == "answered") {
            set(row_of(first)->line, CallState::dialling, CallState::active);
        } else if (verb == "gone") {
            const auto& line = row_of(first)->line;
            const auto found = std::ranges::find(legs_, line, &Leg::line);
            if (found != legs_.end()) clear(*found, End::hung_up_there, End::hung_up_here);
        } else if (verb == "down" || verb == "up") {
            up_ = verb == "up";
            publish_all();
        }
    }

private:
    struct Leg {
        std::string line;
        calls::Call call;
    };
    Leg& add(const std::string& line, const std::string& remote, bool incoming, const std::string& session) {
        Leg leg{line, {}};
        leg.call.id = fmt::format("callhalf-{}:0", ++last_);
        leg.call.session = session;
        leg.call.incoming = incoming;
        leg.call.state = incoming ? CallState::ringing : CallState::dialling;
        leg.call.remote_number = remote;
        if (const auto* row = row_of(remote)) leg.call.remote_user = row->line;
        legs_.push_back(std::move(leg));
        return legs_.back();
    }
    Leg* find(std::string_view line, std::string_view id) {
        const auto found =
            std::ranges::find_if(legs_, [&](const Leg& leg) { return leg.line == line && leg.call.id == id; });
        return found == legs_.end() ? nullptr : &*found;
    }
    Leg* other_side(const Leg& leg) {
        const auto found = std::ranges::find_if(
            legs_, [&](const Leg& one) { return one.call.session == leg.call.session && one.line != leg.line; });
        return found == legs_.end() ? nullptr : &*found;
    }
    void set(const std::string& line, CallState from, CallState to) {
        for (Leg& leg : legs_)
            if (leg.line == line && leg.call.state == from) leg.call.state = to;
        publish(line);
    }
    void clear(const Leg& leg, End why, End why_there) {
        const Leg own = leg;
        std::vector<Leg> gone{own};
        if (Leg* other = other_side(leg)) gone.push_back(*other);
        for (const Leg& one : gone) {
            std::erase_if(legs_, [&](const Leg& each) { return each.call.id == one.call.id; });
            publish(one.line, {{one.call, one.line == own.line ? why : why_there, ""}});
        }
    }
    bool perform(const calls::CallOrder& order) {
        Leg* leg = find(order.line, order.call);
        if (!leg) return false;
        const auto state = leg->call.state;
        const bool talks = state == CallState::active || state == CallState::held_by_remote;
        Leg* other = other_side(*leg);
        switch (order.verb) {
        case calls::Verb::answer:
            if (state != CallState::ringing) return false;
            leg->call.state = CallState::active;
            if (other) other->call.state = CallState::active;
            break;
        case calls::Verb::hold:
            if (!talks) return false;
            leg->call.state = CallState::held;
            if (other) other->call.state = CallState::held_by_remote;
            break;
        case calls::Verb::retrieve:
            if (state != CallState::held) return false;
            leg->call.state = CallState::active;
            if (other) other->call.state = CallState::active;
            break;
        case calls::Verb::hang_up: clear(*leg, End::hung_up_here, End::hung_up_there); return true;
        case calls::Verb::redirect: {
            const Leg own = *leg;
            std::erase_if(legs_, [&](const Leg& each) { return each.call.id == own.call.id; });
            publish(own.line, {{own.call, End::redirected, order.to}});
            if (const auto* to = row_of(order.to)) {
                add(to->line, own.call.remote_number, true, own.call.session);
                publish(to->line);
            }
            return true;
        }
        case calls::Verb::transfer: {
            Leg* second = find(order.line, order.other_call);
            if (state != CallState::held || !second || second->call.state != CallState::active) return false;
            const Leg one = *leg, two = *second;
            std::erase_if(legs_, [&](const Leg& each) { return each.line == one.line; });
            publish(one.line, {{one.call, End::transferred, ""}, {two.call, End::transferred, ""}});
            for (auto [mine, theirs] : {std::pair{&one, &two}, std::pair{&two, &one}})
                if (Leg* far = other_side(*mine)) {
                    far->call.remote_number = theirs->call.remote_number;
                    far->call.remote_user = theirs->call.remote_user;
                    far->call.state = CallState::active;
                    publish(far->line);
                }
            return true;
        }
        case calls::Verb::reconnect: return false;
        }
        const auto line = leg->line;
        const auto far = other ? other->line : std::string();
        publish(line);
        if (!far.empty()) publish(far);
        return true;
    }

    csta::Service& service_;
    std::vector<Leg> legs_;
    std::vector<std::string> dnd_;
    unsigned last_ = 0;
    bool up_ = true;
};

} // namespace

int main(int count, char** arguments) {
    Loop loop("csta");
    csta::ServiceOptions options;
    options.csta.listen = {config::Listen("tcp:127.0.0.1:0")};
    if (count > 1)
        options.csta.users_file = arguments[1];
    else
        options.csta.trusted = {"127.0.0.0/8"};
    if (count > 2) options.csta.heartbeat = milliseconds(std::stol(arguments[2]));
    options.domain.heartbeat_wait = milliseconds(200);
    options.limits.sweep = milliseconds(20);
    std::unique_ptr<Switch> exchange;
    const auto later = [&] { return exchange->control(); };
    std::unique_ptr<csta::Service> service;
    calls::Control control; // the switch needs the service, and the service what it may ask
    control.dial = [&](auto line, auto to, auto answer) { later().dial(line, to, answer); };
    control.order = [&](auto order, auto answer) { later().order(order, answer); };
    control.dnd = [&](auto line, auto answer) { later().dnd(line, answer); };
    control.set_dnd = [&](auto line, bool on, auto answer) { later().set_dnd(line, on, answer); };
    control.forwarding = [&](auto line, auto kind, auto answer) { later().forwarding(line, kind, answer); };
    control.set_forwarding = [&](auto line, auto kind, auto setting, auto answer) {
        later().set_forwarding(line, kind, setting, answer);
    };
    control.agent = [&](auto line, auto answer) { later().agent(line, answer); };
    control.set_agent = [&](auto line, auto state, auto answer) { later().set_agent(line, state, answer); };
    service = std::make_unique<csta::Service>(loop, options, control);
    exchange = std::make_unique<Switch>(*service);
    if (auto begun = service->start(); !begun) {
        std::cerr << begun.error().text << '\n';
        return 1;
    }
    service->use_devices(csta::Devices::build(rows));
    loop.post([&] { exchange->publish_all(); });
    std::cout << service->ports().front() << std::endl;

    asio::posix::stream_descriptor input(loop.context(), ::dup(STDIN_FILENO));
    asio::streambuf buffer;
    std::function<void()> next = [&] {
        asio::async_read_until(input, buffer, '\n', [&](boost::system::error_code error, std::size_t) {
            if (error) return service->stop([&] { loop.stop(); });
            std::istream lines(&buffer);
            std::string line;
            std::getline(lines, line);
            exchange->command(line);
            next();
        });
    };
    next();
    loop.run_here();
    return 0;
}
