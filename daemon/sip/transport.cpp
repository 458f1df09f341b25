#include "sip/transport.hpp"

#include <charconv>
#include <csignal>
#include <fmt/format.h>

#include "base/log.hpp"
#include "sip/transport_datagrams.hpp"
#include "sip/transport_streams.hpp"
#include "sip/transport_turns.hpp"

namespace lamp::sip {
namespace {

/// "sip.example.net", "sip.example.net:5060", "198.51.100.4", "[2001:db8::1]:5060", "2001:db8::1"
std::optional<Advertised> parse_advertised(std::string_view text) {
    if (const auto bare = address_of(text)) return Advertised{std::string(host_text(*bare).view()), 0};
    Advertised made;
    const auto colon = text.rfind(':');
    made.host = text.substr(0, colon);
    if (made.host.empty() || made.host.find_first_of(" \t<>\"@;,/") != std::string::npos) return std::nullopt;
    if (made.host.find(':') != std::string::npos && !(made.host.starts_with('[') && address_of(made.host)))
        return std::nullopt;
    if (colon == std::string_view::npos) return made;
    const auto port = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), made.port);
    if (error != std::errc() || end != port.data() + port.size() || made.port == 0) return std::nullopt;
    return made;
}

} // namespace

Transports::Transports(Loop& loop, TransportOptions options)
    : options_(std::move(options)),
      turns_(std::make_unique<TransportTurns>(loop.context(),
                                              [this] {
                                                  if (on_turn && !stopped_) on_turn();
                                                  datagrams_->flush();
                                                  streams_->flush();
                                              })),
      sweeper_(std::make_unique<asio::steady_timer>(loop.context())) {
    forget_listeners();
}

void Transports::forget_listeners() {
    bound_.clear();
    datagrams_ = std::make_unique<Datagrams>(*this, *turns_, options_.limits, counters_);
    streams_ = std::make_unique<Streams>(*this, *turns_, options_, counters_);
}

Transports::~Transports() = default;

Result<void> Transports::listen() {
    auto opened = open_all();
    if (!opened) forget_listeners();
    return opened;
}

Result<void> Transports::open_all() {
    for (std::size_t i = 0; i < options_.listen.size(); ++i) {
        const auto& where = options_.listen[i];
        Advertised advertised;
        if (i < options_.advertise.size() && !options_.advertise[i].empty()) {
            const auto parsed = parse_advertised(options_.advertise[i]);
            if (!parsed)
                return fail(Category::invalid,
                            fmt::format("\"{}\" cannot be advertised for {}: it is no host with or without a port.",
                                        options_.advertise[i], to_string(where)));
            advertised = *parsed;
        }
        const auto wanted = sip::transport(where.scheme);
        auto bound = wanted == Transport::udp ? datagrams_->open(where, i, std::move(advertised))
                                              : streams_->open(wanted, where, i, std::move(advertised));
        if (!bound) return std::unexpected(bound.error());
        bound_.push_back(std::move(*bound));
    }
    return streams_->load_certificates();
}

void Transports::run() {
    for (const Bound& one : bound_) {
        if (one.transport == Transport::udp)
            log::info("sip", "listening",
                      {{"transport", name(one.transport)},
                       {"address", one.host},
                       {"port", one.port},
                       {"receive_buffer", one.receive_buffer}});
        else
            log::info("sip", "listening",
                      {{"transport", name(one.transport)}, {"address", one.host}, {"port", one.port}});
    }
    datagrams_->run();
    streams_->run();
    turns_->poller().start();
    sweep();
}

void Transports::sweep() {
    turns_->begin();
    datagrams_->sweep();
    streams_->sweep();
    turns_->end();
    sweeper_->expires_after(options_.limits.sweep);
    sweeper_->async_wait([this](boost::system::error_code error) {
        if (!error) sweep();
    });
}

void Transports::drain() {
    streams_->drain();
}

void Transports::stop() {
    stopped_ = true;
    sweeper_->cancel();
    datagrams_->stop();
    streams_->stop();
    turns_->poller().stop();
}

Result<void> Transports::reload_certificates() {
    return streams_->load_certificates();
}

bool Transports::send(const Flow& flow, std::string_view bytes) {
    return flow.reliable ? streams_->send(flow, bytes) : datagrams_->send(flow, bytes);
}

void Transports::close(const Flow& flow) {
    if (flow.reliable) streams_->close(flow);
}

std::optional<Flow> Transports::flow_to(Transport transport, const Place& to, std::size_t listener_hint,
                                        std::string_view server_name) {
    if (transport == Transport::udp) return datagrams_->flow_to(to, listener_hint);
    return streams_->flow_to(transport, to, listener_hint, server_name);
}

Transport Transports::transport(const Flow& flow) const {
    return flow.reliable ? streams_->transport(flow) : Transport::udp;
}

Local Transports::local(const Flow& flow) const {
    return flow.reliable ? streams_->local(flow) : datagrams_->local(flow);
}

bool Transports::certified(const Flow& flow) const {
    return flow.reliable && streams_->certified(flow);
}

bool Transports::open(const Flow& flow) const {
    return flow.reliable ? streams_->knows(flow) : !datagrams_->local(flow).host.empty();
}

std::size_t Transports::unsent(const Flow& flow) const {
    return flow.reliable ? streams_->unsent(flow) : 0;
}

std::size_t Transports::connections() const {
    return streams_->connections();
}

Steady Transports::now() const {
    return turns_->now();
}

} // namespace lamp::sip
