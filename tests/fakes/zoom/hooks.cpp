// See hooks.hpp.
#include "hooks.hpp"

#include "../graph/crypto.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace sim::zoom {

namespace json = boost::json;
using std::chrono::milliseconds;

namespace {

constexpr std::array<std::string_view, 10> kinds = {"duplicate", "lost", "late",    "hold",      "tampered",
                                                    "stale",     "bare", "foreign", "malformed", "unknown_event"};

std::int64_t wall_ms() {
    return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string hex_hmac(std::string_view secret, std::string_view text) {
    std::string out = graph::crypto::hex(graph::crypto::hmac_sha256(secret, text));
    for (char& c : out)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c + 32);
    return out;
}

} // namespace

void Hooks::use(std::string url, std::string secret) {
    url_ = std::move(url);
    if (!secret.empty()) secret_ = std::move(secret);
    validated_ = false;
    if (!url_.empty()) test();
}

// The answer must be the token and its HMAC, within three seconds.
void Hooks::test() {
    ++tests_;
    const std::string token = graph::crypto::base64url(graph::crypto::random_bytes(16));
    Parcel parcel;
    parcel.body = json::serialize(json::object{{"payload", json::object{{"plainToken", token}}},
                                               {"event_ts", wall_ms() + clock_offset_ms},
                                               {"event", "endpoint.url_validation"}});
    parcel.bare = !sign_tests;
    courier_.post(sealed(parcel), [this, token](const graph::Receipt& receipt) {
        boost::system::error_code error;
        const json::value answer = json::parse(receipt.body, error);
        const json::value right = json::object{{"plainToken", token}, {"encryptedToken", hex_hmac(secret_, token)}};
        validated_ =
            receipt.status == 200 && !error && answer == right && receipt.content_type.starts_with("application/json");
        last_status_ = receipt.status;
    });
}

graph::Parcel Hooks::sealed(const Parcel& parcel) const {
    graph::Parcel sealed;
    sealed.url = url_;
    sealed.content_type = "application/json; charset=utf-8";
    sealed.body = parcel.body;
    sealed.limit = milliseconds(answer_limit_ms);
    sealed.headers.emplace_back("authorization", "deprecated-verification-token");
    if (parcel.bare) return sealed;
    const std::int64_t age_s = parcel.stale ? 86'400 : 0;
    const std::string stamp = std::to_string((wall_ms() + clock_offset_ms) / 1000 - age_s);
    const std::string secret = parcel.foreign ? "another secret" : secret_;
    sealed.headers.emplace_back("x-zm-request-timestamp", stamp);
    sealed.headers.emplace_back("x-zm-signature", "v0=" + hex_hmac(secret, "v0:" + stamp + ":" + parcel.body));
    if (parcel.tampered) sealed.body[sealed.body.size() / 2] ^= 1;
    return sealed;
}

std::string Hooks::add(HookFault fault) {
    if (std::ranges::find(kinds, fault.kind) == kinds.end()) return "unknown kind " + fault.kind;
    faults_.push_back(std::move(fault));
    return {};
}

bool Hooks::take(std::string_view kind, std::int64_t* ms) {
    const auto found =
        std::ranges::find_if(faults_, [&](const HookFault& one) { return one.kind == kind && one.remaining != 0; });
    if (found == faults_.end()) return false;
    if (found->remaining > 0) --found->remaining;
    if (ms) *ms = found->ms;
    return true;
}

void Hooks::send(const std::string& event, json::object object, std::int64_t at_ms, const std::string& account) {
    if (url_.empty() || !validated_) return;
    at_ms = last_at_ = std::max(at_ms, last_at_ + 1); // no two events of one moment, so that their order is known
    const std::string name = take("unknown_event") ? "meeting.sprouted_wings" : event;
    // The order of Zoom's members, and spaces that nobody would write again the same way.
    std::string body = "{\"event\": \"" + name + "\",\n \"event_ts\":" + std::to_string(at_ms) + ", \"payload\":" +
                       json::serialize(json::object{{"account_id", account}, {"object", std::move(object)}}) + "}";
    if (take("malformed")) body.resize(body.size() / 2);
    if (take("lost")) {
        ++lost_;
        return;
    }
    Parcel parcel;
    parcel.body = std::move(body);
    parcel.tampered = take("tampered");
    parcel.stale = take("stale");
    parcel.bare = take("bare");
    parcel.foreign = take("foreign");
    if (take("hold")) { // until `release`: behind what comes after it
        held_.push_back(std::move(parcel));
        return;
    }
    const bool twice = take("duplicate");
    if (std::int64_t ms = 0; take("late", &ms)) {
        loop_.after(milliseconds(ms), [this, parcel] { dispatch(parcel); });
        return;
    }
    if (twice) dispatch(parcel);
    dispatch(std::move(parcel));
}

void Hooks::send_raw(std::string body) {
    Parcel parcel;
    parcel.body = std::move(body);
    dispatch(std::move(parcel));
}

void Hooks::release() {
    for (Parcel& parcel : std::exchange(held_, {}))
        dispatch(std::move(parcel));
}

void Hooks::dispatch(Parcel parcel) {
    ++sent_;
    deliver(std::move(parcel));
}

// 200 or 204 within three seconds; else again after 5, 20 and 60 minutes, then never.
void Hooks::deliver(Parcel parcel) {
    courier_.post(sealed(parcel), [this, parcel](const graph::Receipt& receipt) mutable {
        last_status_ = receipt.status;
        if (receipt.status == 200 || receipt.status == 204) {
            ++taken_;
            return;
        }
        ++refused_;
        if (parcel.attempt >= retry_ms.size()) {
            ++dropped_;
            return;
        }
        const milliseconds wait(retry_ms[parcel.attempt++]);
        loop_.after(wait, [this, parcel] {
            ++retried_;
            deliver(parcel);
        });
    });
}

json::object Hooks::state() const {
    return {{"url", url_},
            {"validated", validated_},
            {"tests", tests_},
            {"sent", sent_},
            {"taken", taken_},
            {"refused", refused_},
            {"retried", retried_},
            {"dropped", dropped_},
            {"lost", lost_},
            {"held", held_.size()},
            {"last_status", last_status_}};
}

} // namespace sim::zoom
