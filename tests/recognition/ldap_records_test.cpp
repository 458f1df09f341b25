// A directory's entries as contacts, and what is asked for.
#include <doctest/doctest.h>

#include "recognition/ldap_records.hpp"

using namespace lamp;
using namespace lamp::recognition;

namespace {

ldap::Entry anna() {
    return {"uid=anna,dc=example,dc=net",
            {{"entryUUID", {"2d2f1a8e-0000-4000-8000-000000000001"}},
             {"modifyTimestamp", {"20261127023758Z"}},
             {"cn", {" Anna Voorbeeld ", "A. Voorbeeld"}},
             {"telephoneNumber", {"+31 20 123 0101", "+31 20 123 0102"}},
             {"mobile", {"06 12345001", "+31 20 123 0101"}},
             {"ipPhone", {"101"}},
             {"facsimileTelephoneNumber", {"+31 20 123 9999"}},
             {"mail", {"anna@example.net"}}}};
}

std::optional<Record> record_of(std::string id, const ldap::Entry& entry, const LdapOptions& options = {}) {
    return recognition::record_of(std::move(id), entry, options, question_of(options, "ldap://d"));
}

std::string numbers_of(const Record& record) {
    std::string out;
    for (const auto& one : record.numbers)
        out += one.kind + "=" + one.written + ";";
    return out;
}

} // namespace

TEST_CASE("an entry is a contact") {
    auto record = record_of(ldap::id_of(anna()), anna());
    REQUIRE(record);
    CHECK(record->id == "2d2f1a8e-0000-4000-8000-000000000001");
    CHECK(record->name == "Anna Voorbeeld");
    CHECK(numbers_of(*record) == "work=+31 20 123 0101;work=+31 20 123 0102;mobile=06 12345001;work=101;");
    CHECK(record->updated == ldap::parse_time("20261127023758Z"));
    const std::vector<std::pair<std::string, std::string>> fields{{"cn", "Anna Voorbeeld"},
                                                                  {"telephoneNumber", "+31 20 123 0101"},
                                                                  {"mobile", "06 12345001"},
                                                                  {"ipPhone", "101"},
                                                                  {"mail", "anna@example.net"}};
    CHECK(record->fields == fields);
}

TEST_CASE("names, ids and numbers that are not there") {
    LdapOptions options;
    auto entry = anna();
    entry.attributes.push_back({"displayName", {"Voorbeeld, Anna"}});
    CHECK(record_of("1", entry, options)->name == "Voorbeeld, Anna");
    options.name_attributes = {"title"};
    CHECK(record_of("1", entry, options)->name.empty());
    entry.attributes.push_back({"sn", {"Voorbeeld"}});
    CHECK(record_of("1", entry, options)->name == "Voorbeeld");
    entry.attributes.push_back({"givenName", {"Anna"}});
    CHECK(record_of("1", entry, options)->name == "Anna Voorbeeld");
    options.number_attributes = {"facsimileTelephoneNumber", "room"};
    CHECK(numbers_of(*record_of("1", entry, options)) == "fax=+31 20 123 9999;");
    options.number_attributes = {"room"};
    CHECK_FALSE(record_of("1", entry, options));

    ldap::Entry bare{"cn=a", {{"objectGUID", {std::string(16, '\x11')}}, {"mobile", {" "}}}};
    CHECK_FALSE(record_of("1", bare));
}

TEST_CASE("an entry with more numbers than anybody has") {
    auto entry = anna();
    for (int i = 0; i < 100; ++i)
        entry.attributes[3].values.push_back("+31 20 124 " + std::to_string(1000 + i));
    CHECK(record_of("1", entry)->numbers.size() == numbers_max);
}
