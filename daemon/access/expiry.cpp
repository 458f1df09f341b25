#include "access/expiry.hpp"

#include <string>

namespace lamp::access {

Result<Wall> parse_expiry(std::string_view text) {
    constexpr std::size_t date_length = 10;
    if (text.size() == date_length) {
        auto day = parse_rfc3339(std::string(text) + "T00:00:00Z");
        if (day) return *day + std::chrono::days(1);
    } else if (auto time = parse_rfc3339(text)) {
        return *time;
    }
    return fail(Category::invalid, "must be a date or a time with its offset, such as \"2027-03-31\" or "
                                   "\"2027-03-31T18:00:00+02:00\"");
}

} // namespace lamp::access
