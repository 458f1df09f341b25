#include "adapters/calendars/google_client.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "proto/google/error.hpp"

namespace lamp::calendars {
namespace {

constexpr milliseconds request_limit{30'000};
constexpr milliseconds silence_longest{600'000}; // a date of a clock that is wrong is no reason to be mute for a day

/// Google answers with JSON, or with nothing. Anything else under a 2xx comes from somebody in between.
bool is_json_or_nothing(const http::Answer& answer) {
    auto first = answer.body.find_first_not_of(" \t\r\n");
    return first == std::string::npos || (!answer.looks_like_html() && answer.body[first] == '{');
}

std::string told_by(const std::optional<google::ErrorBody>& told) {
    if (!told) return {};
    return fmt::format(" {}{}{}", told->reason, told->message.empty() ? "" : ": ", told->message);
}

} // namespace

std::string google_endpoint(const CalendarOptions& options, std::string_view what) {
    auto base = std::string_view(options.login_url.text);
    while (base.ends_with('/'))
        base.remove_suffix(1);
    return fmt::format("{}/{}", base, what);
}

Result<http::Client> google_wire(Loop& loop, const CalendarOptions& options) {
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    return http::Client::make(loop.context(), std::move(wire));
}

Result<std::unique_ptr<GoogleClient>> GoogleClient::make(Loop& loop, const CalendarOptions& options,
                                                         http::TokenOptions login) {
    auto api = http::Url::parse(options.api_url.text);
    if (!api) return std::unexpected(api.error());
    auto client = google_wire(loop, options);
    if (!client) return std::unexpected(client.error());
    login.token_url = google_endpoint(options, "token");
    auto tokens = http::TokenSource::make(*client, std::move(login));
    if (!tokens) return std::unexpected(tokens.error());
    return std::unique_ptr<GoogleClient>(new GoogleClient(*client, *std::move(api), *std::move(tokens)));
}

GoogleClient::GoogleClient(http::Client client, http::Url api, http::TokenSource tokens)
    : api_(std::move(api)),
      prefix_(api_.path),
      pool_(client, api_, http::PoolOptions{.parallel = 2, .waiting = 16}),
      tokens_(std::move(tokens)) {
    while (prefix_.ends_with('/'))
        prefix_.pop_back();
}

void GoogleClient::close() {
    tokens_.close();
    pool_.close();
}

Task<GoogleReply> GoogleClient::get(std::string target) {
    return send({.method = http::Method::get, .target = prefix_ + target});
}

Task<GoogleReply> GoogleClient::post(std::string target, std::string body) {
    return send({.method = http::Method::post,
                 .target = prefix_ + target,
                 .body = std::move(body),
                 .content_type = "application/json"});
}

Task<GoogleReply> GoogleClient::send(http::Request request) {
    GoogleReply reply;
    if (steady_now() < silent_until_) {
        reply.error = Error(Category::throttled, last_refusal_);
        co_return reply;
    }
    request.headers.add("Accept", "application/json");
    request.limit = request_limit;
    for (bool again = false;; again = true) {
        auto token = co_await tokens_.token();
        if (!token) {
            reply.error = token.error();
            co_return reply;
        }
        request.authorization = http::bearer(*token);
        auto answer = co_await pool_.exchange(request);
        bool expired = answer && answer->status == 401;
        if (expired) tokens_.reject(*token);
        if (!expired || again) co_return digest(std::move(answer));
    }
}

GoogleReply GoogleClient::digest(Result<http::Answer> answer) {
    GoogleReply reply;
    if (!answer) {
        reply.error = answer.error();
        return reply;
    }
    reply.status = answer->status;
    if (answer->success() && is_json_or_nothing(*answer)) {
        throttle_.reset();
        reply.body = std::move(answer->body);
        return reply;
    }
    reply.error = refusal(*answer);
    return reply;
}

Error GoogleClient::refusal(const http::Answer& answer) {
    auto told = google::read_error(answer.body);
    if (answer.success() || (!told && answer.looks_like_html()))
        return {Category::protocol, fmt::format("Google's place was taken by something that answered {} with no JSON "
                                                "(a proxy, a captive portal?).",
                                                answer.status)};
    auto category = http::category_of(answer.status);
    if (answer.status == 403 && told && google::asks_for_fewer(told->reason)) category = Category::throttled;
    auto text = fmt::format("Google answered {}{}.", answer.status, told_by(told));
    if (category == Category::throttled) {
        auto asked = answer.retry_after(wall_now()).value_or(seconds(0));
        auto wait = std::min(std::max<milliseconds>(asked, throttle_.next()), silence_longest);
        silent_until_ = steady_now() + wait;
        last_refusal_ = text;
    }
    return {category, std::move(text)};
}

} // namespace lamp::calendars
