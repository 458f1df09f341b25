// Rows of the register's tables that hold a number: found, told, erased, a page at a time. For units of work: the
// functions run on the store's thread, and each is short.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "calls/privacy.hpp"
#include "privacy/kept_data.hpp"
#include "privacy/wanted_number.hpp"
#include "store/database.hpp"

namespace lamp::privacy {

inline constexpr std::size_t page_rows = 2'000; // of one unit of work

struct Wish {
    enum class What : std::uint8_t { count, tell, erase };
    What what = What::count;
    bool contacts = false; // Fate::contact goes, too
};

struct Page {
    std::vector<std::string> last{}; // the key of its last row; empty: there is no more
    std::uint64_t found = 0;
    std::uint64_t erased = 0;        // would be, where it is only counted
    std::uint64_t busy = 0;          // of those found: they stay, for they are still being written to
    std::vector<std::string> rows{}; // What::tell: each as JSON
};
/// The rows behind the key `after` (empty: the first ones).
[[nodiscard]] Result<Page> look(store::Database& disk, const KeptTable& table, const WantedNumber& number, Wish wish,
                                const std::vector<std::string>& after);

/// Who erased what: the number itself is not kept, only a keyed hash of it.
[[nodiscard]] Result<void> put_erasure(store::Database& disk, const calls::PrivacyErasure& erasure);
/// The newest first.
[[nodiscard]] Result<std::vector<calls::PrivacyErasure>> read_erasures(store::Database& disk, std::size_t most);

} // namespace lamp::privacy
