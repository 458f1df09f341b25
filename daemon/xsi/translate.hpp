// Hop 3: what a typed event means for a line. The only place that knows which document changes what.
#pragma once
#include "proto/xsi/event.hpp"
#include "xsi/lines.hpp"

namespace lamp::xsi {

enum class Effect : std::uint8_t {
    none,               // nothing for presence (hook status, unknown types)
    calls,              // the line's calls may have changed
    service,            // do not disturb, forwarding, agent state or voice mail
    subscription_ended, // the platform dropped the subscription that brought this
};

[[nodiscard]] calls::Messages messages_of(const MessageCounts& counts);
Effect translate(Lines& lines, LineIndex line, const Document& document, Steady now);

} // namespace lamp::xsi
