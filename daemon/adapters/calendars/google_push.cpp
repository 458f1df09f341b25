#include "adapters/calendars/google_push.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "adapters/calendars/callback.hpp"
#include "base/check.hpp"
#include "base/secret.hpp"
#include "http/jwt.hpp"

namespace lamp::calendars {
namespace {

/// The token of a channel follows from its id, so that it can be examined without asking what is open.
std::string token_of(std::string_view secret, std::string_view channel_id) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    const auto* done =
        HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
             reinterpret_cast<const unsigned char*>(channel_id.data()), channel_id.size(), sum.data(), &size);
    LAMP_CHECK(done != nullptr);
    return http::to_base64url({reinterpret_cast<const char*>(sum.data()), size});
}

} // namespace

std::unique_ptr<GooglePush> GooglePush::make(const std::string& public_url) {
    auto address = callback_address(public_url, hook);
    return address ? std::make_unique<GooglePush>(*std::move(address), random_text(32)) : nullptr;
}

GooglePush::GooglePush(std::string address, std::string secret)
    : address_(std::move(address)), secret_(std::move(secret)) {}

bool GooglePush::genuine(std::string_view channel_id, std::string_view token) const {
    return !channel_id.empty() && same_secret(token, token_of(secret_, channel_id));
}

std::string GooglePush::calendar_of(std::string_view channel_id, std::string_view resource_state) const {
    if (resource_state == "sync") return {};
    auto is = [channel_id](const std::optional<google::Channel>& one) { return one && one->id == channel_id; };
    for (const auto& [calendar, watched] : watched_)
        if (is(watched.current) || is(watched.old) || watched.wished == channel_id) return calendar;
    return {};
}

GooglePush::Due GooglePush::due(const std::string& calendar, Wall now) {
    Due due;
    auto& watched = watched_[calendar];
    if (watched.old) due.stop = std::exchange(watched.old, std::nullopt);
    bool open = !watched.current || watched.renew_at <= now;
    if (!open || now < watched.not_before) return due;
    watched.wished = "lamplighter-" + random_text(16);
    due.open = google::ChannelWish{
        .id = watched.wished, .address = address_, .token = token_of(secret_, watched.wished), .expires = now + life};
    return due;
}

void GooglePush::opened(const std::string& calendar, google::Channel channel, Wall now) {
    auto& watched = watched_[calendar];
    if (channel.expires == Wall()) channel.expires = now + life;
    auto lasts = channel.expires - now;
    watched.renew_at = channel.expires - std::min<milliseconds>(overlap, lasts / 4);
    watched.old = std::exchange(watched.current, std::move(channel));
    watched.wished.clear();
    watched.patience.reset();
    watched.not_before = now + watched.patience.next(); // however short the service makes their lives
    watched.patience.reset();
}

void GooglePush::refused(const std::string& calendar, Wall now) {
    auto& watched = watched_[calendar];
    watched.wished.clear();
    watched.not_before = now + watched.patience.next();
}

void GooglePush::forget(const std::string& calendar) {
    watched_.erase(calendar);
}

} // namespace lamp::calendars
