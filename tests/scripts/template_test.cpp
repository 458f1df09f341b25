// Templates: what is a token, how values are written where, and what no value can do.
#include <doctest/doctest.h>

#include "scripts/template.hpp"

using namespace lamp;
using namespace lamp::scripts;

namespace {

const numbers::PublicNetwork& dutch() {
    static const numbers::PublicNetwork network("NL");
    return network;
}

Facts call_of_acme() {
    Facts facts;
    facts.caller = {"+33199001234", "ACME & zonen", {}};
    facts.device = {"+31201232101", "Anna", "2101"};
    facts.ddi = {"+442079460100", "Sales", {}};
    facts.start = *parse_rfc3339("2026-11-22T10:00:00.123Z");
    facts.match = calls::Match{};
    facts.match->name = "J. Doe";
    facts.match->url = "https://crm.example.net/42";
    facts.match->fields = {{"Account Id", "A/7 & co"}, {"Evil", "#(Caller number)$(Account Id)%23%28Caller name%29"}};
    facts.matches = 1;
    return facts;
}

Terms with_fields(Place place = Place::url) {
    Terms terms;
    terms.place = place;
    terms.fields = true;
    return terms;
}

std::string rendered(std::string_view text, const Facts& facts, Place place = Place::url) {
    auto made = Template::parse(text, with_fields(place));
    if (!made) return "refused: it " + made.error().text;
    return made->render(facts, {dutch(), {}, true, {}, {}});
}
std::string rendered(std::string_view text) {
    return rendered(text, call_of_acme());
}
std::string with_value(std::string_view text, std::string value, Place place = Place::url) {
    auto facts = call_of_acme();
    facts.match->fields = {{"X", std::move(value)}};
    return rendered(text, facts, place);
}

} // namespace

TEST_CASE("what a template becomes") {
    struct Row {
        const char* text;
        const char* result;
    };
    const Row rows[] = {
        // The reference's own example.
        {"https://crm.example.net/find?phone=#(Caller number)&rec=$(Account Id)&did=#(Ddi number)",
         "https://crm.example.net/find?phone=0199001234&rec=A%2F7%20%26%20co&did=02079460100"},
        {"https://www.google.nl?q=#(Caller number)", "https://www.google.nl?q=0199001234"},
        // Case, blanks, underscores and hyphens of names do not count; nor does percent-encoding.
        {"https://x.nl/?a=#(CALLER_number)&b=#(caller-name)&c=#(Callername)",
         "https://x.nl/?a=0199001234&b=ACME%20%26%20zonen&c=ACME%20%26%20zonen"},
        {"https://x.nl/?a=%23%28Callernumber%29&b=%24%28account%20id%29&c=%20%C3%A9",
         "https://x.nl/?a=0199001234&b=A%2F7%20%26%20co&c=%20%C3%A9"},
        {"https://x.nl/?a=#(Caller number|e164)&b=#(caller number|idd)&c=#(Caller number|nsn)",
         "https://x.nl/?a=%2B33199001234&b=0033199001234&c=199001234"},
        {"https://x.nl/?a=#(Caller number|pretty_national)&b=#(Caller number|e164_digits)&c=#(Caller number|asis)",
         "https://x.nl/?a=01%2099%2000%2012%2034&b=33199001234&c=%2B33199001234"},
        // Short internal numbers where there are any, unless asked for otherwise.
        {"https://x.nl/?a=#(Device number)&b=#(Device number|national)&c=#(Device name)",
         "https://x.nl/?a=2101&b=0201232101&c=Anna"},
        {"https://x.nl/?t=#(Start time)&d=#(Direction)&n=#(Match count)",
         "https://x.nl/?t=2026-11-22T10%3A00%3A00.123Z&d=in&n=1"},
        // What every match has, where no field is called so.
        {"https://x.nl/?n=$(DisplayName)&u=$(PopUpUri)",
         "https://x.nl/?n=J.%20Doe&u=https%3A%2F%2Fcrm.example.net%2F42"},
        {"https://x.nl/?n=$(Nothing)&z=1", "https://x.nl/?n=&z=1"},
        // Not closed, or unknown: as it is.
        {"https://x.nl/?a=#(Caller name&b=#(Caller number)", "https://x.nl/?a=#(Caller name&b=0199001234"},
        {"https://x.nl/?a=#(Shoe size)", "https://x.nl/?a=#(Shoe size)"},
        {"tel:#(Caller number|e164)", "tel:+33199001234"},
        {"sip:#(Caller number)@pbx.example.net", "sip:0199001234@pbx.example.net"},
        {"msteams:/l/call/0/0?users=4:#(Caller number|e164)", "msteams:/l/call/0/0?users=4:%2B33199001234"},
        {"https://x.nl", "https://x.nl"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(rendered(row.text) == row.result);
    }
}

TEST_CASE("the manual's mail, unchanged") {
    auto facts = call_of_acme();
    facts.match->fields = {{"DisplayName", "Jansen\nBV"}, {"Identifier", "7"}};
    CHECK(rendered(
              "mailto://?Subject=Callback%20request&Body=Dear%20colleague%2C%0A%0AName%3A%20%24%28DisplayName%29%0A"
              "Account%20number%3A%20%24%28Identifier%29%0APhone%3A%20%23%28Callernumber%29%0A%24%28PopUpUri%29",
              facts) == "mailto://?Subject=Callback%20request&Body=Dear%20colleague%2C%0A%0AName%3A%20Jansen%0D%0ABV%0A"
                        "Account%20number%3A%207%0APhone%3A%200199001234%0Ahttps%3A%2F%2Fcrm.example.net%2F42");
}

TEST_CASE("what is refused") {
    for (const char* text : {"#(Caller number)",
                             "#(Caller name)://x.nl/",
                             "$(X)",
                             "javascript:alert(1)",
                             "data:text/html,#(Caller name)",
                             "https://#(Caller name)/",
                             "https://crm.#(Caller name).net/",
                             "https://x.nl#(Caller number)",
                             "https:///x",
                             "https:x.nl/#(Caller name)",
                             "https://x.nl\\#(Caller name)",
                             "https://x.nl/\n",
                             "file:///etc/passwd",
                             "sip:#(Caller number)",
                             "sip:a@#(Caller name)",
                             "crm://open/#(Caller name)",
                             "//x.nl/",
                             "x.nl",
                             "",
                             "https://x.nl/#(Caller number|roman)",
                             "https://x.nl/#(Caller name|e164)"}) {
        CAPTURE(text);
        CHECK(rendered(text).starts_with("refused: "));
    }
    Terms alone;
    CHECK_FALSE(Template::parse("https://x.nl/?a=$(Account Id)", alone));
    CHECK(Template::parse("https://x.nl/?a=#(Caller name)", alone));
    alone.scheme = "crm";
    CHECK(Template::parse("crm://open/#(Caller name)", alone));
    for (const char* never : {"javascript", "JavaScript", "data", "file", "ms-msdt", "a b", ""})
        CHECK_FALSE(may_allow_scheme(never));
}

TEST_CASE("what is told of a template that is odd") {
    Terms terms = with_fields();
    terms.known = {"Account Id"};
    auto made = Template::parse("https://x.nl/?a=#(Caller name&b=$(account_id)&c=$(Shoe size)&d=#(Colour)", terms);
    REQUIRE(made);
    REQUIRE(made->warnings().size() == 3);
    CHECK(made->warnings()[0].find("not closed") != std::string::npos);
    CHECK(made->warnings()[1].find("Shoe size") != std::string::npos);
    CHECK(made->warnings()[2].find("Colour") != std::string::npos);
}

TEST_CASE("a value stays in its place and is never read as a template") {
    CHECK(rendered("https://x.nl/?a=$(Evil)") ==
          "https://x.nl/?a=%23%28Caller%20number%29%24%28Account%20Id%29%2523%2528Caller%20name%2529");
    CHECK(with_value("https://x.nl/$(X)/y", "..") == "https://x.nl//y");
    CHECK(with_value("https://x.nl/$(X)/y", "../a?b#c") == "https://x.nl/..%2Fa%3Fb%23c/y");
    CHECK(with_value("https://x.nl/?a=$(X)", "1&b=2\r\nSet-Cookie: x") ==
          "https://x.nl/?a=1%26b%3D2%0D%0ASet-Cookie%3A%20x");
    CHECK(with_value("https://x.nl/?a=$(X)", "javascript:alert('1')") ==
          "https://x.nl/?a=javascript%3Aalert%28%271%27%29");
    CHECK(with_value("https://x.nl/?a=$(X)", "a\xE2\x80\xAE"
                                             "b\xE2\x81\xA6"
                                             "c") == "https://x.nl/?a=abc");
    CHECK(with_value("https://x.nl/?a=$(X)", "caf\xE9") == "https://x.nl/?a=caf%C3%A9");
    CHECK(with_value("mailto:$(X)?subject=y", "a@b.nl?cc=c@d.nl,e@f.nl") ==
          "mailto:a@b.nl%3Fcc%3Dc@d.nl%2Ce@f.nl?subject=y");
    CHECK(with_value("tel:$(X)", "+31 6\r\n12;phone-context=evil.net") == "tel:+31612");
    CHECK(with_value("tel:$(X)", "+31612345678;ext=22;x=y") == "tel:+31612345678;ext=22");
    CHECK(with_value("sip:$(X)@pbx.nl", "12@evil.net") == "sip:12@pbx.nl");

    const std::string nasty = "a\"b\\c\r\nd\xE2\x80\xA8"
                              "e</script>";
    CHECK(with_value(R"~({"a":"$(X)"})~", nasty, Place::json) == R"~({"a":"a\"b\\c\r\nd\u2028e</script>"})~");
    CHECK(with_value(R"~({"a":$(X)})~", R"~(1,"admin":true)~", Place::json) == R"~({"a":"1,\"admin\":true"})~");
    CHECK(rendered(R"~({"a":#(Match count),"b":#(Duration)})~", call_of_acme(), Place::json) ==
          R"~({"a":1,"b":null})~");
    CHECK(with_value("a=$(X)", "1&b=2 3", Place::form) == "a=1%26b%3D2%203");
    CHECK(with_value("X: $(X)", "a\r\nEvil: yes", Place::header) == "X: aEvil: yes");
    CHECK(with_value("$(X)", "Zo\xC3\xAB\r\n", Place::header) == "UTF-8''Zo%C3%AB%0D%0A");
    CHECK(with_value("$(X)", std::string("a\0b\x1B[31m", 8), Place::text) == "ab[31m");
    CHECK(with_value("https://x.nl/?a=$(X)", std::string(10'000, 'a')).size() == 16 + value_bytes_max);
}

TEST_CASE("addresses that a browser may be sent to") {
    for (const char* good : {"https://x.nl", "https://x.nl/a?b=c#d", "mailto:a@b.nl", "tel:+31612345678"})
        CHECK(is_safe_url(good));
    for (const char* bad : {"", "javascript:alert(1)", "JAVASCRIPT:x", " https://x.nl", "https://", "https:\\\\x.nl",
                            "/x", "https://x.nl/\"onclick", "java\nscript:x", "data:text/html,x"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_safe_url(bad));
    }
}

TEST_CASE("numbers as others want them") {
    struct Row {
        const char* number;
        const char* style;
        const char* result;
    };
    const Row rows[] = {
        {"+31612345678", "national", "0612345678"},
        {"0612345678", "e164", "+31612345678"},
        {"+31612345678", "digits", "31612345678"},
        {"+31612345678", "international", "0031612345678"},
        {"+31612345678", "nsn", "612345678"},
        {"+31612345678", "pretty_national", "06 12345678"},
        {"+12015550123", "(###) ###-####", "(201) 555-0123"},
        {"+31612345678", "(###) ###-####", "0612345678"},
        {"2101", "e164", "2101"},
        {"*21#", "e164", "*21#"},
        {"", "e164", ""},
        {"sip:anna@pbx.nl", "e164", "sip:anna@pbx.nl"},
        {"06 12 34 56 78", "asis", "06 12 34 56 78"},
        {"+31 (0)6 1234 5678", "national", "0612345678"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.number);
        CAPTURE(row.style);
        auto style = numbers::style_named(row.style);
        REQUIRE(style);
        CHECK(numbers::spelled(dutch(), row.number, *style) == row.result);
    }
    CHECK_FALSE(numbers::style_named("roman"));
}

TEST_CASE("times in a zone and a format") {
    auto made = Template::parse("#(Start time)", with_fields(Place::text));
    REQUIRE(made);
    const auto zone = Zone::fixed(seconds(3600), "Somewhere");
    CHECK(made->render(call_of_acme(), {dutch(), {}, true, zone, {}}) == "2026-11-22T11:00:00+01:00");
    CHECK(made->render(call_of_acme(), {dutch(), {}, true, zone, "%d-%m-%y %T %z %%"}) == "22-11-26 11:00:00 +0100 %");
    CHECK(time_format_mistake("%F %H:%M").empty());
    CHECK_FALSE(time_format_mistake("%Q").empty());
    CHECK_FALSE(time_format_mistake("%").empty());
}
