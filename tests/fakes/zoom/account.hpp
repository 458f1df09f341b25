// One Zoom account: its users, what their clients show, and the meetings they host (cloud-apis.md C2). Whatever changes
// is told to `tell` as the event that Zoom would send. No clock, no socket.
#pragma once

#include <boost/json.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sim::zoom {

using UserIndex = std::size_t;
inline constexpr UserIndex nobody = ~UserIndex{0};

struct User {
    std::string id;
    std::string email;
    std::string name;
    std::string presence = "Available";
    std::string presence_before = "Available"; // what REST tells as long as it lags
    std::int64_t changed_ms = 0;
    std::int64_t disturb_until_ms = 0; // a timed Do_Not_Disturb
    bool active = true;
};

struct Participant {
    UserIndex user = nobody; // nobody: a guest
    std::string name;
    std::string uuid;
    std::int64_t number = 0; // user_id, unique within the meeting
};

struct Meeting {
    std::string name; // for commands
    std::string uuid;
    std::int64_t id = 0;
    UserIndex host = nobody;
    std::int64_t started_ms = 0;
    std::map<std::string, Participant> devices;
};

class Account {
public:
    using Tell = std::function<void(const std::string& event, boost::json::object object, std::int64_t at_ms)>;
    Account(std::string id, Tell tell) : id(std::move(id)), tell_(std::move(tell)) {}

    UserIndex add(const std::string& email, const std::string& name);
    UserIndex find(std::string_view id_or_email) const;

    // `told` false: it happens, and Zoom loses the word of it.
    void show(UserIndex user, const std::string& word, std::int64_t now_ms, bool told = true);
    // A meeting of that name; a new one when there is none. `device` is one device of one person (or guest) in it.
    Meeting& open(const std::string& name, UserIndex host, std::int64_t now_ms, bool told = true);
    Meeting* find_meeting(const std::string& name);
    void join(Meeting& meeting, const std::string& device, UserIndex user, const std::string& guest,
              std::int64_t now_ms, bool told = true);
    bool leave(Meeting& meeting, const std::string& device, std::int64_t now_ms, bool told = true);
    void end(const std::string& name, std::int64_t now_ms, bool told = true);
    std::size_t attended_by(UserIndex user) const;

    const std::string id;
    std::vector<User> users;
    std::map<std::string, Meeting> meetings;
    bool app_member = false; // presence events carry the sub-object `app`

private:
    boost::json::object object_of(const Meeting& meeting) const;
    boost::json::object participant_of(const Participant& who) const;

    Tell tell_;
    std::int64_t last_meeting_ = 81'000'000'000;
    std::int64_t last_number_ = 16'778'240;
};

std::string iso(std::int64_t ms); // "2026-01-01T00:00:00Z"

} // namespace sim::zoom
