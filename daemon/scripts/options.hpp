// What `[[script]]` says (interface 7.11). Defaults live here and nowhere else.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "config/reader.hpp"
#include "config/section.hpp"
#include "scripts/template.hpp"

namespace lamp::scripts {

enum class When : std::uint8_t { always, matched, unmatched, several };
[[nodiscard]] std::string_view name(When when);
enum class Direction : std::uint8_t { both, in, out };
[[nodiscard]] std::string_view name(Direction direction);

struct ScriptOptions {
    std::string name{};
    std::string url{};
    std::string body{};
    std::string content_type = "application/json"; // of `body`
    When when = When::always;
    Direction direction = Direction::both;
    std::string ddi{}; // several: separated by commas; empty: any
    std::string number_format = "national";
    bool short_numbers = true;
    std::string integration{};
    std::vector<std::string> events{"ringing"};
    std::string scheme{};
    std::string time_zone{};
    std::string time_format{};
    bool operator==(const ScriptOptions&) const = default;
};

/// `[[script]]`, live.
[[nodiscard]] config::Section<ScriptOptions> script_section();
/// Two scripts of one name: of `script` as a whole.
void check_scripts(const config::Configuration& configuration, config::Findings& findings);

/// What its template may hold.
[[nodiscard]] Terms terms_of(const ScriptOptions& options);

} // namespace lamp::scripts
