// The keys of [[recognition]].
#include <doctest/doctest.h>

#include <fstream>
#include <set>

#include "config/reader.hpp"
#include "faults/folder.hpp"
#include "recognition/options.hpp"

using namespace lamp;
using namespace lamp::recognition;

TEST_CASE("no two keys have the same name") {
    std::set<std::string> names;
    auto table = recognition_section().table();
    for (const auto& key : table->keys)
        CHECK(names.insert(key.name).second);
    CHECK(names.contains("preset"));
    CHECK(names.contains("query"));
}

TEST_CASE("what a directory needs") {
    struct Row {
        std::string_view keys, says; // empty: nothing
    };
    const Row rows[] = {
        {"url = \"ldaps://d\"\nbase = \"dc=x\"", ""},
        {"url = \"ldaps://d\"\nbase = \"dc=x\"\nbind_dn = \"a@x\"\npassword = \"env:HOME\"", ""},
        {"url = \"ldap://127.0.0.1\"\nbase = \"dc=x\"\nbind_dn = \"a@x\"\npassword = \"env:HOME\"", ""},
        {"url = \"ldap://d\"\nbase = \"dc=x\"\nbind_dn = \"a@x\"\npassword = \"env:HOME\"", "unencrypted"},
        {"url = \"ldap://d\"\nstart_tls = true\nbase = \"dc=x\"\nbind_dn = \"a@x\"\npassword = \"env:HOME\"", ""},
        {"url = \"ldaps://d\"\nstart_tls = true\nbase = \"dc=x\"", "start_tls: belongs to ldap://"},
        {"base = \"dc=x\"", "url: is required"},
        {"url = \"https://d\"\nbase = \"dc=x\"", "url: must begin with ldap://"},
        {"url = \"ldap://d\"", "base: is required"},
        {"url = \"ldap://d\"\nbase = \"example.net\"", "base: is no distinguished name"},
        {"url = \"ldap://d\"\nbase = \"dc=x\"\nbind_dn = \"a\"", "password: is required"},
        {"url = \"ldap://d\"\nbase = \"dc=x\"\npassword = \"env:HOME\"", "bind_dn: is required"},
        {"url = \"ldap://d\"\nbase = \"dc=x\"\nfilter = \"(cn=*\"", "filter: wants \")\" at character 6"},
        {"url = \"ldap://d\"\nbase = \"dc=x\"\nnumber_attributes = []", "number_attributes: names no attribute"},
        {"url = \"ldap://d\"\nbase = \"dc=x\"\nattributes = [\"a b\"]", "attributes: \"a b\" is no name"},
        {"url = \"ldap://d\"\nbase = \"dc=x\"\nattributes = [\"a)(b\"]", "attributes: \"a)(b\" is no name"},
    };
    faults::Folder folder("recognition-section");
    for (const auto& row : rows) {
        CAPTURE(row.keys);
        auto path = folder.path() / "l.toml";
        std::ofstream(path) << "[[recognition]]\nname = \"people\"\ntype = \"ldap\"\n" << row.keys << "\n";
        config::Schema schema;
        schema.add(recognition_section());
        auto said = config::to_string(config::read(schema, path, config::Sources::machine()).problems);
        if (row.says.empty())
            CHECK_MESSAGE(said.empty(), said);
        else
            CHECK_MESSAGE(said.contains(row.says), said);
    }
}
