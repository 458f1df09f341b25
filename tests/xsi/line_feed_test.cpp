// The feed: the whole picture, then every change once and in order, with what ended; nothing twice, nothing before
// somebody listens, and what a slow reader misses. Both loops are turned by hand.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "xsi/line_feed.hpp"
#include "xsi/translate.hpp"

using namespace lamp;
using namespace lamp::xsi;

namespace {

const Steady start{std::chrono::hours(1)};

/// "alice@x known dnd always [1 ringing in 2002] -1 not_answered"
std::string text_of(const calls::LineNews& news) {
    std::string text = news.line;
    if (!news.watched) text += " gone";
    if (news.known) text += " known";
    if (news.stale) text += " stale";
    if (news.dnd) text += " dnd";
    if (news.forwarding != presence::Forwarding::none) text += fmt::format(" {}", name(news.forwarding));
    if (news.agent != presence::AgentState::none) text += fmt::format(" {}", name(news.agent));
    for (const auto& call : news.calls)
        text += fmt::format(" [{} {} {} {}]", call.id, name(call.state), call.incoming ? "in" : "out",
                            call.withheld ? "withheld" : call.remote_number);
    for (const auto& one : news.ended)
        text += fmt::format(" -{} {}{}{}", one.call.id, name(one.why), one.to.empty() ? "" : " to ", one.to);
    return text;
}

struct Bench {
    explicit Bench(std::size_t waiting_max = 1000)
        : feed(
              ingress, lines, reader,
              [this](std::vector<calls::LineNews> batch) {
                  ++batches;
                  CHECK_FALSE(batch.empty());
                  for (const auto& news : batch)
                      told.push_back(text_of(news));
              },
              waiting_max) {}

    void assign(const std::vector<Assignment>& assignments) {
        std::vector<LineIndex> added, removed;
        lines.assign(assignments, added, removed);
    }
    LineIndex line(std::string_view id) {
        auto found = lines.find(id);
        REQUIRE(found.has_value());
        return *found;
    }
    void snapshot(std::string_view id, const std::vector<Call>& calls = {}) {
        Document document;
        document.data = EventData::call_snapshot;
        document.calls = calls;
        lines.apply_calls(line(id), document, start);
    }
    void event(std::string_view id, const Call& call) {
        Document document;
        document.data = EventData::call;
        document.calls = {&call, 1};
        lines.apply_calls(line(id), document, start);
    }
    /// What the reader has heard since it was asked last.
    std::vector<std::string> heard() {
        for (int i = 0; i < 8; ++i) {
            ingress.context().poll();
            reader.context().poll();
        }
        return std::exchange(told, {});
    }

    Loop ingress{"ingress"};
    Loop reader{"reader"};
    presence::Table table{16};
    fanout::Fanout fanout;
    Lines lines{table, fanout};
    int batches = 0;
    std::vector<std::string> told;
    LineFeed feed;
};

Call leg(std::string_view id, CallState state, Personality personality = Personality::terminator) {
    Call call;
    call.call_id = id;
    call.personality = personality;
    call.state = state;
    call.remote.address = "tel:2002";
    return call;
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("the whole picture, then changes, in order and none joined with another") {
    Bench bench;
    bench.assign({{"alice@x", 0, 0}, {"bob@x", 1, 0}});
    bench.snapshot("alice@x", {leg("1", CallState::alerting)});
    CHECK(bench.heard().empty()); // nobody listens
    bench.feed.start();
    CHECK(bench.heard() == Texts{"alice@x known [1 ringing in 2002]", "bob@x"});

    bench.batches = 0;
    auto answered = leg("1", CallState::active);
    answered.answered = Wall(seconds(1'800'000'000));
    bench.event("alice@x", answered);
    bench.snapshot("bob@x");
    bench.event("alice@x", leg("1", CallState::held));
    bench.lines.set_dnd(bench.line("bob@x"), true);
    auto over = leg("1", CallState::released);
    over.releasing_party = ReleasingParty::remote;
    bench.event("alice@x", over);
    CHECK(bench.heard() == Texts{"alice@x known [1 active in 2002]", "bob@x known", "alice@x known [1 held in 2002]",
                                 "bob@x known dnd", "alice@x known -1 hung_up_there"});
    CHECK(bench.batches == 1); // one turn of the loop, one post
}

TEST_CASE("two readers hear the same, each at its own pace") {
    Bench bench;
    std::vector<calls::LineNews> other;
    LineFeed slow(
        bench.ingress, bench.lines, bench.reader,
        [&](std::vector<calls::LineNews> batch) { std::ranges::move(batch, std::back_inserter(other)); }, 1);
    bench.assign({{"alice@x", 0, 0}});
    bench.feed.start();
    slow.start();
    bench.snapshot("alice@x", {leg("1", CallState::alerting)});
    bench.event("alice@x", leg("1", CallState::active));
    CHECK(bench.heard().size() == 3);
    REQUIRE(other.size() == 2); // paused in between: what it is told in the end is how the line is
    CHECK(slow.pauses() >= 1);
    CHECK(other.back().calls.front().state == calls::CallState::active);
}

TEST_CASE("a change before the picture is on its way comes behind it, once") {
    Bench bench;
    bench.assign({{"alice@x", 0, 0}});
    bench.feed.start();
    bench.snapshot("alice@x"); // in the same turn
    CHECK(bench.heard() == Texts{"alice@x", "alice@x known"});
}

TEST_CASE("what looks as it was told last is not told again") {
    Bench bench;
    bench.assign({{"alice@x", 0, 0}});
    bench.snapshot("alice@x", {leg("1", CallState::active)});
    bench.feed.start();
    CHECK(bench.heard().size() == 1);
    bench.snapshot("alice@x", {leg("1", CallState::active)});
    bench.event("alice@x", leg("1", CallState::active)); // an endpoint or an appearance that we do not show
    bench.lines.set_dnd(bench.line("alice@x"), false);
    bench.lines.set_agent(bench.line("alice@x"), presence::AgentState::none);
    bench.event("alice@x", leg("9", CallState::released)); // a call that was never here
    CHECK(bench.heard().empty());
}

TEST_CASE("every field is worth news") {
    Bench bench;
    bench.assign({{"alice@x", 0, 0}});
    bench.snapshot("alice@x");
    bench.feed.start();
    bench.heard();
    auto line = bench.line("alice@x");
    const Wall noon{seconds(1'800'000'000)};
    auto call = leg("1", CallState::alerting);
    auto say = [&] {
        bench.event("alice@x", call);
        return bench.heard().size();
    };
    CHECK(say() == 1);
    CHECK(say() == 0);
    call.tracking_id = "911:1";
    CHECK(say() == 1);
    call.remote.address = "tel:2003";
    CHECK(say() == 1);
    call.remote.name = "Bob";
    CHECK(say() == 1);
    call.remote.user_id = "bob@x";
    CHECK(say() == 1);
    call.acd_name = "Support";
    CHECK(say() == 1);
    call.acd_number = "tel:2900";
    CHECK(say() == 1);
    call.started = noon;
    CHECK(say() == 1);
    call.answered = noon;
    CHECK(say() == 1);
    call.remote.privacy = true;
    CHECK(say() == 1);
    CHECK(say() == 0);
    bench.lines.set_forwarding(line, presence::Forwarding::always, true);
    CHECK(bench.heard().size() == 1);
    bench.lines.set_forwarding(line, presence::Forwarding::busy, true);
    CHECK(bench.heard().size() == 1);
    bench.lines.set_agent(line, presence::AgentState::wrap_up);
    CHECK(bench.heard().size() == 1);
    for (calls::Messages box : {calls::Messages{}, {1, 0, 0, 0}, {1, 1, 0, 0}, {1, 1, 1, 0}, {1, 1, 1, 1}}) {
        bench.lines.set_messages(line, box);
        CHECK(bench.heard().size() == 1);
        bench.lines.set_messages(line, box);
        CHECK(bench.heard().empty());
    }
    bench.lines.set_messages(line, std::nullopt);
    CHECK(bench.heard().size() == 1);
    bench.lines.mark_stale(line, Package::advanced_call);
    CHECK(bench.heard().size() == 1);
    bench.lines.mark_stale(line, Package::advanced_call);
    CHECK(bench.heard().empty());
}

TEST_CASE("voice mail travels with the line, and whether it is to come") {
    Bench bench;
    std::vector<calls::LineNews> told;
    LineFeed feed(bench.ingress, bench.lines, bench.reader, [&](std::vector<calls::LineNews> batch) { told = batch; });
    feed.start();
    bench.lines.follow_voice_mail(0, true);
    bench.assign({{"alice@x", 0, 0}});
    bench.heard();
    REQUIRE(told.size() == 1);
    CHECK(told[0].messages_awaited);
    CHECK(told[0].messages == std::nullopt);
    bench.lines.set_messages(bench.line("alice@x"), calls::Messages{2, 8, 1, 0});
    bench.heard();
    REQUIRE(told.size() == 1);
    CHECK_FALSE(told[0].messages_awaited);
    CHECK(told[0].messages == calls::Messages{2, 8, 1, 0});
}

TEST_CASE("lines that come and go, doubt, and forgetting") {
    Bench bench;
    bench.feed.start();
    bench.assign({{"alice@x", 0, 0}, {"bob@x", 1, 0}});
    CHECK(bench.heard() == Texts{"alice@x", "bob@x"});
    bench.snapshot("alice@x", {leg("1", CallState::active)});
    bench.snapshot("bob@x", {leg("2", CallState::active)});
    bench.heard();
    bench.lines.mark_stale(std::uint8_t{0});
    CHECK(bench.heard() == Texts{"alice@x known stale [1 active in 2002]", "bob@x known stale [2 active in 2002]"});
    bench.lines.forget(0);
    CHECK(bench.heard() == Texts{"alice@x -1 unknown", "bob@x -2 unknown"});
    bench.snapshot("bob@x", {leg("2", CallState::active)});
    bench.heard();
    bench.assign({{"alice@x", 0, 0}});
    CHECK(bench.heard() == Texts{"bob@x gone -2 unknown"});
    bench.assign({{"alice@x", 0, 0}, {"bob@x", 1, 0}});
    CHECK(bench.heard() == Texts{"bob@x"});
    bench.lines.give_up(bench.line("alice@x"), Package::advanced_call);
    CHECK(bench.heard().empty()); // unknown before, and for good now
}

TEST_CASE("states of calls as they are told") {
    struct Row {
        CallState state;
        Personality personality;
        bool answered;
        std::string_view cause;
        std::string_view told;
    };
    constexpr auto in = Personality::terminator;
    constexpr auto out = Personality::originator;
    constexpr auto click = Personality::click_to_dial;
    const Row rows[] = {
        {CallState::alerting, in, false, "", "ringing"},
        {CallState::alerting, in, true, "", "active"}, // hears ringing after a blind transfer
        {CallState::alerting, out, false, "", "dialling"},
        {CallState::alerting, out, true, "", "active"},
        {CallState::alerting, click, false, "", "dialling"},
        {CallState::active, out, false, "", "active"},
        {CallState::active, out, false, "Busy", "dialling"}, // a failure's tone
        {CallState::active, out, true, "Busy", "active"},
        {CallState::active, in, true, "", "active"},
        {CallState::held, in, true, "", "held"},
        {CallState::remote_held, in, true, "", "held_by_remote"},
        {CallState::unknown, in, false, "", "active"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.told);
        Bench bench;
        bench.assign({{"alice@x", 0, 0}});
        auto call = leg("1", row.state, row.personality);
        if (row.answered) call.answered = Wall(seconds(1'800'000'000));
        call.release_cause = row.cause;
        bench.event("alice@x", call);
        auto news = news_of(bench.lines, bench.line("alice@x"));
        REQUIRE(news.calls.size() == 1);
        CHECK(calls::name(news.calls[0].state) == row.told);
    }
}

TEST_CASE("calls come oldest first, whatever the platform's order; a held conference holds its calls") {
    Bench bench;
    bench.assign({{"alice@x", 0, 0}});
    auto late = leg("late", CallState::active);
    late.started = Wall(seconds(1'800'000'100));
    auto early = leg("early", CallState::active);
    early.started = Wall(seconds(1'800'000'000));
    bench.snapshot("alice@x", {late, early});
    auto line = bench.line("alice@x");
    CHECK(text_of(news_of(bench.lines, line)) == "alice@x known [early active in 2002] [late active in 2002]");
    Document conference;
    conference.data = EventData::conference;
    conference.type_name = "ConferenceHeldEvent";
    conference.conference.present = true;
    conference.conference.state = "Held";
    bench.lines.apply_calls(line, conference, start);
    CHECK(text_of(news_of(bench.lines, line)) == "alice@x known [early held in 2002] [late held in 2002]");
}

TEST_CASE("a reader that is too slow is told how things are when it has caught up, and nothing twice") {
    Bench bench(3);
    bench.assign({{"a@x", 0, 0}, {"b@x", 1, 0}, {"c@x", 2, 0}, {"d@x", 3, 0}, {"e@x", 4, 0}});
    bench.feed.start();
    CHECK(bench.heard() == Texts{"a@x", "b@x", "c@x", "d@x", "e@x"}); // in pieces
    auto pauses = bench.feed.pauses();
    CHECK(pauses > 0);
    for (bool on : {true, false, true, false, true})
        bench.lines.set_dnd(bench.line("a@x"), on);
    bench.lines.set_dnd(bench.line("b@x"), true);
    CHECK(bench.heard() == Texts{"a@x dnd", "a@x", "a@x dnd", "b@x dnd"});
    CHECK(bench.feed.pauses() == pauses + 1);
    bench.lines.set_dnd(bench.line("b@x"), false);
    CHECK(bench.heard() == Texts{"b@x"});
}

TEST_CASE("two feeds with a reader each: both hear everything") {
    Bench bench;
    bench.assign({{"alice@x", 0, 0}});
    Loop other("other");
    Texts heard;
    LineFeed second(bench.ingress, bench.lines, other, [&](const std::vector<calls::LineNews>& batch) {
        for (const auto& news : batch)
            heard.push_back(text_of(news));
    });
    bench.feed.start();
    second.start();
    bench.lines.set_dnd(bench.line("alice@x"), true);
    auto first = bench.heard();
    other.context().poll();
    CHECK(first == Texts{"alice@x", "alice@x dnd"});
    CHECK(heard == first);
}
