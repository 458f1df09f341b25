// What `[[broadworks]]` says: one table per platform login (interface 3). Defaults live here and nowhere else.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "config/section.hpp"
#include "numbers/format.hpp"

namespace lamp::xsi {

enum class TargetKind : std::uint8_t { user, group, enterprise };
[[nodiscard]] std::string_view name(TargetKind kind);
enum class Authentication : std::uint8_t { basic, login_token, bearer };

inline constexpr std::int64_t pacing_lifted = 10'000; // subscriptions_per_second: no pacing at all

struct BroadworksOptions {
    std::string name;
    std::vector<config::Url> hosts;
    std::string username;
    Secret password;
    Authentication authentication = Authentication::basic;
    TargetKind target = TargetKind::user;
    std::string enterprise;
    std::string group;
    std::string application_id = "lamplighter-1";
    std::string actions_root = "/com.broadsoft.xsi-actions";
    std::string events_root = "/com.broadsoft.xsi-events";
    std::string async_root = "/com.broadsoft.async";
    milliseconds heartbeat{15'000};
    std::int64_t subscriptions_per_second = 20;
    std::int64_t requests_per_second = 10;
    std::int64_t forwarding_per_second = 150; // apart from them: what diversions read and write
    numbers::Format number_format = numbers::Format::e164;
    bool voice_mail = false;
    std::optional<bool> discover;
    std::string directory_user;
    std::filesystem::path ca_file;
    std::string proxy;

    /// How many subscriptions or first states are under way at once.
    [[nodiscard]] std::size_t parallel() const;
    /// The hosts as redirections may name them.
    [[nodiscard]] std::vector<std::string> origins() const;
};

[[nodiscard]] config::Section<BroadworksOptions> broadworks_section();

} // namespace lamp::xsi
