// Something that is no call and is told as it is: presence, a forwarding. Values only.
#pragma once
#include <string>

#include "base/clock.hpp"

namespace lamp::outbox {

struct Notice {
    std::string type;   // "presence", "forwarding": as the event stream calls it; also the member that holds `json`
    std::string person; // id; may be empty
    Wall at{};
    std::string json;          // a whole JSON value
    std::string distinction{}; // what makes it this one and no other ("12": the version); empty: its time does
    std::string words{};       // for cards and mails: "on call", "to +31201230002"; may be empty
};

} // namespace lamp::outbox
