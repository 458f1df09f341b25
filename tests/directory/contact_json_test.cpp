// The contact object, both ways.
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "contacts/contact_json.hpp"

using namespace lamp;
using namespace lamp::contacts;
namespace json = boost::json;

namespace {

Result<std::string> plain(std::string_view written) {
    if (!written.starts_with('+')) return fail(Category::invalid, "not written with its country");
    return std::string(written);
}

Result<Contact> read(std::string_view text, Contact base = {}) {
    return read_contact(json::parse(text).as_object(), std::move(base), plain);
}

std::string written(const Contact& contact) {
    std::string text;
    JsonWriter writer(text);
    write_contact(writer, contact);
    return text;
}

} // namespace

TEST_CASE("a contact as it is posted, and as it is answered") {
    auto contact = read(R"({"first_name":"Jane","last_name":" Doe ","numbers":[{"type":"work","number":"+33199001234"},
        {"number":"+442079460155"}],"email":null,"lines":["2001@example.net"],"vip":true})");
    REQUIRE(contact.has_value());
    contact->key = "c-1";
    CHECK(written(*contact) ==
          R"({"key":"c-1","source":"contacts","first_name":"Jane","last_name":"Doe","numbers":[{"type":"work",)"
          R"("number":"+33199001234"},{"type":null,"number":"+442079460155"}],"folder":null,"company":null,)"
          R"("department":null,"title":null,"email":null,"extension":null,"default_line":"2001@example.net",)"
          R"("external_id":null,"notes":null,"lines":["2001@example.net"],"devices":[],"roles":[],"vip":true})");
}

TEST_CASE("what is not named stays, null empties") {
    Contact base;
    base.key = "c-1";
    base.first_name = "Jane";
    base.last_name = "Doe";
    base.email = "jane@example.net";
    base.company = "Acme";
    auto changed = read(R"({"email":null,"title":"Director"})", base);
    REQUIRE(changed.has_value());
    CHECK(changed->email.empty());
    CHECK(changed->company == "Acme");
    CHECK(changed->title == "Director");
    CHECK(changed->key == "c-1");
}

TEST_CASE("the default line is one of the lines") {
    struct Row {
        std::string_view lines; // of the contact, in its order; the default line first
        std::string_view said;
        std::string_view then; // the default line; or what the error holds, behind "!"
    };
    constexpr Row rows[]{
        {"a b", R"({})", "a"},
        {"a b", R"({"default_line":"b"})", "b"},
        {"a b", R"({"default_line":"c"})", "!must be one of \"lines\" (a, b)"},
        {"", R"({"default_line":"c"})", "!there are none"},
        {"a b", R"({"default_line":null})", ""},
        {"a b", R"({"lines":["b","c"]})", "b"},
        {"a b", R"({"lines":["a","c"]})", "a"},
        {"a b", R"({"lines":[]})", ""},
        {"a b", R"({"lines":["c"],"default_line":"a"})", "!must be one of \"lines\" (c)"},
        {"", R"({"lines":["c","d"]})", "c"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.lines);
        CAPTURE(row.said);
        Contact base;
        base.first_name = base.last_name = "Doe";
        for (char c : row.lines)
            if (c != ' ') base.lines.emplace_back(1, c);
        if (!base.lines.empty()) base.default_line = base.lines.front();
        auto read_one = read(row.said, base);
        if (row.then.starts_with('!')) {
            REQUIRE_FALSE(read_one.has_value());
            CHECK(read_one.error().text.contains(row.then.substr(1)));
        } else {
            REQUIRE(read_one.has_value());
            CHECK(read_one->default_line == row.then);
        }
    }
    Contact old; // as it was kept before there was this rule
    old.first_name = old.last_name = "Doe";
    old.default_line = "gone";
    auto object = json::parse(written(old)).as_object();
    CHECK(read_stored_contact(object, "c-1")->default_line == "gone");
    CHECK(read(R"({"title":"Boss"})", old)->default_line == "gone");
}

TEST_CASE("a link is kept, ended, and chosen only with a new contact") {
    Contact linked;
    linked.first_name = linked.last_name = "Doe";
    linked.of = "alice";
    linked.own = {"title"};
    auto kept = read_stored_contact(json::parse(written(linked)).as_object(), "");
    REQUIRE(kept.has_value());
    CHECK(*kept == linked);
    CHECK(read(R"({"own":[]})", linked)->own.empty());
    CHECK(read(R"({"own":["title","numbers"]})", linked)->own.size() == 2);
    CHECK_FALSE(read(R"({"own":["notes"]})", linked).has_value());
    CHECK_FALSE(read(R"({"of":"bob"})", linked).has_value());
    CHECK_FALSE(read(R"({"own":["title"],"of":null})", linked).has_value());
    auto free = read(R"({"of":null})", linked);
    REQUIRE(free.has_value());
    CHECK((free->of.empty() && free->own.empty()));
}

TEST_CASE("what is wrong is named") {
    struct Row {
        std::string_view text, says;
    };
    const Row rows[] = {
        {R"({"first_name":"Jane"})", "\"last_name\" must not be empty."},
        {R"({"last_name":"Doe","first_name":"  "})", "\"first_name\" must not be empty."},
        {R"({"last_name":7})", "\"last_name\" must be a text of at most 1024 bytes."},
        {R"({"surname":"Doe"})", "\"surname\" is no member of a contact."},
        {R"({"key":"c-1"})", "\"key\" is given by the directory and cannot be set."},
        {R"({"numbers":["+33199001234"]})", R"("numbers" must be a list of {"type","number"}.)"},
        {R"({"numbers":[{"number":"0199001234"}]})", "\"numbers\": \"0199001234\": not written with its country"},
        {R"({"lines":"2001"})", "\"lines\" must be a list of at most 64 texts."},
        {R"({"vip":"yes"})", "\"vip\" must be true or false."},
        {R"({"last_name":"a\u0000b"})", "\"last_name\" holds a NUL character."},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        auto contact = read(row.text);
        REQUIRE_FALSE(contact.has_value());
        CHECK(contact.error().category == Category::invalid);
        CHECK(contact.error().text == row.says);
    }
}
