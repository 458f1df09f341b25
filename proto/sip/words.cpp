#include "proto/sip/words.hpp"

#include <array>

#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

constexpr std::array<std::string_view, method_count> methods{"",          "INVITE",   "ACK",   "BYE",     "CANCEL",
                                                             "OPTIONS",   "REGISTER", "INFO",  "MESSAGE", "NOTIFY",
                                                             "SUBSCRIBE", "PUBLISH",  "PRACK", "UPDATE",  "REFER"};

struct Word {
    Header id;
    std::string_view name;
    char compact; // 0: none
    bool once;
};

// In the order of the enum.
constexpr std::array<Word, header_count> headers{{
    {Header::other, "", 0, false},
    {Header::accept, "Accept", 0, false},
    {Header::accept_contact, "Accept-Contact", 'a', false},
    {Header::accept_encoding, "Accept-Encoding", 0, false},
    {Header::accept_language, "Accept-Language", 0, false},
    {Header::alert_info, "Alert-Info", 0, false},
    {Header::allow, "Allow", 0, false},
    {Header::allow_events, "Allow-Events", 'u', false},
    {Header::authentication_info, "Authentication-Info", 0, false},
    {Header::authorization, "Authorization", 0, false},
    {Header::call_id, "Call-ID", 'i', true},
    {Header::call_info, "Call-Info", 0, false},
    {Header::contact, "Contact", 'm', false},
    {Header::content_disposition, "Content-Disposition", 0, true},
    {Header::content_encoding, "Content-Encoding", 'e', false},
    {Header::content_id, "Content-ID", 0, true},
    {Header::content_language, "Content-Language", 0, false},
    {Header::content_length, "Content-Length", 'l', true},
    {Header::content_type, "Content-Type", 'c', true},
    {Header::cseq, "CSeq", 0, true},
    {Header::date, "Date", 0, false},
    {Header::event, "Event", 'o', true},
    {Header::expires, "Expires", 0, true},
    {Header::from, "From", 'f', true},
    {Header::identity, "Identity", 'y', false},
    {Header::identity_info, "Identity-Info", 'n', false},
    {Header::max_forwards, "Max-Forwards", 0, true},
    {Header::mime_version, "MIME-Version", 0, true},
    {Header::min_expires, "Min-Expires", 0, true},
    {Header::min_se, "Min-SE", 0, true},
    {Header::organization, "Organization", 0, false},
    {Header::p_asserted_identity, "P-Asserted-Identity", 0, false},
    {Header::p_preferred_identity, "P-Preferred-Identity", 0, false},
    {Header::path, "Path", 0, false},
    {Header::privacy, "Privacy", 0, false},
    {Header::proxy_authenticate, "Proxy-Authenticate", 0, false},
    {Header::proxy_authorization, "Proxy-Authorization", 0, false},
    {Header::proxy_require, "Proxy-Require", 0, false},
    {Header::reason, "Reason", 0, false},
    {Header::record_route, "Record-Route", 0, false},
    {Header::refer_to, "Refer-To", 'r', true},
    {Header::referred_by, "Referred-By", 'b', true},
    {Header::reject_contact, "Reject-Contact", 'j', false},
    {Header::replaces, "Replaces", 0, true},
    {Header::request_disposition, "Request-Disposition", 'd', false},
    {Header::require, "Require", 0, false},
    {Header::retry_after, "Retry-After", 0, true},
    {Header::route, "Route", 0, false},
    {Header::server, "Server", 0, false},
    {Header::session_expires, "Session-Expires", 'x', true},
    {Header::sip_etag, "SIP-ETag", 0, true},
    {Header::sip_if_match, "SIP-If-Match", 0, true},
    {Header::subject, "Subject", 's', false},
    {Header::subscription_state, "Subscription-State", 0, true},
    {Header::supported, "Supported", 'k', false},
    {Header::suppress_if_match, "Suppress-If-Match", 0, true},
    {Header::timestamp, "Timestamp", 0, false},
    {Header::to, "To", 't', true},
    {Header::unsupported, "Unsupported", 0, false},
    {Header::user_agent, "User-Agent", 0, false},
    {Header::via, "Via", 'v', false},
    {Header::warning, "Warning", 0, false},
    {Header::www_authenticate, "WWW-Authenticate", 0, false},
}};

constexpr std::size_t name_bytes_max = 20;

constexpr bool in_order() {
    for (std::size_t i = 0; i < headers.size(); ++i)
        if (static_cast<std::size_t>(headers[i].id) != i || headers[i].name.size() > name_bytes_max) return false;
    return true;
}
static_assert(in_order());

// Names by their length, so that a look-up compares a handful: `first[n]` is where names of n bytes begin in `order`.
struct ByLength {
    std::array<std::uint8_t, name_bytes_max + 2> first{};
    std::array<std::uint8_t, header_count> order{};
};
constexpr ByLength by_length = [] {
    ByLength out;
    std::uint8_t filled = 0;
    for (std::size_t length = 0; length <= name_bytes_max; ++length) {
        out.first[length] = filled;
        for (std::size_t i = 0; i < headers.size(); ++i)
            if (headers[i].name.size() == length) out.order[filled++] = static_cast<std::uint8_t>(i);
    }
    out.first[name_bytes_max + 1] = filled;
    return out;
}();

struct Phrase {
    int status;
    std::string_view text;
};
constexpr std::array phrases{
    Phrase{100, "Trying"},
    Phrase{180, "Ringing"},
    Phrase{200, "OK"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Notification"},
    Phrase{302, "Moved Temporarily"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{406, "Not Acceptable"},
    Phrase{407, "Proxy Authentication Required"},
    Phrase{408, "Request Timeout"},
    Phrase{410, "Gone"},
    Phrase{412, "Conditional Request Failed"},
    Phrase{413, "Request Entity Too Large"},
    Phrase{414, "Request-URI Too Long"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{416, "Unsupported URI Scheme"},
    Phrase{420, "Bad Extension"},
    Phrase{421, "Extension Required"},
    Phrase{422, "Session Interval Too Small"},
    Phrase{423, "Interval Too Brief"},
    Phrase{480, "Temporarily Unavailable"},
    Phrase{481, "Call/Transaction Does Not Exist"},
    Phrase{482, "Loop Detected"},
    Phrase{483, "Too Many Hops"},
    Phrase{486, "Busy Here"},
    Phrase{487, "Request Terminated"},
    Phrase{488, "Not Acceptable Here"},
    Phrase{489, "Bad Event"},
    Phrase{491, "Request Pending"},
    Phrase{500, "Server Internal Error"},
    Phrase{501, "Not Implemented"},
    Phrase{503, "Service Unavailable"},
    Phrase{504, "Server Time-out"},
    Phrase{505, "Version Not Supported"},
    Phrase{513, "Message Too Large"},
    Phrase{603, "Decline"},
    Phrase{604, "Does Not Exist Anywhere"},
};
constexpr std::array<std::string_view, 7> classes{
    "", "Progress", "Success", "Redirection", "Request Failure", "Server Failure", "Global Failure"};

} // namespace

Method method(std::string_view text) {
    for (std::size_t i = 1; i < methods.size(); ++i)
        if (methods[i] == text) return static_cast<Method>(i);
    return Method::other;
}

std::string_view name(Method method) {
    return methods.at(static_cast<std::size_t>(method));
}

Header header(std::string_view text) {
    if (text.size() == 1) {
        const char compact = static_cast<char>(text[0] | 0x20);
        for (const Word& word : headers)
            if (word.compact != 0 && word.compact == compact) return word.id;
        return Header::other;
    }
    if (text.empty() || text.size() > name_bytes_max) return Header::other;
    for (std::size_t i = by_length.first[text.size()]; i < by_length.first[text.size() + 1]; ++i) {
        const Word& word = headers[by_length.order[i]];
        if (text::same_letters(word.name, text)) return word.id;
    }
    return Header::other;
}

std::string_view name(Header header) {
    return headers.at(static_cast<std::size_t>(header)).name;
}

bool only_once(Header header) {
    return headers.at(static_cast<std::size_t>(header)).once;
}

std::string_view reason_phrase(int status) {
    for (const Phrase& phrase : phrases)
        if (phrase.status == status) return phrase.text;
    const int group = status / 100;
    return group >= 1 && group <= 6 ? classes.at(static_cast<std::size_t>(group)) : std::string_view();
}

} // namespace lamp::sip
