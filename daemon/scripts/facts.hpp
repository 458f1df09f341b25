// What the tokens of a template speak of: one call, as one person sees it. Values only.
#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "calls/call_record.hpp"

namespace lamp::scripts {

struct Party {
    std::string number{};    // of the public network, or an extension where nothing else is known
    std::string name{};      // as the telephony platform calls it
    std::string extension{}; // short internal number; may be empty
    bool operator==(const Party&) const = default;
};

struct Facts {
    bool incoming = true;
    Party caller{}; // the other side, whoever called
    Party device{}; // this person's telephone
    Party ddi{};    // the number by which the call came in
    std::optional<Wall> start{};
    std::optional<Wall> answered{};
    std::optional<Wall> ended{};
    std::string id{};
    std::string user{}; // BroadWorks user id
    std::string queue{};
    std::string release{}; // how it ended
    std::optional<calls::Match> match{};
    std::size_t matches = 0;
};

} // namespace lamp::scripts
