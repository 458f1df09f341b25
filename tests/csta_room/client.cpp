#include "client.hpp"

#include <fmt/format.h>

namespace testing {
namespace {

constexpr std::string_view space = "http://www.ecma-international.org/standards/ecma-323/csta/ed5";

std::string_view verb(calls::Verb verb) {
    constexpr std::string_view names[] = {"answer", "hold", "retrieve", "hang_up", "redirect", "transfer", "reconnect"};
    return names[static_cast<std::size_t>(verb)];
}

std::string element_text(std::string_view xml, std::string_view element) {
    const auto open = fmt::format("<{}>", element);
    const auto at = xml.find(open);
    if (at == std::string_view::npos) return {};
    const auto begin = at + open.size();
    return std::string(xml.substr(begin, xml.find('<', begin) - begin));
}

std::string root_of_document(std::string_view xml) {
    auto at = xml.find('<');
    while (at != std::string_view::npos && xml.substr(at, 2) == "<?")
        at = xml.find('<', at + 1);
    REQUIRE(at != std::string_view::npos);
    return std::string(xml.substr(at + 1, xml.find_first_of(" >/", at) - at - 1));
}

} // namespace

calls::Control Platform::control() {
    calls::Control out;
    const auto no_value = [](calls::Answer<void> answer) {
        return [answer = std::move(answer)](std::optional<Error> error) {
            if (error)
                answer(std::unexpected(*error));
            else
                answer({});
        };
    };
    out.dial = [this](std::string line, std::string to, calls::Answer<std::string> answer) {
        asked.push_back({.what = fmt::format("dial {} {}", line, to), .text = std::move(answer)});
    };
    out.order = [this, no_value](calls::CallOrder order, calls::Answer<void> answer) {
        auto what = fmt::format("{} {} {}", verb(order.verb), order.line, order.call);
        if (!order.other_call.empty()) what += " with " + order.other_call;
        if (!order.to.empty()) what += " to " + order.to;
        asked.push_back({.what = what, .no_value = no_value(std::move(answer))});
    };
    out.dnd = [this](std::string line, calls::Answer<bool> answer) {
        asked.push_back({.what = "dnd? " + line, .flag = std::move(answer)});
    };
    out.set_dnd = [this, no_value](std::string line, bool on, calls::Answer<void> answer) {
        asked.push_back({.what = fmt::format("dnd {}={}", line, on), .no_value = no_value(std::move(answer))});
    };
    out.forwarding = [this](std::string line, calls::ForwardKind kind, calls::Answer<calls::ForwardSetting> answer) {
        asked.push_back({.what = fmt::format("forwarding? {} {}", line, int(kind)), .setting = std::move(answer)});
    };
    out.set_forwarding = [this, no_value](std::string line, calls::ForwardKind kind, calls::ForwardSetting setting,
                                          calls::Answer<void> answer) {
        asked.push_back({.what = fmt::format("forwarding {} {}={} {} {}", line, int(kind), setting.active, setting.to,
                                             setting.rings.value_or(0)),
                         .no_value = no_value(std::move(answer))});
    };
    out.agent = [this](std::string line, calls::Answer<presence::AgentState> answer) {
        asked.push_back({.what = "agent? " + line, .agent = std::move(answer)});
    };
    out.set_agent = [this, no_value](std::string line, presence::AgentState state, calls::Answer<void> answer) {
        asked.push_back(
            {.what = fmt::format("agent {}={}", line, presence::name(state)), .no_value = no_value(std::move(answer))});
    };
    return out;
}

Platform::Asked& Platform::next() {
    REQUIRE(answered < asked.size());
    return asked[answered];
}

std::string Platform::waiting() const {
    return answered < asked.size() ? asked[answered].what : std::string();
}

Platform::Asked& Platform::next_answer() {
    Asked& one = next();
    ++answered;
    return one;
}

void Platform::refuse(Category why) {
    Asked& one = next_answer();
    const Error error(why, "The platform does not want to.");
    if (one.no_value) one.no_value(error);
    if (one.text) one.text(std::unexpected(error));
    if (one.flag) one.flag(std::unexpected(error));
    if (one.setting) one.setting(std::unexpected(error));
    if (one.agent) one.agent(std::unexpected(error));
}

std::string Client::request(std::string_view root, std::string_view inner) {
    return document(fmt::format("<{0} xmlns=\"{1}\">{2}</{0}>", root, space, inner));
}

std::string Client::document(std::string_view xml) {
    static_cast<void>(association.on_message(++id, xml, now));
    return said();
}

std::string Client::said() {
    return std::exchange(said_, {});
}

std::string Client::value(std::string_view element) const {
    return element_text(last_, element);
}

std::string Client::monitor(std::string_view device, std::string_view rest) {
    return request("MonitorStart",
                   fmt::format("<monitorObject><deviceObject>{}</deviceObject></monitorObject>{}", device, rest));
}

void Client::tell(std::uint16_t invoke_id, std::string_view xml) {
    note(invoke_id == 9999 ? std::string("9999") : "<" + std::to_string(invoke_id), xml);
}

void Client::note(std::string_view invoke_id, std::string_view xml) {
    ++documents;
    last_ = xml;
    const auto root = root_of_document(xml);
    said_ += fmt::format("{} {}", invoke_id, root);
    for (std::string_view element :
         {"monitorCrossRefID", "systemStatus", "operation", "security", "stateIncompatibility",
          "systemResourceAvailibility", "subscribedResourceAvailability", "definedError"})
        if (const auto text = element_text(xml, element); !text.empty()) said_ += " " + text;
    said_ += "\n";
}

std::string connection(std::string_view element, std::string_view call, std::string_view device) {
    return fmt::format("<{0}><callID>{1}</callID><deviceID>{2}</deviceID></{0}>", element, call, device);
}

} // namespace testing
