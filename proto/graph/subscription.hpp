// Subscriptions to presences and calendars, and what is delivered for them (cloud-apis.md A7, A11). Pure; encrypted
// contents are opened by decrypt.hpp and then read as a presence.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "proto/graph/guid.hpp"
#include "proto/graph/words.hpp"

namespace lamp::graph {

inline constexpr std::string_view subscriptions_target = "/v1.0/subscriptions";
inline constexpr std::size_t client_state_max = 128; // characters, and of a certificate's id

/// For renewal (PATCH), deletion and re-authorisation. The id is the service's text.
[[nodiscard]] std::string subscription_target(std::string_view id);
[[nodiscard]] std::string reauthorize_target(std::string_view id);

/// Of a subscription that shall be. Without a certificate the notifications carry no resource data.
struct SubscriptionWish {
    std::string notification_url;
    std::string lifecycle_url; // cannot be added later; empty = none
    std::span<const Guid> ids; // at most presences_max
    Wall expires;
    std::string client_state;
    std::string certificate; // base64 of the DER
    std::string certificate_id;
};

/// The body of POST subscriptions_target.
void append_subscription(std::string& out, const SubscriptionWish& wish);
/// The body of PATCH subscription_target.
void append_renewal(std::string& out, Wall expires);

/// Of a subscription to what is in a mailbox's calendars (cloud-apis.md A11), told without contents.
struct EventsWish {
    std::string notification_url;
    std::string lifecycle_url; // empty = none
    std::string mailbox;       // a user principal name or an object id
    Wall expires;
    std::string client_state;
};
/// The body of POST subscriptions_target.
void append_events_subscription(std::string& out, const EventsWish& wish);

struct Subscription {
    std::string id;
    std::string resource;
    std::string notification_url;
    std::string client_state; // the service may keep it to itself
    std::optional<Wall> expires;
};
struct SubscriptionPage {
    std::vector<Subscription> subscriptions;
    std::string next_link;
};

/// The answer to a creation, a renewal or a list. Subscriptions without an id are left out. Error: protocol.
[[nodiscard]] Result<SubscriptionPage> read_subscriptions(std::string_view body);

enum class Lifecycle : std::uint8_t {
    none, // a notification of a change
    reauthorization_required,
    subscription_removed,
    missed,
    other, // a word that we do not know
};

/// All of it base64, as it came.
struct EncryptedContent {
    std::string data;
    std::string signature;
    std::string key;
    std::string certificate_id;
    std::string certificate_thumbprint;
};

/// One item of a delivery. Nothing in it is to be believed before its client state is compared.
struct Notification {
    std::string subscription_id;
    std::string client_state;
    std::string change_type;
    std::string tenant;
    std::optional<Guid> id;   // whose presence: of the resource data, or of the resource's path
    std::optional<Pair> pair; // only when it came in clear
    std::optional<EncryptedContent> encrypted;
    std::optional<Wall> subscription_expires;
    Lifecycle lifecycle = Lifecycle::none;
};
struct Delivery {
    std::vector<Notification> notifications;
    std::vector<std::string> validation_tokens;
};

/// The body of a delivery, of several subscriptions in any order. Error: protocol.
[[nodiscard]] Result<Delivery> read_delivery(std::string_view body);

} // namespace lamp::graph
