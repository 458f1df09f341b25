// Most of these tests wait: for a server's return, for a time-out, for proof that nothing happens. Without arguments
// the program therefore runs itself once per test case, several at a time, and shows the output of those that fail.
// With arguments it is an ordinary doctest runner.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace {

constexpr std::size_t at_a_time = 6;
using Clock = std::chrono::steady_clock;

struct Run {
    std::size_t number; // doctest counts from 1
    Clock::time_point start;
    int output;
};

std::vector<std::string> names(const std::string& self) {
    std::vector<std::string> lines;
    auto* list = popen((self + " --list-test-cases --no-version --no-intro").c_str(), "r");
    if (!list) return lines;
    std::array<char, 4096> line{};
    while (fgets(line.data(), static_cast<int>(line.size()), list)) {
        std::string text(line.data());
        if (text.starts_with("[doctest]") || text.starts_with("=")) continue;
        text.pop_back();
        lines.push_back(text);
    }
    pclose(list);
    return lines;
}

std::string all_of(int file) {
    std::string text;
    std::array<char, 65536> some{};
    lseek(file, 0, SEEK_SET);
    for (ssize_t count = 0; (count = read(file, some.data(), some.size())) > 0;)
        text.append(some.data(), static_cast<std::size_t>(count));
    return text;
}

pid_t launch(const std::string& self, const Run& run) {
    auto child = fork();
    if (child != 0) return child;
    dup2(run.output, STDOUT_FILENO);
    dup2(run.output, STDERR_FILENO);
    auto first = fmt::format("--first={}", run.number);
    auto last = fmt::format("--last={}", run.number);
    execl(self.c_str(), self.c_str(), first.c_str(), last.c_str(), nullptr);
    _exit(127);
}

int run_all() {
    auto self = fmt::format("/proc/{}/exe", getpid());
    std::array<char, 4096> path{};
    auto length = readlink(self.c_str(), path.data(), path.size());
    self.assign(path.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    auto cases = names(self);
    std::map<pid_t, Run> running;
    std::size_t next = 0;
    std::size_t failed = cases.empty() ? 1 : 0;
    while (next < cases.size() || !running.empty()) {
        while (next < cases.size() && running.size() < at_a_time) {
            Run run{next + 1, Clock::now(), memfd_create("output", MFD_CLOEXEC)};
            running.emplace(launch(self, run), run);
            ++next;
        }
        int status = 0;
        auto child = wait(&status);
        auto found = running.find(child);
        if (found == running.end()) continue;
        auto run = found->second;
        running.erase(found);
        bool ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        std::chrono::duration<double> took = Clock::now() - run.start;
        fmt::print("{} {:5.1f} s  {}\n", ok ? "ok    " : "FAILED", took.count(), cases[run.number - 1]);
        if (!ok) {
            ++failed;
            fmt::print("{}\n(status {})\n", all_of(run.output), status);
        }
        static_cast<void>(fflush(stdout));
        close(run.output);
    }
    fmt::print("{} test cases, {} failed\n", cases.size(), failed);
    return failed == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 1) return run_all();
    doctest::Context context(argc, argv);
    return context.run();
}
