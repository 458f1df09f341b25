// Records as items of the directory, and how they are found.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "recognition/contact_of.hpp"
#include "recognition/words.hpp"

using namespace lamp;
using namespace lamp::recognition;

namespace {

Record record(std::string id, std::string name, std::vector<std::pair<std::string, std::string>> fields = {},
              std::vector<std::string> numbers = {}) {
    Record out{.id = std::move(id), .name = std::move(name)};
    out.fields = std::move(fields);
    for (auto& one : numbers)
        out.numbers.push_back({"work", std::move(one)});
    return out;
}

std::shared_ptr<const Words> words_of(std::vector<Record> records, std::size_t most = words_bytes_max) {
    return Words::build(Index::build(records, {"NL"}), "crm", most);
}

/// Last names of who is found.
std::string found(const Words& words, std::string_view query, std::size_t from = 0) {
    std::string out;
    for (auto place : words.find(query, 100, "31", from))
        out += (out.empty() ? "" : " ") + words.contact(place).last_name;
    return out;
}

} // namespace

TEST_CASE("parts of a contact are found by what fields are called") {
    struct Row {
        std::string_view field;
        std::string contacts::Contact::* part;
    };
    using contacts::Contact;
    const Row rows[] = {{"Company", &Contact::company},   {"o", &Contact::company},
                        {"Bedrijf", &Contact::company},   {"Job Title", &Contact::title},
                        {"E-Mail", &Contact::email},      {"email_address", &Contact::email},
                        {"ou", &Contact::department},     {"givenName", &Contact::first_name},
                        {"Prénom", &Contact::first_name}, {"Last Name", &Contact::last_name},
                        {"sn", &Contact::last_name}};
    for (const auto& row : rows) {
        CAPTURE(row.field);
        auto made = contact_of(record("7", "x Zeta", {{std::string(row.field), "x"}, {"note", "y"}}), {}, "crm");
        CHECK(made.*row.part == "x");
        CHECK(made.source == "crm");
        CHECK(made.external_id == "7");
    }
    auto split = contact_of(record("8", "Jan van Dijk"), {}, "crm");
    CHECK(split.first_name == "Jan");
    CHECK(split.last_name == "van Dijk");
    auto two = contact_of(record("8", "Jan Willem van Dijk", {{"Voornaam", "Jan Willem"}}), {}, "crm");
    CHECK(two.first_name == "Jan Willem");
    CHECK(two.last_name == "van Dijk");
    auto one = contact_of(record("9", "Zeta"), {}, "crm");
    CHECK(one.first_name == "");
    CHECK(one.last_name == "Zeta");
    auto first = contact_of(record("9", "x", {{"company", ""}, {"firma", "Zeta BV"}, {"o", "Eta"}}), {}, "crm");
    CHECK(first.company == "Zeta BV");
}

TEST_CASE("texts that are too long end with a whole letter") {
    auto made = contact_of(record("1", std::string(contacts::text_max - 1, 'x') + "é"), {}, "crm");
    CHECK(made.last_name == std::string(contacts::text_max - 1, 'x'));
}

TEST_CASE("a key is short, and the same wherever it is made") {
    CHECK(directory_key("crm", mark_of("7")) == "crm:af63aa4c86019796");
    CHECK(directory_key("crm", mark_of(std::string(5000, 'x'))).size() == 20);
}

TEST_CASE("records are found by name, company, e-mail address and number, in the order of their names") {
    auto words = words_of(
        {record("1", "Zoë Zeta", {{"Company", "Müller & Co"}, {"Email", "zoe@example.net"}}, {"06-12 34 56 78"}),
         record("2", "Bob Adams", {{"Company", "Müller & Co"}}, {"2001", "+44 (0)20 7946 0123"}),
         record("3", "Ann Adams", {}, {"020 1230002 x12", "call me"}), record("4", "Éva")});
    REQUIRE(words);
    CHECK(words->size() == 4);
    struct Row {
        std::string_view query, names;
    };
    const Row rows[] = {{"", "Adams Adams Éva Zeta"}, {"muller", "Adams Zeta"}, {"MULLER zoe", "Zeta"},
                        {"zoe@exam", "Zeta"},         {"0612345678", "Zeta"},   {"+31612345678", "Zeta"},
                        {"345678", "Zeta"},           {"2001", "Adams"},        {"+442079460123", "Adams"},
                        {"+31201230002", "Adams"},    {"nobody", ""},           {"bob 0612345678", ""}};
    for (const auto& row : rows) {
        CAPTURE(row.query);
        CHECK(found(*words, row.query) == row.names);
    }
    CHECK(found(*words, "", 2) == "Éva Zeta");
    CHECK(words->contact(0).first_name == "Ann");
    const std::vector<contacts::Number> ann{{"work", "+31201230002 x12"}, {"work", "call me"}};
    CHECK(words->contact(0).numbers == ann);
    const std::vector<contacts::Number> bob{{"work", "2001"}, {"work", "+442079460123"}};
    CHECK(words->contact(1).numbers == bob);
}

TEST_CASE("whoever is found is found again by key") {
    std::vector<Record> all;
    for (int i = 0; i < 200; ++i)
        all.push_back(record(std::to_string(i), fmt::format("Person {}", i * 7919 % 200)));
    auto words = words_of(all);
    REQUIRE(words);
    for (std::size_t place = 0; place < words->size(); ++place)
        CHECK(words->find(words->contact(place).key) == place);
    for (std::string_view key :
         {"", "crm", "crm:", "crm:0000000000000000", "crm:ffffffffffffffff", "other:af63aa4c86019796"})
        CHECK_FALSE(words->find(key));
    CHECK_FALSE(words_of({})->find("crm:af63aa4c86019796"));
}

TEST_CASE("numbers that a contact's country writes are shown with it") {
    auto german = record("1", "Jörg", {{"country", "DE"}}, {"030 123456"});
    auto index = Index::build(std::vector{german}, {"NL"});
    CHECK(index->numbers(german) == std::vector<std::string>{"+4930123456"});
}

TEST_CASE("too much text is not kept") {
    std::vector<Record> all;
    for (int i = 0; i < 100; ++i)
        all.push_back(record(std::to_string(i), std::string(100, 'x')));
    auto words = words_of(all);
    REQUIRE(words);
    CHECK(words->text_bytes() > 10'000);
    CHECK(words_of(all, words->text_bytes()));
    CHECK_FALSE(words_of(all, words->text_bytes() - 1));
}
