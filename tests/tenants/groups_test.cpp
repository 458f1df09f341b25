// Control groups, in a folder that looks like one: what is written where. The kernel's part is not here.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

#include "tenants/groups.hpp"

using namespace lamp::tenants;
namespace fs = std::filesystem;

namespace {

class Folder {
public:
    Folder() : path(fs::temp_directory_path() / ("lamp-groups-" + std::to_string(::getpid()))) {
        fs::create_directories(path / "supervisor");
        for (const char* file : {"cgroup.subtree_control", "supervisor/cgroup.procs"})
            std::ofstream(path / file);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }
    [[nodiscard]] std::string text(const char* file) const {
        std::ifstream stream(path / file);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    const fs::path path;
};

} // namespace

TEST_CASE("our group is divided: this process aside, cpu and memory handed on, a group for each tenant") {
    Folder folder;
    auto groups = Groups::divide(folder.path);
    REQUIRE(groups);
    CHECK(folder.text("supervisor/cgroup.procs") == "0");
    CHECK(folder.text("cgroup.subtree_control") == "+cpu +memory");
    fs::create_directory(folder.path / "tenant-acme");
    for (const char* file : {"tenant-acme/cpu.weight", "tenant-acme/memory.max", "tenant-acme/cgroup.procs"})
        std::ofstream(folder.path / file);
    auto entry = groups->prepare({.name = "acme", .config = {}, .env = {}, .cpu_weight = 50, .memory_max = "2G"});
    REQUIRE(entry);
    CHECK(*entry == (folder.path / "tenant-acme/cgroup.procs").string());
    CHECK(folder.text("tenant-acme/cpu.weight") == "50");
    CHECK(folder.text("tenant-acme/memory.max") == "2G");
    auto unlimited = groups->prepare({.name = "acme", .config = {}, .env = {}, .cpu_weight = 100, .memory_max = ""});
    REQUIRE(unlimited);
    CHECK(folder.text("tenant-acme/memory.max").starts_with("max"));
}

TEST_CASE("what the kernel does not take is an error that names the file, and nothing more") {
    Folder folder;
    fs::remove(folder.path / "cgroup.subtree_control");
    auto refused = Groups::divide(folder.path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.find("cgroup.subtree_control: No such file") != std::string::npos);
    std::ofstream(folder.path / "cgroup.subtree_control");
    auto groups = Groups::divide(folder.path);
    REQUIRE(groups);
    auto entry = groups->prepare({.name = "beta", .config = {}, .env = {}, .cpu_weight = 100, .memory_max = ""});
    REQUIRE_FALSE(entry);
    CHECK(entry.error().text.find("tenant-beta/cpu.weight") != std::string::npos);
}
