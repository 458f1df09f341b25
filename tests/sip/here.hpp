// What the SIP tests share: messages written with plain line ends, and a verdict in words on what becomes of them.
#pragma once
#include <doctest/doctest.h>
#include <string>
#include <string_view>

#include "proto/sip/examine.hpp"
#include "proto/sip/framing.hpp"
#include "proto/sip/message.hpp"

namespace testing {

using namespace lamp;
using namespace std::string_literals;
using namespace std::string_view_literals;

/// Bytes as on the wire: each "\n" becomes CR LF, "{length}" the length of what follows the first empty line, where the
/// body stays as it is. A first "\n" is there for the looks and dropped.
inline std::string wire(std::string_view text) {
    if (text.starts_with('\n')) text.remove_prefix(1);
    const auto end = text.find("\n\n");
    const auto body = end == std::string_view::npos ? std::string_view() : text.substr(end + 2);
    std::string out;
    for (char c : text.substr(0, end == std::string_view::npos ? end : end + 2)) {
        if (c == '\n') out += '\r';
        out += c;
    }
    if (const auto at = out.find("{length}"); at != std::string::npos) out.replace(at, 8, std::to_string(body.size()));
    return out.append(body);
}

inline constexpr sip::Method methods[] = {sip::Method::invite,    sip::Method::ack,     sip::Method::bye,
                                          sip::Method::options,   sip::Method::info,    sip::Method::cancel,
                                          sip::Method::subscribe, sip::Method::publish, sip::Method::registering};
inline constexpr std::string_view extensions[] = {"eventlist", "timer"};
inline constexpr sip::Served served{methods, extensions};

/// "OPTIONS", "response 200", "400 To", "416", "drop": what a server that does everything makes of one message.
inline std::string verdict(std::string_view bytes, sip::Carrier carrier) {
    sip::Message message;
    if (const auto parsed = message.parse(bytes, carrier); !parsed) {
        if (parsed.error().status == 0) return "drop";
        CHECK(message.answerable());
        return std::to_string(parsed.error().status) + ' ' + std::string(parsed.error().where);
    }
    if (!message.is_request()) return "response " + std::to_string(message.status());
    if (const int status = sip::objection(message, served); status != 0) return std::to_string(status);
    return std::string(message.method_text());
}

/// The same through a stream: "wait" while it lacks bytes, and "close" behind what ends the connection.
inline std::string stream_verdict(std::string_view bytes) {
    sip::StreamFramer framer(sip::Side::accepted);
    framer.feed(bytes);
    const auto frame = framer.next();
    if (frame.what == sip::StreamFramer::What::more) return "wait";
    if (frame.what == sip::StreamFramer::What::broken) return std::to_string(frame.status) + " close";
    return verdict(frame.bytes, sip::Carrier::stream);
}

} // namespace testing
