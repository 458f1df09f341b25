// Presence: reading, sessions of applications, the preferred state (cloud-apis.md A3-A6).
#include "service.hpp"
#include "times.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sim::graph {

namespace json = boost::json;

namespace {

struct Named {
    std::string_view availability;
    std::string_view activity;
};
constexpr std::array<Named, 5> settable = {{{"Available", "Available"},
                                            {"Busy", "InACall"},
                                            {"Busy", "InAConferenceCall"},
                                            {"Away", "Away"},
                                            {"DoNotDisturb", "Presenting"}}};
constexpr std::array<Named, 6> preferable = {{{"Available", "Available"},
                                              {"Busy", "Busy"},
                                              {"DoNotDisturb", "DoNotDisturb"},
                                              {"BeRightBack", "BeRightBack"},
                                              {"Away", "Away"},
                                              {"Offline", "OffWork"}}};
constexpr std::int64_t minute = 60'000;
constexpr std::int64_t day = 24 * 60 * minute;

template <typename List>
bool listed(const List& list, std::string_view availability, std::string_view activity) {
    return std::any_of(list.begin(), list.end(), [&](const Named& pair) {
        return pair.availability == availability && pair.activity == activity;
    });
}

std::optional<std::string_view> text_of(const json::object& body, std::string_view name) {
    const json::value* value = body.if_contains(name);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string_view(value->as_string());
}

void append_quoted(std::string& out, std::string_view text) {
    out += json::serialize(json::string(text));
}

std::string sequence_text(std::int64_t since) {
    std::string digits = std::to_string(since);
    return "A" + std::string(digits.size() < 16 ? 16 - digits.size() : 0, '0') + digits;
}

} // namespace

UserIndex Service::target(const Exchange& exchange) const {
    const auto id = Guid::parse(exchange.parts[exchange.parts.front() == "communications" ? 2 : 1]);
    return id ? directory.find(*id) : nobody; // a UPN is nobody here (A3)
}

Effective Service::visible(UserIndex user) {
    return presences.visible(user, now(), false);
}

void Service::append_pair(std::string& out, Pair pair) const {
    if (settings.swapped && call_word(pair.activity)) pair = {pair.activity, pair.availability};
    const bool camel = settings.casing == "camel";
    ((out += R"("availability":")") += camel ? words.camel(pair.availability) : words.text(pair.availability)) += '"';
    ((out += R"(,"activity":")") += camel ? words.camel(pair.activity) : words.text(pair.activity)) += '"';
}

void Service::append_presence(std::string& out, UserIndex user, bool stale) {
    const Effective effective = presences.visible(user, now(), stale);
    out += R"({"id":")";
    directory[user].id.append_to(out);
    out += R"(",)";
    append_pair(out, effective.pair);
    if (settings.optional_fields) {
        out += R"(,"statusMessage":)";
        if (const std::string* text = presences.message_of(user)) {
            append_quoted(out += R"({"message":{"content":)", *text);
            out += R"(,"contentType":"text"}})";
        } else {
            out += "null";
        }
        out += R"(,"outOfOfficeSettings":{"message":)";
        if (const std::string* text = presences.out_of_office_message(user))
            append_quoted(out, *text);
        else
            out += "null";
        (out += R"(,"isOutOfOffice":)") += effective.out_of_office ? "true}" : "false}";
    }
    if (settings.sequence_number) ((out += R"(,"sequenceNumber":")") += sequence_text(effective.since)) += '"';
    out += '}';
}

std::string Service::notified_presence(UserIndex user) {
    std::string out = R"({"@odata.id":"users/)";
    directory[user].id.append_to(out);
    out += R"(/presence","@odata.type":"#microsoft.graph.presence","id":")";
    directory[user].id.append_to(out);
    out += R"(",)";
    const Effective effective = presences.visible(user, now(), false);
    append_pair(out, effective.pair);
    if (settings.sequence_number) ((out += R"(,"sequenceNumber":")") += sequence_text(effective.since)) += '"';
    return out + "}";
}

void Service::append_unknown(std::string& out, const Guid& id) const {
    out += R"({"id":")";
    id.append_to(out);
    out += R"(",)";
    append_pair(out, {Words::presence_unknown, Words::presence_unknown});
    out += '}';
}

http::Response Service::read_presence(Exchange& exchange) {
    const UserIndex user = target(exchange);
    if (exchange.token->delegated && !identity.permits(*exchange.token, "Presence.Read.All") &&
        user != exchange.token->user)
        return error(403, "Forbidden", "Only your own presence.", &exchange.request);
    std::string body = R"({"@odata.context":")" + exchange.own_url + R"(/v1.0/$metadata#users/presence/$entity",)";
    std::string inner;
    if (user == nobody) {
        const auto id = Guid::parse(exchange.parts[exchange.parts.front() == "communications" ? 2 : 1]);
        if (!id || settings.unknown_ids != "presence_unknown")
            return error(404, "NotFound", "The user could not be found.", &exchange.request);
        append_unknown(inner, *id);
    } else {
        ++presence_answers_;
        append_presence(inner, user,
                        settings.stale_every > 0 &&
                            presence_answers_ % static_cast<std::uint64_t>(settings.stale_every) == 0);
    }
    return json_text(200, body + inner.substr(1));
}

http::Response Service::read_presences(Exchange& exchange) {
    if (exchange.token->delegated && !identity.permits(*exchange.token, "Presence.Read.All"))
        return error(403, "Forbidden", "Missing role permissions on the request.", &exchange.request);
    json::object body;
    if (auto wrong = json_body(*this, exchange, body)) return *wrong;
    if (auto wrong = unknown_member(*this, body, {"ids"})) return *wrong;
    const json::value* ids = body.if_contains("ids");
    if (!ids || !ids->is_array() || ids->as_array().empty())
        return error(400, "BadRequest", "The ids are missing.", &exchange.request);
    if (ids->as_array().size() > static_cast<std::size_t>(settings.ids_max))
        return error(400, "BadRequest", "More than " + std::to_string(settings.ids_max) + " ids.", &exchange.request);
    ++presence_answers_;
    const bool stale =
        settings.stale_every > 0 && presence_answers_ % static_cast<std::uint64_t>(settings.stale_every) == 0;
    std::string out;
    out.reserve(160 + ids->as_array().size() * 320);
    out += R"({"@odata.context":")" + exchange.own_url +
           R"x(/v1.0/$metadata#Collection(microsoft.graph.presence)","value":[)x";
    bool first = true;
    for (const json::value& item : ids->as_array()) {
        const auto id = item.is_string() ? Guid::parse(std::string_view(item.as_string())) : std::nullopt;
        if (!id) return error(400, "BadRequest", "An id is not a GUID.", &exchange.request);
        const UserIndex user = directory.find(*id);
        if (user == nobody && settings.unknown_ids == "not_found")
            return error(404, "NotFound", "The user could not be found.", &exchange.request);
        if (user == nobody && settings.unknown_ids == "omit") continue;
        if (!std::exchange(first, false)) out += ',';
        if (user == nobody)
            append_unknown(out, *id);
        else
            append_presence(out, user, stale);
    }
    return json_text(200, out + "]}");
}

std::optional<http::Response> Service::foreign_write(const Exchange& exchange, UserIndex user) const {
    if (user == nobody) return error(404, "NotFound", "The user could not be found.", &exchange.request);
    if (exchange.token->delegated && user != exchange.token->user)
        return error(401, "Unauthorized", "Cannot set the presence of another user.", &exchange.request);
    return std::nullopt;
}

http::Response Service::set_presence(Exchange& exchange) {
    const UserIndex user = target(exchange);
    json::object body;
    if (auto wrong = json_body(*this, exchange, body)) return *wrong;
    if (auto wrong = foreign_write(exchange, user)) return *wrong;
    if (auto wrong = unknown_member(*this, body, {"sessionId", "availability", "activity", "expirationDuration"}))
        return *wrong;
    const auto session = text_of(body, "sessionId");
    const auto availability = text_of(body, "availability");
    const auto activity = text_of(body, "activity");
    if (!session || !availability || !activity)
        return error(400, "InvalidRequest", "sessionId, availability and activity are required.", &exchange.request);
    if (!http::same_word(*session, identity.applications[exchange.token->app].id))
        return error(static_cast<int>(settings.wrong_session_status), "InvalidRequest",
                     "The sessionId is not the id of the application.", &exchange.request);
    if (!listed(settable, *availability, *activity))
        return error(400, "InvalidRequest",
                     "The combination of availability " + std::string(*availability) + " and activity " +
                         std::string(*activity) + " is not valid.",
                     &exchange.request);
    std::int64_t duration = 5 * minute;
    if (const json::value* given = body.if_contains("expirationDuration"); given && !given->is_null()) {
        const auto parsed = given->is_string() ? duration_of(std::string_view(given->as_string())) : std::nullopt;
        if (!parsed || *parsed < 5 * minute || *parsed > 240 * minute)
            return error(400, "InvalidRequest", "expirationDuration must be from PT5M to PT4H.", &exchange.request);
        duration = *parsed;
    }
    presences.set(user, exchange.token->app, {words.of(*availability), words.of(*activity)}, now() + duration, now());
    return {200, {}, {}};
}

http::Response Service::clear_presence(Exchange& exchange) {
    const UserIndex user = target(exchange);
    json::object body;
    if (auto wrong = json_body(*this, exchange, body)) return *wrong;
    if (auto wrong = foreign_write(exchange, user)) return *wrong;
    if (auto wrong = unknown_member(*this, body, {"sessionId"})) return *wrong;
    const auto session = text_of(body, "sessionId");
    if (!session) return error(400, "InvalidRequest", "sessionId is required.", &exchange.request);
    if (!http::same_word(*session, identity.applications[exchange.token->app].id))
        return error(static_cast<int>(settings.wrong_session_status), "InvalidRequest",
                     "The sessionId is not the id of the application.", &exchange.request);
    if (!presences.clear(user, exchange.token->app, now()))
        return error(404, "NotFound", "The presence session could not be found.", &exchange.request);
    return {200, {}, {}};
}

http::Response Service::set_preferred(Exchange& exchange) {
    const UserIndex user = target(exchange);
    json::object body;
    if (auto wrong = json_body(*this, exchange, body)) return *wrong;
    if (auto wrong = foreign_write(exchange, user)) return *wrong;
    if (auto wrong = unknown_member(*this, body, {"availability", "activity", "expirationDuration"})) return *wrong;
    const auto availability = text_of(body, "availability");
    const auto activity = text_of(body, "activity");
    if (!availability || !activity || !listed(preferable, *availability, *activity))
        return error(400, "InvalidRequest", "The combination of availability and activity is not valid.",
                     &exchange.request);
    std::int64_t duration = *availability == "DoNotDisturb" || *availability == "Busy" ? day : 7 * day;
    if (const json::value* given = body.if_contains("expirationDuration"); given && !given->is_null()) {
        const auto parsed = given->is_string() ? duration_of(std::string_view(given->as_string())) : std::nullopt;
        if (!parsed || *parsed <= 0)
            return error(400, "InvalidRequest", "expirationDuration is not a duration.", &exchange.request);
        duration = *parsed;
    }
    presences.preferred(user, Pair{words.of(*availability), words.of(*activity)}, now() + duration, now());
    return {200, {}, {}};
}

http::Response Service::clear_preferred(Exchange& exchange) {
    const UserIndex user = target(exchange);
    json::object body;
    if (!exchange.request.body.empty())
        if (auto wrong = json_body(*this, exchange, body)) return *wrong;
    if (auto wrong = foreign_write(exchange, user)) return *wrong;
    if (auto wrong = unknown_member(*this, body, {})) return *wrong;
    presences.preferred(user, std::nullopt, 0, now());
    return {200, {}, {}};
}

http::Response Service::set_status_message(Exchange& exchange) {
    const UserIndex user = target(exchange);
    json::object body;
    if (auto wrong = json_body(*this, exchange, body)) return *wrong;
    if (auto wrong = foreign_write(exchange, user)) return *wrong;
    if (auto wrong = unknown_member(*this, body, {"statusMessage"})) return *wrong;
    const json::value* message = body.if_contains("statusMessage");
    const json::value* inner = message && message->is_object() ? message->as_object().if_contains("message") : nullptr;
    const auto content = inner && inner->is_object() ? text_of(inner->as_object(), "content") : std::nullopt;
    if (!content) return error(400, "InvalidRequest", "statusMessage.message.content is missing.", &exchange.request);
    presences.status_message(user, std::string(*content), now());
    return {200, {}, {}};
}

} // namespace sim::graph
