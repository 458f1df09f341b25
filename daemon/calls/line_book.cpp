#include "calls/line_book.hpp"

namespace lamp::calls {
namespace {

// The flags of a look, from its lowest bit.
constexpr unsigned stale_bit = 1;
constexpr unsigned dnd_bit = 2;
constexpr unsigned forwarding_bit = 3;
constexpr unsigned agent_bit = 6;
constexpr unsigned awaited_bit = 9;

} // namespace

LineBook::Look LineBook::look_of(const LineNews& news) {
    return {static_cast<std::uint16_t>(
                static_cast<unsigned>(news.known) | static_cast<unsigned>(news.stale) << stale_bit |
                static_cast<unsigned>(news.dnd) << dnd_bit | static_cast<unsigned>(news.forwarding) << forwarding_bit |
                static_cast<unsigned>(news.agent) << agent_bit |
                static_cast<unsigned>(news.messages_awaited) << awaited_bit),
            news.messages};
}

void LineBook::take(const LineNews& news) {
    const auto index = names_.intern(news.line);
    if (index == places_.size()) places_.push_back(absent);
    const auto before = places_[index];
    auto now = absent;
    if (news.watched && !news.calls.empty()) {
        now = has_calls;
    } else if (news.watched) {
        const auto look = look_of(news);
        if (before < has_calls && resting_[before]->first == look) return;
        now = enter(look, news);
    }
    watched_ += static_cast<std::size_t>(before == absent && now != absent);
    watched_ -= static_cast<std::size_t>(before != absent && now == absent);
    places_[index] = now;
    leave(before);
    if (now == has_calls) {
        auto& kept = busy_[index];
        if (!kept) kept = std::make_unique<LineNews>();
        *kept = news;
        kept->ended.clear();
    } else if (before == has_calls) {
        busy_.erase(index);
    }
}

std::uint32_t LineBook::enter(const Look& look, const LineNews& news) {
    const auto [place, added] = looks_.try_emplace(look);
    Resting& resting = place->second;
    ++resting.lines;
    if (!added) return resting.place;
    resting.news = news;
    resting.news.line.clear();
    resting.news.ended.clear();
    if (free_.empty()) {
        resting.place = static_cast<std::uint32_t>(resting_.size());
        resting_.push_back(place);
    } else {
        resting.place = free_.back();
        free_.pop_back();
        resting_[resting.place] = place;
    }
    return resting.place;
}

void LineBook::leave(std::uint32_t place) {
    if (place >= has_calls || --resting_[place]->second.lines > 0) return;
    looks_.erase(resting_[place]);
    free_.push_back(place);
}

const LineNews* LineBook::find(std::string_view line) const {
    const auto index = names_.find(line);
    if (!index || places_[*index] == absent) return nullptr;
    const auto place = places_[*index];
    return place == has_calls ? busy_.at(*index).get() : &resting_[place]->second.news;
}

} // namespace lamp::calls
