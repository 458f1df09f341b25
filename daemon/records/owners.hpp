// Whose lines these are: the person of a line, or several where it is shared. Immutable once built; swapped whole.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lamp::records {

struct Owner {
    std::string line; // BroadWorks user id
    std::string platform;
    std::vector<std::string> persons; // presentities' ids
};

class Owners {
public:
    Owners() = default;
    explicit Owners(std::vector<Owner> rows);
    Owners(const Owners&) = delete;
    Owners& operator=(const Owners&) = delete;

    /// Nothing: the line is nobody's.
    [[nodiscard]] const Owner* find(std::string_view line) const;
    [[nodiscard]] const std::vector<Owner>& rows() const { return rows_; }
    /// The platforms of these persons' lines, or of that line; of all where nothing is named.
    [[nodiscard]] std::vector<std::string> platforms(const std::vector<std::string>& persons,
                                                     std::string_view line) const;

private:
    std::vector<Owner> rows_;
    std::unordered_map<std::string_view, std::size_t> by_line_; // views into rows_
};

} // namespace lamp::records
