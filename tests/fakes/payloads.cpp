// See payloads.hpp.
#include "payloads.hpp"

#include <string_view>

namespace sim::payloads {

namespace {

constexpr std::string_view declaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";
constexpr std::string_view event_open =
    R"(<xsi:Event xmlns:xsi="http://schema.broadsoft.com/xsi" xmlns:xsi1="http://www.w3.org/2001/XMLSchema-instance" xsi1:type="xsi:)";

std::string event(std::string_view type, std::string_view content) {
    std::string out(declaration);
    out += event_open;
    out += type;
    out += "\">";
    out += content;
    return out + "</xsi:Event>";
}

} // namespace

std::string garbage(std::size_t number) {
    const std::string n = std::to_string(number);
    switch (number % 6) {
    case 0: return std::string(declaration) + "<junk n=\"" + n + "\"/>";
    case 1: return event("SubscriptionEvent", "");
    case 2:
        return event("SubscriptionEvent", "<xsi:eventID>not-a-uuid-" + n +
                                              "</xsi:eventID><xsi:sequenceNumber>minus one</xsi:sequenceNumber>");
    case 3: return event("NobodyKnowsThisEvent", "<xsi:what>" + n + "</xsi:what>");
    case 4: return std::string(declaration) + R"(<Event xmlns="urn:someone:else"><eventID>)" + n + "</eventID></Event>";
    default:
        return std::string(declaration) +
               R"(<Channel xmlns="http://schema.broadsoft.com/xsi"><channelId></channelId></Channel>)";
    }
}

std::string error_event() {
    return event("ErrorEvent", "<xsi:errorCode>5100</xsi:errorCode><xsi:errorMessage>on command</xsi:errorMessage>");
}

std::string malformed() {
    return event("SubscriptionEvent", "<xsi:eventID>broken</xsi:sequenceNumber>");
}

std::string bomb() {
    std::string out(declaration);
    out += "<!DOCTYPE x [<!ENTITY a \"ha\">";
    for (char c = 'b'; c <= 'k'; ++c) {
        out += "<!ENTITY ";
        out += c;
        out += " \"";
        for (int i = 0; i < 10; ++i) {
            out += '&';
            out += static_cast<char>(c - 1);
            out += ';';
        }
        out += "\">";
    }
    return out + "]><x>&k;</x>";
}

std::string external_entity() {
    return std::string(declaration) +
           R"(<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Channel xmlns="http://schema.broadsoft.com/xsi"><channelId>&f;</channelId></Channel>)";
}

std::string huge(std::size_t bytes) {
    std::string content = "<xsi:eventID>huge</xsi:eventID><xsi:filler>";
    content.append(bytes, 'x');
    return event("SubscriptionEvent", content + "</xsi:filler>");
}

std::string deep(std::size_t levels) {
    std::string content;
    content.reserve(levels * 7);
    for (std::size_t i = 0; i < levels; ++i)
        content += "<d>";
    for (std::size_t i = 0; i < levels; ++i)
        content += "</d>";
    return event("SubscriptionEvent", content);
}

} // namespace sim::payloads
