// Requests to one service with one login: the token, a second try with a fresh one after a 401, and silence while the
// service asks for fewer requests (cloud-apis.md A12, F4). Everything else is tried once. Egress loop, or a command's
// own.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/calendars/options.hpp"
#include "base/backoff.hpp"
#include "http/oauth.hpp"
#include "http/pool.hpp"
#include "loop/loop.hpp"

namespace lamp::calendars {

/// What a refusal tells in the service's own words.
struct ApiRefusal {
    std::string code;
    std::string text;   // the code and what else may help whoever reads it
    bool fewer = false; // whatever the status: it asks for fewer requests
};

struct ApiVoice {
    std::string_view name; // the service's, in sentences
    /// Nothing from a body that is not the service's own.
    std::optional<ApiRefusal> (*read)(std::string_view body);
};

struct ApiReply {
    int status = 0; // 0: no answer
    std::string body{};
    std::string code{};           // of a refusal
    std::optional<Error> error{}; // nothing: a 2xx with JSON, or with nothing
};

class ApiClient {
public:
    /// `api` is the address that targets lie below. Category::invalid for a login that cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<ApiClient>> make(const http::Client& client, http::Url api,
                                                                 http::TokenOptions login, ApiVoice voice);

    /// `target` lies below the API's address; or it is a link of the service's own, of which host and port are not
    /// looked at: gateways seldom rewrite links, and the token goes nowhere else. Errors as Provider::read.
    [[nodiscard]] Task<ApiReply> get(std::string target, http::Headers headers = {});
    [[nodiscard]] Task<ApiReply> post(std::string target, std::string body);
    [[nodiscard]] Task<ApiReply> patch(std::string target, std::string body);
    /// What it may do stands in the token, and may have been granted since.
    void renew_token() { tokens_.renew(); }
    void close();

    [[nodiscard]] http::TokenReport token() const { return tokens_.report(); }

private:
    ApiClient(const http::Client& client, http::Url api, http::TokenSource tokens, ApiVoice voice);
    [[nodiscard]] Task<ApiReply> send_json(http::Method method, std::string target, std::string body);
    [[nodiscard]] Task<ApiReply> send(http::Request request);
    [[nodiscard]] ApiReply digest(Result<http::Answer> answer);
    void refuse(ApiReply& reply, const http::Answer& answer);

    http::Url api_;
    http::Pool pool_;
    http::TokenSource tokens_;
    ApiVoice voice_;
    Backoff throttle_{milliseconds(1'000), milliseconds(300'000)};
    Steady silent_until_{};
    Error last_refusal_{Category::throttled, ""};
};

/// The connection settings of the options.
[[nodiscard]] Result<http::Client> wire_of(Loop& loop, const CalendarOptions& options);

} // namespace lamp::calendars
