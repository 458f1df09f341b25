// What may exist at Graph because of us, on disk before it is written there: a crash at any point heals at the next
// start. Egress loop; the store does the work on its own thread.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "proto/graph/guid.hpp"
#include "store/store.hpp"

namespace lamp::teams {

struct Intent {
    graph::Guid person;
    Wall expires; // when Graph has certainly ended the session by itself
};

inline constexpr milliseconds intent_wait{2000}; // for a disk that hangs; what is late is written all the same

/// On disk when it returns without an error. Category::timeout after `intent_wait`.
[[nodiscard]] Task<Result<void>> record_intents(store::Store& store, Loop& loop, std::string tenant,
                                                std::vector<Intent> intents);
[[nodiscard]] Task<Result<std::vector<Intent>>> read_intents(store::Store& store, std::string tenant);
/// Not waited for: an intent too many costs one clearPresence at the next start.
void forget_intents(store::Store& store, Loop& loop, std::string tenant, std::vector<graph::Guid> people);

} // namespace lamp::teams
