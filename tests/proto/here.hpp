// What the proto tests share: documents as BroadWorks writes them. Composed for these tests, not captured.
#pragma once
#include <doctest/doctest.h>
#include <string>
#include <string_view>
#include <vector>

#include "proto/xml/splitter.hpp"

namespace testing {

using namespace lamp;

inline constexpr std::string_view declaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";
inline constexpr std::string_view heartbeat = R"(<ChannelHeartBeat xmlns="http://schema.broadsoft.com/xsi"/>)";
inline constexpr std::string_view channel =
    R"(<Channel xmlns="http://schema.broadsoft.com/xsi"><channelId>5a0f2d0e-0b7e</channelId><expires>86400</expires></Channel>)";

/// An event's root as BroadWorks writes it: `xsi:` is *not* XMLSchema-instance there, `xsi1:` is.
inline std::string event(std::string_view type, std::string_view content, std::string_view envelope = "") {
    std::string text(R"(<xsi:Event xmlns:xsi="http://schema.broadsoft.com/xsi" )");
    text += R"(xmlns:xsi1="http://www.w3.org/2001/XMLSchema-instance" xsi1:type="xsi:SubscriptionEvent">)";
    text += envelope.empty()
                ? std::string_view("<xsi:eventID>e1</xsi:eventID><xsi:sequenceNumber>2</xsi:sequenceNumber>"
                                   "<xsi:userId>ctiadmin@example.net</xsi:userId>"
                                   "<xsi:externalApplicationId>urn:cti:site1</xsi:externalApplicationId>"
                                   "<xsi:subscriptionId>s1</xsi:subscriptionId>"
                                   "<xsi:channelId>c1</xsi:channelId>"
                                   "<xsi:targetId>alice@example.net</xsi:targetId>")
                : envelope;
    text += R"(<xsi:eventData xsi1:type="xsi:)" + std::string(type) + "\">" + std::string(content);
    return text + "</xsi:eventData></xsi:Event>";
}

inline std::string call(std::string_view fields) {
    return "<xsi:call>" + std::string(fields) + "</xsi:call>";
}

/// What a splitter gave, refusals marked.
struct Collected final : xml::DocumentSplitter::Sink {
    std::vector<std::string> documents;
    std::vector<std::string> refused;
    void on_document(std::string_view document) override { documents.emplace_back(document); }
    void on_refused(std::string_view why) override { refused.emplace_back(why); }
};

} // namespace testing
