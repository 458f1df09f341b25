// What `[[webhook]]` and `[mail]` take and refuse.
#include <doctest/doctest.h>

#include "config/reader.hpp"
#include "outbox/options.hpp"

using namespace lamp;
using namespace lamp::outbox;

namespace {

config::Answer read(const std::string& toml) {
    config::Schema schema;
    schema.add(webhook_section()).add(mail_section());
    schema.check({"webhook", "mail"}, check_webhooks);
    return config::read_text(schema, toml, "/etc/l.toml", config::Sources::machine());
}

const std::string mail = "[mail]\nserver = \"smtp://mail.example.net:587\"\nfrom = \"lamps@example.net\"\n";

} // namespace

TEST_CASE("what is refused, and where") {
    struct Row {
        const char* what;
        std::string toml;
        std::string says; // empty: it is good
    };
    const std::string good = "[[webhook]]\nurl = \"http://127.0.0.1:9\"\nsecret = \"env:HOME\"\n";
    const Row rows[] = {
        {"the least", good, ""},
        {"the query stays", "[[webhook]]\nurl = \"https://x.example.net/a?sig=1\"\nsecret = \"env:HOME\"\n", ""},
        {"no url", "[[webhook]]\nname = \"a\"\n", "url: is required"},
        {"no secret", "[[webhook]]\nurl = \"https://x.example.net\"\n", "secret: warning: is not set"},
        {"a card needs none", "[[webhook]]\nurl = \"https://x.example.net\"\nformat = \"teams\"\n", ""},
        {"plain http", "[[webhook]]\nurl = \"http://x.example.net\"\nsecret = \"env:HOME\"\n",
         "goes over the network unencrypted"},
        {"unknown event", good + "events = [\"call.rang\"]\n", "events: \"call.rang\" is none of them"},
        {"no event", good + "events = []\n", "events: is empty"},
        {"our header", good + "headers = { \"User-Agent\" = \"x\" }\n", "headers: cannot hold User-Agent"},
        {"a login", good + "headers = { authorization = \"x\" }\n", "has its own key"},
        {"no header", good + "headers = { \"X Y\" = \"x\" }\n", "is no name of a header"},
        {"two lines", good + "headers = { X = \"a\\nb\" }\n", "holds a line break"},
        {"body without template", good + "body = \"x\"\n", "body: belongs to format = \"template\""},
        {"template without body", good + "format = \"template\"\n", "body: is required"},
        {"presence by template", good + "format = \"template\"\nbody = \"x\"\nevents = [\"presence\"]\n",
         "by a template"},
        {"to", good + "to = [\"a@example.net\"]\n", "to: belongs to format = \"mail\""},
        {"give_up", good + "give_up = \"0s\"\n", "give_up: "},
        {"same name", good + "name = \"a\"\n" + good + "name = \"a\"\n", "is the name of two [[webhook]]"},
        {"same host", good + good, ""},
        {"mail", mail + "[[webhook]]\nformat = \"mail\"\nto = [\"a@example.net\"]\ndigest = \"18:00\"\n", ""},
        {"a language",
         mail + "[[webhook]]\nformat = \"mail\"\nto = [\"a@b.c\"]\nlanguage = \"nl\"\nnumbers = \"national\"\n", ""},
        {"no such language", mail + "[[webhook]]\nformat = \"mail\"\nto = [\"a@b.c\"]\nlanguage = \"pt\"\n",
         "language: "},
        {"json has no language", good + "language = \"nl\"\n", "language: belongs to format = \"teams\""},
        {"mail without server", "[[webhook]]\nformat = \"mail\"\nto = [\"a@example.net\"]\n", "needs the table [mail]"},
        {"mail to nobody", mail + "[[webhook]]\nformat = \"mail\"\n", "to: is required"},
        {"mail to nowhere", mail + "[[webhook]]\nformat = \"mail\"\nto = [\"a\"]\n", "\"a\" is no address"},
        {"digest", mail + "[[webhook]]\nformat = \"mail\"\nto = [\"a@b.c\"]\ndigest = \"6pm\"\n", "is no time of day"},
        {"server", "[mail]\nserver = \"mail.example.net\"\nfrom = \"a@b.c\"\n", "must be smtp://"},
        {"login in it", "[mail]\nserver = \"smtp://u:p@h\"\nfrom = \"a@b.c\"\n", "must be smtp://"},
        {"from", "[mail]\nserver = \"smtp://h\"\nfrom = \"a\"\n", "from: is no address"},
        {"password", "[mail]\nserver = \"smtp://h\"\nfrom = \"a@b.c\"\nusername = \"u\"\n", "password: is required"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto answer = read(row.toml);
        auto said = config::to_string(answer.problems);
        CAPTURE(said);
        if (row.says.empty())
            CHECK(said.empty());
        else
            CHECK(said.find(row.says) != std::string::npos);
    }
}

TEST_CASE("services behind formats have their own pace") {
    WebhookOptions webhook{.rate = 20};
    CHECK(pace_of(webhook) == 20);
    webhook.format = Format::teams;
    CHECK(pace_of(webhook) == 4);
    webhook.format = Format::slack;
    CHECK(pace_of(webhook) == 1);
    webhook.format = Format::mail;
    webhook.rate = 3;
    CHECK(pace_of(webhook) == 3);
}

TEST_CASE("how webhooks are called") {
    auto webhook = [](std::string name, const char* url) {
        return WebhookOptions{.name = std::move(name), .url = config::Url(url)};
    };
    CHECK(names_of({webhook("crm", "http://a"), webhook("", "http://b:1"), webhook("", "http://c")}) ==
          std::vector<std::string>{"crm", "b", "c"});
    auto one = webhook("", "http://a:1/x");
    auto two = webhook("", "http://a:2/x");
    auto names = names_of({one, two});
    CHECK(names[0] != names[1]);
    CHECK(names[0].starts_with("a-"));
    CHECK(names_of({two, one}) == std::vector<std::string>{names[1], names[0]});
    auto thrice = names_of({one, one, two});
    CHECK(thrice[0] != thrice[1]);
}
