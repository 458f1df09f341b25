#include "acd/follow.hpp"

#include <algorithm>

namespace lamp::acd {
namespace {

using presence::AgentState;

/// Asking again is of no use before somebody changes something.
bool refused(Category category) {
    return category == Category::forbidden || category == Category::not_found || category == Category::invalid;
}

} // namespace

void Follow::use(FollowSettings settings, Steady now) {
    bool off = settings_.on && !settings.on;
    settings_ = std::move(settings);
    for (auto& [name, line] : lines_) {
        line.backoff = Backoff(settings_.retry_first, settings_.retry_longest);
        if (off) counts_away(line, false, now);
        if (settings_.on && line.said) counts_away(line, line.said->away, now);
    }
}

Follow::Line& Follow::line_of(const std::string& name) {
    auto [at, made] = lines_.try_emplace(name);
    if (made) at->second.backoff = Backoff(settings_.retry_first, settings_.retry_longest);
    return at->second;
}

void Follow::adopt(std::vector<Kept> kept, Steady now) {
    for (auto& one : kept) {
        Line& line = line_of(one.line);
        line.kept = std::move(one);
        line.away = true; // until Teams has spoken, or has been silent for too long
        line.silent_since = now;
        line.phase = Phase::look;
        line.unheard = true;
    }
    if (!settings_.on)
        for (auto& [name, line] : lines_)
            counts_away(line, false, now);
}

void Follow::wish(const std::string& name, std::optional<Wish> wish, Steady now) {
    if (!wish.value_or(Wish{}).away && !lines_.contains(name)) return; // most people, most of the time
    Line& line = line_of(name);
    line.said = wish;
    if (wish) line.why = wish->why;
    if (!settings_.on) return;
    if (!wish) {
        if (!line.silent_since) line.silent_since = now;
        return;
    }
    line.silent_since.reset();
    counts_away(line, wish->away, now);
}

void Follow::counts_away(Line& line, bool away, Steady now) {
    if (line.away == away) return;
    line.away = away;
    line.yielded = false;
    if (!away) {
        if (line.phase == Phase::begin) line.phase = Phase::rest, line.due = Steady::max();
        if (line.phase == Phase::ours) line.phase = Phase::end, line.due = now + settings_.settle;
        return;
    }
    if (line.phase == Phase::end) line.phase = Phase::ours, line.due = Steady::max();
    if (line.phase == Phase::rest && line.state == AgentState::available)
        line.phase = Phase::begin, line.due = now + settings_.settle;
}

void Follow::heard(const std::string& name, AgentState state, Steady now) {
    if (state == AgentState::none && !lines_.contains(name)) return;
    Line& line = line_of(name);
    if (line.state == state) return;
    if (std::exchange(line.unheard, false) && line.phase == Phase::look) line.due = now;
    auto before = std::exchange(line.state, state);
    switch (line.phase) {
    case Phase::rest:
        if (state != AgentState::available || !line.away || line.yielded) return;
        // After a call the platform makes an agent free again; whoever does so by hand means it.
        if (before == AgentState::wrap_up || before == AgentState::none)
            line.phase = Phase::begin, line.due = now + settings_.settle;
        else
            line.yielded = true;
        return;
    case Phase::begin:
        if (state != AgentState::available) line.phase = Phase::rest, line.due = Steady::max();
        return;
    case Phase::ours:
    case Phase::end:
        // Wrap-up after a call that went on is the platform's; not known is nobody's. What is heard may be older than
        // our write, so the platform is asked.
        if (state == AgentState::unavailable || state == AgentState::wrap_up || state == AgentState::none) return;
        line.phase = Phase::look;
        line.due = now;
        return;
    case Phase::saving:
    case Phase::take:
        if (state != AgentState::available && state != AgentState::none) line.yielded = line.away;
        return;
    case Phase::taking: // an echo or a user: reading back will tell
    case Phase::look:
    case Phase::looking:
    case Phase::checking:
    case Phase::give:
    case Phase::giving:
    case Phase::erasing:
    case Phase::erase_again: return;
    }
}

void Follow::user_won(Line& line, Steady now) {
    line.yielded = line.away;
    line.phase = Phase::erase_again;
    line.due = now;
}

void Follow::retry(Line& line, Phase phase, const Error& error, Steady now) {
    line.trouble = error.text;
    line.phase = phase;
    line.due = now + line.backoff.next();
}

const std::string& Follow::code_of(Reason reason) const {
    auto own = settings_.codes.find(reason);
    return own == settings_.codes.end() ? settings_.code : own->second;
}

bool Follow::is_ours(const calls::AgentCard& card, const Line& line) const {
    return card.state == AgentState::unavailable && card.code == line.kept.code;
}

/// Nothing is on disk any more: as if nothing had been, but for what the user has decided.
void Follow::release(Line& line) {
    line.kept = {};
    line.phase = Phase::rest;
    line.due = Steady::max();
}

std::optional<Follow::Action> Follow::act(const std::string& name, Line& line, Steady now) {
    using Verb = Action::Verb;
    if (line.silent_since && now - *line.silent_since >= settings_.hold) {
        line.silent_since.reset();
        counts_away(line, false, now);
    }
    if (line.phase == Phase::ours && line.marking) {
        line.marking = false;
        return Action{.verb = Verb::save, .line = name, .kept = line.kept};
    }
    if (line.due > now) return std::nullopt;
    line.due = Steady::max();
    switch (line.phase) {
    case Phase::begin:
        line.kept = {name, code_of(line.why), false};
        line.phase = Phase::saving;
        return Action{.verb = Verb::save, .line = name, .kept = line.kept};
    case Phase::take:
        if (line.yielded || !line.away) {
            line.phase = Phase::erasing;
            return Action{.verb = Verb::erase, .line = name};
        }
        line.phase = Phase::taking;
        return Action{.verb = Verb::write, .line = name, .state = AgentState::unavailable, .code = line.kept.code};
    case Phase::look: line.phase = Phase::looking; return Action{.verb = Verb::read, .line = name};
    case Phase::end: line.phase = Phase::checking; return Action{.verb = Verb::read, .line = name};
    case Phase::give:
        line.phase = line.away ? Phase::ours : Phase::giving; // a meeting may have begun meanwhile
        if (line.away) return std::nullopt;
        return Action{.verb = Verb::write, .line = name, .state = AgentState::available};
    case Phase::erase_again: line.phase = Phase::erasing; return Action{.verb = Verb::erase, .line = name};
    default: return std::nullopt;
    }
}

std::vector<Follow::Action> Follow::turn(Steady now) {
    std::vector<Action> actions;
    for (auto& [name, line] : lines_)
        if (auto action = act(name, line, now)) actions.push_back(std::move(*action));
    return actions;
}

void Follow::saved(const std::string& name, bool good, Steady now) {
    auto found = lines_.find(name);
    if (found == lines_.end()) return;
    Line& line = found->second;
    if (line.phase == Phase::saving) {
        if (good) {
            line.phase = Phase::take;
            line.due = now;
        } else if (line.away && line.state == AgentState::available && !line.yielded) {
            retry(line, Phase::begin, Error(Category::unavailable, "The disk did not take it."), now);
        } else {
            release(line);
        }
    } else if (line.phase == Phase::erasing) {
        if (!good)
            return retry(line, Phase::erase_again, Error(Category::unavailable, "The disk did not take it."), now);
        release(line);
        // Another meeting has begun while this one was given back.
        if (line.away && !line.yielded && line.state == AgentState::available)
            line.phase = Phase::begin, line.due = now + settings_.settle;
    }
}

void Follow::wrote(const std::string& name, const Result<void>& done, Steady now) {
    auto found = lines_.find(name);
    if (found == lines_.end()) return;
    Line& line = found->second;
    bool hopeless = !done && refused(done.error().category);
    if (line.phase == Phase::taking) {
        line.phase = Phase::look; // also after an error: the request may have done its work
        line.due = now;
        if (done) return line.backoff.reset();
        if (!hopeless) return retry(line, Phase::look, done.error(), now);
        line.trouble = done.error().text;
        return user_won(line, now);
    }
    if (line.phase != Phase::giving) return;
    if (!done && !hopeless) return retry(line, Phase::end, done.error(), now);
    line.trouble = done ? std::string() : done.error().text;
    if (done) {
        line.backoff.reset();
        line.state = AgentState::available; // the echo is no news
    }
    line.phase = Phase::erase_again;
    line.due = now;
}

void Follow::read(const std::string& name, const Result<calls::AgentCard>& card, Steady now) {
    auto found = lines_.find(name);
    if (found == lines_.end()) return;
    Line& line = found->second;
    auto from = line.phase;
    if (from != Phase::looking && from != Phase::checking) return;
    auto again = from == Phase::looking ? Phase::look : Phase::end;
    // Not found: nobody watches the line any more, or not yet. What is there because of us is not forgotten for that.
    bool lost = !card && card.error().category == Category::not_found;
    if (!card && (lost || !refused(card.error().category))) return retry(line, again, card.error(), now);
    if (!card) {
        line.trouble = card.error().text;
        return user_won(line, now);
    }
    line.trouble.clear();
    line.backoff.reset();
    if (card->state != AgentState::none) line.state = card->state;
    if (from == Phase::checking) {
        if (!is_ours(*card, line)) return user_won(line, now);
        line.phase = Phase::give;
        line.due = now;
        return;
    }
    if (is_ours(*card, line)) {
        line.marking = !std::exchange(line.kept.written, true);
        line.phase = Phase::ours;
        if (!line.away) line.phase = Phase::end, line.due = now + settings_.settle;
        return;
    }
    // Not unavailable by us: the write is lost, or somebody was faster. Once it was read back, it was somebody.
    if (card->state == AgentState::available && !line.kept.written && line.away) {
        line.phase = Phase::take;
        line.due = now + line.backoff.next();
        return;
    }
    user_won(line, now);
}

Steady Follow::wake_at() const {
    auto first = Steady::max();
    for (const auto& [name, line] : lines_) {
        first = std::min(first, line.phase == Phase::ours && line.marking ? Steady() : line.due);
        if (line.silent_since) first = std::min(first, *line.silent_since + settings_.hold);
    }
    return first;
}

bool Follow::holds(const std::string& name) const {
    auto found = lines_.find(name);
    if (found == lines_.end()) return false;
    auto phase = found->second.phase;
    return phase == Phase::ours || phase == Phase::end || phase == Phase::checking || phase == Phase::give ||
           phase == Phase::giving;
}

std::size_t Follow::held() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(lines_, [this](const auto& one) { return holds(one.first); }));
}

std::vector<std::string> Follow::problems() const {
    std::vector<std::string> problems;
    for (const auto& [name, line] : lines_)
        if (!line.trouble.empty()) problems.push_back(name + ": " + line.trouble);
    return problems;
}

} // namespace lamp::acd
