// Presences: the query for many people and the reader of its answer (cloud-apis.md A3). Pure.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/errors.hpp"
#include "proto/graph/guid.hpp"
#include "proto/graph/words.hpp"

namespace lamp::graph {

inline constexpr std::size_t presences_max = 650; // ids of one query
inline constexpr std::string_view presences_target = "/v1.0/communications/getPresencesByUserId";

/// One person's presence. Texts live until the visitor returns.
struct Presence {
    Guid id;
    Pair pair;
    std::string_view unheard;   // the word that is none of ours, if any; of two the availability's
    bool out_of_office = false; // by its settings, or by a word
    std::string_view sequence;  // sortable as text; empty when the service sends none
};

struct PresencesRead {
    std::size_t told = 0;
    std::size_t passed_over = 0; // objects without an id that is a GUID
};

using PresenceVisitor = void (*)(void* context, const Presence& presence);

/// {"value":[…]}, a bare array, or one presence alone; members in any order, unknown and null ones passed over.
/// An absent availability or activity is presence_unknown. Error: protocol; presences told before it are good.
[[nodiscard]] Result<PresencesRead> read_presences(std::string_view body, PresenceVisitor visitor, void* context);

template <class Visit>
[[nodiscard]] Result<PresencesRead> read_presences(std::string_view body, Visit&& visit) {
    auto call = [](void* context, const Presence& presence) {
        (*static_cast<std::remove_reference_t<Visit>*>(context))(presence);
    };
    return read_presences(body, call, const_cast<void*>(static_cast<const void*>(std::addressof(visit))));
}

/// {"ids":["…",…]}: the body for presences_target. At most presences_max; the caller cuts.
void append_presence_query(std::string& out, std::span<const Guid> ids);

} // namespace lamp::graph
