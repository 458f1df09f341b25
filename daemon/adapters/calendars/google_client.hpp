// Requests to one Google API with one login: the token, a second try with a fresh one after a 401, and silence while
// Google asks for fewer requests (cloud-apis.md F4). Everything else is tried once. Egress loop, or a command's own.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "adapters/calendars/options.hpp"
#include "base/backoff.hpp"
#include "http/oauth.hpp"
#include "http/pool.hpp"
#include "loop/loop.hpp"

namespace lamp::calendars {

struct GoogleReply {
    int status = 0; // 0: no answer
    std::string body{};
    std::optional<Error> error{}; // nothing: a 2xx with JSON, or with nothing
};

class GoogleClient {
public:
    /// `options` gives the addresses, certificates and proxy; `login` the grant. Category::invalid when one of them
    /// cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<GoogleClient>> make(Loop& loop, const CalendarOptions& options,
                                                                    http::TokenOptions login);

    /// `target` lies below api_url. Errors as Provider::read.
    [[nodiscard]] Task<GoogleReply> get(std::string target);
    [[nodiscard]] Task<GoogleReply> post(std::string target, std::string body);
    void close();

    [[nodiscard]] http::TokenReport token() const { return tokens_.report(); }

private:
    GoogleClient(http::Client client, http::Url api, http::TokenSource tokens);
    [[nodiscard]] Task<GoogleReply> send(http::Request request);
    [[nodiscard]] GoogleReply digest(Result<http::Answer> answer);
    [[nodiscard]] Error refusal(const http::Answer& answer);

    http::Url api_;
    std::string prefix_;
    http::Pool pool_;
    http::TokenSource tokens_;
    Backoff throttle_{milliseconds(1'000), milliseconds(300'000)};
    Steady silent_until_{};
    std::string last_refusal_;
};

/// "https://oauth2.googleapis.com" and "token" -> the address of the endpoint.
[[nodiscard]] std::string google_endpoint(const CalendarOptions& options, std::string_view what);
/// The connection settings of the options.
[[nodiscard]] Result<http::Client> google_wire(Loop& loop, const CalendarOptions& options);

} // namespace lamp::calendars
