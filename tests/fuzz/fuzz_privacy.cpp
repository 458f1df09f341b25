// The first line as a number that is to be forgotten, the rest as whatever mentions it: a text, a mail, an event. No
// crash; a text from which the number was taken does not mention it any more.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "privacy/letter_text.hpp"
#include "privacy/wanted_number.hpp"

using namespace lamp::privacy;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    auto first = input.substr(0, input.find('\n'));
    auto text = input.substr(std::min(input.size(), first.size() + 1));
    static_cast<void>(without_other_side(text));
    auto number = WantedNumber::read(first, "NL");
    if (!number) {
        require(!number.error().text.empty());
        return 0;
    }
    require(!number->text().empty());
    require(!number->occurs_in(number->replaced(text, erased_word)));
    static_cast<void>(number->is(text));
    static_cast<void>(number->occurs_in(readable(text)));
    return 0;
}
