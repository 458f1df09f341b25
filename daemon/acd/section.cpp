#include "acd/options.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace lamp::acd {
namespace {

using namespace std::chrono_literals;
using enum config::Reload;

constexpr std::size_t code_length_max = 10; // of BroadWorks
constexpr std::array reasons{Reason::meeting, Reason::do_not_disturb, Reason::line_do_not_disturb, Reason::away};
constexpr const char* what_a_code_is = "must be a code of the platform: up to 10 characters without blanks";

bool good_code(const std::string& code) {
    return code.size() <= code_length_max && std::ranges::all_of(code, [](char c) { return c > ' ' && c < 127; });
}

} // namespace

config::Section<AcdOptions> acd_section() {
    using O = AcdOptions;
    config::Section<O> s{"acd", config::Shape::table, "Agents of call centres."};
    s.key(
        "follow_presence", &O::follow_presence, live,
        "A free agent becomes unavailable while the person is in a Teams meeting or does not want to be disturbed (or "
        "what follow says), and free again afterwards, unless somebody has changed it meanwhile.");
    s.key("follow", &O::follow,
          config::choices<Reason>({{"meeting", Reason::meeting},
                                   {"do_not_disturb", Reason::do_not_disturb},
                                   {"line_do_not_disturb", Reason::line_do_not_disturb},
                                   {"away", Reason::away}}),
          live,
          "What follow_presence follows: meetings and calls of Teams, do not disturb in Teams, do not disturb of the "
          "line, being away (or right back) in Teams. The first that holds gives the code.");
    s.key("unavailable_code", &O::unavailable_code, live,
          "The platform's code of unavailable that goes with it; a code of its own tells our changes from a user's.")
        .example(R"("1007")");
    s.key("codes", &O::codes, live, "Codes of their own, by what is followed.").example(R"({ away = "1008" })");
    s.key("settle", &O::settle, config::range(0s, 5min), live,
          "How long a meeting must have begun, or be over, before the agent changes.");
    s.check([](const O& options, config::Scope& at) {
        if (!good_code(options.unavailable_code)) at.error("unavailable_code", what_a_code_is);
        for (const auto& [reason, code] : options.codes) {
            if (std::ranges::find(reasons, reason, [](Reason one) { return name(one); }) == reasons.end())
                at.error("codes", fmt::format("{} is nothing that can be followed (meeting, do_not_disturb, "
                                              "line_do_not_disturb, away)",
                                              reason));
            if (!good_code(code)) at.error("codes", fmt::format("{} {}", reason, what_a_code_is));
        }
        if (options.follow_presence && options.follow.empty())
            at.error("follow", "names nothing that could be followed (or follow_presence = false)");
    });
    return s;
}

FollowSettings AcdOptions::settings() const {
    FollowSettings settings{.on = follow_presence, .followed = follow, .code = unavailable_code, .settle = settle};
    for (Reason reason : reasons)
        if (auto own = codes.find(std::string(name(reason))); own != codes.end()) settings.codes[reason] = own->second;
    return settings;
}

} // namespace lamp::acd
