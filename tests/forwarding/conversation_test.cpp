// Whole conversations: claims come and go, users change their minds, things break. What counts is what the platform
// does at the end.
#include "world.hpp"

using namespace testing;

namespace {

const Always at_home{false, "0201234567"}; // what alice has: off, with a number set
using What = AuditEntry::What;

struct Alice : World {
    explicit Alice(Rules rules_ = {}) : World(std::move(rules_)) { platform.of("alice@x").always = at_home; }
};

} // namespace

TEST_CASE("a meeting: intent, write, check; and back") {
    Alice world;
    world.put(meeting("1233"));
    world.wall = at(9);
    CHECK(world.run() == "save read save write read save");
    CHECK(world.shows() == "on 1233");
    CHECK(world.claims() == "smartbusy teams in_force");
    CHECK(world.disk.at("alice@x").owned->baseline.always == at_home);
    auto view = world.room->view("alice@x");
    CHECK(view->baseline == LineView::Simple{false, "0201234567"});
    CHECK(view->actual == LineView::Simple{true, "1233"});
    CHECK(view->last_write->result == "ok");
    world.drop(Source::smartbusy, "teams");
    CHECK(world.run() == "save read save write read save");
    CHECK(world.always() == at_home);     // the number, too
    CHECK(world.wait(5s) == "read save"); // should the user's own change have been hidden by ours
    CHECK(world.disk.empty());
    CHECK(world.audited(What::claim_began));
    CHECK(world.audited(What::written));
    CHECK(world.audited(What::claim_ended));
    CHECK(world.audited(What::restored));
    CHECK(world.room->wake_at() == Steady::max());
}

TEST_CASE("an appointment begins and ends to the moment, whatever wakes us") {
    Alice world;
    world.put(appointment("a", "06 1234 5678", at(9, 30), at(10)));
    CHECK(world.run() == "save");
    CHECK(world.claims() == "calendar a waiting");
    world.wait_until(at(9, 30) - 1ms);
    CHECK(world.shows() == "off");
    world.wait_until(at(9, 30));
    CHECK(world.shows() == "on 0612345678"); // as the platform writes it
    world.wait_until(at(10) - 1ms);
    CHECK(world.shows() == "on 0612345678");
    world.wait_until(at(10));
    CHECK(world.always() == at_home);
    world.wait(5s);
    CHECK(world.disk.empty());
}

TEST_CASE("crossing ends") {
    struct Row {
        Several several;
        const char* both;
    };
    for (Row row : {Row{Several::simultaneous, "ring 2002,2003"}, Row{Several::sequential, "in turn 2002,2003"},
                    Row{Several::first, "on 2002"}}) {
        CAPTURE(row.both);
        Alice world({.several = row.several});
        world.platform.of("alice@x").simultaneous = Rings{false, {{"2009", {}, true}}, {}};
        world.put(appointment("a", "2002", at(9), at(10)));
        world.put(appointment("b", "2003", at(9, 30), at(10, 30)));
        world.wait_until(at(9));
        CHECK(world.shows() == "on 2002");
        world.wait_until(at(9, 30));
        CHECK(world.shows() == row.both);
        world.wait_until(at(10));
        CHECK(world.shows() == "on 2003");
        world.wait_until(at(10, 30));
        CHECK(world.always() == at_home);
        CHECK_FALSE(world.platform.of("alice@x").simultaneous->active);
        CHECK_FALSE(world.platform.of("alice@x").sequential->active);
        world.wait(5s);
        CHECK(world.disk.empty());
    }
}

TEST_CASE("the highest source wins while it lasts, the next one follows") {
    Alice world;
    world.wall = at(9);
    world.put(meeting("1233"));
    world.put(appointment("a", "2002", at(9), at(10)));
    world.put(claim(Source::operator_, "", "2003", at(9), at(9, 30)));
    world.run();
    CHECK(world.shows() == "on 2003");
    CHECK(world.claims() == "smartbusy teams waiting, calendar a waiting, operator  in_force");
    world.wait_until(at(9, 30));
    CHECK(world.shows() == "on 2002");
    world.wait_until(at(10));
    CHECK(world.shows() == "on 1233");
    world.drop(Source::smartbusy, "teams");
    world.run();
    CHECK(world.always() == at_home);
}

TEST_CASE("one calendar on two lines") {
    World world;
    world.platform.of("bob@x").always = Always{true, "0207654321"};
    for (const char* line : {"alice@x", "bob@x"})
        world.put(appointment("a", "0612345678", at(9), at(10)), line);
    world.wait_until(at(9));
    CHECK(world.shows("alice@x") == "on 0612345678");
    CHECK(world.shows("bob@x") == "on 0612345678");
    world.wait_until(at(10));
    CHECK(world.shows("alice@x") == "off");
    CHECK(world.shows("bob@x") == "on 0207654321");
}

TEST_CASE("what is so already is not written, and the user may change it") {
    Alice world;
    world.wall = at(9);
    world.platform.of("alice@x").always = Always{true, "+31 612345678"};
    world.put(meeting("0612345678"));
    world.run();
    CHECK(world.platform.writes == 0);
    CHECK(world.claims() == "smartbusy teams in_force");
    world.platform.edit("alice@x", {true, "2002"});
    world.deliver();
    world.run();
    CHECK(world.shows() == "on 2002");
    CHECK(world.claims() == "smartbusy teams resting");
    world.drop(Source::smartbusy, "teams");
    world.run();
    CHECK(world.shows() == "on 2002");
    CHECK(world.platform.writes == 0);
    CHECK(world.disk.empty());
}

TEST_CASE("the user wins; the claim comes back when it starts anew, and what the user had is what returns") {
    Alice world;
    world.wall = at(9);
    world.put(meeting("1233", at(9)));
    world.run();
    world.platform.edit("alice@x", {true, "2002"});
    world.deliver();
    world.run();
    CHECK(world.shows() == "on 2002");
    CHECK(world.claims() == "smartbusy teams resting");
    CHECK(world.audited(What::user_changed));
    world.put(meeting("1234", at(9))); // the same meeting, another number
    world.run();
    CHECK(world.shows() == "on 2002");
    world.crash(); // remembered
    world.run();
    CHECK(world.claims() == "smartbusy teams resting");
    CHECK(world.shows() == "on 2002");
    world.put(meeting("1233", at(9, 10)));
    world.wait_until(at(9, 10));
    CHECK(world.shows() == "on 1233");
    world.drop(Source::smartbusy, "teams");
    world.run();
    CHECK(world.shows() == "on 2002");
}

TEST_CASE("a user who switches it off wins, too, by event or unseen") {
    for (bool told : {true, false}) {
        CAPTURE(told);
        Alice world;
        world.wall = at(9);
        world.put(meeting("1233"));
        world.run();
        world.platform.edit("alice@x", {false, "1233"});
        if (told)
            world.deliver();
        else {
            world.platform.events.clear();
            world.room->lost_track(world.now()); // the channel was away
        }
        world.run();
        CHECK(world.shows() == "off");
        CHECK(world.claims() == "smartbusy teams resting");
        world.drop(Source::smartbusy, "teams");
        world.run();
        CHECK(world.always() == Always{false, "1233"}); // his, not ours to tidy
    }
}

TEST_CASE("a change that our write has hidden is found by its event and given back") {
    Alice world;
    world.wall = at(9);
    world.put(meeting("1233"));
    world.telling = false;
    std::optional<World::Action> action;
    while ((action = world.take()) && action->verb != World::Verb::write)
        world.answer(*action, world.perform(*action));
    REQUIRE(action);
    world.platform.edit("alice@x", {true, "2002"}); // between our reading and our writing
    world.answer(*action, world.perform(*action));
    CHECK(world.shows() == "on 1233");
    world.run(); // checked, and still unknown
    world.deliver();
    world.run();
    CHECK(world.shows() == "on 2002");
    CHECK(world.claims() == "smartbusy teams resting");
    world.drop(Source::smartbusy, "teams");
    world.run();
    CHECK(world.shows() == "on 2002");
}

TEST_CASE("a user who changes it and changes it back while nobody can look has changed nothing") {
    Alice world;
    world.wall = at(9);
    world.put(meeting("1233"));
    world.wait(1min);
    world.away = true;
    world.platform.edit("alice@x", {true, "2002"});
    world.deliver();
    world.wait(10s);
    world.platform.edit("alice@x", {true, "1233"});
    world.deliver();
    world.away = false;
    world.wait(1min);
    CHECK(world.shows() == "on 1233");
    CHECK(world.claims() == "smartbusy teams in_force");
    world.drop(Source::smartbusy, "teams");
    world.run();
    CHECK(world.always() == at_home);
}

TEST_CASE("off is not always off: two changes of the user's while a write of ours may still arrive") {
    World world;
    world.platform.edit("alice@x", {false, "0201234567"});
    world.deliver();
    world.put(meeting("1233", at(8, 59)));
    while (auto action = world.take()) {
        auto done = world.perform(*action);
        bool write = action->verb == World::Verb::write;
        world.answer(*action, write ? World::failure(Category::timeout) : done);
        if (write) break;
    }
    world.wait(3s);
    world.platform.edit("alice@x", {true, "2077"});
    world.deliver();
    world.wait(3s);
    CHECK(world.shows() == "on 2077");
    world.platform.edit("alice@x", {false, "2078"}); // what was there before our write was off, too
    world.deliver();
    world.wait(1min);
    world.drop(Source::smartbusy, "teams");
    world.wait(1min);
    CHECK(world.always() == Always{false, "2078"});
    CHECK(world.disk.empty());
}

TEST_CASE("off is not always off: on, a crash before it was looked at again, and off while nobody looks") {
    World world;
    world.platform.edit("alice@x", {false, "0201234567"});
    world.deliver();
    world.put(meeting("1233", at(8, 59)));
    world.run();
    world.drop(Source::smartbusy, "teams");
    world.run(); // given back, not let go of yet
    CHECK_FALSE(world.disk.empty());
    world.platform.edit("alice@x", {true, "2077"});
    world.deliver();
    for (int reads = 0; auto action = world.take();) {
        bool read = action->verb == World::Verb::read;
        world.answer(*action, read && ++reads > 1 ? World::failure(Category::unavailable) : world.perform(*action));
        if (reads > 1) break;
    }
    world.run();
    world.platform.edit("alice@x", {false, "2078"});
    world.crash();
    world.wait(2min);
    CHECK(world.always() == Always{false, "2078"});
    CHECK(world.disk.empty());
}

TEST_CASE("what we are about to write is no excuse for what is there") {
    Alice world; // two targets: forwarding always is to be switched off, so that both may ring
    world.wall = at(9);
    world.platform.of("alice@x").always = Always{true, "0201234567"};
    world.put(appointment("a", "2002", at(9), at(10)));
    world.put(appointment("b", "2003", at(9), at(10)));
    world.disk_full = true;
    world.wait(10s);
    world.platform.edit("alice@x", {false, "0201234567"}); // the user switches it off just then
    world.deliver();
    world.wait(10s);
    world.disk_full = false;
    world.wait(1min);
    CHECK(world.shows() == "ring 2002,2003");
    world.wait_until(at(10));
    CHECK(world.always() == Always{false, "0201234567"});
}

TEST_CASE("our own echo, however late, is no change of the user's") {
    Alice world;
    world.wall = at(9);
    world.telling = false;
    world.put(appointment("a", "2002", at(9), at(10)));
    world.put(claim(Source::operator_, "", "2003", at(9, 30), at(9, 45)));
    world.run();
    world.wait_until(at(9, 40));
    CHECK(world.shows() == "on 2003");
    world.deliver(); // "2002", "2003"
    world.run();
    CHECK(world.shows() == "on 2003");
    world.wait_until(at(9, 50));
    CHECK(world.shows() == "on 2002");
    world.deliver();
    world.run();
    world.wait_until(at(10));
    CHECK(world.always() == at_home);
    world.deliver();
    world.run();
    CHECK(world.always() == at_home);
}

TEST_CASE("the platform is away when a claim begins, and when it ends") {
    Alice world;
    world.away = true;
    world.put(appointment("a", "2002", at(9), at(10)));
    world.wait_until(at(9, 20));
    CHECK(world.claims() == "calendar a waiting");
    CHECK(world.room->view("alice@x")->trouble == "Nobody answers.");
    CHECK(world.room->counts().failing == 1);
    world.away = false;
    world.wait(1min);
    CHECK(world.shows() == "on 2002");
    world.wait_until(at(9, 59));
    world.away = true;
    world.wait_until(at(11));
    CHECK(world.shows() == "on 2002");
    CHECK(world.disk.contains("alice@x")); // not forgotten
    world.away = false;
    world.wait(1min);
    CHECK(world.always() == at_home);
    CHECK(world.disk.empty());
}

TEST_CASE("a forwarding that was read back is in force, whether or not it can be looked at") {
    Alice world;
    world.wall = at(9);
    world.put(meeting("1233"));
    world.run();
    world.away = true;
    world.room->lost_track(world.now());
    world.wait(1min);
    CHECK(world.claims() == "smartbusy teams in_force");
    CHECK(world.room->view("alice@x")->trouble == "Nobody answers.");
    world.put(appointment("a", "2002", at(9), at(10))); // but this one is not
    world.wait(1min);
    CHECK(world.claims() == "smartbusy teams waiting, calendar a waiting");
    world.away = false;
    world.wait(1min);
    CHECK(world.claims() == "smartbusy teams waiting, calendar a in_force");
}

TEST_CASE("away for a whole appointment: nothing was ever touched") {
    Alice world;
    world.away = true;
    world.put(appointment("a", "2002", at(9), at(10)));
    world.wait_until(at(10, 30));
    world.away = false;
    world.wait(2min);
    CHECK(world.platform.writes == 0);
    CHECK(world.always() == at_home);
    CHECK(world.disk.empty());
}

TEST_CASE("the daemon is away when an appointment ends") {
    Alice world;
    world.put(appointment("a", "2002", at(9), at(10)));
    world.wait_until(at(9, 30));
    world.crash(2h);
    world.run();
    CHECK(world.always() == at_home);
    world.wait(5s);
    CHECK(world.disk.empty());
}

TEST_CASE("the user switches it off while the daemon is away") {
    Alice world;
    world.put(appointment("a", "2002", at(9), at(10)));
    world.wait_until(at(9, 30));
    world.platform.edit("alice@x", {false, "2002"});
    world.crash(1min);
    world.run();
    CHECK(world.shows() == "off");
    CHECK(world.claims() == "calendar a resting");
}

TEST_CASE("a write that arrives after we have given it up is taken back") {
    for (bool user : {false, true}) {
        CAPTURE(user);
        Alice world;
        world.wall = at(9);
        world.put(meeting("1233"));
        std::optional<World::Action> action;
        while ((action = world.take()) && action->verb != World::Verb::write)
            world.answer(*action, world.perform(*action));
        REQUIRE(action);
        world.answer(*action, World::failure(Category::timeout));
        world.drop(Source::smartbusy, "teams");
        if (user) {
            world.platform.edit("alice@x", {true, "2002"});
            world.deliver();
        }
        world.wait(5s);
        CHECK(world.shows() == (user ? "on 2002" : "off"));
        REQUIRE(world.platform.put(action->line, action->parts, action->setting)); // now it arrives
        world.platform.events.clear();                                             // and nobody tells
        CHECK(world.shows() == "on 1233");
        world.wait(1min);
        CHECK(world.shows() == (user ? "on 2002" : "off"));
        CHECK(world.disk.empty());
    }
}

TEST_CASE("several writes that nobody has answered: the oldest arrives last, and is taken back") {
    Alice world;
    world.wall = at(9);
    std::vector<World::Action> writes;
    for (const char* to : {"2002", "2003", "1233"}) {
        world.put(meeting(to));
        for (int steps = 0; steps < 20; ++steps) {
            auto action = world.take();
            if (!action) break;
            bool lose = action->verb == World::Verb::write && to != std::string("1233");
            if (lose) writes.push_back(*action);
            world.answer(*action, lose ? World::failure(Category::timeout) : world.perform(*action));
            if (lose) break;
        }
    }
    REQUIRE(writes.size() == 2);
    world.wait(2s);
    CHECK(world.shows() == "on 1233");
    world.crash(); // nothing but the disk remembers
    world.run();
    REQUIRE(world.platform.put("alice@x", writes[0].parts, writes[0].setting));
    world.deliver();
    world.run();
    CHECK(world.shows() == "on 1233");
    CHECK(world.claims() == "smartbusy teams in_force");
    world.drop(Source::smartbusy, "teams");
    world.wait(1min);
    CHECK(world.always() == at_home);
}

TEST_CASE("more is wanted while the platform is being read: what is not known yet is read, too") {
    Alice world;
    world.wall = at(9);
    Rings own{false, {{"2009", {}, true}}, {}};
    world.platform.of("alice@x").simultaneous = own;
    world.put(appointment("a", "2002", at(9), at(10)));
    std::optional<World::Action> read;
    while (auto action = world.take())
        if (action->verb == World::Verb::read)
            read = action;
        else
            world.answer(*action, world.perform(*action));
    REQUIRE(read);
    world.put(appointment("b", "2003", at(9), at(10)));
    world.answer(*read, world.perform(*read));
    world.run();
    CHECK(world.shows() == "ring 2002,2003");
    world.wait_until(at(10));
    CHECK(world.always() == at_home);
    CHECK(world.platform.of("alice@x").simultaneous == own);
}

TEST_CASE("what was read of a ring service long ago is no baseline") {
    Alice world;
    for (int hour : {9, 11}) {
        world.put(appointment("a", "2002", at(hour), at(hour + 1)));
        if (hour == 9) world.put(appointment("b", "2003", at(hour), at(hour + 1)));
        world.wait_until(at(hour, 10));
        if (hour == 9) world.wait_until(at(10, 10));
    }
    CHECK(world.shows() == "on 2002");
    Rings own{true, {{"2009", {}, {}}}, {}};
    world.platform.of("alice@x").simultaneous = own; // the user, since
    world.room->lost_track(world.now());
    auto read = world.take();
    REQUIRE(read);
    REQUIRE(read->parts == part_always);
    world.put(appointment("b", "2003", at(11), at(12)));
    world.answer(*read, world.perform(*read));
    world.run();
    CHECK(world.shows() == "ring 2002,2003");
    CHECK(world.claims() == "calendar a in_force, calendar b in_force");
    world.wait_until(at(12));
    CHECK(world.always() == at_home);
    CHECK(world.platform.of("alice@x").simultaneous == own);
}

TEST_CASE("ring services are read again from time to time, since nobody tells of them") {
    Alice world;
    world.put(appointment("a", "2002", at(9), at(12)));
    world.put(appointment("b", "2003", at(9), at(12)));
    world.wait_until(at(9, 1));
    CHECK(world.shows() == "ring 2002,2003");
    Rings edited{true, {{"2077", {}, {}}}, {}};
    world.platform.of("alice@x").simultaneous = edited; // the user, in the portal
    world.wait(10min);
    CHECK(world.claims() == "calendar a resting, calendar b resting");
    world.wait_until(at(12, 1));
    CHECK(world.platform.of("alice@x").simultaneous == edited);
}

TEST_CASE("numbers may come to mean other lines") {
    World world;
    world.wall = at(9);
    world.put(meeting("0612345678"), "alice@x");
    world.run();
    CHECK(world.shows() == "on 0612345678");
    auto elsewhere = dutch();
    elsewhere.line_of = [](std::string_view, std::string_view) -> std::optional<std::string> { return "alice@x"; };
    world.room->use_dialling(elsewhere, world.now());
    world.run();
    CHECK(world.shows() == "off");
    CHECK(world.claims() == "smartbusy teams refused");
}

TEST_CASE("the clock is set") {
    Alice world;
    world.put(appointment("a", "2002", at(9), at(10)));
    world.run();
    world.wall = at(9, 30); // forward into it
    world.wait(15s);
    CHECK(world.shows() == "on 2002");
    world.wall = at(8, 30); // back before it
    world.wait(15s);
    CHECK(world.always() == at_home);
    CHECK(world.claims() == "calendar a waiting");
    world.wait_until(at(9));
    CHECK(world.shows() == "on 2002");
    world.wall = at(23); // forward past it
    world.wait(15s);
    CHECK(world.always() == at_home);
    CHECK(world.disk.empty());
}

TEST_CASE("a disk that takes nothing: no forwarding begins, one that ends is taken back all the same") {
    Alice world;
    world.wall = at(9);
    world.disk_full = true;
    world.put(meeting("1233"));
    world.wait(1min);
    CHECK(world.platform.writes == 0);
    CHECK(world.room->view("alice@x")->trouble == "The disk is full.");
    world.disk_full = false;
    world.wait(2min);
    CHECK(world.shows() == "on 1233");
    world.disk_full = true;
    world.drop(Source::smartbusy, "teams");
    world.wait(1min);
    CHECK(world.always() == at_home);
    world.crash(); // what is on disk still says 1233, for ever
    world.wait(1min);
    CHECK(world.always() == at_home);
}

TEST_CASE("a number that the platform refuses is not tried again and again") {
    Alice world;
    world.wall = at(9);
    world.platform.refused.insert("2002");
    world.put(meeting("2002"));
    auto words = world.wait(9min);
    CHECK(std::ranges::count(words, 'w') == 1); // "write"
    CHECK(world.claims() == "smartbusy teams waiting");
    CHECK(world.room->view("alice@x")->last_write->result == "The calling plan does not allow this number.");
    CHECK(world.audited(What::write_failed));
    world.put(meeting("1233")); // another number is tried at once
    world.run();
    CHECK(world.shows() == "on 1233");
    world.drop(Source::smartbusy, "teams");
    world.run();
    CHECK(world.always() == at_home);
}

TEST_CASE("refused: what is no number, emergency, premium, oneself, circles") {
    World world;
    world.wall = at(9);
    struct Row {
        const char* to;
        const char* reason;
    };
    for (Row row : {Row{"lunch", "is no telephone number"}, Row{"112", "emergency"}, Row{"0900 123456 7", "premium"},
                    Row{"2001", "own number"}, Row{"+31201232001", "own number"}, Row{"020 123 2001", "own number"}}) {
        CAPTURE(row.to);
        auto checked = world.room->check("alice@x", row.to);
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().text.find(row.reason) != std::string::npos);
        world.put(meeting(row.to));
        world.run();
        auto view = world.room->view("alice@x");
        CHECK(view->claims.at(0).state == ClaimState::refused);
        CHECK(view->claims.at(0).reason.find(row.reason) != std::string::npos);
    }
    CHECK(world.platform.writes == 0);
    CHECK(world.audited(What::claim_refused));
    auto italian = dutch();
    italian.country = "IT";
    world.room->use_dialling(italian, world.now());
    CHECK(world.room->check("alice@x", "115").has_value());       // the fire brigade's, but an extension of ours
    CHECK_FALSE(world.room->check("alice@x", "118").has_value()); // no extension
    italian.line_of = [](std::string_view, std::string_view) -> std::optional<std::string> { return "door@x"; };
    world.room->use_dialling(italian, world.now());
    CHECK_FALSE(world.room->check("alice@x", "112").has_value()); // whosever extension it is
}

TEST_CASE("circles: the one that would close it waits until it is open") {
    World world;
    world.wall = at(9);
    world.put(meeting("2002"), "alice@x");
    world.put(meeting("2003"), "bob@x");
    world.run();
    world.put(meeting("+31201232001"), "carol@x"); // carol -> alice -> bob -> carol
    world.run();
    CHECK(world.shows("carol@x") == "off");
    CHECK(world.claims("carol@x") == "smartbusy teams refused");
    CHECK(world.room->view("carol@x")->claims.at(0).reason.find("circles") != std::string::npos);
    world.drop(Source::smartbusy, "teams", "bob@x");
    world.run();
    CHECK(world.shows("bob@x") == "off");
    CHECK(world.shows("carol@x") == "on 0201232001");
}

TEST_CASE("circles that a user closes: ours is taken back") {
    World world;
    world.wall = at(9);
    world.put(meeting("2002"), "alice@x");
    world.run();
    CHECK(world.shows("alice@x") == "on 2002");
    world.platform.edit("bob@x", {true, "2001"});
    world.deliver();
    world.run();
    CHECK(world.shows("alice@x") == "off");
    CHECK(world.claims("alice@x") == "smartbusy teams refused");
    world.platform.edit("bob@x", {false, "2001"});
    world.deliver();
    world.run();
    CHECK(world.shows("alice@x") == "on 2002");
}

TEST_CASE("two lines to each other do not change places at a restart") {
    World world;
    world.wall = at(9);
    world.put(meeting("2001"), "bob@x");
    world.run();
    world.put(meeting("2002"), "alice@x");
    world.run();
    CHECK(world.claims("alice@x") == "smartbusy teams refused");
    world.crash();
    world.run();
    CHECK(world.claims("alice@x") == "smartbusy teams refused");
    CHECK(world.shows("bob@x") == "on 2001");
    CHECK(world.platform.writes == 1);
}

TEST_CASE("claims have limits") {
    World world;
    for (std::size_t i = 0; i < Forwardings::claims_max; ++i)
        world.put(appointment(std::to_string(i), "2002", at(9), at(10)));
    CHECK(world.room->put("alice@x", meeting(), world.now()).error().category == Category::limit);
    CHECK(world.room->put("bob@x", appointment("a", "2002", at(10), at(9)), world.now()).error().category ==
          Category::invalid);
    CHECK(world.room->put("bob@x", appointment("a", "2002", at(7), at(8)), world.now()).has_value()); // over already
    CHECK(world.room->claims("bob@x").empty());
}

TEST_CASE("who is told") {
    Alice world;
    world.wall = at(9);
    world.put(meeting());
    world.run();
    CHECK(world.room->take_changed() == std::vector<std::string>{"alice@x"});
    CHECK(world.room->take_changed().empty());
    CHECK_FALSE(world.room->view("nobody@x"));
}

TEST_CASE("the end of the daemon: everything is given back, and in force again after the next start") {
    Alice world;
    world.put(meeting("1233"));
    world.wall = at(9);
    world.run();
    CHECK(world.shows() == "on 1233");
    CHECK(world.room->counts().diverted == 1);
    world.room->give_back(world.now());
    world.run();
    CHECK(world.always() == at_home);
    CHECK(world.room->counts().diverted == 0);
    CHECK(world.claims() == "smartbusy teams waiting");
    world.put(meeting("1234")); // what still comes in is kept, and not written
    world.run();
    CHECK(world.always() == at_home);
    CHECK(world.disk.at("alice@x").claims.size() == 1);
    world.crash(30s);
    world.wait(1s);
    CHECK(world.shows() == "on 1234");
}

TEST_CASE("the end of the daemon: what could not be put back is tried once more, whenever its turn would be") {
    Alice world;
    world.wall = at(9);
    world.put(meeting("1233"));
    world.run();
    world.away = true;
    world.drop(Source::smartbusy, "teams");
    world.wait(10min); // it is tried ever more rarely
    world.away = false;
    world.room->give_back(world.now());
    world.run();
    CHECK(world.always() == at_home);
    CHECK(world.room->counts().diverted == 0);
}

TEST_CASE("a channel that comes and goes: lines are read again one after the other, what begins waits for none") {
    World world;
    world.wall = at(9);
    auto line = [](int i) { return "line" + std::to_string(i) + "@x"; };
    for (int i = 0; i < 1000; ++i)
        world.put(meeting("0612345678"), line(i));
    world.run();
    REQUIRE(world.room->counts().in_force == 1000);
    for (int i = 0; i < 1000; ++i)
        world.platform.of(line(i)).always = Always{}; // switched off by their users, and nobody told
    auto reads = [](const std::string& words) {
        return std::ranges::count(words, 'r') - std::ranges::count(words, 'w');
    };
    auto times = 0L;
    for (int second = 0; second < 10; ++second) {
        world.room->lost_track(world.now());
        times += reads(world.wait(999ms));
        world.pass(1ms);
    }
    CHECK(times <= 2 * 10 * 51); // each line that is found changed is read twice
    world.wait(20s);
    CHECK(world.claims(line(999)) == "smartbusy teams resting");
    CHECK(world.room->counts().in_force == 0);
}
