// Content lines (RFC 5545 3.1) into events and time zones with their properties: unfolded, names and parameters apart,
// what nobody asks for left out. Tolerant: bare line feeds, a byte order mark, any case, a missing last line end. Pure.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "proto/ical/expand.hpp"

namespace lamp::ical {

/// The properties that we read.
enum class Name : std::uint8_t {
    other,
    attendee,
    busy_status, // X-MICROSOFT-CDO-BUSYSTATUS
    classification,
    description,
    dtend,
    dtstamp,
    dtstart,
    duration,
    exdate,
    exrule,
    location,
    method,
    rdate,
    recurrence_id,
    refresh, // REFRESH-INTERVAL, X-PUBLISHED-TTL
    rrule,
    sequence,
    status,
    summary,
    transparency,
    tzid,
    offset_from,
    offset_to,
    uid,
};

struct Property {
    Name name{};
    std::size_t line = 0;
    std::string_view value{};
    // Parameters, without quotes; empty when they are not there.
    std::string_view tzid{}, value_type{}, range{}, status{}, email{};
};

struct Component {
    enum class Kind : std::uint8_t { event, zone, standard, daylight } kind{};
    std::size_t line = 0;
    std::size_t calendar = 0; // the how manieth VCALENDAR
    std::vector<Property> properties{};
    std::vector<Component> parts{}; // of a zone
    std::string_view text{};        // of a zone: all of it
    [[nodiscard]] const Property* first(Name name) const;
};

/// Views point into the bytes that were read, or into `unfolded`.
struct Components {
    std::vector<Component> events{}, zones{};
    std::vector<bool> cancels{}; // by calendar: METHOD:CANCEL
    std::optional<milliseconds> refresh{};
    std::deque<std::string> unfolded{};
};

/// What is told of odd input; keeps the first ones and counts the rest.
class Warnings {
public:
    explicit Warnings(std::size_t most) : most_(most) {}
    void add(std::size_t line, std::string_view uid, std::string text);
    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] std::vector<Warning> take();

private:
    std::size_t most_;
    std::size_t count_ = 0;
    std::vector<Warning> kept_{};
};

/// Errors as expand's.
[[nodiscard]] Result<Components> read_components(std::string_view bytes, const Limits& limits, Warnings& warnings);

} // namespace lamp::ical
