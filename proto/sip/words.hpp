// The words of SIP that become enums: methods, header names with their compact forms, reason phrases. Pure.
// RFC 3261 7, 20, 21; RFC 6665, 3903, 3515, 3262, 3311, 3428, 6086.
#pragma once
#include <cstdint>
#include <string_view>

namespace lamp::sip {

enum class Method : std::uint8_t {
    other,
    invite,
    ack,
    bye,
    cancel,
    options,
    registering, // REGISTER
    info,
    message,
    notify,
    subscribe,
    publish,
    prack,
    update,
    refer,
};
inline constexpr std::size_t method_count = 15;

[[nodiscard]] Method method(std::string_view text); // case matters (RFC 3261 7.1)
[[nodiscard]] std::string_view name(Method method); // empty for `other`

enum class Header : std::uint8_t {
    other,
    accept,
    accept_contact,
    accept_encoding,
    accept_language,
    alert_info,
    allow,
    allow_events,
    authentication_info,
    authorization,
    call_id,
    call_info,
    contact,
    content_disposition,
    content_encoding,
    content_id,
    content_language,
    content_length,
    content_type,
    cseq,
    date,
    event,
    expires,
    from,
    identity,
    identity_info,
    max_forwards,
    mime_version,
    min_expires,
    min_se,
    organization,
    p_asserted_identity,
    p_preferred_identity,
    path,
    privacy,
    proxy_authenticate,
    proxy_authorization,
    proxy_require,
    reason,
    record_route,
    refer_to,
    referred_by,
    reject_contact,
    replaces,
    request_disposition,
    require,
    retry_after,
    route,
    server,
    session_expires,
    sip_etag,
    sip_if_match,
    subject,
    subscription_state,
    supported,
    suppress_if_match,
    timestamp,
    to,
    unsupported,
    user_agent,
    via,
    warning,
    www_authenticate,
};
inline constexpr std::size_t header_count = 63;

[[nodiscard]] Header header(std::string_view text); // any case, compact forms too
[[nodiscard]] std::string_view name(Header header); // as the RFCs write it; empty for `other`
/// May stand only once in a message, and holds one value: twice is a request that two readers read differently.
[[nodiscard]] bool only_once(Header header);

/// "Not Found" for 404; for numbers that no RFC names, the word of their class.
[[nodiscard]] std::string_view reason_phrase(int status);

} // namespace lamp::sip
