// A mail server as strict as RFC 5321 allows: commands in their order, lines of at most 1000 bytes that end with CRLF,
// seven-bit data. Blocking, one connection at a time, on a thread of its own; it answers as told. Without TLS.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace testing {

struct MailTaken {
    std::string from;
    std::vector<std::string> to;
    std::string data; // without the dot
    std::string login;
};

class SmtpServer {
public:
    SmtpServer();
    ~SmtpServer();
    SmtpServer(const SmtpServer&) = delete;
    SmtpServer& operator=(const SmtpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// What is answered to the next commands of that name ("RCPT", "DATA", ".", "AUTH") instead of consent.
    void answer(const std::string& command, const std::string& line);
    /// Connections are taken and nothing is ever said.
    void fall_silent() { silent_ = true; }

    [[nodiscard]] std::vector<MailTaken> mails() const;
    [[nodiscard]] std::string faults() const;

private:
    void run();
    void talk(int peer);
    void fault(const std::string& text);
    [[nodiscard]] std::string answer_to(const std::string& command, const std::string& usual);

    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> silent_{false};
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;
    std::deque<std::pair<std::string, std::string>> answers_;
    std::vector<MailTaken> mails_;
    std::string faults_;
    std::thread thread_;
};

} // namespace testing
