// See subscriptions.hpp.
#include "subscriptions.hpp"

#include "times.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace sim::graph {

namespace json = boost::json;

namespace {

constexpr std::int64_t tick_ms = 50;
constexpr std::int64_t warn_ms = 15 * 60'000;
constexpr std::size_t client_state_max = 128;
constexpr std::size_t certificate_id_max = 128;
constexpr std::string_view conflict = "Operation: Create; Exception: [Status Code: Conflict; Reason: A subscripton "
                                      "already exists. It must be deleted before a another can be made.]";

std::string text_of(const json::object& body, std::string_view name) {
    const json::value* value = body.if_contains(name);
    return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

bool url_like(std::string_view url) {
    return url.starts_with("https://") || url.starts_with("http://");
}

} // namespace

Subscriptions::Subscriptions(Service& service) : notifier(service), service_(service) {
    service.loop.every(std::chrono::milliseconds(tick_ms), [this] { tick(); });
}

http::Response Subscriptions::refuse(const Exchange& exchange, std::string_view why) const {
    return service_.error(400, "InvalidRequest", why, &exchange.request);
}

std::string Subscriptions::read_resource(std::string_view text, Subscription& fresh) const {
    if (text.starts_with('/')) text.remove_prefix(1);
    if (text.starts_with("users/") && text.ends_with("/events")) {
        const std::string_view who = text.substr(6, text.size() - 13);
        const auto id = Guid::parse(who);
        fresh.mailbox = id ? service_.directory.find(*id) : service_.directory.find_upn(who);
        return fresh.mailbox == nobody ? "There is no such mailbox." : "";
    }
    const std::string_view one = "communications/presences/";
    const std::string_view many = "communications/presences?$filter=id in (";
    std::vector<std::string_view> ids;
    if (text.starts_with(many) && text.ends_with(')')) {
        text = text.substr(many.size(), text.size() - many.size() - 1);
        while (!text.empty()) {
            const auto comma = text.find(',');
            std::string_view id = text.substr(0, comma);
            text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
            while (id.starts_with(' '))
                id.remove_prefix(1);
            if (id.size() < 2 || id.front() != '\'' || id.back() != '\'') return "Ids stand in single quotes.";
            ids.push_back(id.substr(1, id.size() - 2));
        }
    } else if (text.starts_with(one)) {
        ids.push_back(text.substr(one.size()));
    } else {
        return "The resource is not supported.";
    }
    if (ids.empty()) return "The filter names nobody.";
    if (ids.size() > static_cast<std::size_t>(service_.settings.ids_max))
        return "More than " + std::to_string(service_.settings.ids_max) + " users in the filter.";
    for (const std::string_view text_id : ids) {
        const auto id = Guid::parse(text_id);
        if (!id) return "An id is not a GUID.";
        if (const UserIndex user = service_.directory.find(*id); user != nobody) fresh.users.push_back(user);
    }
    return {};
}

std::string Subscriptions::read_certificate(const json::object& body, Subscription& fresh) {
    const std::string text = text_of(body, "encryptionCertificate");
    const std::string id = text_of(body, "encryptionCertificateId");
    if (text.empty() && id.empty()) return {};
    if (text.empty() || id.empty()) return "encryptionCertificate and encryptionCertificateId belong together.";
    if (id.size() > certificate_id_max) return "encryptionCertificateId is too long.";
    const auto der = crypto::from_base64(text);
    auto key = der ? crypto::Key::from_certificate_der(*der) : std::nullopt;
    if (!key) return "encryptionCertificate is not the base64 of an X.509 certificate.";
    if (!key->rsa() || key->bits() < 2048 || key->bits() > 4096)
        return "The certificate's key must be RSA, 2048 to 4096.";
    if (fresh.certificate) {
        fresh.old_certificate = std::move(fresh.certificate);
        fresh.old_certificate_id = fresh.certificate_id;
    }
    fresh.certificate = std::move(key);
    fresh.certificate_id = id;
    return {};
}

std::int64_t Subscriptions::clamped(const Subscription& subscription, std::int64_t expires) const {
    const auto& s = service_.settings;
    if (subscription.mailbox != nobody) return std::min(expires, service_.now() + s.events_max_s * 1000);
    return std::clamp(expires, service_.now() + s.subscription_min_s * 1000,
                      service_.now() + s.subscription_max_s * 1000);
}

std::string Subscriptions::read_change_types(const json::object& body, const Subscription& fresh) const {
    const std::string types = text_of(body, "changeType");
    if (fresh.mailbox == nobody) return types == "updated" ? "" : "changeType must be updated.";
    for (std::string_view rest = types; !rest.empty();) {
        const auto comma = rest.find(',');
        const std::string_view one = rest.substr(0, comma);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
        if (one != "created" && one != "updated" && one != "deleted") return "changeType names no change.";
    }
    return types.empty() ? "changeType is missing." : "";
}

// An application has every mailbox; a user has his own.
std::optional<http::Response> Subscriptions::not_permitted(const Exchange& exchange, const Subscription& fresh) const {
    const bool events = fresh.mailbox != nobody;
    const Token& token = *exchange.token;
    if (!events && !token.delegated)
        return service_.error(403, "Forbidden", "Application permissions are not supported for this resource.",
                              &exchange.request);
    const bool own = !token.delegated || token.user == fresh.mailbox;
    if (!service_.identity.permits(token, events ? "Calendars.Read" : "Presence.Read.All") || (events && !own))
        return service_.error(403, events ? "ErrorAccessDenied" : "Forbidden",
                              "Access is denied. Check credentials and try again.", &exchange.request);
    return std::nullopt;
}

std::string Subscriptions::read(const json::object& body, Subscription& fresh) const {
    fresh.url = text_of(body, "notificationUrl");
    fresh.lifecycle_url = text_of(body, "lifecycleNotificationUrl");
    if (!url_like(fresh.url) || (!fresh.lifecycle_url.empty() && !url_like(fresh.lifecycle_url)))
        return "notificationUrl and lifecycleNotificationUrl must be absolute URLs.";
    fresh.resource = text_of(body, "resource");
    if (std::string wrong = read_resource(fresh.resource, fresh); !wrong.empty()) return wrong;
    if (std::string wrong = read_change_types(body, fresh); !wrong.empty()) return wrong;
    fresh.client_state = text_of(body, "clientState");
    if (fresh.client_state.size() > client_state_max) return "clientState is longer than 128 characters.";
    const auto expires = from_iso(text_of(body, "expirationDateTime"));
    if (!expires || *expires <= service_.now()) return "expirationDateTime must be a time in the future.";
    fresh.expires = clamped(fresh, *expires);
    if (const json::value* rich = body.if_contains("includeResourceData")) {
        if (!rich->is_bool()) return "includeResourceData must be true or false.";
        fresh.rich = rich->as_bool();
    }
    if (std::string wrong = read_certificate(body, fresh); !wrong.empty()) return wrong;
    if (fresh.rich && fresh.mailbox != nobody) return "Rich notifications of events need $select.";
    if (fresh.rich && !fresh.certificate) return "includeResourceData needs encryptionCertificate and its id.";
    return {};
}

// The token holds characters that change when somebody decodes once too often or not at all.
void Subscriptions::validate(const std::string& url, std::function<void(bool)> done) {
    const std::string token = "Validation: Testing client application reachability. Request-Id: " +
                              Guid::of(crypto::random_bytes(16)).text() + " a+b%2Bc&d=e<f>\"";
    Parcel parcel{url + (url.find('?') == std::string::npos ? "?" : "&") +
                      "validationToken=" + http::percent_encode(token),
                  "text/plain; charset=utf-8",
                  {},
                  std::chrono::milliseconds(service_.settings.validation_ms)};
    notifier.courier().post(parcel, [token, done = std::move(done)](const Receipt& receipt) {
        const std::string_view type = std::string_view(receipt.content_type).substr(0, receipt.content_type.find(';'));
        done(receipt.status == 200 && http::same_word(type, "text/plain") && receipt.body == token);
    });
}

void Subscriptions::create(Exchange& exchange, Done done) {
    json::object body;
    if (auto wrong = json_body(service_, exchange, body)) return done(*wrong);
    if (auto wrong = unknown_member(service_, body,
                                    {"changeType", "notificationUrl", "lifecycleNotificationUrl", "resource",
                                     "expirationDateTime", "clientState", "includeResourceData",
                                     "encryptionCertificate", "encryptionCertificateId", "latestSupportedTlsVersion"}))
        return done(*wrong);
    auto fresh = std::make_shared<Subscription>();
    fresh->app = exchange.token->app;
    fresh->owner = exchange.token->user;
    fresh->authorised_until = exchange.token->expires;
    if (const std::string wrong = read(body, *fresh); !wrong.empty()) return done(refuse(exchange, wrong));
    if (auto refusal = not_permitted(exchange, *fresh)) return done(*refusal);
    const bool events = fresh->mailbox != nobody; // of which there may be many
    const auto slot = std::pair(fresh->app, fresh->owner);
    const bool taken =
        pending_.contains(slot) || std::any_of(all_.begin(), all_.end(), [&](const auto& row) {
            return row.second.mailbox == nobody && row.second.app == slot.first && row.second.owner == slot.second;
        });
    if (!events && taken) return done(service_.error(409, "ExtensionError", conflict, &exchange.request));
    if (!events) pending_[slot] = 1;
    struct Progress {
        int left = 0;
        bool good = true;
    };
    auto progress = std::make_shared<Progress>();
    std::vector<std::string> urls{fresh->url};
    if (!fresh->lifecycle_url.empty()) urls.push_back(fresh->lifecycle_url); // asked twice even if it is the same
    progress->left = static_cast<int>(urls.size());
    for (const std::string& url : urls)
        validate(url, [this, fresh, progress, slot, done](bool good) {
            progress->good = progress->good && good;
            if (--progress->left > 0) return;
            if (fresh->mailbox == nobody) pending_.erase(slot);
            if (!progress->good)
                return done(service_.error(400, "InvalidRequest",
                                           "Subscription validation request failed. HTTP status code, content type or "
                                           "body of the answer is wrong, or it came too late."));
            fresh->id = Guid::of("subscription " + std::to_string(++numbers_) + crypto::random_bytes(8)).text();
            for (const UserIndex user : fresh->users)
                fresh->told.push_back(service_.visible(user).pair);
            if (fresh->mailbox != nobody) fresh->seen = service_.mailboxes[fresh->mailbox].calendar.seq;
            json::object answer = shown(*fresh);
            answer["@odata.context"] = service_.url + "/v1.0/$metadata#subscriptions/$entity";
            all_[fresh->id] = std::move(*fresh);
            done(json_text(201, json::serialize(answer)));
        });
}

json::object Subscriptions::shown(const Subscription& s) const {
    json::object out{
        {"id", s.id},
        {"resource", s.resource},
        {"applicationId", service_.identity.applications[s.app].id},
        {"changeType", s.mailbox == nobody ? "updated" : "created,updated,deleted"},
        {"clientState", nullptr}, // never told again
        {"notificationUrl", s.url},
        {"expirationDateTime", iso_ticks(s.expires)},
        {"creatorId",
         s.owner == nobody ? service_.identity.applications[s.app].id : service_.directory[s.owner].id.text()},
        {"includeResourceData", s.rich},
        {"encryptionCertificate", nullptr},
        {"encryptionCertificateId", s.certificate_id.empty() ? json::value() : json::value(s.certificate_id)}};
    out["lifecycleNotificationUrl"] = s.lifecycle_url.empty() ? json::value() : json::value(s.lifecycle_url);
    return out;
}

http::Response Subscriptions::renew(const Exchange& exchange, Subscription& s) {
    const std::string& mode = service_.settings.renew;
    if (mode == "unsupported") return refuse(exchange, "Operation: Update; is currently not supported.");
    if (mode == "forbidden") return service_.error(403, "Forbidden", "Not supported.", &exchange.request);
    if (mode == "not_found")
        return service_.error(404, "ResourceNotFound", "The subscription was not found.", &exchange.request);
    json::object body;
    if (auto wrong = json_body(service_, exchange, body)) return *wrong;
    if (auto wrong =
            unknown_member(service_, body, {"expirationDateTime", "encryptionCertificate", "encryptionCertificateId"}))
        return *wrong;
    const auto expires = from_iso(text_of(body, "expirationDateTime"));
    if (body.contains("expirationDateTime") && (!expires || *expires <= service_.now()))
        return refuse(exchange, "expirationDateTime must be a time in the future.");
    if (const std::string wrong = read_certificate(body, s); !wrong.empty()) return refuse(exchange, wrong);
    if (expires) s.expires = clamped(s, *expires);
    s.authorised_until = exchange.token->expires;
    s.warned = false;
    return json_text(200, json::serialize(shown(s)));
}

http::Response Subscriptions::answer(Exchange& exchange) {
    const auto own = [&](const Subscription& s) {
        return s.app == exchange.token->app && s.owner == exchange.token->user;
    };
    if (exchange.kind == Kind::subscription_list) {
        json::array value;
        for (const auto& [id, subscription] : all_)
            if (own(subscription)) value.emplace_back(shown(subscription));
        return json_text(
            200, json::serialize(json::object{{"@odata.context", exchange.own_url + "/v1.0/$metadata#subscriptions"},
                                              {"value", std::move(value)}}));
    }
    const auto found = all_.find(lower(exchange.parts[1]));
    if (found == all_.end() || !own(found->second))
        return service_.error(404, "ResourceNotFound", "The subscription was not found.", &exchange.request);
    Subscription& subscription = found->second;
    if (exchange.kind == Kind::subscription_renew) return renew(exchange, subscription);
    if (exchange.kind == Kind::subscription_delete) {
        all_.erase(found);
        return {204, {}, {}};
    }
    if (exchange.kind == Kind::subscription_reauthorize) {
        subscription.authorised_until = exchange.token->expires;
        subscription.warned = false;
        return {204, {}, {}};
    }
    return json_text(200, json::serialize(shown(subscription)));
}

void Subscriptions::lifecycle(std::string_view event) {
    for (const auto& [id, subscription] : all_)
        notifier.lifecycle(subscription, event);
    if (event == "subscriptionRemoved") all_.clear();
}

std::size_t Subscriptions::disappear() {
    return std::exchange(all_, {}).size();
}

void Subscriptions::tell_appointments(Subscription& s) {
    const google::Calendar& calendar = service_.mailboxes[s.mailbox].calendar;
    if (calendar.seq == s.seen) return;
    for (const auto& [id, event] : calendar.events) {
        std::uint64_t changed = event.seq;
        for (const auto& [instance, exception] : event.exceptions)
            changed = std::max(changed, exception.seq);
        if (changed > s.seen) notifier.appointment(s, event.cancelled ? "deleted" : "updated", id);
    }
    s.seen = calendar.seq;
}

// What a subscriber has not been told yet; short-lived states between two ticks are not told at all.
void Subscriptions::tick() {
    if (all_.empty()) return;
    const std::int64_t now = service_.now();
    std::erase_if(all_, [now](const auto& row) { return row.second.expires <= now; });
    for (auto& [id, s] : all_) {
        if (s.mailbox == nobody && !s.warned &&
            s.authorised_until - now < std::min(warn_ms, service_.settings.expires_in_s * 250)) {
            s.warned = true;
            notifier.lifecycle(s, "reauthorizationRequired");
        }
        if (s.mailbox == nobody && s.authorised_until <= now) continue; // paused; told after the reauthorisation
        if (s.mailbox != nobody) tell_appointments(s);
        for (std::size_t i = 0; i < s.users.size(); ++i) {
            const Pair pair = service_.visible(s.users[i]).pair;
            if (pair == s.told[i]) continue;
            s.told[i] = pair;
            notifier.changed(s, s.users[i]);
        }
    }
    notifier.flush();
}

} // namespace sim::graph
