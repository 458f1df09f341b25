#include "adapters/zoom/zoom_client.hpp"

#include <fmt/format.h>

#include "proto/zoom/rest.hpp"

namespace lamp::zoom {
namespace {

constexpr milliseconds request_limit{20'000};
constexpr std::size_t parallel = 8;
constexpr milliseconds silence_longest{3'600'000}; // of a daily limit; then one request finds out
constexpr milliseconds clock_doubt{2'000};         // Date tells whole seconds
constexpr milliseconds silence_told{60'000};
constexpr std::string_view scope_missing = "4711"; // "Invalid access token, does not contain scopes"

bool is_json_object(const http::Answer& answer) {
    auto first = answer.body.find_first_not_of(" \t\r\n");
    return first != std::string::npos && answer.body[first] == '{';
}

} // namespace

Result<std::unique_ptr<ZoomClient>> ZoomClient::make(Loop& loop, const ZoomOptions& options) {
    auto api = http::Url::parse(options.api_url.text);
    if (!api) return std::unexpected(api.error());
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    auto client = http::Client::make(loop.context(), wire);
    if (!client) return std::unexpected(client.error());
    http::TokenOptions login;
    login.token_url = options.login_url.text + "/oauth/token";
    login.client_id = options.client_id;
    login.grant = http::AccountCredentials{options.account_id};
    login.login = http::ClientSecret{options.client_secret, http::ClientSecret::Place::basic};
    auto tokens = http::TokenSource::make(*client, std::move(login));
    if (!tokens) return std::unexpected(tokens.error());
    return std::unique_ptr<ZoomClient>(
        new ZoomClient(loop, *client, *api, *std::move(tokens), static_cast<double>(options.requests_per_second)));
}

ZoomClient::ZoomClient(Loop& loop, const http::Client& client, const http::Url& api, http::TokenSource tokens,
                       double per_second)
    : api_(api),
      prefix_(api.path == "/" ? "" : api.path),
      pool_(client, api_, http::PoolOptions{.parallel = parallel, .waiting = 1024}),
      tokens_(std::move(tokens)),
      budget_(per_second, per_second),
      bell_(loop.context()) {}

void ZoomClient::stop() {
    stopped_ = true;
    tokens_.close();
    pool_.close();
    bell_.ring();
}

std::optional<Wall> ZoomClient::silent_until() const {
    return silent_until_ && *silent_until_ > wall_now() ? silent_until_ : std::nullopt;
}

Task<bool> ZoomClient::acquire() {
    while (!stopped_) {
        auto wait = budget_.take(steady_now());
        if (wait <= milliseconds(0)) co_return true;
        co_await bell_.wait(std::min(wait, milliseconds(1000)));
    }
    co_return false;
}

Task<ZoomReply> ZoomClient::get(std::string target) {
    ZoomReply reply;
    if (!co_await acquire()) {
        reply.error = Error(Category::cancelled, "we are stopping");
        co_return reply;
    }
    http::Request request;
    request.target = prefix_ + target;
    request.headers.add("Accept", "application/json");
    request.limit = request_limit;
    for (int attempt = 0; attempt < 2; ++attempt) {
        auto token = co_await tokens_.token();
        if (!token) {
            fail_login(reply, token.error());
            co_return reply;
        }
        if (std::exchange(login_refused_, false)) log::info("zoom", "Zoom accepts the login again");
        request.authorization = http::bearer(*token);
        ++counters_.requests;
        auto asked = server_now() - clock_doubt;
        auto answer = co_await pool_.exchange(request);
        bool expired = answer && answer->status == 401;
        if (expired) tokens_.reject(*token);
        if (expired && attempt == 0) continue;
        reply = digest(std::move(answer));
        reply.asked = asked;
        break;
    }
    co_return reply;
}

void ZoomClient::fail_login(ZoomReply& reply, const Error& error) {
    reply.error = error;
    if (error.category == Category::cancelled) return;
    bool refused = error.category == Category::unauthorised || error.category == Category::invalid;
    if (refused && !std::exchange(login_refused_, true))
        log::error("zoom", "Zoom refuses the login", {{"why", error.text}});
    note_outage(error.text);
}

ZoomReply ZoomClient::digest(Result<http::Answer> answer) {
    ZoomReply reply;
    if (!answer) {
        reply.error = answer.error();
        if (answer.error().category != Category::cancelled) note_outage(answer.error().text);
        return reply;
    }
    reply.status = answer->status;
    if (answer->success() && is_json_object(*answer)) {
        reply.body = std::move(answer->body);
        note_success();
        return reply;
    }
    digest_error(reply, *answer);
    return reply;
}

void ZoomClient::digest_error(ZoomReply& reply, const http::Answer& answer) {
    auto told = read_error(answer.body);
    bool foreign = answer.success() || (!told && answer.looks_like_html());
    bool lacks_scope = answer.status == 400 && told && told->code == scope_missing;
    auto category = foreign ? Category::protocol : http::category_of(lacks_scope ? 403 : answer.status);
    auto text = foreign ? fmt::format("Zoom's place was taken by something that answered {} with no JSON (a proxy, a "
                                      "captive portal?)",
                                      answer.status)
                        : fmt::format("Zoom answered {} {}{}{}", answer.status, told ? told->code : std::string(),
                                      told && !told->message.empty() ? ": " : "", told ? told->message : std::string());
    reply.error = Error(category, text);
    if (answer.status == 429) {
        throttled(answer);
    } else if (foreign || answer.status >= 500) {
        note_outage(text);
    } else {
        failing_ = false;                                          // it answers, if only to refuse
        if (category == Category::unauthorised) note_outage(text); // with a fresh token, too
        if (category == Category::forbidden) tokens_.renew();      // a permission stands in the token
    }
    if (answer.status != 404 && complaint_.allow(steady_now()))
        log::warning("zoom", "Zoom refused a request", {{"why", text}, {"not_shown", complaint_.take_suppressed()}});
}

// Per second: a moment, growing. Per day: Retry-After holds the date on which it ends.
void ZoomClient::throttled(const http::Answer& answer) {
    ++counters_.throttled;
    auto wall = wall_now();
    auto wait = throttle_.next();
    if (auto field = answer.headers.find("retry-after"))
        if (auto until = read_retry_after(*field, wall))
            wait = std::clamp(std::chrono::duration_cast<milliseconds>(*until - wall), milliseconds(1000),
                              silence_longest);
    budget_.close_until(steady_now() + wait);
    if (wait >= silence_told) silent_until_ = wall + wait;
}

// Requests that were on their way together fail together: that is one outage, not eight.
void ZoomClient::note_outage(const std::string& why) {
    ++counters_.failed;
    last_error_ = why;
    if (!std::exchange(failing_, true)) log::warning("zoom", "Zoom does not answer as it should", {{"why", why}});
    auto now = steady_now();
    if (now < closed_until_) return;
    closed_until_ = now + outage_.next();
    budget_.close_until(closed_until_);
}

void ZoomClient::note_success() {
    last_success_ = wall_now();
    outage_.reset();
    throttle_.reset();
    silent_until_.reset();
    if (std::exchange(failing_, false)) log::info("zoom", "Zoom answers again");
    last_error_.clear();
}

} // namespace lamp::zoom
