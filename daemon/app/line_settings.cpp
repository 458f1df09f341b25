#include "app/line_settings.hpp"

#include <algorithm>
#include <array>

namespace lamp {
namespace {

using forwarding::Always;
using forwarding::Parts;
using forwarding::Ring;
using forwarding::Rings;
using forwarding::Setting;

constexpr std::array every_part{forwarding::part_always, forwarding::part_simultaneous, forwarding::part_sequential};

std::vector<Ring> places_of(const std::optional<std::vector<xsi::RingLocation>>& locations) {
    std::vector<Ring> places;
    if (locations)
        for (const auto& one : *locations)
            if (!one.number.empty()) places.push_back({one.number, one.rings, one.confirm});
    return places;
}

std::vector<xsi::RingLocation> locations_of(const std::vector<Ring>& places) {
    std::vector<xsi::RingLocation> locations;
    locations.reserve(places.size());
    for (const Ring& ring : places)
        locations.push_back({ring.number, ring.rings, ring.confirm});
    return locations;
}

bool switches_on(const Setting& wanted, Parts part) {
    if (part == forwarding::part_always) return wanted.always && wanted.always->active;
    const auto& rings = part == forwarding::part_simultaneous ? wanted.simultaneous : wanted.sequential;
    return rings && rings->active;
}

/// Sequential Ring works while a criterion is active: those that are named, else the first; inactive: none.
Result<void> choose_criteria(std::vector<xsi::Criterion>& criteria, const Rings& wanted) {
    bool any = false;
    for (auto& one : criteria) {
        one.active = wanted.active && std::ranges::find(wanted.criteria, one.name) != wanted.criteria.end();
        any |= one.active;
    }
    if (!wanted.active || any) return {};
    if (criteria.empty())
        return fail(Category::invalid, "The user has no Sequential Ring criterion; it is made on the platform's portal "
                                       "(or [forwarding] several = \"simultaneous\").");
    criteria.front().active = true;
    return {};
}

} // namespace

Task<Result<Setting>> LineSettings::read_here(std::string line, Parts parts) {
    auto candidates = actions_(line);
    Result<Setting> outcome = fail(Category::not_found, "No platform has this line.");
    for (xsi::Actions* actions : candidates) {
        outcome = co_await read_parts(*actions, line, parts);
        if (outcome && candidates.size() > 1) found_[line] = actions;
        if (outcome ||
            (outcome.error().category != Category::not_found && outcome.error().category != Category::forbidden))
            break; // who cannot say now may be the one
    }
    co_return outcome;
}

Task<Result<Setting>> LineSettings::read_parts(xsi::Actions& actions, std::string line, Parts parts) {
    Setting setting;
    if ((parts & forwarding::part_always) != 0) {
        auto found = co_await actions.service<xsi::CallForwardingAlways>(line);
        if (!found) co_return std::unexpected(std::move(found.error()));
        setting.always = Always{found->active, found->forward_to.value_or("")};
    }
    if ((parts & forwarding::part_simultaneous) != 0) {
        auto found = co_await actions.service<xsi::SimultaneousRingPersonal>(line);
        if (!found) co_return std::unexpected(std::move(found.error()));
        setting.simultaneous = Rings{found->active, places_of(found->locations), {}};
    }
    if ((parts & forwarding::part_sequential) != 0) {
        auto found = co_await actions.service<xsi::SequentialRing>(line);
        if (!found) co_return std::unexpected(std::move(found.error()));
        setting.sequential = Rings{found->active(), places_of(found->locations), {}};
        for (const auto& criterion : found->criteria)
            if (criterion.active) setting.sequential->criteria.push_back(criterion.name);
    }
    co_return setting;
}

Task<Result<void>> LineSettings::write_part(xsi::Actions& actions, const std::string& line, Parts part,
                                            const Setting& wanted) {
    if (part == forwarding::part_always) {
        xsi::CallForwardingAlways always{.active = wanted.always->active, .forward_to = wanted.always->to};
        co_return co_await actions.set_service(line, always);
    }
    if (part == forwarding::part_simultaneous) {
        xsi::SimultaneousRingPersonal rings{.active = wanted.simultaneous->active,
                                            .locations = locations_of(wanted.simultaneous->places)};
        co_return co_await actions.set_service(line, rings);
    }
    auto there = co_await actions.service<xsi::SequentialRing>(line);
    if (!there) co_return std::unexpected(std::move(there.error()));
    xsi::SequentialRing rings{.locations = locations_of(wanted.sequential->places),
                              .criteria = std::move(there->criteria)};
    if (auto chosen = choose_criteria(rings.criteria, *wanted.sequential); !chosen) co_return chosen;
    co_return co_await actions.set_service(line, rings);
}

Task<Result<void>> LineSettings::write_here(std::string line, Parts parts, Setting wanted) {
    auto candidates = actions_(line);
    if (candidates.empty()) co_return fail(Category::not_found, "No platform has this line.");
    auto* actions = candidates.front();
    if (auto found = found_.find(line); found != found_.end() && candidates.size() > 1) actions = found->second;
    for (bool on : {true, false})
        for (Parts part : every_part)
            if ((parts & part) != 0 && switches_on(wanted, part) == on)
                if (auto done = co_await write_part(*actions, line, part, wanted); !done) co_return done;
    co_return Result<void>();
}

namespace {

template <class T>
Task<> perform(Loop& asking, Task<Result<T>> task, std::function<void(Result<T>)> answer) {
    auto outcome = co_await std::move(task);
    asking.post([answer = std::move(answer), outcome = std::move(outcome)]() mutable { answer(std::move(outcome)); });
}

} // namespace

void LineSettings::read(Loop& asking, std::string line, Parts parts, std::function<void(Result<Setting>)> answer) {
    ingress_.post([this, &asking, line = std::move(line), parts, answer = std::move(answer)]() mutable {
        ingress_.spawn(perform<Setting>(asking, read_here(std::move(line), parts), std::move(answer)));
    });
}

void LineSettings::write(Loop& asking, std::string line, Parts parts, Setting wanted,
                         std::function<void(Result<void>)> answer) {
    ingress_.post([this, &asking, line = std::move(line), parts, wanted = std::move(wanted),
                   answer = std::move(answer)]() mutable {
        ingress_.spawn(perform<void>(asking, write_here(std::move(line), parts, std::move(wanted)), std::move(answer)));
    });
}

} // namespace lamp
