// What look-ups go by, and what they find: the contacts of all sources that are on. Immutable; any loop, several at
// once.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/call_record.hpp"
#include "calls/integration.hpp"
#include "recognition/index.hpp"
#include "recognition/options.hpp"

namespace lamp::recognition {

using Matches = std::vector<calls::Match>;
inline constexpr std::size_t matches_max = 50; // of one number

/// Sources that are on, in the order of their priority.
struct Lookup {
    struct One {
        std::string name;
        Ties ties;
        std::string record_url;
        std::shared_ptr<const Index> index;
    };
    std::vector<One> all;
};

/// A record's address for people: its own, or `url` with its id; may be empty.
[[nodiscard]] std::string url_of(std::string url, const Record& record);
/// Whose number this is, the best first. Category::invalid: no source can read it.
[[nodiscard]] Result<Matches> matches_of(const Lookup& lookup, std::string_view caller);
/// The contact with the most to show, of the first few.
[[nodiscard]] std::optional<calls::IntegrationSample> sample_of(const Lookup::One& source);

} // namespace lamp::recognition
