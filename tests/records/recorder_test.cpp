// One record per call and person: what is told of it, its times, what joins and what does not, and what is left of
// calls that went on unheard.
#include "calls/call_id.hpp"
#include "here.hpp"

using namespace testing;
using calls::CallResult;
using calls::CallState;
using calls::End;
using calls::Redirect;

TEST_CASE("an incoming call from its first ring to its end") {
    Lines lines;
    lines.up();
    auto call = incoming("1", "s1");
    call.remote_name = "Zoe";
    call.ddi = "+31201230000";
    call.queue = "Sales";
    CHECK(lines.put("alice@x", call) == Texts{"ringing alice in"});
    lines.now += 4s;
    CHECK(lines.answer("alice@x", "1") == Texts{"answered alice in"});
    lines.now += 10s;
    CHECK(lines.state("alice@x", "1", CallState::held) == Texts{"held alice in"});
    lines.now += 5s;
    CHECK(lines.answer("alice@x", "1") == Texts{"resumed alice in"});
    CHECK(lines.state("alice@x", "1", CallState::held_by_remote) == Texts{});
    lines.now += 5s;
    CHECK(lines.end("alice@x", "1", End::hung_up_there) == Texts{"ended alice in answered"});
    CHECK(lines.after(1min) == Texts{});
    auto records = lines.of("alice");
    REQUIRE(records.size() == 1);
    const auto& record = records[0];
    CHECK(record.id == calls::public_id("alice@x", "1"));
    CHECK(record.session == "s1");
    CHECK(record.started == nine);
    CHECK(record.rang == 4s);
    CHECK(record.held == 5s);
    CHECK(record.talked(lines.now) == 20s);
    CHECK(record.released_by == calls::ReleasedBy::there);
    CHECK(record.remote_name == "Zoe");
    CHECK(record.ddi == "+31201230000");
    CHECK(record.queue == "Sales");
    CHECK_FALSE(record.uncertain);
    CHECK(lines.recorder.going() == 0);
}

TEST_CASE("the platform's times go before our own, and no time runs backwards") {
    Lines lines;
    lines.up();
    auto call = incoming("1", "s1");
    call.started = nine - 3s;
    lines.put("alice@x", call);
    call.state = CallState::active;
    call.answered = nine + 1s;
    lines.now += 7s; // heard late
    lines.put("alice@x", call);
    auto over = ended(call, End::hung_up_here);
    over.at = nine + 61s;
    lines.lines.at("alice@x").calls.clear();
    lines.lines.at("alice@x").ended = {over};
    lines.tell(lines.lines.at("alice@x"));
    auto record = lines.of("alice").at(0);
    CHECK(record.rang == 4s);
    CHECK(record.talked(nine) == 60s);
    CHECK(record.released_by == calls::ReleasedBy::here);

    Lines fast; // its clock is an hour ahead of ours, and it does not tell when calls end
    fast.up();
    call.started = nine + 1h;
    call.answered = nine + 1h + 2s;
    fast.put("bob@x", call);
    fast.now += 60s;
    fast.end("bob@x", "1", End::hung_up_here);
    CHECK(fast.of("bob").at(0).talked(nine) == 0s);
}

TEST_CASE("outgoing calls, and how they come to nothing") {
    struct Row {
        End why;
        CallResult result;
    };
    for (auto row : {Row{End::busy, CallResult::failed}, Row{End::not_answered, CallResult::failed},
                     Row{End::failed, CallResult::failed}, Row{End::transferred, CallResult::forwarded}}) {
        Lines lines;
        lines.up();
        CHECK(lines.put("alice@x", outgoing("1", "s1")) == Texts{"dialling alice out"});
        lines.end("alice@x", "1", row.why);
        CHECK(lines.after(5s) == Texts{});
        CHECK(lines.of("alice").at(0).result == row.result);
    }
}

TEST_CASE("a click-to-dial call that changes its id stays one call") {
    Lines lines;
    lines.up();
    lines.put("alice@x", outgoing("1", "s1"));
    auto& news = lines.lines.at("alice@x");
    news.calls = {outgoing("2", "s1")};
    CHECK(lines.tell(news) == Texts{});
    CHECK(lines.answer("alice@x", "2") == Texts{"answered alice out"});
    CHECK(lines.end("alice@x", "2", End::hung_up_here) == Texts{"ended alice out answered"});
    REQUIRE(lines.of("alice").size() == 1);
    CHECK(lines.of("alice")[0].id == calls::public_id("alice@x", "1"));
}

TEST_CASE("several lines of a person that ring for one caller are one call") {
    Lines lines;
    lines.up();
    CHECK(lines.put("carol@x", incoming("1", "s1")) == Texts{"ringing carol in"});
    CHECK(lines.put("carol2@x", incoming("2", "s1")) == Texts{});
    CHECK(lines.answer("carol2@x", "2") == Texts{"answered carol in"});
    CHECK(lines.end("carol@x", "1", End::answered_elsewhere) == Texts{});
    CHECK(lines.end("carol2@x", "2", End::hung_up_here) == Texts{"ended carol in answered"});
    REQUIRE(lines.of("carol").size() == 1);
    CHECK(lines.of("carol")[0].line == "carol2@x");
    // Without a session, or with another one, they are two.
    lines.put("carol@x", incoming("3"));
    CHECK(lines.put("carol2@x", incoming("4")) == Texts{"ringing carol in"});
}

TEST_CASE("a line of several people gives each of them a record, one that is nobody's gives one") {
    Lines lines;
    lines.up();
    CHECK(lines.put("desk@x", incoming("1", "s1")) == Texts{"ringing dave in", "ringing erin in"});
    lines.answer("desk@x", "1");
    lines.end("desk@x", "1", End::hung_up_here);
    CHECK(lines.of("dave").size() == 1);
    CHECK(lines.of("erin").size() == 1);
    lines.recorder.use_owners(std::make_shared<Owners>(), lines.now);
    CHECK(lines.put("desk@x", incoming("2", "s2")) == Texts{"ringing - in"});
}

TEST_CASE("the other party becomes known, and is another one after a transfer") {
    Lines lines;
    lines.up();
    auto call = incoming("1", "s1");
    lines.put("alice@x", call);
    call.remote_name = "Zoe";
    CHECK(lines.put("alice@x", call) == Texts{"changed alice in"});
    CHECK(lines.put("alice@x", call) == Texts{});
    call.state = CallState::active;
    lines.put("alice@x", call);
    call.remote_number = "2002";
    call.remote_name = "Bob";
    CHECK(lines.put("alice@x", call) == Texts{"changed alice in"});
    CHECK(lines.of("alice").at(0).remote_number == "2002");
}

TEST_CASE("a call that is taken over names the one before") {
    Lines lines;
    lines.up();
    lines.put("alice@x", incoming("1", "s1"));
    lines.answer("alice@x", "1");
    lines.end("alice@x", "1", End::transferred, Redirect::transfer, "2002");
    lines.put("bob@x", incoming("2", "s1"));
    CHECK(lines.of("alice").at(0).moved_to == "2002");
    CHECK(lines.of("bob").at(0).transferred_from == calls::public_id("alice@x", "1"));
}

TEST_CASE("calls that were going on before anybody listened are uncertain") {
    Lines lines;
    auto call = incoming("1", "s1");
    call.state = CallState::active;
    call.started = nine - 1h;
    call.answered = nine - 59min;
    auto& news = lines.lines.at("alice@x");
    lines.tell(news); // not known yet
    news.calls = {call};
    news.known = true;
    CHECK(lines.tell(news) == Texts{"answered alice in uncertain"});
    CHECK(lines.put("alice@x", incoming("2", "s2")) == Texts{"ringing alice in"}); // the next one is not
    CHECK(lines.end("alice@x", "1", End::hung_up_here) == Texts{"ended alice in answered uncertain"});
    CHECK(lines.of("alice").at(0).talked(nine) == 59min);
}

TEST_CASE("a line that nobody hears of: its calls are uncertain, and end when they are found gone") {
    Lines lines;
    lines.up();
    lines.put("alice@x", incoming("1", "s1"));
    lines.answer("alice@x", "1");
    lines.put("bob@x", incoming("2", "s2"));
    lines.answer("bob@x", "2");
    lines.now += 10s;
    for (const char* line : {"alice@x", "bob@x"}) {
        auto& news = lines.lines.at(line);
        news.stale = true;
        CHECK(lines.tell(news) == Texts{});
    }
    CHECK(lines.of("alice").at(0).uncertain);
    lines.now += 1min;
    // Forgotten for good, and still going on when it is heard again.
    auto& alice = lines.lines.at("alice@x");
    auto call = alice.calls[0];
    alice.calls.clear();
    alice.known = false;
    alice.ended = {ended(call, End::unknown)};
    CHECK(lines.tell(alice) == Texts{});
    alice.ended.clear();
    alice.calls = {call};
    alice.known = true;
    alice.stale = false;
    CHECK(lines.tell(alice) == Texts{});
    CHECK(lines.end("alice@x", "1", End::hung_up_here) == Texts{"ended alice in answered uncertain"});
    CHECK(lines.of("alice").at(0).talked(nine) == 70s);
    // Gone.
    auto& bob = lines.lines.at("bob@x");
    bob.calls.clear();
    bob.stale = false;
    CHECK(lines.tell(bob) == Texts{"ended bob in answered uncertain"});
    CHECK(lines.of("bob").at(0).why == End::unknown);
    CHECK(lines.of("bob").at(0).talked(nine) == 10s); // as long as it was heard of
    // What comes from now on is sure again.
    CHECK(lines.put("bob@x", incoming("3", "s3")) == Texts{"ringing bob in"});
}

TEST_CASE("a line that is watched no more ends its calls") {
    Lines lines;
    lines.up();
    lines.put("alice@x", incoming("1", "s1"));
    auto& news = lines.lines.at("alice@x");
    news.ended = {ended(news.calls[0], End::unknown)};
    news.calls.clear();
    news.watched = false;
    CHECK(lines.tell(news) == Texts{"ended alice in missed uncertain"});
    CHECK(lines.after(5s) == Texts{}); // nobody knows whether it was missed
}

TEST_CASE("after a restart calls go on that still do, and end that do not") {
    Lines before;
    before.up();
    before.put("alice@x", incoming("1", "s1"));
    before.answer("alice@x", "1");
    before.put("desk@x", incoming("2", "s2"));
    before.put("bob@x", incoming("3", "s3"));
    std::vector<Written> kept;
    for (auto& [name, one] : before.disk)
        kept.push_back(one);

    Lines after;
    after.now += 1min;
    after.recorder.restore(kept, after.now);
    auto call = incoming("1", "s1");
    call.state = CallState::active;
    auto& news = after.lines.at("alice@x");
    news.calls = {call};
    news.known = true;
    CHECK(after.tell(news) == Texts{});
    CHECK(after.end("alice@x", "1", End::hung_up_here) == Texts{"ended alice in answered uncertain"});
    CHECK(after.of("alice").at(0).id == before.of("alice").at(0).id);
    auto& desk = after.lines.at("desk@x");
    desk.known = true;
    CHECK(after.tell(desk) == Texts{"ended dave in missed uncertain", "ended erin in missed uncertain"});
    // bob's line is gone with bob.
    after.recorder.use_owners(std::make_shared<Owners>(), after.now);
    CHECK(after.after(0s) == Texts{"ended bob in missed uncertain"});
    CHECK(after.recorder.going() == 0);
}
