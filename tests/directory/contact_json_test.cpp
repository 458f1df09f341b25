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
          R"("department":null,"title":null,"email":null,"extension":null,"default_line":null,"external_id":null,)"
          R"("notes":null,"lines":["2001@example.net"],"devices":[],"roles":[],"vip":true})");
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
