// Teams both ways while nothing is wrong: reading, writing, and that our own words are no input.
#include "office.hpp"

using namespace faults;

TEST_CASE("everybody's presence is read, and a change is seen within a poll") {
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    struct Row {
        const char* availability;
        const char* activity;
        TeamsState state;
        Status status; // with an idle line
    };
    // clang-format off
    const Row rows[] = {
        {"Available",       "Available",               TeamsState::available,      Status::available},
        {"Busy",            "InACall",                 TeamsState::in_meeting,     Status::in_meeting},
        {"Busy",            "InAConferenceCall",       TeamsState::in_meeting,     Status::in_meeting},
        {"Busy",            "InAMeeting",              TeamsState::in_meeting,     Status::in_meeting},
        {"Busy",            "Busy",                    TeamsState::busy,           Status::busy},
        {"DoNotDisturb",    "Presenting",              TeamsState::presenting,     Status::do_not_disturb},
        {"DoNotDisturb",    "DoNotDisturb",            TeamsState::do_not_disturb, Status::do_not_disturb},
        {"DoNotDisturb",    "UrgentInterruptionsOnly", TeamsState::do_not_disturb, Status::do_not_disturb},
        {"BeRightBack",     "BeRightBack",             TeamsState::away,           Status::away},
        {"Away",            "Away",                    TeamsState::away,           Status::away},
        {"Offline",         "Offline",                 TeamsState::offline,        Status::available},
        {"Available",       "Available",               TeamsState::available,      Status::available},
    };
    // clang-format on
    auto who = office.person(0);
    for (const char* casing : {"pascal", "camel"}) {
        for (bool swapped : {false, true}) {
            office.command("graph/settings", {{"casing", casing}, {"swapped", swapped}});
            for (const Row& row : rows) {
                CAPTURE(row.activity);
                CAPTURE(casing);
                CAPTURE(swapped);
                office.client(who, row.availability, row.activity);
                CHECK(within(5s, [&] { return office.teams(who).state == row.state; }));
                CHECK(office.status(who) == row.status);
            }
        }
    }
}

TEST_CASE("a call is told to Teams and taken back at its end") {
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    auto who = office.person(1);
    office.client(who, "Available", "Available");
    office.call(who);
    REQUIRE(within(5s, [&] { return office.session(who); }));
    CHECK(within(2s, [&] { return office.told(who).starts_with("Busy/InACall: written"); }));
    office.line(who, LineState::held, true);
    office.line(who, LineState::ringing, true); // a second call rings
    std::this_thread::sleep_for(700ms);
    CHECK(office.session(who));
    office.hang_up(who);
    REQUIRE(within(5s, [&] { return !office.session(who); }));
    CHECK(within(2s, [&] { return office.told(who) == "cleared: written"; }));
    CHECK(office.requests("presence_set") == 1);
    CHECK(office.requests("presence_clear") == 1);
}

TEST_CASE("a ringing call is not told, unless asked for") {
    for (bool asked : {false, true}) {
        TeamsSetup setup;
        setup.adjust = [&](auto& options) { options.write_while_ringing = asked; };
        TeamsOffice office(setup);
        office.require_ready();
        office.line(office.person(0), LineState::ringing, false);
        CHECK(within(asked ? 5s : 1s, [&] { return office.session(office.person(0)); }) == asked);
    }
}

TEST_CASE("our own word never feeds the rules, however late readers see it, and nothing goes to and fro") {
    TeamsOffice office;
    office.command("graph/settings", {{"visibility_ms", 1500}});
    office.require_ready();
    office.everybody_idle();
    auto who = office.person(2);
    office.client(who, "Available", "Available");
    REQUIRE(within(5s, [&] { return office.teams(who).state == TeamsState::available; }));
    auto never_ours = [&](std::chrono::milliseconds time, Status wanted) {
        auto end = lamp::steady_now() + time;
        while (lamp::steady_now() < end) {
            REQUIRE(office.status(who) == wanted);
            REQUIRE(office.words(who) == "Available/Available");
            std::this_thread::sleep_for(5ms);
        }
    };
    office.call(who);
    never_ours(3s, Status::on_call);
    CHECK(office.heard(who).find("our own word") != std::string::npos);
    office.hang_up(who);
    never_ours(4s, Status::available);
    for (auto meeting : office.meetings_told(who))
        CHECK(meeting != lamp::meetings::Meeting::live);
    CHECK(office.requests("presence_set") == 1);
    CHECK(office.requests("presence_clear") == 1);
}

TEST_CASE("a meeting in Teams that outlasts our call is seen") {
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    auto who = office.person(2);
    office.client(who, "DoNotDisturb", "Presenting");
    REQUIRE(within(5s, [&] { return office.status(who) == Status::do_not_disturb; }));
    office.call(who);
    REQUIRE(within(5s, [&] { return office.session(who); }));
    CHECK(office.status(who) == Status::do_not_disturb);
    office.hang_up(who);
    REQUIRE(within(5s, [&] { return !office.session(who); }));
    office.client(who, "Available", "Available");
    REQUIRE(within(5s, [&] { return office.status(who) == Status::available; }));
    office.client(who, "Busy", "InACall"); // another state was seen since: this one is the person's own
    CHECK(within(5s, [&] { return office.status(who) == Status::in_meeting; }));
}

TEST_CASE("meetings are told: joined ones, presenting during our call, never our call") {
    using enum lamp::meetings::Meeting;
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    auto who = office.person(2);
    auto last_told = [&](lamp::meetings::Meeting meeting) {
        return within(5s, [&] {
            auto told = office.meetings_told(who);
            return !told.empty() && told.back() == meeting;
        });
    };
    office.client(who, "Busy", "InACall");
    CHECK(last_told(live));
    office.client(who, "DoNotDisturb", "DoNotDisturb");
    CHECK(last_told(none));
    office.client(who, "Busy", "InAMeeting");
    CHECK(last_told(calendar));
    office.client(who, "Available", "Available");
    CHECK(last_told(none));
    office.call(who);
    REQUIRE(within(5s, [&] { return office.heard(who).find("our own word") != std::string::npos; }));
    for (auto meeting : office.meetings_told(who))
        CHECK(meeting == none);
    office.client(who, "DoNotDisturb", "Presenting");
    CHECK(last_told(live));
}

TEST_CASE("a status chosen by hand is left alone, and why says so") {
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    auto who = office.person(3);
    office.client(who, "Available", "Available");
    office.command("graph/manual", {{"user", who}, {"availability", "DoNotDisturb"}});
    REQUIRE(within(5s, [&] { return office.teams(who).state == TeamsState::do_not_disturb; }));
    office.call(who);
    CHECK(office.status(who) == Status::do_not_disturb);
    CHECK(office.lamp(who).verdict.conclusion.rule == 6);
    std::this_thread::sleep_for(1s);
    CHECK(office.requests("presence_set") == 0);
    CHECK(office.told(who).find("left alone") != std::string::npos);
    office.command("graph/manual", {{"user", who}, {"clear", true}});
    CHECK(within(5s, [&] { return office.session(who); }));
}

TEST_CASE("who is excepted, and whose folder is, is read but not written") {
    TeamsSetup setup;
    std::string folder;
    TeamsOffice office([&] {
        setup.adjust = [](auto& options) {
            options.except = {"nobody@example.net"};
            options.except_folders = {"Support"};
        };
        return setup;
    }());
    office.require_ready();
    for (presence::Slot slot : office.people().order()) {
        auto person = office.people().person(slot);
        office.call(person.id);
        bool excepted = person.folder == "Support";
        CHECK(within(excepted ? 300ms : 5s, [&] { return office.session(person.id); }) == !excepted);
    }
}

TEST_CASE("out of office is shown beside the status") {
    TeamsOffice office;
    office.require_ready();
    office.everybody_idle();
    auto who = office.person(0);
    office.client(who, "Available", "Available");
    office.command("graph/oof", {{"user", who}, {"active", true}});
    CHECK(within(5s, [&] { return office.teams(who).out_of_office; }));
    CHECK(office.status(who) == Status::available);
}

TEST_CASE("a word that nobody knows is unknown, and does not hide the other word") {
    TeamsOffice office;
    office.require_ready();
    auto who = office.person(0);
    office.client(who, "Levitating", "Levitating");
    CHECK(within(5s, [&] { return office.teams(who).state == TeamsState::unknown; }));
    office.client(who, "Busy", "Levitating");
    CHECK(within(5s, [&] { return office.teams(who).state == TeamsState::busy; }));
}

TEST_CASE("photos: fetched once, kept, and none where there is none") {
    TeamsOffice office;
    office.command("graph/settings", {{"photo_every", 2}});
    office.require_ready();
    std::size_t with = 0;
    for (int round = 0; round < 3; ++round) {
        with = 0;
        for (presence::Slot slot : office.people().order()) {
            auto photo = office.photo(slot);
            if (!photo) continue;
            ++with;
            CHECK(photo->type == "image/jpeg");
            CHECK(!photo->etag.empty());
        }
    }
    CHECK(with > 0);
    CHECK(with < office.people().size());
    CHECK(office.requests("photo") <= static_cast<std::int64_t>(2 * office.people().size()));
}
