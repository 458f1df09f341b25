#include "adapters/teams/app_package.hpp"

#include <array>

#include "http/url.hpp"
#include "proto/graph/guid.hpp"
#include "proto/json/writer.hpp"
#include "proto/zip/archive.hpp"

namespace lamp::teams {
namespace {

constexpr std::string_view schema =
    "https://developer.microsoft.com/json-schemas/teams/v1.17/MicrosoftTeams.schema.json";

void write_texts(JsonWriter& json, std::string_view name, std::initializer_list<std::string_view> texts) {
    json.key(name);
    json.array([&] {
        for (auto text : texts)
            json.value(text);
    });
}

void write_about(JsonWriter& json, const std::string& url) {
    json.key("developer");
    json.object([&] {
        json.member("name", "Lamplighter");
        json.member("websiteUrl", url);
        json.member("privacyUrl", url);
        json.member("termsOfUseUrl", url);
    });
    json.key("name");
    json.object([&] {
        json.member("short", "Search and call");
        json.member("full", "Lamplighter: search and call");
    });
    json.key("description");
    json.object([&] {
        json.member("short", "Finds colleagues and contacts, shows their lamps, calls them.");
        json.member("full",
                    "Type a name, a company or a number: colleagues and contacts of the company's directory are "
                    "shown with their lamps. One click calls with your own telephone.");
    });
    json.key("icons");
    json.object([&] {
        json.member("color", "color.png");
        json.member("outline", "outline.png");
    });
    json.member("accentColor", "#1F3D5C");
}

/// A button of a card reaches us only where the app has a bot, with the scopes of the chats that the card is sent to.
void write_bot(JsonWriter& json, const std::string& id) {
    json.key("bots");
    json.array([&] {
        json.object([&] {
            json.member("botId", id);
            write_texts(json, "scopes", {"personal", "team", "groupChat"});
            json.member("isNotificationOnly", true);
        });
    });
}

void write_extension(JsonWriter& json, const std::string& id) {
    json.key("composeExtensions");
    json.array([&] {
        json.object([&] {
            json.member("botId", id);
            json.key("commands");
            json.array([&] {
                json.object([&] {
                    json.member("id", "search");
                    json.member("type", "query");
                    write_texts(json, "context", {"compose", "commandBox"});
                    json.member("title", "Search and call");
                    json.member("description", "A name, a company or a number");
                    json.member("initialRun", true);
                    json.key("parameters");
                    json.array([&] {
                        json.object([&] {
                            json.member("name", "words");
                            json.member("title", "Search");
                            json.member("description", "A name, a company or a number");
                            json.member("inputType", "text");
                        });
                    });
                });
            });
        });
    });
}

} // namespace

std::string app_manifest(const TeamsOptions& options, std::string_view version) {
    auto guid = graph::parse_guid(options.bot);
    auto id = guid ? graph::to_string(*guid) : options.bot;
    auto url = http::Url::parse(options.public_url);
    std::string out;
    JsonWriter json(out);
    json.object([&] {
        json.member("$schema", schema);
        json.member("manifestVersion", "1.17");
        json.member("version", version);
        json.member("id", id);
        write_about(json, options.public_url);
        write_bot(json, id);
        write_extension(json, id);
        write_texts(json, "permissions", {"identity"});
        write_texts(json, "validDomains", {url ? std::string_view(url->host) : std::string_view()});
    });
    return out;
}

std::string app_package(const TeamsOptions& options, std::string_view version) {
    auto manifest = app_manifest(options, version);
    const std::array files{zip::File{"manifest.json", manifest}, zip::File{"color.png", color_icon()},
                           zip::File{"outline.png", outline_icon()}};
    return zip::archive(files);
}

} // namespace lamp::teams
