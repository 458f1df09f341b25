// See office.hpp. Everything goes through the engine's own commands; what fails because people are only human is let
// be.
#include "office.hpp"

#include <array>
#include <utility>

namespace sim {

using bw::LegId;
using bw::nobody;
using bw::ServiceId;
using bw::UserIndex;

namespace {

constexpr std::array<std::string_view, 8> outside_names = {"Garage Proefrit",   "Notaris Zegel",   "Élodie Sansnom",
                                                           "Bäckerei Muster",   "Tandarts Kies",   "Tom O'Trial",
                                                           "Zażółć Sp. z o.o.", "Transport Fictif"};

} // namespace

Office::Office(Loop& loop, bw::Platform& platform, std::uint64_t seed)
    : loop_(loop), platform_(platform), random_(seed * 7919 + 17) {}

void Office::start() {
    if (std::exchange(running_, true)) return;
    platform_.settings.lift_ms = 1500;
    for (UserIndex i = 0; i < platform_.roster.size(); ++i) // the agents' morning
        if (platform_.roster[i].agent && random_.chance(70))
            (void)platform_.engine.set_agent(i, bw::AgentState::sign_in, {});
    for (int i = 0; i < 4; ++i)
        begin_call();
    change_services();
    tick();
}

void Office::after(int low_ms, int high_ms, std::function<void()> task) {
    loop_.after(std::chrono::milliseconds(random_.between(low_ms, high_ms)), std::move(task));
}

int Office::busy_people() const {
    int busy = 0;
    for (const auto& person : platform_.roster.people)
        for (const UserIndex line : person.lines)
            busy += platform_.roster[line].legs.empty() ? 0 : 1;
    return busy;
}

// About a third of the people are in a call; the pace follows the size of the office.
void Office::tick() {
    if (!running_) return;
    const int people = static_cast<int>(platform_.roster.people.size());
    if (busy_people() < people / 3 + 1) begin_call();
    end_forgotten_calls();
    if (++ticks_ % 6 == 0) change_services();
    const int pace = std::max(60, 36'000 / std::max(1, people));
    after(pace / 2, pace * 2, [this] { tick(); });
}

// Whoever was meant to hang up may have been transferred away: nobody talks for more than three minutes.
void Office::end_forgotten_calls() {
    auto& engine = platform_.engine;
    const std::int64_t limit = engine.now_ms() - 180'000;
    for (UserIndex i = 0; i < platform_.roster.size(); ++i)
        for (const LegId id : std::vector(platform_.roster[i].legs))
            if (const bw::Leg* leg = engine.find(id); leg && leg->start < limit) (void)engine.hang_up(i, id);
}

UserIndex Office::idle_person() {
    const auto& people = platform_.roster.people;
    for (int tries = 0; tries < 20 && !people.empty(); ++tries) {
        const auto& person = people[random_.below(static_cast<std::uint32_t>(people.size()))];
        if (person.lines.empty()) continue;
        const UserIndex line = person.lines[random_.below(static_cast<std::uint32_t>(person.lines.size()))];
        if (platform_.roster[line].legs.empty()) return line;
    }
    return nobody;
}

std::string Office::outside_number() {
    return "06" + std::to_string(10'000'000 + random_.below(89'999'999));
}

// Half of them are regular customers: config/demo-contacts.csv knows their numbers.
bw::Caller Office::outsider() {
    bw::Caller caller;
    caller.number = random_.chance(50) ? "020123010" + std::to_string(random_.below(8)) : outside_number();
    caller.privacy = random_.chance(15);
    if (random_.chance(40))
        caller.name = outside_names[random_.below(static_cast<std::uint32_t>(outside_names.size()))];
    return caller;
}

void Office::begin_call() {
    auto& roster = platform_.roster;
    auto& engine = platform_.engine;
    const UserIndex callee = idle_person();
    if (callee == nobody) return;
    const std::string extension = std::to_string(roster[callee].extension);
    const auto dice = random_.below(100);
    bw::Engine::Result call = LegId(0);
    if (dice < 40) {
        call = engine.incoming(extension, outsider());
    } else if (dice < 50) {
        const UserIndex queue = roster.find("support.queue@" + roster.domain);
        if (queue != nobody) call = engine.incoming(std::to_string(roster[queue].extension), outsider());
    } else if (dice < 80) {
        const UserIndex caller = idle_person();
        if (caller == nobody || caller == callee) return;
        call = random_.chance(15) ? engine.click_to_dial(caller, extension) : engine.dial(caller, extension);
    } else {
        call = engine.dial(callee, outside_number());
    }
    if (call && *call) answer_later(*call);
}

void Office::answer_later(LegId call) {
    const bool missed = random_.chance(12);
    after(missed ? 9000 : 2000, missed ? 16'000 : 8000, [this, call, missed] {
        auto& engine = platform_.engine;
        const bw::Leg* caller = engine.find(call);
        if (!caller) return;
        const UserIndex own = caller->user;
        if (missed) { // the caller gives up
            if (own != nobody)
                (void)engine.hang_up(own, call);
            else
                for (const LegId fork : engine.alerting_forks(call))
                    if (const bw::Leg* alerting = engine.find(fork); alerting && alerting->user != nobody) {
                        (void)engine.far_end(alerting->user, "hangup", fork);
                        break;
                    }
            return;
        }
        const auto forks = engine.alerting_forks(call);
        if (forks.empty()) {
            if (own != nobody)
                talk(call, own); // voicemail, a queue, a tone: hang up some time
            else
                after(4000, 9000, [this, call] {
                    if (platform_.engine.find(call)) answer_later(call);
                });
            return;
        }
        const bw::Leg* alerting = engine.find(forks.front());
        if (!alerting) return;
        const UserIndex callee = alerting->user;
        if (callee != nobody)
            (void)engine.answer(callee, forks.front());
        else if (own != nobody)
            (void)engine.far_end(own, "answer", call);
        const UserIndex speaker = own != nobody ? own : callee;
        if (speaker != nobody) talk(call, random_.chance(50) && callee != nobody ? callee : speaker);
    });
}

// What happens while they talk; in the end somebody hangs up.
void Office::talk(LegId call, UserIndex user) {
    const auto dice = random_.below(100);
    auto& engine = platform_.engine;
    auto& roster = platform_.roster;
    const auto end = [this, call, user] {
        after(8000, 45'000, [this, call, user] {
            auto& e = platform_.engine;
            if (random_.chance(50) || !e.far_end(user, "hangup")) (void)e.hang_up(user);
            if (e.truth(user).calls > 0) // the other leg of a broken-off consultation
                after(1500, 4000, [this, user] { (void)platform_.engine.hang_up(user); });
            (void)call;
        });
    };
    if (dice < 42) { // a hold and back
        after(4000, 20'000, [this, user, end] {
            if (platform_.engine.hold(user))
                after(4000, 15'000, [this, user, end] {
                    (void)platform_.engine.retrieve(user);
                    end();
                });
            else
                end();
        });
    } else if (dice < 55) { // blind transfer
        after(5000, 20'000, [this, call, user, end, &engine, &roster] {
            const UserIndex to = idle_person();
            if (to == nobody || to == user || !engine.blind_transfer(user, std::to_string(roster[to].extension)))
                return end();
            after(2500, 7000, [this, to, &engine] {
                if (engine.answer(to)) talk(0, to);
            });
            (void)call;
        });
    } else if (dice < 80) { // consultation: transfer, conference or back
        after(5000, 15'000, [this, user, end, &engine, &roster] {
            const UserIndex to = idle_person();
            if (to == nobody || to == user || !engine.hold(user)) return end();
            (void)engine.dial(user, std::to_string(roster[to].extension));
            after(2500, 6000, [this, user, to, end, &engine] {
                if (!engine.answer(to)) return end();
                after(4000, 12'000, [this, user, to, end, &engine] {
                    if (random_.chance(60) && engine.consult_transfer(user, 0, 0)) return talk(0, to);
                    (void)engine.start_conference(user, {});
                    end();
                });
            });
        });
    } else {
        end();
    }
}

void Office::disturb(UserIndex user, bool active) {
    bw::set_service_text(platform_.roster[user], ServiceId::do_not_disturb, "active", active ? "true" : "false");
    platform_.engine.service_changed(user, ServiceId::do_not_disturb);
}

void Office::change_services() {
    auto& roster = platform_.roster;
    const UserIndex user = idle_person();
    if (user == nobody) return;
    const auto dice = random_.below(100);
    if (dice < 50) {
        const bool active = !bw::service_active(roster[user], ServiceId::do_not_disturb) && random_.chance(60);
        disturb(user, active);
    } else if (dice < 80) {
        const bool active = !bw::service_active(roster[user], ServiceId::forwarding_always) && random_.chance(50);
        const UserIndex to = idle_person();
        if (active && to != nobody && to != user)
            bw::set_service_text(roster[user], ServiceId::forwarding_always, "forwardToPhoneNumber",
                                 std::to_string(roster[to].extension));
        else if (active)
            return;
        bw::set_service_text(roster[user], ServiceId::forwarding_always, "active", active ? "true" : "false");
        platform_.engine.service_changed(user, ServiceId::forwarding_always);
    } else {
        for (UserIndex i = 0; i < roster.size(); ++i)
            if (roster[i].agent && roster[i].legs.empty() && random_.chance(25)) {
                const bool free = roster[i].agent->state == bw::AgentState::available;
                (void)platform_.engine.set_agent(i, free ? bw::AgentState::unavailable : bw::AgentState::available,
                                                 free ? "1" : "");
            }
    }
    // Do not disturb neither dies out nor piles up over a long day.
    int disturbed = 0;
    for (UserIndex i = 0; i < roster.size(); ++i)
        if (bw::service_active(roster[i], ServiceId::do_not_disturb) &&
            ++disturbed > static_cast<int>(roster.people.size()) / 8 + 1)
            disturb(i, false);
    if (disturbed == 0) disturb(user, true);
}

} // namespace sim
