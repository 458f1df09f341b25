// Files that older clients export: favourites (CSV or vCard) and lists of CRM integrations (CSV). What cannot be taken
// is named, with its line and the reason. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::cli {

struct Favourite {
    int line = 0; // of the file, from 1
    std::string first_name{};
    std::string last_name{};
    std::string shown{}; // as the file calls it
    std::string email{};
    std::vector<std::string> numbers{};
    bool operator==(const Favourite&) const = default;
};
struct OlderIntegration {
    int line = 0;
    std::string name{};     // as the file calls it
    std::string preset{};   // of [[recognition]] type = "rest"; empty: `type` says it all
    std::string type{};     // rest, csv, ldap
    std::string note{};     // what has to be done by hand
    bool could_add = false; // contacts could be put into it there: an asterisk, or a column that says so
    std::string adds{};     // what that needs here besides; empty: it cannot be had
    bool operator==(const OlderIntegration&) const = default;
};
struct LeftOut {
    int line = 0;
    std::string what{};
    std::string why{};
    bool operator==(const LeftOut&) const = default;
};

enum class OlderKind : std::uint8_t { favourites, integrations };
struct OlderFile {
    OlderKind kind = OlderKind::favourites;
    std::vector<Favourite> favourites{};
    std::vector<OlderIntegration> integrations{};
    std::vector<LeftOut> left_out{};
};

inline constexpr std::size_t older_file_max = 16U << 20U; // bytes
inline constexpr std::size_t older_rows_max = 10'000;

/// `kind`: nothing: found by the file's first line. invalid: neither a vCard nor a table with columns that are known.
[[nodiscard]] Result<OlderFile> read_older(std::string_view text, std::optional<OlderKind> kind = {});
/// The tables of [[recognition]] for a configuration, everything commented out that has to be filled in.
[[nodiscard]] std::string as_configuration(const std::vector<OlderIntegration>& integrations);

} // namespace lamp::cli
