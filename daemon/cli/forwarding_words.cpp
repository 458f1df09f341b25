#include "cli/forwarding_words.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <ctime>
#include <fmt/format.h>

namespace lamp::cli {
namespace json = boost::json;

namespace {

/// Null where there is none.
const json::value& member_of(const json::value& object, std::string_view name) {
    static const json::value none;
    const auto* value = member(object, name);
    return value ? *value : none;
}

std::tm local(std::time_t time) {
    std::tm parts{};
    ::localtime_r(&time, &parts);
    return parts;
}

std::string formatted(const char* form, const std::tm& parts) {
    std::array<char, 64> text{};
    auto size = std::strftime(text.data(), text.size(), form, &parts);
    return {text.data(), size};
}

/// "12:00" of today, else "Fri 27 Nov 12:00"; what is no time stays as it is.
std::string moment(const json::value& time, Wall now) {
    auto text = cell(time, "");
    auto read = parse_rfc3339(text);
    if (!read) return text;
    auto then = local(std::chrono::system_clock::to_time_t(*read));
    auto today = local(std::chrono::system_clock::to_time_t(now));
    bool same_day = then.tm_yday == today.tm_yday && then.tm_year == today.tm_year;
    return formatted(same_day ? "%H:%M" : "%a %d %b %H:%M", then);
}

/// As products write themselves.
std::string proper(const std::string& name) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> names{
        {{"teams", "Teams"}, {"zoom", "Zoom"}, {"goto", "GoTo"}}};
    for (auto [word, written] : names)
        if (name == word) return std::string(written);
    return name;
}

std::string owner_of(const json::value& claim) {
    auto source = cell(claim, "source");
    auto name = cell(claim, "name");
    if (source == "operator") return "an operator";
    // A meeting's name is who told of it, and of whom: "zoom alice@example.net".
    auto told = name.substr(0, name.find(' '));
    if (source == "smartbusy")
        return told.empty() || told == "other" ? "SmartBusy" : fmt::format("SmartBusy ({})", proper(told));
    // An appointment's name begins with its calendar's.
    if (source == "calendar") return fmt::format("the calendar {}", name.substr(0, name.find('/')));
    return source + (name.empty() ? "" : " " + name);
}

/// "no forwarding", "→ 1233", "not known yet".
std::string setting_of(const json::value& setting) {
    if (setting.is_null()) return "not known yet";
    return cell(setting, "active") == "true" ? "→ " + cell(setting, "to") : "no forwarding";
}

/// How long a claim lasts.
std::string span_of(const json::value& claim, Wall now) {
    auto until = member_of(claim, "until");
    auto from = moment(member_of(claim, "from"), now);
    if (!until.is_null()) return fmt::format("{} to {}", from, moment(until, now));
    auto open = cell(claim, "source") == "smartbusy" ? "the meeting ends" : "it is ended";
    return fmt::format("{} until {}", from, open);
}

std::vector<const json::value*> claims_in(const json::value& line, std::string_view state) {
    std::vector<const json::value*> found;
    for (const auto& claim : list_of(line, "claims"))
        if (cell(claim, "state") == state) found.push_back(&claim);
    return found;
}

/// Who diverts the line now: the owners of claims in force; empty when there are none.
std::string owners_of(const json::value& line) {
    std::string owners;
    for (const auto* claim : claims_in(line, "in_force"))
        owners += (owners.empty() ? "" : " and ") + owner_of(*claim);
    return owners;
}

std::string cause_of(const json::value& line) {
    auto owners = owners_of(line);
    if (!owners.empty() || cell(line, "actual.active") != "true") return owners;
    return member_of(line, "actual") == member_of(line, "baseline") ? "the user" : "being changed";
}

/// "2000: calls go to 1233 because of SmartBusy (Zoom), 10:00 until the meeting ends."
std::string first_sentence(const json::value& line, Wall now) {
    auto name = cell(line, "line");
    const auto& actual = member_of(line, "actual");
    if (actual.is_null()) return fmt::format("{}: what its calls do is not known yet.", name);
    if (cell(actual, "active") != "true") return fmt::format("{}: calls are not forwarded.", name);
    auto to = cell(actual, "to");
    auto in_force = claims_in(line, "in_force");
    if (in_force.empty())
        return cause_of(line) == "the user"
                   ? fmt::format("{}: calls go to {} because the user has set it so.", name, to)
                   : fmt::format("{}: calls still go to {}; that is being changed.", name, to);
    auto when = in_force.size() == 1 ? ", " + span_of(*in_force.front(), now) : std::string();
    return fmt::format("{}: calls go to {} because of {}{}.", name, to, owners_of(line), when);
}

void explain_claims(const json::value& line, Wall now, std::vector<std::string>& rows) {
    for (std::string_view state : {"in_force", "waiting", "resting", "refused"}) {
        auto claims = claims_in(line, state);
        if (state == "in_force" && claims.size() < 2) continue; // told already
        for (const auto* claim : claims) {
            auto row = fmt::format("  {}: {} → {}, {}", state == "in_force" ? "in force" : state, owner_of(*claim),
                                   cell(*claim, "to"), span_of(*claim, now));
            auto reason = cell(*claim, "reason");
            rows.push_back(reason.empty() ? row : fmt::format("{}: {}", row, reason));
        }
    }
}

void explain_line(const json::value& line, Wall now, std::vector<std::string>& rows) {
    rows.push_back(first_sentence(line, now));
    if (!claims_in(line, "in_force").empty()) {
        bool others = !claims_in(line, "waiting").empty();
        rows.push_back(fmt::format("  when that ends: {}what the user has set: {}",
                                   others ? "what waits below, else " : "", setting_of(member_of(line, "baseline"))));
    }
    explain_claims(line, now, rows);
    if (auto trouble = cell(line, "trouble"); !trouble.empty()) rows.push_back("  trouble: " + trouble);
    if (const auto& write = member_of(line, "last_write"); !write.is_null())
        rows.push_back(
            fmt::format("  last written {}: {}", moment(member_of(write, "at"), now), cell(write, "result")));
}

/// Settings of the user that send calls elsewhere. Forwarding always is none of them: the line's own row tells of it,
/// and who wants it.
std::optional<std::string_view> service_named(std::string_view source) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> services{
        {{"commpilot_express", "CommPilot Express"},
         {"anywhere", "BroadWorks Anywhere"},
         {"remote_office", "remote office"},
         {"forwarding_selective", "selective forwarding"},
         {"forwarding_busy", "forwarding when busy"},
         {"forwarding_no_answer", "forwarding when not answered"},
         {"forwarding_not_reachable", "forwarding when not reachable"}}};
    for (auto [word, written] : services)
        if (source == word) return written;
    return std::nullopt;
}

/// Hours and minutes, of a day or of whichever comes next.
struct Typed {
    std::optional<std::chrono::year_month_day> day;
    int hour = 0, minute = 0;
};
std::optional<Typed> read_typed(std::string text) {
    std::ranges::replace(text, 'T', ' ');
    int year = 0, end = 0;
    unsigned month = 0, day = 0;
    Typed typed;
    bool dated =
        std::sscanf(text.c_str(), "%4d-%2u-%2u %2d:%2d%n", &year, &month, &day, &typed.hour, &typed.minute, &end) == 5;
    if (!dated && std::sscanf(text.c_str(), "%2d:%2d%n", &typed.hour, &typed.minute, &end) != 2) return std::nullopt;
    if (dated) typed.day = std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day);
    bool sound = static_cast<std::size_t>(end) == text.size() && typed.hour >= 0 && typed.hour < 24 &&
                 typed.minute >= 0 && typed.minute < 60 && (!typed.day || typed.day->ok());
    return sound ? std::optional(typed) : std::nullopt;
}

/// Of this machine's clock; days beyond the month's end go on in the next one.
Wall meant_by(std::tm parts) {
    parts.tm_isdst = -1;
    return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::from_time_t(std::mktime(&parts)));
}

} // namespace

std::vector<std::string> explain_forwarding(const json::value& forwarding, Wall now) {
    std::vector<std::string> rows;
    for (const auto& line : list_of(forwarding, "lines"))
        explain_line(line, now, rows);
    if (auto busy = cell(forwarding, "smartbusy"); !busy.empty()) rows.push_back("SmartBusy: " + busy);
    return rows;
}

std::vector<std::string> explain_silence(const json::value& why) {
    std::vector<std::string> rows;
    for (const auto& input : list_of(why, "inputs")) {
        auto value = cell(input, "value");
        auto line = cell(input, "line");
        if (cell(input, "dnd") == "true")
            rows.push_back(fmt::format("{}: do not disturb is on: its phones do not ring.", line));
        auto service = service_named(cell(input, "source"));
        if (service && value != "off" && value != "unknown" && !value.empty())
            rows.push_back(fmt::format("{}: the user's {}: {}.", line, *service, value));
    }
    return rows;
}

json::array forwarding_rows(const json::array& forwardings) {
    json::array rows;
    for (const auto& one : forwardings)
        for (const auto& line : list_of(one, "lines")) {
            auto in_force = claims_in(line, "in_force");
            auto others = list_of(line, "claims").size() - in_force.size();
            rows.push_back({{"person", cell(one, "id")},
                            {"line", cell(line, "line")},
                            {"now", setting_of(member_of(line, "actual"))},
                            {"cause", cause_of(line)},
                            {"until", in_force.size() == 1 ? cell(*in_force.front(), "until") : std::string()},
                            {"own", setting_of(member_of(line, "baseline"))},
                            {"others", others},
                            {"written", cell(line, "last_write.result")},
                            {"trouble", cell(line, "trouble")}});
        }
    return rows;
}

const std::vector<Column>& forwarding_columns() {
    static const std::vector<Column> columns{
        {"PERSON", "person"},       {"LINE", "line"},       {"NOW", "now"},
        {"BECAUSE OF", "cause"},    {"UNTIL", "until"},     {"OWN", "own"},
        {"NOT IN FORCE", "others"}, {"WRITTEN", "written"}, {"TROUBLE", "trouble"}};
    return columns;
}

std::optional<std::string> time_typed(std::string_view text, Wall now) {
    if (parse_rfc3339(text)) return std::string(text);
    auto typed = read_typed(std::string(text));
    if (!typed) return std::nullopt;
    auto parts = local(std::chrono::system_clock::to_time_t(now));
    if (typed->day) {
        parts.tm_year = int{typed->day->year()} - 1900;
        parts.tm_mon = static_cast<int>(unsigned{typed->day->month()}) - 1;
        parts.tm_mday = static_cast<int>(unsigned{typed->day->day()});
    }
    parts.tm_hour = typed->hour;
    parts.tm_min = typed->minute;
    parts.tm_sec = 0;
    auto time = meant_by(parts);
    if (!typed->day && time <= now) {
        ++parts.tm_mday;
        time = meant_by(parts);
    }
    return rfc3339(time);
}

std::optional<std::string> past_time_typed(std::string_view text, Wall now) {
    constexpr std::size_t date_size = 10; // "2026-11-26"
    if (text.size() == date_size) return time_typed(fmt::format("{} 00:00", text), now);
    return time_typed(text, now - std::chrono::days(1)); // the next one of yesterday
}

} // namespace lamp::cli
