// Mails against a strict server: what arrives, what is tried again, what is not, and the daily digest.
#include <doctest/doctest.h>

#include "office.hpp"
#include "outbox/shelf.hpp"
#include "smtp_server.hpp"

using namespace testing;
using calls::Happening;
using calls::WebhookVerb;

namespace {

class MailOffice : public Office {
public:
    explicit MailOffice(const SmtpServer& server, const std::string& host = "127.0.0.1") {
        options().mail.emplace();
        options().mail->server = "smtp://" + host + ":" + std::to_string(server.port());
        options().mail->from = "Lamplighter <lamps@example.net>";
        options().mail->timeout = 5s;
        auto& webhook = options().webhooks.emplace_back();
        webhook.name = "reception";
        webhook.format = outbox::Format::mail;
        webhook.events = {"missed"};
        webhook.to = {"reception@example.net", "Bob <bob@example.net>"};
    }
};

std::string decoded(const std::string& data) {
    auto base64 = data.substr(data.find("\r\n\r\n") + 4);
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    unsigned have = 0;
    for (char c : base64) {
        auto value = digits.find(c);
        if (value == std::string_view::npos) continue;
        bits = bits << 6 | static_cast<unsigned>(value);
        if (have += 6; have >= 8) out += static_cast<char>(bits >> (have -= 8) & 0xff);
    }
    return out;
}

} // namespace

TEST_CASE("a missed call by mail") {
    SmtpServer server;
    MailOffice office(server);
    office.options().mail->username = "lamp";
    office.options().mail->password = Secret("s3");
    auto event = event_of(Happening::missed);
    event.call.remote_name = "Zoë\r\nBcc: all@example.net";
    office.enter().take(event);
    office.until([&] { return office.view().delivered == 1; });
    CHECK(server.faults() == "");
    auto mails = server.mails();
    REQUIRE(mails.size() == 1);
    CHECK(mails[0].from == "lamps@example.net");
    CHECK(mails[0].to == std::vector<std::string>{"reception@example.net", "bob@example.net"});
    CHECK(mails[0].login == "PLAIN AGxhbXAAczM="); // \0lamp\0s3
    CHECK(mails[0].data.find("\r\nSubject: Missed call for Alice Jansen\r\n") != std::string::npos);
    CHECK(mails[0].data.find("\r\nFrom: Lamplighter <lamps@example.net>\r\n") != std::string::npos);
    CHECK(decoded(mails[0].data) == "Missed call for Alice Jansen\r\n\r\nCaller: Zoë  Bcc: all@example.net, "
                                    "+33199001234\r\nTime: 2026-11-26 12:00\r\nResult: missed\r\n");
    CHECK(office.view().place == office.options().mail->server);
}

TEST_CASE("what a mail server may answer") {
    SmtpServer server;
    MailOffice office(server);
    server.answer("RCPT", "550 nobody here");
    server.answer(".", "451 later");
    office.enter();
    office.outbox().take(event_of(Happening::missed, "one"));
    office.outbox().take(event_of(Happening::missed, "two"));
    office.until([&] { return office.view().delivered == 1; });
    CHECK(server.mails().size() == 1);
    CHECK(office.view().failed == 2);
    auto dead = office.dead();
    REQUIRE(dead.size() == 1);
    CHECK(dead[0].reason == "The mail server says: 550 nobody here.");
    CHECK(server.faults() == "");
}

TEST_CASE("a login that is refused is tried again: a person can mend it") {
    SmtpServer server;
    MailOffice office(server);
    office.options().mail->username = "lamp";
    office.options().mail->password = Secret("wrong");
    server.answer("AUTH", "535 no");
    office.enter().take(event_of(Happening::missed));
    office.until([&] { return office.view().failed == 1; });
    CHECK(office.view().last_error.find("535") != std::string::npos);
    office.until([&] { return office.view().delivered == 1; });
    CHECK(office.dead().empty());
}

TEST_CASE("beyond this machine nothing goes without TLS") {
    SmtpServer server;
    MailOffice office(server, "[::ffff:127.0.0.1]"); // leads here, and is not written as loopback
    office.enter();
    auto done = office.order({"reception", WebhookVerb::test, {}, "ops"});
    REQUIRE(!done);
    CHECK_MESSAGE(done.error().text.find("offers no TLS") != std::string::npos, done.error().text);
    CHECK(server.mails().empty());
}

TEST_CASE("a silent mail server holds neither webhooks nor the end up") {
    SmtpServer server;
    server.fall_silent();
    Receiver receiver;
    MailOffice office(server);
    office.options().mail->timeout = 60s;
    office.add(receiver, "crm").events = {"missed"};
    office.enter();
    for (const auto& id : numbered(20))
        office.outbox().take(event_of(Happening::missed, id));
    office.until([&] { return office.view(1).delivered == 20; });
    CHECK(office.view(0).waiting == 20);
    auto begun = steady_now();
    office.leave();
    CHECK(steady_now() - begun < 5s);
}

TEST_CASE("a digest gathers what was missed, over a restart, and is one mail") {
    SmtpServer server;
    MailOffice office(server);
    auto& webhook = office.options().webhooks[0];
    webhook.digest = "18:00";
    office.enter();
    for (const auto& id : numbered(3))
        office.outbox().take(event_of(Happening::missed, id));
    office.outbox().take(event_of(Happening::missed, "call-0")); // told twice
    office.until_written();
    CHECK(office.view().waiting == 0);
    office.leave();
    {
        auto opened = store::open_current(office.folder());
        REQUIRE(opened);
        // As if it had been yesterday's.
        REQUIRE(opened->database.run("UPDATE outbox_letter SET made_at = made_at - 86400000"));
    }
    office.enter();
    office.until([&] { return office.view().delivered == 1; });
    auto mails = server.mails();
    REQUIRE(mails.size() == 1);
    CHECK(mails[0].data.find("\r\nSubject: Calls: 3\r\n") != std::string::npos);
    std::string line = "12:00  Alice Jansen: ACME, +33199001234\r\n";
    CHECK(decoded(mails[0].data) == line + line + line);
    CHECK(office.view().waiting == 0);
}
