// See notifier.hpp.
#include "notifier.hpp"

#include "times.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sim::graph {

namespace json = boost::json;

namespace {

constexpr std::string_view publisher = "0bf30f3b-4a52-48df-9a82-234910c4a086";
constexpr std::size_t items_max = 20;    // a POST
constexpr std::size_t judged_after = 10; // answers, before an endpoint can be slow
constexpr std::int64_t window_ms = 600'000;

constexpr std::array<std::string_view, 17> kinds = {"duplicate",
                                                    "reorder",
                                                    "late",
                                                    "drop",
                                                    "burst",
                                                    "mixed",
                                                    "wrong_client_state",
                                                    "bad_hmac",
                                                    "unknown_certificate",
                                                    "bad_key",
                                                    "old_key",
                                                    "expired_jwt",
                                                    "foreign_jwt",
                                                    "wrong_publisher",
                                                    "no_jwt",
                                                    "silent",
                                                    "no_client_state"};

} // namespace

std::string Notifier::spoil(const std::string& kind, std::int64_t count, std::int64_t ms) {
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) return "unknown kind of notification fault " + kind;
    spoils_.push_back({kind, count, ms});
    return {};
}

bool Notifier::active(std::string_view kind) const {
    return std::any_of(spoils_.begin(), spoils_.end(),
                       [&](const Spoil& spoil) { return spoil.kind == kind && spoil.remaining != 0; });
}

const Notifier::Spoil* Notifier::take(std::string_view kind) {
    const auto found =
        std::find_if(spoils_.begin(), spoils_.end(), [&](const Spoil& spoil) { return spoil.kind == kind; });
    if (found == spoils_.end()) return nullptr;
    taken_ = *found;
    if (found->remaining > 0) --found->remaining;
    if (found->remaining == 0) spoils_.erase(found);
    return &taken_;
}

std::string Notifier::encrypted(const Subscription& s, UserIndex user) {
    const bool old = s.old_certificate && take("old_key");
    const crypto::Key& certificate = old ? *s.old_certificate : *s.certificate;
    const std::string key = crypto::random_bytes(32);
    const std::string data = crypto::aes_encrypt(key, service_.notified_presence(user));
    std::string signature = crypto::hmac_sha256(key, data);
    if (take("bad_hmac")) signature.front() = static_cast<char>(signature.front() ^ 1);
    std::string data_key = certificate.encrypt_oaep_sha1(key);
    if (take("bad_key")) data_key.back() = static_cast<char>(data_key.back() ^ 1);
    std::string id = old ? s.old_certificate_id : s.certificate_id;
    if (take("unknown_certificate")) id = "unknown-certificate";
    return json::serialize(
        json::object{{"data", crypto::base64(data)},
                     {"dataSignature", crypto::base64(signature)},
                     {"dataKey", crypto::base64(data_key)},
                     {"encryptionCertificateId", id},
                     {"encryptionCertificateThumbprint", crypto::hex(crypto::sha1(certificate.certificate_der()))}});
}

json::object Notifier::envelope(const Subscription& s, std::string_view change) {
    json::object out{{"subscriptionId", s.id},
                     {"subscriptionExpirationDateTime", iso_ticks(s.expires)},
                     {"changeType", change},
                     {"tenantId", service_.identity.tenant}};
    if (take("wrong_client_state"))
        out["clientState"] = "somebody else's";
    else if (!s.client_state.empty() && !take("no_client_state"))
        out["clientState"] = s.client_state;
    return out;
}

std::string Notifier::item(const Subscription& s, UserIndex user) {
    const std::string id = service_.directory[user].id.text();
    json::object out = envelope(s, "updated");
    out["resource"] = "communications/presences('" + id + "')";
    json::object data{
        {"@odata.type", "#microsoft.graph.presence"}, {"@odata.id", "users/" + id + "/presence"}, {"id", id}};
    if (!s.rich && service_.settings.basic_clear) {
        const Effective effective = service_.visible(user);
        data["availability"] = service_.words.text(effective.pair.availability);
        data["activity"] = service_.words.text(effective.pair.activity);
    }
    out["resourceData"] = std::move(data);
    std::string text = json::serialize(out);
    if (!s.rich) return text;
    text.pop_back();
    return text + ",\"encryptedContent\":" + encrypted(s, user) + "}";
}

std::string Notifier::validation_token(std::uint32_t app) {
    const std::int64_t seconds = service_.identity.now() / 1000;
    const bool expired = take("expired_jwt") != nullptr;
    const bool foreign = take("foreign_jwt") != nullptr;
    const json::object claims{
        {"aud", service_.identity.applications[app].id},
        {"iss", "https://sts.windows.net/" + service_.identity.tenant + "/"},
        {"iat", seconds - (expired ? 7200 : 0)},
        {"nbf", seconds - (expired ? 7200 : 0)},
        {"exp", seconds + (expired ? -3600 : 3600)},
        {"appid", take("wrong_publisher") ? std::string_view(service_.identity.tenant) : publisher},
        {"tid", service_.identity.tenant},
        {"ver", "1.0"}};
    return service_.identity.signed_token(json::serialize(claims), foreign);
}

void Notifier::changed(const Subscription& s, UserIndex user) {
    if (active("silent")) { // the subscription lives, nothing arrives
        take("silent");
        return;
    }
    collect(s, item(s, user));
    if (take("mixed")) { // one of a subscription that is not the receiver's
        Subscription foreign = s;
        foreign.id = Guid::of(s.id + "/foreign").text();
        collect(foreign, item(foreign, user));
    }
}

void Notifier::appointment(const Subscription& s, std::string_view change, const std::string& event) {
    if (active("silent")) {
        take("silent");
        return;
    }
    const std::string path = "Users/" + service_.directory[s.mailbox].id.text() + "/Events/" + event;
    json::object out = envelope(s, change);
    out["resource"] = path;
    out["resourceData"] = json::object{{"@odata.type", "#Microsoft.Graph.Event"}, {"@odata.id", path}, {"id", event}};
    collect(s, json::serialize(out));
}

void Notifier::collect(const Subscription& s, const std::string& item) {
    ++counters.items;
    Batch& batch = batches_[s.url];
    batch.items += (batch.items.empty() ? "" : ",") + item;
    if (s.rich && std::find(batch.apps.begin(), batch.apps.end(), s.app) == batch.apps.end())
        batch.apps.push_back(s.app);
    if (++batch.count >= items_max) flush();
}

void Notifier::flush() {
    for (auto& [url, batch] : std::exchange(batches_, {})) {
        std::string body = R"({"value":[)" + batch.items + "]";
        if (!batch.apps.empty() && !take("no_jwt")) {
            json::array tokens;
            for (const std::uint32_t app : batch.apps)
                tokens.emplace_back(validation_token(app));
            body += ",\"validationTokens\":" + json::serialize(tokens);
        }
        send(url, body + "}");
    }
}

void Notifier::lifecycle(const Subscription& s, std::string_view event) {
    if (s.lifecycle_url.empty()) return;
    ++counters.lifecycle;
    json::object one{{"lifecycleEvent", event},
                     {"subscriptionId", s.id},
                     {"resource", s.resource},
                     {"subscriptionExpirationDateTime", iso_ticks(s.expires)},
                     {"tenantId", service_.identity.tenant}};
    if (!s.client_state.empty()) one["clientState"] = s.client_state;
    send(s.lifecycle_url, json::serialize(json::object{{"value", json::array{std::move(one)}}}));
}

void Notifier::send(const std::string& url, std::string body) {
    const Endpoint& endpoint = endpoints_[url];
    if (take("drop") || endpoint.drop_until > service_.now()) {
        ++counters.dropped;
        return;
    }
    std::int64_t delay = service_.settings.notify_delay_ms + (endpoint_state(url) == "slow" ? 10'000 : 0);
    if (const Spoil* late = take("late")) delay += late->ms;
    if (!held_ && take("reorder")) {
        held_.emplace(url, std::move(body));
        return;
    }
    int copies = take("duplicate") ? 2 : 1;
    if (take("burst")) copies = 50;
    service_.loop.after(std::chrono::milliseconds(delay), [this, url, body = std::move(body), copies] {
        for (int i = 0; i < copies; ++i)
            attempt(url, body, 0);
    });
    if (auto before = std::exchange(held_, std::nullopt))
        service_.loop.after(std::chrono::milliseconds(delay + 150),
                            [this, b = std::move(*before)] { attempt(b.first, b.second, 0); });
}

void Notifier::attempt(const std::string& url, const std::string& body, int number) {
    ++counters.posts;
    Parcel parcel{url, "application/json; charset=utf-8", body,
                  std::chrono::milliseconds(service_.settings.slow_answer_ms + 2000)};
    courier_.post(parcel, [this, url, body, number](const Receipt& receipt) { answered(url, body, number, receipt); });
}

void Notifier::answered(const std::string& url, const std::string& body, int number, const Receipt& receipt) {
    Endpoint& endpoint = endpoints_[url];
    const std::int64_t now = service_.now();
    endpoint.answers.emplace_back(now, receipt.took_ms > service_.settings.slow_answer_ms);
    while (!endpoint.answers.empty() && endpoint.answers.front().first + window_ms < now)
        endpoint.answers.pop_front();
    if (endpoint_state(url) == "drop") endpoint.drop_until = now + window_ms;
    if (receipt.status >= 200 && receipt.status < 300) {
        ++counters.delivered;
        return;
    }
    if (number >= service_.settings.notify_retries) {
        ++counters.given_up;
        return;
    }
    ++counters.retried;
    service_.loop.after(std::chrono::milliseconds(service_.settings.notify_retry_ms << std::min(number, 12)),
                        [this, url, body, number] { attempt(url, body, number + 1); });
}

std::string Notifier::endpoint_state(const std::string& url) const {
    const auto found = endpoints_.find(url);
    if (found == endpoints_.end()) return "good";
    const auto& answers = found->second.answers;
    if (answers.size() < judged_after) return "good";
    const auto slow = static_cast<std::size_t>(
        std::count_if(answers.begin(), answers.end(), [](const auto& answer) { return answer.second; }));
    return slow * 100 > answers.size() * 15 ? "drop" : slow * 100 > answers.size() * 10 ? "slow" : "good";
}

} // namespace sim::graph
