#include "proto/botframework/cards.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "proto/json/writer.hpp"

namespace lamp::botframework {
namespace {

constexpr std::string_view adaptive_type = "application/vnd.microsoft.card.adaptive";
constexpr std::string_view thumbnail_type = "application/vnd.microsoft.card.thumbnail";
constexpr std::string_view message_type = "application/vnd.microsoft.activity.message";
constexpr std::string_view error_type = "application/vnd.microsoft.error";

/// The text of a thumbnail card is HTML.
std::string as_html(std::string_view text) {
    std::string out;
    for (char c : text)
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        default: out += c;
        }
    return out;
}

void open_url(JsonWriter& json, std::string_view title, std::string_view url) {
    json.object([&] {
        json.member("type", "Action.OpenUrl");
        json.member("title", title);
        json.member("url", url);
    });
}

/// A RichTextBlock: the text of a TextBlock is Markdown. `more` writes further members of the run.
template <class More>
void run(JsonWriter& json, std::string_view text, More more) {
    json.object([&] {
        json.member("type", "RichTextBlock");
        json.key("inlines");
        json.array([&] {
            json.object([&] {
                json.member("type", "TextRun");
                json.member("text", text);
                more();
            });
        });
    });
}

void write_number(JsonWriter& json, const Number& number) {
    run(json, number.text, [&] {
        json.key("selectAction");
        open_url(json, number.title, number.link);
    });
}

void write_button(JsonWriter& json, const Number& number) {
    json.object([&] {
        json.member("type", "Action.Execute");
        json.member("title", number.title);
        json.member("verb", dial_verb);
        json.key("data");
        json.object([&] { json.member("to", number.to); });
        json.key("fallback");
        open_url(json, number.title, number.link);
    });
}

void write_adaptive(JsonWriter& json, const Card& card) {
    auto numbers = std::span(card.numbers).first(std::min(card.numbers.size(), numbers_max));
    json.object([&] {
        json.member("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        json.member("type", "AdaptiveCard");
        json.member("version", "1.4");
        json.key("body");
        json.array([&] {
            run(json, card.title, [&] {
                json.member("size", "Medium");
                json.member("weight", "Bolder");
            });
            for (const auto& line : card.lines)
                run(json, line, [] {});
            for (const Number& number : numbers)
                write_number(json, number);
        });
        json.key("actions");
        json.array([&] {
            for (const Number& number : numbers)
                write_button(json, number);
            if (!card.chat.empty()) open_url(json, card.chat_title, card.chat);
        });
    });
}

void write_preview(JsonWriter& json, const Card& card) {
    json.object([&] {
        json.member("contentType", thumbnail_type);
        json.key("content");
        json.object([&] {
            auto parts = card.lines;
            if (!card.numbers.empty()) parts.push_back(card.numbers.front().text);
            json.member("title", card.title);
            json.member("text", as_html(fmt::format("{}", fmt::join(parts, " · "))));
        });
    });
}

std::string action_answer(int status, std::string_view type, const auto& write_value) {
    std::string out;
    JsonWriter json(out);
    json.object([&] {
        json.member("statusCode", status);
        json.member("type", type);
        json.key("value");
        write_value(json);
    });
    return out;
}

} // namespace

std::string results(std::span<const Card> cards) {
    std::string out;
    JsonWriter json(out);
    json.object([&] {
        json.key("composeExtension");
        json.object([&] {
            json.member("type", "result");
            json.member("attachmentLayout", "list");
            json.key("attachments");
            json.array([&] {
                for (const Card& card : cards)
                    json.object([&] {
                        json.member("contentType", adaptive_type);
                        json.key("content");
                        write_adaptive(json, card);
                        json.key("preview");
                        write_preview(json, card);
                    });
            });
        });
    });
    return out;
}

std::string notice(std::string_view text) {
    std::string out;
    JsonWriter json(out);
    json.object([&] {
        json.key("composeExtension");
        json.object([&] {
            json.member("type", "message");
            json.member("text", text);
        });
    });
    return out;
}

std::string told(std::string_view text) {
    return action_answer(200, message_type, [&](JsonWriter& json) { json.value(text); });
}

std::string refused(std::string_view text) {
    return action_answer(400, error_type, [&](JsonWriter& json) {
        json.object([&] {
            json.member("code", "BadRequest");
            json.member("message", text);
        });
    });
}

} // namespace lamp::botframework
