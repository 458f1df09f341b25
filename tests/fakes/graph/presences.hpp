// The presence of every user: clients, sessions of applications, the preferred state, out of office, the calendar,
// and what becomes of them (cloud-apis.md A4-A6, 11). Pure: every method is told the time; nothing runs by itself.
#pragma once

#include "settings.hpp"
#include "words.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sim::graph {

using UserIndex = std::uint32_t;
inline constexpr UserIndex nobody = UINT32_MAX;

struct AppSession {
    std::uint32_t app = 0;
    Pair pair;
    std::int64_t first = 0; // when the session began
    std::int64_t set = 0;   // of the last setPresence
    std::int64_t expires = 0;
};

struct Presence {
    Pair client; // Offline: no Teams client is signed in
    std::int64_t client_since = 0;
    Pair preferred;
    std::int64_t preferred_expires = 0; // 0: none
    std::int64_t calendar_since = 0;
    bool calendar = false;
    bool out_of_office = false;
    bool licensed = true; // false: PresenceUnknown
    std::int64_t changed = 0;
    std::vector<AppSession> apps;
};

struct Effective {
    Pair pair;
    bool out_of_office = false;
    std::int64_t since = 0; // of the last change of anything, strictly growing per user: the sequence number
};

class Presences {
public:
    explicit Presences(const Settings& settings) : settings_(settings) {}

    void grow(std::size_t users) { states_.resize(users); }
    const Presence& operator[](UserIndex user) const { return states_[user]; }

    void client(UserIndex user, Pair pair, std::int64_t now);
    void preferred(UserIndex user, std::optional<Pair> pair, std::int64_t expires, std::int64_t now);
    void calendar(UserIndex user, bool busy, std::int64_t now);
    void out_of_office(UserIndex user, bool away, std::string message, std::int64_t now);
    void licensed(UserIndex user, bool licensed, std::int64_t now);
    void status_message(UserIndex user, std::string text, std::int64_t now);
    void set(UserIndex user, std::uint32_t app, Pair pair, std::int64_t expires, std::int64_t now);
    bool clear(UserIndex user, std::uint32_t app, std::int64_t now); // false: there is no such session
    void drop_apps(UserIndex user, std::int64_t now);

    Effective effective(UserIndex user, std::int64_t now) const;
    // What a reader sees: later by the visibility delay, or the state before the last change.
    Effective visible(UserIndex user, std::int64_t now, bool stale) const;
    const std::string* message_of(UserIndex user) const;
    const std::string* out_of_office_message(UserIndex user) const;

private:
    Presence& touch(UserIndex user, std::int64_t now);
    Effective evaluate(const Presence& state, std::int64_t now) const;

    const Settings& settings_;
    std::vector<Presence> states_;
    std::unordered_map<UserIndex, std::deque<Presence>> before_; // newest last; kept while a delay needs them
    std::unordered_map<UserIndex, std::string> messages_;
    std::unordered_map<UserIndex, std::string> away_messages_;
};

} // namespace sim::graph
