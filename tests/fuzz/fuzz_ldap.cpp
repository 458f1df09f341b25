// Any bytes as what a directory says: lines "name value" are an entry's attributes. They become a contact, the root
// entry, a cursor, a refusal, a filter that is read. No crash, what is told is bounded text, an error has words.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ldap/filter.hpp"
#include "ldap/refusal.hpp"
#include "proto/text/text.hpp"
#include "recognition/ldap_records.hpp"

using namespace lamp;
using namespace lamp::recognition;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

/// As a session gives them: text, but for what was asked for as bytes.
ldap::Entry entry_of(std::string_view bytes) {
    ldap::Entry out;
    while (!bytes.empty()) {
        auto line = bytes.substr(0, bytes.find('\n'));
        bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
        auto name = line.substr(0, line.find(' '));
        auto value = line.substr(std::min(name.size() + 1, line.size()));
        if (!text::is_utf8(value) && !text::same_letters(name, "objectGUID")) continue;
        if (out.dn.empty() && text::is_utf8(line)) out.dn = line;
        out.attributes.push_back({std::string(name), {std::string(value), std::string(value)}});
    }
    return out;
}

void contact(const ldap::Entry& entry) {
    static const auto question = question_of({}, "ldap://d");
    auto record = record_of(ldap::id_of(entry), entry, {}, question);
    static_cast<void>(ldap::root_of(entry));
    if (!record) return;
    require(!record->id.empty() && text::is_utf8(record->id) && text::is_utf8(record->name));
    require(!record->numbers.empty() && record->numbers.size() <= numbers_max);
    for (const auto& number : record->numbers)
        require(!number.written.empty() && !number.kind.empty());
    std::string packed;
    pack(packed, *record);
    auto again = unpack(packed);
    require(again.has_value() && *again == *record);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    contact(entry_of(bytes));
    if (auto cursor = ldap::parse_cursor(bytes)) require(ldap::parse_cursor(ldap::to_text(*cursor)) == cursor);
    if (auto filter = ldap::read_filter(bytes)) require(ldap::read_filter(*filter) == *filter);
    require(ldap::read_filter("(cn=" + ldap::escaped(bytes.substr(0, 1000)) + ")").has_value());
    if (auto address = ldap::parse_address(bytes)) require(ldap::parse_address(to_string(*address)) == *address);
    const int code = size > 0 ? static_cast<int>(data[0]) - 64 : 1;
    auto refused =
        ldap::refusal(code == 0 ? 1 : code, {ldap::Step::search, "ldap://d:389", "dc=x", true}, bytes, bytes);
    require(text::is_utf8(refused.text) && refused.text.size() < 1000 && !refused.text.contains('\n'));
    return 0;
}
