// One Google calendar: what to ask next, and what its events are to us (cloud-apis.md F2). A machine.
#pragma once
#include <cstdint>
#include <string>

#include "adapters/calendars/mirror.hpp"
#include "base/zones.hpp"
#include "proto/google/events.hpp"

namespace lamp::calendars {

class GoogleMirror final : public Mirror {
public:
    /// `zone` is the line's: whole days belong there.
    GoogleMirror(std::string calendar_id, Zone zone);

    /// The target of the next request, below the API's address.
    [[nodiscard]] std::string target() const;
    /// True: that was the last page, and what it tells is known now. Errors: limit, for too many pages or events.
    [[nodiscard]] Result<bool> take(google::Page page);

    [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; } // items that were passed over

private:
    [[nodiscard]] Wall instant(const google::Moment& moment);
    [[nodiscard]] Occurrence occurrence(const google::Event& event, bool busy_only);

    std::string calendar_id_;
    Zone zone_;
    Zones zones_; // that events name
    std::uint64_t unreadable_ = 0;
};

} // namespace lamp::calendars
