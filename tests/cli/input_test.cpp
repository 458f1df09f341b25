// Files that are given to commands: one byte too many is enough to know.
#include <doctest/doctest.h>
#include <fstream>

#include "cli/input.hpp"
#include "faults/folder.hpp"

using namespace lamp;
using namespace std::string_literals;
using namespace std::string_view_literals;

TEST_CASE("a file is read as far as is needed, or it is said why not") {
    faults::Folder folder{"cli"};
    auto file = (folder.path() / "file.csv").string();
    CHECK(cli::read_file(file, 5).error().text == "No such file or directory");
    std::ofstream(file, std::ios::binary) << "a\r\n\0b"sv;
    CHECK(cli::read_file(file, 5) == "a\r\n\0b"s);
    CHECK(cli::read_file(file, 4) == "a\r\n\0b"s);
    CHECK(cli::read_file(file, 3) == "a\r\n\0"s);
    std::ofstream(file, std::ios::trunc).close();
    CHECK(cli::read_file(file, 5) == "");
    CHECK(cli::read_file(folder.path(), 5).error().text == "cannot be read");
}
