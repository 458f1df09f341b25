// What a CalDAV server answers to PROPFIND and REPORT: a multistatus (RFC 4918 section 13) with the properties that
// finding and following a calendar needs (RFC 4791, RFC 5397, RFC 6578, CalendarServer's getctag). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::caldav {

inline constexpr std::size_t resources_max = 100'000; // of one multistatus

/// Properties that were found, which is: those of a propstat with a 2xx status.
struct Properties {
    // What it is.
    bool collection = false;
    bool calendar = false;
    std::string display_name{};
    std::vector<std::string> components{}; // "VEVENT"; empty: the server does not say
    bool reports_told = false;             // there is a supported-report-set
    bool sync_collection = false;          // and these are in it
    bool calendar_query = false;
    bool calendar_multiget = false;
    // Where to look on.
    std::string principal{}; // href of current-user-principal; empty: none, or nobody is logged in
    std::vector<std::string> homes{};
    // In which state it is. All verbatim: they are compared, never understood.
    std::string etag{};
    std::string ctag{};
    std::string sync_token{};
    std::optional<std::string> calendar_data{};
    bool operator==(const Properties&) const = default;

    /// A calendar for appointments, or one that does not say for what.
    [[nodiscard]] bool holds_events() const;
};

struct Resource {
    std::string href{}; // as written: a path or a whole address, percent-encoded
    int status = 0;     // of the resource as a whole: 404 gone, 507 more to come; 0: see the properties
    Properties properties{};
    bool operator==(const Resource&) const = default;
};

struct Multistatus {
    std::vector<Resource> resources{};
    std::string sync_token{};
    bool operator==(const Multistatus&) const = default;
};

/// Errors: protocol (no XML, cut short, or no multistatus), limit (more than resources_max). Unknown elements are
/// passed over; a response without an href is left out. A response with several hrefs becomes several resources.
[[nodiscard]] Result<Multistatus> parse_multistatus(std::string_view document);

} // namespace lamp::caldav
