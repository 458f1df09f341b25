#include "status/presence_json.hpp"

#include <array>

#include "status/json.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

void append_time(std::string& out, Wall time) {
    std::array<char, 24> text;
    write_rfc3339(text.data(), time);
    out.append(text.data(), text.size());
}

constexpr std::string_view chat_prefix = "https://teams.microsoft.com/l/chat/0/0?users=";

/// Deep links want a UPN or an address; an object id is neither.
std::string_view chat_address(const presence::Person& person) {
    return person.teams.find('@') != std::string_view::npos ? person.teams : person.email;
}

void append_line(std::string& out, const presence::LineReport& line) {
    out += R"({"state":")";
    out += presence::name(line.state);
    out += R"(","calls":)";
    append_number(out, line.calls);
    out += line.dnd ? R"(,"dnd":true,"forwarding":")" : R"(,"dnd":false,"forwarding":")";
    out += presence::name(line.forwarding);
    out += line.stale ? R"(","stale":true})" : R"(","stale":false})";
}

void append_teams(std::string& out, const presence::TeamsReport& teams, TeamsWord word) {
    out += R"({"availability":)";
    append_json_string(out, word.availability);
    out += R"(,"activity":)";
    append_json_string(out, word.activity);
    out += teams.out_of_office ? R"(,"out_of_office":true)" : R"(,"out_of_office":false)";
    out += teams.stale ? R"(,"stale":true})" : R"(,"stale":false})";
}

/// The link, in quotes, or null.
void append_chat(std::string& out, const presence::Person& person) {
    auto address = chat_address(person);
    if (address.empty()) {
        out += "null";
        return;
    }
    out += '"';
    out += chat_prefix;
    percent_encode(address, out);
    out += '"';
}

} // namespace

std::string chat_link(const presence::Person& person) {
    auto address = chat_address(person);
    std::string link(address.empty() ? std::string_view() : chat_prefix);
    percent_encode(address, link);
    return link;
}

TeamsWord teams_word(const presence::TeamsReport& report, const std::function<TeamsWord(unsigned)>& words) {
    using enum presence::TeamsState;
    if (words)
        if (auto word = words(report.word); !word.availability.empty()) return word;
    switch (report.state) {
    case offline: return {"Offline", "Offline"};
    case available: return {"Available", "Available"};
    case away: return {"Away", "Away"};
    case busy: return {"Busy", "Busy"};
    case in_meeting: return {"Busy", "InAMeeting"};
    case do_not_disturb: return {"DoNotDisturb", "DoNotDisturb"};
    case presenting: return {"DoNotDisturb", "Presenting"};
    case unknown: break;
    }
    return {"PresenceUnknown", "PresenceUnknown"};
}

void append_presence(std::string& out, const presence::Snapshot& snapshot, const presence::Person& person,
                     const std::function<TeamsWord(unsigned)>& words) {
    auto status = snapshot.verdict.conclusion.status;
    auto line = snapshot.line();
    out += R"({"id":)";
    append_json_string(out, person.id);
    out += R"(,"name":)";
    append_json_string(out, person.name);
    out += R"(,"email":)";
    append_json_string(out, person.email);
    out += R"(,"folder":)";
    append_json_string(out, person.folder);
    out += R"(,"status":")";
    out += presence::name(status);
    out += R"(","colour":")";
    out += presence::colour(status);
    out += presence::blinking(status) ? R"(","blinking":true,"rule":)" : R"(","blinking":false,"rule":)";
    append_number(out, snapshot.verdict.conclusion.rule);
    out += R"(,"since":")";
    append_time(out, snapshot.since);
    out += R"(","version":)";
    append_number(out, snapshot.verdict.version);
    out += R"(,"line":)";
    append_line(out, line);
    out += R"(,"teams":)";
    if (snapshot.said(presence::Source::teams)) {
        auto teams = snapshot.teams();
        append_teams(out, teams, teams_word(teams, words));
    } else {
        out += "null";
    }
    if (line.agent == presence::AgentState::none) {
        out += R"(,"acd":null,"chat":)";
    } else {
        out += R"(,"acd":{"state":")";
        out += presence::name(line.agent);
        out += R"("},"chat":)";
    }
    append_chat(out, person);
    out += '}';
}

} // namespace lamp::status
