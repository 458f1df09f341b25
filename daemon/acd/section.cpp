#include "acd/options.hpp"

#include <algorithm>

namespace lamp::acd {
namespace {

using namespace std::chrono_literals;
using enum config::Reload;

constexpr std::size_t code_length_max = 10; // of BroadWorks

} // namespace

config::Section<AcdOptions> acd_section() {
    using O = AcdOptions;
    config::Section<O> s{"acd", config::Shape::table, "Agents of call centres."};
    s.key(
        "follow_presence", &O::follow_presence, live,
        "A free agent becomes unavailable while the person is in a Teams meeting or does not want to be disturbed, and "
        "free again afterwards, unless somebody has changed it meanwhile.");
    s.key("unavailable_code", &O::unavailable_code, live,
          "The platform's code of unavailable that goes with it; a code of its own tells our changes from a user's.")
        .example(R"("1007")");
    s.key("settle", &O::settle, config::range(0s, 5min), live,
          "How long a meeting must have begun, or be over, before the agent changes.");
    s.check([](const O& options, config::Scope& at) {
        const auto& code = options.unavailable_code;
        bool good =
            code.size() <= code_length_max && std::ranges::all_of(code, [](char c) { return c > ' ' && c < 127; });
        if (!good) at.error("unavailable_code", "must be a code of the platform: up to 10 characters without blanks");
    });
    return s;
}

} // namespace lamp::acd
