// The users of the tenant and the log of what changed about them, for users/delta (cloud-apis.md A10).
#pragma once

#include "guid.hpp"
#include "presences.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sim::graph {

enum class Life : std::uint8_t { present, recycled, deleted }; // recycled: @removed changed

struct User {
    Guid id;
    std::string name;
    std::string upn;
    std::string mail;
    std::string phones;  // business phones, one a line
    std::string mobile;  // empty: null
    std::string proxies; // besides SMTP:mail, one a line
    std::string department;
    std::string job; // jobTitle
    std::uint32_t extension = 0;
    Life life = Life::present;
    bool enabled = true;
};

class Directory {
public:
    UserIndex add(User user);
    void change(UserIndex user, User fresh); // keeps the id
    void remove(UserIndex user, bool for_good);
    void restore(UserIndex user);

    UserIndex find(const Guid& id) const; // nobody when unknown or removed
    UserIndex find_upn(std::string_view upn) const;
    UserIndex find_any(std::string_view text) const; // id, UPN, e-mail or extension
    UserIndex find_removed(std::string_view id) const;

    const User& operator[](UserIndex user) const { return users_[user]; }
    std::size_t size() const { return users_.size(); } // removed ones too

    std::size_t log_end() const { return log_.size(); }
    UserIndex logged(std::size_t at) const { return log_[at]; }

private:
    void index(UserIndex user);
    void unindex(UserIndex user);

    std::vector<User> users_;
    std::unordered_map<Guid, UserIndex, GuidHash> by_id_;
    std::unordered_map<std::string, UserIndex> by_upn_; // lower case
    std::unordered_multimap<std::string, UserIndex> by_mail_;
    std::unordered_map<std::uint32_t, UserIndex> by_extension_;
    std::vector<UserIndex> log_; // whom a change was about, oldest first
};

std::string lower(std::string_view text); // ASCII

} // namespace sim::graph
