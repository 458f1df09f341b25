// See teams_office.hpp.
#include "teams_office.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sim::graph {

TeamsOffice::TeamsOffice(Loop& loop, Service& service, std::uint64_t seed)
    : loop_(loop), service_(service), random_(seed * 104'729 + 71) {}

void TeamsOffice::after(int low_ms, int high_ms, std::function<void()> task) {
    loop_.after(std::chrono::milliseconds(random_.between(low_ms, high_ms)), std::move(task));
}

std::size_t TeamsOffice::count(Mood mood) const {
    return static_cast<std::size_t>(std::count(moods_.begin(), moods_.end(), mood));
}

UserIndex TeamsOffice::someone(Mood mood) {
    for (int tries = 0; tries < 60; ++tries) {
        const UserIndex user = random_.below(static_cast<std::uint32_t>(moods_.size()));
        if (moods_[user] == mood) return user;
    }
    const auto found = std::find(moods_.begin(), moods_.end(), mood);
    return found == moods_.end() ? nobody : static_cast<UserIndex>(found - moods_.begin());
}

void TeamsOffice::become(UserIndex user, Mood mood) {
    auto& presences = service_.presences;
    const std::int64_t now = service_.now();
    const Mood before = std::exchange(moods_[user], mood);
    if (before == Mood::disturbed_not) presences.preferred(user, std::nullopt, 0, now);
    if (before == Mood::out_of_office) presences.out_of_office(user, false, {}, now);
    if (before == Mood::meeting) presences.calendar(user, false, now);
    switch (mood) {
    case Mood::free: client(user, {Words::available, Words::available}); break;
    case Mood::busy: client(user, {Words::busy, Words::busy}); break;
    case Mood::back_soon: client(user, {Words::be_right_back, Words::be_right_back}); break;
    case Mood::away: client(user, {Words::away, Words::away}); break;
    case Mood::gone: client(user, {Words::offline, Words::offline}); break;
    case Mood::disturbed_not:
        client(user, {Words::available, Words::available});
        presences.preferred(user, Pair{Words::do_not_disturb, Words::do_not_disturb}, now + 86'400'000, now);
        break;
    case Mood::out_of_office:
        presences.out_of_office(user, true, "Back on Monday", now);
        client(user, {Words::available, Words::available});
        break;
    case Mood::meeting: presences.calendar(user, true, now); break;
    case Mood::desk_free: break;
    }
}

void TeamsOffice::start() {
    if (std::exchange(running_, true)) return;
    moods_.assign(service_.directory.size(), Mood::free);
    meeting_of_.assign(service_.directory.size(), 0);
    for (UserIndex i = 0; i < moods_.size(); ++i) {
        if (service_.directory[i].life != Life::present || service_.directory[i].phones.empty()) {
            moods_[i] = Mood::desk_free; // offline, or not a Teams user at all
            continue;
        }
        become(i, Mood::free);
    }
    tick();
}

// Keeps every mood between its bounds; moves one person at a time.
void TeamsOffice::tick() {
    if (!running_) return;
    struct Share {
        Mood mood;
        std::size_t people_per_head; // at 40 people 40 / this are in it, at least one
    };
    static constexpr std::array<Share, 6> shares = {{{Mood::disturbed_not, 11},
                                                     {Mood::busy, 12},
                                                     {Mood::back_soon, 24},
                                                     {Mood::away, 16},
                                                     {Mood::gone, 24},
                                                     {Mood::out_of_office, 40}}};
    const std::size_t people = moods_.size();
    const std::size_t meeting_limit = people / 6 + 1;
    if (count(Mood::meeting) < meeting_limit / 2 + 1 && people >= 6) begin_meeting();
    bool moved = false;
    for (const Share& share : shares) {
        const std::size_t wanted = std::max<std::size_t>(people >= 8 ? 1 : 0, people / share.people_per_head);
        if (count(share.mood) >= wanted) continue;
        if (const UserIndex user = someone(Mood::free); user != nobody) become(user, share.mood);
        moved = true;
    }
    if (!moved) { // somebody comes back; the next tick finds a successor
        const Share& share = shares[random_.below(static_cast<std::uint32_t>(shares.size()))];
        if (const UserIndex user = someone(share.mood); user != nobody) become(user, Mood::free);
    }
    const int pace = std::max(200, 100'000 / static_cast<int>(std::max<std::size_t>(1, people)));
    after(pace / 2, pace * 3 / 2, [this] { tick(); });
}

// The calendar shows it first, then people join; one of them presents for a while.
void TeamsOffice::begin_meeting() {
    const std::uint64_t meeting = ++meetings_;
    std::vector<UserIndex> members;
    const int size = random_.between(2, 4);
    for (int i = 0; i < size; ++i) {
        const UserIndex user = someone(Mood::free);
        if (user == nobody) break;
        become(user, Mood::meeting);
        meeting_of_[user] = meeting;
        members.push_back(user);
    }
    after(5000, 9000, [this, members, meeting] { join(members, meeting); });
}

void TeamsOffice::join(const std::vector<UserIndex>& members, std::uint64_t meeting) {
    const auto there = [this, meeting](UserIndex user) {
        return running_ && moods_[user] == Mood::meeting && meeting_of_[user] == meeting;
    };
    for (const UserIndex user : members)
        if (there(user)) client(user, {Words::busy, Words::in_a_call});
    after(4000, 8000, [this, members, there] {
        if (!members.empty() && there(members.front()))
            client(members.front(), {Words::do_not_disturb, Words::presenting});
    });
    after(20'000, 26'000, [this, members, there] {
        if (!members.empty() && there(members.front())) client(members.front(), {Words::busy, Words::in_a_call});
    });
    after(30'000, 50'000, [this, members, meeting] { end_meeting(members, meeting); });
}

void TeamsOffice::end_meeting(const std::vector<UserIndex>& members, std::uint64_t meeting) {
    for (const UserIndex user : members)
        if (moods_[user] == Mood::meeting && meeting_of_[user] == meeting) become(user, Mood::free);
}

} // namespace sim::graph
