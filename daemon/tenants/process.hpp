// Starts this program once more, for one tenant. Control loop; the program has no other thread then.
#pragma once
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/errors.hpp"
#include "tenants/environment.hpp"

namespace lamp::tenants {

inline constexpr int cannot_start = 127; // the status of a process that never became one of ours

struct Start {
    std::vector<std::string> words; // of the command line, without the program's name
    Environment environment;        // all of it
    std::string group;              // file that takes the process into its control group; empty: none
};

/// A session of its own, the environment as given, none of our files but the standard ones, and an end (SIGTERM) when
/// this process ends, however that happens. The caller reaps it. Errors: there is no room for another process.
[[nodiscard]] Result<pid_t> spawn(const Start& start);

} // namespace lamp::tenants
