// Whose number it is, over all integrations: the best class first, then by priority. Any loop.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "calls/call_record.hpp"
#include "recognition/index.hpp"
#include "recognition/options.hpp"

namespace lamp::recognition {

inline constexpr std::size_t matches_max = 50; // of one number
using Matches = std::vector<calls::Match>;

/// What look-ups go by: sources that are on, in the order of their priority.
struct Lookup {
    struct One {
        std::string name;
        Ties ties;
        std::string record_url;
        std::shared_ptr<const Index> index;
    };
    std::vector<One> all;
};

/// For people; empty where there is none.
[[nodiscard]] std::string url_of(const Lookup::One& one, const Record& record);
/// At most `matches_max`. Category::invalid: no number.
[[nodiscard]] Result<Matches> matches_of(const Lookup& lookup, std::string_view caller);

} // namespace lamp::recognition
