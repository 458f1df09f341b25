// What Teams is answered: shapes that it takes, and names that are never markup.
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "proto/botframework/cards.hpp"

using namespace lamp::botframework;
namespace json = boost::json;

namespace {

Number number(std::string to) {
    return {to + " (work)", to, "Call " + to, "https://lamp.example/dial?to=%2B31"};
}

const json::value& at(const json::value& value, std::string_view pointer) {
    return value.at_pointer(pointer);
}

} // namespace

TEST_CASE("cards: a result is a card with a preview") {
    const Card card{
        "Anna de Vries", {"On a call", "Sales"}, {number("+31201232000")}, "Chat", "https://teams.example/c"};
    auto answer = json::parse(results({&card, 1}));
    CHECK(at(answer, "/composeExtension/type") == "result");
    CHECK(at(answer, "/composeExtension/attachmentLayout") == "list");
    const auto& one = at(answer, "/composeExtension/attachments/0");
    CHECK(at(one, "/contentType") == "application/vnd.microsoft.card.adaptive");
    CHECK(at(one, "/content/type") == "AdaptiveCard");
    CHECK(at(one, "/content/version") == "1.4"); // Action.Execute came with it
    CHECK(at(one, "/content/body/0/inlines/0/text") == "Anna de Vries");
    CHECK(at(one, "/content/body/1/inlines/0/text") == "On a call");
    CHECK(at(one, "/content/body/3/inlines/0/selectAction/url") == "https://lamp.example/dial?to=%2B31");
    CHECK(at(one, "/content/actions/0/type") == "Action.Execute");
    CHECK(at(one, "/content/actions/0/verb") == "dial");
    CHECK(at(one, "/content/actions/0/data/to") == "+31201232000");
    CHECK(at(one, "/content/actions/0/fallback/url") == "https://lamp.example/dial?to=%2B31");
    CHECK(at(one, "/content/actions/1/url") == "https://teams.example/c");
    CHECK(at(one, "/preview/contentType") == "application/vnd.microsoft.card.thumbnail");
    CHECK(at(one, "/preview/content/title") == "Anna de Vries");
    CHECK(at(one, "/preview/content/text") == "On a call · Sales · +31201232000 (work)");
}

TEST_CASE("cards: names are shown as they are written") {
    const Card card{"[free](https://evil.example) **A** <b>", {"<img src=x> & {{DATE(2026)}}"}, {}, "", ""};
    auto answer = json::parse(results({&card, 1}));
    const auto& one = at(answer, "/composeExtension/attachments/0");
    CHECK(at(one, "/preview/content/text") == "&lt;img src=x&gt; &amp; {{DATE(2026)}}"); // HTML
    for (const auto& block : at(one, "/content/body").as_array())
        CHECK(at(block, "/type") == "RichTextBlock"); // the only one that knows no Markdown
    CHECK(at(one, "/content/body/0/inlines/0/text").as_string() == card.title);
    CHECK(at(one, "/content/actions").as_array().empty());
}

TEST_CASE("cards: Teams shows six buttons") {
    Card card{"Many", {}, {}, "Chat", "https://teams.example/c"};
    for (int i = 0; i < 20; ++i)
        card.numbers.push_back(number(fmt::format("+3120123{:04}", i)));
    auto answer = json::parse(results({&card, 1}));
    CHECK(at(answer, "/composeExtension/attachments/0/content/actions").as_array().size() == 6);
}

TEST_CASE("cards: nobody, a notice, what a button has come to") {
    CHECK(at(json::parse(results({})), "/composeExtension/attachments").as_array().empty());
    CHECK(notice("Type a \"name\"") == R"({"composeExtension":{"type":"message","text":"Type a \"name\""}})");
    CHECK(told("It rings") ==
          R"({"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"It rings"})");
    CHECK(refused("No") == R"({"statusCode":400,"type":"application/vnd.microsoft.error",)"
                           R"("value":{"code":"BadRequest","message":"No"}})");
}
