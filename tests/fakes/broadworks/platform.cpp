// See platform.hpp.
#include "platform.hpp"

#include <algorithm>

namespace sim::bw {

namespace {

// ErrorInfo/summary in the platform's language; anything else stays English (xsi.md 2.2).
std::string localised(int code, std::string_view english, std::string_view language) {
    if (language != "nl") return std::string(english);
    switch (code) {
    case 4008: return "Gebruiker niet gevonden";
    case 4962: return "Ongeldig wachtwoord of geblokkeerde identiteit";
    case 5010: return "Geen toestemming voor deze categorieën";
    case 5100: return "Ongeldige aanvraag: het document is niet geïnterpreteerd";
    case 5200: return "Het kanaal bestaat niet (meer) of is beëindigd";
    case 6004: return "De oproep is niet in de vereiste toestand, reünie onmogelijk";
    default: return "Fout: geannuleerd door het systeem (coördinatie)";
    }
}

constexpr std::string_view shield_page =
    "<!DOCTYPE html><html><head><title>Checking your browser</title></head><body><h1>One moment "
    "please</h1><p>Verifying that you are not a robot.</p></body></html>";

RequestKind classify(const Exchange& e, bool events, bool async) {
    if (async) return RequestKind::channel_open;
    if (events) {
        if (e.is(0, "channelset")) return RequestKind::channel_set;
        if (e.is(0, "channel")) {
            if (e.is(1, "eventresponse")) return RequestKind::ack;
            if (e.is(2, "heartbeat")) return RequestKind::heartbeat;
            return e.method("DELETE") ? RequestKind::channel_delete : RequestKind::channel_refresh;
        }
        if (e.is(0, "subscription"))
            return e.method("PUT")      ? RequestKind::subscription_refresh
                   : e.method("DELETE") ? RequestKind::subscription_delete
                                        : RequestKind::subscription_read;
        return RequestKind::subscribe;
    }
    if (e.is(2, "calls")) return e.method("GET") ? RequestKind::calls : RequestKind::call_control;
    if (e.is(2, "services")) return e.method("GET") ? RequestKind::services : RequestKind::service_change;
    if (e.is(2, "directories")) return RequestKind::directory;
    return e.is(2, "profile") ? RequestKind::profile : RequestKind::other;
}

} // namespace

std::string_view Exchange::parameter(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (http::same_word(key, name)) return value;
    return {};
}

Platform::Platform(Loop& l, const Roster::Options& options)
    : loop(l),
      accounts(roster, settings),
      channels(l, settings),
      subscriptions(l, roster, channels, settings, [this](LoginIndex login) { return accounts.name_of(login); }),
      engine(l, roster, settings, subscriptions) {
    roster.generate(options);
    subscriptions.attach(engine);
    accounts.add(Login{"ctiadmin@" + options.domain, "secret", Role::enterprise_admin, 0, 0, false});
    accounts.add(Login{"groupadmin@" + options.domain, "secret", Role::group_admin, 0, 0, false});
}

bool Platform::split_path(Exchange& exchange, std::string_view rest) const {
    if (!rest.starts_with("/v2.0")) return false;
    rest.remove_prefix(5);
    if (!rest.empty() && rest.front() != '/') return false;
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto slash = rest.find('/');
        const auto part = rest.substr(0, slash);
        if (part.empty() && slash != std::string_view::npos) return false; // "//"
        if (!part.empty())
            exchange.parts.push_back(part.find('%') == std::string_view::npos ? std::string(part)
                                                                              : http::percent_decode(part, false));
        rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
    }
    return true;
}

void Platform::handle(const http::Request& request, http::Reply reply) {
    Exchange exchange(request, std::move(reply));
    exchange.parts.reserve(8);
    if (!request.query.empty()) exchange.query = http::query_pairs(request.query);
    const auto path = request.path;
    const std::string_view actions_root = settings.actions_root;
    const std::string_view events_root = settings.events_root;
    const std::string_view async_root = settings.async_root;
    bool routed = false;
    bool in_events = false;
    bool in_async = false;
    if (path.starts_with(async_root) && path.substr(async_root.size()).starts_with("/com.broadsoft.xsi-events")) {
        in_async = true;
        routed =
            split_path(exchange, path.substr(async_root.size() + std::string_view("/com.broadsoft.xsi-events").size()));
    } else if (path.starts_with(events_root)) {
        in_events = true;
        routed = split_path(exchange, path.substr(events_root.size()));
    } else if (path.starts_with(actions_root)) {
        routed = split_path(exchange, path.substr(actions_root.size()));
    }
    exchange.kind = routed ? classify(exchange, in_events, in_async) : RequestKind::other;
    ++requests[static_cast<std::size_t>(exchange.kind)];
    if (faults.any() && apply_fault(exchange)) return;
    if (!routed) {
        note(exchange, 404);
        exchange.reply.send(
            http::Response(404, "text/html;charset=utf-8", "<html><body><h1>HTTP Status 404</h1></body></html>"));
        return;
    }
    exchange.login = accounts.authenticate(request.header("Authorization"));
    if (!exchange.login) {
        challenge(exchange);
        return;
    }
    if (in_async) {
        open_channel(exchange);
    } else if (in_events) {
        events(exchange);
    } else {
        actions(exchange);
    }
}

void Platform::challenge(Exchange& exchange) {
    note(exchange, 401);
    http::Response response(401, "text/xml;charset=ISO-8859-1", {});
    if (!http::same_word(exchange.request.header("X-BroadWorks-No-AuthChallenge"), "true"))
        response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"BroadWorks Authentication\"");
    exchange.reply.send(response);
}

void Platform::note(const Exchange& exchange, int status) {
    ++statuses[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))];
    if (settings.log_size <= 0) return;
    if (log.size() >= static_cast<std::size_t>(settings.log_size)) log.pop_front();
    LogLine& line = log.emplace_back();
    line.time = engine.now_ms();
    line.host = exchange.request.listener;
    line.method = exchange.request.method;
    line.target = exchange.request.target;
    line.login = exchange.login ? exchange.login->id : std::string();
    line.body = exchange.request.body.substr(0, 2000);
    line.kind = exchange.kind;
    line.status = status;
}

void Platform::send(Exchange& exchange, http::Response response) {
    note(exchange, response.status);
    ++answers_;
    // Length or chunks, for the same resource: both are seen (xsi.md 2).
    response.chunked = settings.chunked_every > 0 && answers_ % static_cast<std::uint64_t>(settings.chunked_every) == 0;
    response.headers.emplace_back("TrackingID", "XSP" + std::to_string(exchange.request.listener) + "_" +
                                                    std::to_string(++tracking_));
    const bool json = exchange.parameter("format") == "json" || exchange.request.header("Accept") == "application/json";
    if (json && response.content_type.starts_with("text/xml") && !response.body.empty()) {
        response.body = xml::to_json(response.body);
        response.content_type = "application/json;charset=UTF-8";
    }
    exchange.reply.send(response);
}

void Platform::ok(Exchange& exchange) {
    send(exchange, http::Response(200, {}, {}));
}

void Platform::document(Exchange& exchange, std::string_view root, std::string_view inner, int status) {
    send(exchange, http::Response(status, "text/xml;charset=UTF-8", xml::document(root, inner)));
}

void Platform::error(Exchange& exchange, int status, int code, std::string_view english) {
    std::string inner;
    xml::Writer writer(inner, "");
    writer.text("summary", localised(code, english, settings.language));
    writer.text("summaryEnglish", "[Error " + std::to_string(code) + "] " + std::string(english));
    writer.number("errorCode", code);
    std::string body = xml::document("ErrorInfo", inner);
    if (!settings.latin1_errors) {
        send(exchange, http::Response(status, "text/xml;charset=UTF-8", std::move(body)));
        return;
    }
    body = as_latin1(body);
    http::Response response(status, "text/xml;charset=ISO-8859-1", std::move(body));
    // to_json reads the declared encoding, so the JSON variant stays right.
    send(exchange, std::move(response));
}

bool Platform::apply_fault(Exchange& exchange) {
    const int host = exchange.request.listener;
    const auto path = exchange.request.path;
    if (const Fault* slow = faults.hit(exchange.kind, host, path, true))
        exchange.reply.delay(std::chrono::milliseconds(slow->ms));
    const Fault* fault = faults.hit(exchange.kind, host, path, false);
    if (!fault) return false;
    const std::string& kind = fault->kind;
    const auto answer = [&](int status, std::string type = {}, std::string body = {}) {
        http::Response response(status, std::move(type), std::move(body));
        if (fault->retry_after >= 0) response.headers.emplace_back("Retry-After", std::to_string(fault->retry_after));
        note(exchange, status);
        exchange.reply.send(response);
        return true;
    };
    if (kind == "redirect") {
        http::Response response(302, {}, {});
        response.headers.emplace_back("Location", fault->to + std::string(exchange.request.target));
        note(exchange, 302);
        exchange.reply.send(response);
        return true;
    }
    if (kind == "unavailable")
        return answer(503, "text/html", "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>");
    if (kind == "too_many") return answer(429);
    if (kind == "unauthorised") {
        challenge(exchange);
        return true;
    }
    if (kind == "forbidden" || kind == "not_found" || kind == "error") {
        error(exchange,
              kind == "forbidden"   ? 403
              : kind == "not_found" ? 404
                                    : static_cast<int>(fault->status),
              kind == "forbidden" ? 5010 : 5200, "Fault on command");
        return true;
    }
    if (kind == "html") return answer(200, "text/html;charset=utf-8", std::string(shield_page));
    if (kind == "empty") return answer(200);
    if (kind == "reset" || kind == "close") {
        note(exchange, 0);
        kind == "reset" ? exchange.reply.reset() : exchange.reply.close();
        return true;
    }
    if (kind == "truncated")
        return answer(200, "text/xml;charset=UTF-8",
                      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Subscription xmlns=\"http://schema.broad");
    if (kind == "no_channel_document") {
        note(exchange, 200);
        exchange.reply.stream(http::Response(200, "text/xml;charset=UTF-8", {}), [] {});
        return true;
    }
    if (kind == "no_echo") exchange.echo = false;
    return false;
}

std::string Platform::cookie_of(const http::Request& request) const {
    std::string_view cookies = request.header("Cookie");
    const auto at = cookies.find("JSESSIONID=");
    if (at == std::string_view::npos) return {};
    cookies.remove_prefix(at + 11);
    return std::string(cookies.substr(0, cookies.find(';')));
}

bool Platform::failover(std::string_view variant, std::int64_t delay_ms) {
    if (variant != "resync" && variant != "snapshot" && variant != "none") return false;
    std::vector<UserIndex> affected;
    for (UserIndex i = 0; i < roster.size(); ++i)
        if (!roster[i].legs.empty()) affected.push_back(i);
    engine.forget_calls();
    if (variant == "none") return true;
    const std::string type = variant == "resync" ? "CallSubscriptionResyncEvent" : "CallSubscriptionEvent";
    loop.after(std::chrono::milliseconds(delay_ms), [this, affected, type] {
        for (const UserIndex user : affected)
            if (roster[user].legs.empty()) // whose next event is a new call gets none (xsi.md 5.5)
                subscriptions.snapshot(user, type);
    });
    return true;
}

void Platform::remove_user(UserIndex user) {
    engine.forget_user(user);
    subscriptions.terminate_matching(
        [&](const Subscription& s) { return s.kind == TargetKind::user && s.target == user; });
    roster.remove(user);
}

} // namespace sim::bw
