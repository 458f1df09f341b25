// A new file takes its place whole, or leaves no trace.
#include <cerrno>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

#include "base/new_file.hpp"

namespace fs = std::filesystem;

namespace {

struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "lamp-new-file-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }
    fs::path path;
};

std::string text_of(const fs::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

} // namespace

TEST_CASE("new file: takes its place whole, with the rights of what it replaces") {
    Folder folder;
    auto place = folder.path / "a.csv";
    std::ofstream(place) << "before";
    fs::permissions(place, fs::perms(0640));
    struct stat was{};
    REQUIRE(::stat(place.c_str(), &was) == 0);
    {
        lamp::NewFile file(place);
        REQUIRE(file.is_open());
        CHECK(file.write("after"));
        CHECK(text_of(place) == "before");
        CHECK(file.like(was));
        CHECK(file.on_disk());
        CHECK(file.take_place());
    }
    lamp::folder_to_disk(folder.path);
    CHECK(text_of(place) == "after");
    CHECK(fs::status(place).permissions() == fs::perms(0640));
    CHECK(folder.files() == 1);
}

TEST_CASE("new file: what was not placed is gone, and what a life before left") {
    Folder folder;
    auto place = folder.path / "a.csv";
    std::ofstream(folder.path / ".a.csv.part") << "half of a life before";
    {
        lamp::NewFile file(place);
        REQUIRE(file.is_open());
        CHECK(file.write("x"));
        CHECK(text_of(folder.path / ".a.csv.part") == "x");
    }
    CHECK(folder.files() == 0);
}

TEST_CASE("new file: no folder, no file") {
    lamp::NewFile file("/nowhere/at/all");
    CHECK_FALSE(file.is_open());
    CHECK(errno == ENOENT);
}
