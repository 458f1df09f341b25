#include "adapters/zoho/outgoing.hpp"

#include <algorithm>
#include <vector>

namespace lamp::zoho {
namespace {

// Waits before the second to the sixth attempt: all within ten minutes.
constexpr std::array<milliseconds, Outgoing::attempts_max - 1> waits{
    milliseconds(1'000), milliseconds(5'000), milliseconds(20'000), milliseconds(60'000), milliseconds(180'000)};

} // namespace

bool Outgoing::add(Kept kept, Steady now, Wall) {
    auto id = kept.id;
    if (by_id_.size() >= waiting_max) {
        ++dropped_.at(static_cast<std::size_t>(Dropped::full));
        gone_.push_back(id);
        return false;
    }
    auto call = calls_.try_emplace(kept.notice.id).first;
    call->second.push_back({std::move(kept), now, false});
    by_id_[id] = {call, std::prev(call->second.end())};
    drop_over(call->second);
    return true;
}

// Only what is not under way: that may have arrived.
void Outgoing::drop_over(Call& call) {
    bool over = call.back().kept.notice.state != State::ringing;
    for (auto item = call.begin(); item != call.end();) {
        auto here = item++;
        if (over && !here->under_way && here->kept.notice.state == State::ringing) {
            bool just_answered = std::ranges::none_of(call, [](const Item& one) {
                return one.kept.notice.state == State::ended || unattended(one.kept.notice.state);
            });
            if (!just_answered) drop(here->kept.id, Dropped::over);
        }
    }
}

std::optional<Kept> Outgoing::next(Steady now, Wall wall) {
    if (now < held_until_ || under_way_ >= parallel) return std::nullopt;
    for (auto call = calls_.begin(); call != calls_.end();) {
        auto here = call++;
        Item& head = here->second.front();
        if (head.under_way || head.due > now) continue;
        if (old(head, wall)) {
            drop(head.kept.id, Dropped::old);
            call = calls_.begin(); // the next of that call may be younger
            continue;
        }
        head.under_way = true;
        ++head.kept.attempts;
        ++under_way_;
        return head.kept;
    }
    return std::nullopt;
}

std::vector<std::int64_t> Outgoing::ids_of(const std::function<bool(const Notice&)>& so) const {
    std::vector<std::int64_t> ids;
    for (const auto& [id, place] : by_id_)
        if (so(place.item->kept.notice)) ids.push_back(id);
    return ids;
}

Steady Outgoing::due() const {
    auto first = Steady::max();
    for (const auto& [id, call] : calls_)
        if (!call.front().under_way) first = std::min(first, call.front().due);
    return first == Steady::max() ? first : std::max(first, held_until_);
}

void Outgoing::done(std::int64_t id) {
    erase(id);
}

bool Outgoing::failed(std::int64_t id, milliseconds after, Steady now, Wall wall) {
    auto place = by_id_.find(id);
    if (place == by_id_.end()) return false;
    Item& item = *place->second.item;
    if (item.under_way) --under_way_;
    item.under_way = false;
    if (item.kept.attempts >= attempts_max) return drop(id, Dropped::tried), false;
    auto wait = waits.at(static_cast<std::size_t>(std::clamp(item.kept.attempts - 1, 0, attempts_max - 2)));
    item.due = now + std::max(after, wait * jitter_.next().count() / 1'000);
    if (old(item, wall)) return drop(id, Dropped::old), false;
    drop_over(place->second.call->second);
    return by_id_.contains(id);
}

void Outgoing::refuse(std::int64_t id) {
    drop(id, Dropped::refused);
}

void Outgoing::replace(std::int64_t id, Notice notice, Steady now) {
    auto place = by_id_.find(id);
    if (place == by_id_.end()) return;
    Item& item = *place->second.item;
    if (item.under_way) --under_way_;
    item.under_way = false;
    --item.kept.attempts;
    item.kept.notice = std::move(notice);
    item.due = now;
}

void Outgoing::drop(std::int64_t id, Dropped why) {
    ++dropped_.at(static_cast<std::size_t>(why));
    gone_.push_back(id);
    erase(id);
}

void Outgoing::erase(std::int64_t id) {
    auto place = by_id_.find(id);
    if (place == by_id_.end()) return;
    auto [call, item] = place->second;
    if (item->under_way) --under_way_;
    call->second.erase(item);
    if (call->second.empty()) calls_.erase(call);
    by_id_.erase(place);
}

} // namespace lamp::zoho
