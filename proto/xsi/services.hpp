// The documents behind /user/{id}/services, profile and directories as values, read and written (xsi.md 8.1, 9.2 to
// 9.5). Pure. Readers take any order, prefix and unknown element, and refuse another root. Writers keep the schema's
// order and leave absent members out, because the server keeps what a PUT does not name.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "proto/xsi/event.hpp"

namespace lamp::xsi {

/// A settable number: absent = not told, and left as it is by a PUT; empty = none, written as nil; else plain.
using Number = std::optional<std::string>;

/// "tel:+31-20 123 0002;ext=2" -> "+31201230002", "2002" -> "2002"; whatever is no telephone number (a sip: URI) stays.
[[nodiscard]] std::string plain_number(std::string_view address);
/// What a platform may be asked to call or to forward to: 1 to 30 of 0-9*#+, such a tel: URI, or a sip: URI with a
/// user part of at most 161 characters (xsi.md 11).
[[nodiscard]] bool dialable(std::string_view address);

// --- settings: read with read_service<T>, written with write_service

struct DoNotDisturb {
    static constexpr std::string_view path = "DoNotDisturb";
    bool active = false; // absent = inactive, here and below
    std::optional<bool> ring_splash{};
    bool operator==(const DoNotDisturb&) const = default;
};

struct CallForwardingAlways {
    static constexpr std::string_view path = "CallForwardingAlways";
    bool active = false;
    Number forward_to{};
    std::optional<bool> ring_splash{};
    bool operator==(const CallForwardingAlways&) const = default;
};

struct CallForwardingBusy {
    static constexpr std::string_view path = "CallForwardingBusy";
    bool active = false;
    Number forward_to{};
    bool operator==(const CallForwardingBusy&) const = default;
};

struct CallForwardingNoAnswer {
    static constexpr std::string_view path = "CallForwardingNoAnswer";
    bool active = false;
    Number forward_to{};
    std::optional<int> rings{}; // 0, 2 to 20
    bool operator==(const CallForwardingNoAnswer&) const = default;
};

struct CallForwardingNotReachable {
    static constexpr std::string_view path = "CallForwardingNotReachable";
    bool active = false;
    Number forward_to{};
    bool operator==(const CallForwardingNotReachable&) const = default;
};

/// Read only: its criteria are the user's own.
struct CallForwardingSelective {
    static constexpr std::string_view path = "CallForwardingSelective";
    bool active = false;
    Number forward_to{};
    bool operator==(const CallForwardingSelective&) const = default;
};

struct CommPilotExpress {
    enum class Profile : std::uint8_t {
        unknown, // a word that we do not know; not writable
        none,    // nil: the service is off
        available_in_office,
        available_out_of_office,
        busy,
        unavailable,
    };
    static constexpr std::string_view path = "CommPilotExpress";
    Profile profile = Profile::none; // what each profile does stays as the user set it
    // Where the profile in force sends every call; read only, and not told for available_in_office.
    bool to_voicemail = false;
    std::string forwards_to{};
    bool operator==(const CommPilotExpress&) const = default;
};

struct RemoteOffice {
    static constexpr std::string_view path = "RemoteOffice";
    bool active = false;
    Number number{};
    bool operator==(const RemoteOffice&) const = default;
};

/// Read only. Active when any location is.
struct BroadWorksAnywhere {
    struct Location {
        std::string number;
        bool active = false;
        std::string uri; // its own document, relative to the actions root
        bool operator==(const Location&) const = default;
    };
    static constexpr std::string_view path = "BroadWorksAnywhere";
    bool active = false;
    std::vector<Location> locations{};
    bool operator==(const BroadWorksAnywhere&) const = default;
};

/// Whom a ring service calls besides the user's own phone.
struct RingLocation {
    std::string number;
    std::optional<int> rings{};    // sequential only: 0, 2 to 20
    std::optional<bool> confirm{}; // the answerer must press a key
    bool operator==(const RingLocation&) const = default;
};

/// A named rule for which calls a service works; made on the web portal only.
struct Criterion {
    std::string name;
    bool active = false;
    std::string uri{}; // not written
    bool operator==(const Criterion&) const = default;
};

/// Has no switch of its own: it works while one of its criteria is active.
struct SequentialRing {
    static constexpr std::string_view path = "SequentialRing";
    static constexpr std::size_t locations_max = 5;
    std::optional<bool> own_phone_first{};
    std::optional<int> own_rings{}; // 0, 2 to 20
    std::optional<bool> go_on_when_busy{};
    std::optional<bool> caller_may_stop{};
    /// Absent = not told, and left as they are by a PUT; given = all five places, the unused ones being cleared.
    std::optional<std::vector<RingLocation>> locations{};
    std::vector<Criterion> criteria{};
    [[nodiscard]] bool active() const;
    bool operator==(const SequentialRing&) const = default;
};

struct SimultaneousRingPersonal {
    static constexpr std::string_view path = "SimultaneousRingPersonal";
    bool active = false;
    std::optional<bool> not_on_a_call{};                  // "Do not Ring if on a Call"
    std::optional<std::vector<RingLocation>> locations{}; // as in SequentialRing
    bool operator==(const SimultaneousRingPersonal&) const = default;
};

struct CallCenter {
    struct Membership {
        std::string queue; // user id of the call centre
        std::optional<bool> joined{};
        std::string number{};    // not written
        std::string extension{}; // not written
        bool operator==(const Membership&) const = default;
    };
    static constexpr std::string_view path = "CallCenter";
    AgentState state = AgentState::unknown; // unknown = not told, and left as it is by a PUT
    Number unavailable_code{};              // 1 to 10 characters
    std::vector<Membership> queues{};       // a PUT changes those that are given
    bool operator==(const CallCenter&) const = default;
};

/// One of the settings above. Category::protocol when the body is something else.
template <class Settings>
[[nodiscard]] Result<Settings> read_service(std::string_view body);

/// Category::invalid, saying what is wrong, for a number that is not `dialable`, an active forwarding whose number is
/// cleared, and values out of the schema's range.
[[nodiscard]] Result<std::string> write_service(const DoNotDisturb& wanted);
[[nodiscard]] Result<std::string> write_service(const CallForwardingAlways& wanted);
[[nodiscard]] Result<std::string> write_service(const CallForwardingBusy& wanted);
[[nodiscard]] Result<std::string> write_service(const CallForwardingNoAnswer& wanted);
[[nodiscard]] Result<std::string> write_service(const CallForwardingNotReachable& wanted);
[[nodiscard]] Result<std::string> write_service(const CommPilotExpress& wanted);
[[nodiscard]] Result<std::string> write_service(const RemoteOffice& wanted);
[[nodiscard]] Result<std::string> write_service(const SequentialRing& wanted);
[[nodiscard]] Result<std::string> write_service(const SimultaneousRingPersonal& wanted);
[[nodiscard]] Result<std::string> write_service(const CallCenter& wanted);

// --- lists and people: read only

/// A service that is assigned to a user.
struct ServiceName {
    std::string name; // display name: "Call Forwarding Always"
    std::string uri;  // empty: it has no settings
    bool operator==(const ServiceName&) const = default;
};
[[nodiscard]] Result<std::vector<ServiceName>> read_services(std::string_view body);

struct Profile {
    std::string user_id;
    std::string first_name;
    std::string last_name;
    std::string group;
    std::string service_provider;
    bool enterprise = false; // the service provider is an enterprise: event targets differ (xsi.md 5.1)
    std::string number;      // plain; without the country code on some platforms
    std::string extension;
    std::string mobile;
    std::string email;
    std::string title;
    std::string department;
    std::string country_code;
    std::string national_prefix;
    std::string time_zone;
    std::optional<int> password_expires_days;
    std::string schedules_uri;
};
[[nodiscard]] Result<Profile> read_profile(std::string_view body);

/// Somebody, or something, in the enterprise's or group's directory.
struct DirectoryEntry {
    std::string user_id;
    std::string first_name;
    std::string last_name;
    std::string group;
    std::string number; // plain
    std::string extension;
    std::string mobile;
    std::string email;
    std::string department;
    /// A hunt group, call centre, auto attendant … by the first name that the platform gives such users (xsi.md 9.5).
    bool virtual_user = false;
};
struct DirectoryPage {
    std::size_t records = 0; // as the server counts this page; the next one starts so much further
    std::size_t total = 0;   // of all pages; 0 = not told
    std::vector<DirectoryEntry> entries;
};
/// The root is Enterprise or Group. An entry without a user id is left out.
[[nodiscard]] Result<DirectoryPage> read_directory(std::string_view body);

struct CallLogEntry {
    std::string number; // plain; empty when withheld
    std::string name;   // empty when unknown
    std::string country_code;
    std::optional<Wall> time;
    std::string id;
};
/// `kind` is "missed", "placed" or "received": the root, or a list within CallLogs.
[[nodiscard]] Result<std::vector<CallLogEntry>> read_call_log(std::string_view body, std::string_view kind);

struct CallLogs {
    std::vector<CallLogEntry> missed, placed, received;
};
/// All three at once: CallLogs, or EnhancedCallLogs where the user has that service.
[[nodiscard]] Result<CallLogs> read_call_logs(std::string_view body);

[[nodiscard]] Result<std::string> read_login_token(std::string_view body);

} // namespace lamp::xsi
