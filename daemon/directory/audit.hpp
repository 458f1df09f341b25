// A row of the log of what was done to the directory. Values only.
#pragma once
#include <string>

#include "base/clock.hpp"

namespace lamp::directory {

struct AuditEntry {
    Wall at{};
    std::string who;
    std::string what; // contact_created, contact_changed, contact_removed, imported, restored, folder_…, favourites
    std::string text; // keys and names of fields, no contents
};

} // namespace lamp::directory
