// New contacts at the end of files that belong to others.
#include <doctest/doctest.h>

#include <fstream>
#include <sys/stat.h>

#include "faults/folder.hpp"
#include "recognition/columns.hpp"
#include "recognition/csv_append.hpp"
#include "recognition/files.hpp"
#include "recognition/stamp.hpp"

using namespace lamp;
using namespace lamp::recognition;

namespace {

NewContact jane(std::vector<Number> numbers, std::vector<std::pair<std::string, std::string>> fields = {}) {
    return {"Jane", "Doe", std::move(numbers), std::move(fields)};
}

std::string read(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const std::filesystem::path& file, std::string_view text) {
    std::ofstream(file, std::ios::binary) << text;
}

} // namespace

TEST_CASE("a row goes where the file's own columns are") {
    const Number work{"work", "+31201230002", false}, mobile{"mobile", "+31612345678", false};
    struct Row {
        const char* what;
        std::string file;
        NewContact contact;
        std::string expected; // what stands behind the file; or the error, behind "!"
    };
    const Row rows[] = {
        {"numbers go on", "id;name;phone\r\n7;Eta;0201230009\r\n", jane({work}), "8;Jane Doe;+31201230002\r\n"},
        {"no line end at the end", "id;name;phone\n7;Eta;0201230009", jane({work}), "\n8;Jane Doe;+31201230002\n"},
        {"a header alone", "id,first_name,last_name,phone\n", jane({work}), "1,Jane,Doe,+31201230002\n"},
        {"tabs, and a mobile in its place", "name\tphone\tmobile\nEta\t0201230009\t\n", jane({mobile, work}),
         "Jane Doe\t+31201230002\t+31612345678\n"},
        {"a work number where there is a mobile's only", "name;mobiel\nEta;0612345670\n", jane({work}),
         "Jane Doe;+31201230002\n"},
        {"e-mail and company", "Naam;E-mail;Bedrijf;Telefoon\nEta;e@x.nl;X;0201230009\n",
         jane({work}, {{"email", "j@x.nl"}, {"company", "Y"}}), "Jane Doe;j@x.nl;Y;+31201230002\n"},
        {"a company is no name", "company;name;phone\nX;Eta;0201230009\n", jane({work}), ";Jane Doe;+31201230002\n"},
        {"what would be a formula", "name;notes;phone\nEta;;0201230009\n", jane({work}, {{"notes", "=1+1"}}),
         "Jane Doe;'=1+1;+31201230002\n"},
        {"a separator in a cell", "name,notes,phone\nEta,,0201230009\n", jane({work}, {{"notes", "a, \"b\""}}),
         "Jane Doe,\"a, \"\"b\"\"\",+31201230002\n"},
        {"windows-1252",
         "name;phone\nJos\xe9;0201230009\n",
         {"Zo\u00eb", "\u20ac", {work}},
         "Zo\xeb \x80;+31201230002\n"},
        {"a character it has not", "name;phone\nJos\xe9;0201230009\n", {"\u010c", "X", {work}}, "!windows-1252"},
        {"names that are no numbers", "id;name;phone\nA7;Eta;0201230009\n", jane({work}), "!external_id"},
        {"one that is given", "id;name;phone\nA7;Eta;0201230009\n", jane({work}, {{"external_id", "A8"}}),
         "A8;Jane Doe;+31201230002\n"},
        {"one that is taken", "id;name;phone\nA7;Eta;0201230009\n", jane({work}, {{"external_id", "A7"}}), "!already"},
        {"it is there", "name;phone\nJane Doe;+31201230002\n", jane({work}), "!already"},
        {"no column for it", "name;phone\nEta;0201230009\n", jane({work}, {{"email", "j@x.nl"}}),
         "!no column for email; it has name, phone."},
        {"no second number", "name;phone\nEta;0201230009\n", jane({work, mobile}),
         "!another number of the type mobile"},
        {"no number goes to a fax", "name;fax;phone\nEta;0201230008;0201230009\n", jane({work, mobile}),
         "!another number"},
        {"no name of a person", "company;phone\nX;0201230009\n", jane({work}), "!the name of a person"},
        {"an open quote", "name;phone\n\"Eta;0201230009\n", jane({work}), "!line 2, column 1"},
        {"nothing at all", "", jane({work}), "!empty"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto made = append_contact(row.file, "", row.contact);
        if (row.expected.starts_with('!')) {
            REQUIRE_FALSE(made);
            CHECK_MESSAGE(made.error().text.contains(row.expected.substr(1)), made.error().text);
            continue;
        }
        REQUIRE_MESSAGE(made, made.error().text);
        CHECK(made->text == row.file + row.expected);
        auto all = read_contacts(made->text, "");
        REQUIRE(all);
        CHECK(all->back() == made->record);
        CHECK(all->back().name == row.contact.name());
    }
}

TEST_CASE("a file is replaced whole, with its rights, or not at all") {
    faults::Folder folder{"append"};
    const auto file = folder.path() / "crm.csv", link = folder.path() / "link.csv";
    write(file, "name;phone\n");
    REQUIRE(::chmod(file.c_str(), 0640) == 0);
    std::filesystem::create_symlink(file, link);
    auto stamp = stamp_of({link});
    REQUIRE(replace_file(link, stamp, "name;phone\nJane Doe;2001\n"));
    CHECK(read(file) == "name;phone\nJane Doe;2001\n");
    CHECK(std::filesystem::is_symlink(link));
    struct stat now{};
    REQUIRE(::stat(file.c_str(), &now) == 0);
    CHECK((now.st_mode & 07777U) == 0640);

    auto late = replace_file(file, stamp, "lost");
    REQUIRE_FALSE(late);
    CHECK(late.error().category == Category::conflict);
    CHECK(read(file) == "name;phone\nJane Doe;2001\n");
    auto none = replace_file(folder.path() / "none.csv", "", "lost");
    REQUIRE_FALSE(none);
    CHECK(none.error().category == Category::unavailable);
    std::size_t files = 0;
    for (const auto& one : std::filesystem::directory_iterator(folder.path()))
        files += one.exists() ? 1 : 0;
    CHECK(files == 2);
}
