// What proves to a receiver that a request is ours, and what tells it that it has seen an event before. Pure.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "calls/call_record.hpp"
#include "outbox/notice.hpp"

namespace lamp::outbox {

/// "t=UNIX,v1=HEX", HEX = HMAC-SHA256(secret, t "." body) in small letters (interface 7.12).
[[nodiscard]] std::string signature(const Secret& secret, Wall at, std::string_view body);

/// 32 hexadecimal digits that depend on the parts alone: the same after a restart.
[[nodiscard]] std::string key_of(std::initializer_list<std::string_view> parts);
/// Of what happened, not of when it was heard: an event that is told twice keeps its key.
[[nodiscard]] std::string key_of(std::string_view webhook, const calls::CallEvent& event);
[[nodiscard]] std::string key_of(std::string_view webhook, const Notice& notice);

} // namespace lamp::outbox
