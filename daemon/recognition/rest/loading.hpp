// From the configuration to a preset that can be used. Reads files; any loop that may.
#pragma once
#include "recognition/rest/options.hpp"
#include "recognition/rest/preset.hpp"

namespace lamp::recognition::rest {

inline constexpr std::string_view generic = "generic";

/// The preset, "generic" where none is named, with the address, login, budget and mapping of the options. Problems
/// carry a section of "parameters", "mapping" or "url" where they are the configuration's own.
[[nodiscard]] std::expected<Preset, config::Problems> load(const RestOptions& options);

/// Puts where things stand over what the preset says, in all its listings. Says what is wrong with it.
[[nodiscard]] config::Problems apply_mapping(Preset& preset, const std::map<std::string, std::string>& mapping);

} // namespace lamp::recognition::rest
