// The documents of XSI that are not events: what we send (Channel, Subscription, EventResponse, services) and what
// requests are answered with (xsi.md 4, 5, 6.2, 9, 11). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "proto/xsi/event.hpp"

namespace lamp::xsi {

// --- written

struct ChannelRequest {
    std::string channel_set_id;
    int priority = 1;
    int weight = 50;
    long expires_s = 3600;
    std::string application_id;
};
[[nodiscard]] std::string write_channel(const ChannelRequest& request);
[[nodiscard]] std::string write_channel_refresh(long expires_s);

struct SubscriptionRequest {
    std::string_view package; // "Advanced Call", …
    long expires_s = 3600;
    std::string_view channel_set_id;
    std::string_view application_id;
};
[[nodiscard]] std::string write_subscription(const SubscriptionRequest& request);
[[nodiscard]] std::string write_subscription_refresh(long expires_s);

/// Always "200 OK": the other codes make the server delete channels and subscriptions (xsi.md 6.2).
[[nodiscard]] std::string write_event_response(std::string_view event_id);

// --- read

/// What a refresh of a channel was granted; nothing if the body does not say.
[[nodiscard]] std::optional<long> read_channel_expiry(std::string_view body);

struct SubscriptionAnswer {
    std::string subscription_id;
    long expires_s = 0;
};
[[nodiscard]] Result<SubscriptionAnswer> read_subscription(std::string_view body);

struct ErrorInfo {
    std::string summary; // English when there is one
    int code = 0;
};
/// Nothing if the body is not an ErrorInfo (empty, HTML, something else).
[[nodiscard]] std::optional<ErrorInfo> read_error(std::string_view body);

struct OwnedParty {
    std::string name;
    std::string address;
    std::string user_id;
    bool privacy = false;
};

/// A call as GET /calls/{id} gives it; the fields of `Call` that outlive a document.
struct CallDetails {
    std::string call_id;
    std::string tracking_id;
    Personality personality = Personality::unknown;
    CallState state = CallState::unknown;
    OwnedParty remote;
    std::optional<Wall> started;
    std::optional<Wall> answered;
};
[[nodiscard]] Result<CallDetails> read_call(std::string_view body);
/// GET /calls: the ids of the calls.
[[nodiscard]] Result<std::vector<std::string>> read_calls(std::string_view body);
[[nodiscard]] Result<HookStatus> read_hook_status(std::string_view body);

/// GET /calls/messagesummary. Platforms differ in what they wrap the counts in.
[[nodiscard]] Result<MessageCounts> read_messages(std::string_view body);

struct CallStart {
    std::string call_id;
    std::string tracking_id;
};
[[nodiscard]] Result<CallStart> read_call_start(std::string_view body);

} // namespace lamp::xsi
