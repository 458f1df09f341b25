#include "calls/call_json.hpp"

namespace lamp::calls {
namespace {

std::uint64_t whole_seconds(milliseconds time) {
    return static_cast<std::uint64_t>(std::max<milliseconds::rep>(0, time.count()) + 500) / 1000;
}

/// Until `now` where it is on hold at this moment.
milliseconds held(const CallRecord& call, Wall now) {
    auto until = call.ended.value_or(now);
    return call.held + (call.held_at ? std::max(milliseconds(0), until - *call.held_at) : milliseconds(0));
}

void write_end(JsonWriter& json, const CallRecord& call, Wall now) {
    json.member("ended", call.ended);
    json.member_or_null("result", call.result ? name(*call.result) : std::string_view());
    json.member("ring_s", whole_seconds(call.rang));
    json.member("talk_s", whole_seconds(call.talked(now)));
    json.member("hold_s", whole_seconds(held(call, now)));
    json.member("released_by", name(call.released_by));
}

} // namespace

std::string_view state_of(const CallRecord& call) {
    if (call.ended) return {};
    if (!call.answered) return call.incoming ? "ringing" : "dialling";
    return call.held_at ? "held" : "active";
}

namespace {

void write_members(JsonWriter& json, const CallRecord& call, Wall now) {
    json.member("id", call.id);
    json.member_or_null("person", call.person);
    json.member("line", call.line);
    json.member("direction", call.incoming ? "in" : "out");
    json.key("remote");
    json.object([&] {
        json.member_or_null("number", call.remote_number);
        json.member_or_null("name", call.remote_name);
    });
    json.member("started", call.started);
    json.member("answered", call.answered);
    if (call.ended)
        write_end(json, call, now);
    else
        json.member("state", state_of(call));
    json.member_or_null("ddi", call.ddi);
    json.member_or_null("queue", call.queue);
    json.member_or_null("session", call.session);
    json.member("withheld", call.withheld);
    json.member("source", name(call.source));
    if (call.uncertain) json.member("uncertain", true);
}

} // namespace

void write_call(JsonWriter& json, const CallRecord& call, Wall now) {
    json.object([&] { write_members(json, call, now); });
}

void write_event(JsonWriter& json, const CallEvent& event) {
    json.object([&] {
        write_members(json, event.call, event.at);
        json.member("event", name(event.what));
        if (!event.matches.empty()) write_matches(json, event.matches);
        if (event.actions.empty()) return;
        json.key("actions");
        json.array([&] {
            for (const auto& action : event.actions)
                write_action(json, action);
        });
    });
}

void write_matches(JsonWriter& json, const std::vector<Match>& matches) {
    json.key("match");
    json.object([&] {
        json.member("count", static_cast<std::uint64_t>(matches.size()));
        json.key("records");
        json.array([&] {
            for (const auto& match : matches)
                write_match(json, match);
        });
    });
}

void write_match(JsonWriter& json, const Match& match) {
    json.object([&] {
        json.member("integration", match.integration);
        json.member("id", match.id);
        json.member("name", match.name);
        json.member("number", match.number);
        json.member("class", match.cls);
        json.member("why", match.why);
        json.member_or_null("url", match.url);
        json.key("fields");
        json.object([&] {
            for (const auto& [key, value] : match.fields)
                json.member(key, value);
        });
    });
}

void write_action(JsonWriter& json, const Action& action) {
    json.object([&] {
        json.member("name", action.name);
        json.member_or_null("url", action.url);
        if (!action.body.empty()) json.member("body", action.body);
    });
}

} // namespace lamp::calls
