// How publications become one state: cases that stuck lamps elsewhere (OpenSIPS 2249, Kamailio 1427), partial
// documents, and what each published word is worth.
#include "sip/composition.hpp"

#include "here.hpp"

using namespace testing;
using lamp::presence::LineState;
using lamp::presence::TeamsState;

TEST_CASE("two requests within milliseconds leave one state, not a second for ever (OpenSIPS 2249)") {
    Esc esc;
    auto etag = esc.granted(publish_dialog("", dialog_info("c1:early")));
    etag = esc.granted(publish_dialog(etag, dialog_info("c1:confirmed")));
    CHECK(esc.ask(publish_dialog("f00", dialog_info("c1:early"))).status == 412); // the one that came too late
    CHECK(esc.dialogs() == "c1:confirmed");
    CHECK(esc.compositor.publications() == 1);
    esc.granted(publish_dialog(etag, "", 0));
    CHECK(esc.dialogs().empty());
}

TEST_CASE("the end of one call does not hide another (Kamailio 1427)") {
    Esc esc;
    SUBCASE("in one document") {
        esc.granted(publish_dialog("", dialog_info("c1:terminated c2:confirmed")));
        CHECK(esc.dialogs() == "c1:terminated c2:confirmed");
    }
    SUBCASE("in publications of their own") {
        esc.granted(publish_dialog("", dialog_info("c2:confirmed")));
        esc.granted(publish_dialog("", dialog_info("c1:terminated")));
        CHECK(esc.dialogs() == "c1:terminated c2:confirmed");
    }
    SUBCASE("of the same id, chosen by two devices") {
        esc.granted(publish_dialog("", dialog_info("1:confirmed")));
        const auto other = esc.granted(publish_dialog("", dialog_info("1:early")));
        esc.granted(publish_dialog(other, dialog_info("1:terminated")));
        CHECK(esc.dialogs() == "1:confirmed");
    }
    SUBCASE("of the same id, within one document") {
        esc.granted(publish_dialog("", dialog_info("1:terminated 1:confirmed")));
        CHECK(esc.dialogs() == "1:confirmed");
    }
    const std::array resources{ResourceIndex{0}};
    CHECK(esc.compositor.report(resources, esc.now, {}).line == LineState::active);
}

TEST_CASE("of two alike the newer one counts, and it is the newer one by its document, not by its refresh") {
    Esc esc;
    auto first = esc.granted(publish_dialog("", dialog_info("1:early")));
    esc.granted(publish_dialog("", dialog_info("1:confirmed 2:early")));
    CHECK(esc.dialogs() == "1:confirmed 2:early");
    first = esc.granted(publish_dialog(first, ""));
    CHECK(esc.dialogs() == "1:confirmed 2:early");
    esc.granted(publish_dialog(first, dialog_info("1:proceeding")));
    CHECK(esc.dialogs() == "1:proceeding 2:early");
}

TEST_CASE("a partial document changes what it names and leaves the rest") {
    struct Row {
        std::string_view documents; // one after the other; "+" before a partial one
        std::string_view held;
    };
    const Row rows[] = {
        {"a:early;+a:confirmed", "a:confirmed"},
        {"a:early b:confirmed;+a:confirmed", "a:confirmed b:confirmed"},
        {"a:early;+b:early", "a:early b:early"},
        {"a:early b:early;+a:terminated", "a:terminated b:early"},
        {"a:early b:early;+a:terminated;+b:confirmed", "b:confirmed"}, // told once, then gone
        {"a:terminated;+a:early", "a:early"},
        {"a:early b:early;c:early", "c:early"}, // full replaces
        {"+a:early;+b:early", "a:early b:early"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.documents);
        Esc esc;
        std::string etag;
        for (auto rest = row.documents; !rest.empty();) {
            auto one = rest.substr(0, rest.find(';'));
            rest.remove_prefix(std::min(one.size() + 1, rest.size()));
            const bool partial = one.starts_with('+');
            if (partial) one.remove_prefix(1);
            etag = esc.granted(publish_dialog(etag, dialog_info(one, partial ? "partial" : "full")));
        }
        CHECK(esc.dialogs() == row.held);
    }
}

TEST_CASE("a refresh keeps what was held, the last end with it") {
    Esc esc;
    const auto etag = esc.granted(publish_dialog("", dialog_info("a:terminated b:early")));
    esc.granted(publish_dialog(etag, ""));
    CHECK(esc.dialogs() == "a:terminated b:early");
}

TEST_CASE("presence and dialogs of one presentity do not touch each other") {
    Esc esc;
    const auto calls = esc.granted(publish_dialog("", dialog_info("a:early")));
    CHECK(esc.ask(publish_presence("", presence_info("desk", "open"))).changed == Published::presence);
    CHECK(esc.dialogs() == "a:early");
    CHECK(esc.documents() == "desk:open");
    CHECK(esc.ask(publish_dialog(calls, "", 0)).changed == Published::dialog);
    CHECK(esc.dialogs().empty());
    CHECK(esc.documents() == "desk:open");
}

TEST_CASE("presence documents: the newest of each tuple, then the union") {
    Esc esc;
    esc.granted(publish_presence("", presence_info("desk", "closed")));
    esc.granted(publish_presence("", presence_info("soft", "open")));
    const auto newest = esc.granted(publish_presence("", presence_info("desk", "open")));
    auto own = pidf::of_word("available", "sip:ada@pbx.example");
    auto all = composed(own, esc.compositor.presence(0));
    CHECK(text(std::array<const pidf::Document*, 1>{&all}) == "line:open,desk:open,soft:open");
    esc.granted(publish_presence(newest, "", 0));
    all = composed(own, esc.compositor.presence(0));
    CHECK(text(std::array<const pidf::Document*, 1>{&all}) == "line:open,soft:open,desk:closed");
    CHECK(composed(own, {}) == own);
}

TEST_CASE("watchers read the note that somebody has published, and the activities that the rules have weighed") {
    auto own = pidf::of_word("on_call", "sip:ada@pbx.example");
    pidf::Document older;
    older.activities = {"holiday"};
    older.note = "Back on Monday";
    pidf::Document newer;
    newer.activities = {"busy"};
    const std::array<const pidf::Document*, 2> documents{&newer, &older};
    const auto all = composed(own, documents);
    CHECK(all.note == "Back on Monday");
    CHECK(all.activities == own.activities);
}

TEST_CASE("what published presence is worth") {
    struct Row {
        std::vector<pidf::Document> newest_first;
        Said said;
    };
    auto with = [](std::vector<std::string> activities, std::string note = {}, pidf::Basic basic = pidf::Basic::open) {
        pidf::Document document;
        document.tuples.push_back({"t", basic, {}, {}});
        document.activities = std::move(activities);
        document.note = std::move(note);
        return document;
    };
    auto closed = with({}, {}, pidf::Basic::closed);
    const Row rows[] = {
        {{}, {TeamsState::unknown, false}},
        {{with({})}, {TeamsState::available, false}},
        {{closed}, {TeamsState::offline, false}},
        {{pidf::Document{}}, {TeamsState::offline, false}},
        {{closed, with({})}, {TeamsState::available, false}},
        {{with({"busy"})}, {TeamsState::busy, false}},
        {{with({"busy"}, "Do Not Disturb")}, {TeamsState::do_not_disturb, false}},
        {{with({"busy"}, "dnd")}, {TeamsState::do_not_disturb, false}},
        {{with({"away"}, "dnd")}, {TeamsState::away, false}},
        {{with({}, "dnd")}, {TeamsState::available, false}},
        {{with({"away"})}, {TeamsState::away, false}},
        {{with({"lunch", "busy"})}, {TeamsState::busy, false}},
        {{with({"busy", "meeting"})}, {TeamsState::in_meeting, false}},
        {{with({"presentation", "meeting"})}, {TeamsState::presenting, false}},
        {{with({"vacation"}, {}, pidf::Basic::closed)}, {TeamsState::away, false}},
        {{with({"on-the-phone"})}, {TeamsState::unknown, true}},
        {{with({"on-the-phone", "busy"})}, {TeamsState::busy, true}},
        {{with({"working"})}, {TeamsState::available, false}},
        {{with({"away"}), with({"busy"})}, {TeamsState::away, false}}, // the newest
        {{with({}), with({"busy"})}, {TeamsState::busy, false}},       // … that says something
    };
    for (const Row& row : rows) {
        std::vector<const pidf::Document*> documents;
        for (const auto& document : row.newest_first)
            documents.push_back(&document);
        CAPTURE(&row - rows);
        CHECK(said_by(documents) == row.said);
    }
    // What this daemon writes itself comes back as what it meant.
    for (auto [word, said] :
         {std::pair("do_not_disturb", TeamsState::do_not_disturb), std::pair("busy", TeamsState::busy),
          std::pair("away", TeamsState::away), std::pair("in_meeting", TeamsState::in_meeting),
          std::pair("available", TeamsState::available), std::pair("offline", TeamsState::offline)}) {
        const auto written = pidf::read(pidf::write(pidf::of_word(word, "sip:ada@pbx.example")));
        REQUIRE(written.has_value());
        CHECK(said_by(std::array<const pidf::Document*, 1>{&*written}).word == said);
    }
}

TEST_CASE("what published dialogs are worth as a line") {
    using dialoginfo::Dialog;
    using dialoginfo::Direction;
    using dialoginfo::State;
    struct Row {
        State state;
        Direction direction;
        bool held;
        LineState line;
    };
    const Row rows[] = {
        {State::early, Direction::recipient, false, LineState::ringing},
        {State::early, Direction::none, false, LineState::ringing},
        {State::early, Direction::initiator, false, LineState::active},
        {State::proceeding, Direction::recipient, false, LineState::ringing}, // as BroadWorks says it
        {State::trying, Direction::initiator, false, LineState::active},
        {State::confirmed, Direction::recipient, false, LineState::active},
        {State::confirmed, Direction::initiator, true, LineState::held},
        {State::terminated, Direction::recipient, true, LineState::idle},
    };
    for (const Row& row : rows) {
        Dialog one;
        one.state = row.state;
        one.direction = row.direction;
        one.held = row.held;
        CHECK(line_state(std::array{one}) == row.line);
        const Dialog gone;
        CHECK(line_state(std::array{gone, one, gone}) == row.line);
    }
    CHECK(line_state({}) == LineState::idle);
}
