// kill -9 in each step of set, refresh and clear: nobody stays "in a call" once the daemon is back.
#include <thread>

#include "office.hpp"

using namespace faults;

TEST_CASE("killed while a call is written or being taken back") {
    struct Row {
        const char* step;
        std::function<void(TeamsOffice&, const std::string&)> until; // brings it to the step
    };
    const Row rows[] = {
        {"the write has left, no answer yet",
         [](TeamsOffice& office, const std::string& who) {
             office.fault("slow", "presence_set", {{"ms", 60'000}});
             office.call(who);
             REQUIRE(within(5s, [&] { return office.requests("presence_set") == 1; }));
         }},
        {"the session stands",
         [](TeamsOffice& office, const std::string& who) {
             office.call(who);
             REQUIRE(within(5s, [&] { return office.session(who); }));
             REQUIRE(within(5s, [&] { return office.told(who).starts_with("Busy/InACall: written"); }));
         }},
        {"clearing has left, no answer yet",
         [](TeamsOffice& office, const std::string& who) {
             office.call(who);
             REQUIRE(within(5s, [&] { return office.session(who); }));
             office.fault("close", "presence_clear", {{"forever", true}});
             office.hang_up(who);
             REQUIRE(within(5s, [&] { return office.requests("presence_clear") >= 1; }));
         }},
    };
    for (const Row& row : rows) {
        for (bool still_in_call : {false, true}) {
            CAPTURE(std::string(row.step));
            CAPTURE(still_in_call);
            TeamsOffice office;
            office.require_ready();
            office.everybody_idle();
            auto who = office.person(0);
            row.until(office, who);
            office.kill();
            office.command("graph/faults/clear");
            office.start();
            if (still_in_call)
                office.call(who);
            else
                office.hang_up(who);
            office.require_ready();
            CHECK(within(10s, [&] { return office.session(who) == still_in_call; }));
            std::this_thread::sleep_for(300ms);
            CHECK(office.session(who) == still_in_call);
            office.hang_up(who);
            CHECK(within(10s, [&] { return !office.session(who); }));
        }
    }
}

TEST_CASE("killed while a session is refreshed") {
    TeamsSetup setup;
    setup.adjust = [](auto& options) { options.session_lifetime = 4s; }; // refreshed after two
    TeamsOffice office(setup);
    office.require_ready();
    office.everybody_idle();
    auto who = office.person(0);
    office.call(who);
    REQUIRE(within(5s, [&] { return office.session(who); }));
    office.fault("slow", "presence_set", {{"ms", 60'000}});
    REQUIRE(within(10s, [&] { return office.requests("presence_set") >= 2; }));
    office.kill();
    office.command("graph/faults/clear");
    office.start();
    office.hang_up(who);
    office.require_ready();
    CHECK(within(10s, [&] { return !office.session(who); }));
}

TEST_CASE("killed during a call: what is left of it is no meeting after the restart") {
    using lamp::meetings::Meeting;
    TeamsOffice office;
    office.require_ready();
    auto who = office.person(1);
    office.client(who, "Available", "Available");
    office.call(who);
    REQUIRE(within(5s, [&] { return office.session(who); }));
    office.kill();
    (void)office.meetings_told(who);
    office.start();
    office.call(who); // it still lasts
    REQUIRE(within(10s, [&] { return office.heard(who).find("our own word") != std::string::npos; }));
    for (auto meeting : office.meetings_told(who))
        CHECK(meeting != Meeting::live);
}

TEST_CASE("killed, and the line is not heard of after the restart: cleared all the same") {
    TeamsOffice office;
    office.require_ready();
    office.call(office.person(0));
    REQUIRE(within(5s, [&] { return office.session(office.person(0)); }));
    office.kill();
    office.start();
    CHECK(within(20s, [&] { return !office.session(office.person(0)); }));
}

TEST_CASE("killed, and the clock is set before the restart: what seems long over is cleared, too") {
    TeamsOffice office;
    office.require_ready();
    office.call(office.person(0));
    REQUIRE(within(5s, [&] { return office.session(office.person(0)); }));
    office.kill();
    office.change_disk("UPDATE teams_session SET expires_at = expires_at - 86400000");
    office.start();
    office.hang_up(office.person(0));
    CHECK(within(20s, [&] { return !office.session(office.person(0)); }));
}

TEST_CASE("a disk that hangs holds nobody's lamp up") {
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    std::promise<void> moves;
    auto stands = moves.get_future().share();
    office.store().submit(
        office.loop(),
        [stands](lamp::store::Database&) -> lamp::Result<void> { return stands.wait(), lamp::Result<void>(); },
        [](const lamp::Result<void>&) {});
    office.call(office.person(0));
    CHECK(within(8s, [&] { return office.session(office.person(0)); }));
    CHECK(within(2s, [&] { return office.health().state == "degraded"; }));
    moves.set_value();
    office.call(office.person(1));
    CHECK(within(8s, [&] { return office.session(office.person(1)) && office.health().state == "up"; }));
}

TEST_CASE("stopped in an orderly way: everybody's session is cleared") {
    TeamsOffice office;
    office.require_ready();
    for (std::size_t i = 0; i < 5; ++i)
        office.call(office.person(i));
    REQUIRE(within(5s, [&] { return office.sessions() == 5; }));
    office.end();
    CHECK(office.sessions() == 0);
    office.start();
}

TEST_CASE("stopped: what calls do in the last moments, and a Graph that just failed, leave nothing behind") {
    TeamsOffice office;
    office.require_ready();
    auto who = office.person(0);
    office.call(who);
    REQUIRE(within(5s, [&] { return office.session(who); }));
    SUBCASE("the call is held while the session is being cleared") {
        office.fault("slow", "presence_clear", {{"ms", 500}});
        std::thread stopping([&] { office.end(); });
        CHECK(within(5s, [&] { return office.requests("presence_clear") == 1; }));
        office.line(who, LineState::held, true);
        stopping.join();
    }
    SUBCASE("Graph failed a moment ago") {
        office.fault("unavailable", "presences", {{"forever", true}});
        REQUIRE(within(5s, [&] { return office.health().state == "down"; }));
        office.end();
    }
    CHECK(office.sessions() == 0);
    office.start();
}

TEST_CASE("renamed, removed and added while on a call") {
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    auto who = office.person(0);
    office.call(who);
    REQUIRE(within(5s, [&] { return office.session(who); }));
    SUBCASE("the account is renamed: it is another's UPN now, and the session of who is nobody's is cleared") {
        office.command(
            "graph/user",
            {{"user", who}, {"what", "rename"}, {"upn", "new.name@example.net"}, {"mail", "new.name@example.net"}});
        CHECK(within(10s, [&] { return office.sessions() == 0; }));
        CHECK(within(5s, [&] { return !office.lamp(who).said(presence::Source::teams); }));
        CHECK(office.status(who) == Status::on_call);
    }
    SUBCASE("a change tells no more than the name") {
        office.command("graph/settings", {{"delta_partial", true}});
        office.command("graph/user", {{"user", who}, {"what", "change"}, {"name", "Somebody Else"}});
        REQUIRE(within(10s, [&] { return office.requests("user") == 1; }));
        std::this_thread::sleep_for(700ms); // the next question for changes is past
        CHECK(office.session(who));
        CHECK(office.lamp(who).said(presence::Source::teams));
        CHECK(office.requests("user") == 1);
    }
    SUBCASE("what was told of one is not told of the next in the same place") {
        office.hang_up(who);
        REQUIRE(within(10s, [&] { return office.told(who) == "cleared: written"; }));
        office.command("graph/user", {{"user", who}, {"what", "remove"}, {"for_good", true}});
        REQUIRE(within(10s, [&] { return office.heard(who).find("no account") != std::string::npos; }));
        office.command("graph/user", {{"what", "add"}, {"upn", who}, {"mail", who}});
        REQUIRE(within(10s, [&] { return office.heard(who).find("no account") == std::string::npos; }));
        CHECK(office.told(who).empty());
    }
    SUBCASE("the person leaves the people file") {
        office.reload([&](auto& rows) { std::erase_if(rows, [&](const auto& row) { return row.id == who; }); });
        CHECK(within(10s, [&] { return office.sessions() == 0; }));
    }
    SUBCASE("the account is removed and comes back") {
        auto id = office.command("graph/user", {{"user", who}, {"what", "remove"}}).at("id");
        CHECK(within(10s, [&] { return office.heard(who).find("no account") != std::string::npos; }));
        office.command("graph/user", {{"user", id}, {"what", "restore"}});
        CHECK(within(10s, [&] { return office.session(who); }));
    }
    SUBCASE("an account for somebody who is on a call already") {
        auto late = office.person(1);
        office.command("graph/user", {{"user", late}, {"what", "remove"}, {"for_good", true}});
        REQUIRE(within(10s, [&] { return office.heard(late).find("no account") != std::string::npos; }));
        office.call(late);
        office.command("graph/user", {{"what", "add"}, {"upn", late}, {"mail", late}});
        CHECK(within(10s, [&] { return office.session(late); }));
    }
    SUBCASE("the same account twice: nobody is guessed") {
        office.command("graph/user", {{"user", who}, {"what", "double"}, {"upn", "somebody.else@example.net"}});
        CHECK(within(10s, [&] {
            for (const auto& doubt : office.doubts())
                if (doubt.kind == "ambiguous") return true;
            return false;
        }));
        CHECK(within(10s, [&] { return office.sessions() == 0; }));
    }
}
