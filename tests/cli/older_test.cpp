// What older clients have exported, and what is made of it; what is left out has its line and its reason.
#include <doctest/doctest.h>

#include "cli/older.hpp"
#include "cli/vcard.hpp"
#include "recognition/rest/presets.hpp"

using namespace lamp;
using namespace lamp::cli;

namespace {

OlderFile read(std::string_view text, std::optional<OlderKind> kind = {}) {
    auto file = read_older(text, kind);
    REQUIRE(file);
    return std::move(*file);
}

} // namespace

TEST_CASE("favourites as tables, in the clients' languages") {
    struct Row {
        const char* what;
        const char* text;
        std::vector<Favourite> favourites;
    };
    const Row rows[] = {
        {"Dutch, semicolons, a mark",
         "\xef\xbb\xbfVoornaam;Achternaam;Telefoonnummer;Mobiel;E-mail\nAlice;Jansen;020 123 0002;0612345678;a@x.nl\n",
         {{2, "Alice", "Jansen", "Alice Jansen", "a@x.nl", {"020 123 0002", "0612345678"}}}},
        {"one name",
         "Name,Number\n\"Doe, Jane\",2001\nJan de Boer,\n",
         {{2, "Jane", "Doe", "Doe, Jane", "", {"2001"}}, {3, "Jan", "de Boer", "Jan de Boer", "", {}}}},
        {"French: the plain word is the other",
         "Prénom;Nom;Téléphone\nZoé;Dubois;+33199001234\n",
         {{2, "Zoé", "Dubois", "Zoé Dubois", "", {"+33199001234"}}}},
        {"Spanish",
         "Nombre;Apellidos;Teléfono\nJosé;García Núñez;+34910000000\n",
         {{2, "José", "García Núñez", "José García Núñez", "", {"+34910000000"}}}},
        {"an address where a number is expected",
         "Display name\tWork phone\tWork e-mail\nAlice\t2001\ta@x.nl\n",
         {{2, "", "", "Alice", "a@x.nl", {"2001"}}}},
        {"nothing but a number", "Number\n2001\n", {{2, "", "", "2001", "", {"2001"}}}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto file = read(row.text);
        CHECK(file.kind == OlderKind::favourites);
        CHECK(file.favourites == row.favourites);
        CHECK(file.left_out.empty());
    }
}

TEST_CASE("vCards of every age") {
    auto file = read("BEGIN:VCARD\r\nVERSION:3.0\r\nN:Jansen;Alice;;;\r\nFN:Alice\r\n  "
                     "Jansen\r\nTEL;TYPE=WORK,VOICE:+31 20 123 0002\r\n"
                     "TEL;TYPE=fax:+31201230009\r\nitem1.EMAIL;TYPE=INTERNET:a@x.nl\r\nEND:VCARD\r\n"
                     "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Garc=C3=ADa;Jos=C3=\n="
                     "A9\nTEL;CELL:0612345678\nEND:VCARD\n"
                     "BEGIN:VCARD\nVERSION:4.0\nFN:A\\, B\\; C\nTEL;VALUE=uri:tel:+31201230003\nEND:VCARD\n"
                     "BEGIN:VCARD\nVERSION:4.0\nNOTE:nobody\nEND:VCARD\n");
    CHECK(file.favourites ==
          std::vector<Favourite>{{1, "Alice", "Jansen", "Alice Jansen", "a@x.nl", {"+31 20 123 0002"}},
                                 {10, "José", "García", "José García", "", {"0612345678"}},
                                 {16, "B; C", "A", "A, B; C", "", {"+31201230003"}}});
    CHECK(file.left_out == std::vector<LeftOut>{{21, "", "the row has neither a name nor a number"}});
    CHECK_FALSE(read_older("BEGIN:VCARD\nFN:x\n"));
    CHECK_FALSE(read_older("BEGIN:VCARD\nFN:x\nEND:VCARD\n", OlderKind::integrations));
    CHECK_FALSE(read_vcards("BEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD\n", 1));
    for (const char* text :
         {"BEGIN:VCARD\nTEL\nN\n:\n;:\n\\\nEND:VCARD\nEND:VCARD\n", "BEGIN:VCARD\nN;QUOTED-PRINTABLE:=\nEND:VCARD"})
        static_cast<void>(read_vcards(text, 10)); // nothing to say, and no crash
}

TEST_CASE("integrations become tables of the configuration, or have a reason why not") {
    auto file = read(
        "Integration;Type;Password\nMicrosoft Dynamics 365;A;geheim\nGoogle Contacts;A;\nOutlook contactpersonen;A;\n"
        "CSV export;B;\nSomething of our own;B;\n;;\n");
    CHECK(file.kind == OlderKind::integrations);
    REQUIRE(file.integrations.size() == 3);
    CHECK(file.integrations[0].preset == "dynamics365");
    CHECK(file.integrations[1].preset == "google-people");
    CHECK(file.integrations[2].type == "csv");
    REQUIRE(file.left_out.size() == 4);
    CHECK(file.left_out[0] == LeftOut{1, "passwords", "logins are never imported: give everybody a token"});
    CHECK(file.left_out[1].line == 4);
    CHECK(file.left_out[2].what == "Something of our own");
    CHECK(file.left_out[3].why == "the row names no integration");
    auto text = as_configuration(file.integrations);
    CHECK(text.find("[[recognition]]\nname = \"dynamics365\"\ntype = \"rest\"\npreset = \"dynamics365\"\n") !=
          std::string::npos);
    CHECK(text.find("geheim") == std::string::npos);
    CHECK(as_configuration({{1, "AD", "", "ldap", "the server"}})
              .ends_with("# [ldap]\n# url = \"ldaps://…\"\n# base = \"…\"\n\n"));
    CHECK(as_configuration({{1, "a\"\nb\\", "", "csv", "file"}}).find("\"a\\\"b\\\\\"") != std::string::npos);
}

TEST_CASE("what becomes of the ability to take new contacts is told") {
    auto file = read(
        "Integratie;Type;Contacten toevoegen\nInsightly *;A;\nHubSpot;A;ja\nPipedrive;A;nee\nLDAP adresboek*;B;\n");
    REQUIRE(file.integrations.size() == 4);
    struct Row {
        const char* name;
        bool could_add;
        const char* adds;
    };
    const Row rows[] = {{"Insightly", true, "the right to create contacts"},
                        {"HubSpot", true, "the scope crm.objects.contacts.write"},
                        {"Pipedrive", false, "the right to create persons"},
                        {"LDAP adresboek", true, ""}};
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        CAPTURE(rows[i].name);
        CHECK(file.integrations[i].name == rows[i].name);
        CHECK(file.integrations[i].could_add == rows[i].could_add);
        CHECK(file.integrations[i].adds == rows[i].adds);
    }
    auto text = as_configuration(file.integrations);
    CHECK(text.find("# new contacts: with the scope crm.objects.contacts.write\n") != std::string::npos);
    CHECK(text.find("# new contacts: cannot be put there\n") != std::string::npos);
}

TEST_CASE("the import and the presets say the same of what can be put where") {
    auto file = read("Integration;Type\nDynamics;A\nGoogle;A\nHubSpot;A\nInsightly;A\nPipedrive;A\nSalesforce;A\nZoho;"
                     "A\nOffice 365;A\n");
    REQUIRE(file.integrations.size() == 8);
    for (const auto& one : file.integrations) {
        CAPTURE(one.preset);
        auto text = recognition::rest::preset_text(one.preset, {});
        REQUIRE(text);
        auto preset = recognition::rest::read_preset_outline(text->text, text->file);
        REQUIRE(preset);
        CHECK(preset->create.has_value() == !one.adds.empty());
    }
}

TEST_CASE("what is no such file") {
    for (const char* text : {"", "\n\n", "a;b;c\n1;2;3\n", "\x01\x02\x03"})
        CHECK_FALSE(read_older(text));
    CHECK_FALSE(read_older("Number\n1\n", OlderKind::integrations));
    CHECK_FALSE(read_older(std::string(older_file_max + 1, 'x')));
    std::string many = "Number\n";
    for (std::size_t i = 0; i <= older_rows_max; ++i)
        many += "1\n";
    CHECK_FALSE(read_older(many));
}
