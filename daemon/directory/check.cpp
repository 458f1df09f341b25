#include "directory/check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

#include "proto/text/text.hpp"

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
            shared("doubled_number", one, number.number, *numbers_.try_emplace(number.number, &one).first->second);
        }
        if (!one.email.empty())
            shared("doubled_email", one, one.email,
                   *addresses_.try_emplace(text::lower(one.email), &one).first->second);
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
    void shared(std::string_view kind, const Contact& one, std::string_view what, const Contact& first) {
        if (&first == &one || first.of == one.key || one.of == first.key) return;
        if (!one.company.empty() && one.company == first.company && one.folder == first.folder) return;
        found(kind, one, what, fmt::format("{} ({}) has it, too.", contacts::full_name(first), first.key));
    }
    void found(std::string_view kind, const Contact& one, std::string_view what, std::string text) {
        if (!full())
            findings_.push_back(
                {std::string(kind), one.key, contacts::full_name(one), std::string(what), std::move(text)});
    }

    std::unordered_set<std::string> known_;
    std::unordered_set<std::string_view> named_;
    std::unordered_map<std::string_view, const Contact*> numbers_;
    std::unordered_map<std::string, const Contact*> addresses_; // in small letters
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
