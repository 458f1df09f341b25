#include "adapters/calendars/api_client.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace lamp::calendars {
namespace {

constexpr milliseconds request_limit{30'000};
constexpr milliseconds silence_longest{600'000}; // a date of a clock that is wrong is no reason to be mute for a day

/// Services answer with JSON, or with nothing. Anything else under a 2xx comes from somebody in between.
bool is_json_or_nothing(const http::Answer& answer) {
    auto first = answer.body.find_first_not_of(" \t\r\n");
    return first == std::string::npos || (!answer.looks_like_html() && answer.body[first] == '{');
}

} // namespace

Result<http::Client> wire_of(Loop& loop, const CalendarOptions& options) {
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    return http::Client::make(loop.context(), std::move(wire));
}

Result<std::unique_ptr<ApiClient>> ApiClient::make(const http::Client& client, http::Url api, http::TokenOptions login,
                                                   ApiVoice voice) {
    auto tokens = http::TokenSource::make(client, std::move(login));
    if (!tokens) return std::unexpected(tokens.error());
    return std::unique_ptr<ApiClient>(new ApiClient(client, std::move(api), *std::move(tokens), voice));
}

ApiClient::ApiClient(const http::Client& client, http::Url api, http::TokenSource tokens, ApiVoice voice)
    : api_(std::move(api)),
      pool_(client, api_, http::PoolOptions{.parallel = 2, .waiting = 16}),
      tokens_(std::move(tokens)),
      voice_(voice) {
    while (api_.path.ends_with('/'))
        api_.path.pop_back();
}

void ApiClient::close() {
    tokens_.close();
    pool_.close();
}

Task<ApiReply> ApiClient::get(std::string target, http::Headers headers) {
    return send({.method = http::Method::get, .target = std::move(target), .headers = std::move(headers)});
}

Task<ApiReply> ApiClient::post(std::string target, std::string body) {
    return send_json(http::Method::post, std::move(target), std::move(body));
}

Task<ApiReply> ApiClient::patch(std::string target, std::string body) {
    return send_json(http::Method::patch, std::move(target), std::move(body));
}

Task<ApiReply> ApiClient::send_json(http::Method method, std::string target, std::string body) {
    return send(
        {.method = method, .target = std::move(target), .body = std::move(body), .content_type = "application/json"});
}

Task<ApiReply> ApiClient::send(http::Request request) {
    ApiReply reply;
    if (steady_now() < silent_until_) {
        reply.error = last_refusal_;
        co_return reply;
    }
    auto local = http::local_target(api_, request.target);
    if (!local) {
        reply.error = local.error();
        co_return reply;
    }
    request.target = *std::move(local);
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

ApiReply ApiClient::digest(Result<http::Answer> answer) {
    ApiReply reply;
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
    refuse(reply, *answer);
    return reply;
}

void ApiClient::refuse(ApiReply& reply, const http::Answer& answer) {
    auto told = voice_.read(answer.body);
    if (answer.success() || (!told && answer.looks_like_html())) {
        reply.error = Error(Category::protocol,
                            fmt::format("{}'s place was taken by something that answered {} with no JSON (a proxy, a "
                                        "captive portal?).",
                                        voice_.name, answer.status));
        return;
    }
    auto category = told && told->fewer ? Category::throttled : http::category_of(answer.status);
    reply.error = Error(category, fmt::format("{} answered {}{}{}.", voice_.name, answer.status,
                                              told && !told->text.empty() ? " " : "", told ? told->text : ""));
    if (told) reply.code = std::move(told->code);
    auto asked = answer.retry_after(wall_now());
    if (category != Category::throttled && !(asked && answer.status >= 500)) return;
    auto wait = std::max<milliseconds>(asked.value_or(seconds(0)), throttle_.next());
    silent_until_ = steady_now() + std::min(wait, silence_longest);
    last_refusal_ = *reply.error;
}

} // namespace lamp::calendars
