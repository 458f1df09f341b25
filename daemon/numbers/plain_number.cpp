#include "numbers/plain_number.hpp"

#include "numbers/written.hpp"

namespace lamp::numbers {

std::string plain_number(std::string_view written) {
    auto number = read_written(written);
    if (!number) return {};
    if (number->plus()) return std::move(number->without_zeros);
    constexpr std::size_t shortest_international = 9; // "007" is an extension
    if (number->characters.starts_with("00") && number->characters.size() >= shortest_international &&
        !number->feature_code())
        return "+" + number->without_zeros.substr(2);
    return std::move(number->characters);
}

} // namespace lamp::numbers
