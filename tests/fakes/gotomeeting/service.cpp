// See service.hpp.
#include "service.hpp"

#include "../graph/crypto.hpp"
#include "../graph/times.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sim::gotomeeting {

namespace json = boost::json;
using graph::system_ms;

namespace {

constexpr std::string_view api_root = "/G2M/rest";
constexpr std::string_view json_type = "application/json";

constexpr std::array<std::string_view, 9> places{"any",        "token",   "api",   "upcoming",  "upcoming_of",
                                                 "organizers", "meeting", "other", "historical"};
constexpr std::array<std::string_view, 14> fault_kinds{
    "unavailable", "too_many",  "unauthorised", "forbidden", "not_found", "error", "html",
    "empty",       "truncated", "invalid_json", "oversized", "slow",      "reset", "close"};

http::Response answer(int status, const json::value& body) {
    return {status, std::string(json_type), json::serialize(body)};
}

http::Response error(int status, std::string_view code, std::string_view message) {
    return answer(status, json::object{{"int_err_code", code}, {"msg", message}});
}

http::Response oauth_error(int status, std::string_view code, std::string_view message) {
    return answer(status, json::object{{"error", code}, {"error_description", message}});
}

std::vector<std::string> segments(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto slash = std::min(path.find('/'), path.size());
        parts.push_back(http::percent_decode(path.substr(0, slash), false));
        path.remove_prefix(slash);
    }
    return parts;
}

std::optional<std::string> parameter(std::string_view query, std::string_view name) {
    for (const auto& [key, value] : http::query_pairs(query))
        if (key == name) return value;
    return std::nullopt;
}

std::string kind_of(const http::Request& request, const std::vector<std::string>& p) {
    if (request.method != "GET" || p.empty()) return "other";
    if (p[0] == "upcomingMeetings" && p.size() == 1) return "upcoming";
    if (p[0] == "historicalMeetings" && p.size() == 1) return "historical";
    if (p[0] == "meetings" && p.size() == 2) return "meeting";
    if (p[0] != "organizers") return "other";
    if (p.size() <= 2) return "organizers";
    if (p.size() == 3 && p[2] == "upcomingMeetings") return "upcoming_of";
    return p.size() == 3 && p[2] == "historicalMeetings" ? "historical" : "other";
}

std::string number_of(std::uint64_t n) {
    return std::to_string(n);
}

} // namespace

std::optional<std::size_t> Service::find(std::string_view who) const {
    for (std::size_t i = 0; i < organisers.size(); ++i)
        if (http::same_word(organisers[i].email, who) || number_of(organisers[i].key) == who) return i;
    return std::nullopt;
}

std::size_t Service::add(std::string email, std::string first, std::string last) {
    Organiser fresh;
    fresh.key = 300'000'000'000'400'000 + 137 * organisers.size(); // beyond what a double holds exactly
    fresh.email = std::move(email);
    fresh.first = std::move(first);
    fresh.last = std::move(last);
    organisers.push_back(std::move(fresh));
    return organisers.size() - 1;
}

std::string Service::issue_refresh(std::size_t organiser) {
    std::string made = "goto-refresh-" + number_of(++serial_);
    refresh_[made] = organiser;
    return made;
}

void Service::revoke(bool refresh_too) {
    access_.clear();
    if (refresh_too) refresh_.clear();
}

void Service::start(Meeting meeting) {
    meeting.created = meeting.began = system_ms();
    if (meeting.id == 0) meeting.id = 500'000'000 + ++serial_;
    meetings.push_back(std::move(meeting));
}

bool Service::stop(std::size_t organiser, std::string_view subject) {
    bool found = false;
    for (Meeting& meeting : meetings) {
        if (meeting.organiser != organiser || !meeting.active || (!subject.empty() && meeting.subject != subject))
            continue;
        found = true;
        meeting.active = false;
        history.push_back({organiser, meeting, system_ms()});
    }
    std::erase_if(meetings, [](const Meeting& meeting) { return !meeting.active && meeting.type == "immediate"; });
    return found;
}

std::string Service::add_fault(Fault fault) {
    const auto known = [](const auto& list, const std::string& word) {
        return std::find(list.begin(), list.end(), word) != list.end();
    };
    if (!known(fault_kinds, fault.kind)) return "no fault of kind " + fault.kind;
    if (!known(places, fault.on)) return "no requests called " + fault.on;
    faults.push_back(std::move(fault));
    return {};
}

Fault* Service::hit(const Call& call, bool slow) {
    for (Fault& fault : faults) {
        if (fault.remaining == 0 || (fault.kind == "slow") != slow) continue;
        if (fault.on != "any" && fault.on != call.kind && !(fault.on == "api" && call.kind != "token")) continue;
        const std::string target = http::percent_decode(call.request.target, false);
        const bool named =
            fault.users.empty() || std::any_of(fault.users.begin(), fault.users.end(), [&](const auto& user) {
                const auto who = find(user);
                return target.find(user) != std::string::npos ||
                       (who && target.find(number_of(organisers[*who].key)) != std::string::npos);
            });
        if (!named) continue;
        if (fault.remaining > 0) --fault.remaining;
        return &fault;
    }
    return nullptr;
}

std::optional<http::Response> Service::fault_answer(const Fault& fault) const {
    const auto retry = [&](http::Response made) {
        if (fault.retry_after >= 0)
            made.headers.emplace_back("Retry-After", number_of(static_cast<std::uint64_t>(fault.retry_after)));
        return made;
    };
    if (fault.kind == "unavailable") return retry(error(503, "ServiceUnavailable", "Try again later"));
    if (fault.kind == "too_many") return retry(error(429, "TooManyRequests", "Too many requests"));
    if (fault.kind == "unauthorised") return error(401, "InvalidToken", "Invalid token passed");
    if (fault.kind == "forbidden") return error(403, "AuthorizationError", "User is not authorized");
    if (fault.kind == "not_found") return error(404, "NotFound", "Not found");
    if (fault.kind == "error") return retry(error(static_cast<int>(fault.status), "InternalError", "Sorry"));
    if (fault.kind == "html")
        return http::Response(200, "text/html", "<!DOCTYPE html><html><body>Please wait</body></html>");
    if (fault.kind == "empty") return http::Response(200, std::string(json_type), "");
    if (fault.kind == "truncated")
        return http::Response(200, std::string(json_type), R"([{"meetingId":"500000001","status":"ACT)");
    if (fault.kind == "invalid_json") return http::Response(200, std::string(json_type), R"([{'status': ACTIVE}])");
    if (fault.kind == "oversized")
        return http::Response(200, std::string(json_type), "[" + std::string(8 << 20, ' ') + "]");
    return std::nullopt;
}

void Service::handle(const http::Request& request, http::Reply reply) {
    Call call{request, {}, "other", 0};
    if (request.path == "/oauth/token")
        call.kind = "token";
    else if (request.path.starts_with(std::string(api_root) + "/")) {
        call.parts = segments(request.path.substr(api_root.size()));
        call.kind = kind_of(request, call.parts);
    }
    if (const Fault* slow = hit(call, true)) reply.delay(std::chrono::milliseconds(slow->ms));
    if (const Fault* fault = hit(call, false)) {
        const auto made = fault_answer(*fault);
        note(call, made ? made->status : 0);
        if (made) return reply.send(*made);
        return fault->kind == "reset" ? reply.reset() : reply.close();
    }
    http::Response made = call.kind == "token" ? token(request) : api(call);
    made.headers.emplace_back("Date", graph::http_date(system_ms()));
    note(call, made.status);
    reply.send(made);
}

void Service::note(const Call& call, int status) {
    ++requests[call.kind];
    if (status != 0) ++statuses[status];
    if (settings.log_size <= 0) return;
    log.push_back({system_ms(), call.kind, std::string(call.request.method), std::string(call.request.target), status});
    while (log.size() > static_cast<std::size_t>(settings.log_size))
        log.pop_front();
}

// --- the login host

http::Response Service::token(const http::Request& request) {
    const auto refused = [this](http::Response made) {
        ++tokens_refused;
        return made;
    };
    if (request.method != "POST") return refused(oauth_error(405, "invalid_request", "Use POST."));
    if (down) return refused(oauth_error(503, "temporarily_unavailable", "Try again later."));
    const std::string_view type = request.header("Content-Type");
    if (!http::same_word(type.substr(0, type.find(';')), "application/x-www-form-urlencoded"))
        return refused(oauth_error(400, "invalid_request", "The body must be a form."));
    const std::string_view authorization = request.header("Authorization");
    const auto decoded =
        authorization.starts_with("Basic ") ? graph::crypto::from_base64(authorization.substr(6)) : std::nullopt;
    const auto colon = decoded ? decoded->find(':') : std::string::npos;
    if (colon == std::string::npos || http::percent_decode(decoded->substr(0, colon), true) != client_id ||
        http::percent_decode(decoded->substr(colon + 1), true) != client_secret)
        return refused(oauth_error(401, "invalid_client", "Bad client credentials."));
    if (parameter(request.body, "grant_type") != "refresh_token")
        return refused(oauth_error(400, "unsupported_grant_type", "Only refresh_token."));
    const auto given = parameter(request.body, "refresh_token");
    if (!given) return refused(oauth_error(400, "invalid_request", "refresh_token is missing."));
    const auto found = refresh_.find(*given);
    if (found == refresh_.end() || organisers[found->second].removed)
        return refused(oauth_error(400, "invalid_grant", "The refresh token is invalid, expired or revoked."));
    const std::size_t who = found->second;
    ++tokens_issued;
    const std::string made =
        "goto-access-" + number_of(++serial_) + "." + graph::crypto::base64url(organisers[who].email);
    access_[made] = {who, system_ms() + settings.expires_in_s * 1000};
    json::object body{
        {"access_token", made}, {"token_type", "Bearer"}, {"expires_in", settings.expires_in_s}, {"scope", "collab:"}};
    if (settings.principal) body["principal"] = organisers[who].email;
    if (settings.rotate) {
        refresh_.erase(found);
        body["refresh_token"] = issue_refresh(who);
    }
    return answer(200, body);
}

// --- the API

std::optional<http::Response> Service::refuse(Call& call) {
    if (settings.rate > 0) {
        const std::int64_t now = system_ms();
        while (!recent_.empty() && recent_.front() <= now - settings.rate_window_ms)
            recent_.pop_front();
        recent_.push_back(now); // attempts that are refused count
        if (recent_.size() > static_cast<std::size_t>(settings.rate)) {
            ++throttled;
            http::Response made = error(429, "TooManyRequests", "Too many requests");
            if (settings.retry_after_s >= 0)
                made.headers.emplace_back("Retry-After", number_of(static_cast<std::uint64_t>(settings.retry_after_s)));
            return made;
        }
    }
    const std::string_view authorization = call.request.header("Authorization");
    const auto known = authorization.starts_with("Bearer ") ? access_.find(authorization.substr(7)) : access_.end();
    if (known == access_.end() || known->second.expires <= system_ms())
        return error(401, "InvalidToken", "Invalid token passed");
    call.who = known->second.organiser;
    const bool of_others = call.kind == "organizers" || (!call.parts.empty() && call.parts.front() == "organizers");
    if (of_others && !organisers[call.who].admin)
        return error(403, "AuthorizationError", "User is not an administrator of the account");
    return std::nullopt;
}

http::Response Service::api(Call& call) {
    if (call.request.path.starts_with("/oauth/")) // the host that was
        return oauth_error(401, "invalid_client", "This endpoint is no longer in use.");
    if (call.parts.empty()) return {404, "text/html", "<html><body><h1>404</h1></body></html>"};
    if (auto refusal = refuse(call)) return *refusal;
    if (call.kind == "upcoming") return upcoming(call.who);
    if (call.kind == "organizers") return organizers(call);
    if (call.kind == "meeting") {
        for (const Meeting& meeting : meetings)
            if (number_of(meeting.id) == call.parts[1]) return answer(200, json::array{describe(meeting)});
        return error(404, "InvalidMeeting", "No such meeting");
    }
    if (call.kind == "historical" && call.parts.size() == 1) return historical(call, call.who);
    if (call.kind == "upcoming_of" || call.kind == "historical") {
        const auto whose = find(call.parts[1]);
        if (!whose || number_of(organisers[*whose].key) != call.parts[1] || organisers[*whose].removed)
            return error(404, "NoSuchOrganizer", "No such organizer");
        return call.kind == "historical" ? historical(call, whose) : upcoming(*whose);
    }
    return error(404, "NotFound", "No such resource");
}

json::object Service::describe(const Meeting& meeting) const {
    json::object made;
    const std::string id = number_of(meeting.id);
    if (settings.ids == "texts") made["meetingId"] = id;
    if (settings.ids == "numbers") made["meetingId"] = meeting.id;
    if (settings.ids == "both") {
        made["meetingid"] = meeting.id;
        made["meetingId"] = id;
        made["uniqueMeetingId"] = meeting.id;
        made["meetingKey"] = meeting.id;
        made["uniqueMeetingInstance"] = 0;
    }
    made["subject"] = meeting.subject;
    made["meetingType"] = meeting.type;
    if (settings.tell_status)
        made["status"] = meeting.active ? "ACTIVE" : settings.status_word.empty() ? "INACTIVE" : settings.status_word;
    made["createTime"] = graph::iso_seconds(meeting.created);
    made["startTime"] = meeting.start == 0 ? "" : graph::iso_seconds(meeting.start);
    made["endTime"] = meeting.end == 0 ? "" : graph::iso_seconds(meeting.end);
    made["maxParticipants"] = 26;
    made["passwordRequired"] = "false";
    made["conferenceCallInfo"] = "NL: +31 20 555 0100\nAccess Code: " + id;
    return made;
}

json::object Service::describe(const Organiser& organiser) const {
    json::object made{{"firstName", organiser.first}, {"lastName", organiser.last}, {"email", organiser.email}};
    if (settings.ids == "texts")
        made["organizerKey"] = number_of(organiser.key);
    else
        made["organizerKey"] = organiser.key;
    if (settings.ids == "both") made["organizerkey"] = number_of(organiser.key);
    made["groupName"] = "";
    made["status"] = "active";
    return made;
}

http::Response Service::upcoming(std::size_t organiser) const {
    json::array list;
    for (const Meeting& meeting : meetings)
        if (meeting.organiser == organiser && (meeting.type != "immediate" || settings.immediate_listed))
            list.emplace_back(describe(meeting));
    return answer(200, list);
}

http::Response Service::organizers(const Call& call) const {
    if (call.parts.size() == 2) {
        const auto one = find(call.parts[1]);
        if (!one || organisers[*one].removed) return error(404, "NoSuchOrganizer", "No such organizer");
        return answer(200, json::array{describe(organisers[*one])});
    }
    const auto email = parameter(call.request.query, "email");
    json::array list;
    for (const Organiser& one : organisers)
        if (!one.removed && (!email || http::same_word(one.email, *email))) list.emplace_back(describe(one));
    if (list.empty() && email && !settings.unknown_is_empty) return error(404, "NoSuchOrganizer", "No such organizer");
    return answer(200, list);
}

// Running ones are not in it: the real service says so.
http::Response Service::historical(const Call& call, std::optional<std::size_t> organiser) const {
    const auto time = [&](std::string_view name) {
        const auto text = parameter(call.request.query, name);
        return text ? graph::from_iso(*text) : std::nullopt;
    };
    const auto from = time("startDate");
    const auto to = time("endDate");
    if (!from || !to || *to < *from) return error(400, "InvalidRequest", "startDate and endDate are required");
    json::array list;
    for (const Past& past : history) {
        if (past.organiser != organiser || past.ended < *from || past.meeting.began > *to) continue;
        json::object one = describe(past.meeting);
        one.erase("status");
        one["startTime"] = graph::iso_seconds(past.meeting.began);
        one["endTime"] = graph::iso_seconds(past.ended);
        list.emplace_back(std::move(one));
    }
    return answer(200, list);
}

} // namespace sim::gotomeeting
