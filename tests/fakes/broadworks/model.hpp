// Who lives on the simulated platform: users (lines), persons, groups, departments, services, agents.
// xsi.md 1 (ids), 7.1 (parties), 9.2 (profile), 9.4 (service documents).
#pragma once

#include "../options.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sim::bw {

using UserIndex = std::uint32_t;
inline constexpr UserIndex nobody = UINT32_MAX;
using LegId = std::uint32_t; // 0 is none
using SubIndex = std::uint32_t;
inline constexpr SubIndex no_sub = UINT32_MAX;

enum class UserKind : std::uint8_t { person, call_center, hunt_group, auto_attendant };

enum class AgentState : std::uint8_t { sign_in, available, unavailable, wrap_up, sign_out };
std::string_view name_of(AgentState state);
std::optional<AgentState> agent_state_of(std::string_view text);

struct Agent {
    AgentState state = AgentState::sign_out;
    std::string unavailable_code;
    std::int64_t since = 0;
    std::int64_t signed_in = 0;
    std::int64_t available_ms = 0;
    std::vector<UserIndex> queues;
    std::vector<bool> joined;
};

// One service of one user: the text (escaped, or nested XML) of each element of its document, by the type's order.
struct ServiceState {
    std::uint8_t type = 0;
    std::vector<std::optional<std::string>> values;
};

// What waits in a voice mail box.
struct VoiceMail {
    bool assigned = true; // the service
    std::int64_t fresh = 0, old = 0, fresh_urgent = 0, old_urgent = 0;
};

struct LogEntry {
    enum class Kind : std::uint8_t { placed, received, missed } kind = Kind::placed;
    std::string number;
    std::string name;
    std::int64_t time = 0;
    std::uint32_t id = 0;
};

struct User {
    std::string id;
    std::string first;
    std::string last;
    std::uint32_t extension = 0;
    std::uint64_t number = 0; // E.164 digits
    std::uint16_t department = 0;
    std::uint16_t group = 0;
    UserKind kind = UserKind::person;
    bool removed = false;
    bool off_hook = false;
    bool registered = true;
    SubIndex first_subscription = no_sub;
    std::uint32_t next_call = 0;
    std::vector<LegId> legs;
    std::vector<ServiceState> services;
    std::unique_ptr<Agent> agent;
    VoiceMail voice_mail;
    std::unique_ptr<std::deque<LogEntry>> log;

    std::string name() const { return first + " " + last; }
};

struct Person {
    std::string id;
    std::string name;
    std::string email;
    std::uint16_t department = 0;
    std::vector<UserIndex> lines;
};

struct Group {
    std::string id;
    SubIndex first_subscription = no_sub;
};

// Group, department and user names; grows at run time, indices stay valid.
class Roster {
public:
    struct Options {
        std::string enterprise = "ACME";
        std::string domain = "example.net";
        std::size_t people = 40;
        std::uint64_t seed = 1;
        std::size_t second_line_every = 10; // 0 = nobody has a second line
        std::size_t without_desk = 0;       // the last ones have no telephone, only Teams
    };

    void generate(const Options& options);
    UserIndex add(User user);
    void remove(UserIndex user);
    UserIndex find(std::string_view id) const; // nobody when unknown or removed
    UserIndex
    find_address(std::string_view address) const; // extension, national or international number, user id, tel:, sip:
    std::string people_csv() const;

    User& operator[](UserIndex index) { return users_[index]; }
    const User& operator[](UserIndex index) const { return users_[index]; }
    UserIndex size() const { return static_cast<UserIndex>(users_.size()); }

    std::string enterprise;
    std::string domain;
    SubIndex enterprise_subscription = no_sub;
    std::vector<Group> groups;
    std::vector<std::string> departments;
    std::vector<Person> people;

private:
    std::string unused_id(const std::string& first, const std::string& last) const;
    void add_virtual_users();

    std::deque<User> users_;
    std::unordered_map<std::string_view, UserIndex> by_id_;
    std::unordered_map<std::uint64_t, UserIndex> by_extension_;
    std::unordered_map<std::uint64_t, UserIndex> by_number_;
};

// The same people for every fake service.
Roster::Options roster_options(const sim::Options& options);

// "+31201232001", "0031…", "020…" -> E.164 digits; nothing when it is not a number at all.
std::optional<std::uint64_t> e164_of(std::string_view text);
bool dialable(std::string_view text); // [0-9*#+]{1,30}
std::string ascii_fold(std::string_view utf8);

// Deterministic and the same on every machine (std::uniform_int_distribution is not).
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 0x1234567) {}
    std::uint64_t next();
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(next() % limit); }
    int between(int low, int high) { return low + static_cast<int>(below(static_cast<std::uint32_t>(high - low + 1))); }
    bool chance(int percent) { return below(100) < static_cast<std::uint32_t>(percent); }

private:
    std::uint64_t state_;
};

} // namespace sim::bw
