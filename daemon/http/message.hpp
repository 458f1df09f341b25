// What is asked and what is answered (RFC 9110). Values only: no loop, no socket.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/secret.hpp"

namespace lamp::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, propfind, report };

[[nodiscard]] std::string_view name(Method method);
/// All but POST and PATCH may be sent again when nobody knows whether they arrived (RFC 9110 section 9.2.2; RFC 4918
/// section 9.1 and RFC 3253 section 3.6 for those of WebDAV).
[[nodiscard]] bool idempotent(Method method);

/// Header fields in the order of the wire; names are compared without regard to case.
class Headers {
public:
    using Field = std::pair<std::string, std::string>;

    Headers() = default;
    Headers(std::initializer_list<Field> fields) : fields_(fields) {}

    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    /// The first field of that name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
    /// Whether a comma-separated field holds this token ("Connection: keep-alive, close").
    [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;

    [[nodiscard]] auto begin() const { return fields_.begin(); }
    [[nodiscard]] auto end() const { return fields_.end(); }
    [[nodiscard]] std::size_t size() const { return fields_.size(); }
    [[nodiscard]] bool empty() const { return fields_.empty(); }
    void clear() { fields_.clear(); }

private:
    std::vector<Field> fields_;
};

/// Host, Content-Length, Content-Type, Authorization, Cookie, User-Agent and Connection are written by the connection
/// and must not stand in `headers`. A line break in the target or in a field is refused (Category::invalid).
struct Request {
    Method method = Method::get;
    std::string target = "/"; // origin-form, already encoded: "/path?query"
    Headers headers{};
    std::string body{};
    std::string content_type{};  // empty: no Content-Type
    Secret authorization{};      // "Basic …", "Bearer …"; never logged
    milliseconds limit{0};       // from the first byte sent to the last one received; 0 = ClientOptions::answer_wait
    bool safe_to_repeat = false; // the caller knows that a POST or PATCH may arrive twice

    [[nodiscard]] bool repeatable() const { return safe_to_repeat || idempotent(method); }
};

/// Status line and header of an answer.
struct Head {
    int status = 0;
    std::string reason{};
    Headers headers{};

    [[nodiscard]] bool success() const { return status >= 200 && status < 300; }
    /// 301, 302, 303, 307 or 308 with a Location.
    [[nodiscard]] bool redirect() const;
    /// "text/xml" of "Text/XML; charset=UTF-8", in lower case; empty when there is none.
    [[nodiscard]] std::string media_type() const;
    /// "utf-8" of `charset="UTF-8"`, in lower case; empty when none is told.
    [[nodiscard]] std::string charset() const;
    /// Retry-After in seconds or as a date; nothing when absent or unreadable, never negative.
    [[nodiscard]] std::optional<seconds> retry_after(Wall now) const;
};

struct Answer : Head {
    std::string body{};
    milliseconds took{0}; // from the first byte sent to the last one received
    std::string url{};    // where the answer came from: differs from the request's after `follow`

    /// A web page where a machine's answer was due: an anti-robot shield, a captive portal, a proxy (xsi.md 2, 12.17).
    [[nodiscard]] bool looks_like_html() const;
};

/// The same question for the first bytes of a stream. XHTML counts as HTML; an XML declaration alone does not.
[[nodiscard]] bool looks_like_html(const Head& head, std::string_view first_bytes);

/// What a status of 300 or more is called: 401 unauthorised, 403 forbidden, 404 and 410 not_found, 409 conflict, 429
/// throttled, 3xx protocol, 5xx unavailable, else invalid.
[[nodiscard]] Category category_of(int status);

/// "Basic …" of a login (RFC 7617, UTF-8), for Request::authorization.
[[nodiscard]] Secret basic(std::string_view user, const Secret& password);
/// "Bearer …" (RFC 6750).
[[nodiscard]] Secret bearer(const Secret& token);
/// RFC 9110 section 5.6.7 dates (all three forms); nothing when unreadable.
[[nodiscard]] std::optional<Wall> parse_http_date(std::string_view text);

} // namespace lamp::http
