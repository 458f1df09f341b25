// Ends, from another thread, what blocks on a connection: shared by the two.
#pragma once
#include <atomic>

namespace lamp::ldap {

class Stop {
public:
    Stop();
    ~Stop();
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

    /// Any thread, more than once: whatever waits for the connection fails at once.
    void cancel();
    [[nodiscard]] bool cancelled() const { return cancelled_.load(); }
    /// Readable from `cancel` on.
    [[nodiscard]] int descriptor() const { return bell_; }
    /// The connection that `cancel` ends; once.
    void guard(int socket);

private:
    void end_connection();

    std::atomic<bool> cancelled_ = false;
    std::atomic<int> connection_ = -1; // a duplicate: its number is nobody else's as long as this lives
    int bell_;
};

} // namespace lamp::ldap
