// What libphonenumber would say of plain digits, without asking it: its own numbering plans as automata. It answers
// only where every step of the library has one outcome; the rest is the library's. Any loop, several at once; a
// country's plan is read when its first number comes.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lamp::numbers {

class NumberingPlans {
public:
    /// `country`: ISO 3166 in capitals; of one that is not known only "+" is answered.
    explicit NumberingPlans(std::string country);

    /// The E.164 of a number that is in its country's plan, and that reads as itself again: from "+31612345678", from
    /// "0031612345678" where "00" is what is dialled for abroad, from "0612345678" and "612345678". Nothing: ask the
    /// library.
    [[nodiscard]] std::optional<std::string> find(std::string_view characters) const;

private:
    std::string country_;
    int calling_code_ = 0; // 0: not known
};

} // namespace lamp::numbers
