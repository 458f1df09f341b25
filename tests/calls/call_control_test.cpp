// Control and feed together, as a SIP or CSTA client has them: orders go to the strict simulator over real HTTP, what
// they bring about comes back as events, through the feed, into the book on the asking loop.
#include "app/call_control.hpp"
#include "calls/line_book.hpp"
#include "faults/harness.hpp"
#include "xsi/line_feed.hpp"

using namespace faults;
using lamp::Category;
using lamp::Result;
using lamp::calls::CallOrder;
using lamp::calls::ForwardKind;
using lamp::calls::ForwardSetting;
using lamp::calls::LineNews;
using lamp::calls::Verb;
using lamp::presence::AgentState;

namespace {

/// A platform, a feed into a book on another loop, and control from that loop.
class Desk {
public:
    explicit Desk(std::size_t people = 8) : harness_(Setup{.world = small_office(1, people)}) {
        harness_.require_truth(10s);
        reader_.start();
        harness_.on_loop([this] { return feed_.start(), true; });
    }
    ~Desk() {
        harness_.on_loop([this] { return harness_.lines().listeners.clear(), true; });
        reader_.stop();
        reader_.join();
        harness_.on_loop([] { return true; }); // what the feed had posted
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    Harness& office() { return harness_; }
    /// The n-th person's line.
    std::string line(std::size_t index) { return ids_.at(index); }
    std::string extension(std::size_t index) {
        auto said = harness_.command("truth", {{"user", line(index)}});
        return std::to_string(said.at("extension").to_number<int>());
    }

    template <class Work>
    auto on_reader(Work work) {
        std::promise<decltype(work())> result;
        reader_.post([&] { result.set_value(work()); });
        return result.get_future().get();
    }

    /// Waits for an answer, which must come on the asking loop.
    template <class T>
    Result<T> answer_to(const std::function<void(lamp::calls::Answer<T>)>& question) {
        std::promise<Result<T>> promise;
        question([&](Result<T> answer) {
            if (!reader_.here()) answer = lamp::fail(Category::protocol, "The answer came on another loop.");
            promise.set_value(std::move(answer));
        });
        auto future = promise.get_future();
        REQUIRE(future.wait_for(10s) == std::future_status::ready);
        return future.get();
    }
    Result<std::string> dial(const std::string& from, const std::string& to) {
        return answer_to<std::string>([&](auto answer) { control_.dial(from, to, std::move(answer)); });
    }
    /// "done", or the error's category.
    std::string order(Verb verb, const std::string& whose, const std::string& call, const std::string& to = {},
                      const std::string& other = {}) {
        return word(answer_to<void>([&](auto answer) {
            control_.order({.verb = verb, .line = whose, .call = call, .other_call = other, .to = to},
                           std::move(answer));
        }));
    }
    std::string set_dnd(const std::string& whose, bool on) {
        return word(answer_to<void>([&](auto answer) { control_.set_dnd(whose, on, std::move(answer)); }));
    }
    Result<bool> dnd(const std::string& whose) {
        return answer_to<bool>([&](auto answer) { control_.dnd(whose, std::move(answer)); });
    }
    std::string forward(const std::string& whose, ForwardKind kind, const ForwardSetting& wanted) {
        return word(
            answer_to<void>([&](auto answer) { control_.set_forwarding(whose, kind, wanted, std::move(answer)); }));
    }
    /// "on 2002", "off 2002 4", or the error's category.
    std::string forwarding(const std::string& whose, ForwardKind kind) {
        auto is = answer_to<ForwardSetting>([&](auto answer) { control_.forwarding(whose, kind, std::move(answer)); });
        if (!is) return std::string(name(is.error().category));
        return fmt::format("{} {}{}", is->active ? "on" : "off", is->to,
                           is->rings ? fmt::format(" {}", *is->rings) : "");
    }
    std::string set_agent(const std::string& whose, AgentState wanted) {
        return word(answer_to<void>([&](auto answer) { control_.set_agent(whose, wanted, std::move(answer)); }));
    }
    /// The state, or the error's category.
    std::string agent(const std::string& whose) {
        auto is = answer_to<AgentState>([&](auto answer) { control_.agent(whose, std::move(answer)); });
        return std::string(is ? name(*is) : name(is.error().category));
    }

    /// Waits until the book says so: "ringing in", "held in, dialling out dnd always".
    void require(const std::string& whose, const std::string& wanted) {
        std::string last;
        bool right = within(10s, [&] { return (last = shown(whose)) == wanted; });
        INFO(whose, " shows ", last);
        REQUIRE(right);
    }
    std::string shown(const std::string& whose) {
        return on_reader([&] {
            const LineNews* news = book_.find(whose);
            if (!news || !news->known) return std::string("unknown");
            std::vector<std::string> words;
            for (const auto& call : news->calls)
                words.push_back(fmt::format("{} {}", name(call.state), call.incoming ? "in" : "out"));
            auto text = words.empty() ? std::string("idle") : fmt::format("{}", fmt::join(words, ", "));
            if (news->dnd) text += " dnd";
            if (news->forwarding != lamp::presence::Forwarding::none)
                text += fmt::format(" {}", name(news->forwarding));
            if (news->agent != AgentState::none) text += fmt::format(" {}", name(news->agent));
            return text;
        });
    }
    lamp::calls::Call call(const std::string& whose, std::size_t index = 0) {
        return on_reader([&] {
            const LineNews* news = book_.find(whose);
            return news && index < news->calls.size() ? news->calls[index] : lamp::calls::Call{};
        });
    }
    std::string call_id(const std::string& whose, std::size_t index = 0) { return call(whose, index).id; }
    /// How that line's calls ended since it was asked last: "hung_up_here", "transferred to 2003".
    std::string ends(const std::string& whose) {
        return on_reader([&] { return fmt::format("{}", fmt::join(std::exchange(ends_[whose], {}), ", ")); });
    }
    std::size_t watched() {
        return on_reader([&] { return book_.size(); });
    }

private:
    static std::string word(const Result<void>& outcome) {
        return outcome ? "done" : std::string(name(outcome.error().category));
    }
    void take(const std::vector<LineNews>& batch) {
        for (const LineNews& news : batch) {
            for (const auto& one : news.ended)
                ends_[news.line].push_back(one.to.empty() ? std::string(name(one.why))
                                                          : fmt::format("{} to {}", name(one.why), one.to));
            book_.take(news);
        }
    }
    static std::vector<std::string> people(Harness& harness) {
        std::vector<std::string> found;
        for (const auto& id : harness.ids())
            if (id.find('.') < id.find('@')) found.push_back(id); // first.last: no queue, no hunt group
        return found;
    }

    Harness harness_;
    lamp::Loop reader_{"reader"};
    lamp::calls::LineBook book_;                           // reader
    std::map<std::string, std::vector<std::string>> ends_; // reader
    lamp::xsi::LineFeed feed_{harness_.loop(), harness_.lines(), reader_,
                              [this](const std::vector<LineNews>& batch) { take(batch); }};
    lamp::CallControl calls_{harness_.loop(), harness_.lines(),
                             [this](std::uint8_t) -> lamp::xsi::Platform& { return harness_.platform(); }, "NL"};
    lamp::calls::Control control_ = calls_.from(reader_);
    std::vector<std::string> ids_ = people(harness_);
};

} // namespace

TEST_CASE("the whole picture: every line, known") {
    Desk desk;
    auto ids = desk.office().ids();
    CHECK(within(5s, [&] { return desk.watched() == ids.size(); }));
    for (const auto& id : ids)
        CHECK(desk.shown(id).starts_with("idle"));
}

TEST_CASE("a call from dialling to its end, and what is refused on the way") {
    Desk desk;
    auto& office = desk.office();
    auto alice = desk.line(0), bob = desk.line(1), carol = desk.line(2);
    auto dialled = desk.dial(alice, desk.extension(1));
    REQUIRE_MESSAGE(dialled, dialled.error().text);
    desk.require(alice, "dialling out"); // one's own telephone rings
    CHECK(desk.call_id(alice) == *dialled);
    CHECK(desk.order(Verb::hold, alice, *dialled) == "conflict");
    office.command("answer", {{"user", alice}});
    desk.require(bob, "ringing in");
    CHECK(desk.call(bob).remote_user == alice);
    CHECK(desk.call(bob).session == desk.call(alice).session);
    auto mine = desk.call_id(alice), theirs = desk.call_id(bob);
    CHECK(desk.order(Verb::retrieve, alice, mine) == "conflict");
    CHECK(desk.order(Verb::answer, bob, theirs) == "done");
    desk.require(bob, "active in");
    desk.require(alice, "active out");
    CHECK(desk.call(bob).answered.has_value());

    CHECK(desk.order(Verb::hold, alice, mine) == "done");
    desk.require(alice, "held out");
    desk.require(bob, "held_by_remote in");
    CHECK(desk.order(Verb::hold, alice, mine) == "conflict");
    CHECK(desk.order(Verb::retrieve, alice, mine) == "done");
    desk.require(alice, "active out");
    desk.require(bob, "active in");

    CHECK(desk.order(Verb::redirect, bob, theirs, "no number") == "invalid");
    CHECK(desk.order(Verb::redirect, bob, theirs, desk.extension(1)) == "conflict"); // to oneself
    CHECK(desk.order(Verb::redirect, bob, theirs, desk.extension(2)) == "done");
    desk.require(bob, "idle");
    CHECK(desk.ends(bob) == "transferred to " + desk.extension(2));
    desk.require(carol, "ringing in");
    desk.require(alice, "active out"); // hears ringing, and was answered before
    CHECK(desk.order(Verb::answer, carol, desk.call_id(carol)) == "done");
    desk.require(carol, "active in");
    CHECK(desk.order(Verb::hang_up, carol, desk.call_id(carol)) == "done");
    desk.require(carol, "idle");
    desk.require(alice, "idle");
    CHECK(desk.ends(carol) == "hung_up_here");
    CHECK(desk.ends(alice) == "hung_up_there");
}

TEST_CASE("an alerting call is declined, deflected, or given up by the caller") {
    Desk desk;
    auto& office = desk.office();
    office.command("settings", {{"voicemail", false}});
    auto alice = desk.line(0), bob = desk.line(1);
    auto ring = [&] {
        office.command("incoming", {{"to", alice}, {"number", "+31612345678"}});
        desk.require(alice, "ringing in");
        CHECK(desk.call(alice).remote_number == "+31612345678");
        CHECK(desk.call(alice).remote_user.empty());
        return desk.call_id(alice);
    };
    CHECK(desk.order(Verb::hang_up, alice, ring()) == "done");
    desk.require(alice, "idle");
    CHECK(desk.ends(alice) == "declined");
    CHECK(office.log({{"kind", "call_control"}, {"contains", "decline=true"}}).size() == 1);

    CHECK(desk.order(Verb::redirect, alice, ring(), desk.extension(1)) == "done");
    desk.require(alice, "idle");
    CHECK(desk.ends(alice) == "redirected to " + desk.extension(1));
    desk.require(bob, "ringing in");
    CHECK(desk.call(bob).remote_number == "+31612345678");
    office.command("hangup", {{"user", bob}, {"far", true}});
    desk.require(bob, "idle");
    CHECK(desk.ends(bob) == "not_answered");

    CHECK(desk.order(Verb::redirect, alice, ring(), "+31 (0)6 - 5555 1234") == "done");
    desk.require(alice, "idle");
    CHECK(desk.ends(alice) == "redirected to +31655551234");
}

TEST_CASE("a withheld caller stays unknown") {
    Desk desk;
    desk.office().command("incoming", {{"to", desk.line(0)}, {"name", "Bob Smit"}, {"privacy", true}});
    desk.require(desk.line(0), "ringing in");
    auto call = desk.call(desk.line(0));
    CHECK(call.withheld);
    CHECK(call.remote_number.empty());
    CHECK(call.remote_name.empty());
}

TEST_CASE("busy: the caller hears a tone, and nobody answered") {
    Desk desk;
    auto alice = desk.line(0), bob = desk.line(1);
    desk.office().command("settings", {{"treatment_ms", 1}});
    CHECK(desk.set_dnd(bob, true) == "done");
    desk.require(bob, "idle dnd");
    REQUIRE(desk.dial(alice, desk.extension(1)));
    desk.require(alice, "dialling out");
    desk.office().command("answer", {{"user", alice}});
    desk.require(alice, "idle");
    CHECK(desk.ends(alice) == "busy");
}

TEST_CASE("two calls: joined by an announced transfer, or back to the first") {
    Desk desk;
    auto& office = desk.office();
    auto alice = desk.line(0), carol = desk.line(2);
    office.command("incoming", {{"to", alice}, {"number", "+31612345678"}});
    desk.require(alice, "ringing in");
    auto first = desk.call_id(alice);
    CHECK(desk.order(Verb::answer, alice, first) == "done");
    desk.require(alice, "active in");
    CHECK(desk.order(Verb::hold, alice, first) == "done");
    auto second = desk.dial(alice, desk.extension(2));
    REQUIRE(second);
    office.command("answer", {{"user", alice}});
    desk.require(carol, "ringing in");
    CHECK(desk.order(Verb::answer, carol, desk.call_id(carol)) == "done");
    desk.require(alice, "held in, active out");
    CHECK(desk.order(Verb::transfer, alice, first, {}, "callhalf-1:0") == "not found");
    CHECK(desk.order(Verb::transfer, alice, first, {}, first) == "conflict");
    CHECK(desk.order(Verb::transfer, alice, first) == "invalid"); // which other one?

    SUBCASE("joined") {
        CHECK(desk.order(Verb::transfer, alice, first, {}, *second) == "done");
        desk.require(alice, "idle");
        CHECK(desk.ends(alice) == "transferred, transferred");
        desk.require(carol, "active in");
        CHECK(within(5s, [&] { return desk.call(carol).remote_number == "+31612345678"; }));
        office.command("hangup", {{"user", carol}, {"far", true}});
        desk.require(carol, "idle");
        CHECK(desk.ends(carol) == "hung_up_there");
    }
    SUBCASE("back") {
        CHECK(desk.order(Verb::reconnect, alice, *second) == "conflict"); // it is not held
        CHECK(desk.order(Verb::reconnect, alice, first) == "done");
        desk.require(alice, "active in");
        desk.require(carol, "idle");
        CHECK(desk.ends(alice) == "hung_up_here");
        CHECK(desk.ends(carol) == "hung_up_there");
    }
}

TEST_CASE("do not disturb and every kind of forwarding") {
    Desk desk;
    auto alice = desk.line(0);
    auto bob = desk.extension(1), carol = desk.extension(2);
    CHECK(desk.dnd(alice) == false);
    CHECK(desk.set_dnd(alice, true) == "done");
    desk.require(alice, "idle dnd");
    CHECK(desk.dnd(alice) == true);
    CHECK(desk.set_dnd(alice, false) == "done");
    desk.require(alice, "idle");

    CHECK(desk.forwarding(alice, ForwardKind::always) == "off ");
    CHECK(desk.forward(alice, ForwardKind::always, {.active = true}) == "invalid"); // no number was ever set
    CHECK(desk.forward(alice, ForwardKind::always, {.active = true, .to = "nowhere"}) == "invalid");
    CHECK(desk.forward(alice, ForwardKind::always, {.active = true, .to = bob}) == "done");
    desk.require(alice, "idle always");
    CHECK(desk.forwarding(alice, ForwardKind::always) == "on " + bob);
    CHECK(desk.forward(alice, ForwardKind::always, {.active = false}) == "done");
    desk.require(alice, "idle");
    CHECK(desk.forwarding(alice, ForwardKind::always) == "off " + bob);
    CHECK(desk.forward(alice, ForwardKind::always, {.active = true}) == "done"); // the number that is set
    desk.require(alice, "idle always");
    CHECK(desk.forwarding(alice, ForwardKind::always) == "on " + bob);

    CHECK(desk.forward(alice, ForwardKind::busy, {.active = true, .to = carol}) == "done");
    CHECK(desk.forwarding(alice, ForwardKind::busy) == "on " + carol);
    CHECK(desk.forward(alice, ForwardKind::not_reachable, {.active = true, .to = "+31 6 1234 5678"}) == "done");
    CHECK(desk.forwarding(alice, ForwardKind::not_reachable) == "on +31612345678");
    CHECK(desk.forward(alice, ForwardKind::no_answer, {.active = true, .to = carol, .rings = 4}) == "done");
    CHECK(desk.forwarding(alice, ForwardKind::no_answer) == "on " + carol + " 4");
    CHECK(desk.forward(alice, ForwardKind::no_answer, {.active = false}) == "done");
    CHECK(desk.forwarding(alice, ForwardKind::no_answer) == "off " + carol + " 4");
    CHECK(desk.forward(alice, ForwardKind::no_answer, {.active = true, .rings = 99}) == "invalid");
}

TEST_CASE("an agent's states; who is no agent") {
    Desk desk(40);
    std::string agent, other;
    for (const auto& id : desk.office().ids())
        (desk.agent(id) == "not found" ? other : agent) = id;
    REQUIRE_FALSE(agent.empty());
    REQUIRE_FALSE(other.empty());
    CHECK(desk.set_agent(other, AgentState::available) == "not found");
    CHECK(desk.set_agent(agent, AgentState::none) == "invalid");
    struct Row {
        AgentState wanted;
        std::string_view shown;
    };
    for (auto [wanted, shown] : {Row{AgentState::sign_out, "sign_out"}, Row{AgentState::sign_in, "available"},
                                 Row{AgentState::unavailable, "unavailable"}, Row{AgentState::available, "available"},
                                 Row{AgentState::wrap_up, "wrap_up"}}) {
        CHECK(desk.set_agent(agent, wanted) == "done");
        desk.require(agent, fmt::format("idle {}", shown));
        CHECK(desk.agent(agent) == shown);
        if (wanted == AgentState::sign_out) CHECK(desk.set_agent(agent, AgentState::wrap_up) == "invalid");
    }
}

TEST_CASE("what there is not, and what the platform does not do") {
    Desk desk;
    auto& office = desk.office();
    auto alice = desk.line(0);
    CHECK(desk.dial("nobody@example.net", "2001").error().category == Category::not_found);
    CHECK(desk.dial(alice, "").error().category == Category::invalid);
    CHECK(desk.order(Verb::hold, "nobody@example.net", "1:0") == "not found");
    CHECK(desk.set_dnd("nobody@example.net", true) == "not found");
    for (Verb verb : {Verb::answer, Verb::hold, Verb::retrieve, Verb::hang_up, Verb::reconnect}) {
        CHECK(desk.order(verb, alice, "callhalf-1:0") == "not found");
        CHECK(desk.order(verb, alice, "") == "invalid");
    }
    CHECK(desk.order(Verb::redirect, alice, "callhalf-1:0", "2001") == "not found");
    office.fault("forbidden", {{"on", "call_control"}});
    CHECK(desk.order(Verb::hold, alice, "callhalf-1:0") == "forbidden");
    office.fault("unavailable", {{"on", "service_change"}});
    CHECK(desk.set_dnd(alice, true) == "unavailable");
    office.fault("too_many", {{"on", "service_change"}});
    CHECK(desk.set_dnd(alice, true) == "throttled");
}
