// Reports and verdicts survive their 64-bit words, whatever their fields hold.
#include "here.hpp"

using namespace testing;

TEST_CASE("a line report comes back as it went in") {
    for (unsigned state = 0; state < 5; ++state)
        for (unsigned forwarding = 0; forwarding < 7; ++forwarding)
            for (unsigned agent = 0; agent < 6; ++agent)
                for (unsigned bits = 0; bits < 8; ++bits)
                    for (unsigned calls : {0U, 1U, 7U, 62U, 63U}) {
                        LineReport report{static_cast<LineState>(state),
                                          calls,
                                          (bits & 1) != 0,
                                          static_cast<Forwarding>(forwarding),
                                          static_cast<AgentState>(agent),
                                          (bits & 2) != 0,
                                          at_ms(state * 1000 + calls),
                                          (bits & 4) != 0};
                        REQUIRE(LineReport::unpack(report.pack()) == report);
                    }
}

TEST_CASE("a Teams report comes back as it went in") {
    for (unsigned state = 0; state < 8; ++state)
        for (unsigned word : {0U, 1U, 511U, 1023U})
            for (unsigned bits = 0; bits < 4; ++bits) {
                TeamsReport report{static_cast<TeamsState>(state), word, (bits & 1) != 0, (bits & 2) != 0, at_ms(word)};
                REQUIRE(TeamsReport::unpack(report.pack()) == report);
            }
}

TEST_CASE("what does not fit is bounded, never spilled into a neighbour") {
    LineReport crowd;
    crowd.calls = 1000;
    crowd.at = noon;
    auto back = LineReport::unpack(crowd.pack());
    CHECK(back.calls == 63);
    crowd.calls = 63;
    CHECK(back == crowd);

    struct Row {
        const char* what;
        Wall at;
        Wall shown;
    };
    const Wall last = cell_epoch + milliseconds((1LL << packing::time_bits) - 1);
    const Row rows[] = {
        {"before 2020 (a clock that was never set)", Wall(milliseconds(0)), cell_epoch + milliseconds(1)},
        {"2020 itself", cell_epoch, cell_epoch + milliseconds(1)},
        {"today", noon, noon},
        {"beyond 2054", last + std::chrono::hours(1), last},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        LineReport report;
        report.at = row.at;
        CHECK(LineReport::unpack(report.pack()).at == row.shown);
        CHECK(report.pack() != 0); // "has said nothing" stays a word of its own
    }
}

TEST_CASE("being on the phone has its own bit, and counts as something new") {
    LineReport rings{.state = LineState::ringing, .calls = 2, .at = noon};
    auto talks_too = rings;
    talks_too.in_call = true;
    CHECK((rings.pack() ^ talks_too.pack()) == Cell{1} << 58);
    CHECK_FALSE(same_content(rings.pack(), talks_too.pack()));
    CHECK(LineReport::unpack(talks_too.pack()).in_call);
    CHECK_FALSE(LineReport::unpack(rings.pack()).in_call);
}

TEST_CASE("zero is a source that has said nothing") {
    CHECK(LineReport::unpack(0) == LineReport{});
    CHECK(TeamsReport::unpack(0) == TeamsReport{});
    CHECK_FALSE(Snapshot{}.said(Source::telephony));
    CHECK(line_cell(LineState::unknown) != 0);
    CHECK(teams_cell(TeamsState::unknown) != 0);
}

TEST_CASE("a later time alone says nothing new") {
    CHECK(same_content(line_cell(LineState::idle, false, noon), line_cell(LineState::idle, false, at_ms(5000))));
    CHECK_FALSE(same_content(line_cell(LineState::idle), line_cell(LineState::active)));
    CHECK_FALSE(same_content(line_cell(LineState::idle), line_cell(LineState::idle, true)));
    CHECK_FALSE(same_content(0, line_cell(LineState::unknown)));
}

TEST_CASE("a verdict comes back as it went in") {
    for (unsigned status = 0; status < status_count; ++status)
        for (unsigned rule = 0; rule <= 16; ++rule)
            for (unsigned source = 0; source < source_count; ++source)
                for (std::uint32_t version : {0U, 1U, 77U, 0xffffffffU})
                    for (std::uint32_t epoch : {0U, 1U, 255U, 256U, Verdict::epochs - 1}) {
                        Verdict verdict{
                            version,
                            {static_cast<Status>(status), static_cast<std::uint8_t>(rule), static_cast<Source>(source)},
                            epoch};
                        auto back = Verdict::unpack(verdict.pack());
                        REQUIRE(back.version == version);
                        REQUIRE(back.conclusion == verdict.conclusion);
                        REQUIRE(back.epoch == epoch);
                    }
}
