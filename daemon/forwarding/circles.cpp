// Which targets are refused: what is no number, what nobody is forwarded to, oneself, and circles (A to B to A).
#include <algorithm>
#include <fmt/format.h>

#include "forwarding/forwardings.hpp"
#include "forwarding/refusals.hpp"

namespace lamp::forwarding {
namespace {

constexpr std::size_t circle_lines_max = 1000; // a longer chain is not followed to its end

} // namespace

Result<void> Forwardings::check(std::string_view line, std::string_view to) const {
    auto target = judged(std::string(line), to, nullptr, nullptr);
    if (!target) return std::unexpected(target.error());
    return {};
}

Result<std::string> Forwardings::judged(const std::string& line, std::string_view to, bool* looped,
                                        std::vector<std::string>* points_at) const {
    auto number = dialling_.normal(line, to);
    if (!number) return number;
    auto whose = dialling_.line_of(line, *number);
    // An extension may look like an emergency number of the country; the ones of everywhere it must not.
    if (auto refusal = refused_number(*number, whose ? std::string_view() : dialling_.country))
        return fail(Category::invalid, std::move(*refusal));
    if (!whose) return number;
    if (*whose == line) return fail(Category::invalid, fmt::format("{} is the line's own number.", to));
    if (points_at) points_at->push_back(*whose);
    if (!leads_to(*whose, line)) return number;
    if (looped) *looped = true;
    return fail(Category::invalid, fmt::format("{} is forwarded to this line: calls would go in circles.", to));
}

/// Lines of ours that calls for that line go to: as wanted, and as the platform does it now.
std::vector<std::string> Forwardings::forwards_to(const std::string& line) const {
    std::vector<std::string> lines;
    auto add = [&](std::string_view normal) {
        if (auto whose = dialling_.line_of(line, normal)) lines.push_back(std::move(*whose));
    };
    auto add_written = [&](const Always& always) {
        if (!always.active) return;
        if (auto normal = dialling_.normal(line, always.to)) add(*normal);
    };
    if (const Entry* there = find(line)) {
        if (there->reconciler.wanted())
            for (const std::string& number : there->reconciler.wanted()->to)
                add(number);
        const Setting& actual = there->reconciler.actual();
        if (actual.always) add_written(*actual.always);
        const auto& owned = there->reconciler.owned(); // after a start: who had a forwarding before keeps it
        if (!actual.always && owned && owned->ours.always) add_written(*owned->ours.always);
    }
    if (auto at = elsewhere_.find(line); at != elsewhere_.end()) add_written(at->second);
    return lines;
}

bool Forwardings::leads_to(const std::string& from, const std::string& line) const {
    std::set<std::string> seen{from};
    std::vector<std::string> next{from};
    while (!next.empty() && seen.size() < circle_lines_max) {
        auto one = std::move(next.back());
        next.pop_back();
        for (std::string& further : forwards_to(one)) {
            if (further == line) return true;
            if (seen.insert(further).second) next.push_back(std::move(further));
        }
    }
    return false;
}

/// Where that line's calls go has changed: who points at it, or waits for the end of a loop, is looked at again.
void Forwardings::moved(const std::string& line) {
    for (auto index : in_loop_)
        stir(*entries_[index]);
    if (auto at = pointed_at_.find(line); at != pointed_at_.end())
        for (auto index : at->second)
            stir(*entries_[index]);
}

void Forwardings::point(Entry& entry, std::vector<std::string> lines, bool in_loop) {
    if (in_loop)
        in_loop_.insert(entry.index);
    else
        in_loop_.erase(entry.index);
    if (lines == entry.points_at) return;
    for (const std::string& line : entry.points_at) {
        auto at = pointed_at_.find(line);
        if (at != pointed_at_.end() && at->second.erase(entry.index) > 0 && at->second.empty()) pointed_at_.erase(at);
    }
    entry.points_at = std::move(lines);
    for (const std::string& line : entry.points_at)
        pointed_at_[line].insert(entry.index);
}

} // namespace lamp::forwarding
