// Presets: those that the program brings, those of a folder, and what is said of mistakes.
#include <fstream>

#include "faults/folder.hpp"
#include "recognition/rest/presets.hpp"
#include "stand.hpp"

using namespace testing;

TEST_CASE("every preset of the program can be read, and says what it wants") {
    auto all = list_presets({});
    std::string names;
    for (const auto& one : all) {
        CHECK_MESSAGE(one.mistake.empty(), one.mistake);
        CHECK(!one.title.empty());
        CHECK(!one.help.empty());
        names += one.name + " ";
    }
    CHECK(
        names ==
        "dynamics365 generic google-people graph-contacts graph-users graph-users-filtered hubspot insightly pipedrive "
        "salesforce zoho-crm ");
    CHECK(list_presets({}, "HUB").size() == 1);
    CHECK(list_presets({}, "outlook").front().name == "graph-contacts");
    CHECK(list_presets({}, "hubspot").front().capabilities == std::vector<std::string>{"delta", "live", "create"});
}

TEST_CASE("requests of the presets stand as their services want them") {
    struct Row {
        const char* preset;
        std::map<std::string, std::string> values;
        const char* target;
    };
    const Row rows[] = {
        {"pipedrive", {{"domain", "acme"}}, "/api/v2/persons?limit=500"},
        {"insightly", {{"pod", "eu1"}}, "/v3.1/Contacts?brief=false&skip=0&top=500"},
        {"graph-contacts",
         {{"tenant", "t"}, {"mailbox", "bob@example.net"}, {"folder", "A b=="}},
         "/v1.0/users/bob@example.net/contactFolders/A%20b==/contacts/"
         "delta?$select=displayName%2CcompanyName%2CjobTitle%"
         "2CemailAddresses%2CbusinessPhones%2ChomePhones%2CmobilePhone%2ClastModifiedDateTime"},
        {"graph-users-filtered",
         {{"tenant", "t"}, {"filter", "department eq 'Sales'"}},
         "/v1.0/users?$select=id%2CdisplayName%2CgivenName%2Csurname%2Cmail%2CuserPrincipalName%2CbusinessPhones%"
         "2CmobilePhone%2CfaxNumber%2CjobTitle%2Cdepartment%2CcompanyName%2CaccountEnabled&"
         "$filter=department%20eq%20%27Sales%27&$count=true&$top=999"},
        {"google-people",
         {},
         "/v1/people/me/connections?personFields=names%2CphoneNumbers%2Corganizations%2CemailAddresses%2Cmetadata&"
         "pageSize=1000&requestSyncToken=true"},
        {"generic",
         {{"url", "https://crm.example.net"}, {"path", "/a?active=1&q=a%20b&after={cursor}"}},
         "/a?active=1&q=a%20b"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.preset);
        auto text = preset_text(row.preset, {});
        REQUIRE(text);
        auto preset = preset_of(text->text, row.values);
        CHECK(Pager(preset.list.front(), {}).ask().target == row.target);
    }
}

TEST_CASE("mistakes are told with their place, all of them") {
    struct Row {
        std::string_view change, by, says;
    };
    const Row rows[] = {
        {"size = 2", "sizes = 2", "test.toml:8:1: [paging] sizes: is not known here (did you mean \"size\"?)"},
        {"id = \"/id\"", "id = \"id\"", "test.toml:12:6: [map] id: does not begin with"},
        {"\"{cursor}\", limit", "\"{curser}\", limit", "[list 1] query: has {curser} in it"},
        {"kind = \"cursor\"", "kind = \"curser\"", "must be one of none, page, offset, cursor, link, link_header"},
        {"at = \"/next\"", "", "[paging] at: is required"},
        {"base_url = \"https://crm.example.net\"", "base_url = \"crm\"", "is no http or https address"},
        {"incremental = \"since\"", "incremental = \"token\"", "does not say where the token stands"},
        {"overlap_s = 60", "overlap_s = \"1m\"", "must be a whole number, and is the text \"1m\""},
        {"size = 2", "size = 2\nfirst =", "test.toml:9"},
        {"path = \"/contacts\"", "path = \"contacts\"", "must begin with \"/\""},
        {"[map]", "[signs]\nexpired = [\"gone\"]\n[map]", "a sign is a status"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.by);
        std::string text(plain);
        auto at = text.find(row.change);
        REQUIRE(at != std::string::npos);
        text.replace(at, row.change.size(), row.by);
        auto read = read_preset(text, "test.toml", {});
        REQUIRE(!read);
        CHECK_MESSAGE(has(config::to_string(read.error()), row.says), config::to_string(read.error()));
    }
    auto none = read_preset("[[list]]\npath = \"/\"\n[maps]\n", "test.toml", {});
    REQUIRE(!none);
    CHECK(none.error().size() >= 4);
}

TEST_CASE("parameters that are missing or unknown are told with their help") {
    auto text = preset_text("pipedrive", {});
    REQUIRE(text);
    auto read = read_preset(text->text, text->file, {{"domian", "acme"}});
    REQUIRE(!read);
    auto said = config::to_string(read.error());
    CHECK(has(said, "domain: must be given: the first part of your address"));
    CHECK(has(said, "domian: is no parameter"));
    auto missing = preset_text("pipe", {});
    REQUIRE(!missing);
    CHECK(has(missing.error().text, "pipedrive"));
}

TEST_CASE("a preset of the folder stands before the program's") {
    faults::Folder folder("presets");
    std::ofstream(folder.path() / "hubspot.toml") << plain;
    std::ofstream(folder.path() / "ours.toml") << plain << "title = 5\n[[list]]\n";
    std::ofstream(folder.path() / "empty.toml");
    auto text = preset_text("hubspot", folder.path());
    REQUIRE(text);
    CHECK(text->text == plain);
    std::vector<std::string> complaints;
    CHECK(preset_texts(folder.path(), &complaints).size() == 12);
    CHECK(complaints.size() == 1);
    CHECK(!list_presets(folder.path(), "ours").front().mistake.empty());
    CHECK(preset_texts(folder.path() / "none").size() == 11);
}

TEST_CASE("what is filled into a body is a text, whatever it holds") {
    auto body = BodyTemplate::parse(R"({"a":"{name}","b":["{mobile}","x{number}"],"c":{"d":"{email}"},"n":5})");
    REQUIRE(body);
    Values values;
    values.set(Place::name, "\"},{\"");
    values.set(Place::number, "1");
    CHECK(body->fill(values) == R"({"a":"\"},{\"","b":["x1"],"n":5})");
    CHECK(!BodyTemplate::parse("{"));
    CHECK(!BodyTemplate::parse(R"(["{nobody}"])"));
    auto target = Template::parse("{ {id}/{{nsn}}");
    REQUIRE(target);
    values.set(Place::id, "a b/c");
    values.set(Place::nsn, "7");
    CHECK(target->fill(values, Encoding::path) == "{ a%20b%2Fc/{7}");
}
