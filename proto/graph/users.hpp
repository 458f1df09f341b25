// Pages of the directory's users, whole and as changes (cloud-apis.md A10). Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "proto/graph/guid.hpp"

namespace lamp::graph {

enum class Removed : std::uint8_t {
    no,
    changed, // soft: it may come back, or has only left our view
    deleted,
};

/// A user as the page tells it; empty = absent or null. Of a removed one only the id is sure.
struct User {
    Guid id;
    std::string upn;
    std::string mail;
    std::string name;
    std::vector<std::string> addresses; // mail addresses among proxyAddresses, without "smtp:"; others are left out
    std::vector<std::string> phones;    // business phones, then the mobile one, as they were typed
    bool enabled = true;
    Removed removed = Removed::no;
};

/// `next_link`: another page follows, even if this one is empty. `delta_link`: the round is complete, and changes
/// after it are asked for there. Both are whole URLs, to be used as they are.
struct UserPage {
    std::vector<User> users;
    std::string next_link;
    std::string delta_link;
    std::size_t passed_over = 0; // objects without an id that is a GUID
};

/// The first page of all users; `page` 1 to 999, others are brought into it.
[[nodiscard]] std::string users_target(unsigned page = 999);
/// The first page of a round that ends with a delta link.
[[nodiscard]] std::string delta_target();
/// One user by object id or UPN.
[[nodiscard]] std::string user_target(std::string_view id_or_upn);

/// A page, or one user alone. The same user may come several times: the last one holds. Error: protocol.
[[nodiscard]] Result<UserPage> read_users(std::string_view body);

} // namespace lamp::graph
