// See account.hpp.
#include "account.hpp"

#include "../graph/crypto.hpp"

#include <algorithm>
#include <ctime>

namespace sim::zoom {

namespace json = boost::json;

std::string iso(std::int64_t ms) {
    const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

UserIndex Account::add(const std::string& email, const std::string& name) {
    User user;
    user.id = "u" + graph::crypto::base64url(graph::crypto::sha256("zoom:" + email)).substr(0, 21);
    user.email = email;
    user.name = name;
    users.push_back(std::move(user));
    return users.size() - 1;
}

UserIndex Account::find(std::string_view id_or_email) const {
    for (UserIndex i = 0; i < users.size(); ++i)
        if (users[i].id == id_or_email || users[i].email == id_or_email) return i;
    return nobody;
}

void Account::show(UserIndex user, const std::string& word, std::int64_t now_ms, bool told) {
    User& who = users[user];
    who.presence_before = std::exchange(who.presence, word);
    who.changed_ms = now_ms;
    who.disturb_until_ms = 0;
    if (!told) return;
    json::object object{
        {"id", who.id}, {"email", who.email}, {"date_time", iso(now_ms)}, {"presence_status", who.presence}};
    if (app_member) object["app"] = json::object{{"type", "chat"}, {"presence_status", "In_Meeting"}};
    tell_("user.presence_status_updated", std::move(object), now_ms);
}

json::object Account::object_of(const Meeting& meeting) const {
    return {{"id", std::to_string(meeting.id)},
            {"uuid", meeting.uuid},
            {"host_id", meeting.host == nobody ? std::string("uElsewhere") : users[meeting.host].id},
            {"topic", "Meeting"},
            {"type", 1},
            {"start_time", iso(meeting.started_ms)},
            {"timezone", "Europe/Amsterdam"},
            {"duration", 60}};
}

json::object Account::participant_of(const Participant& who) const {
    json::object object{{"user_id", std::to_string(who.number)},
                        {"user_name", who.name},
                        {"participant_uuid", who.uuid},
                        {"registrant_id", nullptr}};
    if (who.user == nobody) {
        object["id"] = "";
        object["email"] = "";
    } else {
        object["id"] = users[who.user].id;
        object["participant_user_id"] = users[who.user].id;
        object["email"] = users[who.user].email;
    }
    return object;
}

Meeting* Account::find_meeting(const std::string& name) {
    const auto found = meetings.find(name);
    return found == meetings.end() ? nullptr : &found->second;
}

Meeting& Account::open(const std::string& name, UserIndex host, std::int64_t now_ms, bool told) {
    if (Meeting* there = find_meeting(name)) return *there;
    Meeting& meeting = meetings[name];
    meeting.name = name;
    meeting.uuid = graph::crypto::base64(graph::crypto::random_bytes(16)); // with "/" and "=", as Zoom's are
    meeting.id = ++last_meeting_;
    meeting.host = host;
    meeting.started_ms = now_ms;
    if (told) tell_("meeting.started", object_of(meeting), now_ms);
    return meeting;
}

void Account::join(Meeting& meeting, const std::string& device, UserIndex user, const std::string& guest,
                   std::int64_t now_ms, bool told) {
    Participant& who = meeting.devices[device];
    who.user = user;
    who.name = user == nobody ? guest : users[user].name;
    who.uuid = graph::crypto::hex(graph::crypto::random_bytes(16));
    who.number = ++last_number_;
    if (!told) return;
    json::object object = object_of(meeting);
    json::object participant = participant_of(who);
    participant["join_time"] = iso(now_ms);
    object["participant"] = std::move(participant);
    tell_("meeting.participant_joined", std::move(object), now_ms);
}

bool Account::leave(Meeting& meeting, const std::string& device, std::int64_t now_ms, bool told) {
    const auto found = meeting.devices.find(device);
    if (found == meeting.devices.end()) return false;
    json::object participant = participant_of(found->second);
    meeting.devices.erase(found);
    if (!told) return true;
    json::object object = object_of(meeting);
    participant["leave_time"] = iso(now_ms);
    participant["leave_reason"] = "left the meeting";
    object["participant"] = std::move(participant);
    tell_("meeting.participant_left", std::move(object), now_ms);
    return true;
}

void Account::end(const std::string& name, std::int64_t now_ms, bool told) {
    const auto found = meetings.find(name);
    if (found == meetings.end()) return;
    json::object object = object_of(found->second);
    object["end_time"] = iso(now_ms);
    meetings.erase(found);
    if (told) tell_("meeting.ended", std::move(object), now_ms);
}

std::size_t Account::attended_by(UserIndex user) const {
    std::size_t count = 0;
    for (const auto& [name, meeting] : meetings)
        count += static_cast<std::size_t>(
            std::ranges::count_if(meeting.devices, [&](const auto& one) { return one.second.user == user; }));
    return count;
}

} // namespace sim::zoom
