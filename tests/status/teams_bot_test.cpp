// The bot of Teams: who is heard, as whom they act, and in which language they are answered.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "office.hpp"
#include "status/bot_words.hpp"

using namespace lamp;
using namespace testing;

namespace {

constexpr std::string_view url = "https://smba.example/emea/";
constexpr std::string_view tenant = "5b1a7c3e-4d2f-4b6a-9c8d-0e1f2a3b4c5d";

/// A bot whose connector signs the token "good"; accounts are "object-N", N being the person's slot.
struct Bot {
    std::vector<std::string> dialled;
    std::vector<std::string> searched;
    status::Ports ports;

    Bot() {
        ports.teams_bot.examine = [](std::string_view token) {
            using What = status::BearerView::What;
            if (token == "later") return status::BearerView{.what = What::later};
            if (token != "good") return status::BearerView{.what = What::refused, .why = "This token is wrong."};
            return status::BearerView{.what = What::accepted, .told = std::string(url)};
        };
        ports.teams_bot.person_of = [](const std::string& account, const auto& reply) {
            reply(account == "object-0" ? std::optional<presence::Slot>(0) : std::nullopt);
        };
        ports.teams_bot.tenant = tenant;
        ports.dial = [this](const status::DialRequest& request, const status::Reply<Result<std::string>>& reply) {
            dialled.push_back(fmt::format("{} for {} by {}", request.to, request.person, request.by));
            if (request.to == "0") return reply(fail(Category::invalid, "Nobody has this number."));
            reply(std::string("call-1"));
        };
        ports.directory.search = [this](const status::DirectoryQuery& query, const auto& reply) {
            searched.push_back(fmt::format("{}, {}", query.words, query.limit));
            status::DirectoryPage page;
            for (std::size_t i = 0; i < std::min<std::size_t>(query.limit, 30) && query.words != "nobody"; ++i)
                page.items.push_back(fmt::format(
                    R"({{"key":"{}","first_name":"N","last_name":"{}","numbers":[{{"type":null,"number":"+31{}"}}]}})",
                    i == 0 ? "bob@example.net" : "c", i, i));
            reply(page);
        };
        ports.directory.favourites = [](const std::string& owner, const auto& reply) {
            status::FavouritesView view;
            if (owner == "alice@example.net")
                view.items.emplace_back(R"({"key":"f","first_name":"","last_name":"Favourite","extension":"2001"})");
            reply(view);
        };
    }
};

std::string query(std::string_view words, std::string_view account = "object-0", std::string_view locale = "en-US",
                  std::size_t skip = 0) {
    return fmt::format(
        R"({{"type":"invoke","name":"composeExtension/query","channelId":"msteams","serviceUrl":"{}","locale":"{}",
        "from":{{"aadObjectId":"{}"}},"channelData":{{"tenant":{{"id":"{}"}}}},
        "value":{{"parameters":[{{"name":"words","value":"{}"}}],"queryOptions":{{"skip":{},"count":25}}}}}})",
        url, locale, account, tenant, words, skip);
}

std::string press(std::string_view to, std::string_view id, std::string_view account = "object-0",
                  std::string_view verb = "dial") {
    return fmt::format(
        R"({{"type":"invoke","name":"adaptiveCard/action","id":"{}","channelId":"msteams","serviceUrl":"{}",
        "locale":"de-AT","from":{{"aadObjectId":"{}"}},"conversation":{{"tenantId":"{}"}},
        "value":{{"action":{{"type":"Action.Execute","verb":"{}","data":{{"to":"{}"}}}}}}}})",
        id, url, account, tenant, verb, to);
}

HttpAnswer post(Office& office, std::string_view body, std::string_view token = "good") {
    return office.client().request("POST", "/hooks/teams/messages", token, body);
}

json::value extension(Office& office, std::string_view body) {
    auto answer = post(office, body);
    CHECK(answer.status == 200);
    return answer.json().at("composeExtension");
}

std::string said(const json::value& extension) {
    CHECK(extension.at("type") == "message");
    return std::string(extension.at("text").as_string());
}

std::string pressed(Office& office, std::string_view body) {
    auto answer = post(office, body);
    CHECK(answer.status == 200); // whatever it has come to: the answer's own statusCode tells
    auto value = answer.json();
    if (value.at("statusCode") != 200) return fmt::format("{}", value.at("statusCode").as_int64());
    CHECK(value.at("type") == "application/vnd.microsoft.activity.message");
    return std::string(value.at("value").as_string());
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    auto place = text.find(what);
    REQUIRE(place != std::string::npos);
    return text.replace(place, what.size(), with);
}

} // namespace

TEST_CASE("bot: who is not heard") {
    Bot bot;
    Office office(default_options(), bot.ports);
    auto good = query("anna");
    struct Row {
        std::string_view what, token;
        std::string body;
        int status;
    };
    const Row table[] = {
        {"no token", "", good, 401},
        {"a token of ours is none", administrator, good, 401},
        {"keys are being fetched", "later", good, 503},
        {"no JSON", "good", "<html>", 400},
        {"another channel", "good", replaced(good, "msteams", "webchat"), 403},
        {"another serviceUrl", "good", replaced(good, "emea", "amer"), 403},
        {"no serviceUrl", "good", replaced(good, "serviceUrl", "service"), 403},
        {"another tenant", "good", replaced(good, tenant, "00000000-0000-0000-0000-000000000000"), 403},
        {"no tenant", "good", replaced(good, "channelData", "channel"), 403},
        {"too long", "good", good + std::string(256 * 1024, ' '), 413},
        {"an invoke that we do not have", "good", replaced(good, "composeExtension/query", "task/fetch"), 501},
        {"installed", "good", replaced(good, "\"invoke\"", "\"installationUpdate\""), 200},
    };
    for (const Row& row : table) {
        CAPTURE(row.what);
        CHECK(post(office, row.body, row.token).status == row.status);
    }
    CHECK(bot.searched.empty());
    CHECK(office.client().get("/hooks/teams/messages").status == 405);
    Office without;
    CHECK(post(without, good).status == 404);
}

TEST_CASE("bot: a search, its pages, and nothing typed") {
    Bot bot;
    auto options = default_options();
    options.http.public_url = config::Url("https://lamp.example");
    Office office(options, bot.ports);
    auto first = extension(office, query("n"));
    CHECK(first.at("type") == "result");
    CHECK(first.at("attachments").as_array().size() == 25);
    const auto& one = first.at_pointer("/attachments/0");
    CHECK(one.at_pointer("/content/body/0/inlines/0/text") == "N 0");
    CHECK(one.at_pointer("/content/body/1/inlines/0/text") == "Unknown"); // bob's lamp
    CHECK(one.at_pointer("/content/actions/0/title") == "Call +310");
    CHECK(one.at_pointer("/content/actions/0/fallback/url") == "https://lamp.example/dial?to=%2B310");
    CHECK(one.at_pointer("/content/actions/1/title") == "Chat");
    CHECK(first.at_pointer("/attachments/1/content/actions").as_array().size() == 1); // a contact has no chat
    auto second = extension(office, query("n", "object-0", "en-US", 25));
    CHECK(second.at("attachments").as_array().size() == 5);
    CHECK(extension(office, query("n", "object-0", "en-US", 1'000'000)).at("attachments").as_array().empty());
    CHECK(bot.searched == std::vector<std::string>{"n, 25", "n, 50", "n, 525"});
    CHECK(extension(office, query("")).at_pointer("/attachments/0/content/body/0/inlines/0/text") == "Favourite");
    CHECK(said(extension(office, query("nobody", "object-0", "nl"))) == "Er is niemand gevonden.");
}

TEST_CASE("bot: whose account is nobody's learns nothing and calls nobody") {
    Bot bot;
    Office office(default_options(), bot.ports);
    for (std::string_view account : {"object-1", ""}) {
        CHECK(said(extension(office, query("n", account, "fr-FR"))).starts_with("Le système téléphonique ne connaît"));
        CHECK(pressed(office, press("2001", "", account)).starts_with("Die Telefonanlage kennt"));
    }
    CHECK(bot.searched.empty());
    CHECK(bot.dialled.empty());
}

TEST_CASE("bot: a button dials as whoever presses it, once") {
    Bot bot;
    Office office(default_options(), bot.ports);
    CHECK(pressed(office, press("+31201230002", "f:1")) == "+31201230002 wird angerufen: nehmen Sie Ihr Telefon ab.");
    CHECK(pressed(office, press("+31201230002", "f:1")).starts_with("+31201230002 wird angerufen"));
    CHECK(pressed(office, press("0", "f:2")) == "0 konnte nicht angerufen werden: Nobody has this number.");
    CHECK(pressed(office, press("1", "f:3", "object-0", "erase")) == "400");
    CHECK(pressed(office, press("", "f:4")) == "400");
    CHECK(bot.dialled ==
          std::vector<std::string>{"+31201230002 for 0 by alice@example.net", "0 for 0 by alice@example.net"});
    std::string last;
    for (int i = 0; i < 30; ++i)
        last = pressed(office, press("1", fmt::format("g:{}", i)));
    CHECK(last.starts_with("Es wird zu oft gewählt"));
}

TEST_CASE("bot: the role's permissions, and never anybody else's telephone") {
    Bot bot;
    bot.ports.teams_bot.role = "viewer"; // searches, sees, dials nothing
    Office viewing(default_options(), bot.ports);
    CHECK(extension(viewing, query("n")).at("type") == "result");
    CHECK(pressed(viewing, press("2001", "f:1")).starts_with("Das dürfen Sie nicht"));
    bot.ports.teams_bot.role = "accountant";
    Office counting(default_options(), bot.ports);
    CHECK(said(extension(counting, query("n"))).starts_with("You may not do this"));
    bot.ports.teams_bot.role = "operator"; // dial.any does not count here
    Office operating_one(default_options(), bot.ports);
    CHECK(pressed(operating_one, press("2001", "f:1")).starts_with("2001 wird angerufen"));
    CHECK(bot.dialled == std::vector<std::string>{"2001 for 0 by alice@example.net"});
}

TEST_CASE("bot: languages") {
    using status::BotWord;
    CHECK(status::language_of("nl-BE", Language::en) == Language::nl);
    CHECK(status::language_of("DE", Language::en) == Language::de);
    CHECK(status::language_of("pt-BR", Language::fr) == Language::fr);
    CHECK(status::language_of("", Language::es) == Language::es);
    CHECK(bot_word(Language::de, BotWord::call, "2001") == "2001 anrufen");
    for (std::size_t i = 0; i < language_words.size(); ++i) {
        auto language = static_cast<Language>(i);
        for (auto word = BotWord::call; word <= BotWord::too_often;
             word = static_cast<BotWord>(static_cast<int>(word) + 1)) {
            auto text = bot_word(language, word, "2001");
            CHECK(!text.empty());
            CHECK(text.contains("2001") == bot_word(Language::en, word, "2001").contains("2001"));
        }
        for (std::size_t state = 0; state < presence::status_count; ++state)
            CHECK(!status::bot_word(language, static_cast<presence::Status>(state)).empty());
    }
}
