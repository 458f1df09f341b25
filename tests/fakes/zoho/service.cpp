// See service.hpp.
#include "service.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace sim::zoho {

namespace json = boost::json;

namespace {

constexpr std::string_view root = "/phonebridge/v3/";
constexpr std::array<std::string_view, 6> unattended{"busy",         "invalid",  "blocked",
                                                     "notavailable", "noanswer", "rejected"};
constexpr std::array<std::string_view, 6> dial_error_codes = unattended;

http::Response answer(int status, const json::value& body) {
    return {status, "application/json", json::serialize(body)};
}
http::Response success() {
    return answer(200, {{"status", "success"}, {"code", "SUCCESS"}});
}
http::Response error(int status, std::string_view code, std::string_view message) {
    return answer(status, {{"status", "error"}, {"code", code}, {"message", message}, {"details", json::object{}}});
}

std::string kind_of(const http::Request& request) {
    if (request.path == "/oauth/v2/token") return "token";
    if (request.path == "/oauth/user/info") return "info";
    if (!request.path.starts_with(root)) return "other";
    return std::string(request.path.substr(root.size()));
}

// A '+' that stands unescaped in a form means a space; the real service then finds no number.
std::map<std::string, std::string> form_of(std::string_view body) {
    std::map<std::string, std::string> form;
    while (!body.empty()) {
        const auto pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        const auto equals = std::min(pair.find('='), pair.size());
        const auto value = pair.substr(std::min(pair.size(), equals + 1));
        form[http::percent_decode(pair.substr(0, equals), true)] = http::percent_decode(value, true);
    }
    return form;
}

bool digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}
bool is_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    return digits(text);
}
bool is_gmt(std::string_view text) { // "2031-04-05 09:07:00"
    constexpr std::string_view shape = "dddd-dd-dd dd:dd:dd";
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (shape[i] == 'd' ? !digits(text.substr(i, 1)) : shape[i] != text[i]) return false;
    return true;
}
bool is_call_id(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
}
bool is_form(const http::Request& request) {
    return request.header("content-type").starts_with("application/x-www-form-urlencoded");
}

} // namespace

User* Service::find(std::string_view who) {
    auto found = std::ranges::find_if(users, [&](const User& one) { return one.id == who || one.email == who; });
    return found == users.end() ? nullptr : &*found;
}

void Service::handle(const http::Request& request, http::Reply reply) {
    const std::string kind = kind_of(request);
    ++requests[kind];
    for (Fault& fault : faults) {
        if (fault.remaining == 0 || (fault.on != "any" && fault.on != kind)) continue;
        if (fault.remaining > 0) --fault.remaining;
        if (fault.kind == "close") return reply.close();
        if (fault.kind == "slow") {
            reply.delay(std::chrono::milliseconds(fault.ms));
            break;
        }
        http::Response made{static_cast<int>(fault.status), "application/json", "{}"};
        if (fault.kind == "html") made = {200, "text/html", "<html><body>Sign in</body></html>"};
        if (fault.retry_after >= 0) made.headers.emplace_back("Retry-After", std::to_string(fault.retry_after));
        ++statuses[made.status];
        return reply.send(made);
    }
    auto made = route(request, kind);
    ++statuses[made.status];
    reply.send(made);
}

http::Response Service::route(const http::Request& request, const std::string& kind) {
    if (kind == "token") return token(request);
    const std::string_view scheme = "Zoho-oauthtoken ";
    const std::string_view shown = request.header("authorization");
    const auto known =
        shown.starts_with(scheme) ? access_.find(std::string(shown.substr(scheme.size()))) : access_.end();
    if (known == access_.end() || known->second <= Loop::steady_ms())
        return error(401, "INVALID_TOKEN", "The token is invalid");
    if (kind == "info") return answer(200, {{"Email", settings.account}, {"ZUID", 5550000}});
    if (kind == "other") return error(404, "URL_NOT_FOUND", "There is nothing here");
    return bridge(request, kind);
}

// OAuth 2 as Zoho does it: errors come with 200, too many tokens end in "Access Denied".
http::Response Service::token(const http::Request& request) {
    const auto form = form_of(request.body);
    const auto field = [&](const char* name) {
        const auto at = form.find(name);
        return at == form.end() ? std::string() : at->second;
    };
    const auto refuse = [&](std::string_view word) {
        ++tokens_refused;
        return answer(200, {{"error", word}});
    };
    if (request.method != "POST" || !is_form(request)) return refuse("invalid_request");
    if (field("client_id") != client_id) return refuse("invalid_client");
    if (field("client_secret") != client_secret) return refuse("invalid_client_secret");
    const bool consent = field("grant_type") == "authorization_code";
    if (consent && (code.empty() || field("code") != code)) return refuse("invalid_code");
    if (!consent && field("grant_type") != "refresh_token") return refuse("unsupported_grant_type");
    if (!consent && field("refresh_token") != refresh_token) return refuse("invalid_code");
    const auto now = Loop::steady_ms();
    std::erase_if(issued_at_, [&](std::int64_t at) { return at + settings.token_window_ms <= now; });
    if (static_cast<std::int64_t>(issued_at_.size()) >= settings.tokens_most) {
        ++tokens_refused;
        return answer(
            400, {{"error", "Access Denied"}, {"error_description", "You have made too many requests continuously."}});
    }
    issued_at_.push_back(now);
    ++tokens_issued;
    const std::string made = "1000.access-" + std::to_string(++serial_);
    access_[made] = now + settings.expires_in_s * 1000;
    json::object told{{"access_token", made},
                      {"api_domain", "https://www.zohoapis.com"},
                      {"token_type", "Bearer"},
                      {"expires_in", settings.expires_in_s}};
    if (consent) {
        code.clear();
        told["refresh_token"] = refresh_token;
    }
    return answer(200, told);
}

http::Response Service::bridge(const http::Request& request, const std::string& kind) {
    if (!settings.registered) return error(400, "SC_BAD_REQUEST", "PROVIDER_NOT_REGISTERED");
    const bool post = request.method == "POST";
    const bool del = request.method == "DELETE";
    if (kind == "integrate" && (post || del)) {
        if (post && settings.other_provider) return error(403, "SC_FORBIDDEN", "DIFFERENT_PROVIDER_ALREADY_ENABLED");
        integrated = post;
        for (User& user : users)
            if (del) user.dial.clear(), user.control.clear();
        return answer(200, {{"status", "success"}, {"code", "SUCCESS"}, {"message", "done"}});
    }
    if (!integrated) return error(400, "PBX_NOT_INTEGRATED", "PBX_NOT_INTEGRATED");
    if (kind == "users" && request.method == "GET") return list(request);
    if (post && !is_form(request)) return error(400, "SC_BAD_REQUEST", "UNSUPPORTED_CONTENT_TYPE");
    const auto form = form_of(post ? request.body : request.query);
    if ((kind == "clicktodial" || kind == "callcontrol") && (post || del))
        return switch_user(request, form, kind == "clicktodial");
    if (kind == "callnotify" && post) return notify(form);
    if (kind == "clicktodialerror" && post) {
        const auto at = form.find("code");
        const bool good = at != form.end() && std::ranges::find(dial_error_codes, at->second) != dial_error_codes.end();
        if (!good || !form.contains("from") || !form.contains("to"))
            return error(400, "SC_BAD_REQUEST", "REQUIRED_PARAM_MISSING");
        json::object told;
        for (const auto& [name, value] : form)
            told[name] = value;
        dial_errors.emplace_back(std::move(told));
        return success();
    }
    return error(404, "URL_NOT_FOUND", "There is nothing here");
}

http::Response Service::list(const http::Request& request) const {
    std::size_t page = 1;
    std::size_t per_page = 100;
    for (const auto& [name, value] : http::query_pairs(request.query)) {
        if (name != "page" && name != "perPage") continue;
        if (!digits(value) || value.size() > 6) return error(400, "SC_BAD_REQUEST", "INVALID_PARAM");
        (name == "page" ? page : per_page) = static_cast<std::size_t>(std::stoul(value));
    }
    if (page < 1 || per_page < 1 || per_page > 1000) return error(400, "SC_BAD_REQUEST", "INVALID_PARAM");
    json::array shown;
    const std::size_t from = (page - 1) * per_page;
    for (std::size_t i = from; i < users.size() && i < from + per_page; ++i)
        shown.emplace_back(json::object{{"zohouser", users[i].id}, {"name", users[i].name}, {"email", users[i].email}});
    json::object pages{{"firstPage", {{"uri", "/phonebridge/v3/users?page=1"}}}};
    if (from + per_page < users.size())
        pages["nextPage"] = {{"uri", "/phonebridge/v3/users?page=" + std::to_string(page + 1)}};
    return answer(200, {{"users", std::move(shown)}, {"navigation", std::move(pages)}});
}

bool Service::is_pair(std::string_view text) const {
    if (!settings.strict_pairs) return text.starts_with("{name:") && text.find(",value:") != std::string_view::npos;
    boost::system::error_code failed;
    const json::value value = json::parse(text, failed);
    return !failed && value.is_object() && value.as_object().contains("name") && value.as_object().contains("value");
}

http::Response Service::switch_user(const http::Request& request, const Form& form, bool dial) {
    const auto who = form.find("zohouser");
    if (who == form.end()) return error(400, "SC_BAD_REQUEST", "REQUIRED_PARAM_MISSING");
    User* user = find(who->second);
    if (!user || user->id != who->second || !user->usable) return error(400, "INVALID_USER", "INVALID_USER");
    auto& slot = dial ? user->dial : user->control;
    if (request.method == "DELETE") {
        slot.clear();
        return success();
    }
    if (dial && !form.contains("clicktodialuri")) return error(400, "SC_BAD_REQUEST", "REQUIRED_PARAM_MISSING");
    const auto proof = form.find("authorizationparam");
    if (proof != form.end() && !is_pair(proof->second)) return error(400, "SC_BAD_REQUEST", "INVALID_PARAM");
    for (const auto& [name, value] : form)
        if (name.ends_with("uri") && !value.starts_with("http")) return error(400, "SC_BAD_REQUEST", "INVALID_PARAM");
    if (form.contains("muteuri")) return error(400, "SC_BAD_REQUEST", "INVALID_PARAM"); // nobody here can mute
    slot = form;
    return success();
}

// What is wrong; empty: nothing.
std::string Service::wrong_state(const Form& form) const {
    for (const char* needed : {"type", "state", "id", "from", "to"})
        if (!form.contains(needed)) return "REQUIRED_PARAM_MISSING";
    const std::string& type = form.at("type");
    const std::string& state = form.at("state");
    const bool received = type == "received";
    if (!received && type != "dialed") return "INVALID_TYPE";
    if (!is_call_id(form.at("id"))) return "INVALID_ID";
    if (!is_number(form.at("from")) || !is_number(form.at("to"))) return "INVALID_NUMBER";
    const bool nobody = received ? state == "missed" : std::ranges::find(unattended, state) != unattended.end();
    const bool over = state == "ended" || nobody;
    if (state != "ringing" && state != "answered" && !over) return "INVALID_STATE";
    if (nobody && !settings.takes_unattended) return "REQUIRED_PARAM_MISSING";
    if (over && !form.contains("start_time")) return "REQUIRED_PARAM_MISSING";
    if (over && !is_gmt(form.at("start_time"))) return "INVALID_TIME";
    if (state == "ended" && (!form.contains("duration") || !digits(form.at("duration"))))
        return "REQUIRED_PARAM_MISSING";
    return {};
}

http::Response Service::notify(const Form& form) {
    if (const std::string wrong = wrong_state(form); !wrong.empty()) return error(400, "SC_BAD_REQUEST", wrong);
    if (const auto who = form.find("zohouser"); who != form.end()) {
        const User* user = find(who->second);
        if (!user || !user->usable) return error(400, "INVALID_USER", "INVALID_USER");
    }
    json::object told;
    for (const auto& [name, value] : form)
        told[name] = value;
    notices.emplace_back(std::move(told));
    return success();
}

} // namespace sim::zoho
