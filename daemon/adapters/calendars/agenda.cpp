#include "adapters/calendars/agenda.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

#include "proto/text/text.hpp"

namespace lamp::calendars {
namespace {

constexpr std::size_t key_bytes_max = 200;

bool begins_before(const Occurrence& left, const Occurrence& right) {
    return std::tie(left.from, left.key) < std::tie(right.from, right.key);
}

} // namespace

Agenda::Agenda(std::string owner, TextRule rule, NumberOn number_on)
    : owner_(std::move(owner)), rule_(std::move(rule)), number_on_(std::move(number_on)) {}

void Agenda::use_lines(std::vector<std::string> lines) {
    lines_ = std::move(lines);
}

void Agenda::take(std::optional<std::vector<Occurrence>> all) {
    if (!all && !known_) return; // as it was when?
    muted_ = false;
    if (!all) return;
    std::ranges::sort(*all, begins_before);
    left_out_ = all->size() - std::min(all->size(), occurrences_max);
    all->resize(all->size() - left_out_);
    occurrences_ = *std::move(all);
    known_ = true;
}

std::optional<std::vector<forwarding::LineClaim>> Agenda::claims(Wall now) const {
    std::vector<forwarding::LineClaim> all;
    if (muted_) return all;
    if (!known_) return std::nullopt;
    for (const std::string& line : lines_)
        std::ranges::move(claims_of(line, now), std::back_inserter(all));
    return all;
}

std::vector<forwarding::LineClaim> Agenda::claims_of(const std::string& line, Wall now) const {
    std::vector<forwarding::LineClaim> claims;
    std::set<std::string_view> seen;
    for (const Occurrence& occurrence : occurrences_) {
        if (occurrence.from > now + claims_ahead || claims.size() >= share_) break;
        if (occurrence.until <= now) continue;
        auto said = judge(occurrence, line);
        if (said.what != Said::What::divert || !seen.insert(occurrence.key).second) continue;
        claims.push_back({line,
                          {.source = forwarding::Source::calendar,
                           .name = claim_name(occurrence),
                           .to = std::move(said.text),
                           .from = occurrence.from,
                           .until = occurrence.until}});
    }
    return claims;
}

Wall Agenda::wake_at(Wall now) const {
    auto next = std::ranges::find_if(occurrences_, [&](const auto& one) { return one.from > now + claims_ahead; });
    auto wake = next == occurrences_.end() ? Wall::max() : next->from - claims_ahead;
    // When there are more than a line may have, the end of one makes room.
    if (next - occurrences_.begin() > static_cast<std::ptrdiff_t>(share_))
        for (auto one = occurrences_.begin(); one != next; ++one)
            if (one->until > now) wake = std::min(wake, one->until);
    return wake;
}

bool Agenda::is_meeting(const Occurrence& one) const {
    if (one.free || one.declined || one.cancelled || one.all_day) return false;
    return judge(one, lines_.empty() ? std::string_view() : lines_.front()).what != Said::What::divert;
}

std::optional<Wall> Agenda::busy_until(Wall now) const {
    std::optional<Wall> until;
    for (const Occurrence& one : occurrences()) {
        if (one.from > now) break;
        if (one.until > now && is_meeting(one)) until = std::max(until, std::optional(one.until));
    }
    return until;
}

Wall Agenda::busy_edge(Wall now) const {
    for (const Occurrence& one : occurrences())
        if (one.from > now) return std::min(one.from, busy_until(now).value_or(Wall::max()));
    return busy_until(now).value_or(Wall::max());
}

Said Agenda::judge(const Occurrence& occurrence, std::string_view line) const {
    return calendars::judge(occurrence, rule_,
                            [&](std::string_view name) { return number_on_ ? number_on_(line, name) : std::nullopt; });
}

std::string Agenda::claim_name(const Occurrence& occurrence) const {
    const std::string& key = occurrence.key;
    if (key.size() <= key_bytes_max) return fmt::format("{}/{}", owner_, key);
    return fmt::format("{}/{}~{:016x}", owner_, text::beginning(key, key_bytes_max - 17), text::fnv1a(key));
}

} // namespace lamp::calendars
