// Whose lines these are: the person of a line, or several where it is shared. Immutable once built; swapped whole.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"

namespace lamp::records {

struct Owner {
    std::string line; // BroadWorks user id
    std::string platform;
    std::vector<std::string> persons; // presentities' ids
};

/// Some 60 bytes a line beside the names.
class Owners {
public:
    Owners() = default;
    explicit Owners(const std::vector<Owner>& rows);
    /// While it is being built. A line that comes twice counts once.
    void add(std::string_view line, std::string_view platform, std::span<const std::string_view> persons);
    Owners(const Owners&) = delete;
    Owners& operator=(const Owners&) = delete;

    /// Nothing: the line is nobody's.
    [[nodiscard]] std::optional<Owner> find(std::string_view line) const;
    [[nodiscard]] bool contains(std::string_view line) const { return lines_.find(line).has_value(); }
    /// Lines are numbered from 0 in the order of adding.
    [[nodiscard]] std::size_t size() const { return lines_.size(); }
    [[nodiscard]] Owner row(Names::Index line) const;
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (Names::Index line = 0; line < lines_.size(); ++line)
            visit(row(line));
    }
    /// The platforms of these persons' lines, or of that line; of all where nothing is named.
    [[nodiscard]] std::vector<std::string> platforms(const std::vector<std::string>& persons,
                                                     std::string_view line) const;

private:
    Names lines_;
    Names persons_;
    Names platforms_;
    std::vector<Names::Index> platform_of_; // by line
    std::vector<std::uint32_t> starts_{0};  // by line, into person_of_
    std::vector<Names::Index> person_of_;
};

} // namespace lamp::records
