#include "smtp_server.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <doctest/doctest.h>

namespace testing {
namespace {

/// One line at a time; empty when the peer is gone or we stop.
class Lines {
public:
    Lines(int peer, const std::atomic<bool>& stopping) : peer_(peer), stopping_(stopping) {}
    std::string next() {
        while (true) {
            if (auto end = text_.find('\n'); end != std::string::npos) {
                auto line = text_.substr(0, end + 1);
                text_.erase(0, end + 1);
                return line;
            }
            pollfd wait{peer_, POLLIN, 0};
            while (::poll(&wait, 1, 20) == 0)
                if (stopping_) return {};
            std::array<char, 4096> space{};
            auto size = ::read(peer_, space.data(), space.size());
            if (size <= 0) return {};
            text_.append(space.data(), static_cast<std::size_t>(size));
        }
    }

private:
    int peer_;
    const std::atomic<bool>& stopping_;
    std::string text_;
};

void say(int peer, const std::string& line) {
    auto text = line + "\r\n";
    static_cast<void>(::send(peer, text.data(), text.size(), MSG_NOSIGNAL));
}

/// "a@b" of "MAIL FROM:<a@b> SIZE=9".
std::string between_angles(const std::string& line) {
    auto open = line.find('<');
    auto close = line.find('>');
    return open == std::string::npos || close == std::string::npos ? "?" : line.substr(open + 1, close - open - 1);
}

} // namespace

SmtpServer::SmtpServer() : listener_(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    int both = 0; // IPv4, too
    ::setsockopt(listener_, IPPROTO_IPV6, IPV6_V6ONLY, &both, sizeof both);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_any;
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener_, 8) == 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin6_port);
    thread_ = std::thread([this] { run(); });
}

SmtpServer::~SmtpServer() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
}

void SmtpServer::answer(const std::string& command, const std::string& line) {
    std::lock_guard lock(mutex_);
    answers_.emplace_back(command, line);
}

std::string SmtpServer::answer_to(const std::string& command, const std::string& usual) {
    std::lock_guard lock(mutex_);
    auto found = std::ranges::find(answers_, command, [](const auto& one) { return one.first; });
    if (found == answers_.end()) return usual;
    auto line = found->second;
    answers_.erase(found);
    return line;
}

void SmtpServer::fault(const std::string& text) {
    std::lock_guard lock(mutex_);
    faults_ += text + "\n";
}

std::vector<MailTaken> SmtpServer::mails() const {
    std::lock_guard lock(mutex_);
    return mails_;
}

std::string SmtpServer::faults() const {
    std::lock_guard lock(mutex_);
    return faults_;
}

void SmtpServer::run() {
    while (!stopping_) {
        pollfd wait{listener_, POLLIN, 0};
        if (::poll(&wait, 1, 20) <= 0) continue;
        int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (peer < 0) continue;
        talk(peer);
        ::close(peer);
    }
}

void SmtpServer::talk(int peer) {
    Lines lines(peer, stopping_);
    if (silent_) return static_cast<void>(lines.next());
    say(peer, "220 mail.example.net ESMTP");
    MailTaken mail;
    while (true) {
        auto line = lines.next();
        if (line.empty()) return;
        if (!line.ends_with("\r\n") || line.size() > 1000) fault("a line that is none: " + line);
        auto command = line.substr(0, 4);
        if (command == "EHLO") {
            say(peer, "250-mail.example.net");
            say(peer, "250-SIZE 1000000");
            say(peer, "250 AUTH PLAIN");
        } else if (command == "AUTH") {
            mail.login = line.substr(5, line.size() - 7);
            auto said = answer_to("AUTH", "235 welcome");
            if (mail.login == "PLAIN") { // without an initial response
                say(peer, "334 ");
                auto response = lines.next();
                mail.login += " " + response.substr(0, response.size() - 2);
            }
            say(peer, said);
        } else if (command == "MAIL") {
            mail.from = between_angles(line);
            mail.to.clear();
            say(peer, answer_to("MAIL", "250 ok"));
        } else if (command == "RCPT") {
            if (mail.from.empty()) fault("RCPT before MAIL");
            auto said = answer_to("RCPT", "250 ok");
            if (said.starts_with('2')) mail.to.push_back(between_angles(line));
            say(peer, said);
        } else if (command == "DATA") {
            if (mail.to.empty()) fault("DATA before RCPT");
            say(peer, "354 go on");
            mail.data.clear();
            for (auto text = lines.next(); text != ".\r\n"; text = lines.next()) {
                if (text.empty()) return;
                if (!text.ends_with("\r\n") || text.size() > 1000) fault("a line of data that is none");
                if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
                    fault("eight bits");
                mail.data += text.starts_with("..") ? text.substr(1) : text;
            }
            auto said = answer_to(".", "250 queued");
            if (said.starts_with('2')) {
                std::lock_guard lock(mutex_);
                mails_.push_back(mail);
            }
            say(peer, said);
        } else if (command == "QUIT") {
            say(peer, "221 bye");
            return;
        } else if (command == "RSET" || command == "NOOP") {
            say(peer, "250 ok");
        } else {
            fault("unknown: " + line);
            say(peer, "500 what?");
        }
    }
}

} // namespace testing
