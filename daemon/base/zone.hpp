// A time zone as a value: what the clocks on the wall show at an instant, and at which instant they show it. From
// compiled zone files (TZif, RFC 8536) or from anybody's list of changes (VTIMEZONE). Pure; cheap to copy; any thread.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"

namespace lamp {

/// A time on the wall, without a zone.
using Local = std::chrono::local_time<seconds>;
using Day = std::chrono::local_days;

class Zone {
public:
    /// From `at` on the clocks show UTC plus `offset`.
    struct Change {
        std::chrono::sys_seconds at;
        seconds offset;
        bool operator==(const Change&) const = default;
    };

    Zone(); // UTC
    /// The contents of a file of /usr/share/zoneinfo. Right beyond the file's last change, too: its footer tells the
    /// rule of the years to come. Category::invalid: not such a file.
    [[nodiscard]] static Result<Zone> parse(std::string_view tzif, std::string name);
    [[nodiscard]] static Zone fixed(seconds offset, std::string name);
    /// Before the first change `before` holds. Changes in any order; of two at the same instant the later row counts.
    [[nodiscard]] static Zone of(std::string name, seconds before, std::vector<Change> changes);

    [[nodiscard]] const std::string& name() const;
    /// East of Greenwich is positive.
    [[nodiscard]] seconds offset(Wall at) const;
    [[nodiscard]] Local local(Wall at) const;
    /// Times that the clocks skip in spring are moved forward by what was skipped (02:30 is 03:30); of times that they
    /// show twice in autumn it is the first.
    [[nodiscard]] Wall instant(Local time) const;
    /// When that day begins: where clocks skip midnight, the first instant after it.
    [[nodiscard]] Wall midnight(Day day) const { return instant(Local(day)); }
    /// 0 to 10 079, local, from Monday 00:00.
    [[nodiscard]] int minute_of_week(Wall at) const;

private:
    struct Data;
    explicit Zone(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
    [[nodiscard]] seconds offset_at(std::chrono::sys_seconds at) const;
    std::shared_ptr<const Data> data_;
};

} // namespace lamp
