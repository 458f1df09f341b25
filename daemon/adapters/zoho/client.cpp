#include "adapters/zoho/client.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/log.hpp"

namespace lamp::zoho {
namespace {

constexpr milliseconds request_limit{15'000};
constexpr std::size_t answer_bytes = 4 << 20; // a page has up to 1000 users
constexpr std::string_view root = "/phonebridge/v3/";

} // namespace

Result<std::unique_ptr<Client>> Client::make(Loop& loop, const ZohoOptions& options, Secret refresh_token,
                                             TokenGate gate, std::function<void(std::string)> gate_changed) {
    auto api = http::Url::parse(options.api());
    if (!api) return std::unexpected(api.error());
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    wire.body_bytes = answer_bytes;
    auto client = http::Client::make(loop.context(), wire);
    if (!client) return std::unexpected(client.error());
    http::TokenOptions login;
    login.token_url = options.login_url.text + "/oauth/v2/token";
    login.client_id = options.client_id;
    login.grant = http::RefreshGrant{std::move(refresh_token)};
    login.login = http::ClientSecret{options.client_secret, http::ClientSecret::Place::form};
    auto tokens = http::TokenSource::make(*client, std::move(login));
    if (!tokens) return std::unexpected(tokens.error());
    return std::unique_ptr<Client>(
        new Client(*client, *api, *std::move(tokens), std::move(gate), std::move(gate_changed)));
}

Client::Client(http::Client client, const http::Url& api, http::TokenSource tokens, TokenGate gate,
               std::function<void(std::string)> gate_changed)
    : prefix_((api.path == "/" ? std::string() : api.path) + std::string(root)),
      pool_(client, api, http::PoolOptions{.parallel = 6}),
      tokens_(std::move(tokens)),
      gate_(std::move(gate)),
      gate_changed_(std::move(gate_changed)) {}

void Client::stop() {
    tokens_.close();
    pool_.close();
}

// The source renews a living token by itself, once an hour; what needs the gate is a token that is asked for anew.
Task<Result<Secret>> Client::token() {
    auto before = tokens_.report();
    auto now = wall_now();
    if (!before.usable && !before.fetching && !gate_.open(now))
        co_return fail(Category::throttled,
                       fmt::format("{} access tokens were asked for within ten minutes; the next one may be at {}.",
                                   TokenGate::most, rfc3339(gate_.opens(now))));
    auto token = co_await tokens_.token();
    auto fetches = tokens_.report().fetches;
    for (; fetches_ < fetches; ++fetches_) {
        gate_.note(now);
        ++counters_.tokens;
        if (gate_changed_) gate_changed_(gate_.text());
    }
    co_return token;
}

Task<Reply> Client::ask(http::Method method, std::string path, std::string form) {
    http::Request request;
    request.method = method;
    request.target = prefix_ + path;
    request.headers.add("Accept", "application/json");
    if (!form.empty()) request.content_type = "application/x-www-form-urlencoded";
    request.body = std::move(form);
    request.limit = request_limit;
    request.safe_to_repeat = true; // a state of a call that comes twice says nothing new
    for (int attempt = 0;; ++attempt) {
        auto access = co_await token();
        if (!access) co_return fail_login(access.error());
        if (std::exchange(login_refused_, false)) log::info("zoho", "Zoho accepts the login again");
        request.authorization = Secret("Zoho-oauthtoken " + access->reveal());
        ++counters_.requests;
        auto answer = co_await pool_.exchange(request);
        auto reply = digest(std::move(answer), path);
        if (reply.told.verdict == Verdict::token) {
            tokens_.reject(*access);
            if (attempt == 0) continue;
        }
        co_return reply;
    }
}

Reply Client::fail_login(const Error& error) {
    Reply reply;
    reply.told.verdict = Verdict::unavailable;
    reply.why = error.text;
    reply.login = true;
    if (error.category == Category::cancelled) return reply;
    bool refused = error.category == Category::unauthorised || error.category == Category::invalid ||
                   error.category == Category::forbidden;
    last_error_ = error.text;
    if (!refused)
        note_trouble(error.text);
    else if (!std::exchange(login_refused_, true))
        log::error("zoho", "Zoho refuses the login", {{"why", error.text}});
    return reply;
}

void Client::note_trouble(const std::string& why) {
    ++counters_.failed;
    last_error_ = why;
    if (std::exchange(answering_, false)) log::warning("zoho", "Zoho does not answer as it should", {{"why", why}});
}

Reply Client::digest(Result<http::Answer> answer, std::string_view path) {
    Reply reply;
    if (!answer) {
        reply.told.verdict = Verdict::unavailable;
        reply.why = answer.error().text;
        if (answer.error().category != Category::cancelled) note_trouble(reply.why);
        return reply;
    }
    reply.told = read_answer(answer->status, answer->body);
    if (auto wait = answer->retry_after(wall_now())) reply.after = *wait;
    if (reply.ok()) {
        reply.body = std::move(answer->body);
        last_success_ = wall_now();
        last_error_.clear();
        if (!std::exchange(answering_, true)) log::info("zoho", "Zoho answers again");
        return reply;
    }
    path = path.substr(0, path.find('?'));
    auto words = reply.told.code;
    if (!reply.told.text.empty() && reply.told.text != words) words += (words.empty() ? "" : ": ") + reply.told.text;
    reply.why = reply.told.verdict == Verdict::unreadable
                    ? fmt::format("Zoho's place was taken by something that answered {} with no JSON (a proxy?)",
                                  answer->status)
                    : fmt::format("Zoho answered {} to {}{}{}", answer->status, path, words.empty() ? "" : ": ", words);
    switch (reply.told.verdict) {
    case Verdict::throttled: ++counters_.throttled; [[fallthrough]];
    case Verdict::not_integrated: last_error_ = reply.why; break;
    case Verdict::unavailable:
    case Verdict::unreadable: note_trouble(reply.why); break;
    default:
        last_error_ = reply.why;
        if (!std::exchange(answering_, true)) log::info("zoho", "Zoho answers again");
    }
    return reply;
}

} // namespace lamp::zoho
