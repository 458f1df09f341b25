// Contacts that follow an entry of the directory: which member comes from whom.
#include "contacts/link.hpp"

#include <algorithm>

#include "here.hpp"

using namespace testing;

namespace {

Contact entry() {
    auto one = person("alice@example.net", "Doe", "Alice");
    one.source = "people";
    one.folder = "Sales";
    one.email = "alice@example.net";
    one.title = "Clerk";
    one.numbers = {{"work", "+31201230001"}};
    one.lines = {"2001@example.net", "2002@example.net"};
    one.notes = "not ours";
    return one;
}

} // namespace

TEST_CASE("a new one says what the entry says, and is filed by us") {
    auto contact = linked_to(entry());
    CHECK(contact.key.empty());
    CHECK(contact.source == own_source);
    CHECK(contact.of == "alice@example.net");
    CHECK(contact.email == "alice@example.net");
    CHECK(contact.numbers == entry().numbers);
    CHECK(contact.default_line == "2001@example.net");
    CHECK(contact.folder.empty());
    CHECK(contact.notes.empty());
    CHECK(contact.own.empty());
}

TEST_CASE("what was changed here stays, everything else follows") {
    for (std::string_view member : {"title", "numbers", "lines", "company"}) {
        CAPTURE(member);
        auto before = linked_to(entry());
        auto ours = before;
        if (member == "title") ours.title = "Boss";
        if (member == "numbers") ours.numbers = {{"mobile", "+31612345678"}};
        if (member == "lines") ours.lines = {"3000@example.net"};
        if (member == "company") ours.company = "Here";
        ours = noted(before, ours);
        CHECK(std::ranges::find(ours.own, member) != ours.own.end());
        auto changed = entry();
        changed.title = "Director";
        changed.company = "There";
        changed.numbers = {{"work", "+31201230099"}};
        changed.lines = {"2009@example.net"};
        auto then = followed(ours, changed);
        CHECK(then.title == (member == "title" ? "Boss" : "Director"));
        CHECK(then.company == (member == "company" ? "Here" : "There"));
        CHECK(then.numbers.front().number == (member == "numbers" ? "+31612345678" : "+31201230099"));
        CHECK(then.lines.front() == (member == "lines" ? "3000@example.net" : "2009@example.net"));
        CHECK(then.default_line == then.lines.front());
        CHECK(followed(then, changed) == then);
    }
}

TEST_CASE("names stay where the entry has none any more; a default line that is ours alone may be none") {
    auto contact = linked_to(entry());
    auto nameless = entry();
    nameless.first_name.clear();
    nameless.email.clear();
    auto then = followed(contact, nameless);
    CHECK(then.first_name == "Alice");
    CHECK(then.email.empty());
    auto ours = contact;
    ours.default_line.clear();
    ours = noted(contact, ours);
    CHECK(followed(ours, entry()).default_line.empty());
    ours.own = {"default_line"};
    ours.default_line = "2002@example.net";
    auto other = entry();
    other.lines = {"2005@example.net"};
    CHECK(followed(ours, other).default_line == "2005@example.net"); // the line of ours is gone
}

TEST_CASE("whoever is let go keeps what it has; notes of ours are no change of the entry's") {
    auto before = linked_to(entry());
    auto after = before;
    after.notes = "mind the dog";
    after.folder = "Private";
    CHECK(noted(before, after).own.empty());
    after.title = "Boss";
    auto free = unlinked(noted(before, after));
    CHECK(free.of.empty());
    CHECK(free.own.empty());
    CHECK(free.title == "Boss");
    CHECK(free.email == "alice@example.net");
}

TEST_CASE("the file has the link") {
    auto contact = noted(linked_to(entry()), linked_to(entry()));
    contact.own = {"title", "numbers"};
    auto read = read_contacts(contacts_text(std::vector{contact}, ';', true), plain);
    REQUIRE(told(read.mistakes).empty());
    CHECK(read.rows.front().contact.of == contact.of);
    CHECK(read.rows.front().contact.own == contact.own);
    auto wrong = read_contacts("last_name;first_name;own\nDoe;Jane;notes\n", plain);
    CHECK(told(wrong.mistakes) == std::vector<std::string>{"2:10 own: \"notes\" is no member that follows an entry"});
}
