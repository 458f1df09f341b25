#include "outbox/bodies.hpp"

#include <algorithm>

#include "calls/call_json.hpp"
#include "proto/text/text.hpp"

namespace lamp::outbox {
namespace {

constexpr std::size_t slack_label_max = 75; // Slack: text of a button
constexpr std::size_t slack_text_max = 2'900;
constexpr std::size_t slack_url_max = 3'000;

std::string written(auto&& inside) {
    std::string text;
    JsonWriter json(text);
    inside(json);
    return text;
}

void write_head(JsonWriter& json, std::string_view key, std::string_view event, std::string_view type, Wall at) {
    json.member("id", key);
    json.member("event", event);
    json.member("type", type);
    json.member("at", at);
}

void write_caller(JsonWriter& json, const calls::CallRecord& call) {
    json.key("caller");
    if (!call.incoming) return json.value(nullptr);
    json.object([&] {
        json.member_or_null("number", call.remote_number);
        json.member_or_null("name", call.remote_name);
    });
}

// ---------------------------------------------------------------- Teams

/// A RichTextBlock knows no Markdown; a TextBlock and a FactSet do.
void write_run(JsonWriter& json, std::string_view text, bool bold, bool large = false) {
    json.object([&] {
        json.member("type", "TextRun");
        json.member("text", text);
        if (bold) json.member("weight", "Bolder");
        if (large) json.member("size", "Medium");
    });
}

void write_rich(JsonWriter& json, auto&& inlines) {
    json.object([&] {
        json.member("type", "RichTextBlock");
        json.key("inlines");
        json.array(inlines);
    });
}

void write_card(JsonWriter& json, const Summary& summary) {
    json.object([&] {
        json.member("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        json.member("type", "AdaptiveCard");
        json.member("version", "1.4");
        json.key("body");
        json.array([&] {
            write_rich(json, [&] { write_run(json, summary.title, true, true); });
            for (const auto& [what, value] : summary.facts)
                write_rich(json, [&] {
                    write_run(json, what + ": ", true);
                    write_run(json, value, false);
                });
        });
        if (summary.links.empty()) return;
        json.key("actions");
        json.array([&] {
            for (const auto& [label, url] : summary.links)
                json.object([&] {
                    json.member("type", "Action.OpenUrl");
                    json.member("title", label);
                    json.member("url", url);
                });
        });
    });
}

// ---------------------------------------------------------------- Slack

/// Slack wants these three escaped in `text`; "](" would be a link where Markdown is understood (Mattermost).
std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == '(' && out.ends_with(']')) out += ' ';
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else
            out += c;
    }
    return out;
}

void write_plain(JsonWriter& json, std::string_view text, std::size_t most) {
    json.object([&] {
        json.member("type", "plain_text");
        json.member("text", text::beginning(text, most));
        json.member("emoji", false);
    });
}

std::string lines_of(const Summary& summary) {
    std::string text = summary.title;
    for (const auto& [what, value] : summary.facts)
        text.append("\n").append(what).append(": ").append(value);
    return text;
}

void write_buttons(JsonWriter& json, const Summary& summary) {
    auto fits = [](const Summary::Pair& link) { return link.second.size() <= slack_url_max && !link.first.empty(); };
    if (std::ranges::none_of(summary.links, fits)) return;
    json.object([&] {
        json.member("type", "actions");
        json.key("elements");
        json.array([&] {
            for (const auto& link : summary.links) {
                if (!fits(link)) continue;
                json.object([&] {
                    json.member("type", "button");
                    json.key("text");
                    write_plain(json, link.first, slack_label_max);
                    json.member("url", link.second);
                });
            }
        });
    });
}

} // namespace

std::string json_body(std::string_view key, const calls::CallEvent& event) {
    return written([&](JsonWriter& json) {
        json.object([&] {
            write_head(json, key, name(event.what), type_of(event.what), event.at);
            json.key("call");
            write_call(json, event.call, event.at);
            write_caller(json, event.call);
            write_matches(json, event.matches);
            json.key("actions");
            json.array([&] {
                for (const auto& action : event.actions)
                    write_action(json, action);
            });
        });
    });
}

std::string json_body(std::string_view key, const Notice& notice) {
    return written([&](JsonWriter& json) {
        json.object([&] {
            write_head(json, key, notice.type, notice.type, notice.at);
            json.key(notice.type);
            json.raw(notice.json);
        });
    });
}

std::string teams_body(const Summary& summary) {
    return written([&](JsonWriter& json) {
        json.object([&] {
            json.member("type", "message");
            json.key("attachments");
            json.array([&] {
                json.object([&] {
                    json.member("contentType", "application/vnd.microsoft.card.adaptive");
                    json.member("contentUrl", nullptr);
                    json.key("content");
                    write_card(json, summary);
                });
            });
        });
    });
}

std::string slack_body(const Summary& summary) {
    return written([&](JsonWriter& json) {
        json.object([&] {
            json.member("text", escaped(text::beginning(lines_of(summary), slack_text_max)));
            json.key("blocks");
            json.array([&] {
                json.object([&] {
                    json.member("type", "section");
                    json.key("text");
                    write_plain(json, lines_of(summary), slack_text_max);
                });
                write_buttons(json, summary);
            });
        });
    });
}

std::string test_body(std::string_view key, Wall at) {
    return written([&](JsonWriter& json) { json.object([&] { write_head(json, key, "test", "test", at); }); });
}

} // namespace lamp::outbox
