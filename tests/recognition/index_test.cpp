// Whose number it is, by table.
#include <array>
#include <doctest/doctest.h>

#include "numbers/dial_plan.hpp"
#include "recognition/index.hpp"

using namespace lamp;
using namespace lamp::recognition;

namespace {

Record person(std::string id, std::vector<std::string> written, bool main = false) {
    Record record{.id = id, .name = "Person " + id};
    for (auto& one : written)
        record.numbers.push_back({"work", std::move(one), main});
    return record;
}

/// "class id,id": what is found.
std::string found(const Index& index, std::string_view caller) {
    auto key = index.read(caller);
    if (!key) return "invalid";
    std::string out;
    for (const auto& one : index.find(*key))
        out += (out.empty() ? std::string(name(one.cls)) + " " : ",") + index.record(one.record).id;
    return out;
}
std::string found(std::string country, std::vector<std::string> stored, std::string_view caller, bool main = false) {
    return found(*Index::build(std::vector{person("1", std::move(stored), main)}, {std::move(country)}), caller);
}

} // namespace

TEST_CASE("a number is itself however it is written") {
    for (const char* stored : {"+31612345678", "+31 6 12345678", "+31 (0)6 1234 5678", "0031612345678",
                               "tel:+31-6-12345678", " +31612345678 ", "+31\u00a06\u00a012345678"}) {
        CAPTURE(stored);
        CHECK(found("NL", {stored}, "+31612345678") == "exact 1");
        CHECK(found("NL", {stored}, "sip:+31612345678@pbx.example") == "exact 1");
        CHECK(found("NL", {stored}, "06-12345678") == "nsn 1");
        CHECK(found("NL", {stored}, "+31612345679") == "");
    }
    CHECK(found("NL", {"0612345678"}, "+31612345678") == "nsn 1");
    CHECK(found("NL", {"0612345678"}, "0612345678") == "nsn 1");
}

TEST_CASE("extensions behind a number") {
    CHECK(found("NL", {"+31201230002;ext=12"}, "+31201230002;ext=12") == "exact 1");
    CHECK(found("NL", {"+31201230002 ext. 12"}, "+31201230002") == "exact_noext 1");
    CHECK(found("NL", {"+31201230002"}, "+31201230002 x12") == "exact_noext 1");
    CHECK(found("NL", {"+31201230002;ext=13"}, "+31201230002;ext=12") == "");
    CHECK(found("NL", {"+31201230002;ext=012"}, "+31201230002;ext=12") == "");
}

TEST_CASE("countries have their own rules") {
    CHECK(found("IT", {"+39 06 1234 5678"}, "+390612345678") == "exact 1");
    CHECK(found("IT", {"06 1234 5678"}, "+390612345678") == "nsn 1");
    CHECK(found("IT", {"+39 06 1234 5678"}, "+39612345678") == "");
    CHECK(found("DE", {"+49 (0)30 123456"}, "+4930123456") == "exact 1");
    CHECK(found("FR", {"01 23 45 67 89"}, "+33123456789") == "nsn 1");
    CHECK(found("US", {"(212) 555-0123"}, "+12125550123") == "nsn 1");
}

TEST_CASE("short codes match themselves alone, and withheld callers nobody") {
    CHECK(found("NL", {"+31208880888"}, "888") == "");
    CHECK(found("NL", {"888"}, "+31208880888") == "");
    CHECK(found("NL", {"2101"}, "2101") == "extension 1");
    CHECK(found("NL", {"02101"}, "2101") == "");
    CHECK(found("NL", {"112", "1233", "anonymous"}, "112") == "");
    CHECK(found("NL", {"anonymous"}, "anonymous") == "");
    CHECK(found("NL", {"+31612345678"}, "sip:anonymous@anonymous.invalid") == "");
    CHECK(found("NL", {"+31612345678"}, "*21") == "");
    CHECK(found("NL", {"+31612345678"}, "what?") == "invalid");
}

TEST_CASE("a direct number is its company's where plans are open") {
    CHECK(found("DE", {"+49 30 12345-0"}, "+493012345678") == "ddi_company 1");
    CHECK(found("DE", {"+49 30 12345"}, "+493012345678", true) == "ddi_company 1");
    CHECK(found("DE", {"+49 30 12345"}, "+493012345678") == "");
    CHECK(found("NL", {"+31201230000"}, "+31201230002") == "");
    CHECK(found("US", {"+12125550120"}, "+12125550123") == "");
}

TEST_CASE("a national number is one of its contact's country, else of the integration's, else of the tenant's") {
    struct Row {
        const char* country; // the contact's
        const char* written;
        const char* caller;
        const char* found;
        const char* why;
    };
    constexpr const char* its = "is the same number, read as one of its contact's country.";
    constexpr const char* nsn = "is the same number; at least one of the two is written without its country.";
    constexpr std::array rows{
        Row{"Germany", "030 123456", "+4930123456", "nsn 1", its},
        Row{"de", "030 123456", "+4930123456", "nsn 1", its},
        Row{"", "030 1234567", "+31301234567", "nsn 1", nsn},
        Row{"Nowhere", "030 1234567", "+31301234567", "nsn 1", nsn},
        Row{"Germany", "+31301234567", "+31301234567", "exact 1", "is the same number."},
        Row{"", "02 123 45 67", "+3221234567", "nsn 1", nsn}, // only the tenant has it
        Row{"België", "0470 12 34 56", "+32470123456", "nsn 1", its},
        Row{"Germany", "2101", "2101", "extension 1", "is the same extension."},
        Row{"Germany", "030 123456", "030 123456", "", ""}, // dialled where the tenant is
    };
    for (const auto& row : rows) {
        CAPTURE(row.country);
        CAPTURE(row.written);
        auto record = person("1", {row.written});
        record.fields = {{"City", "US"}, {"Country", row.country}};
        auto index = Index::build(std::vector{record}, {.country = "NL", .tenant = "BE"});
        CHECK(found(*index, row.caller) == row.found);
        auto all = index->find(index->read(row.caller).value());
        if (all.empty()) continue;
        CHECK(why(all.front(), record.numbers.front(), row.caller) == std::string(row.written) + " (work) " + row.why);
    }
    auto record = person("1", {"030 123456"});
    record.fields = {{"Country", "NL"}, {"Billing Country", "DE"}};
    auto index = Index::build(std::vector{record}, {.country = "NL", .country_field = "billing country"});
    CHECK(found(*index, "+4930123456") == "nsn 1");
}

TEST_CASE("the last digits alone, only where they are asked for") {
    struct Row {
        const char* stored;
        const char* caller;
        unsigned suffix;
        const char* found;
    };
    constexpr std::array rows{
        Row{"+317612345678", "+31612345678", 8, "suffix 1"}, // a digit too many
        Row{"+317612345678", "+31612345678", 0, ""},
        Row{"+317612345678", "+31612345678", 10, ""}, // nine are the same
        Row{"+49612345678", "+31612345678", 8, ""},   // another country's
        Row{"+12125550123", "+13125550123", 8, "suffix 1"},
        Row{"+12125550123", "+13125550123", 10, ""},
        Row{"912345678901", "+3112345678901", 8, "suffix 1"}, // of no country
        Row{"+493012345678", "+498912345678", 8, ""},         // two thirds
        Row{"+31612345678", "12345678", 8, "suffix 1"},
        Row{"+31612345678", "345678", 8, ""}, // an extension
        Row{"345678", "+31612345678", 8, ""},
        Row{"+31612345678", "+31612345678", 8, "exact 1"},
        Row{"+31612345678", "+31612345679", 8, ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.stored);
        CAPTURE(row.caller);
        auto record = person("1", {row.stored});
        CHECK(found(*Index::build(std::vector{record}, {.country = "NL", .suffix = row.suffix}), row.caller) ==
              row.found);
    }
    std::vector<Record> all{person("1", {"+317612345678"}), person("2", {"612345678901"}),
                            person("3", {"+3112345678"})};
    auto index = Index::build(all, {.country = "NL", .suffix = 8});
    CHECK(found(*index, "+31612345678") == "suffix 1"); // most digits
    auto one = index->find(index->read("+31612345678").value()).front();
    CHECK(why(one, all[0].numbers[0], "+31612345678") ==
          "+317612345678 (work) ends in the same digits as +31612345678; it may be another number.");
}

TEST_CASE("the best class alone is told, each record once") {
    std::vector<Record> all{person("1", {"+31612345678", "+31612345678"}), person("2", {"0612345678"}),
                            person("3", {"+31612345678"}), person("4", {"none at all", ""})};
    auto index = Index::build(all, {"NL"});
    CHECK(found(*index, "+31612345678") == "exact 1,3");
    CHECK(index->contacts() == 4);
    CHECK(index->numbers() == 4);
    CHECK(index->unusable() == 2);
    CHECK(index->records() == all);
}

TEST_CASE("a record survives its packing, and nothing else does") {
    Record record{.id = "é1",
                  .name = "Ann",
                  .numbers = {{"work", "+31 20", true}},
                  .fields = {{"City", "Ghent"}},
                  .url = "https://x",
                  .updated = Wall(milliseconds(1'700'000'000'123))};
    std::string packed;
    pack(packed, record);
    CHECK(unpack(packed).value() == record);
    for (std::size_t cut = 0; cut < packed.size(); ++cut)
        CHECK_FALSE(unpack(packed.substr(0, cut)));
    CHECK_FALSE(unpack(packed + "x"));
}
