// The loop of loop.hpp: one Asio timer serves a binary heap of ours, which costs less than an Asio timer each.
#include "loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sim {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;

struct Loop::State {
    struct Entry {
        SteadyClock::time_point due;
        Timer id;
        bool operator>(const Entry& other) const { return std::pair(due, id) > std::pair(other.due, other.id); }
    };

    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard{io.get_executor()};
    asio::steady_timer alarm{io};
    SteadyClock::time_point alarm_at = SteadyClock::time_point::max();
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> heap;
    std::unordered_map<Timer, Task> tasks;
    Timer next = 1;

    void arm() {
        if (heap.empty() || heap.top().due >= alarm_at) return;
        alarm_at = heap.top().due;
        alarm.expires_at(alarm_at);
        alarm.async_wait([this](const boost::system::error_code& error) {
            if (!error) ring();
        });
    }

    void ring() {
        alarm_at = SteadyClock::time_point::max();
        const auto now = SteadyClock::now();
        while (!heap.empty() && heap.top().due <= now) {
            const Timer id = heap.top().id;
            heap.pop();
            auto node = tasks.extract(id);
            if (!node.empty()) node.mapped()();
        }
        arm();
    }
};

Loop::Loop() : state_(std::make_unique<State>()) {}
Loop::~Loop() = default;

void Loop::run() {
    state_->io.run();
}
void Loop::stop() {
    state_->io.stop();
}
void Loop::post(Task task) {
    asio::post(state_->io, std::move(task));
}

Loop::Timer Loop::after(std::chrono::milliseconds delay, Task task) {
    const Timer id = state_->next++;
    state_->heap.push({SteadyClock::now() + delay, id});
    state_->tasks.emplace(id, std::move(task));
    state_->arm();
    return id;
}

void Loop::cancel(Timer timer) {
    state_->tasks.erase(timer);
}

void Loop::every(std::chrono::milliseconds period, Task task) {
    after(period, [this, period, task = std::move(task)]() mutable {
        task();
        every(period, std::move(task));
    });
}

std::int64_t Loop::steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now().time_since_epoch()).count();
}

asio::io_context& Loop::context() {
    return state_->io;
}

} // namespace sim
