// Devices by the names that a client has given them. For the associations' files only. Pure.
#pragma once
#include <string>
#include <unordered_map>

#include "proto/csta/answers.hpp"
#include "proto/csta/events.hpp"

namespace lamp::csta {

using NamesById = std::unordered_map<std::string, std::string>; // by Devices::id

class Renaming {
public:
    /// `own_id` is called `own` before all else. Both outlive this object, as `names` does.
    Renaming(const NamesById& names, std::string_view own_id, const DeviceId& own)
        : names_(names), own_id_(own_id), own_(own) {}

    void apply(Event& event) const;
    void apply(DeviceId& device) const;
    void apply(Party& party) const;
    void apply(Connection& connection) const { apply(connection.device); }
    void apply(CallSnapshot& snapshot) const;

private:
    struct Parts;
    void apply(CallEvent& event) const;

    const NamesById& names_;
    std::string_view own_id_;
    const DeviceId& own_;
};

} // namespace lamp::csta
