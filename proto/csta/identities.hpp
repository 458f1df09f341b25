// Devices and connections as CSTA names them (ECMA-269 6.1.3, 6.1.4; ECMA-323 device-identifiers). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lamp::csta {

/// Kept as it came. Forms: plain digits, "tel:" and "sip:" URIs, "N<digits>name" (ECMA-269's switching function
/// representation), "number:switch:address:0" (Avaya); or what a switching function calls it.
struct DeviceId {
    std::string raw;
    std::string type_of_number{}; // attribute as it came, for example "dialingNumber"; empty: not given
    bool operator==(const DeviceId&) const = default;
    [[nodiscard]] bool empty() const { return raw.empty(); }
};

/// What one could dial or look up: "tel:" without visual separators (RFC 3966), the user part of "sip:"
/// (percent-decoded, no password), what stands between "<" and ">", what stands before Avaya's ":", else the text;
/// parameters are dropped.
[[nodiscard]] std::string dialable(std::string_view raw);
/// The same with the host of a "sip:" URI, for devices that are named like addresses ("alice@example.net").
[[nodiscard]] std::string address(std::string_view raw);

struct Connection {
    std::string call_id;
    DeviceId device{}; // empty: only the call is named
    bool operator==(const Connection&) const = default;
};

/// One side of a call in an event.
struct Party {
    enum class Kind : unsigned char {
        not_known,
        restricted,   // wants to stay unknown
        not_required, // lastRedirectionDevice only: there was no redirection
        known,
    };
    Kind kind = Kind::not_known;
    DeviceId device{};
    bool operator==(const Party&) const = default;

    [[nodiscard]] static Party known(std::string device) { return {Kind::known, {std::move(device)}}; }
    [[nodiscard]] static Party restricted() { return {Kind::restricted}; }
    [[nodiscard]] static Party not_required() { return {Kind::not_required}; }
};

} // namespace lamp::csta
