// What somebody has changed, and what it was before: rows of the table `audit` (schema.cpp), for whoever asks
// /v1/audit. Never secrets. For units of work: the functions run on the store's thread, in the transaction of the
// change itself.
#pragma once
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "store/database.hpp"

namespace lamp::store {

struct Audited {
    Wall at{};
    std::string who;     // a token's name, "signal", "anonymous"
    std::string what;    // "token_created", "reloaded" …
    std::string subject; // whose state it was: a token's name; may be empty
    std::string before;  // empty: there was none
    std::string after;   // empty: there is none any more
    std::string text{};  // where a change is told in words: keys and names of fields, no contents
    bool operator==(const Audited&) const = default;
};

inline constexpr std::size_t audited_max = 100'000; // rows; the oldest go first

[[nodiscard]] Result<void> put_audited(Database& disk, const Audited& row);
/// The newest first.
[[nodiscard]] Result<std::vector<Audited>> read_audited(Database& disk, std::size_t most);

} // namespace lamp::store
