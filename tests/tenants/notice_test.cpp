// What a process says as to systemd, and who is listened to.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "tenants/ear.hpp"

using namespace lamp;
using namespace lamp::tenants;

TEST_CASE("messages: lines in any order, others passed over") {
    auto ready = read_notice("READY=1\nSTATUS=serving http://127.0.0.1:8080");
    CHECK(ready.ready);
    CHECK(ready.status == "serving http://127.0.0.1:8080");
    CHECK(read_notice("WATCHDOG=1").fed);
    CHECK(read_notice("WATCHDOG=trigger").triggered);
    CHECK_FALSE(read_notice("WATCHDOG=trigger").fed);
    CHECK(read_notice("RELOADING=1\nMONOTONIC_USEC=1").reloading);
    CHECK(read_notice("STOPPING=1\n").stopping);
    auto other = read_notice("READY=0\nMAINPID=1\nFDSTORE=1\n\nREADY");
    CHECK_FALSE(other.ready);
    CHECK_FALSE(other.status);
    CHECK_FALSE(read_notice("").ready);
}

TEST_CASE("a status is one short line") {
    CHECK(read_notice("STATUS=a\tb\x1b[31m").status == "a b [31m");
    CHECK(read_notice("STATUS=" + std::string(5000, 'x')).status->size() == 200);
}

namespace {

void say(const std::string& place, const std::string& text) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::ranges::copy(place, std::begin(to.sun_path));
    to.sun_path[0] = '\0';
    int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + place.size());
    static_cast<void>(::sendto(socket, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&to), size));
    ::close(socket);
}

/// What is heard of a message of a child, and of one of this process after it.
std::vector<std::string> heard(bool of_the_child) {
    Loop loop("test");
    std::vector<std::string> texts;
    auto ear = Ear::open(loop, [&](const Notice& notice) { texts.push_back(notice.status.value_or("")); });
    REQUIRE(ear);
    REQUIRE((*ear)->place().size() > 2);
    pid_t child = ::fork();
    if (child == 0) {
        say((*ear)->place(), "STATUS=child");
        ::_exit(0);
    }
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    (*ear)->listen_to(of_the_child ? child : ::getpid());
    say((*ear)->place(), "STATUS=ours");
    loop.context().run_one_for(seconds(5)); // both wait already: one look takes them
    return texts;
}

} // namespace

TEST_CASE("only the process itself is listened to") {
    CHECK(heard(false) == std::vector<std::string>{"ours"});
    CHECK(heard(true) == std::vector<std::string>{"child"});
}
