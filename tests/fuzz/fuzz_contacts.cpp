// Any bytes as a contacts file: no crash, every mistake has a place and words; what is usable is written, read again as
// it was, and would then change nothing.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "contacts/plan.hpp"
#include "contacts/search.hpp"

using namespace lamp;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

Result<std::string> plain(std::string_view written) {
    std::string number(written);
    std::erase(number, ' ');
    if (number.empty() || number.find_first_not_of("+0123456789") != std::string::npos)
        return fail(Category::invalid, "This is no number.");
    return number;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto reading = contacts::read_contacts({reinterpret_cast<const char*>(data), size}, plain);
    for (const auto& one : reading.mistakes)
        require(one.line >= 1 && one.column >= 1 && !one.message.empty() && one.what.size() <= 80);
    if (!reading.mistakes.empty()) return 0;
    std::vector<contacts::Contact> everybody;
    for (const auto& row : reading.rows) {
        everybody.push_back(row.contact);
        if (everybody.back().key.empty()) everybody.back().key = "new-" + std::to_string(row.line);
        require(everybody.back().notes.size() <= contacts::text_max);
    }
    auto text = contacts::header(';', false);
    for (const auto& one : everybody)
        contacts::append_row(text, one, ';');
    auto again = contacts::read_contacts(text, plain);
    auto plan = contacts::plan_import(everybody, again, {.allow_empty = true});
    require(again.mistakes.size() == plan.refusals.size());
    if (plan.refusals.empty()) require(plan.changes.empty());
    contacts::SearchIndex index(everybody);
    require(index.find("", everybody.size() + 1).size() == everybody.size());
    auto letters = [](std::string_view word) {
        return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
    };
    for (std::uint32_t i = 0; i < std::min<std::size_t>(everybody.size(), 20); ++i)
        if (const auto& word = everybody[i].email; letters(word))
            require(std::ranges::binary_search(index.find(word, everybody.size()), i));
    return 0;
}
