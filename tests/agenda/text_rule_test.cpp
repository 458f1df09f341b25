// What titles mean. A telephone engineer should be able to read and correct these tables.
#include "here.hpp"

using namespace testing;
using What = Said::What;

namespace {

Said of_title(std::string title, const TextRule& rule = {}, const NumberOf& number_of = {}) {
    return judge(event("k", std::move(title), at(9), at(10)), rule, number_of);
}

std::optional<std::string> directory(std::string_view name) {
    if (name == "reception") return "1000";
    if (name == "Zoë van Dijk") return "+31201230007";
    return std::nullopt;
}

} // namespace

TEST_CASE("a title that is a number, and nothing else, diverts") {
    struct Row {
        const char* title;
        What what;
        const char* text; // the number, or a part of the reason
    };
    // clang-format off
    const Row rows[] = {
        {"2001",                              What::divert,  "2001"},
        {"+31 6 1234 5678",                   What::divert,  "+31 6 1234 5678"},
        {"0031 20 123 45 67",                 What::divert,  "0031 20 123 45 67"},
        {"020-1234567",                       What::divert,  "020-1234567"},
        {"020/123.45.67",                     What::divert,  "020/123.45.67"},
        {"(020) 123 45 67",                   What::divert,  "(020) 123 45 67"},
        {"(+31) 20 1234567",                  What::divert,  "(+31) 20 1234567"},
        {"+31 (0)20 1234567",                 What::divert,  "+31 (0)20 1234567"},
        {"tel:+31201234567",                  What::divert,  "+31201234567"},
        {"TEL: 2001",                         What::divert,  "2001"},
        {"*21",                               What::divert,  "*21"},
        {"  2001\t",                          What::divert,  "2001"},
        {"\u00a0+31\u00a020\u202f1234567",    What::divert,  "+31 20 1234567"},   // copied from a web page
        {"\u202a+31 6 12345678\u202c",        What::divert,  "+31 6 12345678"},   // as telephones copy it
        {"\u200b20\u200c01\ufeff",            What::divert,  "2001"},
        {"020\u20111234567",                  What::divert,  "020-1234567"},      // a dash that does not break
        {"06 \u2013 12345678",                What::divert,  "06 - 12345678"},
        {"\uff0b\uff13\uff11 20 1234567",     What::divert,  "+31 20 1234567"},   // wide
        {"Team lunch",                        What::ignored, "the title is no telephone number"},
        {"2001 reception",                    What::ignored, "the title is no telephone number"},
        {"2001, 2002",                        What::ignored, "the title is no telephone number"},
        {"+31201234567 +31201234568",         What::ignored, "the title holds more than one number"},
        {"0201234567 / 0201234568",           What::ignored, "the title is too long"},
        {"++31201234567",                     What::ignored, "the title holds more than one number"},
        {"--",                                What::ignored, "the title is no telephone number"},
        {"*",                                 What::ignored, "the title is no telephone number"},
        {"*21 2001",                          What::ignored, "the title is no telephone number"},
        {"14:30",                             What::ignored, "the title is no telephone number"},
        {"fwd: 2001",                         What::ignored, "the title is no telephone number"}, // no such tag
        {"",                                  What::ignored, "the title is empty"},
        {" \u200b ",                          What::ignored, "the title is empty"},
        {"\xff\xfe 2001",                     What::ignored, "the title is no telephone number"}, // no UTF-8
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.title);
        auto said = of_title(row.title);
        CHECK(said.what == row.what);
        if (row.what == What::divert)
            CHECK(said.text == row.text);
        else
            CHECK(said.text.find(row.text) == 0);
    }
}

TEST_CASE("a tag names a number or somebody of the directory") {
    const TextRule rule{.tags = {"fwd:", "doorschakelen", "Déviation :"}, .fields = {"title"}};
    struct Row {
        const char* title;
        What what;
        const char* text;
    };
    // clang-format off
    const Row rows[] = {
        {"fwd: reception",                What::divert,  "1000"},
        {"FWD:2001",                      What::divert,  "2001"},
        {"fwd:\u00a0+31 20 1234567 ",     What::divert,  "+31 20 1234567"},
        {"Fwd: Zoë van Dijk",             What::divert,  "+31201230007"},
        {"Doorschakelen 2001",            What::divert,  "2001"},
        {"deviation : 2001",              What::divert,  "2001"},
        {"2001",                          What::divert,  "2001"},      // a bare number always counts
        {"fwd: nobody",                   What::refused, "nobody, or more than one, is called \"nobody\""},
        {"fwd:",                          What::refused, "nothing stands behind the tag"},
        {"doorschakelend 2001",           What::ignored, "the title is no telephone number"}, // another word
        {"re: fwd: 2001",                 What::ignored, "the title is no telephone number"},
        {"fw",                            What::ignored, "the title is no telephone number"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.title);
        CHECK(of_title(row.title, rule, directory) == Said{row.what, row.text});
    }
    CHECK(of_title("fwd: reception", rule).what == What::refused); // no directory
    CHECK(of_title("fwd: 2001", {.tags = {"fwd", "fwd:"}, .fields = {"title"}}) == Said{What::divert, "2001"});
}

TEST_CASE("fields are looked at in their order") {
    auto one = event("k", "Holiday", at(9), at(10));
    one.location = "2002";
    one.description = "<p>Away&nbsp;until Monday.</p><div>fwd:&nbsp;<b>2003</b></div>";
    const auto of = [&](std::vector<std::string> fields) {
        return judge(one, {.tags = {"fwd:"}, .fields = std::move(fields)}, directory);
    };
    CHECK(of({"title"}).what == What::ignored);
    CHECK(of({"location"}) == Said{What::divert, "2002"});
    CHECK(of({"title", "description", "location"}) == Said{What::divert, "2003"});
    CHECK(of({"title", "location", "description"}) == Said{What::divert, "2002"});
    one.location.clear();
    one.description = "Away.\r\n2003\r\n";
    CHECK(of({"title", "location", "description"}) == Said{What::ignored, "the title is no telephone number"});
    one.description = "<html><body>&#43;31 20 1234567<br/></body></html>";
    CHECK(of({"description"}) == Said{What::divert, "+31 20 1234567"});
    one.description = "a < b & c";
    CHECK(of({"description"}).what == What::ignored);
    one.description.assign(100'000, '<');
    CHECK(of({"description"}).what == What::ignored);
}

TEST_CASE("what is not meant, does not divert; what is marked as free, does") {
    auto one = event("k", "2001", at(9), at(10));
    one.free = true;
    CHECK(judge(one, {}, {}).what == What::divert);
    one.all_day = true;
    CHECK(judge(one, {}, {}).what == What::divert);
    auto with = [&](bool Occurrence::* mark) {
        auto changed = one;
        changed.*mark = true;
        return judge(changed, {}, {});
    };
    CHECK(with(&Occurrence::cancelled) == Said{What::ignored, "it is cancelled"});
    CHECK(with(&Occurrence::declined) == Said{What::ignored, "it is declined"});
    CHECK(with(&Occurrence::hidden).what == What::ignored);
    one.until = one.from;
    CHECK(judge(one, {}, {}) == Said{What::ignored, "it ends when it begins"});
}
