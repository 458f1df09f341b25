// Texts and their dense numbers: all texts in one arena, found by open addressing. For the many ids that come once and
// stay (lines, devices). Never forgets one. No loop: belongs to whoever holds it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lamp {

class Names {
public:
    using Index = std::uint32_t;

    [[nodiscard]] std::optional<Index> find(std::string_view text) const;
    /// The text's number; a new text gets the next one.
    Index intern(std::string_view text);
    /// The view lives until the next `intern`.
    [[nodiscard]] std::string_view operator[](Index index) const {
        auto start = index == 0 ? 0 : ends_[index - 1];
        return std::string_view(arena_).substr(start, ends_[index] - start);
    }
    [[nodiscard]] std::size_t size() const { return ends_.size(); }

private:
    void place(Index index);
    void grow();

    std::string arena_;
    std::vector<std::uint32_t> ends_;
    std::vector<Index> buckets_; // index + 1; 0 is empty
};

} // namespace lamp
