// A ticket that enrols once: whoever holds it gets the token that it describes, a single time, before it ends. Tickets
// on disk: rows of `enrol_ticket` (store/schema.cpp). For units of work: the functions run on the store's thread, one
// after the other, so of two who come at once one is first.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "access/token.hpp"
#include "base/errors.hpp"
#include "store/database.hpp"

namespace lamp::access {

struct Ticket {
    IssuedToken token; // as it will be; `digest` is the ticket's own, `created` and `created_by` too
    Wall ends{};
    std::optional<Wall> used{};
    bool operator==(const Ticket&) const = default;
};

inline constexpr std::size_t tickets_max = 1000;         // that are kept, used ones too
inline constexpr std::chrono::hours ticket_kept{24 * 7}; // after its end, so that one sees what became of it

/// In place of one of that name that is used or has ended. Category::conflict: there is an open one, or too many.
[[nodiscard]] Result<void> put_ticket(store::Database& disk, const Ticket& ticket);
/// Category::not_found: there is none of that name.
[[nodiscard]] Result<void> drop_ticket(store::Database& disk, const std::string& name);
/// By name. Rows that cannot be read are left out.
[[nodiscard]] Result<std::vector<Ticket>> read_tickets(store::Database& disk);

/// Uses it up: the token, with the digest of its own secret, is on disk with this unit. Category::unauthorised: there
/// is no such ticket, or it has ended; conflict: it was used before, or a token has its name by now.
[[nodiscard]] Result<IssuedToken> use_ticket(store::Database& disk, const Digest& ticket, const Digest& token,
                                             Wall now);

} // namespace lamp::access
