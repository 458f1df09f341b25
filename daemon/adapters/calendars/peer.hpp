// One server of CalDAV calendars or feeds: its connections, our login (Basic, or Digest where it asks for that,
// RFC 7616), redirections within it, and silence while it wants to be left alone. One attempt. Egress loop.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapters/calendars/options.hpp"
#include "http/pool.hpp"
#include "loop/loop.hpp"

namespace lamp::calendars {

class Peer {
public:
    static constexpr milliseconds request_limit{60'000}; // Radicale reads a large calendar for as long, once
    static constexpr seconds silence_default{30};
    static constexpr seconds silence_longest{3600}; // whatever a server says, or a date of a clock that is wrong

    /// Certificates, proxy and login of the options; answers longer than `body_bytes` are Category::limit.
    [[nodiscard]] static Result<std::unique_ptr<Peer>> make(Loop& loop, const CalendarOptions& options,
                                                            const http::Url& at, std::size_t body_bytes);

    /// Answers that mean something to the caller: 2xx that is no web page, 304, 4xx, 501 and 507; `Answer::url` says
    /// where it ended. Errors: unauthorised (after a second try where a challenge asks for one), throttled (429, and
    /// 503 with Retry-After; nothing more is sent until that is over), unavailable (5xx), protocol (HTML, redirections
    /// without end), forbidden (a redirection to another server), and those of http.
    [[nodiscard]] Task<Result<http::Answer>> ask(http::Request request);
    /// One request without login or following.
    [[nodiscard]] Task<Result<http::Answer>> ask_openly(http::Request request);
    /// From now on the same login is used there: only for what RFC 6764 lets a server say of itself.
    void move_to(const http::Url& origin);
    /// Ends what is under way, and everything later, as cancelled.
    void close();

    /// An answer that `ask` gave, but its caller has no use for, as an error.
    [[nodiscard]] Error refusal(const http::Answer& answer) const;
    /// What to ask for to get at an href or Location of this server. Category::not_found when it is another's.
    [[nodiscard]] Result<std::string> target_of(std::string_view href) const;
    [[nodiscard]] const http::Url& origin() const { return pool_.origin(); }

private:
    struct Challenge {
        std::string header; // WWW-Authenticate; sip::Challenge looks into it
        std::uint32_t used = 0;
    };

    Peer(http::Client client, const http::Url& at, const CalendarOptions& options);
    [[nodiscard]] Task<Result<http::Answer>> ask_logged_in(http::Request request);
    [[nodiscard]] Result<http::Answer> judge(http::Answer answer);
    [[nodiscard]] Secret authorization(const http::Request& request);
    [[nodiscard]] bool take_challenge(const http::Head& head);

    http::Client client_;
    http::Pool pool_;
    bool closed_ = false;
    std::string username_;
    Secret password_;
    std::optional<Challenge> digest_{};
    Steady silent_until_{};
    std::string silent_why_{};
};

} // namespace lamp::calendars
