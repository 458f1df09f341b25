#include "xsi/sequencer.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace lamp::xsi {
namespace {
constexpr std::uint32_t overtaking_max = 16; // beyond it we have joined a subscription that was there before
}

Sequencer::Verdict Sequencer::offer(std::uint32_t subscription, std::uint32_t& expected, std::uint32_t sequence,
                                    std::string_view document, Steady now) {
    if (sequence == 0) return Verdict::deliver; // a server that sends no numbers: nothing to order by
    // A subscription begins with 1: a first one slightly above it has overtaken the initial event (another channel).
    if (expected == 0 && sequence <= overtaking_max) expected = 1;
    if (expected == 0 || sequence == expected) {
        expected = after(sequence);
        return Verdict::deliver;
    }
    if (distance(expected, sequence) < 0) return Verdict::duplicate;
    for (const Held& one : held_)
        if (one.subscription == subscription && one.sequence == sequence) return Verdict::duplicate;
    held_.push_back({subscription, sequence, now, std::string(document)});
    if (held_.size() < limits::xsi_reorder_events) return Verdict::held;
    overflowed_ = true;
    return Verdict::overflow;
}

std::string Sequencer::take_ready(std::uint32_t subscription, std::uint32_t& expected) {
    auto ready = std::ranges::find_if(
        held_, [&](const Held& one) { return one.subscription == subscription && one.sequence == expected; });
    if (ready == held_.end()) return {};
    std::string document = std::move(ready->document);
    held_.erase(ready);
    expected = after(expected);
    return document;
}

std::vector<Sequencer::Gap> Sequencer::take_gaps(Steady now) {
    std::vector<Gap> gaps;
    bool all = std::exchange(overflowed_, false);
    while (true) {
        auto late = std::ranges::find_if(
            held_, [&](const Held& one) { return all || now - one.since >= limits::xsi_reorder_wait; });
        if (late == held_.end()) return gaps;
        gaps.push_back(collect(late->subscription));
    }
}

Sequencer::Gap Sequencer::collect(std::uint32_t subscription) {
    std::vector<Held> mine;
    std::erase_if(held_, [&](Held& one) {
        if (one.subscription != subscription) return false;
        mine.push_back(std::move(one));
        return true;
    });
    std::ranges::sort(mine, [](const Held& a, const Held& b) { return distance(a.sequence, b.sequence) > 0; });
    Gap gap{subscription, {}, after(mine.back().sequence)};
    for (Held& one : mine)
        gap.documents.push_back(std::move(one.document));
    return gap;
}

void Sequencer::forget(std::uint32_t subscription) {
    std::erase_if(held_, [&](const Held& one) { return one.subscription == subscription; });
}

} // namespace lamp::xsi
