// `lamplighter doctor` for BroadWorks: looks at one login step by step, as the daemon would use it, and says for each
// step what to do when it fails. Changes nothing on the platform but a channel of its own, which it deletes.
#pragma once
#include <functional>
#include <string>

#include "http/client.hpp"
#include "loop/loop.hpp"
#include "xsi/options.hpp"

namespace lamp::xsi {

struct Step {
    std::string what; // "xsp1.example.net:443 TLS"
    bool passed = false;
    std::string detail; // what was found, or what is wrong
    std::string remedy; // when it failed
};

/// Calls `tell` for each step as it is done; a step that makes the next ones senseless ends its host. `line` is a user
/// to try a subscription with; empty: the login itself. True if every step passed.
[[nodiscard]] Task<bool> examine(http::Client client, BroadworksOptions options, std::string line,
                                 std::function<void(const Step&)> tell);

} // namespace lamp::xsi
