// Lines and the people who have them: one report per person whatever its lines say, doubt and forgetting
// (interface 7.6, decision 005), and hop 3: which document changes what of a line.
#include <doctest/doctest.h>

#include "xsi/lines.hpp"
#include "xsi/translate.hpp"

using namespace lamp;
using namespace lamp::xsi;
using presence::Forwarding;
using presence::LineState;
using presence::Slot;

namespace {

const Steady start{std::chrono::hours(1)};

/// A table of four people with one sink, and lines between.
struct Office {
    presence::Table table{8};
    fanout::Fanout fanout;
    int woken = 0;
    fanout::Sink& sink = fanout.add("test", 8, [this] { ++woken; });
    Lines lines{table, fanout};
    std::vector<LineIndex> added, removed;

    void assign(const std::vector<Assignment>& assignments) {
        added.clear();
        removed.clear();
        lines.assign(assignments, added, removed);
    }
    [[nodiscard]] presence::LineReport shown(Slot slot) const { return table.read(slot).line(); }
    /// "ringing 2 dnd always stale"
    [[nodiscard]] std::string told(Slot slot) const {
        auto report = shown(slot);
        std::string text(presence::name(report.state));
        text += " " + std::to_string(report.calls);
        if (report.dnd) text += " dnd";
        if (report.forwarding != Forwarding::none) text += " " + std::string(presence::name(report.forwarding));
        if (report.agent != presence::AgentState::none) text += " agent:" + std::string(presence::name(report.agent));
        if (report.stale) text += " stale";
        return text;
    }
    LineIndex line(std::string_view id) {
        auto found = lines.find(id);
        REQUIRE(found.has_value());
        return *found;
    }
    void snapshot(std::string_view id, const std::vector<Call>& calls = {}) {
        Document document;
        document.data = EventData::call_snapshot;
        document.type_name = "CallSubscriptionEvent";
        document.calls = calls;
        lines.apply_calls(line(id), document, start);
    }
    void event(std::string_view id, const Call& call) {
        Document document;
        document.data = EventData::call;
        document.calls = {&call, 1};
        lines.apply_calls(line(id), document, start);
    }
    /// Everything that a line can say, so that it is known.
    void all_heard(std::string_view id) {
        snapshot(id);
        lines.set_dnd(line(id), false);
        lines.set_forwarding(line(id), Forwarding::always, false);
        lines.set_agent(line(id), presence::AgentState::none);
    }
    std::vector<Slot> marked() {
        std::vector<Slot> slots;
        sink.drain([&](Slot slot) { slots.push_back(slot); });
        return slots;
    }
};

Call leg(std::string_view id, CallState state, Personality personality = Personality::terminator) {
    Call call;
    call.call_id = id;
    call.personality = personality;
    call.state = state;
    return call;
}

Document service(EventData data, bool active, bool unassigned = false) {
    Document document;
    document.data = data;
    document.service.active = active;
    document.service.unassigned = unassigned;
    return document;
}

} // namespace

TEST_CASE("unknown until known; what is known is published to whoever has the line") {
    Office office;
    office.assign({{"alice@x", 0, 0}, {"bob@x", 1, 0}});
    CHECK(office.added.size() == 2);
    CHECK(office.told(0) == "unknown 0");
    office.marked();
    office.snapshot("alice@x");
    CHECK(office.told(0) == "idle 0");
    CHECK(office.told(1) == "unknown 0");
    CHECK(office.marked() == std::vector<Slot>{0});
    office.snapshot("alice@x"); // the same again says nothing new
    CHECK(office.marked().empty());
    CHECK(office.table.verdict(0).conclusion.status == presence::Status::available);
}

TEST_CASE("a single event shows its call, but does not tell of the others: known only by a snapshot") {
    Office office;
    office.assign({{"alice@x", 0, 0}});
    office.event("alice@x", leg("1", CallState::alerting));
    CHECK(office.told(0) == "ringing 1");
    office.event("alice@x", leg("1", CallState::released));
    CHECK(office.told(0) == "unknown 0");
    office.snapshot("alice@x");
    CHECK(office.told(0) == "idle 0");
}

TEST_CASE("several lines of a person: the most urgent state, the sum of calls, any do not disturb") {
    struct Row {
        std::string_view what;
        std::vector<Call> one, two;
        bool dnd_two;
        std::string_view told;
    };
    const Row rows[] = {
        {"both idle", {}, {}, false, "idle 0"},
        {"one active", {leg("1", CallState::active)}, {}, false, "active 1"},
        {"active and held", {leg("1", CallState::active)}, {leg("2", CallState::held)}, false, "held 2"},
        {"held and ringing", {leg("1", CallState::held)}, {leg("2", CallState::alerting)}, false, "ringing 2"},
        {"three calls",
         {leg("1", CallState::active), leg("3", CallState::held)},
         {leg("2", CallState::active)},
         false,
         "held 3"},
        {"do not disturb on one", {}, {}, true, "idle 0 dnd"},
        {"the same call id on two lines is two calls",
         {leg("1", CallState::active)},
         {leg("1", CallState::active)},
         false,
         "active 2"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Office office;
        office.assign({{"a1@x", 2, 0}, {"a2@x", 2, 0}});
        office.snapshot("a1@x", row.one);
        office.snapshot("a2@x", row.two);
        office.lines.set_dnd(office.line("a2@x"), row.dnd_two);
        CHECK(office.told(2) == row.told);
    }
}

TEST_CASE("on the phone: a call of any line is answered, held or dialled, whatever else rings") {
    const auto rings = [](std::string_view id) { return leg(id, CallState::alerting); };
    const auto talks = [](std::string_view id) { return leg(id, CallState::active); };
    auto transferred = leg("1", CallState::alerting); // rings at the far end, after its answer here
    transferred.answered = Wall(seconds(1));
    struct Row {
        std::string_view what;
        std::vector<Call> one, two;
        std::string_view told;
        bool in_call;
    };
    const Row rows[] = {
        {"no call", {}, {}, "idle 0", false},
        {"rings", {rings("1")}, {}, "ringing 1", false},
        {"both lines ring", {rings("1")}, {rings("2")}, "ringing 2", false},
        {"answered", {talks("1")}, {}, "active 1", true},
        {"answered on the other line", {}, {talks("1")}, "active 1", true},
        {"held by me", {leg("1", CallState::held)}, {}, "held 1", true},
        {"held by the other side", {leg("1", CallState::remote_held)}, {}, "active 1", true},
        {"dialled", {leg("1", CallState::alerting, Personality::originator)}, {}, "active 1", true},
        {"click-to-dial", {leg("1", CallState::alerting, Personality::click_to_dial)}, {}, "active 1", true},
        {"transferred blindly", {transferred}, {}, "active 1", true},
        {"talks while a second one rings", {talks("1"), rings("2")}, {}, "ringing 2", true},
        {"the second one rings first in the list", {rings("2"), talks("1")}, {}, "ringing 2", true},
        {"talks on one line while the other rings", {talks("1")}, {rings("2")}, "ringing 2", true},
        {"holds on one line while the other rings", {rings("2")}, {leg("1", CallState::held)}, "ringing 2", true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Office office;
        office.assign({{"a1@x", 2, 0}, {"a2@x", 2, 0}});
        office.snapshot("a1@x", row.one);
        office.snapshot("a2@x", row.two);
        CHECK(office.told(2) == row.told);
        CHECK(office.shown(2).in_call == row.in_call);
    }
}

TEST_CASE("on the phone from event to event; the sink is told although the state stays ringing") {
    Office office;
    office.assign({{"a@x", 0, 0}});
    office.snapshot("a@x", {leg("1", CallState::alerting), leg("2", CallState::alerting)});
    CHECK_FALSE(office.shown(0).in_call);
    office.marked();
    office.event("a@x", leg("1", CallState::active));
    CHECK(office.told(0) == "ringing 2");
    CHECK(office.shown(0).in_call);
    CHECK(office.marked() == std::vector<Slot>{0});
    office.event("a@x", leg("1", CallState::released));
    CHECK(office.told(0) == "ringing 1");
    CHECK_FALSE(office.shown(0).in_call);
    office.event("a@x", leg("2", CallState::active));
    CHECK(office.shown(0).in_call);
    office.lines.mark_stale(std::uint8_t{0});
    CHECK(office.shown(0).in_call); // what was last known
    office.assign({});
    CHECK_FALSE(office.shown(0).in_call);
}

TEST_CASE("one known line is enough for a state; the unknown one does not hide it") {
    Office office;
    office.assign({{"a1@x", 0, 0}, {"a2@x", 0, 0}});
    office.snapshot("a1@x");
    CHECK(office.told(0) == "idle 0");
}

TEST_CASE("a shared line shows at everybody who has it") {
    Office office;
    office.assign({{"desk@x", 0, 0}, {"desk@x", 1, 0}, {"bob@x", 1, 0}, {"desk@x", 0, 0}}); // twice is once
    CHECK(office.added.size() == 2);
    CHECK(office.lines.persons_of(office.line("desk@x")).size() == 2);
    CHECK(office.lines.of_person(0).size() == 1);
    CHECK(office.lines.of_person(1).size() == 2);
    office.marked();
    office.snapshot("desk@x", {leg("1", CallState::alerting)});
    CHECK(office.told(0) == "ringing 1");
    CHECK(office.told(1) == "ringing 1");
    CHECK(office.marked() == std::vector<Slot>{0, 1});
}

TEST_CASE("forwarding: the kind, or multiple (interface 7.6)") {
    Office office;
    office.assign({{"a1@x", 0, 0}, {"a2@x", 0, 0}});
    office.snapshot("a1@x");
    auto one = office.line("a1@x");
    office.lines.set_forwarding(one, Forwarding::always, true);
    CHECK(office.told(0) == "idle 0 always");
    office.lines.set_forwarding(one, Forwarding::busy, true);
    CHECK(office.told(0) == "idle 0 multiple");
    office.lines.set_forwarding(one, Forwarding::always, false);
    CHECK(office.told(0) == "idle 0 busy");
    office.lines.set_forwarding(office.line("a2@x"), Forwarding::busy, true);
    CHECK(office.told(0) == "idle 0 busy"); // the same kind on both
    office.lines.set_forwarding(office.line("a2@x"), Forwarding::no_answer, true);
    CHECK(office.told(0) == "idle 0 multiple");
    CHECK(office.lines.view(one).forwarding == Forwarding::busy);
}

TEST_CASE("assigning again: what stays keeps what is known, what goes is forgotten, what comes is new") {
    Office office;
    office.assign({{"a@x", 0, 0}, {"b@x", 1, 0}});
    office.all_heard("a@x");
    office.snapshot("a@x", {leg("1", CallState::active)});
    office.all_heard("b@x");
    CHECK(office.lines.known(0) == 2);
    office.assign({{"a@x", 2, 0}, {"c@x", 1, 0}});
    CHECK(office.added == std::vector<LineIndex>{office.line("c@x")});
    CHECK(office.removed == std::vector<LineIndex>{office.line("b@x")});
    CHECK(office.told(2) == "active 1"); // the line moved to another person
    CHECK(office.told(0) == "unknown 0");
    CHECK(office.told(1) == "unknown 0");
    CHECK_FALSE(office.lines.watched(office.line("b@x")));
    CHECK(office.lines.total(0) == 2);
    CHECK(office.lines.known(0) == 1);
    office.assign({{"a@x", 2, 0}, {"c@x", 1, 0}});
    CHECK(office.added.empty());
    CHECK(office.removed.empty());
    CHECK(office.told(2) == "active 1");
    office.assign({{"b@x", 1, 0}}); // back again: unknown
    CHECK(office.told(1) == "unknown 0");
    CHECK(office.lines.total(0) == 1);
    CHECK(office.lines.known(0) == 0);
    office.assign({});
    CHECK(office.lines.total(0) == 0);
    CHECK(office.told(1) == "unknown 0");
}

TEST_CASE("a line comes to another platform when it has left the first, and is known of no more") {
    Office office;
    office.assign({{"a@x", 0, 0}, {"b@x", 1, 0}});
    office.all_heard("a@x");
    office.all_heard("b@x");
    office.assign({{"a@x", 0, 1}, {"b@x", 1, 0}}); // watched: it stays where it is
    CHECK(office.lines.platform(office.line("a@x")) == 0);
    office.assign({{"b@x", 1, 0}});
    CHECK(office.removed == std::vector<LineIndex>{office.line("a@x")});
    CHECK(office.lines.platform(office.line("a@x")) == 0); // whoever watched it must still find it
    office.assign({{"a@x", 0, 1}, {"b@x", 1, 0}});
    CHECK(office.added == std::vector<LineIndex>{office.line("a@x")});
    CHECK(office.lines.platform(office.line("a@x")) == 1);
    CHECK(office.told(0) == "unknown 0");
    CHECK(office.told(1) == "idle 0");
    CHECK(office.lines.total(0) == 1);
    CHECK(office.lines.known(0) == 1);
    CHECK(office.lines.total(1) == 1);
    CHECK(office.lines.known(1) == 0);
    office.all_heard("a@x");
    CHECK(office.lines.known(1) == 1);
}

TEST_CASE("an event for somebody who has left changes nobody") {
    Office office;
    office.assign({{"a@x", 0, 0}});
    office.assign({});
    office.marked();
    office.event("a@x", leg("1", CallState::alerting));
    CHECK(office.told(0) == "unknown 0");
    CHECK(office.marked().empty());
}

TEST_CASE("stale as soon as the channel is gone, fresh package by package, and never only because it is new") {
    Office office;
    office.assign({{"a@x", 0, 0}, {"b@x", 1, 1}});
    office.snapshot("a@x", {leg("1", CallState::active)});
    CHECK(office.told(0) == "active 1"); // half heard, and nothing of it is in doubt
    office.all_heard("a@x");
    office.all_heard("b@x");
    office.snapshot("a@x", {leg("1", CallState::active)});
    office.marked();
    office.lines.mark_stale(std::uint8_t{0});
    CHECK(office.told(0) == "active 1 stale"); // what was last known, marked
    CHECK(office.told(1) == "idle 0");         // the other platform is well
    CHECK(office.marked() == std::vector<Slot>{0});
    CHECK(office.lines.known(0) == 0);
    CHECK(office.lines.known(1) == 1);
    office.snapshot("a@x");
    CHECK(office.told(0) == "idle 0 stale"); // its services are still in doubt
    office.lines.set_dnd(office.line("a@x"), true);
    office.lines.set_forwarding(office.line("a@x"), Forwarding::always, false);
    CHECK(office.told(0) == "idle 0 dnd stale");
    office.lines.set_agent(office.line("a@x"), presence::AgentState::none);
    CHECK(office.told(0) == "idle 0 dnd");
    CHECK(office.lines.known(0) == 1);
}

TEST_CASE("a gap makes one line's package stale until it is heard again") {
    Office office;
    office.assign({{"a@x", 0, 0}});
    office.all_heard("a@x");
    auto line = office.line("a@x");
    office.lines.mark_stale(line, Package::advanced_call);
    CHECK(office.told(0) == "idle 0 stale");
    CHECK_FALSE(office.lines.fresh(line, Package::advanced_call));
    CHECK(office.lines.fresh(line, Package::do_not_disturb));
    office.event("a@x", leg("1", CallState::alerting)); // a single event does not end the doubt
    CHECK(office.told(0) == "ringing 1 stale");
    office.snapshot("a@x", {leg("1", CallState::alerting)});
    CHECK(office.told(0) == "ringing 1");
    CHECK(office.lines.known(0) == 1);
}

TEST_CASE("away for too long: unknown; what has been heard anew meanwhile stays") {
    Office office;
    office.assign({{"a@x", 0, 0}, {"b@x", 1, 0}, {"c@x", 2, 1}});
    for (std::string_view id : {"a@x", "b@x", "c@x"}) {
        office.all_heard(id);
        office.snapshot(id, {leg("1", CallState::active)});
        office.lines.set_dnd(office.line(id), true);
    }
    office.lines.mark_stale(std::uint8_t{0});
    office.all_heard("b@x");
    office.lines.forget(0);
    CHECK(office.told(0) == "unknown 0");
    CHECK(office.told(1) == "idle 0");
    CHECK(office.told(2) == "active 1 dnd");
    CHECK(office.lines.known(0) == 1);
    office.lines.forget(0);
    CHECK(office.lines.known(0) == 1);
    office.snapshot("a@x");
    CHECK(office.told(0) == "idle 0"); // and not stale: nothing of it is in doubt
}

TEST_CASE("what the platform refuses is given up: it holds nothing back, and shows nothing") {
    Office office;
    office.assign({{"a@x", 0, 0}});
    auto line = office.line("a@x");
    office.snapshot("a@x");
    for (Package package : {Package::do_not_disturb, Package::forwarding_always, Package::call_center_agent})
        office.lines.give_up(line, package);
    CHECK(office.lines.known(0) == 1);
    CHECK(office.told(0) == "idle 0");
    SUBCASE("calls refused from the start: unknown, and known to be so") {
        Office other;
        other.assign({{"a@x", 0, 0}});
        other.lines.give_up(other.line("a@x"), Package::advanced_call);
        CHECK(other.lines.known(0) == 0); // the others may be granted
        for (Package package : {Package::do_not_disturb, Package::forwarding_always, Package::call_center_agent})
            other.lines.give_up(other.line("a@x"), package);
        CHECK(other.told(0) == "unknown 0");
        CHECK(other.lines.known(0) == 1);
        CHECK(other.lines.view(other.line("a@x")).known);
        other.snapshot("a@x"); // granted later after all
        CHECK(other.told(0) == "idle 0");
    }
    SUBCASE("calls refused later (privacy): a call that we held must not stay for ever (12.14)") {
        office.snapshot("a@x", {leg("1", CallState::active)});
        office.lines.give_up(line, Package::advanced_call);
        CHECK(office.told(0) == "unknown 0");
    }
}

TEST_CASE("what the platform refuses from now on is not shown as it was") {
    Office office;
    office.assign({{"a@x", 0, 0}});
    auto line = office.line("a@x");
    office.snapshot("a@x");
    office.lines.set_dnd(line, true);
    office.lines.set_forwarding_always(line, true, "+31201230101");
    office.lines.set_agent(line, lamp::presence::AgentState::available);
    office.lines.give_up(line, Package::do_not_disturb);
    CHECK_FALSE(office.lines.view(line).dnd);
    CHECK(office.lines.view(line).forwarding == lamp::presence::Forwarding::always);
    office.lines.give_up(line, Package::forwarding_always);
    CHECK(office.lines.view(line).forwarding == lamp::presence::Forwarding::none);
    office.lines.give_up(line, Package::call_center_agent);
    CHECK(office.lines.view(line).agent == lamp::presence::AgentState::none);
    CHECK(office.lines.view(line).known);
    CHECK_FALSE(office.lines.view(line).stale);
}

TEST_CASE("doubt is newer than the answer that is under way") {
    Office office;
    office.assign({{"a@x", 0, 0}});
    auto line = office.line("a@x");
    auto touched = office.lines.touched(line);
    office.lines.mark_stale(line, Package::do_not_disturb);
    CHECK(std::exchange(touched, office.lines.touched(line)) != office.lines.touched(line));
    office.lines.mark_stale(std::uint8_t{0});
    CHECK(std::exchange(touched, office.lines.touched(line)) != office.lines.touched(line));
    office.assign({}); // nobody's now, and again somebody's: another life
    office.assign({{"a@x", 0, 0}});
    CHECK(touched != office.lines.touched(line));
}

TEST_CASE("GET seeding: replaces the calls, and an event in between can be seen") {
    Office office;
    office.assign({{"a@x", 0, 0}});
    auto line = office.line("a@x");
    auto touched = office.lines.touched(line);
    office.event("a@x", leg("1", CallState::alerting));
    CHECK(office.lines.touched(line) != touched); // this event is newer than the GET's answer
    CallDetails details;
    details.call_id = "2";
    details.state = CallState::held;
    office.lines.replace_calls(line, std::span(&details, 1), start);
    CHECK(office.told(0) == "held 1");
    CHECK(office.lines.fresh(line, Package::advanced_call));
    office.lines.replace_calls(line, {}, start);
    CHECK(office.told(0) == "idle 0");
}

TEST_CASE("calls in use are listed; tidying forgets and finds the stuck ones") {
    Office office;
    office.assign({{"a@x", 0, 0}, {"b@x", 1, 0}});
    office.snapshot("a@x", {leg("1", CallState::alerting)});
    office.snapshot("b@x");
    std::vector<LineIndex> in_use;
    auto list = [&] {
        in_use.clear();
        office.lines.for_each_in_use([&](LineIndex line, const Ledger& ledger) {
            if (ledger.calls() > 0) in_use.push_back(line);
        });
        return in_use;
    };
    CHECK(list() == std::vector<LineIndex>{office.line("a@x")});
    CHECK(office.lines.tidy(start + seconds(60)).empty());
    CHECK(office.lines.tidy(start + std::chrono::minutes(4)) == std::vector<LineIndex>{office.line("a@x")});
    office.snapshot("a@x");
    CHECK(office.lines.tidy(start + std::chrono::minutes(5)).empty());
    CHECK(list().empty());
}

TEST_CASE("10 000 lines are interned once and found again") {
    presence::Table table(10'000);
    fanout::Fanout fanout;
    Lines lines(table, fanout);
    std::vector<Assignment> assignments;
    for (Slot slot = 0; slot < 10'000; ++slot)
        assignments.push_back({"user" + std::to_string(slot) + "@x", slot, 0});
    std::vector<LineIndex> added, removed;
    lines.assign(assignments, added, removed);
    lines.assign(assignments, added, removed);
    CHECK(added.size() == 10'000);
    CHECK(lines.size() == 10'000);
    for (Slot slot = 0; slot < 10'000; slot += 97) {
        auto line = lines.find("user" + std::to_string(slot) + "@x");
        REQUIRE(line.has_value());
        CHECK(lines.id(*line) == "user" + std::to_string(slot) + "@x");
        REQUIRE(lines.persons_of(*line).size() == 1);
        CHECK(lines.persons_of(*line)[0] == slot);
    }
    CHECK(lines.find("nobody@x") == std::nullopt);
}

TEST_CASE("voice mail: counted where it is followed; then nothing is known before it is") {
    Office office;
    office.assign({{"a@x", 0, 0}, {"b@x", 1, 1}});
    auto alice = office.line("a@x");
    auto bob = office.line("b@x");
    CHECK_FALSE(office.lines.messages_awaited(alice)); // nobody asked for it
    office.all_heard("a@x");
    CHECK(office.lines.known(0) == 1);

    office.lines.follow_voice_mail(1, true);
    office.all_heard("b@x");
    CHECK(office.lines.known(1) == 0);
    CHECK(office.lines.messages_awaited(bob));
    CHECK(office.lines.messages(bob) == std::nullopt);
    Document document;
    document.data = EventData::messages;
    document.messages = {.fresh = 2, .old = 8, .fresh_urgent = 1};
    CHECK(translate(office.lines, bob, document, start) == Effect::service);
    CHECK(office.lines.known(1) == 1);
    CHECK_FALSE(office.lines.messages_awaited(bob));
    CHECK(office.lines.messages(bob) == calls::Messages{2, 8, 1, 0});
    CHECK(office.lines.messages(alice) == std::nullopt);
    SUBCASE("doubt, and an outage: what waits there is not forgotten") {
        office.lines.mark_stale(bob, Package::voice_mail);
        CHECK(office.lines.known(1) == 0);
        office.lines.forget(1);
        CHECK(office.lines.messages(bob) == calls::Messages{2, 8, 1, 0});
        CHECK(office.lines.messages_awaited(bob));
    }
    SUBCASE("taken away") {
        document.service.unassigned = true;
        translate(office.lines, bob, document, start);
        CHECK(office.lines.messages(bob) == std::nullopt);
        CHECK_FALSE(office.lines.messages_awaited(bob));
        CHECK(office.lines.known(1) == 1);
    }
    SUBCASE("a line that is somebody's again begins anew") {
        office.assign({{"a@x", 0, 0}});
        office.assign({{"a@x", 0, 0}, {"b@x", 1, 1}});
        CHECK(office.lines.messages(bob) == std::nullopt);
        CHECK(office.lines.messages_awaited(bob));
    }
    SUBCASE("refused: not awaited any more, and it holds nothing back") {
        office.assign({{"a@x", 0, 0}});
        office.assign({{"a@x", 0, 0}, {"b@x", 1, 1}});
        office.all_heard("b@x");
        office.lines.give_up(bob, Package::voice_mail);
        CHECK(office.lines.messages(bob) == std::nullopt);
        CHECK_FALSE(office.lines.messages_awaited(bob));
        CHECK(office.lines.known(1) == 1);
    }
}

TEST_CASE("translate: which document changes what") {
    auto agent = [](AgentState state, bool present = true) {
        Document document;
        document.data = EventData::agent_state;
        document.agent.present = present;
        document.agent.state = state;
        return document;
    };
    auto bare = [](EventData data) {
        Document document;
        document.data = data;
        return document;
    };
    struct Row {
        std::string_view what;
        Document document;
        Effect effect;
        std::string_view told;
    };
    const Row rows[] = {
        {"snapshot of nothing", bare(EventData::call_snapshot), Effect::calls, "idle 0"},
        {"do not disturb on", service(EventData::do_not_disturb, true), Effect::service, "idle 0 dnd"},
        {"do not disturb taken away", service(EventData::do_not_disturb, true, true), Effect::service, "idle 0"},
        {"forwarding always", service(EventData::forwarding_always, true), Effect::service, "idle 0 always"},
        {"and busy", service(EventData::forwarding_busy, true), Effect::service, "idle 0 multiple"},
        {"always off", service(EventData::forwarding_always, false), Effect::service, "idle 0 busy"},
        {"busy unassigned", service(EventData::forwarding_busy, false, true), Effect::service, "idle 0"},
        {"no answer", service(EventData::forwarding_no_answer, true), Effect::service, "idle 0 no_answer"},
        {"no answer off", service(EventData::forwarding_no_answer, false), Effect::service, "idle 0"},
        {"agent available", agent(AgentState::available), Effect::service, "idle 0 agent:available"},
        {"agent signing in", agent(AgentState::sign_in), Effect::service, "idle 0 agent:sign_in"},
        {"agent unavailable", agent(AgentState::unavailable), Effect::service, "idle 0 agent:unavailable"},
        {"agent wrapping up", agent(AgentState::wrap_up), Effect::service, "idle 0 agent:wrap_up"},
        {"agent signed out", agent(AgentState::sign_out), Effect::service, "idle 0 agent:sign_out"},
        {"an agent's word that nobody knows", agent(AgentState::unknown), Effect::service, "idle 0"},
        {"no agent at all", agent(AgentState::available, false), Effect::service, "idle 0"},
        {"hook status is not presence", bare(EventData::hook_status), Effect::none, "idle 0"},
        {"unknown", bare(EventData::unknown), Effect::none, "idle 0"},
        {"conference of nobody", bare(EventData::conference), Effect::calls, "idle 0"},
        {"terminated", bare(EventData::subscription_terminated), Effect::subscription_ended, "idle 0"},
    };
    Office office;
    office.assign({{"a@x", 0, 0}});
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK(translate(office.lines, office.line("a@x"), row.document, start) == row.effect);
        CHECK(office.told(0) == row.told);
    }
    CHECK(office.lines.known(0) == 1); // all four packages have been heard
}
