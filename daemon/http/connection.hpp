// One connection to one origin: TCP, perhaps a proxy, perhaps TLS, then requests and answers in turn (RFC 9112).
// Lives on one loop; every call comes from it. One operation at a time. It tries once: `Pool` owns the repetition.
// It may be destroyed while an operation is pending; that operation then ends with Category::cancelled.
#pragma once
#include <cstdint>
#include <memory>

#include "base/errors.hpp"
#include "http/client.hpp"
#include "http/cookies.hpp"
#include "http/decoder.hpp"
#include "http/message.hpp"
#include "http/resolver.hpp"
#include "http/url.hpp"
#include "loop/loop.hpp"

namespace lamp::http {

class Connection {
public:
    /// `jar`, when given, outlives the connection: its cookies are sent, the answers' are stored.
    explicit Connection(const Client& client, CookieJar* jar = nullptr);
    ~Connection();
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;

    /// Once per connection. Looks the host up unless there is a pin, tries the addresses 250 ms apart, speaks to the
    /// proxy, shakes hands. The pin does not apply behind a proxy, which does its own look-up.
    /// Errors: network (with the place and the way out, for certificates too), timeout, cancelled, limit, protocol,
    /// unauthorised (the proxy's 407) and forbidden (ClientOptions::public_only).
    [[nodiscard]] Task<Result<void>> connect(Url url, Pin pin = {});

    /// One request, one whole answer. Any status is an answer; nothing is followed. Errors: network (lost, cut short),
    /// timeout, protocol (no HTTP), limit (header or body too long), invalid (unusable request), cancelled.
    /// After an error the connection is closed.
    [[nodiscard]] Task<Result<Answer>> exchange(const Request& request);

    /// Sends the request and reads up to the end of the header within the request's limit; the body is left to
    /// `read_more` or `read_rest`. Interim answers (1xx) are passed over.
    [[nodiscard]] Task<Result<Head>> open(const Request& request);
    /// Gives the sink what has arrived, or else waits for one read of the socket. True: the body has ended. No limit
    /// on the body's length; `limit` is the longest silence. Does not allocate once it has run a few times.
    [[nodiscard]] Task<Result<bool>> read_more(BodySink& sink, milliseconds limit);
    /// The remaining body in one piece, at most ClientOptions::body_bytes, within `limit`.
    [[nodiscard]] Task<Result<Answer>> read_rest(Head head, milliseconds limit);

    /// Ends everything at once, also a pending operation, which then says Category::cancelled.
    void close();

    /// Connected, nothing pending, the peer has not closed, its Keep-Alive time is not nearly over.
    [[nodiscard]] bool reusable(Steady now) const;
    /// When an idle connection is to be thrown away; Steady::max() if the peer told no time.
    [[nodiscard]] Steady idle_until() const;
    /// The last exchange failed before a single byte of an answer came, on a connection that had served before: the
    /// peer closed it between two requests. A repeatable request may be sent once more, on a new connection.
    [[nodiscard]] bool died_unanswered() const;

    [[nodiscard]] const Url& url() const;
    /// Where it is connected to (the proxy, if there is one); a channel keeps it as its Pin.
    [[nodiscard]] Pin endpoint() const;
    [[nodiscard]] bool tls_resumed() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace lamp::http
