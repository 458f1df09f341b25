// People's photos, fetched when somebody looks and kept while they are current (cloud-apis.md A10): asked for once an
// hour whether they have changed, fetched once per change, within limits. Lives on the egress loop.
#pragma once
#include <list>
#include <memory>
#include <unordered_map>

#include "adapters/teams/graph_client.hpp"
#include "fanout/adapter.hpp"
#include "proto/graph/guid.hpp"

namespace lamp::teams {

using fanout::Photo;
using graph::Guid;

/// What is kept, oldest look first to go. A machine: `now` is given.
class PhotoShelf {
public:
    static constexpr std::size_t bytes_max = 16U << 20U;
    static constexpr std::size_t people_max = 20'000; // those without a photo are remembered, too
    static constexpr milliseconds current_for{3'600'000};

    struct Entry {
        std::shared_ptr<const Photo> photo; // null: there is none
        std::string version;                // Graph's mediaEtag
        Steady checked{};
    };
    /// Null: never asked.
    [[nodiscard]] const Entry* find(const Guid& person);
    [[nodiscard]] bool current(const Entry& entry, Steady now) const { return now - entry.checked < current_for; }
    void put(const Guid& person, Entry entry);
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    using Order = std::list<std::pair<Guid, Entry>>; // newest look first
    void drop(Order::iterator at);
    Order order_;
    std::unordered_map<Guid, Order::iterator> entries_;
    std::size_t bytes_ = 0;
};

class Photos {
public:
    static constexpr std::size_t photo_max = 512 * 1024;

    Photos(Loop& loop, GraphClient& graph) : loop_(loop), graph_(graph) {}

    /// Null: the person has none. However many ask, one request is under way per person.
    [[nodiscard]] Task<Result<std::shared_ptr<const Photo>>> of(Guid person);

private:
    [[nodiscard]] Task<Result<PhotoShelf::Entry>> fetch(Guid person, std::string known_version);

    Loop& loop_;
    GraphClient& graph_;
    PhotoShelf shelf_;
    std::unordered_map<Guid, std::shared_ptr<Bell>> under_way_;
};

} // namespace lamp::teams
