// Question: what does `GET /v1/presence/{id}` cost in CPU time per request (keep-alive, 64 connections, a bearer token
// each time), against nginx `return 200` with an answer of the same size? One client drives both in turn; what counts
// is the servers' own user and system time, the median of the rounds. Needs nginx (Debian: nginx-light).
#include <arpa/inet.h>
#include <cstring>
#include <fstream>
#include <functional>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <signal.h>
#include <string>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "bench/measure.hpp"
#include "status/service.hpp"

namespace {

using namespace lamp;

constexpr std::string_view token = "a-token-of-forty-characters-0123456789ab";
constexpr std::string_view person = "user00042@example.net";

[[noreturn]] void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

/// CPU seconds of another process (of its first thread, which is all that either server has at work).
double cpu_of(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/schedstat");
    std::uint64_t ns = 0;
    in >> ns;
    return static_cast<double>(ns) * 1e-9;
}

int connect_to(std::uint16_t port) {
    int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; ::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0; ++i) {
        if (i == 200) give_up("connect");
        std::this_thread::sleep_for(std::chrono::milliseconds(20)); // it has just been started
    }
    int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return descriptor;
}

/// One answer, whole; its size in bytes.
std::size_t read_answer(int descriptor, std::string& answer) {
    answer.clear();
    char piece[8192];
    while (true) {
        auto end = answer.find("\r\n\r\n");
        auto length = answer.find("Content-Length: ");
        if (end != std::string::npos && length != std::string::npos &&
            answer.size() >= end + 4 + std::strtoul(answer.c_str() + length + 16, nullptr, 10))
            return answer.size();
        auto got = ::recv(descriptor, piece, sizeof piece, 0);
        if (got <= 0) give_up("recv");
        answer.append(piece, static_cast<std::size_t>(got));
    }
}

struct Rival {
    pid_t pid;
    std::uint16_t port;
    std::string request;
    std::size_t answer_size = 0;
    std::vector<double> us{};

    void probe() {
        int descriptor = connect_to(port);
        if (::send(descriptor, request.data(), request.size(), 0) < 0) give_up("send");
        std::string answer;
        answer_size = read_answer(descriptor, answer);
        if (!answer.starts_with("HTTP/1.1 200")) {
            fmt::print(stderr, "unexpected answer: {}\n", answer);
            std::exit(1);
        }
        ::close(descriptor);
    }
};

/// 64 clients that ask again as soon as they have an answer. Returns how many answers came.
std::uint64_t drive(const Rival& rival, std::chrono::milliseconds span) {
    constexpr int clients = 64;
    int set = ::epoll_create1(0);
    std::array<std::size_t, 4096> received{};
    std::vector<int> descriptors;
    for (int i = 0; i < clients; ++i) {
        int one = connect_to(rival.port);
        descriptors.push_back(one);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = one;
        ::epoll_ctl(set, EPOLL_CTL_ADD, one, &event);
        if (::send(one, rival.request.data(), rival.request.size(), 0) < 0) give_up("send");
    }
    std::uint64_t answers = 0;
    std::array<epoll_event, clients> events;
    char piece[16384];
    auto end = std::chrono::steady_clock::now() + span;
    while (std::chrono::steady_clock::now() < end) {
        int count = ::epoll_wait(set, events.data(), clients, 100);
        for (int i = 0; i < count; ++i) {
            int one = events[static_cast<std::size_t>(i)].data.fd;
            auto got = ::recv(one, piece, sizeof piece, 0);
            if (got <= 0) give_up("recv");
            auto& have = received.at(static_cast<std::size_t>(one));
            have += static_cast<std::size_t>(got);
            if (have < rival.answer_size) continue;
            have -= rival.answer_size;
            ++answers;
            if (::send(one, rival.request.data(), rival.request.size(), 0) < 0) give_up("send");
        }
    }
    for (int one : descriptors)
        ::close(one);
    ::close(set);
    return answers;
}

void measure(Rival& rival, std::chrono::milliseconds span) {
    auto before = cpu_of(rival.pid);
    auto answers = drive(rival, span);
    rival.us.push_back((cpu_of(rival.pid) - before) * 1e6 / static_cast<double>(answers));
}

/// Forks; the child serves until it is killed and tells its port through a pipe.
Rival start_ours() {
    int channel[2];
    if (::pipe(channel) != 0) give_up("pipe");
    pid_t pid = ::fork();
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        Loop serve("serve");
        presence::Table table(1000);
        fanout::Fanout fanout;
        status::Options options;
        options.http.listen = {config::Listen("127.0.0.1:0")};
        options.access.tokens = {{"bench", Secret(std::string(token)), "viewer"}};
        std::vector<presence::PersonRow> rows;
        for (int i = 0; i < 1000; ++i) {
            auto id = fmt::format("user{:05}@example.net", i);
            rows.push_back({id, fmt::format("User Number {}", i), id, "Sales", "", {id}});
        }
        status::Service service(serve, options, {}, table, fanout);
        if (auto begun = service.start(); !begun) {
            fmt::print(stderr, "{}\n", begun.error().text);
            ::_exit(1);
        }
        auto people = presence::People::build(rows).value();
        service.use_people(people);
        presence::LineReport line{presence::LineState::active, 1,     false,     presence::Forwarding::none,
                                  presence::AgentState::none,  false, wall_now()};
        for (presence::Slot slot = 0; slot < people->slots(); ++slot)
            table.report(slot, presence::Source::telephony, line.pack(), wall_now());
        auto port = service.ports().front();
        if (::write(channel[1], &port, sizeof port) != sizeof port) ::_exit(1);
        serve.run_here();
        ::_exit(0);
    }
    std::uint16_t port = 0;
    if (::read(channel[0], &port, sizeof port) != sizeof port) give_up("our server");
    return {pid, port,
            fmt::format("GET /v1/presence/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n\r\n", person,
                        token)};
}

std::uint16_t free_port() {
    int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) != 0) give_up("bind");
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(descriptor);
    return ntohs(address.sin_port);
}

/// One nginx process without a master, without logs; `body` is what it returns.
Rival start_nginx(const std::string& request, std::size_t body) {
    char folder[] = "/tmp/bench-nginx-XXXXXX";
    if (!::mkdtemp(folder)) give_up("mkdtemp");
    auto port = free_port();
    std::string config = fmt::format("{}/nginx.conf", folder);
    std::ofstream(config) << fmt::format(
        "daemon off; master_process off; worker_processes 1; pid {0}/pid; error_log {0}/error.log crit;\n"
        "events {{ worker_connections 1024; }}\n"
        "http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 1h; tcp_nodelay on;\n"
        "  client_body_temp_path {0}/a; proxy_temp_path {0}/b; fastcgi_temp_path {0}/c; uwsgi_temp_path {0}/d;\n"
        "  scgi_temp_path {0}/e;\n"
        "  server {{ listen 127.0.0.1:{1}; default_type application/json; location / {{ return 200 '{2}'; }} }} }}\n",
        folder, port, std::string(body, 'x'));
    pid_t pid = ::fork();
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::execlp("nginx", "nginx", "-c", config.c_str(), "-p", folder, "-e", "stderr", nullptr);
        ::_exit(127);
    }
    return {pid, port, request};
}

void end(const Rival& rival) {
    ::kill(rival.pid, SIGKILL);
    int ignored = 0;
    ::waitpid(rival.pid, &ignored, 0);
}

} // namespace

int main(int argc, char** argv) {
    bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
    if (std::system("command -v nginx >/dev/null") != 0) {
        fmt::print("bench_http: nginx is not installed (apt-get install nginx-light); nothing to compare with\n");
        return 0;
    }
    int rounds = quick ? 3 : 9;
    std::chrono::milliseconds span(quick ? 200 : 1500);

    Rival ours = start_ours();
    ours.probe();
    Rival probe = start_nginx(ours.request, 100);
    probe.probe();
    Rival nginx = start_nginx(ours.request, 100 + ours.answer_size - probe.answer_size);
    end(probe);
    nginx.probe();

    for (int round = 0; round < rounds; ++round) {
        measure(ours, span);
        measure(nginx, span);
    }
    end(ours);
    end(nginx);
    auto our_us = bench::median(ours.us);
    auto nginx_us = bench::median(nginx.us);
    fmt::print("bench_http: ours {:.2f} us per request ({} bytes), nginx {:.2f} us ({} bytes)\n", our_us,
               ours.answer_size, nginx_us, nginx.answer_size);
    bool reached = bench::result("http_presence_one_vs_nginx", nginx_us / our_us, "times_nginx_per_cpu_second", 0.9);
    return quick || reached ? 0 : 1;
}
