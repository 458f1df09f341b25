// What is sent: our JSON as consumers read it, cards that no caller can write into, mails that no value can add to.
#include "outbox/bodies.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include "events.hpp"
#include "outbox/mail_message.hpp"

using namespace testing;
using namespace lamp::outbox;
using calls::Happening;
namespace json = boost::json;

namespace {

calls::CallEvent recognised() {
    auto event = event_of(Happening::ringing);
    event.call.ddi = "+442079460100";
    event.call.ddi_name = "Sales";
    event.matches = {{"insightly",
                      "42",
                      "J. Doe",
                      "+33 1 99 00 12 34",
                      "exact",
                      "the same number",
                      "https://crm.example.net/contact/42",
                      {{"VIP", "yes"}}},
                     {"csv", "7", "Jan de Boer", "+33199001234", "exact", "the same number", "", {}}};
    event.actions = {{"Open record", "https://crm.example.net/open?n=%2B33199001234", ""},
                     {"Dangerous", "javascript:alert", ""}};
    return event;
}

/// Everything a caller's name can try.
const std::string hostile =
    "[x](http://evil.example.net) <!channel> <http://evil|y> *b* \"}],\r\nBcc: all@example.net\n\x01&";

} // namespace

TEST_CASE("the JSON of a call") {
    CHECK(
        json_body("k1", recognised()) ==
        R"({"id":"k1","event":"call.ringing","type":"call","at":"2026-11-26T12:00:20.000Z","call":{)"
        R"("id":"00ff00ff00ff00ff","person":"alice@example.net","line":"alice@example.net","direction":"in",)"
        R"("remote":{"number":"+33199001234","name":"ACME"},"started":"2026-11-26T12:00:00.000Z","answered":null,)"
        R"("state":"ringing","ddi":"+442079460100","queue":null,"session":null,"withheld":false,"source":"event"},)"
        R"("caller":{"number":"+33199001234","name":"ACME"},"match":{"count":2,"records":[{"integration":"insightly",)"
        R"("id":"42","name":"J. Doe","number":"+33 1 99 00 12 34","class":"exact","why":"the same number",)"
        R"("url":"https://crm.example.net/contact/42","fields":{"VIP":"yes"}},{"integration":"csv","id":"7",)"
        R"("name":"Jan de Boer","number":"+33199001234","class":"exact","why":"the same number","url":null,)"
        R"("fields":{}}]},"actions":[{"name":"Open record","url":"https://crm.example.net/open?n=%2B33199001234"},)"
        R"({"name":"Dangerous","url":"javascript:alert"}]})");
    auto missed = json::parse(json_body("k2", event_of(Happening::missed)));
    CHECK(missed.at("event") == "call.missed");
    CHECK(missed.at("type") == "missed");
    CHECK(missed.at("call").at("result") == "missed");
    auto out = event_of(Happening::dialling);
    out.call.incoming = false;
    CHECK(json::parse(json_body("k3", out)).at("caller").is_null());
    CHECK(json_body("k4", Notice{"presence", "alice@example.net", noon, R"({"status":"busy"})", "1"}) ==
          R"({"id":"k4","event":"presence","type":"presence","at":"2026-11-26T12:00:00.000Z",)"
          R"("presence":{"status":"busy"}})");
}

TEST_CASE("an event in words") {
    auto summary = summary_of(recognised(), "Alice Jansen", {Zone::fixed(3600s, "CET")});
    CHECK(summary == Summary{"Call for Alice Jansen",
                             {{"Caller", "ACME, +33199001234"},
                              {"Contact", "J. Doe (insightly)"},
                              {"Contact", "Jan de Boer (csv)"},
                              {"Number called", "+442079460100 (Sales)"},
                              {"Time", "2026-11-26 13:00"}},
                             {{"Open record", "https://crm.example.net/open?n=%2B33199001234"},
                              {"J. Doe", "https://crm.example.net/contact/42"}}});
    auto ended = event_of(Happening::ended);
    ended.call.withheld = true;
    ended.call.remote_number = ended.call.remote_name = "";
    ended.call.answered = noon + 5s;
    ended.call.ended = noon + 75s;
    ended.call.result = calls::CallResult::answered_elsewhere;
    CHECK(summary_of(ended, "Bob", Manner()) == Summary{"Call of Bob is over",
                                                        {{"Caller", "withheld"},
                                                         {"Time", "2026-11-26 12:00"},
                                                         {"Result", "answered elsewhere"},
                                                         {"Duration", "1 min 10 s"}},
                                                        {}});
    CHECK(summary_of(Notice{"presence", "alice@example.net", noon, "{}", "1", "on call"}, "Alice Jansen", Manner()) ==
          Summary{"presence of Alice Jansen", {{"Now", "on call"}, {"Time", "2026-11-26 12:00"}}, {}});
    CHECK(digest_line(event_of(Happening::missed), "Alice Jansen", Manner()) ==
          "12:00  Alice Jansen: ACME, +33199001234");
}

TEST_CASE("an event in each language, and numbers as people at home write them") {
    numbers::PublicNetwork france("FR");
    auto event = recognised();
    event.what = Happening::ended;
    event.matches.clear();
    event.actions.clear();
    event.call.queue = "Ventas";
    event.call.answered = noon + 5s;
    event.call.ended = noon + 15s;
    event.call.result = calls::CallResult::forwarded;
    struct Row {
        Language language;
        bool at_home;
        Summary summary;
        std::string line;
    };
    const Row rows[] = {
        {Language::en,
         false,
         {"Call of Alice is over",
          {{"Caller", "ACME, +33199001234"},
           {"Number called", "+442079460100 (Sales)"},
           {"Queue", "Ventas"},
           {"Time", "2026-11-26 12:00"},
           {"Result", "forwarded"},
           {"Duration", "10 s"}},
          {}},
         "12:00  Alice: ACME, +33199001234 - Call of Alice is over"},
        {Language::nl,
         true,
         {"Gesprek van Alice is afgelopen",
          {{"Beller", "ACME, 01 99 00 12 34"},
           {"Gebeld nummer", "+442079460100 (Sales)"},
           {"Wachtrij", "Ventas"},
           {"Tijd", "26-11-2026 12:00"},
           {"Resultaat", "doorgeschakeld"},
           {"Duur", "10 s"}},
          {}},
         "12:00  Alice: ACME, 01 99 00 12 34 - Gesprek van Alice is afgelopen"},
        {Language::fr,
         true,
         {"L’appel de Alice est terminé",
          {{"Appelant", "ACME, 01 99 00 12 34"},
           {"Numéro appelé", "+442079460100 (Sales)"},
           {"File d’attente", "Ventas"},
           {"Heure", "26/11/2026 12:00"},
           {"Résultat", "renvoyé"},
           {"Durée", "10 s"}},
          {}},
         "12:00  Alice: ACME, 01 99 00 12 34 - L’appel de Alice est terminé"},
        {Language::es,
         false,
         {"La llamada de Alice ha terminado",
          {{"Quien llama", "ACME, +33199001234"},
           {"Número marcado", "+442079460100 (Sales)"},
           {"Cola", "Ventas"},
           {"Hora", "26/11/2026 12:00"},
           {"Resultado", "desviada"},
           {"Duración", "10 s"}},
          {}},
         "12:00  Alice: ACME, +33199001234 - La llamada de Alice ha terminado"},
        {Language::de,
         false,
         {"Gespräch von Alice ist beendet",
          {{"Anrufer", "ACME, +33199001234"},
           {"Gewählte Nummer", "+442079460100 (Sales)"},
           {"Warteschlange", "Ventas"},
           {"Zeit", "26.11.2026 12:00"},
           {"Ergebnis", "umgeleitet"},
           {"Dauer", "10 s"}},
          {}},
         "12:00  Alice: ACME, +33199001234 - Gespräch von Alice ist beendet"},
    };
    for (const Row& row : rows) {
        CAPTURE(language_words.at(static_cast<std::size_t>(row.language)));
        Manner manner{.language = row.language, .home = row.at_home ? &france : nullptr};
        CHECK(summary_of(event, "Alice", manner) == row.summary);
        CHECK(digest_line(event, "Alice", manner) == row.line);
        CHECK(language_named(language_words.at(static_cast<std::size_t>(row.language))) == row.language);
    }
    CHECK_FALSE(language_named("pt"));
    CHECK_FALSE(language_named(""));
}

TEST_CASE("every phrase is said in every language, with the same places") {
    auto places = [](std::string_view text) { return std::ranges::count(text, '{'); };
    for (auto what = Phrase::ringing; what <= Phrase::date; what = static_cast<Phrase>(static_cast<int>(what) + 1))
        for (std::size_t i = 0; i < language_words.size(); ++i) {
            auto text = phrase(static_cast<Language>(i), what);
            CAPTURE(text);
            CHECK(!text.empty());
            if (what == Phrase::date) CHECK(text.find("%Y") != std::string_view::npos);
            if (what != Phrase::date) CHECK(places(text) == places(phrase(Language::en, what)));
        }
    for (std::size_t i = 0; i < language_words.size(); ++i)
        for (auto result = calls::CallResult::answered; result <= calls::CallResult::failed;
             result = static_cast<calls::CallResult>(static_cast<int>(result) + 1))
            CHECK(!phrase(static_cast<Language>(i), result).empty());
}

TEST_CASE("a card holds callers' texts in runs, which know no Markdown") {
    auto event = recognised();
    event.call.remote_name = hostile;
    auto card = json::parse(teams_body(summary_of(event, "Alice Jansen", Manner())));
    CHECK(card.at("type") == "message");
    const auto& attachment = card.at("attachments").at(0);
    CHECK(attachment.at("contentType") == "application/vnd.microsoft.card.adaptive");
    const auto& content = attachment.at("content");
    CHECK(content.at("type") == "AdaptiveCard");
    CHECK(content.at("body").as_array().size() == 6);
    for (const auto& block : content.at("body").as_array()) {
        CHECK(block.at("type") == "RichTextBlock");
        for (const auto& run : block.at("inlines").as_array())
            CHECK(run.at("type") == "TextRun");
    }
    CHECK(content.at("body").at(1).at("inlines").at(1).at("text").as_string() == hostile + ", +33199001234");
    REQUIRE(content.at("actions").as_array().size() == 2);
    CHECK(content.at("actions").at(0).at("url") == "https://crm.example.net/open?n=%2B33199001234");
}

TEST_CASE("a card stays small, whatever a CRM says") {
    auto event = recognised();
    event.call.remote_name = std::string(399, 'x') + "ë" + std::string(100'000, 'y');
    event.matches.assign(40, {"crm", "1", std::string(9'000, 'z'), "", "exact", "", "https://crm.example.net/1", {}});
    event.actions.assign(40, {"Open", "https://crm.example.net/" + std::string(1'900, 'a'), ""});
    auto card = teams_body(summary_of(event, "Alice Jansen", Manner()));
    CHECK(card.size() < 28'000);
    auto content = json::parse(card).at("attachments").at(0).at("content");
    CHECK(content.at("actions").as_array().size() == 6);
    CHECK(content.at("body").at(1).at("inlines").at(1).at("text").as_string() == std::string(399, 'x') + "…");
    CHECK(slack_body(summary_of(event, "Alice Jansen", Manner())).size() < 28'000);
}

TEST_CASE("a Slack message holds them as plain text") {
    auto event = recognised();
    event.call.remote_name = hostile;
    auto message = json::parse(slack_body(summary_of(event, "Alice Jansen", Manner())));
    std::string text(message.at("text").as_string());
    CHECK(text.find('<') == std::string::npos);
    CHECK(text.find("](") == std::string::npos);
    CHECK(text.find("&lt;!channel&gt;") != std::string::npos);
    CHECK(message.at("blocks").at(0).at("text").at("type") == "plain_text");
    CHECK(message.at("blocks").at(1).at("elements").as_array().size() == 2);
}

TEST_CASE("a mail is seven-bit, and no value adds a header") {
    Mail mail{.from = "Lämplighter <lamps@example.net>",
              .to = {"reception@example.net", "Bob <bob@example.net>"},
              .subject = hostile + "Zoë " + std::string(300, 'x'),
              .text = "Grüße\n.\nend",
              .key = "abc",
              .at = noon};
    auto text = written(mail);
    CHECK(std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    CHECK(text.starts_with("Date: Thu, 26 Nov 2026 12:00:00 +0000\r\nFrom: =?UTF-8?B?TMOkbXBsaWdodGVy?= "
                           "<lamps@example.net>\r\nTo: reception@example.net,\r\n Bob <bob@example.net>\r\n"
                           "Subject: =?UTF-8?B?"));
    CHECK(text.find("\r\nMessage-ID: <abc@example.net>\r\n") != std::string::npos);
    CHECK(text.find("\nBcc") == std::string::npos);
    CHECK(text.find("\n\n") == std::string::npos);
    CHECK(text.ends_with("\r\n\r\nR3LDvMOfZQ0KLg0KZW5k\r\n"));
    for (std::size_t from = 0; from < text.size();) {
        auto end = text.find("\r\n", from);
        REQUIRE(end != std::string::npos);
        CHECK(end - from <= 78);
        from = end + 2;
    }
    CHECK(header_text("Calls: 3") == "Calls: 3");
    CHECK(header_text("=?UTF-8?B?eA==?=") == "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=");
    mail.from = "A, B <lamps@example.net>";
    CHECK(written(mail).find("From: =?UTF-8?B?QSwgQg==?= <lamps@example.net>\r\n") != std::string::npos);
}

TEST_CASE("addresses of mailboxes") {
    CHECK(address_of(" alice@example.net ").value_or("") == "alice@example.net");
    CHECK(address_of("Alice Jansen <alice+crm@example.net>").value_or("") == "alice+crm@example.net");
    for (const char* wrong : {"", "alice", "@example.net", "alice@", "a b@example.net", "alice@exa mple.net",
                              "alice@example.net\r\nBcc: x@y", "<alice@example.net", "alice@example.net>", "a@b>c@d"})
        CHECK_FALSE(address_of(wrong));
}
