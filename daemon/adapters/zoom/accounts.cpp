#include "adapters/zoom/accounts.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::zoom {
namespace {

constexpr std::size_t doubts_max = 1000;
constexpr Slot nobody = ~Slot{0};

} // namespace

void Accounts::use_people(const presence::People& people) {
    people_.clear();
    for (Slot slot : people.order()) {
        auto person = people.person(slot);
        bool address = person.zoom.find('@') != std::string_view::npos;
        Account account;
        account.named = !person.zoom.empty();
        if (account.named && !address) account.id = person.zoom;
        if (account.id.empty()) account.email = text::lower(address ? person.zoom : person.email);
        if (!account.id.empty() || !account.email.empty()) people_.emplace(slot, std::move(account));
    }
    match();
}

void Accounts::begin() {
    coming_ = {};
}

bool Accounts::take(std::span<const User> users) {
    for (const User& user : users) {
        if (coming_.ids.size() >= users_max) return false;
        coming_.ids.insert(user.id);
        if (!user.email.empty()) coming_.id_of[user.email] = user.id;
    }
    return true;
}

void Accounts::settle() {
    users_ = std::exchange(coming_, {});
    listed_ = true;
    match();
}

void Accounts::claim(Map& map, const std::string& key, Slot slot) {
    auto [at, fresh] = map.try_emplace(key, slot);
    if (fresh || at->second == slot) return;
    if (at->second != nobody) found_[at->second].doubled = true;
    found_[slot].doubled = true;
    at->second = nobody;
}

void Accounts::match() {
    found_ = people_;
    by_id_.clear();
    by_email_.clear();
    for (auto& [slot, account] : found_)
        if (auto user = users_.id_of.find(account.email); account.id.empty() && user != users_.id_of.end())
            account.id = user->second;
    std::vector<Slot> slots;
    slots.reserve(found_.size());
    for (const auto& [slot, account] : found_)
        slots.push_back(slot);
    std::ranges::sort(slots);
    for (Slot slot : slots) {
        const Account account = found_[slot];
        if (!account.id.empty()) claim(by_id_, account.id, slot);
        if (!account.email.empty()) claim(by_email_, account.email, slot);
    }
    doubts_.clear();
    matched_ = unmatched_ = doubled_ = 0;
    auto doubt = [this](Slot slot, std::string kind, std::string text) {
        if (doubts_.size() < doubts_max) doubts_.push_back({slot, std::move(kind), std::move(text)});
    };
    for (Slot slot : slots) {
        const Account& account = found_[slot];
        const auto& name = account.id.empty() ? account.email : account.id;
        if (account.doubled) {
            ++doubled_;
            doubt(slot, "doubled", fmt::format("shares the Zoom account {} with somebody else", name));
        } else if (listed_ && !users_.ids.contains(account.id)) {
            ++unmatched_;
            if (account.named) doubt(slot, "unmatched", fmt::format("has no Zoom account {}", name));
        } else {
            ++matched_;
        }
    }
}

std::optional<Slot> Accounts::find(std::string_view id, std::string_view email) const {
    auto look = [](const Map& map, std::string_view key) -> std::optional<Slot> {
        if (key.empty()) return std::nullopt;
        auto at = map.find(std::string(key));
        if (at == map.end() || at->second == nobody) return std::nullopt;
        return at->second;
    };
    if (auto slot = look(by_id_, id)) return slot;
    auto slot = look(by_email_, email);
    if (!slot) return std::nullopt;
    // An address that has moved to another account is not the person of the list.
    const auto& known = found_.at(*slot).id;
    return id.empty() || known.empty() || known == id ? slot : std::nullopt;
}

void Accounts::learn(std::string_view id, std::string_view email) {
    if (id.empty() || listed_) return;
    auto slot = find({}, email);
    if (!slot) return;
    Account& account = found_.at(*slot);
    if (!account.id.empty()) return;
    account.id = id;
    claim(by_id_, account.id, *slot);
}

std::string_view Accounts::user_of(Slot slot) const {
    auto at = found_.find(slot);
    if (at == found_.end() || at->second.doubled) return {};
    const Account& account = at->second;
    if (listed_ && !users_.ids.contains(account.id)) return {};
    return account.id.empty() ? account.email : account.id;
}

} // namespace lamp::zoom
