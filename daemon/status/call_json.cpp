#include "status/call_json.hpp"

#include "calls/call_json.hpp"

namespace lamp::status {

void write_call(JsonWriter& json, const CallView& call, const std::vector<calls::Match>& matches) {
    json.object([&] {
        json.member("id", call.id);
        json.member("person", call.person);
        json.member("line", call.line);
        json.member("direction", call.incoming ? "in" : "out");
        json.key("remote");
        json.object([&] {
            json.member_or_null("number", call.remote_number);
            json.member_or_null("name", call.remote_name);
        });
        json.member("started", call.started);
        json.member("answered", call.answered);
        json.member("state", call.state);
        json.member_or_null("ddi", call.ddi);
        json.member_or_null("queue", call.queue);
        if (!matches.empty()) calls::write_matches(json, matches);
    });
}

std::string to_json(const CallView& call) {
    std::string text;
    JsonWriter json(text);
    write_call(json, call);
    return text;
}

} // namespace lamp::status
