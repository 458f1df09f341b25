// The people's Teams clients in a living office: signed in, away, in meetings, presenting, not to be disturbed, at a
// calm pace, so that a board shows every rule within a minute.
#pragma once

#include "../broadworks/model.hpp"
#include "service.hpp"

#include <cstdint>
#include <vector>

namespace sim::graph {

class TeamsOffice {
public:
    TeamsOffice(Loop& loop, Service& service, std::uint64_t seed);
    void start();
    void stop() { running_ = false; }
    bool running() const { return running_; }

private:
    // What a person is about; each has a share of the office that it neither falls below nor exceeds.
    enum class Mood : std::uint8_t {
        free,
        meeting,
        disturbed_not,
        busy,
        back_soon,
        away,
        gone,
        out_of_office,
        desk_free, // outside the play: nobody's phone, or no account
    };

    void tick();
    void begin_meeting();
    void join(const std::vector<UserIndex>& members, std::uint64_t meeting);
    void end_meeting(const std::vector<UserIndex>& members, std::uint64_t meeting);
    void become(UserIndex user, Mood mood);
    void after(int low_ms, int high_ms, std::function<void()> task);
    std::size_t count(Mood mood) const;
    UserIndex someone(Mood mood);
    void client(UserIndex user, Pair pair) { service_.presences.client(user, pair, service_.now()); }

    Loop& loop_;
    Service& service_;
    bw::Random random_;
    std::vector<Mood> moods_;
    std::vector<std::uint64_t> meeting_of_;
    std::uint64_t meetings_ = 0;
    bool running_ = false;
};

} // namespace sim::graph
