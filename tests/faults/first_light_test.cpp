// The happy way, against the strict simulator: every kind of target learns the whole truth and follows calls.
#include "faults/harness.hpp"

using namespace faults;

namespace {

struct Row {
    const char* name;
    lamp::xsi::TargetKind target;
    const char* group;
};

} // namespace

TEST_CASE("each kind of target learns the truth and follows a call") {
    for (const Row& row :
         {Row{"user", lamp::xsi::TargetKind::user, ""}, Row{"enterprise", lamp::xsi::TargetKind::enterprise, ""}}) {
        CAPTURE(row.name);
        Harness h({}, [&](auto& options) {
            options.target = row.target;
            options.group = row.group;
        });
        h.require_truth(10s);
        h.command("call", {{"from", "2000"}, {"to", "2001"}});
        h.require_truth(2s);
        h.command("answer", {{"user", "2001"}});
        h.require_truth(2s);
        h.command("hold", {{"user", "2000"}});
        h.require_truth(2s);
        h.command("retrieve", {{"user", "2000"}});
        h.command("dnd", {{"user", "2005"}, {"active", true}});
        h.command("forward", {{"user", "2006"}, {"kind", "always"}, {"active", true}, {"to", "2007"}});
        h.require_truth(2s);
        h.command("hangup", {{"user", "2000"}});
        h.require_truth(2s);
        CHECK(within(5s, [&] { return h.report().ready; }));
        auto report = h.report();
        CHECK(report.lines_known == report.lines_total);
        CHECK(report.counters.gaps == 0);
    }
}
