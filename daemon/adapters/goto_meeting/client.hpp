// One account's GoTo: the token and one request at a time. It tries once, with a fresh token after a 401; whoever calls
// owns the repetition. Lives on the egress loop.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "adapters/goto_meeting/options.hpp"
#include "http/oauth.hpp"
#include "http/pool.hpp"
#include "loop/loop.hpp"

namespace lamp::goto_meeting {

/// What came of one request. `error` is a whole sentence for everything but a 2xx with JSON.
struct Reply {
    int status = 0; // 0: no answer
    std::string body{};
    std::optional<Error> error{};
    milliseconds after{0}; // not earlier than this, if GoTo said so
    bool login = false;    // the error is the login's

    [[nodiscard]] bool ok() const { return !error; }
};

struct Counters {
    std::uint64_t requests = 0;
    std::uint64_t throttled = 0;
    std::uint64_t failed = 0; // no answer, 5xx, no JSON
};

class Client {
public:
    /// Category::invalid: an address, proxy or file of certificates that cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Client>>
    make(Loop& loop, const GoToOptions& options, Secret refresh_token,
         std::function<Task<>(Secret refresh_token)> on_refresh_token);

    /// Makes sure that there is a token; nothing in the answer but why not.
    [[nodiscard]] Task<Reply> log_in();
    /// `path` stands below api_url: "/upcomingMeetings".
    [[nodiscard]] Task<Reply> get(std::string path);
    void stop();

    /// Whom the token stands for, as an e-mail address in lower case; empty: not told.
    [[nodiscard]] std::string owner() const;
    /// A token is being asked for: whoever goes away now loses the new refresh token.
    [[nodiscard]] bool logging_in() const { return tokens_.report().fetching; }
    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] bool answering() const { return answering_; }
    [[nodiscard]] bool login_refused() const { return login_refused_; }
    [[nodiscard]] std::optional<Wall> last_success() const { return last_success_; }
    [[nodiscard]] const std::string& last_error() const { return last_error_; }

private:
    Client(http::Client client, const http::Url& api, http::TokenSource tokens);
    [[nodiscard]] Reply fail_login(const Error& error);
    [[nodiscard]] Reply digest(Result<http::Answer> answer);
    [[nodiscard]] Reply refuse(const http::Answer& answer);
    void note_trouble(const std::string& why);

    std::string prefix_;
    http::Pool pool_;
    http::TokenSource tokens_;
    bool answering_ = true;
    bool login_refused_ = false;
    std::optional<Wall> last_success_;
    std::string last_error_;
    Counters counters_;
};

} // namespace lamp::goto_meeting
