#include "proto/graph/subscription.hpp"

#include <array>
#include <utility>

#include "proto/graph/walk.hpp"
#include "proto/graph/write.hpp"
#include "proto/text/text.hpp"

namespace lamp::graph {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
    out += out.ends_with('{') ? "\"" : ",\"";
    out += name;
    out += "\":";
    append_quoted(out, text);
}

std::optional<Wall> time_of(std::string_view text) {
    auto time = parse_rfc3339(text);
    return time ? std::optional(*time) : std::nullopt;
}

enum Key : std::uint8_t {
    value = 1,
    id,
    resource,
    notification_url,
    client_state,
    expires,
    next_link,
};
constexpr std::array<std::string_view, 7> vocabulary{
    "value", "id", "resource", "notificationUrl", "clientState", "expirationDateTime", "@odata.nextLink"};

class SubscriptionReader final : public Listener {
public:
    SubscriptionPage page;
    bool plausible = false;

    void on_begin(Path path, Bracket bracket) override {
        if (path == at(value) && bracket == Bracket::array) plausible = list_ = true;
        if (is_subscription(path)) now_ = {};
    }
    void on_null(Path path) override {
        if (path == at(value)) plausible = list_ = true;
    }
    void on_end(Path path) override {
        if (!is_subscription(path) || (path == 0 && list_) || now_.id.empty()) return;
        plausible = true;
        page.subscriptions.push_back(std::move(now_));
    }
    void on_text(Path path, std::string_view text) override {
        if (path == at(next_link)) page.next_link = text;
        switch ((path & 0xffff) == at(value, item) ? path >> 16 : path) {
        case at(id): now_.id = text; break;
        case at(resource): now_.resource = text; break;
        case at(notification_url): now_.notification_url = text; break;
        case at(client_state): now_.client_state = text; break;
        case at(expires): now_.expires = time_of(text); break;
        default: break;
        }
    }

private:
    static constexpr bool is_subscription(Path path) { return path == at(value, item) || path == 0; }

    bool list_ = false;
    Subscription now_;
};

} // namespace

std::string subscription_target(std::string_view id) {
    std::string target(subscriptions_target);
    target += '/';
    append_segment(target, id);
    return target;
}

std::string reauthorize_target(std::string_view id) {
    return subscription_target(id) + "/reauthorize";
}

void append_subscription(std::string& out, const SubscriptionWish& wish) {
    out += '{';
    append_member(out, "changeType", "updated");
    append_member(out, "notificationUrl", wish.notification_url);
    if (!wish.lifecycle_url.empty()) append_member(out, "lifecycleNotificationUrl", wish.lifecycle_url);
    out += R"(,"resource":"/communications/presences?$filter=id in ()";
    for (bool first = true; const Guid& one : wish.ids) {
        out += std::exchange(first, false) ? "'" : ",'";
        append(out, one);
        out += '\'';
    }
    out += ")\"";
    append_member(out, "expirationDateTime", rfc3339(wish.expires));
    append_member(out, "clientState", wish.client_state);
    if (!wish.certificate.empty()) {
        out += R"(,"includeResourceData":true)";
        append_member(out, "encryptionCertificate", wish.certificate);
        append_member(out, "encryptionCertificateId", wish.certificate_id);
    }
    out += '}';
}

void append_events_subscription(std::string& out, const EventsWish& wish) {
    out += '{';
    append_member(out, "changeType", "created,updated,deleted");
    append_member(out, "notificationUrl", wish.notification_url);
    if (!wish.lifecycle_url.empty()) append_member(out, "lifecycleNotificationUrl", wish.lifecycle_url);
    std::string resource = "/users/";
    append_segment(resource, wish.mailbox);
    append_member(out, "resource", resource + "/events");
    append_member(out, "expirationDateTime", rfc3339(wish.expires));
    append_member(out, "clientState", wish.client_state);
    out += '}';
}

void append_renewal(std::string& out, Wall expires_at) {
    out += '{';
    append_member(out, "expirationDateTime", rfc3339(expires_at));
    out += '}';
}

Result<SubscriptionPage> read_subscriptions(std::string_view body) {
    SubscriptionReader reader;
    if (auto walked = walk(body, vocabulary, reader); !walked) return std::unexpected(walked.error());
    if (!reader.plausible)
        return fail(Category::protocol, "The body holds neither subscriptions nor one subscription.");
    return std::move(reader.page);
}

} // namespace lamp::graph
