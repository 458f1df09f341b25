// A platform that is strict, a disk, and the forwardings between them, on a clock of the test. Each action of the
// machine is taken, done and answered as separate steps, so that anything may happen in between.
#pragma once
#include <set>

#include "here.hpp"

namespace testing {

/// What one line's services are; refuses what BroadWorks refuses, tells what BroadWorks tells.
class Platform {
public:
    struct Event {
        std::string line;
        Always always;
    };

    [[nodiscard]] Setting& of(const std::string& line) {
        auto [at, fresh] = lines_.try_emplace(line);
        if (fresh) at->second = {Always{}, Rings{}, Rings{}};
        return at->second;
    }
    Result<Setting> get(const std::string& line, Parts parts) { return only(of(line), parts); }
    Result<void> put(const std::string& line, Parts parts, const Setting& wanted) {
        Setting& there = of(line);
        if (parts != parts_of(wanted) || parts == 0) return fail(Category::invalid, "The document is not whole.");
        if (wanted.always && wanted.always->active && wanted.always->to.empty())
            return fail(Category::invalid, "A number must be present when enabled.");
        for (const auto* rings : {&wanted.simultaneous, &wanted.sequential})
            if (*rings && (*rings)->active && (*rings)->places.empty())
                return fail(Category::invalid, "It cannot be active without a number.");
        if (wanted.always && refused.contains(wanted.always->to))
            return fail(Category::forbidden, "The calling plan does not allow this number.");
        merge(there, wanted);
        if (wanted.always) events.push_back({line, *wanted.always});
        ++writes;
        return {};
    }
    /// The user, on his telephone or in the portal.
    void edit(const std::string& line, Always always) {
        of(line).always = always;
        events.push_back({line, std::move(always)});
    }

    std::vector<Event> events; // not delivered yet
    std::set<std::string> refused;
    int writes = 0;

private:
    std::map<std::string, Setting> lines_;
};

class World {
public:
    using Action = Forwardings::Action;
    using Verb = Reconciler::Verb;

    explicit World(Rules rules_ = {}, std::size_t parallel_ = 16) : rules(std::move(rules_)), parallel(parallel_) {
        start();
    }
    [[nodiscard]] Now now() const { return {steady, wall}; }

    // --- the daemon
    void start() {
        room = std::make_unique<Forwardings>(rules, dutch(), Times{}, parallel);
        std::vector<Stored> rows;
        for (const auto& [line, stored] : disk)
            rows.push_back(stored);
        room->load(std::move(rows), now());
    }
    /// kill -9 and a new start, `down` later. What was under way is never answered; what happened meanwhile is not
    /// told.
    void crash(milliseconds down = 0ms) {
        room.reset();
        pass(down);
        platform.events.clear();
        start();
    }
    void put(Claim claim, const std::string& line = "alice@x") {
        auto done = room->put(line, std::move(claim), now());
        REQUIRE(done.has_value());
    }
    void drop(Source source, const std::string& name, const std::string& line = "alice@x") {
        room->drop(line, source, name, now());
    }

    // --- one action, in three steps
    std::optional<Action> take() { return room->next(now()); }
    /// How it ended, if nothing goes wrong.
    struct Answer {
        Result<Setting> setting = Setting{};
        Result<void> done{};
    };
    Answer perform(const Action& action) {
        if (action.verb == Verb::save) {
            if (disk_full) return {.done = fail(Category::limit, "The disk is full.")};
            if (action.stored.owned || !action.stored.claims.empty())
                disk[action.line] = action.stored;
            else
                disk.erase(action.line);
            return {};
        }
        if (away) return {fail(Category::network, "Nobody answers."), fail(Category::network, "Nobody answers.")};
        if (action.verb == Verb::read) return {.setting = platform.get(action.line, action.parts)};
        // Intent first: what is switched on is on disk, as ours, before it is written.
        auto row = disk.find(action.line);
        if (action.setting.always && action.setting.always->active) {
            REQUIRE(row != disk.end());
            REQUIRE(row->second.owned);
            const Owned& owned = *row->second.owned;
            bool intended = !owned.verified && owned.ours.always == action.setting.always;
            // What is given back needs no intent of its own.
            bool given_back =
                owned.baseline.always == action.setting.always || (users_own && users_own(action.setting.always->to));
            CHECK_MESSAGE((intended || given_back), "no intent on disk");
        }
        return {.done = platform.put(action.line, action.parts, action.setting)};
    }
    void answer(const Action& action, const Answer& how) {
        switch (action.verb) {
        case Verb::read: room->read(action.line, how.setting, now()); break;
        case Verb::save: room->saved(action.line, how.done, now()); break;
        case Verb::write: room->written(action.line, how.done, now()); break;
        }
    }
    static Answer failure(Category category) { return {fail(category, "It failed."), fail(category, "It failed.")}; }

    /// What was read, saved or written, one word each: "read save write read save".
    std::string run() {
        std::string words;
        for (int steps = 0; auto action = take(); ++steps) {
            REQUIRE(steps < 10'000); // it must come to rest
            static constexpr std::array verbs{"read", "save", "write"};
            words += (words.empty() ? "" : " ") + std::string(verbs[static_cast<std::size_t>(action->verb)]);
            answer(*action, perform(*action));
            if (telling) deliver();
        }
        return words;
    }
    void deliver() {
        auto events = std::exchange(platform.events, {});
        for (const auto& event : events)
            room->heard(event.line, event.always, now());
    }
    void pass(milliseconds time) {
        steady += time;
        wall += time;
    }
    /// Time passes, and everything is done that becomes due.
    std::string wait(milliseconds time) {
        auto until = steady + time;
        auto words = run();
        while (room->wake_at() <= until) {
            pass(std::max(1ms, std::chrono::ceil<milliseconds>(room->wake_at() - steady)));
            auto more = run();
            if (!more.empty()) words += (words.empty() ? "" : " ") + more;
        }
        if (steady < until) pass(std::chrono::ceil<milliseconds>(until - steady));
        auto more = run();
        return more.empty() ? words : words.empty() ? more : words + " " + more;
    }
    std::string wait_until(Wall time) { return wait(time - wall); }

    // --- what is seen
    [[nodiscard]] Always always(const std::string& line = "alice@x") { return *platform.of(line).always; }
    /// "on 1233", "off", "ring 2002,2003".
    std::string shows(const std::string& line = "alice@x") {
        const Setting& setting = platform.of(line);
        if (setting.always->active) return "on " + setting.always->to;
        for (const auto* rings : {&setting.simultaneous, &setting.sequential}) {
            if (!(*rings)->active) continue;
            std::string text = rings == &setting.simultaneous ? "ring" : "in turn";
            for (const Ring& ring : (*rings)->places)
                text += (&ring == (*rings)->places.data() ? " " : ",") + ring.number;
            return text;
        }
        return "off";
    }
    /// "smartbusy teams in_force, calendar a waiting".
    std::string claims(const std::string& line = "alice@x") {
        std::string text;
        auto view = room->view(line);
        if (!view) return text;
        for (const auto& one : view->claims)
            text += (text.empty() ? "" : ", ") + std::string(name(one.claim.source)) + " " + one.claim.name + " " +
                    std::string(name(one.state));
        return text;
    }
    bool audited(AuditEntry::What what) {
        auto more = room->take_audit();
        audit.insert(audit.end(), more.begin(), more.end());
        return std::ranges::any_of(audit, [what](const AuditEntry& entry) { return entry.what == what; });
    }

    Rules rules;
    std::size_t parallel;
    Steady steady = Steady() + 1h;
    Wall wall = at(8, 59);
    std::map<std::string, Stored> disk;
    bool disk_full = false;
    bool away = false;
    std::function<bool(const std::string& number)> users_own; // numbers that only users set
    bool telling = true;                                      // events arrive after each action
    Platform platform;
    std::unique_ptr<Forwardings> room;
    std::vector<AuditEntry> audit;
};

} // namespace testing
