// One thread, one io_context, one heap of timers: everything in the simulator runs on a Loop,
// so that no part of it needs a lock. Asio stays out of this header on purpose.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace sim {

class Loop {
public:
    using Task = std::function<void()>;
    using Timer = std::uint64_t; // 0 is never a timer

    Loop();
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void run();           // until stop()
    void stop();          // from any thread
    void post(Task task); // from any thread

    // Loop thread only. A task whose timer was cancelled never runs.
    Timer after(std::chrono::milliseconds delay, Task task);
    void cancel(Timer timer);

    // Runs `task` again and again; never cancelled, ends with the loop.
    void every(std::chrono::milliseconds period, Task task);

    static std::int64_t steady_ms();
    boost::asio::io_context& context();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace sim
