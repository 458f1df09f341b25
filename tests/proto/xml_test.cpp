// Small documents as trees, and documents that we write: escaped, closed, readable again.
#include "here.hpp"
#include "proto/xml/tree.hpp"
#include "proto/xml/writer.hpp"

using namespace testing;

TEST_CASE("a tree: children, descendants, texts, attributes, nil") {
    auto tree = xml::parse_tree(R"(<?xml version="1.0" encoding="ISO-8859-1"?>
        <x:Profile xmlns:x="http://schema.broadsoft.com/xsi" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
          <x:details><x:userId> alice@example.net
          </x:userId><x:number i:nil="true"/></x:details><x:details><x:userId>second</x:userId></x:details>
          <x:serviceProvider isEnterprise="true">ACME &amp; Co</x:serviceProvider>
        </x:Profile>)");
    REQUIRE(tree.has_value());
    CHECK(tree->name == "Profile");
    CHECK(tree->children.size() == 3);
    REQUIRE(tree->child("details"));
    CHECK(tree->child("details")->text_of("userId") == "alice@example.net"); // trimmed
    CHECK(tree->child("userId") == nullptr);
    REQUIRE(tree->descendant("userId"));
    CHECK(tree->descendant("userId")->text == "alice@example.net"); // the first, depth first
    CHECK(tree->descendant("nothing") == nullptr);
    CHECK(tree->text_of("serviceProvider") == "ACME & Co");
    CHECK(tree->text_of("nothing").empty());
    CHECK(tree->child("serviceProvider")->attribute("isEnterprise") == "true");
    CHECK(tree->child("serviceProvider")->attribute("nothing").empty());
    CHECK(tree->child("details")->child("number")->nil());
    CHECK_FALSE(tree->child("details")->child("userId")->nil());
    CHECK(tree->has("details"));
    CHECK_FALSE(tree->has("Details"));
}

TEST_CASE("a tree refuses what the reader refuses, and too many elements") {
    CHECK_FALSE(xml::parse_tree("").has_value());
    CHECK_FALSE(xml::parse_tree("<a>").has_value());
    CHECK_FALSE(xml::parse_tree("<!DOCTYPE a><a/>").has_value());
    std::string crowd = "<a>";
    for (int i = 0; i < 1'000'001; ++i)
        crowd += "<b/>";
    auto tree = xml::parse_tree(crowd + "</a>");
    REQUIRE_FALSE(tree.has_value());
    CHECK(tree.error().category == Category::limit);
    CHECK(xml::parse_tree("<a><b/></a>").has_value());
}

TEST_CASE("the writer escapes every text and drops what XML cannot carry") {
    struct Row {
        std::string_view text;
        std::string_view escaped;
        std::string_view read_back;
    };
    const Row rows[] = {
        {"plain", "plain", "plain"},
        {"a & b < c > d", "a &amp; b &lt; c &gt; d", "a & b < c > d"},
        {"\"it's\"", "&quot;it&apos;s&quot;", "\"it's\""},
        {"</active><active>", "&lt;/active&gt;&lt;active&gt;", "</active><active>"},
        {"]]>", "]]&gt;", "]]>"},
        {"a\x01\x1f"
         "b\r",
         "ab", "ab"},
        {"tab\tline\nend", "tab\tline\nend", "tab\tline\nend"},
        {"M\xc3\xbcller", "M\xc3\xbcller", "M\xc3\xbcller"},
        {"&amp;", "&amp;amp;", "&amp;"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        std::string out;
        xml::append_escaped(out, row.text);
        CHECK(out == row.escaped);
        auto tree = xml::parse_tree(xml::Writer("r", "u").element("t", row.text).done());
        REQUIRE(tree.has_value());
        CHECK(tree->text_of("t") == row.read_back);
    }
}

TEST_CASE("the writer's documents") {
    CHECK(xml::Writer("DoNotDisturb", "http://schema.broadsoft.com/xsi").flag("active", true).done() ==
          std::string(declaration) + "\n<DoNotDisturb xmlns=\"http://schema.broadsoft.com/xsi\">"
                                     "<active>true</active></DoNotDisturb>");
    CHECK(xml::Writer("a", "u").done() == std::string(declaration) + "\n<a xmlns=\"u\"/>");
    CHECK(xml::Writer("a", "u").open("b").attribute("c", "\"<&'\n").open("d").element("n", 42).done() ==
          std::string(declaration) + "\n<a xmlns=\"u\"><b c=\"&quot;&lt;&amp;&apos;\n\"><d><n>42</n></d></b></a>");
    auto nothing = xml::parse_tree(xml::Writer("a", "u").nil("b").done());
    REQUIRE(nothing.has_value());
    CHECK(nothing->child("b")->nil());
    CHECK(xml::Writer("a", "u").element("b", "").done() == std::string(declaration) + "\n<a xmlns=\"u\"><b></b></a>");
}

TEST_CASE("references in attribute values are decoded, once") {
    CHECK(xml::decoded("a &amp; b &lt;&gt;&quot;&apos;") == "a & b <>\"'");
    CHECK(xml::decoded("&amp;lt;") == "&lt;");
    CHECK(xml::decoded("&#65;&#x42;&#233;&#x20ac;&#x1f4de;") == "AB\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x9e");
    CHECK(xml::decoded("&unheard; & &#xd800; &#0; &#x110000; &") == "&unheard; & &#xd800; &#0; &#x110000; &");
    const auto tree = xml::parse_tree("<a b='1 &amp;amp; &lt;2&gt; &#65;'/>");
    REQUIRE(tree);
    CHECK(tree->attribute("b") == "1 &amp; <2> A");
}
