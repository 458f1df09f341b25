// See directory.hpp.
#include "directory.hpp"

#include <charconv>
#include <utility>

namespace sim::graph {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

void Directory::index(UserIndex user) {
    const User& stored = users_[user];
    by_upn_[lower(stored.upn)] = user;
    if (!stored.mail.empty() && stored.mail != stored.upn) by_mail_.emplace(lower(stored.mail), user);
    if (stored.extension) by_extension_.try_emplace(stored.extension, user);
}

void Directory::unindex(UserIndex user) {
    const User& stored = users_[user];
    by_upn_.erase(lower(stored.upn));
    const auto [begin, end] = by_mail_.equal_range(lower(stored.mail));
    for (auto row = begin; row != end; ++row)
        if (row->second == user) {
            by_mail_.erase(row);
            break;
        }
    if (const auto row = by_extension_.find(stored.extension); row != by_extension_.end() && row->second == user)
        by_extension_.erase(row);
}

UserIndex Directory::add(User user) {
    const auto number = static_cast<UserIndex>(users_.size());
    users_.push_back(std::move(user));
    by_id_[users_.back().id] = number;
    index(number);
    log_.push_back(number);
    return number;
}

void Directory::change(UserIndex user, User fresh) {
    unindex(user);
    fresh.id = users_[user].id;
    users_[user] = std::move(fresh);
    index(user);
    log_.push_back(user);
}

void Directory::remove(UserIndex user, bool for_good) {
    if (users_[user].life == Life::present) unindex(user);
    users_[user].life = for_good ? Life::deleted : Life::recycled;
    log_.push_back(user);
}

void Directory::restore(UserIndex user) {
    users_[user].life = Life::present;
    index(user);
    log_.push_back(user);
}

UserIndex Directory::find(const Guid& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() || users_[found->second].life != Life::present ? nobody : found->second;
}

UserIndex Directory::find_upn(std::string_view upn) const {
    const auto found = by_upn_.find(lower(upn));
    return found == by_upn_.end() ? nobody : found->second;
}

UserIndex Directory::find_any(std::string_view text) const {
    if (const auto id = Guid::parse(text)) return find(*id);
    if (const UserIndex user = find_upn(text); user != nobody) return user;
    if (const auto mail = by_mail_.find(lower(text)); mail != by_mail_.end()) return mail->second;
    std::uint32_t extension = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), extension);
    if (error != std::errc() || end != text.data() + text.size()) return nobody;
    const auto found = by_extension_.find(extension);
    return found == by_extension_.end() ? nobody : found->second;
}

UserIndex Directory::find_removed(std::string_view text) const {
    const auto id = Guid::parse(text);
    if (!id) return nobody;
    const auto found = by_id_.find(*id);
    return found == by_id_.end() || users_[found->second].life != Life::recycled ? nobody : found->second;
}

} // namespace sim::graph
