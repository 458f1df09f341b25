// 12.8, 12.9: documents are cut by what they are and not by chunks, lines or prefixes: every way in which the
// simulator can cut and dress them, from the Channel document on.
#include "faults/fleet.hpp"

using namespace faults;

TEST_CASE("12.8, 12.9: each way to cut and dress documents gives the same lamps") {
    struct Row {
        std::string mode;
    };
    auto members =
        fleet<Row>({{"bytes"},
                    {"split"},
                    {"multibyte"},
                    {"coalesce"},
                    {"no_declaration"},
                    {"declaration_lf"},
                    {"lf_between"},
                    {"space_between"},
                    {"alternative_prefix"},
                    {"default_namespace"},
                    {"attribute_order"},
                    {"line_feeds"},
                    {"latin1"},
                    {"bom"}},
                   [](const Row& row) {
                       return Setup{.world = small_office(1, 7), .before = [&row](sim::World& world) {
                                        REQUIRE(world.command("fault", {{"kind", "framing"}, {"mode", row.mode}}));
                                    }};
                   });
    for (auto& [row, h] : members) {
        CAPTURE(row.mode);
        h->require_truth(10s);
        make_calls(*h);
    }
    for (auto& [row, h] : members) {
        CAPTURE(row.mode);
        h->require_truth(4s);
        h->command("hangup", {{"user", "2000"}});
        h->command("retrieve", {{"user", "2002"}});
        h->command("answer", {{"user", "2005"}});
        h->command("incoming", {{"to", "2006"}, {"name", "Zoë Müller-Ångström"}});
    }
    for (auto& [row, h] : members) {
        CAPTURE(row.mode);
        h->require_truth(4s);
        auto report = h->report();
        CHECK(report.counters.malformed == 0);
        CHECK(report.counters.refused == 0);
        CHECK(report.counters.gaps == 0);
        CHECK(report.channels.at(0).counters.opens == 1);
    }
}
