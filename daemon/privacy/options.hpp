// What `[privacy]` says (interface 3). Defaults live here and nowhere else.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "config/section.hpp"

namespace lamp::privacy {

/// Kinds of data that may have an age of their own.
enum class Kind : std::uint8_t { calls, missed, dead_letters, audit, contacts, backups, recognition };
[[nodiscard]] std::string_view name(Kind kind);
inline constexpr Kind last_kind = Kind::recognition;

struct PrivacyOptions {
    std::map<std::string, std::string> retention{};
    bool pseudonymise_logs = false;
    std::vector<std::string> private_calls{}; // ids of people

    /// Nothing: no age, or the one that its own section has.
    [[nodiscard]] std::optional<milliseconds> age(Kind kind) const;
};

[[nodiscard]] config::Section<PrivacyOptions> privacy_section();

} // namespace lamp::privacy
