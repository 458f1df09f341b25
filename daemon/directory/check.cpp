#include "directory/check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

namespace lamp::directory {
namespace {

using contacts::Contact;

class Checker {
public:
    explicit Checker(const Roll& roll) {
        for (std::size_t place = 0; place < roll.size(); ++place)
            for (auto& line : roll.contact(place).lines)
                known_.insert(std::move(line));
    }

    void contact(const Contact& one, const Dialable& dialable) {
        for (const auto& line : one.lines) {
            named_.insert(line);
            if (!known_.contains(line))
                found("contact_without_line", one, line, "The contact's line is nobody's that is watched.");
        }
        if (!one.default_line.empty() && !known_.contains(one.default_line))
            found("default_line_gone", one, one.default_line,
                  "The contact's default line is nobody's that is watched.");
        else if (!one.default_line.empty() && std::ranges::find(one.lines, one.default_line) == one.lines.end())
            found("default_line_gone", one, one.default_line, "The default line is none of the contact's lines.");
        for (const auto& number : one.numbers) {
            if (!dialable(number.number)) {
                found("bad_number", one, number.number, "This number cannot be dialled.");
                continue;
            }
            auto [first, added] = numbers_.try_emplace(number.number, &one);
            if (added || first->second == &one) continue;
            const Contact& other = *first->second;
            if (other.of == one.key || one.of == other.key) continue;
            if (!one.company.empty() && one.company == other.company && one.folder == other.folder) continue;
            found("doubled_number", one, number.number,
                  fmt::format("{} ({}) has it, too.", contacts::full_name(other), other.key));
        }
    }
    void person(const Contact& one) {
        bool reached = !one.numbers.empty() && numbers_.contains(one.numbers.front().number);
        for (const auto& line : one.lines)
            if (!full() && !reached && !named_.contains(line))
                findings_.push_back(
                    {"line_without_contact", {}, contacts::full_name(one), line, "No contact has this line."});
    }
    [[nodiscard]] bool full() const { return findings_.size() >= findings_max; }
    std::vector<Finding> take() && { return std::move(findings_); }

private:
    void found(std::string_view kind, const Contact& one, std::string_view what, std::string text) {
        if (!full())
            findings_.push_back(
                {std::string(kind), one.key, contacts::full_name(one), std::string(what), std::move(text)});
    }

    std::unordered_set<std::string> known_;
    std::unordered_set<std::string_view> named_;
    std::unordered_map<std::string_view, const Contact*> numbers_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> check(std::span<const Contact> contacts, const Roll& roll, const Dialable& dialable) {
    Checker checker(roll);
    for (const auto& one : contacts)
        checker.contact(one, dialable);
    for (std::size_t place = 0; place < roll.size() && !checker.full(); ++place)
        checker.person(roll.contact(place));
    return std::move(checker).take();
}

} // namespace lamp::directory
