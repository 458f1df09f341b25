// A raw HTTP client for the simulator's own tests: what a library would hide stays visible.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>

namespace raw {

using namespace std::chrono_literals;

// A blocking socket with a reading limit.
class Socket {
public:
    explicit Socket(const std::string& url) {
        const auto colon = url.rfind(':');
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(url.c_str() + colon + 1)));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr generic{};
        static_assert(sizeof generic == sizeof address);
        std::copy_n(reinterpret_cast<const char*>(&address), sizeof address, reinterpret_cast<char*>(&generic));
        connected_ = ::connect(fd_, &generic, sizeof generic) == 0;
    }
    ~Socket() { ::close(fd_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    bool connected() const { return connected_; }
    void send(const std::string& bytes) { (void)!::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

    // Reads once, waiting at most `limit`. False at the end of the stream or when nothing came.
    bool read(std::chrono::milliseconds limit) {
        pollfd ready{fd_, POLLIN, 0};
        if (::poll(&ready, 1, static_cast<int>(limit.count())) <= 0) return false;
        char buffer[65536];
        const auto count = ::recv(fd_, buffer, sizeof buffer, 0);
        if (count <= 0) {
            over = true;
            reset = count < 0;
            return false;
        }
        data.append(buffer, static_cast<std::size_t>(count));
        return true;
    }

    std::string data;
    bool over = false;
    bool reset = false;

private:
    int fd_ = -1;
    bool connected_ = false;
};

struct Answer {
    int status = 0;
    std::string head;
    std::string body;
};

inline std::string unchunked(std::string_view bytes) {
    std::string out;
    for (;;) {
        const auto line = bytes.find("\r\n");
        if (line == std::string_view::npos) return out;
        const std::size_t size = std::strtoul(std::string(bytes.substr(0, line)).c_str(), nullptr, 16);
        if (size == 0 || bytes.size() < line + 2 + size + 2) return out;
        out += bytes.substr(line + 2, size);
        bytes.remove_prefix(line + 2 + size + 2);
    }
}

inline std::string request_text(const std::string& method, const std::string& path, const std::string& body,
                                const std::string& auth, const std::string& extra) {
    std::string text = method + " " + path + " HTTP/1.1\r\nHost: sim\r\n";
    if (!auth.empty()) text += "Authorization: " + auth + "\r\n";
    if (method != "GET") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text + extra + "\r\n" + body;
}

inline Answer ask(const std::string& url, const std::string& method, const std::string& path,
                  const std::string& body = {}, const std::string& auth = {}, const std::string& extra = {}) {
    Socket socket(url);
    socket.send(request_text(method, path, body, auth, extra + "Connection: close\r\n"));
    while (socket.read(3000ms)) {
    }
    Answer answer;
    const auto end = socket.data.find("\r\n\r\n");
    if (end == std::string::npos) return answer;
    answer.head = socket.data.substr(0, end);
    answer.status = std::atoi(answer.head.c_str() + 9);
    answer.body = socket.data.substr(end + 4);
    if (answer.head.find("chunked") != std::string::npos) answer.body = unchunked(answer.body);
    return answer;
}

} // namespace raw
