// The people file: what spreadsheets make of it, and every mistake with its exact line and column.
#include <doctest/doctest.h>

#include "roster/people_file.hpp"

using namespace lamp;
using namespace lamp::roster;

namespace {

/// "id|name|email|folder|teams|line line" per person.
std::string told(const Reading& reading) {
    std::string text;
    for (const auto& person : reading.people) {
        text += person.id + "|" + person.name + "|" + person.email + "|" + person.folder + "|" + person.teams + "|";
        for (const auto& line : person.lines)
            text += line + " ";
        text += "\n";
    }
    return text;
}

/// "3:7 lines: message" per mistake.
std::string mistakes(const Reading& reading) {
    std::string text;
    for (const auto& one : reading.mistakes)
        text += std::to_string(one.line) + ":" + std::to_string(one.column) + (one.what.empty() ? "" : " " + one.what) +
                ": " + one.message + "\n";
    return text;
}

} // namespace

TEST_CASE("what is read") {
    struct Row {
        std::string_view what;
        std::string_view csv;
        std::string_view people;
    };
    const Row rows[] = {
        {"all columns",
         "id,name,email,lines,teams,zoom,goto,webex,zoho,folder\na@x,Alice,al@x,2001 2002,a-upn,z,g,w,o,Sales\n",
         "a@x|Alice|al@x|Sales|a-upn|2001 2002 \n"},
        {"any order, few columns", "lines,id\n2001,a@x\n", "a@x|a@x|a@x|||2001 \n"},
        {"an id without @ is no e-mail", "id,lines\nreception,2001\n", "reception|reception||||2001 \n"},
        {"header in capitals and with blanks", " ID , Lines \na@x,2001\n", "a@x|a@x|a@x|||2001 \n"},
        {"semicolons", "id;name;lines\na@x;Jansen, Alice;2001\n", "a@x|Jansen, Alice|a@x|||2001 \n"},
        {"quotes", "id,name,lines\na@x,\"Jansen, \"\"Al\"\"\",2001\n", "a@x|Jansen, \"Al\"|a@x|||2001 \n"},
        {"a line break in quotes", "id,name,lines\na@x,\"Alice\nJansen\",2001\nb@x,Bob,2002\n",
         "a@x|Alice\nJansen|a@x|||2001 \nb@x|Bob|b@x|||2002 \n"},
        {"a quote in the middle is a letter", "id,name,lines\na@x,6\" tall,2001\n", "a@x|6\" tall|a@x|||2001 \n"},
        {"CRLF", "id,lines\r\na@x,2001\r\nb@x,2002\r\n", "a@x|a@x|a@x|||2001 \nb@x|b@x|b@x|||2002 \n"},
        {"CR alone", "id,lines\ra@x,2001\rb@x,2002", "a@x|a@x|a@x|||2001 \nb@x|b@x|b@x|||2002 \n"},
        {"no line break at the end", "id,lines\na@x,2001", "a@x|a@x|a@x|||2001 \n"},
        {"an empty last cell", "lines,id,name\n2001,a@x,", "a@x|a@x|a@x|||2001 \n"},
        {"byte order mark", "\xef\xbb\xbfid,lines\na@x,2001\n", "a@x|a@x|a@x|||2001 \n"},
        {"empty lines", "id,lines\n\na@x,2001\n\n  \n", "a@x|a@x|a@x|||2001 \n"},
        {"blanks around values", "id,lines\n  a@x , 2001   2002 \n", "a@x|a@x|a@x|||2001 2002 \n"},
        {"only a header", "id,lines\n", ""},
        {"accents", "id,name,lines\nzoe@x,Zo\xc3\xab,2001\n", "zoe@x|Zo\xc3\xab|zoe@x|||2001 \n"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto reading = read_people(row.csv);
        CHECK(mistakes(reading).empty());
        CHECK(reading.usable());
        CHECK(told(reading) == row.people);
    }
}

TEST_CASE("every mistake has its place") {
    struct Row {
        std::string_view what;
        std::string_view csv;
        std::string_view mistakes; // whole, or its beginning
    };
    const Row rows[] = {
        {"nothing", "", "1:1: the file is empty; its first row is id,name,"},
        {"only a byte order mark", "\xef\xbb\xbf", "1:1: the file is empty"},
        {"Latin-1", "id,name,lines\nzoe@x,Zo\xeb,2001\n", "1:1: the file is not UTF-8"},
        {"no id", "name,lines\nAlice,2001\n", "1:1 id: is missing"},
        {"an unknown column", "id,lines,color\na@x,2001,red\n", "1:10 color: is no column (allowed: id, name, email, "},
        {"a column twice", "id,lines,id\na@x,2001,b@x\n", "1:10 id: comes twice"},
        {"too few cells", "id,name,lines\na@x,Alice,2001\nb@x,Bob\n", "3:1: 2 columns where the first row has 3"},
        {"too many cells", "id,lines\na@x,2001,2002\n", "2:1: 3 columns where the first row has 2"},
        {"an empty id", "name,id,lines\nAlice,,2001\n", "2:7 id: is empty"},
        {"an id twice", "id,lines\na@x,2001\nb@x,2002\na@x,2003\n", "4:1 id: \"a@x\" stands in line 2 already"},
        {"a quote that stays open", "id,name,lines\na@x,\"Alice,2001\nb@x,Bob,2002\n",
         "2:5: the quote that opens here is never closed"},
        {"text behind a quote", "id,name,lines\na@x,\"Alice\" J,2001\n", "2:12: text behind a closing quote"},
        {"columns count characters, not bytes", "name,id,lines\nZo\xc3\xab \xf0\x9f\x98\x80,,2001\n",
         "2:7 id: is empty"},
        {"lines count inside of quotes", "id,name,lines\na@x,\"A\nB\",2001\n,x,2002\n", "4:1 id: is empty"},
        {"lines count with CR alone", "id,lines\ra@x,2001\r,2002\r", "3:1 id: is empty"},
        {"lines count with CRLF", "id,lines\r\na@x,2001\r\n,2002\r\n", "3:1 id: is empty"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto reading = read_people(row.csv);
        CAPTURE(mistakes(reading));
        CHECK_FALSE(reading.usable());
        CHECK(mistakes(reading).starts_with(row.mistakes));
    }
}

TEST_CASE("all mistakes at once") {
    auto reading = read_people("id,colour,lines\n,red,2001\na@x,red,2001\na@x,red,2002\nb@x\n");
    CHECK(mistakes(reading) ==
          "1:4 colour: is no column (allowed: id, name, email, lines, teams, zoom, goto, webex, zoho, folder)\n"
          "2:1 id: is empty\n4:1 id: \"a@x\" stands in line 3 already\n5:1: 1 columns where the first row has 3\n");
}

TEST_CASE("a person of whom nothing can be known is a warning, no error") {
    auto reading = read_people("id,name,lines,teams\na@x,Alice,,\nb@x,Bob,,b-upn\n");
    REQUIRE(reading.mistakes.size() == 1);
    CHECK(reading.mistakes[0].warning);
    CHECK(reading.mistakes[0].line == 2);
    CHECK(reading.mistakes[0].what == "lines");
    CHECK(reading.usable());
    CHECK(reading.people.size() == 2);
}

TEST_CASE("any bytes: an answer, and places that exist") {
    std::string csv = "id,name,lines\n\"a@x\";\"Al\"\"ice\",2001 2002\r\nb@x,Bob,\n";
    std::uint32_t random = 7;
    for (int i = 0; i < 20'000; ++i) {
        auto mutated = csv;
        for (int k = 0; k < 3; ++k) {
            random = random * 1664525U + 1013904223U;
            mutated[(random >> 8) % mutated.size()] = ",;\"\n\r a\x80"[random >> 29];
        }
        for (const auto& one : read_people(mutated).mistakes) {
            REQUIRE(one.line >= 1);
            REQUIRE(one.column >= 1);
            REQUIRE_FALSE(one.message.empty());
        }
    }
}
