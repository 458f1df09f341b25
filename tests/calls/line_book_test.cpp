// The mirror of lines: what it says after each piece of news, and what a line at rest costs. The words of calls.
#include <doctest/doctest.h>
#include <malloc.h>
#include <set>

#include "calls/call_id.hpp"
#include "calls/line_book.hpp"

using namespace lamp;
using namespace lamp::calls;

namespace {

LineNews news_of(std::string line, std::vector<Call> calls = {}) {
    LineNews news;
    news.line = std::move(line);
    news.known = true;
    news.calls = std::move(calls);
    return news;
}

Call call_of(std::string id, CallState state = CallState::active) {
    Call call;
    call.id = std::move(id);
    call.state = state;
    return call;
}

} // namespace

TEST_CASE("a line is as the last news says") {
    LineBook book;
    CHECK(book.find("alice@x") == nullptr);
    book.take(news_of("alice@x"));
    book.take(news_of("bob@x", {call_of("1"), call_of("2")}));
    CHECK(book.size() == 2);
    REQUIRE(book.find("alice@x"));
    CHECK(book.find("alice@x")->calls.empty());
    CHECK(book.find("alice@x")->line.empty()); // shared
    REQUIRE(book.find("bob@x"));
    CHECK(book.find("bob@x")->line == "bob@x");
    CHECK(book.find("bob@x")->calls.size() == 2);
    CHECK(book.find("carol@x") == nullptr);

    auto after = news_of("bob@x", {call_of("2", CallState::held)});
    after.ended.push_back({call_of("1"), End::hung_up_here, {}});
    book.take(after);
    CHECK(book.find("bob@x")->calls == std::vector{call_of("2", CallState::held)});
    CHECK(book.find("bob@x")->ended.empty());

    auto last = news_of("bob@x");
    last.ended.push_back({call_of("2"), End::hung_up_here, {}});
    book.take(last);
    CHECK(book.find("bob@x")->calls.empty());
    CHECK(book.find("bob@x")->ended.empty());
    CHECK(book.size() == 2);
}

TEST_CASE("each look of a line at rest is kept apart") {
    LineBook book;
    std::vector<LineNews> all;
    for (unsigned flags = 0; flags < 8; ++flags)
        for (unsigned forwarding = 0; forwarding <= static_cast<unsigned>(presence::Forwarding::multiple); ++forwarding)
            for (unsigned agent = 0; agent <= static_cast<unsigned>(presence::AgentState::sign_out); ++agent) {
                auto& news = all.emplace_back(news_of("line" + std::to_string(all.size())));
                news.known = (flags & 1) != 0;
                news.stale = (flags & 2) != 0;
                news.dnd = (flags & 4) != 0;
                news.forwarding = static_cast<presence::Forwarding>(forwarding);
                news.agent = static_cast<presence::AgentState>(agent);
                news.messages_awaited = (agent & 1) != 0;
                if (agent > 2) news.messages = Messages{agent, forwarding};
                book.take(news);
            }
    for (const LineNews& wanted : all) {
        CAPTURE(wanted.line);
        const LineNews* found = book.find(wanted.line);
        REQUIRE(found);
        CHECK(found->known == wanted.known);
        CHECK(found->stale == wanted.stale);
        CHECK(found->dnd == wanted.dnd);
        CHECK(found->forwarding == wanted.forwarding);
        CHECK(found->agent == wanted.agent);
        CHECK(found->messages == wanted.messages);
        CHECK(found->messages_awaited == wanted.messages_awaited);
    }
}

TEST_CASE("a line that is not watched any more is forgotten, and may come again") {
    LineBook book;
    book.take(news_of("alice@x", {call_of("1")}));
    auto gone = news_of("alice@x");
    gone.watched = false;
    book.take(gone);
    CHECK(book.find("alice@x") == nullptr);
    CHECK(book.size() == 0);
    book.take(gone); // once more
    CHECK(book.size() == 0);
    book.take(news_of("alice@x"));
    CHECK(book.find("alice@x") != nullptr);
    CHECK(book.size() == 1);
}

TEST_CASE("lines with calls can be visited") {
    LineBook book;
    book.take(news_of("alice@x", {call_of("1")}));
    book.take(news_of("bob@x"));
    book.take(news_of("carol@x", {call_of("2")}));
    std::set<std::string> seen;
    book.for_each_with_calls([&](const LineNews& news) { seen.insert(news.line); });
    CHECK(seen == std::set<std::string>{"alice@x", "carol@x"});
    book.take(news_of("alice@x"));
    seen.clear();
    book.for_each_with_calls([&](const LineNews& news) { seen.insert(news.line); });
    CHECK(seen == std::set<std::string>{"carol@x"});
}

TEST_CASE("100 000 lines at rest cost at most 100 bytes each, and calls give their memory back") {
    constexpr std::size_t lines = 100'000;
    auto in_use = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
    auto id = [](std::size_t line) { return "some.colleague" + std::to_string(line) + "@example.net"; };
    auto before = in_use();
    auto book = std::make_unique<LineBook>();
    for (std::size_t line = 0; line < lines; ++line)
        book->take(news_of(id(line)));
    CHECK(book->size() == lines);
    auto bytes = (in_use() - before) / lines;
    MESSAGE("bytes per line at rest: ", bytes);
    CHECK(bytes <= 100);
    for (int round = 0; round < 2; ++round)
        for (std::size_t line = 0; line < 1000; ++line)
            book->take(round == 0 ? news_of(id(line), {call_of("callhalf-20000:0")}) : news_of(id(line)));
    CHECK((in_use() - before) / lines <= 100);
    CHECK(book->find(id(lines - 1)) != nullptr);
}

TEST_CASE("100 000 lines with messages at rest cost no more, and looks that nobody has any more are forgotten") {
    constexpr std::uint32_t lines = 100'000;
    auto in_use = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
    auto news = [](std::uint32_t line, std::uint32_t round) {
        auto one = news_of("some.colleague" + std::to_string(line) + "@example.net");
        one.messages = Messages{(line + round) % 10, (line + round) % 77, 0, 0};
        return one;
    };
    auto before = in_use();
    auto book = std::make_unique<LineBook>();
    for (std::uint32_t round = 0; round < 3; ++round)
        for (std::uint32_t line = 0; line < lines; ++line)
            book->take(news(line, round * 1000));
    auto bytes = (in_use() - before) / lines;
    MESSAGE("bytes per line with messages: ", bytes);
    CHECK(bytes <= 100);
    CHECK(book->find("some.colleague7@example.net")->messages == Messages{(7 + 2000) % 10, (7 + 2000) % 77, 0, 0});
    before = in_use();
    for (std::uint32_t round = 0; round < 100'000; ++round) { // one box that fills: no look is kept for ever
        auto one = news_of("some.colleague7@example.net");
        one.messages = Messages{1'000'000 + round};
        book->take(one);
    }
    CHECK(in_use() <= before + 4096);
    CHECK(book->find("some.colleague7@example.net")->messages == Messages{1'099'999});
    CHECK(book->find("some.colleague8@example.net")->messages == Messages{(8 + 2000) % 10, (8 + 2000) % 77, 0, 0});
}

TEST_CASE("every word has its text, and no two share one") {
    std::set<std::string_view> states;
    for (unsigned i = 0; i <= static_cast<unsigned>(CallState::held_by_remote); ++i)
        states.insert(name(static_cast<CallState>(i)));
    CHECK(states.size() == 5);
    CHECK_FALSE(states.contains(""));
    std::set<std::string_view> ends;
    for (unsigned i = 0; i <= static_cast<unsigned>(End::failed); ++i)
        ends.insert(name(static_cast<End>(i)));
    CHECK(ends.size() == 10);
    CHECK_FALSE(ends.contains(""));
}

TEST_CASE("the public id of a call") {
    CHECK(public_id("alice@x", "1") == public_id("alice@x", "1"));
    CHECK(public_id("alice@x", "1") != public_id("bob@x", "1"));
    CHECK(public_id("alice@x", "1") != public_id("alice@x", "2"));
    CHECK(public_id("a", "b").size() == 16);
}
