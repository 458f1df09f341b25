// What is too old goes: once an hour, a few rows in one unit of work, with pauses between them. Other rooms have limits
// of their own ([history] keep, thirty days for dead letters, so many rows of audit): the shorter one wins. Lives on
// one loop, which outlives it; so does the store.
#pragma once
#include <array>
#include <functional>
#include <memory>

#include "loop/loop.hpp"
#include "privacy/options.hpp"
#include "store/store.hpp"

namespace lamp::privacy {

/// At most `most` rows of that kind that are older go; how many did. Calls that go on stay, whatever their age. None of
/// backups: those are files. For units of work.
[[nodiscard]] Result<std::size_t> forget_older(store::Database& disk, Kind kind, Wall than, std::size_t most);

class Retention {
public:
    static constexpr std::size_t rows_at_once = 1'000;
    static constexpr milliseconds pause{50};
    static constexpr milliseconds between_rounds{3'600'000};

    /// `aged` hears, on the loop, of each kind of which something went, and of backups in each round with the moment
    /// before which they are too old.
    using Aged = std::function<void(Kind kind, Wall than)>;
    Retention(Loop& loop, store::Store& store, Aged aged);
    ~Retention();
    Retention(const Retention&) = delete;
    Retention& operator=(const Retention&) = delete;

    /// Any loop. The first one begins the work; a round follows at once.
    void use_options(PrivacyOptions options);

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace lamp::privacy
