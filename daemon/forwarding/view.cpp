// What people see of the forwardings (interface 4, 7.9).
#include "forwarding/forwardings.hpp"

namespace lamp::forwarding {
namespace {

std::string listed(const Rings& rings) {
    std::string text;
    for (const Ring& ring : rings.places)
        (text.empty() ? text : text += ", ") += ring.number;
    return text;
}

} // namespace

LineView::Simple simple(const Setting& setting) {
    if (setting.always && setting.always->active) return {true, setting.always->to};
    if (setting.simultaneous && setting.simultaneous->active) return {true, listed(*setting.simultaneous)};
    if (setting.sequential && setting.sequential->active) return {true, listed(*setting.sequential)};
    return {false, setting.always ? setting.always->to : std::string()};
}

std::optional<LineView> Forwardings::view(std::string_view line) const {
    const Entry* there = find(line);
    if (!there) {
        auto told = elsewhere_.find(std::string(line));
        if (told == elsewhere_.end()) return std::nullopt;
        auto as_told = simple({.always = told->second, .simultaneous = {}, .sequential = {}});
        return LineView{.line = std::string(line), .baseline = as_told, .actual = as_told};
    }
    const Reconciler& reconciler = there->reconciler;
    LineView view{.line = reconciler.line(), .last_write = reconciler.last_write(), .trouble = reconciler.trouble()};
    if (reconciler.actual() != Setting{}) view.actual = simple(reconciler.actual());
    // What nobody of ours has touched is what the user has.
    view.baseline = reconciler.owned() ? simple(reconciler.owned()->baseline) : view.actual;
    for (std::size_t i = 0; i < there->claims.size(); ++i) {
        auto [state, reason] = i < there->standings.size() ? there->standings[i] : Standing{};
        if (state == ClaimState::in_force && !reconciler.in_force()) {
            state = ClaimState::waiting;
            reason = view.trouble.empty() ? Sentence("being_written", {}, "it is being written") : view.trouble;
        }
        view.claims.push_back({there->claims[i], state, std::move(reason)});
    }
    return view;
}

std::vector<std::string> Forwardings::lines() const {
    std::vector<std::string> lines;
    lines.reserve(entries_.size());
    for (const auto& one : entries_)
        lines.push_back(one->reconciler.line());
    return lines;
}

std::vector<std::string> Forwardings::known() const {
    auto all = lines();
    for (const auto& [line, always] : elsewhere_)
        all.push_back(line);
    return all;
}

Forwardings::Counts Forwardings::counts() const {
    Counts counts{.under_way = under_way_, .audit_lost = audit_lost_};
    for (const auto& one : entries_) {
        const Reconciler& reconciler = one->reconciler;
        counts.lines += !reconciler.at_rest() || !one->claims.empty() ? 1 : 0;
        counts.in_force += reconciler.in_force() ? 1 : 0;
        const auto& owned = reconciler.owned();
        counts.owned += owned ? 1 : 0;
        counts.diverted += owned && !(owned->verified && owned->ours == owned->baseline) ? 1 : 0;
        counts.failing += reconciler.trouble().empty() ? 0 : 1;
    }
    return counts;
}

} // namespace lamp::forwarding
