// Our own words that come back: when a reading is an echo, and when it is the person's own call.
#include "adapters/teams/echo.hpp"

#include "here.hpp"

namespace {

using namespace lamp::teams;
using namespace std::chrono_literals;
using lamp::Steady;
using lamp::graph::Pair;
using lamp::graph::Word;

const auto anna = guid(1);
const Steady start = Steady() + 1h;
constexpr Pair call{Word::busy, Word::in_a_call};
constexpr Pair swapped_call{Word::in_a_call, Word::busy};
constexpr Pair available{Word::available, Word::available};
constexpr Pair presenting{Word::do_not_disturb, Word::presenting};

} // namespace

TEST_CASE("echo or not") {
    struct Step {
        enum class What { writes, fails, clears, reads } what;
        lamp::milliseconds at;
        Pair pair{};
        bool echo = false;
    };
    using enum Step::What;
    struct Row {
        const char* what;
        std::vector<Step> steps;
    };
    // clang-format off
    const Row rows[] = {
        {"a call that we did not write", {{reads, 0s, call, false}}},
        {"ours, for as long as it lives", {{writes, 0s}, {reads, 1s, call, true}, {reads, 40min, call, true}}},
        {"with its words swapped", {{writes, 0s}, {reads, 1s, swapped_call, true}}},
        {"other states while ours lives are the person's", {{writes, 0s}, {reads, 1s, presenting, false}, {reads, 2s, call, true}}},
        {"readers are late: still ours a minute after the clearing", {{writes, 0s}, {clears, 10s}, {reads, 70s, call, true}}},
        {"long after it is the person's own", {{writes, 0s}, {clears, 10s}, {reads, 86s, call, false}}},
        {"another state was seen after the clearing: a call is the person's own", {{writes, 0s}, {clears, 10s}, {reads, 12s, available, false}, {reads, 15s, call, false}}},
        {"another state seen before the clearing proves nothing", {{writes, 0s}, {reads, 5s, available, false}, {clears, 10s}, {reads, 12s, call, true}}},
        {"a second call begins before the first one's echo is over", {{writes, 0s}, {clears, 10s}, {writes, 20s}, {reads, 200s, call, true}}},
        {"a write that was refused", {{writes, 0s}, {fails, 1s}, {reads, 2s, call, false}}},
        {"a refused write after a session that is just over", {{writes, 0s}, {clears, 10s}, {writes, 20s}, {fails, 21s}, {reads, 70s, call, true}, {reads, 86s, call, false}}},
        {"clearing what was never written", {{clears, 10s}, {reads, 12s, call, false}}},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.what);
        EchoFilter echo;
        for (const Step& step : row.steps) {
            CAPTURE(step.at.count());
            if (step.what == writes) echo.wrote(anna);
            if (step.what == fails) echo.did_not_write(anna);
            if (step.what == clears) echo.cleared(anna, start + step.at);
            if (step.what == reads) CHECK(echo.is_echo(anna, step.pair, start + step.at) == step.echo);
        }
    }
}

TEST_CASE("marks that are over are tidied away") {
    EchoFilter echo;
    echo.wrote(anna);
    echo.wrote(guid(2));
    echo.cleared(anna, start);
    echo.tidy(start + 74s);
    CHECK(echo.size() == 2);
    echo.tidy(start + 75s);
    CHECK(echo.size() == 1);
}
