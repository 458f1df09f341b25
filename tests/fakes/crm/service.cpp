// See service.hpp: logins, limits, faults, the journal. The dialects are in dialects.cpp and deltas.cpp.
#include "service.hpp"

#include "../graph/crypto.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

namespace sim::crm {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 13> kinds = {"error",    "html",         "truncated", "half_page", "same_cursor",
                                                    "throttle", "unauthorised", "forbidden", "close",     "slow",
                                                    "no_list",  "empty_pages",  "daily"};

std::string_view kind_of(std::string_view path) {
    if (path == "/oauth/token") return "token";
    if (path.starts_with("/crm/v3/")) return "hubspot";
    if (path.starts_with("/api/v2/")) return "pipedrive";
    if (path.starts_with("/v3.1/")) return "insightly";
    if (path.starts_with("/v1/")) return "google";
    if (path.starts_with("/v1.0/")) return "graph";
    return "other";
}

json::array* list_of(json::value& body) {
    if (auto* list = body.if_array()) return list;
    if (!body.is_object()) return nullptr;
    for (const char* name : {"results", "data", "connections", "value"})
        if (auto* member = body.as_object().if_contains(name))
            if (auto* list = member->if_array()) return list;
    return nullptr;
}

// Every cursor of the body becomes one and the same.
void repeat_cursor(json::value& body, const std::string& url) {
    if (!body.is_object()) return;
    auto& object = body.as_object();
    if (object.contains("results")) object["paging"] = {{"next", {{"after", "7"}}}};
    if (object.contains("additional_data")) object["additional_data"] = {{"next_cursor", "again"}};
    if (object.contains("connections")) object["nextPageToken"] = "again";
    if (object.contains("value")) {
        object.erase("@odata.deltaLink");
        object["@odata.nextLink"] = url + "/v1.0/users/delta?$skiptoken=again";
    }
}

} // namespace

std::int64_t Service::now_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

http::Response json_of(int status, const json::value& body) {
    return {status, "application/json;charset=utf-8", json::serialize(body)};
}

http::Response refusal(int status, const std::string& message) {
    return json_of(status, json::object{{"message", message}});
}

std::string stranger(const std::map<std::string, std::string>& query, std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : query)
        if (std::ranges::find(known, name) == known.end()) return name;
    return {};
}

std::string iso(std::int64_t ms) {
    const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[40];
    const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return {text, length};
}

std::int64_t from_iso(const std::string& text) {
    std::tm utc{};
    const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    if (end == nullptr || *end != '\0') return -1;
    return static_cast<std::int64_t>(timegm(&utc)) * 1000;
}

std::string digits_of(std::string_view text) {
    std::string made;
    for (char c : text)
        if (c >= '0' && c <= '9') made += c;
    return made;
}

std::string Service::add(Fault fault) {
    if (std::ranges::find(kinds, fault.kind) == kinds.end()) return "unknown kind " + fault.kind;
    constexpr std::array<std::string_view, 7> places = {"any",       "token",  "hubspot", "pipedrive",
                                                        "insightly", "google", "graph"};
    if (std::ranges::find(places, fault.on) == places.end()) return "on must be any, token or a dialect";
    faults_.push_back(std::move(fault));
    return {};
}

const Fault* Service::hit(std::string_view kind) {
    for (Fault& fault : faults_) {
        if (fault.remaining == 0 || (fault.on != "any" && fault.on != kind)) continue;
        if (fault.on == "any" && kind == "token") continue;
        if (fault.skip > 0) {
            --fault.skip;
            continue;
        }
        if (fault.remaining > 0) --fault.remaining;
        return &fault;
    }
    return nullptr;
}

void Service::spoil(http::Response& response, const Fault& fault) {
    const std::string& what = fault.kind;
    if (what == "error") response = refusal(static_cast<int>(fault.status), "Sorry.");
    if (what == "html") response = {200, "text/html", "<!DOCTYPE html><html>Log in to this network</html>"};
    if (what == "unauthorised") response = refusal(401, "This token is not valid.");
    if (what == "forbidden") response = refusal(403, "This token may not do that.");
    if (what == "no_list") response = json_of(200, json::object{{"error", "oops"}});
    if (what == "throttle") {
        response = refusal(429, "You have reached your limit.");
        response.headers.emplace_back("Retry-After", std::to_string((fault.ms + 999) / 1000));
    }
    if (what == "daily") response = json_of(429, json::object{{"policyName", "DAILY"}, {"message", "Daily limit."}});
    if (what == "truncated") response.body.resize(response.body.size() / 2);
    if (what == "half_page" || what == "same_cursor" || what == "empty_pages") {
        boost::system::error_code error;
        json::value body = json::parse(response.body, error);
        if (error) return;
        json::array* list = list_of(body);
        if (what == "half_page" && list) list->resize(list->size() / 2);
        if (what == "empty_pages" && list) list->clear();
        if (what == "same_cursor") repeat_cursor(body, url);
        response.body = json::serialize(body);
    }
}

void Service::handle(const http::Request& request, http::Reply reply) {
    const std::string_view kind = kind_of(request.path);
    ++counts_[std::string(kind)];
    const Fault* fault = hit(kind);
    http::Response response;
    if (fault && fault->kind == "close")
        response.status = 0;
    else
        response = answer(request, kind);
    if (fault && (response.status == 200 || response.status == 201)) spoil(response, *fault);
    log_.push_back(json::object{{"kind", kind},
                                {"method", request.method},
                                {"target", request.target},
                                {"body", request.body},
                                {"status", response.status}});
    while (static_cast<std::int64_t>(log_.size()) > settings.log_size)
        log_.pop_front();
    if (response.status == 0) return reply.close();
    if (fault && fault->kind == "slow") reply.delay(std::chrono::milliseconds(fault->ms));
    reply.send(response);
}

bool Service::throttled(http::Response& answer) {
    const std::int64_t second = now_ms() / 1000;
    if (std::exchange(second_, second) != second) in_second_ = 0;
    ++in_second_;
    ++today_;
    const bool daily = settings.per_day > 0 && today_ > settings.per_day;
    if (!daily && (settings.per_second == 0 || in_second_ <= settings.per_second)) return false;
    ++throttled_;
    answer =
        json_of(429, json::object{{"policyName", daily ? "DAILY" : "SECONDLY"}, {"message", "Too many requests."}});
    answer.headers.emplace_back("Retry-After", "1");
    return true;
}

// Each as its vendor wants it.
bool Service::allowed(const http::Request& request, std::string_view kind) const {
    const std::string login(request.header("Authorization"));
    if (kind == "pipedrive") return request.header("x-api-token") == key && login.empty();
    if (kind == "insightly") {
        if (!login.starts_with("Basic ")) return false;
        const auto clear = graph::crypto::from_base64(login.substr(6));
        return clear && *clear == key + ":";
    }
    if (!login.starts_with("Bearer ")) return false;
    if (kind == "hubspot" || kind == "google") return login.substr(7) == key;
    const auto found = tokens_.find(login.substr(7));
    return found != tokens_.end() && found->second > now_ms();
}

http::Response Service::answer(const http::Request& request, std::string_view kind) {
    if (kind == "token") return token(request);
    if (kind == "other") return refusal(404, "No such resource.");
    if (!allowed(request, kind)) return refusal(401, "This login is not valid.");
    http::Response no;
    if (throttled(no)) return no;
    Query query;
    for (auto& [name, value] : http::query_pairs(request.query)) {
        if (query.contains(name)) return refusal(400, "The parameter " + name + " comes twice.");
        if (value.empty()) return refusal(400, "The parameter " + name + " is empty.");
        query[name] = value;
    }
    if (kind == "hubspot") return hubspot(request, query);
    if (kind == "pipedrive") return pipedrive(request, query);
    if (kind == "insightly") return insightly(request, query);
    if (kind == "google") return google(request, query);
    return graph(request, query);
}

http::Response Service::token(const http::Request& request) {
    std::map<std::string, std::string> form;
    for (auto& [name, value] : http::query_pairs(request.body))
        form[name] = value;
    const auto refuse = [](const std::string& error) { return json_of(400, json::object{{"error", error}}); };
    if (request.method != "POST") return refuse("invalid_request");
    if (form["client_id"] != client_id || form["client_secret"] != client_secret) return refuse("invalid_client");
    const std::string& grant = form["grant_type"];
    if (grant != "client_credentials" && grant != "refresh_token") return refuse("unsupported_grant_type");
    if (grant == "client_credentials" && form["scope"].empty()) return refuse("invalid_scope");
    if (grant == "refresh_token" && form["refresh_token"] != refresh_token) return refuse("invalid_grant");
    const std::string fresh = "crm-access-" + std::to_string(++made_);
    tokens_[fresh] = now_ms() + settings.expires_in_s * 1000;
    return json_of(
        200, json::object{{"access_token", fresh}, {"token_type", "Bearer"}, {"expires_in", settings.expires_in_s}});
}

std::size_t Service::page_size(const Query& query, const std::string& name, std::size_t absent) const {
    const auto found = query.find(name);
    std::size_t size = found == query.end() ? absent : static_cast<std::size_t>(std::atoll(found->second.c_str()));
    if (settings.page_max > 0) size = std::min(size, static_cast<std::size_t>(settings.page_max));
    return size;
}

json::object Service::state() const {
    json::object counts;
    for (const auto& [kind, count] : counts_)
        counts[kind] = count;
    return {{"requests", counts},
            {"throttled", throttled_},
            {"contacts", book.contacts.size()},
            {"tokens", tokens_.size()}};
}

json::array Service::log(bool clear) {
    json::array lines(log_.begin(), log_.end());
    if (clear) log_.clear();
    return lines;
}

} // namespace sim::crm
