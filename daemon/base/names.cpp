#include "base/names.hpp"

#include <bit>
#include <functional>

namespace lamp {
namespace {

std::size_t hash(std::string_view text) {
    return std::hash<std::string_view>()(text);
}

} // namespace

std::optional<Names::Index> Names::find(std::string_view text) const {
    if (buckets_.empty()) return std::nullopt;
    auto mask = buckets_.size() - 1;
    for (auto at = hash(text) & mask; buckets_[at] != 0; at = (at + 1) & mask)
        if ((*this)[buckets_[at] - 1] == text) return buckets_[at] - 1;
    return std::nullopt;
}

Names::Index Names::intern(std::string_view text) {
    if (auto known = find(text)) return *known;
    auto index = static_cast<Index>(ends_.size());
    arena_ += text;
    ends_.push_back(static_cast<std::uint32_t>(arena_.size()));
    if (ends_.size() * 4 > buckets_.size() * 3)
        grow();
    else
        place(index);
    return index;
}

void Names::place(Index index) {
    auto mask = buckets_.size() - 1;
    auto at = hash((*this)[index]) & mask;
    while (buckets_[at] != 0)
        at = (at + 1) & mask;
    buckets_[at] = index + 1;
}

void Names::grow() {
    buckets_.assign(std::bit_ceil(ends_.size() * 2 + 64), 0);
    for (Index index = 0; index < ends_.size(); ++index)
        place(index);
}

} // namespace lamp
