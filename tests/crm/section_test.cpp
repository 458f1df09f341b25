// The keys as they stand in a section that embeds them, and what is said of mistakes.
#include <fstream>

#include "config/reader.hpp"
#include "faults/folder.hpp"
#include "recognition/rest/loading.hpp"
#include "stand.hpp"

using namespace testing;

namespace {

struct Owner {
    std::string name;
    std::string url;
    RestOptions rest;
};

config::Section<Owner> owner_section() {
    config::Section<Owner> s{"recognition", config::Shape::array_of_tables, "Who is calling."};
    s.key("name", &Owner::name, config::filled(), config::Reload::live, "How it is called.").required();
    s.key("url", &Owner::url, config::Reload::live, "Where it is.");
    s.embed(&Owner::rest, rest_section());
    s.check([](const Owner& o, config::Scope& at) {
        auto whole = o.rest;
        whole.url = o.url;
        check_rest(whole, at);
    });
    return s;
}

std::string problems_of(std::string_view keys) {
    faults::Folder folder("crm-section");
    auto path = folder.path() / "l.toml";
    std::ofstream(path) << "[[recognition]]\nname = \"crm\"\n" << keys << "\n";
    config::Schema schema;
    schema.add(owner_section());
    return config::to_string(config::read(schema, path, config::Sources::machine()).problems);
}

} // namespace

TEST_CASE("what the section wants depends on the preset") {
    struct Row {
        std::string_view keys, says; // empty: nothing
    };
    const Row rows[] = {
        {"preset = \"hubspot\"\ntoken = \"env:HOME\"", ""},
        {"preset = \"hubspot\"", "token: is required: this CRM is logged in to by bearer"},
        {"preset = \"hubspotty\"\ntoken = \"env:HOME\"",
         "preset: There is no preset \"hubspotty\"; there are dynamics365"},
        {"preset = \"pipedrive\"\ntoken = \"env:HOME\"", "parameters: domain: must be given: the first part"},
        {"preset = \"pipedrive\"\ntoken = \"env:HOME\"\nparameters = {domain = \"acme\"}", ""},
        {"preset = \"pipedrive\"\ntoken = \"env:HOME\"\nparameters = {domian = \"acme\"}",
         "parameters: domian: is no parameter"},
        {"preset = \"insightly\"\nparameters = {pod = \"na1\"}", "username: is required"},
        {"preset = \"salesforce\"\nparameters = {domain = \"a.my.salesforce.com\"}\nclient_id = \"x\"",
         "client_secret: is required"},
        {"preset = \"zoho-crm\"\nclient_id = \"x\"\nclient_secret = \"env:HOME\"", "refresh_token: is required"},
        {"preset = \"google-people\"", "service_account: is required"},
        {"url = \"https://crm.example.net/contacts\"", ""},
        {"url = \"crm.example.net\"", "is no http or https address"},
        {"url = \"https://crm.example.net\"\nmapping = {phone = \"tel\"}", "mapping: phone: does not begin with"},
        {"url = \"https://crm.example.net\"\nproxy = \"https://p\"", "proxy: must be http://host:port"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.keys);
        auto said = problems_of(row.keys);
        if (row.says.empty())
            CHECK_MESSAGE(said.empty(), said);
        else
            CHECK_MESSAGE(has(said, row.says), said);
    }
}

TEST_CASE("a mapping stands over the generic preset, and beside a CRM's own") {
    RestOptions options;
    options.url = "https://crm.example.net/list?all=1";
    options.mapping = {{"items", "/data"}, {"phone", "/tel"}, {"VIP", "/vip"}};
    auto generic_one = load(options);
    REQUIRE(generic_one);
    CHECK(generic_one->base_url == "https://crm.example.net");
    CHECK(generic_one->list.front().map.numbers.size() == 1);
    CHECK(generic_one->incremental == Incremental::none);
    CHECK(generic_one->auth.kind == AuthKind::none);
    options.token = Secret("x");
    CHECK(load(options)->auth.kind == AuthKind::bearer);
    auto print = generic_one->fingerprint;
    options.mapping["VIP"] = "/v";
    CHECK(load(options)->fingerprint != print);
    options.preset = "hubspot";
    options.url.clear();
    options.mapping = {{"phone", "/properties/tel"}, {"Owner", "/properties/owner"}};
    auto hubspot = load(options);
    REQUIRE(hubspot);
    CHECK(hubspot->base_url == "https://api.hubapi.com");
    CHECK(hubspot->list.front().map.numbers.size() == 5);
    CHECK(hubspot->delta.front().map.fields.back().first == "Owner");
}
