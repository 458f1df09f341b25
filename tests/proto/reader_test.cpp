// The reader: namespaces and names as it tells them, encodings met in the field (xsi.md 12.15), and everything that
// an attacker or a broken proxy may send: refused with its place, and the next document reads as if nothing was.
#include "here.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include "base/limits.hpp"
#include "proto/xml/reader.hpp"

using namespace testing;

namespace {

/// Tells a document back: {space}name with known names marked, attributes, texts.
class Told final : public xml::Listener {
public:
    std::string story;
    int open = 0;
    void on_start(const xml::Name& name, std::span<const xml::Attribute> attributes) override {
        ++open;
        story += "(";
        if (!name.space.empty()) story += fmt::format("{{{}}}", name.space);
        story += name.local;
        if (name.id != xml::unknown_name) story += fmt::format("#{}", name.id);
        for (const auto& one : attributes)
            story += fmt::format(" {}{}={}", one.space.empty() ? "" : fmt::format("{{{}}}", one.space), one.local,
                                 one.value);
        story += " ";
    }
    void on_text(std::string_view text) override { story += text; }
    void on_end() override {
        --open;
        story += ")";
    }
};

std::string story(xml::Reader& reader, std::string_view document) {
    Told told;
    auto outcome = reader.read(document, told);
    if (!outcome) return "refused: " + outcome.error().text;
    CHECK(told.open == 0);
    return told.story;
}

std::string story(std::string_view document) {
    xml::Reader reader;
    return story(reader, document);
}

std::string nested(std::size_t depth, std::string_view innermost = "") {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i)
        text += "<a>";
    text += innermost;
    for (std::size_t i = 0; i < depth; ++i)
        text += "</a>";
    return text;
}

} // namespace

TEST_CASE("names, namespaces, attributes and texts") {
    static constexpr std::string_view vocabulary[] = {"call", "state"};
    xml::Reader reader{vocabulary};
    struct Row {
        std::string_view document;
        std::string_view told;
    };
    const Row rows[] = {
        {"<a/>", "(a )"},
        {"<call><state>Active</state><other/></call>", "(call#0 (state#1 Active)(other ))"},
        {"<x:call xmlns:x='u'><state/></x:call>", "({u}call#0 (state#1 ))"},
        {"<call xmlns='u' a='1' b=\"2\"/>", "({u}call#0 a=1 b=2 )"},
        {"<a x:type='y' xmlns:x='u'/>", "(a {u}type=y )"},
        {"<a>1 &lt; 2 &amp;&#x26;&gt;&quot;&apos;</a>", "(a 1 < 2 &&>\"')"},
        {"<a><![CDATA[<b>&amp;]]></a>", "(a <b>&amp;)"},
        {"<a>x<!-- no -->y<?p no?>z</a>", "(a xyz)"},
        {"<a>\n x </a>", "(a \n x )"},
        {"<?xml version=\"1.0\"?>\n<a/>\n", "(a )"},
        {"<a>&#252;</a>", "(a \xc3\xbc)"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.document);
        CHECK(story(reader, row.document) == row.told);
    }
}

TEST_CASE("encodings: what names look like in the field") {
    struct Row {
        std::string_view what;
        std::string document;
        std::string_view told;
    };
    const Row rows[] = {
        {"UTF-8, declared", std::string(declaration) + "<a>M\xc3\xbcller</a>", "(a M\xc3\xbcller)"},
        {"UTF-8, undeclared", "<a>M\xc3\xbcller</a>", "(a M\xc3\xbcller)"},
        {"UTF-8 with a byte order mark", "\xef\xbb\xbf<a>M\xc3\xbcller</a>", "(a M\xc3\xbcller)"},
        {"Latin-1, declared", "<?xml version='1.0' encoding='ISO-8859-1'?><a>M\xfcller</a>", "(a M\xc3\xbcller)"},
        {"Latin-1, declared in small letters", "<?xml version='1.0' encoding='iso-8859-1'?><a>M\xfcller</a>",
         "(a M\xc3\xbcller)"},
        {"Latin-9, declared", "<?xml version='1.0' encoding='ISO-8859-15'?><a>\xa4</a>", "(a \xe2\x82\xac)"},
        {"windows-1252, declared", "<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>", "(a \xe2\x82\xac)"},
        {"Latin-1, declared as UTF-8", std::string(declaration) + "<a>M\xfcller</a>", "(a M\xc3\xbcller)"},
        {"Latin-1, undeclared", "<a>M\xfcller \x80</a>", "(a M\xc3\xbcller \xe2\x82\xac)"},
        {"Latin-1 in an attribute", "<a b='\xe9'/>", "(a b=\xc3\xa9 )"},
        {"Latin-1, declared as ASCII", "<?xml version='1.0' encoding='US-ASCII'?><a>M\xfcller</a>",
         "(a M\xc3\xbcller)"},
        {"UTF-8 already, with the old declaration still there (transcoded by its HTTP charset)",
         "<?xml version='1.0' encoding='ISO-8859-1'?><a>M\xc3\xbcller</a>", "(a M\xc3\xbcller)"},
        {"an encoding nobody knows", "<?xml version='1.0' encoding='x-klingon'?><a>b</a>", "(a b)"},
    };
    xml::Reader reader;
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK(story(reader, row.document) == row.told);
        CHECK(story(reader, "<a>M\xc3\xbcller</a>") == "(a M\xc3\xbcller)"); // leaves nothing behind
    }
}

TEST_CASE("refused: bombs, entities, depth, size, broken XML; the reader goes on") {
    struct Row {
        std::string_view what;
        std::string document;
        std::string_view why; // must stand in the sentence
    };
    const std::size_t deepest = limits::xsi_depth;
    const Row rows[] = {
        {"nothing", "", "empty"},
        {"blanks", "  \n ", "line"},
        {"text", "OK", "line 1, column"},
        {"HTML", "<html><body><p>Access denied<br></body></html>", "line 1, column"},
        {"DOCTYPE", "<!DOCTYPE a><a/>", "DOCTYPE"},
        {"HTML's DOCTYPE", "<!DOCTYPE html><html/>", "DOCTYPE"},
        {"external entity", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "DOCTYPE"},
        {"external DTD", "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x.dtd\"><a/>", "DOCTYPE"},
        {"parameter entity", "<!DOCTYPE a [<!ENTITY % x SYSTEM \"http://127.0.0.1:1/\"> %x;]><a/>", "DOCTYPE"},
        {"billion laughs",
         "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
         "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><a>&c;</a>",
         "DOCTYPE"},
        {"an entity that nobody declared", "<a>&nbsp;</a>", "nbsp"},
        {"an entity in an attribute", "<a b='&nbsp;'/>", "line 1, column"},
        {"one level too deep", nested(deepest + 1), "nested"},
        {"one level too deep, by an empty element", nested(deepest, "<b/>"), "nested"},
        {"very deep", nested(100'000), "nested"},
        {"an end tag that does not match", "<a><b></a>", "line 1, column"},
        {"no end", "<a><b>", "line"},
        {"two roots", "<a/><b/>", "line 1, column"},
        {"an attribute twice", "<a b='1' b='2'/>", "line 1, column"},
        {"'<' in an attribute", "<a b='<'/>", "line 1, column"},
        {"a zero byte", std::string("<a>x\0y</a>", 10), "line 1, column"},
        {"a control character", "<a>\x01</a>", "line 1, column"},
        {"a control character by number", "<a>&#1;</a>", "line 1, column"},
        {"a surrogate by number", "<a>&#xd800;</a>", "line 1, column"},
        {"too long", std::string(limits::answer_body_bytes + 1, ' '), "too long"},
        {"wrong in line 3", "<a>\n<b/>\n<c>\n</a>", "line 4"},
    };
    xml::Reader reader;
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto told = story(reader, row.document);
        CAPTURE(told);
        CHECK(told.starts_with("refused: "));
        CHECK(told.find(row.why) != std::string::npos);
        CHECK(story(reader, "<a>next</a>") == "(a next)");
    }
    CHECK(story(reader, nested(deepest)).starts_with("(a (a ")); // the limit itself is allowed
    CHECK(story(reader, nested(deepest - 1, "<b/>")).starts_with("(a (a "));
}

TEST_CASE("a text of a megabyte is read") {
    std::string text(1'000'000, 'x');
    CHECK(story("<a>" + text + "</a>").size() == text.size() + 4);
}

TEST_CASE("odd namespaces are no reason to lose an event") {
    CHECK(story("<a xmlns='relative/one'/>") == "({relative/one}a )");
    CHECK(story("<a xmlns:b='x y'/>") == "(a )");
    CHECK(story("<a xmlns=''/>") == "(a )");
    CHECK(story("<x:a/>") == "(a )"); // a prefix that nobody declared is in no namespace
}

TEST_CASE("names that never come twice do not fill the memory") {
    // libxml2 keeps each name in a dictionary for as long as its parser lives, which here is the daemon's life.
    static constexpr std::string_view vocabulary[] = {"call"};
    xml::Reader reader{vocabulary};
    auto in_use = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
    auto before = in_use();
    std::string document;
    for (int i = 0; i < 4000; ++i) {
        document = "<a>";
        for (int k = 0; k < 20; ++k)
            document += fmt::format("<n{:x>500}/>", i * 20 + k);
        document += "</a>";
        Told told;
        REQUIRE(reader.read(document, told).has_value());
    }
    CHECK(in_use() < before + (8U << 20)); // 40 MB of names have passed
    CHECK(story(reader, "<call><brand-new-name/></call>") == "(call#0 (brand-new-name ))");
}
