// /v1/watchers: who watches whom over SIP.
#include "status/asking.hpp"
#include "status/target.hpp"
#include "status/watcher_json.hpp"

namespace lamp::status {

void Api::watchers(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"person", "limit", "cursor"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto page = page_in(call, *query);
    if (!page) return;
    std::optional<presence::Slot> slot;
    if (auto id = query->find("person")) {
        slot = find_person(*id, asked);
        if (!slot) return call.answer(unknown_person());
    }
    defer(call, make_watchers(*page, slot, asked.reach));
}

Task<Answer> Api::make_watchers(Page page, std::optional<presence::Slot> slot, ReachPtr reach) {
    auto port = slot ? watchers_of(*slot) : ports_.watchers;
    auto watchers = co_await ask<std::vector<WatcherView>>(std::move(port), patience());
    if (!watchers) co_return no_answer();
    if (reach)
        std::erase_if(*watchers, [&](const WatcherView& one) { return !one.person || !reach->sees(*one.person); });
    put_in_order(*watchers);
    co_return listed(*watchers, page,
                     [this](JsonWriter& json, const WatcherView& one) { write_watcher(json, one, id_of(one.person)); });
}

std::function<void(Reply<std::vector<WatcherView>>)> Api::watchers_of(presence::Slot slot) const {
    if (!ports_.watchers_of) return {};
    return [this, slot](Reply<std::vector<WatcherView>> reply) { ports_.watchers_of(slot, std::move(reply)); };
}

/// Empty: nobody's, or somebody's who has left.
std::string_view Api::id_of(std::optional<presence::Slot> slot) const {
    if (!slot || *slot >= people_->slots() || !people_->listed(*slot)) return {};
    return people_->person(*slot).id;
}

} // namespace lamp::status
