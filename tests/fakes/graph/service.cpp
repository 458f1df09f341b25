// See service.hpp: routing, authentication, permissions, throttling, faults, the journal.
#include "service.hpp"

#include "subscriptions.hpp"
#include "times.hpp"

#include <algorithm>
#include <utility>

namespace sim::graph {

namespace json = boost::json;

namespace {

struct Need {
    std::vector<std::string_view> application; // one of these; empty: not with an application's token
    std::vector<std::string_view> delegated;
};

Need need_of(Kind kind) {
    if (kind == Kind::presence || kind == Kind::presences)
        return {{"Presence.Read.All", "Presence.ReadWrite.All"},
                {"Presence.Read", "Presence.ReadWrite", "Presence.Read.All"}};
    if (of_presence(kind)) return {{"Presence.ReadWrite.All"}, {"Presence.ReadWrite"}};
    if (of_users(kind))
        return {{"User.Read.All", "User.ReadWrite.All", "Directory.Read.All"},
                {"User.ReadBasic.All", "User.Read.All", "Directory.Read.All"}};
    if (of_calendars(kind))
        return {{"Calendars.Read", "Calendars.ReadWrite"}, {"Calendars.Read", "Calendars.ReadWrite"}};
    // Which resource it is stands in the body: subscriptions.cpp looks closer.
    return {{"Calendars.Read", "Calendars.ReadWrite"}, {"Presence.Read.All", "Calendars.Read"}};
}

std::string fresh_request_id() {
    return Guid::of(crypto::random_bytes(16)).text();
}

} // namespace

std::vector<std::string> segments(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        if (path.front() == '/') path.remove_prefix(1);
        const auto slash = path.find('/');
        parts.push_back(http::percent_decode(path.substr(0, slash), false));
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
    }
    return parts;
}

http::Response json_text(int status, std::string body) {
    return {status,
            "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
            std::move(body)};
}

std::optional<http::Response> json_body(const Service& service, const Exchange& exchange, json::object& body) {
    const http::Request& request = exchange.request;
    const std::string_view type = request.header("Content-Type");
    if (!http::same_word(type.substr(0, type.find(';')), "application/json"))
        return service.error(415, "RequestBodyRead", "A JSON body with Content-Type application/json is required.");
    boost::system::error_code failed;
    json::value parsed = json::parse(json::string_view(request.body.data(), request.body.size()), failed);
    if (failed || !parsed.is_object()) return service.error(400, "BadRequest", "Unable to read JSON request payload.");
    body = std::move(parsed.as_object());
    return std::nullopt;
}

std::optional<http::Response> unknown_member(const Service& service, const json::object& body,
                                             std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : body)
        if (std::find(known.begin(), known.end(), std::string_view(name)) == known.end())
            return service.error(400, "BadRequest",
                                 "The parameter '" + std::string(name) +
                                     "' in the request payload is not a valid parameter for the operation.");
    return std::nullopt;
}

Service::Service(Loop& l, std::string tenant, std::string domain)
    : loop(l),
      presences(settings),
      identity(settings, std::move(tenant), std::move(domain)),
      subscriptions(std::make_unique<Subscriptions>(*this)) {}

Service::~Service() = default;

std::int64_t Service::system_ms_() {
    return system_ms();
}

UserIndex Service::add_user(User user) {
    const UserIndex index = directory.add(std::move(user));
    presences.grow(directory.size());
    return index;
}

http::Response Service::error(int status, std::string_view code, std::string_view message,
                              const http::Request* request) const {
    const std::string id = fresh_request_id();
    std::string client = request ? std::string(request->header("client-request-id")) : std::string();
    if (client.empty()) client = id;
    const std::string date = iso_seconds(now() + identity.skew_ms);
    json::object envelope{{"error", json::object{{"code", code},
                                                 {"message", message},
                                                 {"innerError", json::object{{"date", date.substr(0, 19)},
                                                                             {"request-id", id},
                                                                             {"client-request-id", client}}}}}};
    http::Response answer = json_text(status, json::serialize(envelope));
    answer.headers.emplace_back("request-id", id);
    answer.headers.emplace_back("client-request-id", client);
    return answer;
}

Kind Service::classify(const http::Request& request, const std::vector<std::string>& p) {
    const auto is = [&](std::size_t part, std::string_view word) {
        return part < p.size() && http::same_word(p[part], word);
    };
    const bool get = request.method == "GET";
    const bool post = request.method == "POST";
    if (is(0, "communications")) {
        if (is(1, "presences") && p.size() == 3 && get) return Kind::presence;
        if (is(1, "getPresencesByUserId") && p.size() == 2 && post) return Kind::presences;
        return Kind::other;
    }
    const bool me = is(0, "me");
    if (is(0, "users") || me) {
        const std::size_t rest = me ? 1 : 2;
        if (is(rest, "presence")) {
            if (p.size() == rest + 1) return get ? Kind::presence : Kind::other;
            if (p.size() != rest + 2 || !post) return Kind::other;
            if (is(rest + 1, "setPresence")) return Kind::presence_set;
            if (is(rest + 1, "clearPresence")) return Kind::presence_clear;
            if (is(rest + 1, "setUserPreferredPresence")) return Kind::preferred_set;
            if (is(rest + 1, "clearUserPreferredPresence")) return Kind::preferred_clear;
            return is(rest + 1, "setStatusMessage") ? Kind::status_message : Kind::other;
        }
        if (!get) return Kind::other;
        if (is(rest, "calendarView") && p.size() == rest + 2)
            return is(rest + 1, "delta") || is(rest + 1, "delta()") ? Kind::calendar_view : Kind::other;
        if (is(rest, "events") && p.size() == rest + 2) return Kind::event;
        if (p.size() > rest) return is(rest, "photo") || is(rest, "photos") ? Kind::photo : Kind::other;
        if (me) return Kind::user;
        if (p.size() == 1) return Kind::users;
        return is(1, "delta") || is(1, "delta()") || is(1, "microsoft.graph.delta()") ? Kind::users_delta : Kind::user;
    }
    if (is(0, "subscriptions")) {
        if (p.size() == 1) return post ? Kind::subscription_create : get ? Kind::subscription_list : Kind::other;
        if (p.size() == 3) return is(2, "reauthorize") && post ? Kind::subscription_reauthorize : Kind::other;
        if (request.method == "PATCH") return Kind::subscription_renew;
        if (request.method == "DELETE") return Kind::subscription_delete;
        return get ? Kind::subscription_read : Kind::other;
    }
    return is(0, "$batch") && p.size() == 1 && post ? Kind::batch : Kind::other;
}

void Service::handle(const http::Request& request, http::Reply reply) {
    Exchange exchange{request, Kind::other, segments(request.path), nullptr, {}, false};
    // nextLink and friends must lead back the way the client came; any other Host is not ours.
    const std::string_view host = request.header("Host");
    exchange.own_url =
        host.ends_with(":" + std::to_string(port)) ? url.substr(0, url.find("//") + 2) + std::string(host) : url;
    auto& parts = exchange.parts;
    const bool versioned = !parts.empty() && parts.front() == "v1.0";
    if (versioned) {
        parts.erase(parts.begin());
        exchange.kind = classify(request, parts);
    } else if (parts.size() == 4 && parts[1] == "oauth2" && parts[2] == "v2.0") {
        exchange.kind = parts[3] == "token" ? Kind::token : parts[3] == "devicecode" ? Kind::device_code : Kind::other;
    } else if (parts.size() >= 3 && (parts[1] == ".well-known" || parts[1] == "discovery" ||
                                     parts[2] == ".well-known" || parts[1] == "v2.0")) {
        exchange.kind = Kind::keys;
    }
    if (const Fault* slow = faults.hit(exchange.kind, request.path, request.body, true, false))
        reply.delay(std::chrono::milliseconds(slow->ms));
    bool lost = false; // a creation that is carried out, and whose answer nobody hears
    if (const Fault* fault = faults.hit(exchange.kind, request.path, request.body, false, false)) {
        if (auto answer = fault_answer(*fault, exchange)) {
            finish(exchange, *answer);
            note(exchange, answer->status);
            return reply.send(*answer);
        }
        lost = fault->kind == "cut" && exchange.kind == Kind::subscription_create;
        if (!lost && fault_on_the_wire(*fault, exchange, reply)) {
            note(exchange, 0);
            return;
        }
    }
    if (exchange.kind == Kind::subscription_create) {
        if (auto refusal = refuse(exchange)) {
            finish(exchange, *refusal);
            note(exchange, refusal->status);
            return reply.send(*refusal);
        }
        const std::uint64_t line = note(exchange, 0);
        return subscriptions->create(exchange, [this, reply, line, lost](http::Response answer) mutable {
            if (lost) return reply.close();
            answer.headers.emplace_back("Date", http_date(identity.now()));
            ++statuses[answer.status];
            for (LogLine& entry : log)
                if (entry.number == line && line != 0) entry.status = answer.status;
            reply.send(answer);
        });
    }
    http::Response response =
        of_identity(exchange.kind) || (!versioned && exchange.kind == Kind::other) ? route(exchange) : answer(exchange);
    finish(exchange, response);
    note(exchange, response.status);
    reply.send(response);
}

void Service::finish(const Exchange& exchange, http::Response& response) const {
    response.headers.emplace_back("Date", http_date(identity.now()));
    if (response.status >= 400) return;
    const std::string id = fresh_request_id();
    response.headers.emplace_back("request-id", id);
    const std::string_view client = exchange.request.header("client-request-id");
    response.headers.emplace_back("client-request-id", client.empty() ? id : std::string(client));
}

// The login host, and what neither host knows.
http::Response Service::route(Exchange& exchange) {
    const auto& parts = exchange.parts;
    if (exchange.kind == Kind::token) return identity.token(exchange.request, parts.front(), exchange.own_url);
    if (exchange.kind == Kind::device_code)
        return identity.device_code(exchange.request, parts.front(), exchange.own_url);
    if (exchange.kind == Kind::keys)
        return parts[1] == "discovery" ? identity.signing_keys() : identity.openid_configuration(exchange.own_url);
    if (!parts.empty() && (parts.front() == "beta" || parts.front() == "v1" || parts.front() == "v2.0"))
        return error(400, "BadRequest", "Invalid version: " + parts.front(), &exchange.request);
    return {404, "text/html", "<html><body><h1>404</h1>The resource cannot be found.</body></html>"};
}

std::optional<http::Response> Service::refuse(Exchange& exchange) {
    const auto token = identity.check(exchange.request.header("Authorization"));
    if (!token) {
        http::Response answer = error(401, "InvalidAuthenticationToken", token.error(), &exchange.request);
        answer.headers.emplace_back(
            "WWW-Authenticate", "Bearer realm=\"\", authorization_uri=\"" + exchange.own_url +
                                    "/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"");
        return answer;
    }
    exchange.token = *token;
    if (exchange.kind == Kind::batch || exchange.kind == Kind::other) return std::nullopt;
    const Need need = need_of(exchange.kind);
    const auto& any = (*token)->delegated ? need.delegated : need.application;
    const bool allowed =
        std::any_of(any.begin(), any.end(), [&](std::string_view name) { return identity.permits(**token, name); });
    if (!allowed) {
        if (of_users(exchange.kind))
            return error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.",
                         &exchange.request);
        if (of_calendars(exchange.kind))
            return error(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.",
                         &exchange.request);
        return error(403, "Forbidden",
                     of_subscriptions(exchange.kind) && !(*token)->delegated
                         ? "Application permissions are not supported for this resource."
                         : "Missing role permissions on the request.",
                     &exchange.request);
    }
    if (!exchange.parts.empty() && exchange.parts.front() == "me") {
        if (!(*token)->delegated)
            return error(400, "BadRequest", "/me request is only valid with delegated authentication flow.",
                         &exchange.request);
        exchange.parts.front() = "users";
        exchange.parts.insert(exchange.parts.begin() + 1, directory[(*token)->user].id.text());
    }
    return throttle(exchange);
}

std::optional<http::Response> Service::throttle(Exchange& exchange) {
    if (!of_presence(exchange.kind)) return std::nullopt;
    const std::int64_t wait = throttles_[exchange.token->app].attempt(now(), settings.rate, settings.rate_window_ms);
    if (wait == 0) return std::nullopt;
    ++throttled;
    http::Response answer = error(429, "TooManyRequests", "Too many requests", &exchange.request);
    const std::int64_t seconds = settings.retry_after_s > 0 ? settings.retry_after_s : (wait + 999) / 1000;
    if (settings.retry_after == "seconds")
        answer.headers.emplace_back("Retry-After", std::to_string(seconds));
    else if (settings.retry_after == "date")
        answer.headers.emplace_back("Retry-After", http_date(now() + seconds * 1000));
    return answer;
}

http::Response Service::answer(Exchange& exchange) {
    if (auto refusal = refuse(exchange)) return *refusal;
    return graph(exchange);
}

http::Response Service::graph(Exchange& exchange) {
    switch (exchange.kind) {
    case Kind::presence: return read_presence(exchange);
    case Kind::presences: return read_presences(exchange);
    case Kind::presence_set: return set_presence(exchange);
    case Kind::presence_clear: return clear_presence(exchange);
    case Kind::preferred_set: return set_preferred(exchange);
    case Kind::preferred_clear: return clear_preferred(exchange);
    case Kind::status_message: return set_status_message(exchange);
    case Kind::users: return list_users(exchange);
    case Kind::user: return read_user(exchange);
    case Kind::users_delta: return delta(exchange);
    case Kind::photo: return photo(exchange);
    case Kind::calendar_view: return calendar_view(exchange);
    case Kind::event: return read_event(exchange);
    case Kind::batch: return batch(exchange);
    case Kind::subscription_list:
    case Kind::subscription_read:
    case Kind::subscription_renew:
    case Kind::subscription_delete:
    case Kind::subscription_reauthorize: return subscriptions->answer(exchange);
    default: break;
    }
    if (exchange.kind == Kind::subscription_create) // an item of a batch cannot wait for a validation
        return error(501, "NotImplemented", "Not in a batch.", &exchange.request);
    return error(400, "BadRequest", "Resource not found for the segment.", &exchange.request);
}

std::optional<http::Response> Service::fault_answer(const Fault& fault, const Exchange& exchange) const {
    const http::Request* request = &exchange.request;
    const bool login = of_identity(exchange.kind);
    const auto retry = [&](http::Response answer) {
        if (fault.retry_after >= 0)
            answer.headers.emplace_back("Retry-After", settings.retry_after == "date"
                                                           ? http_date(now() + fault.retry_after * 1000)
                                                           : std::to_string(fault.retry_after));
        return answer;
    };
    if (fault.kind == "unavailable") return retry(error(503, "serviceNotAvailable", "Try again later.", request));
    if (fault.kind == "too_many" || fault.kind == "429")
        return retry(error(429, "TooManyRequests", "Too many requests", request));
    if (fault.kind == "unauthorised")
        return error(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.", request);
    if (fault.kind == "forbidden") return error(403, "Forbidden", "Missing role permissions on the request.", request);
    if (fault.kind == "no_access") return error(403, "", "", request); // a code may be empty (A8)
    if (fault.kind == "not_found") return error(404, "NotFound", "The resource could not be found.", request);
    if (fault.kind == "error")
        return login ? http::Response(static_cast<int>(fault.status), "application/json",
                                      R"({"error":"server_error","error_description":"AADSTS90033: sorry."})")
                     : retry(error(static_cast<int>(fault.status), "generalException", "General exception", request));
    if (fault.kind == "stale_sync")
        return error(400, "syncStateNotFound", "The sync state generation is not found.", request);
    if (fault.kind == "gone") {
        http::Response answer = error(410, "resyncRequired", "Resync required.", request);
        answer.headers.emplace_back(
            "Location", exchange.own_url +
                            (of_calendars(exchange.kind) ? std::string(exchange.request.path) : "/v1.0/users/delta") +
                            "?$deltatoken=");
        return answer;
    }
    if (fault.kind == "redirect") {
        http::Response answer(302, {}, {});
        answer.headers.emplace_back("Location", fault.to);
        return answer;
    }
    if (fault.kind == "html")
        return http::Response(200, "text/html", "<html><body><h1>Access denied by the proxy</h1></body></html>");
    if (fault.kind == "empty") return json_text(200, {});
    if (fault.kind == "truncated") return json_text(200, R"({"value":[{"id":"11111111-1111-1111-1111-1111)");
    if (fault.kind == "invalid_json") return json_text(200, "{\"value\":[{'id':nul}]}}");
    if (fault.kind == "wrong_type") return http::Response(200, "application/octet-stream", "PK\x03\x04");
    if (fault.kind == "oversized")
        return json_text(200, "{\"value\":[\"" + std::string(64UL * 1024 * 1024, 'x') + "\"]}");
    return std::nullopt;
}

bool Service::fault_on_the_wire(const Fault& fault, Exchange& exchange, http::Reply& reply) {
    if (fault.kind == "close") {
        reply.close();
        return true;
    }
    if (fault.kind == "reset") {
        reply.reset();
        return true;
    }
    const std::int64_t pause_ms = std::max<std::int64_t>(1, fault.ms);
    const bool drips = fault.kind == "slow_drip";
    http::Response response = of_identity(exchange.kind) ? route(exchange) : answer(exchange);
    finish(exchange, response);
    std::string text = std::exchange(response.body, {});
    auto stream = std::make_shared<http::Stream>(reply.stream(response, [] {}));
    if (drips) {
        loop.after(std::chrono::milliseconds(pause_ms), [this, stream, text] { drip(stream, text, 0); });
        drip_ms_ = pause_ms;
        return true;
    }
    stream->chunk(std::string_view(text).substr(0, text.size() / 2)); // cut: half of it, and no last chunk
    stream->close();
    return true;
}

void Service::drip(std::shared_ptr<http::Stream> stream, std::string text, std::size_t at) {
    if (!stream->alive()) return;
    if (at == text.size()) return stream->end();
    stream->chunk(std::string_view(text).substr(at, 1));
    loop.after(std::chrono::milliseconds(drip_ms_), [this, stream, text, at] { drip(stream, text, at + 1); });
}

std::uint64_t Service::note(const Exchange& exchange, int status) {
    ++requests[static_cast<std::size_t>(exchange.kind)];
    if (status) ++statuses[status];
    if (settings.log_size <= 0) return 0;
    LogLine line;
    line.time = now();
    line.kind = exchange.kind;
    line.method = exchange.request.method;
    line.path = exchange.request.target;
    line.body = exchange.request.body.substr(0, 65'536);
    line.status = status;
    line.in_batch = exchange.in_batch;
    line.number = ++log_lines_;
    for (const auto& [name, value] : exchange.request.headers)
        line.headers.emplace_back(name, http::same_word(name, "Authorization") ? value.substr(0, 24) : value);
    log.push_back(std::move(line));
    while (log.size() > static_cast<std::size_t>(settings.log_size))
        log.pop_front();
    return log_lines_;
}

} // namespace sim::graph
