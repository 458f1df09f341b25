// What the command line and in-process tests may set before the simulator starts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sim {

struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0; // of the first XSP; the others follow, or any when 0
    std::uint16_t control_port = 0;
    std::uint16_t graph_port = 0;  // login host and Graph host
    std::uint16_t google_port = 0; // login host and API host
    std::uint16_t zoom_port = 0;   // login host, API and the sender of web hooks
    std::string zoom_hook;         // where web hooks go from the start; empty: nowhere
    std::uint16_t crm_port = 0;    // login and every dialect
    int xsps = 1;
    std::size_t people = 40;
    std::size_t second_line_every = 10;
    std::string enterprise = "ACME";
    std::string domain = "example.net";
    std::uint64_t seed = 1;
    bool office = false;
    double load = 0; // events per second
    std::string certificate;
    std::string key;
    double heartbeat_limit_s = 30;
    double ack_limit_s = 10;
    std::int64_t log_size = 2000;
};

} // namespace sim
