// An agent follows the person's meetings: conversations with a platform and a disk that do what the rows say.
#include "acd/follow.hpp"

#include <array>
#include <doctest/doctest.h>
#include <random>

using namespace lamp;
using namespace lamp::acd;
using namespace std::chrono_literals;
using presence::AgentState;

namespace {

const std::string line = "alice@example.net";

/// One agent on a platform, a disk, and time. `run` does what the machine wants until it wants nothing more.
struct Office {
    explicit Office(FollowSettings settings = {.on = true, .code = "1007"}) : wanted(std::move(settings)) {
        follow.use(wanted, now);
    }

    FollowSettings wanted;
    Follow follow;
    Steady now{1h};
    calls::AgentCard platform{.state = AgentState::available, .code = {}, .queues = {}};
    std::vector<Kept> disk;
    std::vector<std::string> done; // "save", "write unavailable 1007" …
    bool disk_full = false;
    bool echoes = true;                 // the platform tells of changes
    std::optional<Error> write_fails{}; // … without having done it
    bool answer_lost = false;           // … but it has done it
    std::optional<Error> read_fails{};
    std::function<void()> before_write{}; // somebody is faster

    void hear() { follow.heard(line, platform.state, now); }
    void meeting(std::optional<bool> away) { wish(away ? std::optional(Wish{*away}) : std::nullopt); }
    void wish(std::optional<Wish> wish) {
        follow.wish(line, wish, now);
        run();
    }
    void user(AgentState state, std::string code = {}) {
        platform.state = state;
        platform.code = std::move(code);
        hear();
        run();
    }
    void after(milliseconds time) {
        auto end = now + time;
        while (follow.wake_at() <= end) {
            now = std::max(now, follow.wake_at());
            run();
        }
        now = end;
    }
    void run() {
        for (auto actions = follow.turn(now); !actions.empty(); actions = follow.turn(now))
            for (const auto& action : actions)
                perform(action);
    }
    void perform(const Follow::Action& action) {
        using Verb = Follow::Action::Verb;
        switch (action.verb) {
        case Verb::save:
            done.push_back(action.kept.written ? "mark" : "save");
            if (!disk_full) disk = {action.kept};
            return follow.saved(action.line, !disk_full, now);
        case Verb::erase:
            done.emplace_back("erase");
            if (!disk_full) disk.clear();
            return follow.saved(action.line, !disk_full, now);
        case Verb::write: return write(action);
        case Verb::read:
            done.emplace_back("read");
            if (read_fails) return follow.read(action.line, std::unexpected(*read_fails), now);
            return follow.read(action.line, platform, now);
        }
    }
    void write(const Follow::Action& action) {
        if (before_write) std::exchange(before_write, {})();
        done.push_back("write " + std::string(name(action.state)) + (action.code.empty() ? "" : " " + action.code));
        REQUIRE(disk.size() == 1); // the intent is on disk before the write
        if (write_fails) return follow.wrote(action.line, std::unexpected(*write_fails), now);
        platform.state = action.state;
        platform.code = action.code;
        if (echoes) hear();
        if (answer_lost) return follow.wrote(action.line, fail(Category::timeout, "It was silent."), now);
        follow.wrote(action.line, {}, now);
    }
    [[nodiscard]] std::string all() const {
        std::string text;
        for (const auto& one : done)
            text += (text.empty() ? "" : ", ") + one;
        return text;
    }
};

/// In a meeting and unavailable because of it.
Office in_meeting() {
    Office office;
    office.hear();
    office.meeting(true);
    office.after(5s);
    CHECK(office.all() == "save, write unavailable 1007, read, mark");
    office.done.clear();
    return office;
}

} // namespace

TEST_CASE("a free agent goes with the meeting and comes back") {
    Office office;
    office.hear();
    office.meeting(true);
    CHECK(office.all() == "");
    office.after(4s);
    CHECK(office.all() == "");
    office.after(1s);
    CHECK(office.all() == "save, write unavailable 1007, read, mark");
    CHECK(office.platform == calls::AgentCard{AgentState::unavailable, "1007", {}});
    CHECK(office.follow.holds(line));
    CHECK(office.disk == std::vector<Kept>{{line, "1007", true}});
    office.after(1h);
    office.done.clear();
    office.meeting(false);
    office.after(4s);
    CHECK(office.all() == "");
    office.after(1s);
    CHECK(office.all() == "read, write available, erase");
    CHECK(office.platform.state == AgentState::available);
    CHECK(office.disk.empty());
    CHECK_FALSE(office.follow.holds(line));
    office.after(24h);
    CHECK(office.all() == "read, write available, erase"); // no loop with our own echo
}

TEST_CASE("who is not free is left alone") {
    for (auto state : {AgentState::unavailable, AgentState::sign_out, AgentState::none, AgentState::wrap_up}) {
        Office office;
        office.platform.state = state;
        office.hear();
        office.meeting(true);
        office.after(1h);
        office.meeting(false);
        office.after(1h);
        CAPTURE(name(state));
        CHECK(office.all() == "");
    }
    Office off({.on = false});
    off.hear();
    off.meeting(true);
    off.after(1h);
    CHECK(off.all() == "");
}

TEST_CASE("a meeting that lasts a moment, and two that follow each other") {
    Office office;
    office.hear();
    office.meeting(true);
    office.after(3s);
    office.meeting(false);
    office.after(1h);
    CHECK(office.all() == "");
    auto next = in_meeting();
    next.meeting(false);
    next.after(3s);
    next.meeting(true);
    next.after(1h);
    CHECK(next.all() == "");
    CHECK(next.platform.state == AgentState::unavailable);
}

TEST_CASE("a call's wrap-up ends in the meeting: then it is time") {
    Office office;
    office.platform.state = AgentState::wrap_up;
    office.hear();
    office.meeting(true);
    office.after(1min);
    CHECK(office.all() == "");
    office.user(AgentState::available); // by the platform's timer
    office.after(5s);
    CHECK(office.platform.state == AgentState::unavailable);
}

TEST_CASE("the user wins") {
    SUBCASE("free again in the meeting: for as long as it lasts") {
        auto office = in_meeting();
        office.user(AgentState::available);
        office.after(1h);
        CHECK(office.all() == "read, erase");
        CHECK(office.platform.state == AgentState::available);
        office.meeting(false);
        office.after(1min);
        CHECK(office.all() == "read, erase");
        office.meeting(true); // the next one counts again
        office.after(5s);
        CHECK(office.platform.state == AgentState::unavailable);
    }
    SUBCASE("signed out in the meeting: stays so") {
        auto office = in_meeting();
        office.user(AgentState::sign_out);
        office.meeting(false);
        office.after(1h);
        CHECK(office.platform.state == AgentState::sign_out);
        CHECK(office.disk.empty());
    }
    SUBCASE("another reason, which nobody tells of: found when it would be given back") {
        auto office = in_meeting();
        office.platform.code = "1";
        office.meeting(false);
        office.after(1h);
        CHECK(office.all() == "read, erase");
        CHECK(office.platform == calls::AgentCard{AgentState::unavailable, "1", {}});
    }
    SUBCASE("free by hand before we came to it") {
        Office office;
        office.platform.state = AgentState::unavailable;
        office.hear();
        office.meeting(true);
        office.after(1min);
        office.user(AgentState::available);
        office.after(1h);
        CHECK(office.all() == "");
        CHECK(office.platform.state == AgentState::available);
    }
    SUBCASE("unavailable by hand while the intent goes to disk") {
        Office office;
        office.hear();
        office.meeting(true);
        office.before_write = [&office] { office.platform = {AgentState::unavailable, "1", {}}; };
        office.write_fails = Error(Category::conflict, "No.");
        office.after(1h);
        CHECK(office.platform.code == "1");
        CHECK(office.disk.empty());
    }
}

TEST_CASE("an old word about the agent, told after our write, is no user") {
    auto office = in_meeting();
    office.follow.heard(line, AgentState::available, office.now);
    office.run();
    CHECK(office.all() == "read");
    office.after(1h);
    CHECK(office.follow.holds(line));
}

TEST_CASE("what fails is tried again; what is refused is not") {
    SUBCASE("the answer is lost: it is read back") {
        Office office;
        office.hear();
        office.answer_lost = true;
        office.meeting(true);
        office.after(5s);
        CHECK(office.platform.state == AgentState::unavailable);
        office.after(10s);
        CHECK(office.all() == "save, write unavailable 1007, read, mark");
    }
    SUBCASE("the platform is away for a while") {
        Office office;
        office.hear();
        office.write_fails = Error(Category::unavailable, "Busy.");
        office.meeting(true);
        office.after(1min);
        CHECK(office.platform.state == AgentState::available);
        CHECK(office.follow.held() == 0);
        office.write_fails.reset();
        office.after(10min);
        CHECK(office.platform.state == AgentState::unavailable);
        CHECK(office.follow.problems().empty());
    }
    SUBCASE("no right: once a meeting, and it is said") {
        Office office;
        office.hear();
        office.write_fails = Error(Category::forbidden, "Not allowed.");
        office.meeting(true);
        office.after(1h);
        CHECK(office.all() == "save, write unavailable 1007, erase");
        CHECK(office.follow.problems() == std::vector<std::string>{line + ": Not allowed."});
    }
    SUBCASE("the line is gone for a while: what is there because of us is not forgotten") {
        auto office = in_meeting();
        office.read_fails = Error(Category::not_found, "No such line.");
        office.meeting(false);
        office.after(1h);
        CHECK(office.disk.size() == 1);
        CHECK(office.follow.problems().size() == 1);
        office.read_fails.reset();
        office.after(10min);
        CHECK(office.platform.state == AgentState::available);
        CHECK(office.follow.problems().empty());
    }
    SUBCASE("giving back fails for a while") {
        auto office = in_meeting();
        office.write_fails = Error(Category::network, "Lost.");
        office.meeting(false);
        office.after(10min);
        CHECK(office.platform.state == AgentState::unavailable);
        CHECK(office.disk.size() == 1);
        office.write_fails.reset();
        office.after(10min);
        CHECK(office.platform.state == AgentState::available);
        CHECK(office.disk.empty());
    }
    SUBCASE("the disk is full: nothing is written") {
        Office office;
        office.hear();
        office.disk_full = true;
        office.meeting(true);
        office.after(10min);
        CHECK(office.platform.state == AgentState::available);
        office.disk_full = false;
        office.after(10min);
        CHECK(office.platform.state == AgentState::unavailable);
    }
}

TEST_CASE("a new start finds what is on disk") {
    struct Row {
        const char* what;
        Kept kept;
        calls::AgentCard found;
        std::optional<bool> away; // as Teams says once it speaks; nothing: it never does
        AgentState ends;
        bool on_disk;
    };
    using enum AgentState;
    const Kept written{line, "1007", true}, intent{line, "1007", false};
    const Row rows[] = {
        {"the meeting goes on", written, {unavailable, "1007", {}}, true, unavailable, true},
        {"it is over", written, {unavailable, "1007", {}}, false, available, false},
        {"Teams never speaks", written, {unavailable, "1007", {}}, std::nullopt, available, false},
        {"the user was free meanwhile", written, {available, "", {}}, true, available, false},
        {"the user has another reason", written, {unavailable, "1", {}}, false, unavailable, false},
        {"crashed before the write, it goes on", intent, {available, "", {}}, true, unavailable, true},
        {"crashed before the write, it is over", intent, {available, "", {}}, false, available, false},
        {"crashed after the write", intent, {unavailable, "1007", {}}, false, available, false},
        {"signed out meanwhile", intent, {sign_out, "", {}}, true, sign_out, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Office office;
        office.disk = {row.kept};
        office.platform = row.found;
        office.follow.adopt({row.kept}, office.now);
        office.after(1s);
        CHECK(office.all() == ""); // the platform's lines are not known yet
        office.hear();
        office.run();
        office.after(1s);
        if (row.away) office.meeting(*row.away);
        office.after(20min);
        CHECK(office.platform.state == row.ends);
        CHECK(!office.disk.empty() == row.on_disk);
    }
}

TEST_CASE("Teams falls silent: what is, stays for a while; nothing begins") {
    auto office = in_meeting();
    office.meeting(std::nullopt);
    office.after(9min);
    CHECK(office.platform.state == AgentState::unavailable);
    office.meeting(true);
    office.after(20min);
    CHECK(office.platform.state == AgentState::unavailable);
    office.meeting(std::nullopt);
    office.after(11min);
    CHECK(office.platform.state == AgentState::available);
    Office silent;
    silent.hear();
    silent.meeting(std::nullopt);
    silent.after(1h);
    CHECK(silent.all() == "");
}

TEST_CASE("switched off it gives everything back, switched on it begins") {
    auto office = in_meeting();
    office.wanted.on = false;
    office.follow.use(office.wanted, office.now);
    office.after(1min);
    CHECK(office.platform.state == AgentState::available);
    CHECK(office.disk.empty());
    office.wanted.on = true;
    office.follow.use(office.wanted, office.now);
    office.after(1min);
    CHECK(office.platform.state == AgentState::unavailable);
    Office late({.on = false});
    late.disk = {{line, "1007", true}};
    late.platform = {AgentState::unavailable, "1007", {}};
    late.follow.adopt(late.disk, late.now);
    late.hear();
    late.after(1min);
    CHECK(late.platform.state == AgentState::available);
}

TEST_CASE("the echo of giving back comes when the next meeting has begun") {
    auto office = in_meeting();
    office.echoes = false;
    office.meeting(false);
    office.after(5s);
    CHECK(office.all() == "read, write available, erase");
    office.meeting(true);
    office.hear();
    office.after(5s);
    CHECK(office.platform.state == AgentState::unavailable);
}

TEST_CASE("each reason has its code; one that follows another keeps the first one's") {
    Office office({.on = true, .code = "1007", .codes = {{Reason::away, "1008"}}});
    office.hear();
    office.wish(Wish{true, Reason::away});
    office.after(5s);
    CHECK(office.platform == calls::AgentCard{AgentState::unavailable, "1008", {}});
    office.wish(Wish{true, Reason::meeting});
    office.after(1h);
    CHECK(office.platform.code == "1008");
    CHECK(office.all() == "save, write unavailable 1008, read, mark");
    office.wish(Wish{});
    office.after(1min);
    CHECK(office.platform.state == AgentState::available);
    office.wish(Wish{true, Reason::meeting});
    office.after(1min);
    CHECK(office.platform.code == "1007");
}

TEST_CASE("whatever comes in whatever order: it ends, the user wins, and nothing of ours is left behind") {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        auto roll = [&random](unsigned sides) { return static_cast<unsigned>(random() % sides); };
        Office office({.on = true, .code = "1007", .codes = {{Reason::away, "1008"}}});
        office.hear();
        for (int step = 0; step < 30; ++step) {
            switch (roll(7)) {
            case 0: office.wish(Wish{}); break;
            case 1: office.wish(std::nullopt); break;
            case 2: office.user(std::array{AgentState::available, AgentState::sign_out}.at(roll(2))); break;
            case 3: office.user(AgentState::unavailable, "1"); break;
            case 4: office.echoes = !office.echoes; break;
            case 5: office.wish(Wish{true, static_cast<Reason>(roll(4))}); break;
            default: break;
            }
            auto found = office.platform;
            office.after(milliseconds(roll(20'000)));
            // What a user chose is never written over: neither signed out nor a code of his own.
            if (found.state == AgentState::sign_out || found.code == "1") CHECK(office.platform == found);
        }
        office.echoes = true;
        office.hear();
        office.run();
        office.wish(Wish{});
        office.after(1h);
        auto steps = office.done.size();
        CHECK(office.disk.empty());
        CHECK(office.follow.held() == 0);
        CHECK(office.platform.code != "1007");
        CHECK(office.platform.code != "1008");
        office.hear();
        office.after(24h);
        CHECK(office.done.size() == steps); // no loop
        CHECK(office.done.size() <= 30U * 8);
    }
}
