// lamplighter-sim: command line -> World -> one JSON line with the ports -> until a signal or the parent's end.
#include "world.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view usage =
    "lamplighter-sim: a strict BroadWorks XSI platform and Microsoft Graph for tests, demos and benchmarks (loopback "
    "only)\n"
    "  --listen 127.0.0.1:PORT    first XSP (port 0 = any)         --xsp N              number of XSPs\n"
    "  --control 127.0.0.1:PORT   control API under /sim/          --people N           default 40\n"
    "  --graph 127.0.0.1:PORT     Microsoft login and Graph (port 0 = any)\n"
    "  --google 127.0.0.1:PORT    Google's login and Calendar (port 0 = any)\n"
    "  --crm 127.0.0.1:PORT       five CRMs (port 0 = any)\n"
    "  --zoom 127.0.0.1:PORT      Zoom login and API (port 0 = any)\n"
    "  --zoom-hook URL            where Zoom's web hooks go\n"
    "  --second-lines N           every N-th person has two lines, 0 = nobody\n"
    "  --enterprise ID            default ACME                     --seed S             default 1\n"
    "  --office                   a living office                  --load EVENTS_PER_S  call life cycles\n"
    "  --tls CERT,KEY             the XSPs speak TLS               --log N              requests in /sim/log\n"
    "  --heartbeat-limit S        default 30                       --ack-limit S        default 10\n"
    "  --people-csv FILE          writes the matching people file  --ready-file FILE    writes the start line there "
    "too\n"
    "  --parent-pid               exits when the parent goes\n";

struct Line {
    sim::Options options;
    std::string people_csv;
    std::string ready_file;
    bool parent = false;
};

[[noreturn]] void fail(const std::string& why) {
    std::cerr << "lamplighter-sim: " << why << "\n" << usage;
    std::exit(2);
}

template <typename Number>
Number number(std::string_view option, std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        fail(std::string(option) + ": not a number: " + std::string(text));
    return value;
}

std::uint16_t endpoint(std::string_view option, std::string_view text, std::string& address) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) fail(std::string(option) + " takes ADDRESS:PORT");
    address = text.substr(0, colon);
    if (!address.starts_with("127.") && address != "::1") fail(std::string(option) + ": only loopback addresses");
    return number<std::uint16_t>(option, text.substr(colon + 1));
}

Line parse(const std::vector<std::string_view>& arguments) {
    Line line;
    sim::Options& o = line.options;
    bool lines_given = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view option = arguments[i];
        if (option == "--help" || option == "-h") {
            std::cout << usage;
            std::exit(0);
        }
        if (option == "--office") {
            o.office = true;
            continue;
        }
        if (option == "--parent-pid") {
            line.parent = true;
            continue;
        }
        if (i + 1 == arguments.size()) fail("unknown option or missing value: " + std::string(option));
        const std::string_view value = arguments[++i];
        std::string ignored;
        if (option == "--listen")
            o.port = endpoint(option, value, o.address);
        else if (option == "--control")
            o.control_port = endpoint(option, value, ignored);
        else if (option == "--graph")
            o.graph_port = endpoint(option, value, ignored);
        else if (option == "--google")
            o.google_port = endpoint(option, value, ignored);
        else if (option == "--crm")
            o.crm_port = endpoint(option, value, ignored);
        else if (option == "--zoom")
            o.zoom_port = endpoint(option, value, ignored);
        else if (option == "--zoom-hook")
            o.zoom_hook = value;
        else if (option == "--xsp")
            o.xsps = number<int>(option, value);
        else if (option == "--people")
            o.people = number<std::size_t>(option, value);
        else if (option == "--second-lines") {
            o.second_line_every = number<std::size_t>(option, value);
            lines_given = true;
        } else if (option == "--enterprise")
            o.enterprise = value;
        else if (option == "--seed")
            o.seed = number<std::uint64_t>(option, value);
        else if (option == "--load")
            o.load = number<double>(option, value);
        else if (option == "--log")
            o.log_size = number<std::int64_t>(option, value);
        else if (option == "--heartbeat-limit")
            o.heartbeat_limit_s = number<double>(option, value);
        else if (option == "--ack-limit")
            o.ack_limit_s = number<double>(option, value);
        else if (option == "--people-csv")
            line.people_csv = value;
        else if (option == "--ready-file")
            line.ready_file = value;
        else if (option == "--tls") {
            const auto comma = value.find(',');
            if (comma == std::string_view::npos) fail("--tls takes CERT,KEY");
            o.certificate = value.substr(0, comma);
            o.key = value.substr(comma + 1);
        } else
            fail("unknown option " + std::string(option));
    }
    if (o.xsps < 1 || o.xsps > 16) fail("--xsp: 1 to 16");
    if (!lines_given && o.people > 2000) o.second_line_every = 0; // load tests count one line a person
    return line;
}

void write_file(const std::string& path, const std::string& text) {
    // Readers wait for the file: it appears whole or not at all.
    const std::string draft = path + ".tmp";
    std::ofstream(draft) << text;
    if (std::rename(draft.c_str(), path.c_str()) != 0) fail("cannot write " + path);
}

} // namespace

int main(int argc, char** argv) {
    const Line line = parse(std::vector<std::string_view>(argv + 1, argv + argc));
    if (line.parent) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() == 1) return 0; // it was gone before we asked
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    try {
        sim::World world(line.options);
        world.start();
        if (!line.people_csv.empty())
            write_file(line.people_csv,
                       std::string(world.command("people_csv").value().as_object().at("csv").as_string()));
        const std::string announcement = boost::json::serialize(world.announcement()) + "\n";
        std::cout << announcement << std::flush;
        if (!line.ready_file.empty()) write_file(line.ready_file, announcement);
        int received = 0;
        sigwait(&signals, &received);
    } catch (const std::exception& error) {
        std::cerr << "lamplighter-sim: " << error.what() << "\n";
        return 1;
    }
    return 0;
}
