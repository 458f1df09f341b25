// Watch channels: Google posts to an address of ours when a calendar changes (cloud-apis.md F3). Also what it says of a
// calendar itself. Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/errors.hpp"

namespace lamp::google {

struct ChannelWish {
    std::string id;      // ours, at most 64 characters
    std::string address; // https
    std::string token;   // a secret, comes back with each notification
    Wall expires;
};
/// The body of POST …/events/watch, and of …/channels/stop.
[[nodiscard]] std::string write_watch(const ChannelWish& wish);
[[nodiscard]] std::string write_stop(std::string_view id, std::string_view resource_id);

struct Channel {
    std::string id;
    std::string resource_id;
    Wall expires{}; // the service may have shortened it; Wall() when it does not say
};
/// The answer to a watch. Error: protocol.
[[nodiscard]] Result<Channel> read_channel(std::string_view body);

/// The answer of GET …/calendars/{id}: the primary calendar's id is its account's address. Error: protocol.
[[nodiscard]] Result<std::string> read_calendar_id(std::string_view body);

} // namespace lamp::google
