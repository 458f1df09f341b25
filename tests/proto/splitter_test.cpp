// The splitter: every framing of xsi.md 4.2, 12.8 and 12.9 cut at every byte, and what it does with bytes that are no
// documents: it drops them, tells so, and finds the next document.
#include "here.hpp"

#include <algorithm>

using namespace testing;
using xml::DocumentSplitter;

namespace {

constexpr std::size_t limit = 4096;

Collected fed(const std::vector<std::string_view>& pieces, std::size_t bytes_max = limit) {
    DocumentSplitter splitter(bytes_max);
    Collected collected;
    for (auto piece : pieces)
        splitter.feed(piece, collected);
    return collected;
}

std::vector<std::string_view> bytes_of(std::string_view stream) {
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < stream.size(); ++i)
        pieces.push_back(stream.substr(i, 1));
    return pieces;
}

/// The same documents must come, however the stream is cut.
void check_however_cut(std::string_view stream, const std::vector<std::string>& documents) {
    CHECK(fed({stream}).documents == documents);
    for (std::size_t cut = 1; cut < stream.size(); ++cut)
        if (fed({stream.substr(0, cut), stream.substr(cut)}).documents != documents) {
            CAPTURE(cut);
            CAPTURE(stream.substr(cut));
            CHECK(fed({stream.substr(0, cut), stream.substr(cut)}).documents == documents);
        }
    CHECK(fed(bytes_of(stream)).documents == documents);
}

const std::string one = event("HookStatusEvent", "<xsi:hookStatus>Off-Hook</xsi:hookStatus>");
const std::string d(declaration);
const std::string h(heartbeat);
const std::string c(channel);

struct Row {
    std::string_view what;
    std::string stream;
    std::vector<std::string> documents;
};

} // namespace

TEST_CASE("well-formed framings: nothing lost, nothing refused, wherever the reads are cut") {
    const Row rows[] = {
        {"declaration, LF, root (the Channel answer)", d + "\n" + c, {d + "\n" + c}},
        {"declaration and root without LF (events)", d + one, {d + one}},
        {"two documents in one read (12.8)", d + one + d + h, {d + one, d + h}},
        {"LF between", d + one + "\n" + d + h + "\r\n", {d + one, d + h}},
        {"blanks and tabs between", " \t" + d + one + "  " + d + h, {d + one, d + h}},
        {"no declarations at all", c + one + h + one, {c, one, h, one}},
        {"declaration only before the first", d + c + one + h, {d + c, one, h}},
        {"LF inside a text (12.9)",
         event("X", "<xsi:externalApplicationId>urn\ncti\n</xsi:externalApplicationId>") + h,
         {event("X", "<xsi:externalApplicationId>urn\ncti\n</xsi:externalApplicationId>"), h}},
        {"other prefixes",
         "<e:Event xmlns:e='u'><e:a/></e:Event><f:Event xmlns:f='u'></f:Event>",
         {"<e:Event xmlns:e='u'><e:a/></e:Event>", "<f:Event xmlns:f='u'></f:Event>"}},
        {"'>' and quotes in attributes",
         "<a b='>' c=\"'>'\" d='\"/>'><x/></a><b/>",
         {"<a b='>' c=\"'>'\" d='\"/>'><x/></a>", "<b/>"}},
        {"a self-closed root with attributes", "<a b='/' /><c d=\"/\"/>", {"<a b='/' />", "<c d=\"/\"/>"}},
        {"blanks in tags", "<a\n b='1'\t><c ></c\n></a ><d/>", {"<a\n b='1'\t><c ></c\n></a >", "<d/>"}},
        {"comments with tags in them",
         "<a><!-- </a> <b> -- > ' \" --></a><b/>",
         {"<a><!-- </a> <b> -- > ' \" --></a>", "<b/>"}},
        {"CDATA with tags and brackets",
         "<a><![CDATA[</a>]] ]> ]>]]></a><b/>",
         {"<a><![CDATA[</a>]] ]> ]>]]></a>", "<b/>"}},
        {"CDATA that quotes a declaration",
         "<a><![CDATA[<?xml version='1.0'?>]]></a><b/>",
         {"<a><![CDATA[<?xml version='1.0'?>]]></a>", "<b/>"}},
        {"processing instructions",
         "<?p q?><a><?x > </a> ?><?xml-stylesheet y?></a><b/>",
         {"<?p q?><a><?x > </a> ?><?xml-stylesheet y?></a>", "<b/>"}},
        {"the shortest processing instruction", "<a><?x?></a><b/>", {"<a><?x?></a>", "<b/>"}},
        {"byte order mark", "\xef\xbb\xbf" + d + one + "\xef\xbb\xbf" + h, {d + one, h}},
        {"a DOCTYPE with an internal subset goes to the reader, which refuses it",
         "<!DOCTYPE a [<!ENTITY x \"]>\"><!ELEMENT a ANY>]><a>&x;</a><b/>",
         {"<!DOCTYPE a [<!ENTITY x \"]>\"><!ELEMENT a ANY>]><a>&x;</a>", "<b/>"}},
        {"text with '>' and quotes", "<a>x > y 'z \"</a><b/>", {"<a>x > y 'z \"</a>", "<b/>"}},
        {"UTF-8", "<a>M\xc3\xbcller \xf0\x9f\x98\x80</a><b/>", {"<a>M\xc3\xbcller \xf0\x9f\x98\x80</a>", "<b/>"}},
        {"deep nesting",
         std::string("<a>") + "<b><c><d><e/></d></c></b></a><b/>",
         {"<a><b><c><d><e/></d></c></b></a>", "<b/>"}},
        {"an element named like its parent", "<a><a><a/></a></a><b/>", {"<a><a><a/></a></a>", "<b/>"}},
        {"names that begin alike", "<a><ab></ab></a><b/>", {"<a><ab></ab></a>", "<b/>"}},
        {"a comment behind a root belongs to the next document", "<a/><!-- x --><b/>", {"<a/>", "<!-- x --><b/>"}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        check_however_cut(row.stream, row.documents);
        CHECK(fed({row.stream}).refused.empty());
    }
}

TEST_CASE("broken streams: what is broken is dropped and told, the next document comes through") {
    const Row rows[] = {
        {"text between documents", d + h + "502 Bad Gateway" + d + one, {d + h, d + one}},
        {"text before the first", "junk" + h, {h}},
        {"an unfinished document, then a declaration", d + "<xsi:Event><xsi:eventID>1" + d + h + one, {d + h, one}},
        {"an unfinished document, then one without a declaration", "<xsi:Event><xsi:eventID>1" + h + one, {h, one}},
        {"an unfinished document, then an event", "<xsi:Event><xsi:eventID>1</xsi:eventID>" + one + h, {one, h}},
        {"a declaration, then nothing, then the next", d + d + h, {d + h}},
        {"a declaration, a comment, then the next", d + "<!-- restart -->" + d + h, {d + h}},
        {"a comment before a declaration", "<a/><!-- x -->" + d + h, {"<a/>", d + h}},
        {"an end tag that does not match", "<xsi:Event><a></b></xsi:Event>" + h, {h}},
        {"an end tag of nothing", "</xsi:Event>" + h, {h}},
        {"several end tags of nothing", "</a></b></c>" + d + h, {d + h}},
        {"a tag cut off", "<xsi:Event><xsi:eventI" + d + h, {d + h}},
        {"a tag cut off in a quoted value", "<xsi:Event a='x" + d + h, {d + h}},
        {"an apostrophe in garbage", "<it's " + one + h, {one, h}},
        {"angle brackets", "<<<>>>" + d + h, {d + h}},
        {"an end tag cut off", "<xsi:Event></xsi:Ev" + d + h, {d + h}},
        {"zero bytes between", h + std::string(3, '\0') + h, {h, h}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        check_however_cut(row.stream, row.documents);
        if (row.what != std::string_view("zero bytes between")) CHECK_FALSE(fed({row.stream}).refused.empty());
    }
}

TEST_CASE("a document over the limit is dropped, told once, and the stream goes on with bounded memory") {
    const std::string filler(limit * 3, 'x');
    const Row rows[] = {
        {"a long text", "<a>" + filler + "</a>" + h, {h}},
        {"many elements",
         [] {
             std::string text = "<a>";
             while (text.size() < limit * 3)
                 text += "<b>c</b>";
             return text + "</a>" + h;
         }(),
         {h}},
        {"a long comment", "<a><!--" + filler + "--></a>" + d + h, {d + h}},
        {"a long CDATA section", "<a><![CDATA[" + filler + "]]></a>" + d + h, {d + h}},
        {"a text up to the limit, then a comment up to it",
         "<a>" + filler.substr(0, limit - 10) + "<!--" + filler.substr(0, limit - 10) + "--></a>" + d + h,
         {d + h}},
        {"a long attribute", "<a b='" + filler + "'/>" + d + h, {d + h}},
        {"a long processing instruction", "<?p " + filler + "?>" + d + h, {d + h}},
        {"a comment that never ends", "<a><!--" + filler + d + h, {d + h}},
        {"a CDATA section that never ends", "<a><![CDATA[" + filler + d + one, {d + one}},
        {"a quote that never ends", "<a b='" + filler + d + h, {d + h}},
        {"a long one that never ends, then an event", "<a>" + filler + one, {one}},
        {"two long ones", "<a>" + filler + "</a><a>" + filler + "</a>" + h, {h}},
        {"a name without end", "<" + filler + d + h, {d + h}},
        {"garbage without end", filler + d + h, {d + h}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        for (std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{1000}, row.stream.size()}) {
            CAPTURE(step);
            DocumentSplitter splitter(limit);
            Collected collected;
            std::size_t most_held = 0;
            for (std::size_t at = 0; at < row.stream.size(); at += step) {
                splitter.feed(std::string_view(row.stream).substr(at, step), collected);
                most_held = std::max(most_held, splitter.held());
            }
            CHECK(collected.documents == row.documents);
            CHECK_FALSE(collected.refused.empty());
            CHECK(most_held <= 2 * limit + step); // a document up to the limit, and markup in it up to the limit
            CHECK(splitter.held() <= limit);
        }
    }
    const std::string fits = "<a>" + std::string(limit - 7, 'x') + "</a>";
    CHECK(fed({fits}).documents == std::vector{fits}); // the limit itself is allowed
    CHECK(fed({"<a>" + std::string(limit - 6, 'x') + "</a>"}).documents.empty());
    CHECK(fed({"<a>" + filler + "</a>" + h}).refused.size() == 1);
}

TEST_CASE("nothing is held between documents, and reset begins a new stream") {
    DocumentSplitter splitter(limit);
    Collected collected;
    splitter.feed(one, collected);
    CHECK(splitter.held() == 0);
    splitter.feed("<a><b", collected);
    CHECK(splitter.held() == 5);
    splitter.reset();
    CHECK(splitter.held() == 0);
    splitter.feed(h, collected);
    CHECK(collected.documents == std::vector{one, h});
    CHECK(collected.refused.empty());
}

TEST_CASE("deeper than the names it compares: counted all the same") {
    std::string deep;
    for (int i = 0; i < 200; ++i)
        deep += "<a" + std::to_string(i) + ">";
    for (int i = 199; i >= 0; --i)
        deep += "</a" + std::to_string(i) + ">";
    CHECK(fed({deep + h}).documents == std::vector{deep, h});
}

TEST_CASE("100 000 garbage documents: each is dropped or delivered, the heartbeats between all come") {
    const std::string kinds[] = {"<",         "<a",          "<a>", "</a>",   "<a></b>",    "garbage",
                                 "<!-- x",    "<![CDATA[ y", "<?p", "<a b='", "<!DOCTYPE ", "\xff\xfe",
                                 "<a>&x;</a", "&amp;",       "<x:", "]]>"};
    DocumentSplitter splitter(1 << 16);
    Collected collected;
    std::string stream;
    std::uint32_t random = 12345;
    std::size_t good = 0;
    for (int i = 0; i < 100'000; ++i) {
        random = random * 1664525U + 1013904223U;
        stream = kinds[random >> 28];
        bool closed = stream != "<!-- x" && stream != "<![CDATA[ y" && stream != "<?p" && stream != "<!DOCTYPE ";
        // Open sections swallow what follows; they are closed here and tested above.
        if (!closed)
            stream += stream == "<!-- x" ? "-->" : stream == "<![CDATA[ y" ? "]]>" : stream == "<?p" ? "?>" : ">";
        stream += d + h;
        splitter.feed(stream, collected);
        good = static_cast<std::size_t>(std::ranges::count_if(
            collected.documents, [](const std::string& document) { return document.ends_with(heartbeat); }));
        REQUIRE(good == 1);
        collected.documents.clear();
        collected.refused.clear();
        REQUIRE(splitter.held() == 0);
    }
}
