// The office's Zoom meetings: now and then a few people meet for a while, some with a second device or a guest.
#pragma once

#include "../broadworks/model.hpp"
#include "../loop.hpp"
#include "account.hpp"

#include <functional>
#include <string>
#include <vector>

namespace sim::zoom {

class Office {
public:
    Office(Loop& loop, Account& account, std::uint64_t seed, std::function<std::int64_t()> now)
        : loop_(loop), account_(account), random_(seed * 7001 + 3), now_(std::move(now)) {}
    void start();
    void stop() { running_ = false; }
    bool running() const { return running_; }

private:
    void tick();
    void meet();
    void part(const std::string& name, const std::vector<UserIndex>& members);
    void after(int low_ms, int high_ms, std::function<void()> task);

    Loop& loop_;
    Account& account_;
    bw::Random random_;
    std::function<std::int64_t()> now_;
    bool running_ = false;
    std::uint64_t meetings_ = 0;
};

} // namespace sim::zoom
