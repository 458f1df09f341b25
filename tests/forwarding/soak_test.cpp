// Fifty thousand random claims with everything going wrong at random: at rest the platform is as its users want it. And
// a thousand lines at the full hour.
#include <cstdlib>
#include <fmt/format.h>
#include <random>

#include "world.hpp"

using namespace testing;

namespace {

using Verb = World::Verb;

/// An office whose platform, disk and users act while the machine runs: every request takes its time, and may fail, be
/// lost, or be done long after it was given up.
class Office {
public:
    explicit Office(std::uint64_t seed, Rules rules = {}) : world(std::move(rules), 4), random_(seed) {
        world.telling = false;
        world.users_own = [](const std::string& to) { return to.starts_with("07000"); };
        for (const char* line : {"alice@x", "bob@x", "carol@x"})
            lines.emplace_back(line);
        for (int i = 0; i < 7; ++i)
            lines.push_back(fmt::format("line{}@x", i));
        for (const std::string& line : lines) {
            user_[line] = chance(50) ? Always{true, fresh_number()} : Always{};
            world.platform.of(line).always = user_[line];
        }
    }

    template <class List>
    const typename List::value_type& any(const List& of) {
        return of[static_cast<std::size_t>(number(0, static_cast<int>(of.size()) - 1))];
    }
    void claim_something() {
        const std::string& line = any(lines);
        static constexpr std::array sources{Source::operator_, Source::calendar, Source::smartbusy};
        static const std::vector<std::string> targets{"2001",       "2002",       "2003",         "1233",
                                                      "0612345678", "0687654321", "06 1111 2222", "112",
                                                      "lunch",      "0900123456", "+31201232001"};
        Claim claim{.source = any(sources), .name = fmt::format("{}", number(0, 3)), .to = any(targets)};
        claim.from = world.wall + seconds(chance(50) ? 0 : number(0, 300));
        if (claim.source != Source::smartbusy || chance(50)) claim.until = claim.from + seconds(number(1, 600));
        if (world.room->put(line, claim, world.now())) ++claims;
        if (!claim.until) open_.insert({line, claim.name});
    }
    void end_something() {
        if (open_.empty()) return;
        auto at = std::next(open_.begin(), number(0, static_cast<int>(open_.size()) - 1));
        world.room->drop(at->first, Source::smartbusy, at->second, world.now());
        open_.erase(at);
    }
    void edit_something() {
        const std::string& line = any(lines);
        Always edit{true, fresh_number()};
        if (chance(30)) {
            // Switching off looks like a baseline that is off; it can be told from ours only once ours is settled.
            auto row = world.disk.find(line);
            bool owned = row != world.disk.end() && row->second.owned;
            bool plain = !owned || (row->second.owned->verified && row->second.owned->may_be.empty() &&
                                    !row->second.owned->baseline.always->active && !user_[line].active);
            if (!plain || busy(line) || !world.always(line).active) return;
            edit = {false, world.always(line).to};
        }
        user_[line] = edit;
        world.platform.edit(line, edit);
        ++edits;
    }
    /// Only when what the user wants can still be found out by anybody: it is on the platform and stays there, or on
    /// disk.
    void crash_if_fair() {
        for (const std::string& line : lines) {
            auto row = world.disk.find(line);
            bool on_disk =
                row != world.disk.end() && row->second.owned && *row->second.owned->baseline.always == user_[line];
            bool hides = std::ranges::any_of(under_way_,
                                             [&](const UnderWay& one) {
                                                 return one.action.line == line && one.action.verb == Verb::write &&
                                                        !one.performed;
                                             }) ||
                         std::ranges::any_of(late_, [&](const auto& one) { return one.second.line == line; });
            // Switched off by the user, or by us so that several may ring: after a crash the two look alike.
            bool looks_like_ours = row != world.disk.end() && row->second.owned && !row->second.owned->verified &&
                                   !row->second.owned->ours.always->active && !user_[line].active;
            if (!on_disk && (hides || looks_like_ours || !same(line))) return;
        }
        for (UnderWay& one : under_way_)
            if (one.action.verb == Verb::write && !one.performed && chance(50))
                late_.emplace(world.steady + milliseconds(number(0, 10'000)), std::move(one.action));
        under_way_.clear();
        told_.clear();
        world.crash(seconds(chance(80) ? 0 : number(1, 1200)));
        // Sources tell again who is in a meeting, and who is not.
        for (const std::string& line : lines)
            for (const Claim& claim : world.room->claims(line))
                if (claim.source == Source::smartbusy && !claim.until && !open_.contains({line, claim.name}))
                    world.room->drop(line, Source::smartbusy, claim.name, world.now());
        ++crashes;
    }

    void let_pass(milliseconds time) {
        for (auto until = world.steady + time; world.steady < until;) {
            act();
            auto next = std::min({until, world.room->wake_at(), first()});
            world.pass(std::max(1ms, std::chrono::ceil<milliseconds>(next - world.steady)));
            happen();
        }
        act();
    }
    /// Everything is well again, all claims end, everything is answered.
    void calm() {
        world.away = world.disk_full = false;
        calm_ = true;
        while (!open_.empty())
            end_something();
        for (const std::string& line : lines)
            for (const Claim& claim : world.room->claims(line))
                if (!claim.until) world.room->drop(line, claim.source, claim.name, world.now());
        let_pass(40min);
        calm_ = false;
        for (const std::string& line : lines) {
            CAPTURE(line);
            CAPTURE(user_[line].to);
            CAPTURE(world.shows(line));
            CHECK(same(line));
            CHECK(world.platform.of(line).simultaneous->active == false);
            CHECK(world.platform.of(line).sequential->active == false);
        }
        CHECK(world.disk.empty());
        CHECK(world.room->counts().under_way == 0);
        CHECK(world.room->counts().lines == 0);
        static_cast<void>(world.room->take_audit());
    }
    void trouble() {
        world.away = chance(20);
        world.disk_full = chance(10);
        if (chance(5)) world.wall += seconds(number(-300, 300));
    }
    bool chance(int percent) { return number(1, 100) <= percent; }
    int number(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }

    World world;
    std::vector<std::string> lines;
    int claims = 0;
    int edits = 0;
    int crashes = 0;
    int lost = 0;

private:
    struct UnderWay {
        World::Action action;
        Steady perform_at;
        Steady answer_at;
        bool performed = false;
        World::Answer answer{};
    };

    std::string fresh_number() { return fmt::format("07{:08}", ++numbers_); }
    bool same(const std::string& line) { return Same(dialling_, line).always(world.always(line), user_[line]); }
    bool busy(const std::string& line) {
        return std::ranges::any_of(under_way_, [&](const UnderWay& one) { return one.action.line == line; }) ||
               std::ranges::any_of(late_, [&](const auto& one) { return one.second.line == line; }) ||
               std::ranges::any_of(told_, [&](const auto& one) { return one.second.line == line; });
    }
    Steady first() {
        auto at = Steady::max();
        for (const UnderWay& one : under_way_)
            at = std::min(at, one.performed ? one.answer_at : one.perform_at);
        if (!late_.empty()) at = std::min(at, late_.begin()->first);
        if (!told_.empty()) at = std::min(at, told_.front().first);
        return at;
    }
    void act() {
        while (auto action = world.take()) {
            bool twice = std::ranges::any_of(under_way_, [&](const UnderWay& one) {
                return one.action.line == action->line &&
                       (one.action.verb == Verb::save) == (action->verb == Verb::save);
            });
            REQUIRE_FALSE(twice);
            auto perform_at = world.steady + milliseconds(number(1, 200));
            under_way_.push_back({std::move(*action), perform_at, perform_at + milliseconds(number(1, 200))});
        }
    }
    void happen() {
        while (!late_.empty() && late_.begin()->first <= world.steady) {
            auto action = std::move(late_.extract(late_.begin()).mapped());
            static_cast<void>(world.platform.put(action.line, action.parts, action.setting));
        }
        for (UnderWay& one : under_way_)
            if (!one.performed && one.perform_at <= world.steady) perform(one);
        for (auto& event : std::exchange(world.platform.events, {})) {
            auto at = world.steady + milliseconds(number(0, 1000));
            if (!told_.empty()) at = std::max(at, told_.back().first); // in their order
            told_.emplace_back(at, std::move(event));
        }
        while (!told_.empty() && told_.front().first <= world.steady) {
            auto event = std::move(told_.front().second);
            told_.pop_front();
            world.room->heard(event.line, event.always, world.now());
        }
        for (std::size_t i = 0; i < under_way_.size();) {
            if (!under_way_[i].performed || under_way_[i].answer_at > world.steady) {
                ++i;
                continue;
            }
            auto one = std::move(under_way_[i]);
            under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(i));
            world.answer(one.action, one.answer);
        }
    }
    void perform(UnderWay& one) {
        one.performed = true;
        int luck = calm_ ? 100 : number(1, 100);
        if (luck <= 4) {
            one.answer = World::failure(Category::unavailable); // not done
        } else if (luck <= 8 && one.action.verb != Verb::read) {
            static_cast<void>(world.perform(one.action)); // done, and nobody knows
            one.answer = World::failure(Category::timeout);
            ++lost;
        } else if (luck <= 10 && one.action.verb == Verb::write) {
            late_.emplace(world.steady + milliseconds(number(500, 20'000)), one.action);
            one.answer = World::failure(Category::timeout);
            ++lost;
        } else
            one.answer = world.perform(one.action);
    }

    std::mt19937_64 random_;
    Dialling dialling_ = dutch();
    std::map<std::string, Always> user_; // what each user wants, as he has set it last
    std::set<std::pair<std::string, std::string>> open_;
    std::vector<UnderWay> under_way_;
    std::multimap<Steady, World::Action> late_;
    std::deque<std::pair<Steady, Platform::Event>> told_;
    int numbers_ = 0;
    bool calm_ = false;
};

} // namespace

TEST_CASE("fifty thousand random claims, everything going wrong: at rest the platform is as its users want it") {
    int claims = 0;
    int edits = 0;
    int crashes = 0;
    int lost = 0;
    const char* more = std::getenv("LAMP_SOAK_CLAIMS"); // for a night
    int most = more ? std::atoi(more) : 50'000;
    for (std::uint64_t seed = 1; claims < most; ++seed) {
        CAPTURE(seed);
        static constexpr std::array several{Several::first, Several::simultaneous, Several::sequential};
        Office office(seed, {.several = several[seed % 3]});
        while (office.claims < 250) {
            office.claim_something();
            if (office.chance(60)) office.end_something();
            if (office.chance(30)) office.edit_something();
            if (office.chance(10)) office.trouble();
            if (office.chance(5)) office.crash_if_fair();
            office.let_pass(milliseconds(office.number(0, 20'000)));
            if (office.chance(2)) office.calm();
        }
        office.calm();
        claims += office.claims;
        edits += office.edits;
        crashes += office.crashes;
        lost += office.lost;
    }
    MESSAGE(claims << " claims, " << edits << " changes by users, " << crashes << " crashes, " << lost
                   << " writes and saves whose answer was lost");
    CHECK(edits > 1000);
    CHECK(crashes > 100);
    CHECK(lost > 1000);
}

TEST_CASE("a thousand lines at the full hour: paced, and all within thirty seconds") {
    World world;
    world.telling = false;
    constexpr int lines = 1000;
    for (int i = 0; i < lines; ++i)
        world.put(appointment("a", "0612345678", at(9), at(10)), fmt::format("line{}@x", i));
    constexpr milliseconds request = 100ms; // a slow platform
    constexpr milliseconds save = 5ms;
    std::multimap<Steady, World::Action> under_way;
    std::size_t at_once = 0;
    auto written = [&] { return world.room->counts().in_force == lines; };
    auto run_until = [&](auto done, Wall limit) {
        while (!done() && world.wall < limit) {
            while (auto action = world.take())
                under_way.emplace(world.steady + (action->verb == Verb::save ? save : request), std::move(*action));
            std::size_t asked = static_cast<std::size_t>(
                std::ranges::count_if(under_way, [](const auto& one) { return one.second.verb != Verb::save; }));
            at_once = std::max(at_once, asked);
            auto next = std::min(world.room->wake_at(), under_way.empty() ? Steady::max() : under_way.begin()->first);
            world.pass(std::max(1ms, std::chrono::ceil<milliseconds>(next - world.steady)));
            while (!under_way.empty() && under_way.begin()->first <= world.steady) {
                auto one = under_way.extract(under_way.begin());
                world.answer(one.mapped(), world.perform(one.mapped()));
                world.deliver();
            }
        }
    };
    auto begun = std::chrono::steady_clock::now();
    run_until(written, at(9, 5));
    CHECK(written());
    CHECK(world.wall - at(9) <= 30s);
    CHECK(at_once <= 16);
    MESSAGE("written " << (world.wall - at(9)).count() << " ms after the hour, " << at_once << " requests at once");
    run_until([&] { return world.disk.empty(); }, at(10, 5));
    CHECK(world.disk.empty());
    CHECK(world.wall - at(10) <= 45s);
    int left_on = 0;
    for (int i = 0; i < lines; ++i)
        left_on += world.shows(fmt::format("line{}@x", i)) == "off" ? 0 : 1;
    CHECK(left_on == 0);
    MESSAGE("let go " << (world.wall - at(10)).count() << " ms after their end; the machine itself took "
                      << std::chrono::floor<milliseconds>(std::chrono::steady_clock::now() - begun).count()
                      << " ms of real time");
}
