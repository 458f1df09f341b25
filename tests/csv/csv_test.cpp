// Tables as spreadsheets write them, and as attackers do.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "proto/csv/csv.hpp"

using namespace lamp;

namespace {

using Texts = std::vector<std::vector<std::string>>;

Texts read(std::string_view text, std::vector<std::string>* mistakes = nullptr) {
    csv::Reader reader(text);
    Texts rows;
    csv::Row row;
    while (reader.next(row)) {
        auto& texts = rows.emplace_back();
        for (const auto& cell : row)
            texts.push_back(cell.text);
    }
    for (const auto& one : reader.mistakes())
        if (mistakes) mistakes->push_back(fmt::format("{}:{} {}", one.line, one.column, one.message));
    return rows;
}

} // namespace

TEST_CASE("rows as spreadsheets write them") {
    struct Row {
        std::string_view text;
        Texts rows;
    };
    const Row rows[] = {
        {"a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
        {"a;b\r\n1,5;2\r\n", {{"a", "b"}, {"1,5", "2"}}},
        {"a\tb\n1;2\t,\n", {{"a", "b"}, {"1;2", ","}}},
        {"\xef\xbb\xbf"
         "a;b",
         {{"a", "b"}}},
        {"a,b\r1,2\r", {{"a", "b"}, {"1", "2"}}}, // old Macintosh
        {"a,b\n\n  \n1,2", {{"a", "b"}, {"1", "2"}}},
        {"a,b\n,\n", {{"a", "b"}, {"", ""}}},
        {"a,b\n\"1,\r\n\"\"x\"\"\",2", {{"a", "b"}, {"1,\r\n\"x\"", "2"}}},
        {"a,b\nJ\xf6rg,2", {{"a", "b"}, {"Jörg", "2"}}}, // windows-1252
        {"a\n\"\"\n", {{"a"}}},                          // one empty cell is a blank line
        {"", {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        std::vector<std::string> mistakes;
        CHECK(read(row.text, &mistakes) == row.rows);
        CHECK(mistakes.empty());
    }
}

TEST_CASE("a mistake is told with its place, and the rest is read") {
    struct Row {
        std::string text;
        std::size_t rows;
        std::string mistake;
    };
    const Row rows[] = {
        {"a,b\n1,\"2\n3,4\n", 2, "2:3 the quote that opens here is never closed"},
        {"a,b\nä,\"2\"x,5\n3,4\n", 3, "2:6 text behind a closing quote"},
        {std::string("a,b\n1,\0002\n", 9), 2, "2:4 a NUL byte: this is no text"},
        {"a,b\n" + std::string(csv::cell_max + 1, 'x') + ",2\n", 2, "2:1 the cell is longer than 64 KiB"},
        {"a,b\n" + std::string(csv::cells_max, ',') + "\n1,2", 3, "2:1025 more cells than a row may have"},
    };
    for (const Row& row : rows) {
        std::vector<std::string> mistakes;
        CHECK(read(row.text, &mistakes).size() == row.rows);
        REQUIRE(mistakes.size() == 1);
        CHECK(mistakes.front() == row.mistake);
    }
}

TEST_CASE("a file that is one mistake after the other ends, and does not fill the memory with complaints") {
    std::string text = "a,b\n";
    for (int i = 0; i < 1000; ++i)
        text += "\"x\"y,2\n";
    std::vector<std::string> mistakes;
    CHECK(read(text, &mistakes).size() == 1001);
    CHECK(mistakes.size() == csv::mistakes_max);
}

TEST_CASE("what is written is read again, and no spreadsheet runs it") {
    struct Row {
        std::string_view text, written;
    };
    const Row rows[] = {
        {"Jansen", "Jansen"},
        {"", ""},
        {"a;b", "\"a;b\""},
        {"say \"no\"", "\"say \"\"no\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {" x", "\" x\""},
        {"+31 20 123 0002", "+31 20 123 0002"},
        {"-5", "-5"},
        {"=1+1", "'=1+1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
        {"-2+3+cmd", "'-2+3+cmd"},
        {"\t=1", "'\t=1"},
        {"\r=1", "\"'\r=1\""},
        {"'quoted", "'quoted"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        std::string written;
        csv::write_cell(written, row.text);
        CHECK(written == row.written);
        auto again = read("head;er\n" + written + ";x\n");
        REQUIRE(again.size() == 2);
        CHECK(csv::unguarded(again[1][0]) == row.text);
    }
}
