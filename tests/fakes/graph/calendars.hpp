// The default calendar of one mailbox: the appointments of google/calendars.hpp, which know no wire, and what Outlook
// has beside them (cloud-apis.md A11).
#pragma once

#include "../google/calendars.hpp"

#include <set>
#include <string>

namespace sim::graph {

struct Mailbox {
    google::Calendar calendar{};
    std::set<std::string> called_off{}; // isCancelled: events, series and instances
};

} // namespace sim::graph
