// See watches.hpp.
#include "watches.hpp"

#include "../graph/times.hpp"
#include "service.hpp"

#include <algorithm>

namespace sim::google {

namespace json = boost::json;

namespace {

json::object object_of(std::string_view body) {
    boost::system::error_code failed;
    const json::value value = json::parse(json::string_view(body.data(), body.size()), failed);
    return !failed && value.is_object() ? value.as_object() : json::object();
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

bool good_id(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("-_+/=").find(c) != std::string::npos;
    });
}

} // namespace

http::Response Watches::open(const std::string& calendar, std::string_view body, const std::string& url) {
    const json::object wish = object_of(body);
    const std::string id = text_of(wish, "id");
    const std::string address = text_of(wish, "address");
    if (!good_id(id)) return error(400, "required", "Missing or invalid channel id");
    if (open_ones.contains(id)) return error(400, "channelIdNotUnique", "Channel id " + id + " not unique", "push");
    if (text_of(wish, "type") != "web_hook") return error(400, "required", "type must be web_hook");
    if (!address.starts_with("https://") && !(settings_.http_watch && address.starts_with("http://127.0.0.1")))
        return error(400, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS: " + address);
    const std::int64_t now = graph::system_ms() + settings_.clock_offset_ms;
    std::int64_t expires = now + settings_.watch_life_s * 1000;
    if (const auto* wanted = wish.if_contains("expiration"); wanted != nullptr && wanted->is_int64())
        expires = std::min(expires, wanted->as_int64());
    if (expires <= now) return error(400, "invalid", "expiration is in the past");
    url_ = url;
    Watch& watch = open_ones[id] = {.id = id,
                                    .token = text_of(wish, "token"),
                                    .address = address,
                                    .calendar = calendar,
                                    .resource = "res-" + http::percent_encode(calendar),
                                    .expires = expires};
    send(watch, "sync", url); // perhaps before this answer arrives
    return {200, "application/json; charset=UTF-8",
            json::serialize(json::object{{"kind", "api#channel"},
                                         {"id", id},
                                         {"resourceId", watch.resource},
                                         {"resourceUri", url + "/calendar/v3/calendars/" + calendar + "/events"},
                                         {"token", watch.token},
                                         {"expiration", std::to_string(expires)}})};
}

http::Response Watches::stop(std::string_view body) {
    const json::object wish = object_of(body);
    const auto found = open_ones.find(text_of(wish, "id"));
    if (found == open_ones.end() || found->second.resource != text_of(wish, "resourceId"))
        return error(404, "notFound", "Channel not found");
    open_ones.erase(found);
    return {204, "", ""};
}

void Watches::changed(const std::string& calendar) {
    const std::int64_t now = graph::system_ms() + settings_.clock_offset_ms;
    std::erase_if(open_ones, [now](const auto& one) { return one.second.expires <= now; });
    for (auto& [id, watch] : open_ones)
        if (watch.calendar == calendar) send(watch, "exists", url_);
}

void Watches::send(Watch& watch, const std::string& state, const std::string& url) {
    const std::uint64_t number = watch.number;
    watch.number += state == "sync" ? 1 : 7;
    if (state != "sync" && lose > 0) {
        --lose;
        return;
    }
    graph::Parcel parcel;
    parcel.url = watch.address;
    const bool wrong = state != "sync" && wrong_token > 0;
    if (wrong) --wrong_token;
    parcel.headers = {{"X-Goog-Channel-ID", watch.id},
                      {"X-Goog-Channel-Token", wrong ? "guessed" : watch.token},
                      {"X-Goog-Message-Number", std::to_string(number)},
                      {"X-Goog-Resource-State", state},
                      {"X-Goog-Resource-ID", watch.resource},
                      {"X-Goog-Resource-URI", url + "/calendar/v3/calendars/" + watch.calendar + "/events"},
                      {"X-Goog-Channel-Expiration", graph::http_date(watch.expires)}};
    int copies = 1;
    if (state != "sync" && duplicate > 0) {
        --duplicate;
        copies = 2;
    }
    for (; copies > 0; --copies)
        loop_.after(std::chrono::milliseconds(settings_.notify_ms), [this, parcel] {
            ++sent;
            courier_.post(parcel, [this](const graph::Receipt& receipt) { taken += receipt.status / 100 == 2; });
        });
}

} // namespace sim::google
