// The keys of `[privacy]`.
#include <array>
#include <fmt/format.h>

#include "config/types.hpp"
#include "privacy/options.hpp"

namespace lamp::privacy {
namespace {

using namespace std::chrono_literals;
using enum config::Reload;

constexpr std::array<std::string_view, 7> kinds{"calls",    "missed",  "dead_letters", "audit",
                                                "contacts", "backups", "recognition"};
constexpr milliseconds shortest = 1h;
constexpr milliseconds longest = 3650 * 24h;

std::optional<Kind> kind_named(std::string_view word) {
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds.at(i) == word) return static_cast<Kind>(i);
    return std::nullopt;
}

void check_retention(const PrivacyOptions& options, config::Scope& at) {
    for (const auto& [kind, age] : options.retention) {
        auto read = config::parse_duration(age);
        if (!kind_named(kind))
            at.error("retention", fmt::format("\"{}\" is no kind of data ({})", kind, fmt::join(kinds, ", ")));
        else if (!read || *read < shortest || *read > longest)
            at.error("retention", fmt::format("{} must be a duration from 1h to 3650d", kind));
    }
}

} // namespace

std::string_view name(Kind kind) {
    return kinds.at(static_cast<std::size_t>(kind));
}

std::optional<milliseconds> PrivacyOptions::age(Kind kind) const {
    auto found = retention.find(std::string(name(kind)));
    if (found == retention.end()) return std::nullopt;
    auto read = config::parse_duration(found->second);
    return read ? std::optional(*read) : std::nullopt;
}

config::Section<PrivacyOptions> privacy_section() {
    using O = PrivacyOptions;
    config::Section<O> s{"privacy", config::Shape::table, "What is kept of people, for how long, and who sees it."};
    s.key(
         "retention", &O::retention, live,
         "After what time data of each kind are deleted. calls: records of calls, and wins over [history] keep if it "
         "is shorter; missed: those of calls that nobody answered; dead_letters: events that were given up (30 days at "
         "most); audit: what was done to forwardings, the directory, tokens and the configuration; contacts: those "
         "that somebody deleted; backups: of the "
         "directory; recognition: contacts of integrations that have not been synchronised for so long.")
        .example(R"({ calls = "180d", missed = "90d", dead_letters = "7d", audit = "365d", backups = "90d" })");
    s.key("pseudonymise_logs", &O::pseudonymise_logs, live,
          "Whether debug lines of the log show keyed hashes in place of numbers, lines and people. The same number has "
          "the same hash, also where `privacy erase` tells it. Lines above debug name nobody.");
    s.key("private_calls", &O::private_calls, live,
          "Ids of people who do not publish their calls: others see that they are in a call, not with whom. They "
          "themselves and who holds calls.private see it in the API and its events; webhooks, SIP and CSTA tell "
          "nobody.")
        .example(R"(["alice@example.net"])");
    s.check(&check_retention);
    return s;
}

} // namespace lamp::privacy
