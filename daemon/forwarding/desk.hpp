// Where those who want forwardings put their claims: calendars, by adapters that know nothing of how lines are
// forwarded. Egress loop.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "forwarding/forwardings.hpp"

namespace lamp::forwarding {

struct LineClaim {
    std::string line; // BroadWorks user id
    Claim claim;
};

struct Desk {
    /// All that this calendar wants in the next day replaces what it wanted before: claims that are not among these
    /// end. Each claim's name begins with "OWNER/". Called after each good reading; after a bad one, what was wanted
    /// stays and ends by itself.
    std::function<void(std::string_view owner, std::vector<LineClaim> all)> replace;
    /// Calendars that exist: claims of any other one end. At the start and after a reload.
    std::function<void(std::vector<std::string> owners)> owners;
    /// Whether a claim of that line to that number would be refused now: Category::invalid with the reason.
    std::function<Result<void>(std::string_view line, std::string_view to)> check;
    /// What became of the claims of that line.
    std::function<std::optional<LineView>(std::string_view line)> view;
    /// The number of somebody of the directory, as it is dialled from that line, by a whole name or id ("reception",
    /// "Alice Jansen"); nothing when nobody or several are called so.
    std::function<std::optional<std::string>(std::string_view line, std::string_view name)> number_of;
};

} // namespace lamp::forwarding
