// What does a webhook cost? CPU of the loop for each event that is taken (made, put on disk), how fast events get to
// disk, and how fast a queue is caught up with one receiver that answers at once and no pace of our own. Rival: the
// same events for webhooks that do not want them.
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "bench/folder.hpp"
#include "bench/measure.hpp"
#include "outbox/outbox.hpp"
#include "tests/fakes/http_server.hpp"

using namespace lamp;

namespace {

/// Answers 200 to everything, on a thread of its own.
class Receiver {
public:
    Receiver()
        : server_(loop_,
                  [](const sim::http::Request&, sim::http::Reply reply) { reply.send({200, "text/plain", ""}); }) {
        port_ = server_.port(server_.listen("127.0.0.1", 0));
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~Receiver() {
        loop_.stop();
        thread_.join();
    }
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;
    [[nodiscard]] config::Url url() const { return config::Url("http://127.0.0.1:" + std::to_string(port_)); }

private:
    sim::Loop loop_;
    sim::http::Server server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

calls::CallEvent event_number(int number) {
    calls::CallEvent event{.what = calls::Happening::ringing, .at = wall_now(), .call = {}};
    event.call.id = std::to_string(number);
    event.call.person = event.call.line = "alice@example.net";
    event.call.incoming = true;
    event.call.remote_number = "+33199001234";
    event.call.remote_name = "ACME";
    event.call.started = event.at;
    event.matches = {
        {"crm", "42", "J. Doe", "+33199001234", "exact", "the same number", "https://crm.example.net/42", {}}};
    return event;
}

double since(Steady begun) {
    return std::chrono::duration<double>(steady_now() - begun).count();
}

struct Measured {
    double take_us = 0;
    double to_disk_per_s = 0;
    double delivered_per_s = 0;
};

Measured measure(const std::string& wanted, int events) {
    bench::Folder folder{"outbox"};
    Receiver receiver;
    Loop loop("egress");
    auto store = store::Store::open({.folder = folder.path});
    if (!store) std::abort();
    outbox::OutboxOptions options;
    auto& webhook = options.webhooks.emplace_back();
    webhook.name = "bench";
    webhook.url = receiver.url();
    webhook.secret = Secret("Tiny secret");
    webhook.events = {wanted};
    webhook.rate = 0; // as fast as it goes
    outbox::Outbox outbox(loop, **store, options);
    Measured measured;
    double cpu = 0;
    auto begun = steady_now();
    for (int i = 0; i < events; ++i) {
        auto event = event_number(i);
        auto before = bench::thread_cpu_s();
        outbox.take(event);
        cpu += bench::thread_cpu_s() - before;
        if (i % 64 == 0) loop.context().restart(), loop.context().poll();
    }
    auto turn = [&](auto reached) {
        while (!reached()) {
            loop.context().restart();
            loop.context().run_one_for(milliseconds(10));
        }
    };
    measured.take_us = cpu / events * 1e6;
    if (wanted == "call") {
        turn([&] { return outbox.views()[0].waiting == static_cast<std::uint64_t>(events); });
        measured.to_disk_per_s = events / since(begun);
        auto caught_up = std::min(events, 5000);
        begun = steady_now();
        outbox.start();
        turn([&] { return outbox.views()[0].delivered >= static_cast<std::uint64_t>(caught_up); });
        measured.delivered_per_s = caught_up / since(begun);
    }
    bool ended = false;
    outbox.shut_down(seconds(5), [&] { ended = true; });
    turn([&] { return ended; });
    (*store)->stop();
    return measured;
}

} // namespace

int main(int argc, char** argv) {
    bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    log::set_level(log::Level::warning);
    const int events = quick ? 1'000 : 50'000;
    auto unwanted = measure("presence", events);
    auto wanted = measure("call", events);
    fmt::print("  an event that nobody wants: {:.2f} us\n", unwanted.take_us);
    bench::result("outbox_take", wanted.take_us, "us", 50, false);
    bench::result("outbox_to_disk", wanted.to_disk_per_s, "events/s", 5'000);
    bench::result("outbox_delivered_in_order", wanted.delivered_per_s, "events/s", 500);
    return 0;
}
