// The configuration file itself and the files that it names, on a real file system too.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "office.hpp"

using namespace lamp::config;

namespace {

class Folder {
public:
    Folder() {
        char name[] = "/tmp/test_config.XXXXXX";
        REQUIRE(::mkdtemp(name) != nullptr);
        path = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path write(const std::string& name, std::string_view text) const {
        std::ofstream(path / name) << text;
        return path / name;
    }
    std::filesystem::path path;
};

std::string problems_at(const std::filesystem::path& path) {
    return to_string(read(office(), path, Sources::machine()).problems);
}

} // namespace

TEST_CASE("the file itself") {
    Folder folder;
    const auto at = folder.path.string();
    CHECK_EQ(problems_at(folder.path / "no.toml"), at + "/no.toml:1:1: the file does not exist\n");
    CHECK_EQ(problems_at(folder.path), at + ":1:1: the file is a folder\n");
    CHECK_EQ(problems_at(folder.write("big.toml", std::string((1 << 20) + 1, '#'))),
             at + "/big.toml:1:1: the file is larger than 1 MiB\n");
    CHECK_EQ(problems_at(folder.write("full.toml", std::string(1 << 20, '#'))).find("larger"), std::string::npos);
    REQUIRE_EQ(::mkfifo((at + "/pipe").c_str(), 0600), 0);
    CHECK_EQ(problems_at(folder.path / "pipe"), at + "/pipe:1:1: the file is not a regular file\n");
    const auto locked = folder.write("locked.toml", "[http]\n");
    ::chmod(locked.c_str(), 0);
    if (::geteuid() != 0) CHECK(problems_at(locked).find("cannot be read: Permission denied") != std::string::npos);
}

TEST_CASE("the machine's own sources") {
    Folder folder;
    const auto sources = Sources::machine();
    const auto file = folder.write("a", "x\n");
    ::chmod(file.c_str(), 0644);
    CHECK(sources.read(file, 100)->others_may_read);
    ::chmod(file.c_str(), 0640);
    CHECK_FALSE(sources.read(file, 100)->others_may_read);
    CHECK(sources.kind(file) == FileKind::file);
    CHECK(sources.kind(folder.path) == FileKind::folder);
    CHECK(sources.kind(file / "below") == FileKind::missing);
    CHECK(sources.kind("/dev/null") == FileKind::other);
    const auto zones = sources.time_zones();
    if (std::filesystem::exists("/usr/share/zoneinfo/Europe/Amsterdam"))
        CHECK(std::find(zones.begin(), zones.end(), "Europe/Amsterdam") != zones.end());
    for (const auto& zone : zones)
        CHECK_FALSE((zone.starts_with("posix") || zone.starts_with("right") || zone.find('.') != std::string::npos));
}

TEST_CASE("files that the configuration names are checked by their owner") {
    FakeMachine machine;
    constexpr auto text = "[people]\nfile = \"people.csv\"\nmatch = [\"x\"]\n";
    const std::string match = "/etc/l.toml:3:10: [people] match: is \"x\" (allowed: \"email\", \"upn\", \"line\")\n";
    CHECK_EQ(problems_of("[people]\nfile = \"people.csv\"\n", machine),
             "/etc/l.toml:2:8: [people] file: the file \"/etc/people.csv\" does not exist\n");
    machine.files["/etc/people.csv"] = {"name\n", false};
    CHECK_EQ(problems_of("[people]\nfile = \"people.csv\"\n", machine),
             "/etc/people.csv:1:1: [people] id: is missing (the first line names the columns)\n");
    CHECK_EQ(problems_of(text, machine),
             match + "/etc/people.csv:1:1: [people] id: is missing (the first line names the columns)\n");
    machine.files["/etc/people.csv"] = {"id,name\n", false};
    CHECK_EQ(problems_of(text, machine), match);
}

TEST_CASE("paths are relative to the configuration file's folder") {
    Folder folder;
    folder.write("people.csv", "id,name\n");
    const auto file = folder.write("l.toml", "[people]\nfile = \"./people.csv\"\n[daemon]\nstate_dir = \".\"\n");
    const auto answer = read(office(), file, Sources::machine());
    INFO(to_string(answer.problems));
    REQUIRE(answer.configuration);
    CHECK_EQ(answer.configuration->get<PeopleOptions>().file, folder.path / "people.csv");
}
