#include "office.hpp"

namespace testing {
namespace {

std::string text(const csta::Party& party) {
    switch (party.kind) {
    case csta::Party::Kind::known: return party.device.raw;
    case csta::Party::Kind::restricted: return "restricted";
    case csta::Party::Kind::not_required: return "-";
    case csta::Party::Kind::not_known: break;
    }
    return "?";
}

std::string text(const csta::Connection& connection) {
    return connection.call_id + "@" + connection.device.raw;
}

bool has_parties(csta::EventKind kind) {
    using enum csta::EventKind;
    return kind == delivered || kind == established || kind == diverted || kind == failed || kind == network_reached ||
           kind == originated || kind == call_information;
}

struct Noted {
    std::string operator()(const csta::CallEvent& event) const {
        std::string out = text(event.connection);
        if (event.secondary_old) out += "+" + text(*event.secondary_old);
        out += " " + text(event.subject);
        if (event.other.kind != csta::Party::Kind::not_known) out += " other=" + text(event.other);
        if (has_parties(event.kind)) out += " from=" + text(event.calling) + " to=" + text(event.called);
        if (event.last_redirection.kind == csta::Party::Kind::known) out += " by=" + text(event.last_redirection);
        for (const auto& joined : event.connections)
            out += " [" + (joined.old ? text(*joined.old) : "") + ">" + (joined.now ? text(*joined.now) : "") + "]";
        return out + " " + std::string(event.local ? name(*event.local) : "none") + " " +
               std::string(name(event.cause));
    }
    std::string operator()(const csta::DoNotDisturbEvent& event) const {
        return event.device.raw + (event.on ? " on" : " off");
    }
    std::string operator()(const csta::ForwardingEvent& event) const {
        return event.device.raw + " " + std::string(name(event.type)) + (event.active ? " on" : " off");
    }
    std::string operator()(const csta::AgentEvent& event) const { return event.device.raw; }
    std::string operator()(const csta::ServiceEvent& event) const { return event.device.raw; }
    std::string operator()(const auto& /*event*/) const { return "unexpected"; }
};

} // namespace

std::vector<csta::DeviceRow> office_rows() {
    return {{std::string(ada), "+31201232101", "2101", "ada", "Ada"},
            {std::string(bob), "+31-20-123 21 02", "2102", "bob", "Bob"},
            {std::string(carol), "", "", "carol", "Carol"}};
}

std::shared_ptr<const csta::Devices> office() {
    return csta::Devices::build(office_rows());
}

calls::Call incoming(std::string id, CallState state) {
    calls::Call call;
    call.session = "session of " + id;
    call.id = std::move(id);
    call.state = state;
    call.incoming = true;
    call.remote_number = "+31201230009";
    call.remote_name = "Grace";
    return call;
}

calls::Call outgoing(std::string id, CallState state) {
    calls::Call call = incoming(std::move(id), state);
    call.incoming = false;
    return call;
}

calls::Call with(calls::Call call, std::string_view line) {
    for (const auto& row : office_rows())
        if (row.line == line) {
            call.remote_number = row.extension;
            call.remote_name = row.name;
            call.remote_user = row.line;
        }
    return call;
}

calls::LineNews news(std::string_view line, std::vector<calls::Call> calls, std::vector<calls::EndedCall> ended) {
    calls::LineNews out;
    out.line = line;
    out.known = true;
    out.calls = std::move(calls);
    out.ended = std::move(ended);
    return out;
}

std::string noted(const csta::LineEvent& told) {
    std::string root(root_of(kind(told.event)));
    root.resize(root.size() - "Event"sv.size());
    return told.line + " " + root + " " + std::visit(Noted{}, told.event);
}

std::vector<std::string> noted(const std::vector<csta::LineEvent>& told) {
    std::vector<std::string> out;
    for (const auto& one : told)
        out.push_back(noted(one));
    return out;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines)
        out += line + "\n";
    return out;
}

} // namespace testing
