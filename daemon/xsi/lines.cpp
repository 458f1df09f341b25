#include "xsi/lines.hpp"

#include <algorithm>
#include <bit>

namespace lamp::xsi {
namespace {

using presence::Forwarding;
using presence::LineReport;
using presence::LineState;

Forwarding forwarding_of(unsigned mask) {
    if (mask == 0) return Forwarding::none;
    return std::has_single_bit(mask) ? static_cast<Forwarding>(std::countr_zero(mask)) : Forwarding::multiple;
}

} // namespace

void Lines::Rows::build(std::size_t rows, std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs) {
    std::ranges::sort(pairs);
    pairs.erase(std::ranges::unique(pairs).begin(), pairs.end());
    starts.assign(rows + 1, 0);
    values.clear();
    values.reserve(pairs.size());
    for (auto [row, value] : pairs) {
        ++starts[row + 1];
        values.push_back(value);
    }
    for (std::size_t i = 1; i < starts.size(); ++i)
        starts[i] += starts[i - 1];
}

LineIndex Lines::intern(std::string_view id, std::uint8_t platform) {
    auto line = ids_.intern(id);
    if (line == lines_.size()) lines_.emplace_back();
    if (!lines_[line].watched) lines_[line].platform = platform;
    return line;
}

void Lines::follow_voice_mail(std::uint8_t platform, bool on) {
    auto voice_mail = bit(Package::voice_mail);
    platform_counts_.at(platform).wanted = static_cast<std::uint8_t>(on ? all_packages : all_packages & ~voice_mail);
}

void Lines::assign(std::span<const Assignment> assignments, std::vector<LineIndex>& added,
                   std::vector<LineIndex>& removed) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> by_person;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> by_line;
    by_person.reserve(assignments.size());
    by_line.reserve(assignments.size());
    std::vector<bool> wanted(lines_.size() + assignments.size());
    std::size_t slots = 0;
    for (const Assignment& one : assignments) {
        auto line = intern(one.line, one.platform);
        wanted[line] = true;
        by_person.emplace_back(one.slot, line);
        by_line.emplace_back(line, one.slot);
        slots = std::max<std::size_t>(slots, one.slot + 1);
    }
    auto persons_before = persons_lines_.starts.size() - 1;
    persons_lines_.build(std::max(slots, persons_before), by_person);
    lines_persons_.build(lines_.size(), by_line);
    for (LineIndex line = 0; line < lines_.size(); ++line) {
        Line& one = lines_[line];
        if (wanted[line] == one.watched) continue;
        one.watched = wanted[line];
        ++one.touched;
        auto& count = platform_counts_.at(one.platform);
        if (one.watched) {
            ++count.total;
            added.push_back(line);
        } else {
            --count.total;
            if (complete(one)) --count.known;
            one.ledger.clear(ended());
            one.heard = one.fresh = one.forwarding = 0;
            one.dnd = false;
            one.agent = presence::AgentState::none;
            if (line < messages_.size()) messages_[line].reset();
            removed.push_back(line);
        }
        if (!listeners.empty()) tell(line);
    }
    for (presence::Slot slot = 0; slot + 1 < persons_lines_.starts.size(); ++slot)
        publish(slot);
}

bool Lines::apply_calls(LineIndex line, const Document& document, Steady now) {
    Line& one = lines_[line];
    bool changed = one.ledger.apply(document, now, ended());
    if (one.ledger.in_use() && !std::exchange(one.in_use, true)) in_use_.push_back(line);
    // A single event about one call does not tell of the others: only a snapshot makes the calls known.
    if (document.data == EventData::call_snapshot)
        heard(line, Package::advanced_call);
    else
        ++one.touched;
    publish_line(line);
    return changed;
}

bool Lines::replace_calls(LineIndex line, std::span<const CallDetails> calls, Steady now) {
    Line& one = lines_[line];
    bool changed = one.ledger.replace(calls, now, ended());
    if (one.ledger.in_use() && !std::exchange(one.in_use, true)) in_use_.push_back(line);
    heard(line, Package::advanced_call);
    publish_line(line);
    return changed;
}

void Lines::set_dnd(LineIndex line, bool active) {
    lines_[line].dnd = active;
    heard(line, Package::do_not_disturb);
    publish_line(line);
}

void Lines::set_forwarding(LineIndex line, Forwarding kind, bool active) {
    auto mask = static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind));
    auto& forwarding = lines_[line].forwarding;
    forwarding = static_cast<std::uint8_t>(active ? forwarding | mask : forwarding & ~mask);
    if (kind == Forwarding::always) heard(line, Package::forwarding_always);
    publish_line(line);
}

void Lines::set_forwarding_always(LineIndex line, bool active, std::string_view to) {
    set_forwarding(line, Forwarding::always, active);
    if (on_forwarding_always) on_forwarding_always(line, active, to);
}

void Lines::set_agent(LineIndex line, presence::AgentState state) {
    lines_[line].agent = state;
    heard(line, Package::call_center_agent);
    publish_line(line);
}

void Lines::set_messages(LineIndex line, std::optional<calls::Messages> messages) {
    if (messages_.size() <= line) messages_.resize(lines_.size());
    messages_[line] = messages;
    heard(line, Package::voice_mail);
    publish_line(line);
}

void Lines::give_up(LineIndex line, Package package) {
    Line& one = lines_[line];
    switch (package) {
    case Package::advanced_call: one.ledger.clear(ended()); break; // without calls there is no state to show
    case Package::do_not_disturb: one.dnd = false; break;
    case Package::forwarding_always:
        one.forwarding &= static_cast<std::uint8_t>(~(1U << static_cast<unsigned>(Forwarding::always)));
        break;
    case Package::call_center_agent: one.agent = presence::AgentState::none; break;
    case Package::voice_mail:
        if (line < messages_.size()) messages_[line].reset();
        break;
    case Package::call_center_queue: break;
    }
    heard(line, package);
    set_masks(line, static_cast<std::uint8_t>(one.heard & ~bit(package)), one.fresh);
    publish_line(line);
}

void Lines::heard(LineIndex line, Package package) {
    Line& one = lines_[line];
    ++one.touched;
    set_masks(line, one.heard | bit(package), one.fresh | bit(package));
}

void Lines::set_masks(LineIndex line, std::uint8_t heard, std::uint8_t fresh) {
    Line& one = lines_[line];
    auto& known = platform_counts_.at(one.platform).known;
    if (one.watched && complete(one)) --known;
    one.heard = heard;
    one.fresh = fresh;
    if (one.watched && complete(one)) ++known;
}

void Lines::mark_stale(std::uint8_t platform) {
    for (LineIndex line = 0; line < lines_.size(); ++line) {
        if (lines_[line].platform != platform || !lines_[line].watched) continue;
        ++lines_[line].touched; // an answer that is under way is older than this
        set_masks(line, lines_[line].heard, 0);
        publish_line(line);
    }
}

void Lines::mark_stale(LineIndex line, Package package) {
    ++lines_[line].touched;
    set_masks(line, lines_[line].heard, static_cast<std::uint8_t>(lines_[line].fresh & ~bit(package)));
    publish_line(line);
}

void Lines::forget(std::uint8_t platform) {
    for (LineIndex line = 0; line < lines_.size(); ++line) {
        Line& one = lines_[line];
        if (one.platform != platform || complete(one)) continue;
        one.ledger.clear(ended());
        one.dnd = false;
        one.forwarding = 0;
        one.agent = presence::AgentState::none;
        set_masks(line, 0, 0);
        publish_line(line);
    }
}

bool Lines::fresh(LineIndex line, Package package) const {
    return (lines_[line].fresh & bit(package)) != 0;
}

std::optional<calls::Messages> Lines::messages(LineIndex line) const {
    return line < messages_.size() ? messages_[line] : std::nullopt;
}

bool Lines::messages_awaited(LineIndex line) const {
    const Line& one = lines_[line];
    return (platform_counts_[one.platform].wanted & ~(one.heard | one.fresh) & bit(Package::voice_mail)) != 0;
}

LineView Lines::view(LineIndex line) const {
    const Line& one = lines_[line];
    bool calls_heard = (one.heard & bit(Package::advanced_call)) != 0;
    // What is known to be going on is shown even before the first snapshot; what is not, is not invented.
    auto state = one.ledger.calls() > 0 || calls_heard ? one.ledger.state() : LineState::unknown;
    return {std::string(id(line)),
            state,
            one.ledger.calls(),
            one.dnd,
            forwarding_of(one.forwarding),
            one.agent,
            (one.heard & ~one.fresh) != 0,
            complete(one),
            one.at};
}

void Lines::publish_line(LineIndex line) {
    lines_[line].at = wall_now();
    for (auto slot : lines_persons_.row(line))
        publish(slot);
    if (!listeners.empty()) tell(line);
}

void Lines::tell(LineIndex line) {
    for (const auto& listener : listeners)
        listener(line, ended_);
    ended_.clear();
}

LineReport Lines::report_of(presence::Slot slot) const {
    LineReport report;
    unsigned forwarding = 0;
    for (LineIndex line : persons_lines_.row(slot)) {
        const Line& one = lines_[line];
        bool known = one.ledger.calls() > 0 || (one.heard & bit(Package::advanced_call)) != 0;
        if (known) report.state = std::max(report.state, one.ledger.state());
        report.calls += one.ledger.calls();
        report.in_call |= one.ledger.in_call();
        report.dnd |= one.dnd;
        report.stale |= (one.heard & ~one.fresh) != 0;
        report.agent = std::max(report.agent, one.agent);
        forwarding |= one.forwarding;
    }
    report.calls = std::min(report.calls, LineReport::calls_max);
    report.forwarding = forwarding_of(forwarding);
    return report;
}

// Hops 4 and 5.
void Lines::publish(presence::Slot slot) {
    auto now = wall_now();
    auto report = report_of(slot);
    report.at = now;
    if (table_.report(slot, presence::Source::telephony, report.pack(), now)) fanout_.publish(slot);
}

std::vector<LineIndex> Lines::tidy(Steady now, const Patience& patience) {
    std::vector<LineIndex> stuck;
    std::erase_if(in_use_, [&](LineIndex line) {
        Line& one = lines_[line];
        one.ledger.tidy(now);
        if (one.ledger.looks_stuck(now, patience)) stuck.push_back(line);
        return !(one.in_use = one.ledger.in_use());
    });
    return stuck;
}

} // namespace lamp::xsi
