// One account's PhoneBridge: the token and one request at a time. It tries once, with a fresh token after a 401;
// whoever calls owns the repetition. Lives on the egress loop.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/zoho/options.hpp"
#include "adapters/zoho/token_gate.hpp"
#include "http/oauth.hpp"
#include "http/pool.hpp"
#include "loop/loop.hpp"
#include "proto/zoho/answers.hpp"

namespace lamp::zoho {

/// `why` is a whole sentence for everything but Verdict::done.
struct Reply {
    Told told{};
    std::string body{};
    std::string why{};
    milliseconds after{0}; // not earlier than this, if Zoho said so
    bool login = false;    // it is the login that is refused

    [[nodiscard]] bool ok() const { return told.verdict == Verdict::done; }
};

struct Counters {
    std::uint64_t requests = 0;
    std::uint64_t throttled = 0;
    std::uint64_t failed = 0; // no answer, 5xx, no JSON
    std::uint64_t tokens = 0; // asked for
};

class Client {
public:
    /// Category::invalid: an address, proxy or file of certificates that cannot be used. `gate_changed` keeps the
    /// gate's text.
    [[nodiscard]] static Result<std::unique_ptr<Client>> make(Loop& loop, const ZohoOptions& options,
                                                              Secret refresh_token, TokenGate gate,
                                                              std::function<void(std::string)> gate_changed);
    /// `path` stands below /phonebridge/v3/: "callnotify".
    [[nodiscard]] Task<Reply> ask(http::Method method, std::string path, std::string form = {});
    void stop();

    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] bool answering() const { return answering_; }
    [[nodiscard]] bool login_refused() const { return login_refused_; }
    [[nodiscard]] std::optional<Wall> last_success() const { return last_success_; }
    [[nodiscard]] const std::string& last_error() const { return last_error_; }

private:
    Client(http::Client client, const http::Url& api, http::TokenSource tokens, TokenGate gate,
           std::function<void(std::string)> gate_changed);
    [[nodiscard]] Task<Result<Secret>> token();
    [[nodiscard]] Reply fail_login(const Error& error);
    [[nodiscard]] Reply digest(Result<http::Answer> answer, std::string_view path);
    void note_trouble(const std::string& why);

    std::string prefix_;
    http::Pool pool_;
    http::TokenSource tokens_;
    TokenGate gate_;
    std::function<void(std::string)> gate_changed_;
    std::uint64_t fetches_ = 0;
    bool answering_ = true;
    bool login_refused_ = false;
    std::optional<Wall> last_success_;
    std::string last_error_;
    Counters counters_;
};

} // namespace lamp::zoho
