// Section tables that are wrong are programmers' mistakes: the program stops and says which key.
#include <doctest/doctest.h>

#include <csignal>
#include <functional>

#include <sys/wait.h>
#include <unistd.h>

#include "office.hpp"

using namespace lamp::config;
using namespace std::chrono_literals;

namespace {

struct Options {
    int number = 0;
    std::string text;
    std::vector<std::string> texts;
    Target target = Target::user;
    lamp::milliseconds wait{0};
};

bool stops(const std::function<void(Section<Options>&)>& declare) {
    const auto child = ::fork();
    if (child == 0) {
        ::close(STDERR_FILENO);
        ::signal(SIGABRT, SIG_DFL);
        Section<Options> section{"x", Shape::table, "X."};
        declare(section);
        ::_exit(0);
    }
    int status = 0;
    REQUIRE_EQ(::waitpid(child, &status, 0), child);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

} // namespace

TEST_CASE("rules must fit, names must be free and well-formed, help must be there") {
    using O = Options;
    using S = Section<Options>;
    constexpr auto live = Reload::live;
    CHECK_FALSE(stops([](S& s) { s.key("number", &O::number, range(1, 5), live, "N."); }));
    CHECK(stops([](S& s) { s.key("number", &O::number, range(1s, 5s), live, "N."); }));
    CHECK(stops([](S& s) { s.key("number", &O::number, range(1.5, 2.5), live, "N."); }));
    CHECK(stops([](S& s) { s.key("number", &O::number, range(5, 1), live, "N."); }));
    CHECK(stops([](S& s) { s.key("wait", &O::wait, range(1, 5), live, "N."); }));
    CHECK(stops([](S& s) { s.key("text", &O::text, count(1, 2), live, "N."); }));
    CHECK(stops([](S& s) { s.key("text", &O::text, schemes({"tcp"}), live, "N."); }));
    CHECK(stops([](S& s) { s.key("text", &O::text, readable_file(), live, "N."); }));
    CHECK(stops([](S& s) { s.key("target", &O::target, live, "N."); })); // an enum without choices
    CHECK(stops([](S& s) { s.key("Text", &O::text, live, "N."); }));
    CHECK(stops([](S& s) { s.key("text", &O::text, live, ""); }));
    CHECK(stops([](S& s) { s.key("text", &O::text, live, "N."), s.key("text", &O::text, live, "N."); }));
    CHECK(stops([](S& s) { Schema().add(s).add(s); }));
    CHECK(stops([](S& s) { Schema().add(s).check({"y"}, [](const Configuration&, Findings&) {}); }));
    CHECK_FALSE(stops([](S& s) { s.key("texts", &O::texts, count(0, 2) & one_of({"a"}), live, "N."); }));
}
