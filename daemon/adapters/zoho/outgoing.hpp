// What waits to be told to Zoho: per call in order, few at a time, each tried so often and so long and no more; a
// ringing that is over by now is not told at all (crm-directory.md A.8). A machine: every question brings its `now`.
// Egress loop.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "proto/zoho/forms.hpp"

namespace lamp::zoho {

/// As it stands on disk.
struct Kept {
    std::int64_t id = 0;
    Notice notice;
    Wall born{};
    int attempts = 0;
};

class Outgoing {
public:
    static constexpr int attempts_max = 6;
    static constexpr milliseconds life{600'000};
    static constexpr std::size_t parallel = 4;
    static constexpr std::size_t waiting_max = 20'000;

    enum class Dropped : std::uint8_t { over, tried, old, full, refused };
    static constexpr std::size_t dropped_count = 5;

    /// Behind what waits for the same call. False: full, the notice is dropped.
    bool add(Kept kept, Steady now, Wall wall);
    /// The next one that may go now; it is under way until `done` or `failed`. What was dropped meanwhile is in
    /// `take_gone()`.
    [[nodiscard]] std::optional<Kept> next(Steady now, Wall wall);
    void done(std::int64_t id);
    /// Not now. False: it was tried often and long enough, and is gone.
    bool failed(std::int64_t id, milliseconds after, Steady now, Wall wall);
    /// Trying again would give the same.
    void refuse(std::int64_t id);
    /// It goes on as this, at once: the attempt does not count.
    void replace(std::int64_t id, Notice notice, Steady now);
    /// Nothing goes before that (throttled, not integrated).
    void hold_until(Steady when) { held_until_ = std::max(held_until_, when); }
    void release() { held_until_ = {}; }

    /// Those whose notice is so.
    [[nodiscard]] std::vector<std::int64_t> ids_of(const std::function<bool(const Notice&)>& so) const;

    /// When `next` may have something; Steady::max(): nothing waits but what is under way.
    [[nodiscard]] Steady due() const;
    [[nodiscard]] std::size_t waiting() const { return by_id_.size(); }
    [[nodiscard]] std::size_t under_way() const { return under_way_; }
    [[nodiscard]] std::uint64_t dropped(Dropped why) const { return dropped_.at(static_cast<std::size_t>(why)); }
    /// Ids whose rows on disk are of no use any more.
    [[nodiscard]] std::vector<std::int64_t> take_gone() { return std::exchange(gone_, {}); }

private:
    struct Item {
        Kept kept;
        Steady due{};
        bool under_way = false;
    };
    using Call = std::list<Item>;
    struct Place {
        std::map<std::string, Call>::iterator call;
        Call::iterator item;
    };
    void erase(std::int64_t id);
    void drop(std::int64_t id, Dropped why);
    void drop_over(Call& call);
    static bool old(const Item& item, Wall wall) { return wall - item.kept.born > life; }

    std::map<std::string, Call> calls_; // by call id and user
    std::map<std::int64_t, Place> by_id_;
    std::size_t under_way_ = 0;
    Steady held_until_{};
    std::array<std::uint64_t, dropped_count> dropped_{};
    std::vector<std::int64_t> gone_;
    Backoff jitter_{milliseconds(1'000), milliseconds(1'000)};
};

} // namespace lamp::zoho
