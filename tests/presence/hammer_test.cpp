// Writers and readers on one table at full speed, bounded by counts and made for ThreadSanitizer: readers never see a
// verdict that no cells could give, versions never go back, and in the end verdict and since are the last change's.
#include "here.hpp"

#include <set>
#include <thread>

using namespace testing;

namespace {

constexpr Slot slots = 3;
constexpr long rounds = 20'000;
constexpr LineState lines[] = {LineState::idle, LineState::ringing, LineState::active, LineState::held};
constexpr TeamsState teams_words[] = {TeamsState::available, TeamsState::do_not_disturb, TeamsState::in_meeting,
                                      TeamsState::offline, TeamsState::presenting};

/// Every conclusion that some mix of the reports below can give.
std::set<std::string> possible() {
    Rules rules;
    std::set<std::string> texts{text(Conclusion{Status::unknown, 0, Source::telephony})}; // before the first report
    for (Cell line : {Cell{0}, line_cell(lines[0]), line_cell(lines[1]), line_cell(lines[2]), line_cell(lines[3])}) {
        texts.insert(text(rules.conclude(Cells{line, 0, 0, 0})));
        for (auto word : teams_words)
            texts.insert(text(rules.conclude(Cells{line, teams_cell(word), 0, 0})));
    }
    return texts;
}

/// The change of status with the highest version that a writer made, and the time it gave.
struct Last {
    std::uint32_t version = 0;
    Wall at{};
    void note(const std::optional<Change>& change, Wall now) {
        if (change && change->before != change->after && change->version > version) *this = {change->version, now};
    }
};

} // namespace

TEST_CASE("two writers and two readers") {
    Table table(slots);
    std::atomic<long> clock{0};
    std::atomic<int> writing{2};
    std::array<std::array<Last, slots>, 2> last{};
    auto writer = [&](Source source, std::size_t who, auto&& cell_of) {
        for (long i = 0; i < rounds; ++i) {
            auto slot = static_cast<Slot>(i % slots);
            auto now = at_ms(clock.fetch_add(1, std::memory_order_relaxed));
            last[who][slot].note(table.report(slot, source, cell_of(i), now), now);
        }
        writing.fetch_sub(1);
    };
    auto allowed = possible();
    std::atomic<int> impossible{0};
    std::atomic<int> backwards{0};
    std::atomic<int> apart{0};
    auto reader = [&](bool whole) {
        std::array<std::uint32_t, slots> seen{};
        Rules rules;
        for (long i = 0; writing.load() > 0; ++i) {
            auto slot = static_cast<Slot>(i % slots);
            auto verdict = table.verdict(slot);
            if (whole) {
                auto snapshot = table.read(slot);
                verdict = snapshot.verdict;
                if (snapshot.verdict.conclusion != rules.conclude(snapshot.cells)) ++apart;
            }
            if (!allowed.contains(text(verdict.conclusion))) ++impossible;
            if (verdict.version < seen[slot]) ++backwards;
            seen[slot] = verdict.version;
        }
    };
    {
        std::jthread one([&] { writer(Source::telephony, 0, [](long i) { return line_cell(lines[i / 3 % 4]); }); });
        std::jthread two([&] { writer(Source::teams, 1, [](long i) { return teams_cell(teams_words[i / 3 % 5]); }); });
        std::jthread three([&] { reader(false); });
        std::jthread four([&] { reader(true); });
    }
    CHECK(impossible == 0);
    CHECK(backwards == 0);
    CHECK(apart == 0);
    for (Slot slot = 0; slot < slots; ++slot) {
        auto snapshot = table.read(slot);
        CHECK(table.verdict(slot).conclusion == Rules().conclude(snapshot.cells));
        // Two writers may come to "since" in the other order than to their verdicts: the newer one stays.
        const Last& latest = last[0][slot].version > last[1][slot].version ? last[0][slot] : last[1][slot];
        CHECK(snapshot.since == latest.at);
    }
}

TEST_CASE("rules may be replaced while writers write") {
    Table table(slots);
    auto other = Rules::parse({"busy when line is active", "available when line is known"});
    REQUIRE(other.has_value());
    {
        std::jthread one([&] {
            for (long i = 0; i < rounds / 4; ++i)
                table.report(static_cast<Slot>(i % slots), Source::telephony, line_cell(lines[i / 3 % 4]), at_ms(i));
        });
        std::jthread two([&] {
            for (int i = 0; i < 50; ++i)
                table.replace_rules(i % 2 == 0 ? *other : Rules(), slots, at_ms(i), [](const Change&) {});
        });
    }
    for (Slot slot = 0; slot < slots; ++slot)
        CHECK(table.verdict(slot).conclusion == Rules().conclude(table.read(slot).cells));
}
