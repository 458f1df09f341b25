// See service.hpp.
#include "service.hpp"

#include "../graph/crypto.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace sim::zoom {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 12> kinds = {"error", "unavailable",  "html",      "slow",
                                                    "close", "empty",        "truncated", "per_second",
                                                    "daily", "unauthorised", "not_found", "no_scope"};

http::Response text(int status, const json::value& body) {
    return {status, "application/json;charset=UTF-8", json::serialize(body)};
}

http::Response error(int status, std::int64_t code, const std::string& message) {
    return text(status, json::object{{"code", code}, {"message", message}});
}

std::string_view kind_of(const http::Request& request) {
    if (request.path == "/oauth/token") return "token";
    if (request.path == "/v2/users") return "users";
    if (request.path.starts_with("/v2/users/") && request.path.ends_with("/presence_status")) return "presence";
    return "other";
}

} // namespace

std::int64_t Service::now_ms() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count() + settings.clock_offset_ms;
}

std::string Service::add(Fault fault) {
    if (std::ranges::find(kinds, fault.kind) == kinds.end()) return "unknown kind " + fault.kind;
    if (fault.on != "any" && fault.on != "token" && fault.on != "presence" && fault.on != "users")
        return "on must be any, token, presence or users";
    faults_.push_back(std::move(fault));
    return {};
}

const Fault* Service::hit(std::string_view kind, std::string_view path) {
    for (Fault& fault : faults_) {
        if (fault.remaining == 0 || (fault.on != "any" && fault.on != kind)) continue;
        const bool named = fault.users.empty() || std::ranges::any_of(fault.users, [&](const std::string& user) {
                               return path.find(http::percent_encode(user)) != std::string_view::npos ||
                                      path.find(user) != std::string_view::npos;
                           });
        if (!named) continue;
        if (fault.remaining > 0) --fault.remaining;
        return &fault;
    }
    return nullptr;
}

void Service::handle(const http::Request& request, http::Reply reply) {
    const std::string_view kind = kind_of(request);
    ++counts_[std::string(kind)];
    const Fault* fault = hit(kind, request.path);
    http::Response response;
    if (fault && fault->kind == "close") {
        response.status = 0;
    } else if (fault && fault->kind != "slow" && fault->kind != "truncated") {
        const std::string& what = fault->kind;
        if (what == "error") response = error(static_cast<int>(fault->status), 300, "Sorry.");
        if (what == "unavailable") response = {503, "text/html", "<html>503</html>"};
        if (what == "html") response = {200, "text/html", "<!DOCTYPE html><html>Log in to this network</html>"};
        if (what == "empty") response = {200, "application/json", ""};
        if (what == "unauthorised") response = error(401, 124, "Invalid access token.");
        if (what == "not_found") response = error(404, 1001, "User does not exist.");
        if (what == "no_scope") response = error(400, 4711, "Invalid access token, does not contain scopes.");
        if (what == "per_second" || what == "daily") {
            response = error(429, 429, "You have reached the maximum per-second rate limit for this API.");
            const bool daily = what == "daily";
            response.headers.emplace_back("X-RateLimit-Type", daily ? "Daily-limit" : "QPS");
            if (daily) response.headers.emplace_back("Retry-After", iso(now_ms() + fault->ms));
        }
    } else {
        response = answer(request, kind);
        if (fault && fault->kind == "truncated") response.body.resize(response.body.size() / 2);
    }
    log_.push_back(json::object{{"kind", kind},
                                {"method", request.method},
                                {"path", request.target},
                                {"status", response.status},
                                {"at", now_ms()}});
    while (static_cast<std::int64_t>(log_.size()) > settings.log_size)
        log_.pop_front();
    if (response.status == 0) return reply.close();
    if (fault && fault->kind == "slow") reply.delay(std::chrono::milliseconds(fault->ms));
    const std::time_t seconds = static_cast<std::time_t>(now_ms() / 1000);
    char date[64];
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    response.headers.emplace_back("Date", date);
    reply.send(response);
}

http::Response Service::answer(const http::Request& request, std::string_view kind) {
    if (kind == "token") return token(request);
    const std::string_view login = request.header("Authorization");
    constexpr std::string_view bearer = "Bearer ";
    const auto found =
        login.starts_with(bearer) ? tokens_.find(std::string(login.substr(bearer.size()))) : tokens_.end();
    if (found == tokens_.end()) return error(401, 124, "Invalid access token.");
    if (found->second <= now_ms()) return error(401, 124, "Access token is expired.");
    http::Response refusal;
    if (throttled(refusal)) return refusal;
    if (kind == "other") return error(404, 2300, "This API endpoint is not recognized.");
    if (request.method != "GET") return error(405, 405, "Method not allowed.");
    const bool allowed = kind == "users" ? settings.lists_users : settings.reads_presence;
    if (!allowed) return error(400, 4711, "Invalid access token, does not contain scopes.");
    if (kind == "users") return users(request);
    std::string_view user = request.path.substr(std::string_view("/v2/users/").size());
    user = user.substr(0, user.find('/'));
    return presence(user);
}

// Per second without a time, per day with a date: as C3 has it.
bool Service::throttled(http::Response& answer) {
    const std::int64_t second = now_ms() / 1000;
    if (std::exchange(second_, second) != second) in_second_ = 0;
    ++in_second_;
    ++today_;
    const bool daily = settings.per_day > 0 && today_ > settings.per_day;
    const bool qps = settings.per_second > 0 && in_second_ > settings.per_second;
    if (!daily && !qps) return false;
    ++throttled_;
    answer = error(429, 429,
                   daily ? "You have reached the maximum daily rate limit for this API."
                         : "You have reached the maximum per-second rate limit for this API.");
    answer.headers.emplace_back("X-RateLimit-Category", "Light");
    answer.headers.emplace_back("X-RateLimit-Type", daily ? "Daily-limit" : "QPS");
    answer.headers.emplace_back("X-RateLimit-Limit", std::to_string(daily ? settings.per_day : settings.per_second));
    answer.headers.emplace_back("X-RateLimit-Remaining", "0");
    if (daily)
        answer.headers.emplace_back("Retry-After", iso((second / 86'400 + 1) * 86'400'000));
    else
        answer.headers.emplace_back("X-RateLimit-Reset", "1");
    return true;
}

http::Response Service::token(const http::Request& request) {
    const auto refuse_with = [](int status, const std::string& reason, const std::string& name) {
        return text(status, json::object{{"reason", reason}, {"error", name}});
    };
    if (!refuse.empty()) return refuse_with(400, "code " + refuse, "invalid_request");
    if (request.method != "POST") return refuse_with(400, "Method not allowed", "invalid_request");
    constexpr std::string_view basic = "Basic ";
    const std::string_view login = request.header("Authorization");
    const auto clear = login.starts_with(basic) ? graph::crypto::from_base64(login.substr(basic.size())) : std::nullopt;
    if (!clear || *clear != client_id + ":" + client_secret)
        return refuse_with(400, "Invalid client_id or client_secret", "invalid_client"); // 4702, 4704
    std::map<std::string, std::string> form;
    for (auto& [name, value] : http::query_pairs(request.body))
        form[name] = value;
    for (auto& [name, value] : http::query_pairs(request.query))
        form[name] = value;
    if (form["grant_type"] != "account_credentials")
        return refuse_with(400, "unsupported grant type", "unsupported_grant_type"); // 4705
    if (form["account_id"] != account_.id) return refuse_with(400, "Bad Request", "invalid_request");
    const std::string fresh = graph::crypto::base64url(graph::crypto::random_bytes(32));
    tokens_[fresh] = now_ms() + settings.expires_in_s * 1000;
    return text(200, json::object{{"access_token", fresh},
                                  {"token_type", "bearer"},
                                  {"expires_in", settings.expires_in_s},
                                  {"scope", "user:read:list_users:admin user:read:presence_status:admin"},
                                  {"api_url", "https://api.zoom.us"}});
}

http::Response Service::users(const http::Request& request) const {
    std::size_t from = 0;
    std::size_t size = 30;
    for (const auto& [name, value] : http::query_pairs(request.query)) {
        if (name == "page_size") size = static_cast<std::size_t>(std::atoll(value.c_str()));
        if (name == "next_page_token") from = static_cast<std::size_t>(std::atoll(value.c_str() + 1));
    }
    if (size == 0 || size > 300) return error(300, 300, "Request Body should be a valid JSON object.");
    size = std::min(size, static_cast<std::size_t>(settings.page_size));
    json::array list;
    std::size_t at = from;
    for (; at < account_.users.size() && list.size() < size; ++at) {
        const User& user = account_.users[at];
        list.push_back(json::object{{"id", user.id},
                                    {"email", user.email},
                                    {"display_name", user.name},
                                    {"type", 2},
                                    {"status", user.active ? "active" : "inactive"}});
    }
    return text(200, json::object{{"page_size", size},
                                  {"total_records", account_.users.size()},
                                  {"next_page_token", at < account_.users.size() ? "t" + std::to_string(at) : ""},
                                  {"users", list}});
}

std::string Service::spelled(const std::string& word) const {
    if (settings.spelling != "rest") return word;
    if (word == "In_Meeting") return "In_A_Meeting";
    if (word == "On_Phone_Call") return "On_A_Call";
    if (word == "In_Calendar_Event") return "In_A_Calendar_Event";
    if (word == "Out_Of_Office") return "Out_of_Office";
    return word;
}

http::Response Service::presence(std::string_view name) const {
    const UserIndex index = account_.find(http::percent_decode(name, false));
    if (index == nobody || !account_.users[index].active) return error(404, 1001, "User does not exist.");
    const User& user = account_.users[index];
    const bool lags = now_ms() - user.changed_ms < settings.rest_lag_ms;
    json::object body{{"status", spelled(lags ? user.presence_before : user.presence)}};
    if (user.disturb_until_ms > now_ms()) {
        body["end_time"] = iso(user.disturb_until_ms);
        body["remaining_time"] = (user.disturb_until_ms - now_ms()) / 60'000;
    }
    return text(200, body);
}

json::object Service::state() const {
    json::object counts;
    for (const auto& [kind, count] : counts_)
        counts[kind] = count;
    return {{"requests", counts}, {"throttled", throttled_}, {"tokens", tokens_.size()}};
}

json::array Service::log(std::size_t limit, bool clear) {
    json::array lines;
    const std::size_t from = log_.size() > limit ? log_.size() - limit : 0;
    for (std::size_t i = from; i < log_.size(); ++i)
        lines.push_back(log_[i]);
    if (clear) log_.clear();
    return lines;
}

} // namespace sim::zoom
