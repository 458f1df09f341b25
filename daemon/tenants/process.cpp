#include "tenants/process.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <system_error>
#include <unistd.h>

namespace lamp::tenants {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> made;
    for (auto& text : texts)
        made.push_back(text.data());
    made.push_back(nullptr);
    return made;
}

/// A process writes "0" to enter a group.
void enter(const std::string& group) {
    if (group.empty()) return;
    int file = ::open(group.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    [[maybe_unused]] auto written = ::write(file, "0", 1); // outside of the group is better than not at all
    ::close(file);
}

[[noreturn]] void become(const Start& start, char** words, char** environment, pid_t parent) {
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(cannot_start); // it ended before we asked to be told
    enter(start.group);
    // What came since the fork is ours, and ends us: the handlers are our parent's, who would take it for its own.
    for (int one : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
        std::signal(one, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve("/proc/self/exe", words, environment);
    ::_exit(cannot_start);
}

} // namespace

Result<pid_t> spawn(const Start& start) {
    std::vector<std::string> words{"lamplighter"};
    words.insert(words.end(), start.words.begin(), start.words.end());
    std::vector<std::string> variables;
    for (const auto& [name, value] : start.environment)
        variables.push_back(fmt::format("{}={}", name, value));
    auto word_pointers = pointers(words);
    auto variable_pointers = pointers(variables);
    pid_t parent = ::getpid();
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, &before);
    pid_t child = ::fork();
    if (child == 0) become(start, word_pointers.data(), variable_pointers.data(), parent);
    const int why = errno;
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    if (child < 0)
        return fail(Category::limit, "a process could not be started: " + std::generic_category().message(why));
    return child;
}

} // namespace lamp::tenants
