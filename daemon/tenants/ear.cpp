#include "tenants/ear.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

#include "proto/text/text.hpp"

namespace lamp::tenants {
namespace {

constexpr std::size_t message_bytes_max = 4096;
constexpr std::size_t status_bytes_max = 200;
constexpr int messages_at_once = 64; // then others of the loop have their turn

std::string shown(std::string_view status) {
    std::string text(text::beginning(status, status_bytes_max));
    std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
    return text;
}

/// The abstract name that the kernel gave: '\0' and five digits.
std::string name_of(int socket) {
    sockaddr_un address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
    std::size_t length = size - offsetof(sockaddr_un, sun_path);
    return length < 2 ? std::string() : "@" + std::string(address.sun_path + 1, length - 1);
}

int open_socket() {
    int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return -1;
    int on = 1;
    sockaddr_un any{};
    any.sun_family = AF_UNIX;
    if (::setsockopt(socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0 &&
        ::bind(socket, reinterpret_cast<sockaddr*>(&any), sizeof any.sun_family) == 0)
        return socket;
    int error = errno;
    ::close(socket);
    errno = error;
    return -1;
}

/// Who sent it; 0 where the kernel does not say. Files that came with it find no room here, and are closed.
pid_t sender_of(msghdr& message) {
    for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
        if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_CREDENTIALS) continue;
        ucred who{};
        std::memcpy(&who, CMSG_DATA(one), sizeof who);
        return who.pid;
    }
    return 0;
}

} // namespace

Notice read_notice(std::string_view message) {
    Notice notice;
    while (!message.empty()) {
        auto end = std::min(message.find('\n'), message.size());
        auto line = message.substr(0, end);
        message.remove_prefix(std::min(end + 1, message.size()));
        if (line == "READY=1") notice.ready = true;
        if (line == "WATCHDOG=1") notice.fed = true;
        if (line == "WATCHDOG=trigger") notice.triggered = true;
        if (line == "STOPPING=1") notice.stopping = true;
        if (line == "RELOADING=1") notice.reloading = true;
        if (line.starts_with("STATUS=")) notice.status = shown(line.substr(7));
    }
    return notice;
}

Result<std::unique_ptr<Ear>> Ear::open(Loop& loop, Heard heard) {
    int socket = open_socket();
    if (socket < 0)
        return fail(Category::limit, "no socket to hear a tenant: " + std::generic_category().message(errno));
    return std::unique_ptr<Ear>(new Ear(loop, socket, name_of(socket), std::move(heard)));
}

Ear::Ear(Loop& loop, int socket, std::string place, Heard heard)
    : socket_(loop.context(), socket), place_(std::move(place)), heard_(std::move(heard)) {
    wait();
}

void Ear::wait() {
    socket_.async_wait(asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
        if (error) return; // it is closed, and this object gone
        take();
        wait();
    });
}

void Ear::take() {
    std::array<char, message_bytes_max> text{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
    for (int taken = 0; taken < messages_at_once; ++taken) {
        iovec piece{text.data(), text.size()};
        msghdr message{};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        auto got = ::recvmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (got < 0) return;
        auto sender = sender_of(message);
        if (process_ != 0 && sender == process_)
            heard_(read_notice({text.data(), static_cast<std::size_t>(got)}));
        else if (process_ != 0 && complaint_.allow(steady_now()))
            log::warning("tenants", "somebody else speaks for a tenant", {{"pid", sender}});
    }
}

} // namespace lamp::tenants
