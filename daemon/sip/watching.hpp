// Who watches a resource, as its person may read it (presence.winfo: RFC 3857): the notifier's subscriptions in the
// words of watcher information. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "proto/watcherinfo/document.hpp"

namespace lamp::sip {

/// One subscription to a resource.
struct Watching {
    std::uint64_t id = 0; // of the subscription; never used twice
    std::string_view uri; // the watcher's, as its From said
    std::string_view display{};
    watcherinfo::Status status = watcherinfo::Status::active;
    watcherinfo::Event event = watcherinfo::Event::subscribe;
    Steady began{};
    Steady expires{};
};

/// The full state of one resource's watchers of `package` ("presence"). Who may read it: the person whom it is about,
/// and trusted peers; that is the notifier's to refuse (403).
[[nodiscard]] watcherinfo::Document watchers_of(std::string_view resource_uri, std::string_view package,
                                                std::span<const Watching> watchers, Steady now);

} // namespace lamp::sip
