// The presets that there are: those of the program, and those of a folder, which stand before them.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recognition/rest/preset.hpp"

namespace lamp::recognition::rest {

struct PresetText {
    std::string name; // "hubspot"
    std::string file; // for messages: "hubspot.toml", or its path in the folder
    std::string text;
};

/// By name. Of two with one name the folder's counts. A folder that is not there is an empty one; a file that cannot
/// be read, or is larger than 256 KiB, is left out and said in `complaints`.
[[nodiscard]] std::vector<PresetText> preset_texts(const std::filesystem::path& folder,
                                                   std::vector<std::string>* complaints = nullptr);
/// Category::not_found names those that there are.
[[nodiscard]] Result<PresetText> preset_text(std::string_view name, const std::filesystem::path& folder);

/// For a list of what can be set up, filtered by a word of name or title, case ignored: its title, what must be given,
/// what it can.
struct PresetView {
    std::string name, title, help;
    std::string auth;
    std::vector<Parameter> parameters;
    std::vector<std::string> capabilities; // delta, live, create
    std::string mistake;                   // of a file of the folder; then the rest is empty
};
[[nodiscard]] std::vector<PresetView> list_presets(const std::filesystem::path& folder, std::string_view word = {});

/// "delta", "live", "create".
[[nodiscard]] std::vector<std::string> capabilities_of(const Preset& preset);

/// In the program; made by embed.cmake.
struct Embedded {
    std::string_view name, text;
};
[[nodiscard]] std::span<const Embedded> embedded_presets();

} // namespace lamp::recognition::rest
