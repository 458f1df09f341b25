// A test's own program as a further process, to be killed at any moment.
#pragma once
#include <doctest/doctest.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace faults {

/// This program again, as a process of its own that runs one hidden test case; its standard output is ours to read.
class Child {
public:
    Child(const std::string& test_case, const std::filesystem::path& folder) {
        std::array<int, 2> ends{};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        std::string program = "/proc/self/exe";
        std::string which = "--test-case=" + test_case;
        std::string all = "--no-skip";
        std::array<char*, 4> arguments{program.data(), which.data(), all.data(), nullptr};
        std::vector<char*> environment;
        for (char** at = environ; *at != nullptr; ++at)
            environment.push_back(*at);
        std::string where = "LAMP_TEST_FOLDER=" + folder.string();
        environment.push_back(where.data());
        environment.push_back(nullptr);
        REQUIRE(::posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environment.data()) == 0);
        posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        out_ = ends[0];
    }
    ~Child() {
        kill();
        ::close(out_);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// What it has written so far, more if it comes; empty at the end.
    [[nodiscard]] std::string read() const {
        std::array<char, 4096> space{};
        auto size = ::read(out_, space.data(), space.size());
        return {space.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    }
    void kill() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
    /// Its exit code.
    [[nodiscard]] int wait() {
        int status = 0;
        ::waitpid(std::exchange(pid_, 0), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t pid_ = 0;
    int out_ = -1;
};

/// Where the parent wants it; empty: it was not started by one.
inline std::filesystem::path folder_of_parent() {
    const char* folder = std::getenv("LAMP_TEST_FOLDER");
    return folder == nullptr ? "" : folder;
}

} // namespace faults
