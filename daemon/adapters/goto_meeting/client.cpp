#include "adapters/goto_meeting/client.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/log.hpp"
#include "proto/gotomeeting/answers.hpp"
#include "proto/text/text.hpp"

namespace lamp::goto_meeting {
namespace {

constexpr milliseconds request_limit{20'000};
constexpr std::size_t answer_bytes = 2 << 20; // an organiser may have hundreds of meetings planned

} // namespace

Result<std::unique_ptr<Client>> Client::make(Loop& loop, const GoToOptions& options, Secret refresh_token,
                                             std::function<Task<>(Secret refresh_token)> on_refresh_token) {
    auto api = http::Url::parse(options.api_url.text);
    if (!api) return std::unexpected(api.error());
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    wire.body_bytes = answer_bytes;
    auto client = http::Client::make(loop.context(), wire);
    if (!client) return std::unexpected(client.error());
    http::TokenOptions login;
    login.token_url = options.login_url.text + "/oauth/token";
    login.client_id = options.client_id;
    login.grant = http::RefreshGrant{std::move(refresh_token)};
    login.login = http::ClientSecret{options.client_secret, http::ClientSecret::Place::basic};
    login.on_refresh_token = std::move(on_refresh_token);
    auto tokens = http::TokenSource::make(*client, std::move(login));
    if (!tokens) return std::unexpected(tokens.error());
    return std::unique_ptr<Client>(new Client(*client, *api, *std::move(tokens)));
}

Client::Client(http::Client client, const http::Url& api, http::TokenSource tokens)
    : prefix_(api.path == "/" ? std::string() : api.path), pool_(client, api), tokens_(std::move(tokens)) {}

void Client::stop() {
    tokens_.close();
    pool_.close();
}

std::string Client::owner() const {
    return text::lower(tokens_.report().principal);
}

Task<Reply> Client::log_in() {
    auto token = co_await tokens_.token();
    if (!token) co_return fail_login(token.error());
    if (std::exchange(login_refused_, false)) log::info("goto", "GoTo accepts the login again");
    co_return Reply{};
}

Task<Reply> Client::get(std::string path) {
    http::Request request;
    request.target = prefix_ + path;
    request.headers.add("Accept", "application/json");
    request.limit = request_limit;
    for (int attempt = 0;; ++attempt) {
        auto token = co_await tokens_.token();
        if (!token) co_return fail_login(token.error());
        if (std::exchange(login_refused_, false)) log::info("goto", "GoTo accepts the login again");
        request.authorization = http::bearer(*token);
        ++counters_.requests;
        auto answer = co_await pool_.exchange(request);
        bool expired = answer && answer->status == 401;
        if (expired) tokens_.reject(*token);
        if (expired && attempt == 0) continue;
        co_return digest(std::move(answer));
    }
}

Reply Client::fail_login(const Error& error) {
    Reply reply;
    reply.login = true;
    reply.error = error;
    if (error.category == Category::cancelled) return reply;
    bool refused = error.category == Category::unauthorised || error.category == Category::invalid ||
                   error.category == Category::forbidden;
    last_error_ = error.text;
    if (!refused) {
        note_trouble(error.text);
    } else if (!std::exchange(login_refused_, true)) {
        log::error("goto", "GoTo refuses the login", {{"why", error.text}});
    }
    return reply;
}

void Client::note_trouble(const std::string& why) {
    ++counters_.failed;
    last_error_ = why;
    if (std::exchange(answering_, false)) log::warning("goto", "GoTo does not answer as it should", {{"why", why}});
}

Reply Client::digest(Result<http::Answer> answer) {
    Reply reply;
    if (!answer) {
        reply.error = answer.error();
        if (answer.error().category != Category::cancelled) note_trouble(answer.error().text);
        return reply;
    }
    if (!answer->success() || answer->looks_like_html()) return refuse(*answer);
    reply.status = answer->status;
    reply.body = std::move(answer->body);
    last_success_ = wall_now();
    last_error_.clear();
    if (!std::exchange(answering_, true)) log::info("goto", "GoTo answers again");
    return reply;
}

Reply Client::refuse(const http::Answer& answer) {
    Reply reply;
    reply.status = answer.status;
    auto told = gotomeeting::read_error(answer.body);
    bool foreign = answer.success() || (!told && answer.looks_like_html());
    auto category = foreign ? Category::protocol : http::category_of(answer.status);
    auto code = told && !told->code.empty() ? " " + told->code : std::string();
    auto words = told && !told->text.empty() ? ": " + told->text : std::string();
    auto text = foreign ? fmt::format("GoTo's place was taken by something that answered {} with no JSON (a proxy, a "
                                      "captive portal?)",
                                      answer.status)
                        : fmt::format("GoTo answered {}{}{}", answer.status, code, words);
    reply.error = Error(category, text);
    if (auto wait = answer.retry_after(wall_now())) reply.after = *wait;
    if (answer.status == 429) {
        ++counters_.throttled;
        last_error_ = text;
    } else if (foreign || answer.status >= 500 || answer.status == 401) {
        note_trouble(text);
    } else if (!std::exchange(answering_, true)) {
        log::info("goto", "GoTo answers again");
    }
    return reply;
}

} // namespace lamp::goto_meeting
