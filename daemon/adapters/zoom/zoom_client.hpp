// One account of Zoom's REST API: the token, the budget, and what throttling and outages ask of everybody who speaks to
// it. It tries once; whoever calls owns the repetition. Lives on the egress loop.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "adapters/zoom/options.hpp"
#include "base/backoff.hpp"
#include "base/budget.hpp"
#include "base/log.hpp"
#include "http/oauth.hpp"
#include "http/pool.hpp"
#include "loop/loop.hpp"

namespace lamp::zoom {

/// `error` is a whole sentence for everything but a 2xx with a JSON object.
struct ZoomReply {
    int status = 0; // 0: no answer
    std::string body{};
    std::optional<Error> error{}; // forbidden: also a 400 that says that the token lacks a scope
    Wall asked{};                 // when the question was sent, by Zoom's clock; rather too early than too late

    [[nodiscard]] bool ok() const { return !error; }
};

struct ZoomCounters {
    std::uint64_t requests = 0;
    std::uint64_t throttled = 0;
    std::uint64_t failed = 0; // no answer, 5xx, HTML
};

class ZoomClient {
public:
    /// Category::invalid: a URL, file or proxy that cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<ZoomClient>> make(Loop& loop, const ZoomOptions& options);

    /// Waits for the budget, then asks once (twice after a 401). `target` begins with "/": "/users?page_size=300".
    [[nodiscard]] Task<ZoomReply> get(std::string target);
    /// Ends all waiting; later calls are refused.
    void stop();

    /// Zoom's clock, as far as its login host tells it.
    [[nodiscard]] Wall server_now() const { return wall_now() + tokens_.report().skew; }
    [[nodiscard]] bool login_refused() const { return login_refused_; }
    /// False after no answer, 5xx or HTML until the next good one.
    [[nodiscard]] bool answering() const { return !failing_; }
    /// Zoom has asked for silence longer than a minute: until then.
    [[nodiscard]] std::optional<Wall> silent_until() const;
    [[nodiscard]] std::optional<Wall> last_success() const { return last_success_; }
    [[nodiscard]] const std::string& last_error() const { return last_error_; }
    [[nodiscard]] const ZoomCounters& counters() const { return counters_; }

private:
    ZoomClient(Loop& loop, const http::Client& client, const http::Url& api, http::TokenSource tokens,
               double per_second);
    [[nodiscard]] Task<bool> acquire();
    [[nodiscard]] ZoomReply digest(Result<http::Answer> answer);
    void digest_error(ZoomReply& reply, const http::Answer& answer);
    void fail_login(ZoomReply& reply, const Error& error);
    void throttled(const http::Answer& answer);
    void note_outage(const std::string& why);
    void note_success();

    http::Url api_;
    std::string prefix_;
    http::Pool pool_;
    http::TokenSource tokens_;
    Budget budget_;
    Bell bell_;
    Backoff outage_{milliseconds(1000), milliseconds(60'000)};
    Backoff throttle_{milliseconds(1000), milliseconds(60'000)};
    Steady closed_until_{};
    bool failing_ = false;
    bool login_refused_ = false;
    bool stopped_ = false;
    std::optional<Wall> silent_until_;
    std::optional<Wall> last_success_;
    std::string last_error_;
    ZoomCounters counters_;
    log::OncePerMinute complaint_;
};

} // namespace lamp::zoom
