// What the tests of publications share: PUBLISH requests written short, documents written shorter, and a compositor
// that answers in one line of words.
#pragma once
#include <doctest/doctest.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sip/compositor.hpp"

namespace testing {

using namespace lamp;
using namespace lamp::sip;
using namespace std::chrono_literals;

inline constexpr std::array<std::uint64_t, 2> secret{0x1234'5678'9abc'def0, 0x0fed'cba9'8765'4321};
inline const Steady start{1h};

/// One PUBLISH. An empty text leaves its field out; expires -1 too.
struct Publish {
    std::string_view event = "presence";
    std::string etag{};
    long expires = 3600;
    std::string body{};
    std::string_view type = "application/pidf+xml";
    std::string_view more{}; // further fields, each with its line end

    [[nodiscard]] std::string bytes() const {
        std::string out = "PUBLISH sip:ada@pbx.example SIP/2.0\r\n"
                          "Via: SIP/2.0/UDP 10.4.0.17:5060;branch=z9hG4bK-p1\r\n"
                          "Max-Forwards: 70\r\nFrom: <sip:ada@pbx.example>;tag=f1\r\nTo: <sip:ada@pbx.example>\r\n"
                          "Call-ID: p1@10.4.0.17\r\nCSeq: 1 PUBLISH\r\n";
        auto field = [&](std::string_view name, std::string_view value) {
            if (!value.empty()) out.append(name).append(": ").append(value).append("\r\n");
        };
        field("Event", event);
        field("SIP-If-Match", etag);
        if (expires >= 0) field("Expires", std::to_string(expires));
        if (!body.empty()) field("Content-Type", type);
        out += more;
        field("Content-Length", std::to_string(body.size()));
        return out + "\r\n" + body;
    }
};

inline std::string presence_info(std::string_view tuple, std::string_view basic, std::string_view activity = {}) {
    std::string out = "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='sip:ada@pbx.example'><tuple id='";
    out.append(tuple).append("'><status><basic>").append(basic).append("</basic></status></tuple>");
    if (!activity.empty())
        out.append("<person id='p'><activities><").append(activity).append("/></activities></person>");
    return out + "</presence>";
}

/// "a:early b:confirmed" as a document.
inline std::string dialog_info(std::string_view dialogs, std::string_view state = "full") {
    std::string out = "<dialog-info xmlns='urn:ietf:params:xml:ns:dialog-info' version='1' state='";
    out.append(state).append("' entity='sip:ada@pbx.example'>");
    while (!dialogs.empty()) {
        const auto one = dialogs.substr(0, dialogs.find(' '));
        dialogs.remove_prefix(std::min(one.size() + 1, dialogs.size()));
        const auto colon = one.find(':');
        out.append("<dialog id='").append(one.substr(0, colon)).append("'><state>");
        out.append(one.substr(colon + 1)).append("</state></dialog>");
    }
    return out + "</dialog-info>";
}

/// A modify, refresh or removal names `etag`; "" begins.
inline Publish publish_presence(std::string etag, std::string body, long expires = 3600) {
    return {.etag = std::move(etag), .expires = expires, .body = std::move(body)};
}
inline Publish publish_dialog(std::string etag, std::string body, long expires = 3600) {
    return {.event = "dialog",
            .etag = std::move(etag),
            .expires = expires,
            .body = std::move(body),
            .type = "application/dialog-info+xml"};
}

inline std::string text(std::span<const dialoginfo::Dialog> dialogs) {
    std::string out;
    for (const auto& one : dialogs)
        out += (out.empty() ? "" : " ") + one.id + ':' + std::string(dialoginfo::name(one.state));
    return out;
}
/// Tuples of each document, newest first: "desk:open,soft:closed | desk:closed".
inline std::string text(std::span<const pidf::Document* const> documents) {
    std::string out;
    for (const auto* document : documents) {
        if (!out.empty()) out += " | ";
        for (const auto& tuple : document->tuples)
            out += (&tuple == document->tuples.data() ? "" : ",") + tuple.id +
                   (tuple.basic == pidf::Basic::open ? ":open" : ":closed");
    }
    return out;
}

class Esc {
public:
    explicit Esc(Compositor::Limits limits = {})
        : compositor(
              limits, secret, [this](const Watcher& publisher, ResourceIndex) { return publisher.id != barred; },
              start) {}

    PublishAnswer ask(const Publish& publish, ResourceIndex resource = 0, std::string_view by = "ada") {
        const auto bytes = publish.bytes();
        Message message;
        REQUIRE(message.parse(bytes, Carrier::datagram).has_value());
        auto answer = compositor.on_publish(message, resource, {std::string(by), false}, now);
        last = {};
        Writer writer(last);
        write_answer(writer, message, answer, "presence, dialog", "t9", {"10.4.0.17", 5060});
        REQUIRE(writer.done().has_value());
        return answer;
    }
    /// The entity tag of what must be granted.
    std::string granted(const Publish& publish, ResourceIndex resource = 0) {
        auto answer = ask(publish, resource);
        REQUIRE(answer.status == 200);
        return answer.etag;
    }
    std::string dialogs(ResourceIndex resource = 0) { return text(compositor.dialogs(resource)); }
    std::string documents(ResourceIndex resource = 0) { return text(compositor.presence(resource)); }
    /// Whose state changes by expiry until then: "0 presence, 1 dialog".
    std::string pass(Steady::duration time) {
        now += time;
        std::string out;
        for (const auto& change : compositor.tick(now))
            out +=
                (out.empty() ? "" : ", ") + std::to_string(change.resource) + ' ' + std::string(name(change.package));
        return out;
    }

    std::string barred = "eve";
    Compositor compositor;
    Steady now = start;
    std::string last; // answer, as bytes
};

} // namespace testing
