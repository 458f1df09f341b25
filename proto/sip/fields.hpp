// The values of header fields: addresses, Via, CSeq, Event, Subscription-State, media types, lists, numbers. Views into
// the text they came in; nothing is unescaped until it is asked for. Pure. RFC 3261 20 and 25.1, RFC 3581, RFC
// 6665 8.4.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/sip/cursor.hpp"
#include "proto/sip/uri.hpp"
#include "proto/sip/words.hpp"

namespace lamp::sip {

struct Parameter {
    std::string_view name;
    std::string_view value; // a quoted one with its quotes
    bool has_value = false;
};

/// What follows a value: ";name=value;name …". Checked once when it is taken, walked again when something is asked.
class Parameters {
public:
    /// Takes as many as come. White space around ";" and "=" is allowed, an empty parameter is not.
    [[nodiscard]] static Parsed<Parameters> take(Cursor& cursor);

    /// The first of that name, without regard to case; quotes are left on.
    [[nodiscard]] std::optional<Parameter> find(std::string_view name) const;
    /// Value of that parameter; empty if there is none.
    [[nodiscard]] std::string_view value(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
    [[nodiscard]] std::string_view text() const { return text_; }
    template <class Each>
    void each(Each each) const {
        Cursor cursor(text_);
        while (auto parameter = next(cursor))
            each(*parameter);
    }

private:
    [[nodiscard]] static std::optional<Parameter> next(Cursor& cursor);
    std::string_view text_;
};

/// name-addr or addr-spec with what follows: From, To, Contact, Route … Without angle brackets all parameters are the
/// header's (RFC 3261 20.10).
struct Address {
    std::string_view display; // as it came: quoted with its quotes, or words
    Uri uri;
    Parameters parameters;
    bool bracketed = false;

    [[nodiscard]] std::string_view tag() const { return parameters.value("tag"); }
    [[nodiscard]] std::string display_text() const; // without quotes and escapes
};
[[nodiscard]] Parsed<Address> parse_address(std::string_view text);

enum class Transport : std::uint8_t { udp, tcp, tls, ws, wss, other };
[[nodiscard]] Transport transport(std::string_view text); // any case
[[nodiscard]] std::string_view name(Transport transport); // "UDP"; empty for `other`

struct Via {
    Transport transport = Transport::other;
    std::string_view transport_text;
    HostPort sent_by;
    Parameters parameters;

    /// The branch; empty if there is none or only the bare cookie (RFC 4475 3.2.1): both make an RFC 2543 transaction.
    [[nodiscard]] std::string_view branch() const;
    [[nodiscard]] bool wants_rport() const { return parameters.has("rport"); }
    [[nodiscard]] std::optional<std::uint16_t> rport() const;
    [[nodiscard]] std::string_view received() const; // brackets of an IPv6 address are taken off (RFC 5118 4.5)
    [[nodiscard]] bool magic() const { return !branch().empty() && branch().starts_with("z9hG4bK"); }
};
[[nodiscard]] Parsed<Via> parse_via(std::string_view text);

struct CSeq {
    std::uint32_t number = 0; // below 2^31
    Method method = Method::other;
    std::string_view method_text;
};
[[nodiscard]] Parsed<CSeq> parse_cseq(std::string_view text);

/// "dialog;id=7", "active;expires=600", "application/sdp;charset=utf-8", "text/*;q=0.3": a word and parameters.
struct Worded {
    std::string_view word; // of a media type both halves with the slash, white space around it left out or refused
    Parameters parameters;
};
[[nodiscard]] Parsed<Worded> parse_event(std::string_view text); // RFC 6665 8.4; case matters
[[nodiscard]] Parsed<Worded> parse_subscription_state(std::string_view text);
[[nodiscard]] Parsed<Worded> parse_media_type(std::string_view text); // "*/*" too

/// Seconds as in Expires; what is beyond 32 bits counts as 2^32 - 1 (RFC 4475 3.1.2.4 allows it). Nothing if no number.
[[nodiscard]] std::optional<std::uint32_t> parse_seconds(std::string_view text);

/// Retry-After: the seconds before a comment or parameters. Nothing if no number comes first.
[[nodiscard]] std::optional<std::uint32_t> parse_retry_after(std::string_view text);

/// The next element of a comma list, trimmed; commas in quotes and in angle brackets do not count. Takes it off `text`.
/// Nothing at the end. Empty elements come too: whether they are allowed is the caller's to know.
[[nodiscard]] std::optional<std::string_view> next_element(std::string_view& text);

/// The text of a quoted string without quotes and escapes; anything else as it is.
[[nodiscard]] std::string unquoted(std::string_view text);
/// Appends `text` as a quoted string. Control characters, line breaks with them, are dropped.
void append_quoted(std::string& out, std::string_view text);
[[nodiscard]] std::string_view trimmed(std::string_view text);

} // namespace lamp::sip
