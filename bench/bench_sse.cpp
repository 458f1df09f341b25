// Question: what does one presence event to one of 1 000 SSE subscribers cost in CPU time, against the naive server
// that sends each event to each subscriber as it comes? Both render an event once; 500 events a second of different
// people; one client reads both in turn; what counts is the serving thread's own time per event that arrived.
#include <arpa/inet.h>
#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <fstream>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "bench/measure.hpp"
#include "status/presence_json.hpp"
#include "status/service.hpp"

namespace {

using namespace lamp;

constexpr int people_count = 5000;
constexpr int events_per_second = 500;

struct Sizes {
    int subscribers;
    int rounds;
    std::chrono::milliseconds span;
};

[[noreturn]] void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

/// CPU seconds of a process' first thread, which is the one that serves.
double cpu_of(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/schedstat");
    std::uint64_t ns = 0;
    in >> ns;
    return static_cast<double>(ns) * 1e-9;
}

std::shared_ptr<const presence::People> make_people() {
    std::vector<presence::PersonRow> rows;
    for (int i = 0; i < people_count; ++i) {
        auto id = fmt::format("user{:05}@example.net", i);
        rows.push_back({id, fmt::format("User Number {}", i), id, "Sales", "", {id}});
    }
    return presence::People::build(rows).value();
}

/// Changes one person after the other, evenly spread, for ever.
template <class Changed>
[[noreturn]] void produce(presence::Table& table, Changed changed) {
    auto next = std::chrono::steady_clock::now();
    for (std::uint64_t n = 0;; ++n) {
        auto slot = static_cast<presence::Slot>(n % people_count);
        bool ringing = n / people_count % 2 == 0;
        presence::LineReport line{ringing ? presence::LineState::ringing : presence::LineState::active,
                                  1,
                                  false,
                                  presence::Forwarding::none,
                                  presence::AgentState::none,
                                  false,
                                  wall_now()};
        if (table.report(slot, presence::Source::telephony, line.pack(), wall_now())) changed(slot);
        next += std::chrono::microseconds(1'000'000 / events_per_second);
        std::this_thread::sleep_until(next);
    }
}

/// The program under test.
void serve_ours(int channel) {
    Loop serve("serve");
    presence::Table table(people_count);
    fanout::Fanout fanout;
    status::Options options;
    options.http.listen = {config::Listen("127.0.0.1:0")};
    options.http.anonymous_role = options.access.anonymous_role = "viewer";
    status::Service service(serve, options, {}, table, fanout);
    if (!service.start()) ::_exit(1);
    service.use_people(make_people());
    auto port = service.ports().front();
    if (::write(channel, &port, sizeof port) != sizeof port) ::_exit(1);
    std::thread([&] { produce(table, [&](presence::Slot slot) { fanout.publish(slot); }); }).detach();
    serve.run_here();
}

/// The rival: whatever comes is rendered and sent to everybody, one call each.
void serve_naively(int channel) {
    presence::Table table(people_count);
    auto people = make_people();
    int door = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(door, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(door, 4096) != 0) give_up("listen");
    ::getsockname(door, reinterpret_cast<sockaddr*>(&address), &size);
    auto port = ntohs(address.sin_port);
    if (::write(channel, &port, sizeof port) != sizeof port) ::_exit(1);

    std::mutex mutex;
    std::condition_variable come;
    std::deque<presence::Slot> queue;
    std::thread([&] {
        produce(table, [&](presence::Slot slot) {
            std::lock_guard lock(mutex);
            queue.push_back(slot);
            come.notify_one();
        });
    }).detach();
    std::vector<int> subscribers;
    std::string frame;
    for (std::uint64_t number = 1;; ++number) {
        presence::Slot slot = 0;
        {
            std::unique_lock lock(mutex);
            come.wait(lock, [&] { return !queue.empty(); });
            slot = queue.front();
            queue.pop_front();
        }
        if (number % 16 == 0 || subscribers.empty())
            for (int one = ::accept(door, nullptr, nullptr); one >= 0; one = ::accept(door, nullptr, nullptr)) {
                int on = 1;
                ::setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                constexpr std::string_view head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
                if (::send(one, head.data(), head.size(), MSG_NOSIGNAL) > 0) subscribers.push_back(one);
            }
        frame = fmt::format("id: naive-{}\nevent: presence\ndata: ", number);
        status::append_presence(frame, table.read(slot), people->person(slot), {});
        frame += "\n\n";
        std::erase_if(subscribers, [&](int one) {
            auto put = ::send(one, frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (put >= 0 || errno == EAGAIN) return false;
            ::close(one);
            return true;
        });
    }
}

struct Rival {
    pid_t pid = 0;
    std::uint16_t port = 0;
    std::vector<double> us{};
};

Rival start(void (*serve)(int)) {
    int channel[2];
    if (::pipe(channel) != 0) give_up("pipe");
    Rival rival;
    rival.pid = ::fork();
    if (rival.pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(channel[1]);
        ::_exit(0);
    }
    if (::read(channel[0], &rival.port, sizeof rival.port) != sizeof rival.port) give_up("server");
    return rival;
}

int subscribe(std::uint16_t port) {
    int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) give_up("connect");
    constexpr std::string_view request = "GET /v1/events HTTP/1.1\r\nHost: bench\r\n\r\n";
    if (::send(descriptor, request.data(), request.size(), 0) < 0) give_up("send");
    return descriptor;
}

/// Reads whatever comes until `end`; how many events that was.
std::uint64_t read_events(int set, std::chrono::steady_clock::time_point end) {
    std::array<epoll_event, 256> events;
    static char piece[256 * 1024];
    std::uint64_t count = 0;
    while (std::chrono::steady_clock::now() < end) {
        int ready = ::epoll_wait(set, events.data(), static_cast<int>(events.size()), 10);
        for (int i = 0; i < ready; ++i) {
            auto got = ::recv(events[static_cast<std::size_t>(i)].data.fd, piece, sizeof piece, 0);
            if (got <= 0) give_up("a subscriber was cut");
            // A mark split between two pieces is missed: one event in some thousands, for both rivals.
            std::string_view text(piece, static_cast<std::size_t>(got));
            for (auto at = text.find("event: presence"); at != std::string_view::npos;
                 at = text.find("event: presence", at + 300))
                ++count;
        }
    }
    return count;
}

void measure(Rival& rival, const Sizes& sizes) {
    int set = ::epoll_create1(0);
    std::vector<int> descriptors;
    for (int i = 0; i < sizes.subscribers; ++i) {
        descriptors.push_back(subscribe(rival.port));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = descriptors.back();
        ::epoll_ctl(set, EPOLL_CTL_ADD, descriptors.back(), &event);
    }
    read_events(set, std::chrono::steady_clock::now() + std::chrono::milliseconds(500)); // everybody is in
    auto before = cpu_of(rival.pid);
    auto count = read_events(set, std::chrono::steady_clock::now() + sizes.span);
    rival.us.push_back((cpu_of(rival.pid) - before) * 1e6 / static_cast<double>(std::max<std::uint64_t>(count, 1)));
    for (int one : descriptors)
        ::close(one);
    ::close(set);
}

} // namespace

int main(int argc, char** argv) {
    bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
    Sizes sizes =
        quick ? Sizes{200, 1, std::chrono::milliseconds(500)} : Sizes{1000, 5, std::chrono::milliseconds(2500)};
    Rival ours = start(serve_ours);
    Rival naive = start(serve_naively);
    for (int round = 0; round < sizes.rounds; ++round) {
        measure(ours, sizes);
        measure(naive, sizes);
    }
    for (const Rival* one : {&ours, &naive}) {
        ::kill(one->pid, SIGKILL);
        int ignored = 0;
        ::waitpid(one->pid, &ignored, 0);
    }
    auto our_us = bench::median(ours.us);
    auto naive_us = bench::median(naive.us);
    fmt::print("bench_sse: {} subscribers, {} events/s: ours {:.3f} us per delivered event, one send each {:.3f} us\n",
               sizes.subscribers, events_per_second, our_us, naive_us);
    bool reached = bench::result("sse_fanout_vs_one_send_each", naive_us / our_us, "times_cheaper", 5);
    return quick || reached ? 0 : 1;
}
