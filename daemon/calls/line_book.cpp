#include "calls/line_book.hpp"

namespace lamp::calls {
namespace {

// The fields of a Look, from its lowest bit.
constexpr unsigned stale_bit = 1;
constexpr unsigned dnd_bit = 2;
constexpr unsigned forwarding_bit = 3;
constexpr unsigned agent_bit = 6;
constexpr unsigned look_bits = 9;

} // namespace

LineBook::Look LineBook::look_of(const LineNews& news) {
    return static_cast<Look>(static_cast<unsigned>(news.known) | static_cast<unsigned>(news.stale) << stale_bit |
                             static_cast<unsigned>(news.dnd) << dnd_bit |
                             static_cast<unsigned>(news.forwarding) << forwarding_bit |
                             static_cast<unsigned>(news.agent) << agent_bit);
}

void LineBook::take(const LineNews& news) {
    auto index = names_.intern(news.line);
    if (index == looks_.size()) looks_.push_back(absent);
    Look before = looks_[index];
    Look look = absent;
    if (news.watched) look = news.calls.empty() ? look_of(news) : has_calls;
    watched_ += static_cast<std::size_t>(before == absent && look != absent);
    watched_ -= static_cast<std::size_t>(before != absent && look == absent);
    looks_[index] = look;
    if (look == has_calls) {
        auto& kept = busy_[index];
        if (!kept) kept = std::make_unique<LineNews>();
        *kept = news;
        kept->ended.clear();
        return;
    }
    if (before == has_calls) busy_.erase(index);
    if (look == absent) return;
    if (resting_.empty()) resting_.resize(1U << look_bits);
    if (resting_[look]) return;
    resting_[look] = std::make_unique<LineNews>(news);
    resting_[look]->line.clear();
    resting_[look]->ended.clear();
}

const LineNews* LineBook::find(std::string_view line) const {
    auto index = names_.find(line);
    if (!index || looks_[*index] == absent) return nullptr;
    Look look = looks_[*index];
    return look == has_calls ? busy_.at(*index).get() : resting_[look].get();
}

} // namespace lamp::calls
