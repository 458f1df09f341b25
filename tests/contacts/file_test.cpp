// The contacts file: what is written is read again, and every mistake has its place.
#include "here.hpp"

using namespace testing;

namespace {

std::string file_of(const std::vector<Contact>& contacts, char separator, bool mark) {
    auto text = header(separator, mark);
    for (const auto& one : contacts)
        append_row(text, one, separator);
    return text;
}

} // namespace

TEST_CASE("what is written is read again, in every form") {
    Contact one = person("c-0007", "Doe; \"the\" boss", "=Jane");
    one.folder = "Sales/Export";
    one.company = "-2+3+cmd";
    one.email = "jane@example.net";
    one.numbers = {{"work", "+33199001234"}, {"", "+442079460155"}};
    one.extension = "2001";
    one.lines = {"2001@example.net", "33199001234"};
    one.roles = {"Technician"};
    one.vip = true;
    one.notes = "two\nlines";
    for (char separator : {';', ',', '\t'})
        for (bool mark : {false, true}) {
            auto reading = read_contacts(file_of({one, person("c-0008", "Müller")}, separator, mark), plain);
            CHECK(told(reading.mistakes).empty());
            REQUIRE(reading.rows.size() == 2);
            CHECK(reading.rows[0].contact == one);
            CHECK(reading.rows[1].contact == person("c-0008", "Müller"));
            CHECK(reading.rows[1].line == 4); // the notes take two
        }
}

TEST_CASE("columns by their names in five languages, in any order") {
    for (std::string_view first : {"Achternaam;Voornaam;Nummer", "Nom;Prénom;Numéro", "last_name;first_name;number1",
                                   "Apellidos;Nombre;Número", "Nachname;Vorname;Telefon"}) {
        CAPTURE(first);
        auto reading = read_contacts(std::string(first) + "\nDoe;Jane;+33 1 99 00 12 34\n", plain);
        CHECK(told(reading.mistakes).empty());
        REQUIRE(reading.rows.size() == 1);
        CHECK(full_name(reading.rows[0].contact) == "Jane Doe");
        CHECK(reading.rows[0].contact.numbers == std::vector<Number>{{"", "+33199001234"}});
    }
}

TEST_CASE("every mistake has its place") {
    struct Row {
        std::string_view text;
        std::vector<std::string> mistakes;
    };
    const Row rows[] = {
        {"",
         {"1:1 : the file is empty; its first row is key;folder;last_name;first_name;company;department;title;email;"
          "number1;label1;number2;label2;number3;label3;number4;label4;number5;label5;extension;default_line;lines;"
          "devices;roles;external_id;vip;notes;of;own"}},
        {"last_name\nDoe\n", {"1:1 first_name: is missing: the first row names the columns"}},
        {"last_name;first_name;last_name\n", {"1:22 last_name: comes twice"}},
        {"last_name;first_name\nDoe;\n;Jane\n", {"2:1 first_name: is empty", "3:1 last_name: is empty"}},
        {"last_name;first_name\nDoe\n", {"2:1 : 1 cells where the first row has 2"}},
        {"key;last_name;first_name\na;Doe;Jane\na;Roe;Sam\n", {"3:1 key: \"a\" stands in line 2 already"}},
        {"last_name;first_name;number2;vip\nDoe;Jane;ask her;perhaps\n",
         {"2:10 number2: \"ask her\" is no number", "2:18 vip: \"perhaps\" is neither yes nor no"}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(told(read_contacts(row.text, plain).mistakes) == row.mistakes);
    }
    auto wrong = read_contacts("last_name;first_name;phon\n", plain);
    REQUIRE(wrong.mistakes.size() == 1);
    CHECK(wrong.mistakes[0].message.starts_with("is no column (allowed: key;folder;"));
}

TEST_CASE("what a spreadsheet would run is not what is stored") {
    auto reading = read_contacts("last_name;first_name\n'=1+1;'Jane\n", plain);
    REQUIRE(reading.rows.size() == 1);
    CHECK(reading.rows[0].contact.last_name == "=1+1"); // our own guard, taken off again
    CHECK(reading.rows[0].contact.first_name == "'Jane");
}
