// Teams: who is who. The tenant's accounts are listed once, then followed by their changes.
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <malloc.h>

#include "adapters/teams/teams.hpp"
#include "base/log.hpp"

namespace lamp::teams {
namespace {

constexpr std::size_t pages_max = 10'000;
constexpr milliseconds refused_wait{60'000};

} // namespace

void Teams::use_people(std::shared_ptr<const presence::People> people, const std::vector<LineName>& lines) {
    people_ = std::move(people);
    lines_ = std::ranges::find(match_, "line") == match_.end() ? LineNames() : LineNames(lines);
    people_in_ = true;
    match_again();
    directory_bell_.ring();
}

bool Teams::needs_directory() const {
    return std::ranges::any_of(people_->order(),
                               [this](presence::Slot slot) { return !graph::parse_guid(people_->person(slot).teams); });
}

Task<> Teams::follow_directory() {
    Backoff back_off(milliseconds(1000), milliseconds(60'000));
    while (!stopping_) {
        if (!people_in_ || !needs_directory()) {
            accounts_in_ = people_in_ || accounts_in_;
            co_await directory_bell_.wait(milliseconds(3'600'000));
            continue;
        }
        bool read = delta_link_.empty() ? co_await read_all_accounts() : co_await read_account_changes();
        auto wait = read ? options_.directory_poll : std::max(back_off.next(), directory_after_);
        if (read) back_off.reset();
        // New people wake us: asking once more is cheap.
        co_await directory_bell_.wait(directory_refused_.empty() ? wait : refused_wait);
    }
}

Task<bool> Teams::read_all_accounts() {
    // Where changes begin is asked for first, so that none falls between the two.
    std::string changes;
    auto latest = co_await graph_->send(http::Method::get, graph::delta_target() + "&$deltatoken=latest");
    if (latest.ok())
        if (auto page = graph::read_users(latest.body)) changes = page->delta_link;
    Accounts fresh;
    auto target = graph::users_target();
    for (std::size_t pages = 0; !target.empty(); ++pages) {
        auto reply = co_await graph_->send(http::Method::get, target);
        if (stopping_) co_return false;
        note_directory(reply);
        if (!reply.ok()) co_return false;
        auto page = graph::read_users(reply.body);
        if (!page) {
            log::warning("teams", "a page of the tenant's accounts cannot be read", {{"why", page.error().text}});
            co_return false;
        }
        fresh.take(page->users);
        target = std::move(page->next_link);
        if (pages >= pages_max) co_return false;
    }
    fresh.settle();
    accounts_ = std::move(fresh);
    delta_link_ = std::move(changes);
    if (!std::exchange(accounts_in_, true)) plan_.start_over();
    match_again();
    ::malloc_trim(0); // a large tenant's pages are gone for good
    log::info("teams", "accounts of the tenant",
              {{"accounts", accounts_.size()},
               {"matched", by_account_.size()},
               {"unmatched", matching_.unmatched},
               {"ambiguous", matching_.ambiguous},
               {"doubled", matching_.doubled}});
    co_return true;
}

Task<bool> Teams::read_account_changes() {
    auto target = delta_link_;
    std::string next_time;
    std::vector<graph::User> changes; // taken at once: while we wait, accounts_ is whole
    for (std::size_t pages = 0; !target.empty() && pages < pages_max; ++pages) {
        auto reply = co_await graph_->send(http::Method::get, target);
        if (stopping_) co_return false;
        note_directory(reply);
        auto page = reply.ok() ? graph::read_users(reply.body) : std::unexpected(*reply.error);
        // A link that is not taken any more (410 after seven days, 400 syncStateNotFound): all over again.
        if (reply.status == 410 || reply.status == 400 || reply.status == 404) delta_link_.clear();
        if (!page || !co_await complete(page->users)) co_return false;
        std::ranges::move(page->users, std::back_inserter(changes));
        next_time = std::move(page->delta_link);
        target = std::move(page->next_link);
    }
    if (!next_time.empty()) delta_link_ = std::move(next_time);
    if (changes.empty()) co_return true;
    accounts_.take(changes);
    accounts_.settle();
    match_again();
    ::malloc_trim(0);
    co_return true;
}

// A change tells at least what has changed (cloud-apis.md A10), and may tell no more: the rest is asked for.
Task<bool> Teams::complete(std::vector<graph::User>& changes) {
    for (graph::User& user : changes) {
        if (user.removed != graph::Removed::no || !user.upn.empty()) continue;
        auto reply = co_await graph_->send(http::Method::get, graph::user_target(graph::to_string(user.id)));
        if (reply.status == 404) {
            user.removed = graph::Removed::changed;
            continue;
        }
        note_directory(reply);
        auto whole = reply.ok() ? graph::read_users(reply.body) : std::unexpected(*reply.error);
        if (!whole || whole->users.size() != 1) co_return false;
        user = std::move(whole->users.front());
    }
    co_return true;
}

void Teams::note_directory(const GraphReply& reply) {
    directory_after_ = reply.after;
    if (reply.ok()) return directory_refused_.clear();
    if (reply.status != 403) return;
    if (directory_refused_.empty())
        log::error("teams",
                   "listing the tenant's accounts is not permitted; only people whose object id stands in "
                   "the people file are matched",
                   {{"why", reply.error->text}});
    directory_refused_ = reply.error->text;
    accounts_in_ = true; // as much as there will be
}

void Teams::match_again() {
    auto now = steady_now();
    auto wall = wall_now();
    auto before = std::exchange(by_account_, {});
    matching_ = match(*people_, lines_, accounts_, match_);
    by_account_.reserve(matching_.matched.size());
    for (const auto& [slot, id] : std::exchange(matching_.matched, {}))
        by_account_.emplace_back(id, slot);
    std::ranges::sort(by_account_);
    by_slot_.assign(people_->slots(), 0);
    std::vector<Guid> everybody;
    everybody.reserve(by_account_.size());
    for (std::uint32_t i = 0; i < by_account_.size(); ++i) {
        by_slot_[by_account_[i].second] = i + 1;
        everybody.push_back(by_account_[i].first);
    }
    for (const auto& [id, slot] : before) {
        if (std::ranges::binary_search(by_account_, std::pair(id, slot))) continue;
        if (slot_of(id) != slot) sessions_.abandon(id, now);
        if (account_of(slot) == id) continue;
        readings_.forget(slot, wall);
        if (slot < last_.size()) last_[slot] = {}; // another's
    }
    for (const auto& [id, slot] : by_account_) {
        if (!may_write(slot)) sessions_.abandon(id, now);
        look_at_line(slot, now);
    }
    readings_.use(people_->slots());
    plan_.use(std::move(everybody));
    read_bell_.ring();
    write_bell_.ring();
    if (notifications_) notifications_->people_changed();
}

std::optional<Guid> Teams::account_of(presence::Slot slot) const {
    if (slot >= by_slot_.size() || by_slot_[slot] == 0) return std::nullopt;
    return by_account_[by_slot_[slot] - 1].first;
}

std::optional<presence::Slot> Teams::person_of(std::string_view object_id) const {
    auto id = graph::parse_guid(object_id);
    return id ? slot_of(*id) : std::nullopt;
}

std::optional<presence::Slot> Teams::slot_of(const Guid& id) const {
    auto at = std::ranges::lower_bound(by_account_, id, {}, &std::pair<Guid, presence::Slot>::first);
    if (at == by_account_.end() || at->first != id) return std::nullopt;
    return at->second;
}

} // namespace lamp::teams
