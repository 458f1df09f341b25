#include "sip/feature_desk.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "base/log.hpp"

namespace lamp::sip {
namespace {

using calls::ForwardKind;
using calls::ForwardSetting;

struct Kind {
    ForwardKind kind;
    std::optional<ForwardSetting> Forwards::* member;
};
constexpr std::array kinds{Kind{ForwardKind::always, &Forwards::always}, Kind{ForwardKind::busy, &Forwards::busy},
                           Kind{ForwardKind::no_answer, &Forwards::no_answer}};

/// The line has no such service: there is nothing to tell, now or later.
bool lacks(const Error& error) {
    return error.category == Category::not_found || error.category == Category::forbidden ||
           error.category == Category::invalid;
}

/// As far as they tell of the same: news know best of forwarding that is always on.
bool agree(const Forwards& known, presence::Forwarding told) {
    using presence::Forwarding;
    const bool on = told == Forwarding::always || told == Forwarding::multiple;
    return on == (known.always && known.always->active);
}

} // namespace

void FeatureDesk::watch(std::string_view line) {
    if (!control_.forwarding) return;
    const auto [place, added] = entries_.try_emplace(std::string(line));
    if (place->second.missing) ask(place->first);
}

void FeatureDesk::take(const calls::LineNews& news) {
    if (entries_.empty()) return;
    const auto found = entries_.find(news.line);
    if (found == entries_.end()) return;
    if (!news.watched) {
        entries_.erase(found);
        return;
    }
    if (news.stale || !news.known) return; // nobody could answer
    Entry& entry = found->second;
    const auto before = std::exchange(entry.told, news.forwarding);
    const bool other = before ? *before != news.forwarding : !agree(entry.forwards, news.forwarding);
    if (!other && !entry.missing) return;
    if (seams_.watched(news.line))
        ask(found->first);
    else
        entries_.erase(found);
}

const Forwards* FeatureDesk::forwards(std::string_view line) const {
    if (entries_.empty()) return nullptr;
    const auto found = entries_.find(std::string(line));
    return found == entries_.end() || !found->second.known ? nullptr : &found->second.forwards;
}

// --- asking

void FeatureDesk::ask(const std::string& line) {
    Entry& entry = entries_.at(line);
    if (std::exchange(entry.waiting, true)) return;
    queue_.push_back(line);
    ask_next();
}

void FeatureDesk::ask_next() {
    while (!asking_ && !queue_.empty()) {
        auto line = std::move(queue_.front());
        queue_.pop_front();
        const auto found = entries_.find(line);
        if (found == entries_.end() || !found->second.waiting) continue; // gone meanwhile
        found->second.waiting = false;
        asking_ = std::move(line);
        ask_kind(0, {}, false);
    }
}

void FeatureDesk::ask_kind(std::size_t kind, Forwards got, bool missing) {
    if (kind == kinds.size()) return finish(std::move(got), missing);
    ++counters_.asked;
    control_.forwarding(*asking_, kinds[kind].kind,
                        [this, kind, got = std::move(got), missing](Result<ForwardSetting> answer) mutable {
                            const bool failed = !answer && !lacks(answer.error());
                            if (answer) got.*kinds[kind].member = std::move(*answer);
                            if (failed) { // what was known last stays
                                const auto found = entries_.find(*asking_);
                                if (found != entries_.end())
                                    got.*kinds[kind].member = found->second.forwards.*kinds[kind].member;
                            }
                            ask_kind(kind + 1, std::move(got), missing || failed);
                        });
}

void FeatureDesk::finish(Forwards got, bool missing) {
    const auto line = std::move(*asking_);
    asking_.reset();
    if (const auto found = entries_.find(line); found != entries_.end()) {
        Entry& entry = found->second;
        entry.missing = missing;
        const bool news = (!entry.known && !missing) || got != entry.forwards;
        entry.known = entry.known || !missing;
        entry.forwards = std::move(got);
        if (news && entry.known) seams_.changed(line);
    }
    ask_next();
}

// --- orders

void FeatureDesk::order(const std::vector<std::string>& lines, const FeatureOrder& order,
                        std::function<void(bool)> done) {
    if (lines.empty() || !control_.set_dnd) return done(false);
    struct Progress {
        std::size_t left;
        bool all = true;
        std::function<void(bool)> done;
    };
    const auto progress = std::make_shared<Progress>(Progress{lines.size(), true, std::move(done)});
    const bool forwarding = std::holds_alternative<SetForward>(order);
    for (const auto& line : lines) {
        ++counters_.ordered;
        give_order(control_, line, order, [this, line, forwarding, progress](Result<void> outcome) {
            if (!outcome) {
                ++counters_.failed;
                log::info("sip", "a telephone's order failed", {{"why", outcome.error().text}});
            }
            progress->all = progress->all && outcome.has_value();
            // The platform's events do not tell where to, and of some kinds not even whether.
            if (forwarding && entries_.contains(line)) ask(line);
            if (--progress->left == 0) progress->done(progress->all);
        });
    }
}

} // namespace lamp::sip
