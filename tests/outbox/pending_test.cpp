// Who waits to be told of, and what is told to one webhook alone.
#include <doctest/doctest.h>

#include "office.hpp"
#include "outbox/pending.hpp"

using namespace testing;

TEST_CASE("everybody waits once, in the order of the first mark, for each webhook") {
    outbox::Pending pending;
    CHECK(!pending.next("crm"));
    for (const char* person : {"b", "a", "b", "c", "a"})
        pending.mark("crm", person);
    pending.mark("board", "a");
    CHECK(pending.webhooks() == std::vector<std::string>{"board", "crm"});
    CHECK(pending.next("crm") == "b");
    pending.mark("crm", "b"); // changed again: behind the others
    pending.mark("crm", "a"); // still waits
    CHECK(pending.next("crm") == "a");
    CHECK(pending.next("crm") == "c");
    CHECK(pending.next("crm") == "b");
    CHECK(!pending.next("crm"));
    CHECK(pending.webhooks() == std::vector<std::string>{"board"});
    pending.forget("board");
    pending.forget("board");
    CHECK(pending.webhooks().empty());
}

TEST_CASE("a notice to one of those who want it") {
    Receiver first(""), second(""), third("");
    Office office;
    office.add(first, "first").events = {"presence"};
    office.add(second, "second").events = {"presence"};
    office.add(third, "third").events = {"forwarding"};
    office.enter();
    CHECK(office.outbox().wanting("presence", "alice@example.net") == std::vector<std::string>{"first", "second"});
    CHECK(office.outbox().waiting("first") == 0);
    CHECK(!office.outbox().waiting("fourth"));
    const outbox::Notice notice{"presence", "alice@example.net", noon, "{}", "1"};
    office.outbox().take(notice, "second");
    CHECK(office.outbox().waiting("second") == 1);
    CHECK(office.outbox().waiting("first") == 0);
    office.until([&] { return office.view(1).delivered == 1; });
    office.until([&] { return office.outbox().waiting("second") == 0; });
    office.outbox().take(notice, "third"); // does not want it
    CHECK(office.outbox().waiting("third") == 0);
    CHECK(first.all().empty());
    CHECK(third.all().empty());
}
