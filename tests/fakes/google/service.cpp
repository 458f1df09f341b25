// See service.hpp.
#include "service.hpp"

#include "../graph/times.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace sim::google {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 17> kinds = {
    "unauthorised", "forbidden", "rate_limit", "too_many", "not_found", "gone",  "unavailable", "error",    "html",
    "empty",        "truncated", "wrong_type", "slow",     "reset",     "close", "bad_token",   "oversized"};
constexpr std::array<std::string_view, 9> places = {"any",      "api",    "token", "revoke", "consent",
                                                    "calendar", "events", "watch", "stop"};
constexpr std::string_view root = "/calendar/v3";

bool of_api(std::string_view kind) {
    return kind == "calendar" || kind == "events" || kind == "watch" || kind == "stop";
}

// The calendar's id in "/calendar/v3/calendars/{id}…".
std::string calendar_in(std::string_view path) {
    path.remove_prefix(root.size() + std::string_view("/calendars/").size());
    return http::percent_decode(path.substr(0, path.find('/')), false);
}

bool may_read(const std::string& scope) {
    return scope.find("https://www.googleapis.com/auth/calendar") != std::string::npos;
}

} // namespace

http::Response error(int status, std::string_view reason, std::string_view message, std::string_view domain) {
    return {status, "application/json; charset=UTF-8",
            json::serialize(json::object{
                {"error", json::object{{"errors", json::array{json::object{
                                                      {"domain", domain}, {"reason", reason}, {"message", message}}}},
                                       {"code", status},
                                       {"message", message}}}})};
}

Service::Service(Loop& loop, std::string domain) : identity(settings, std::move(domain)), watches(loop, settings) {}

std::string Service::kind_of(const http::Request& request) {
    const auto path = request.path;
    const bool post = request.method == "POST";
    if (path == "/token" && post) return "token";
    if (path == "/revoke" && post) return "revoke";
    if (path == "/o/oauth2/v2/auth" && request.method == "GET") return "consent";
    if (!path.starts_with(root)) return "other";
    if (path == std::string(root) + "/channels/stop" && post) return "stop";
    if (!path.substr(root.size()).starts_with("/calendars/")) return "other";
    if (path.ends_with("/events/watch") && post) return "watch";
    if (path.ends_with("/events") && request.method == "GET") return "events";
    const auto rest = path.substr(root.size() + std::string_view("/calendars/").size());
    return rest.find('/') == std::string_view::npos && request.method == "GET" ? "calendar" : "other";
}

Fault* Service::hit(const std::string& kind, bool slow) {
    for (Fault& fault : faults) {
        const bool covers = fault.on == "any" || fault.on == kind || (fault.on == "api" && of_api(kind));
        if (fault.remaining == 0 || (fault.kind == "slow") != slow || !covers) continue;
        if (fault.remaining > 0) --fault.remaining;
        return &fault;
    }
    return nullptr;
}

std::string Service::add_fault(Fault fault) {
    if (std::find(kinds.begin(), kinds.end(), fault.kind) == kinds.end()) return "unknown fault kind " + fault.kind;
    if (std::find(places.begin(), places.end(), fault.on) == places.end()) return "unknown request kind " + fault.on;
    faults.push_back(std::move(fault));
    return {};
}

void Service::handle(const http::Request& request, http::Reply reply) {
    const std::string kind = kind_of(request);
    ++requests[kind];
    LogLine line{kind, std::string(request.method), std::string(request.target), std::string(request.body)};
    if (kind == "token" || kind == "revoke") line.body.clear(); // secrets
    const auto journal = [&](int status) {
        line.status = status;
        log.push_back(line);
        while (static_cast<std::int64_t>(log.size()) > log_size)
            log.pop_front();
    };
    if (const Fault* slow = hit(kind, true)) reply.delay(std::chrono::milliseconds(slow->ms));
    if (const Fault* fault = hit(kind, false)) {
        if (fault->kind == "reset" || fault->kind == "close") {
            journal(0);
            return fault->kind == "reset" ? reply.reset() : reply.close();
        }
        if (auto wrong = fault_answer(*fault, kind)) {
            journal(wrong->status);
            return reply.send(*wrong);
        }
    }
    http::Response response = answer(kind, request);
    response.headers.emplace_back("Date", graph::http_date(identity.now()));
    journal(response.status);
    reply.send(response);
}

std::optional<http::Response> Service::fault_answer(const Fault& fault, const std::string& kind) const {
    const auto later = [&](http::Response answer) {
        if (fault.retry_after >= 0) answer.headers.emplace_back("Retry-After", std::to_string(fault.retry_after));
        return answer;
    };
    const std::string& k = fault.kind;
    if (k == "unauthorised") return error(401, "authError", "Invalid Credentials");
    if (k == "forbidden") return error(403, "forbidden", "Forbidden");
    if (k == "rate_limit") return later(error(403, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits"));
    if (k == "too_many") return later(error(429, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits"));
    if (k == "not_found") return error(404, "notFound", "Not Found");
    if (k == "gone") return error(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.");
    if (k == "bad_token") return error(400, "invalid", "Invalid sync token value.");
    if (k == "unavailable") return later(error(503, "backendError", "Backend Error"));
    if (k == "error" && !of_api(kind))
        return http::Response(static_cast<int>(fault.status), "application/json", R"({"error":"internal_failure"})");
    if (k == "error") return later(error(static_cast<int>(fault.status), "backendError", "Backend Error"));
    if (k == "html") return http::Response(200, "text/html", "<!doctype html><p>Log in to this network</p>");
    if (k == "empty") return http::Response(200, "application/json", "");
    if (k == "truncated") return http::Response(200, "application/json", R"({"kind":"calendar#events","items":[{"id)");
    if (k == "wrong_type") return http::Response(200, "application/octet-stream", "PK\x03\x04");
    if (k == "oversized")
        return http::Response(200, "application/json", "{\"items\":[\"" + std::string(16U << 20U, 'x') + "\"]}");
    return std::nullopt;
}

http::Response Service::answer(const std::string& kind, const http::Request& request) {
    if (kind == "token") return identity.token(request, url);
    if (kind == "revoke") return identity.revoke(request);
    if (kind == "consent") return identity.consent(request);
    if (kind == "other") return {404, "text/html; charset=UTF-8", "<!doctype html><title>Error 404</title>"};
    return api(kind, request);
}

http::Response Service::api(const std::string& kind, const http::Request& request) {
    const Token* token = identity.check(request.header("Authorization"));
    if (token == nullptr) return error(401, "authError", "Invalid Credentials");
    if (!may_read(token->scope))
        return error(403, "insufficientPermissions", "Request had insufficient authentication scopes.");
    const bool json_body = request.header("Content-Type").starts_with("application/json");
    if (request.method == "POST" && !json_body) return error(400, "parseError", "Parse Error");
    if (kind == "stop") return watches.stop(request.body);

    std::string id = calendar_in(request.path);
    if (id == "primary") id = token->user;
    Calendar* calendar = find(id);
    std::string access = id == token->user ? "owner" : "";
    if (calendar != nullptr && access.empty())
        if (const auto reader = calendar->readers.find(token->user); reader != calendar->readers.end())
            access = reader->second;
    if (calendar == nullptr || access.empty()) return error(404, "notFound", "Not Found");
    if (kind == "watch") return watches.open(id, request.body, url);
    if (kind == "calendar")
        return {200, "application/json; charset=UTF-8",
                json::serialize(json::object{
                    {"kind", "calendar#calendar"}, {"id", id}, {"summary", id}, {"timeZone", calendar->zone}})};
    return list_events(*calendar, access, settings, epoch_, http::query_pairs(request.query));
}

Calendar* Service::find(const std::string& id) {
    const auto found = calendars.find(id);
    if (found != calendars.end()) return &found->second;
    if (!identity.user_exists(id) && id != identity.service_account) return nullptr;
    Calendar& made = calendars[id];
    made.id = id;
    return &made;
}

} // namespace sim::google
