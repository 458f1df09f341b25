// Teams: what notifications mean for it. A notification goes the way of a reading, or orders one.
#include <algorithm>

#include "adapters/teams/teams.hpp"

namespace lamp::teams {
namespace {

constexpr std::string_view hook_name = "graph";
constexpr std::string_view life_hook_name = "graph/life";

} // namespace

Result<void> Teams::make_notifications() {
    if (!options_.notifications || !options_.read) return {};
    Notifications::Callbacks callbacks;
    callbacks.reading = [this](const graph::Presence& presence) { return take_notified(presence); };
    callbacks.look = [this](std::vector<Guid> people) { look(std::move(people)); };
    callbacks.wanted = [this](const std::vector<Guid>& present) { return people_to_subscribe(present); };
    auto made = Notifications::make(loop_, options_, store_, std::move(callbacks));
    if (!made) return std::unexpected(made.error());
    notifications_ = *std::move(made);
    return {};
}

std::optional<fanout::HookAnswer> Teams::deliver(const fanout::HookCall& call) {
    if (!notifications_ || (call.path != hook_name && call.path != life_hook_name)) return std::nullopt;
    if (!notifications_->deliver(std::string(call.body))) return fanout::hook_full();
    return fanout::HookAnswer{.status = 202};
}

bool Teams::expects_test(std::string_view hook) const {
    return notifications_ && (hook == hook_name || hook == life_hook_name) && notifications_->expects_validation();
}

std::vector<Guid> Teams::people_to_subscribe(const std::vector<Guid>& present) {
    std::vector<Guid> everybody;
    everybody.reserve(by_account_.size());
    for (const auto& [id, slot] : by_account_)
        everybody.push_back(id);
    if (everybody.size() <= SubscriptionMachine::people_max) return everybody;
    std::vector<Guid> first;
    auto now = steady_now();
    std::erase_if(watched_, [now](const auto& one) { return one.second <= now; });
    for (const auto& [id, until] : watched_)
        first.push_back(id);
    for (const auto& [id, slot] : by_account_)
        if (presence::LineReport::unpack(table_.cell(slot, presence::Source::telephony)).in_call) first.push_back(id);
    return choose_people(first, present, everybody);
}

Notified Teams::take_notified(const graph::Presence& presence) {
    auto slot = slot_of(presence.id);
    if (slot && readings_.is_behind(*slot, presence)) return Notified::old;
    return take(presence, steady_now(), wall_now());
}

void Teams::look(std::vector<Guid> people) {
    for (const Guid& person : people)
        if (slot_of(person) && look_.size() < PollPlan::batch_max && std::ranges::find(look_, person) == look_.end())
            look_.push_back(person);
    if (look_.empty() || std::exchange(looking_, true)) return;
    loop_.spawn(look_now());
}

Task<> Teams::look_now() {
    while (!look_.empty() && !stopping_) {
        if (co_await graph_->acquire(Priority::read, 1) == 0) break;
        PollPlan::Batch batch{PollPlan::Batch::Kind::interest, 0, std::exchange(look_, {})};
        ++reads_under_way_;
        co_await read(std::move(batch));
    }
    looking_ = false;
}

} // namespace lamp::teams
