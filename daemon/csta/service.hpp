// The room's front: CSTA III over TCP and TLS on one loop, made of the parts beside it.
//
//     csta::Service service(serve, {.csta = options}, control); // control answers on `serve`
//     if (auto begun = service.start(); !begun) return complain(begun.error());
//     service.use_devices(csta::Devices::build(rows)); // at start and after each change of the roster
//     service.take(std::move(news));                   // on its loop: what the telephony loop tells
//     service.stop();                                  // before the loops stop
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "calls/control.hpp"
#include "calls/line_news.hpp"
#include "csta/devices.hpp"
#include "csta/domain.hpp"
#include "csta/options.hpp"
#include "loop/loop.hpp"

namespace lamp::csta {

struct ServerLimits {
    milliseconds first_frame_wait{10'000}; // a whole one, after the connection is up; TLS handshake included
    milliseconds frame_wait{10'000};       // a message that has begun, whole
    milliseconds session_wait{10'000};     // until a peer that is not trusted has a session
    milliseconds write_wait{30'000};       // the client takes nothing of what waits for it
    milliseconds linger_wait{2'000};       // after our last word, so that it arrives
    milliseconds sweep{1'000};             // how exactly these waits are kept
    unsigned refusals = 10;                // of sessions of one source, within the next
    milliseconds refusals_within{60'000};
    milliseconds shut_out{300'000};           // then it is not let in for so long
    std::size_t read_pause_bytes = 256 << 10; // unsent: then nothing more is read from that client
};

struct ServiceOptions {
    CstaOptions csta;
    DomainOptions domain{}; // what `csta` says stands before this
    ServerLimits limits{};
};

struct ServiceCounters {
    DomainCounters domain;
    std::uint64_t accepted = 0, closed = 0;
    std::uint64_t refused_total = 0, refused_per_source = 0, refused_shut_out = 0;
    std::uint64_t handshakes_failed = 0, timed_out = 0, slow_readers = 0, broken_streams = 0;
    std::uint64_t received_bytes = 0, sent_bytes = 0;
};

/// One client, for status.
struct AssociationView {
    std::string peer;        // address and port
    std::string application; // its id; empty without a session
    std::string user;
    std::string edition; // "ed5"
    bool tls = false;
    bool trusted = false;
    std::uint64_t monitors = 0;
    std::uint64_t unsent = 0; // bytes
    Wall since{};
    Wall last_heard{};
};

struct ServiceView {
    std::vector<AssociationView> associations;
    std::string state; // of the platform as clients are told: "normal", "disabled" …
    std::uint64_t devices = 0, calls = 0;
    ServiceCounters counters;
};

class Service {
public:
    /// `loop` outlives this object. `control` is called on `loop` and answers there.
    Service(Loop& loop, ServiceOptions options, calls::Control control);
    ~Service(); // stops, if nobody has
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Takes the listen addresses, reads certificate and users; serving begins when the loop runs. Errors: an address
    /// that is taken or not ours, a file that cannot be used, a network that is none.
    [[nodiscard]] Result<void> start();
    /// After `start`: the ports listened on, in the order of `listen`.
    [[nodiscard]] std::vector<std::uint16_t> ports() const;
    /// Clients are sent away. `stop()` waits, not on the loop, which must be running.
    void stop(std::function<void()> done);
    void stop();

    // --- from any loop

    void use_devices(std::shared_ptr<const Devices> devices);
    /// After a reload: users, trusted networks and certificate anew. Whoever is connected stays. An error leaves
    /// everything as it was.
    [[nodiscard]] Result<void> reload(const CstaOptions& options);

    // --- on the loop

    void take(const std::vector<calls::LineNews>& batch);
    [[nodiscard]] ServiceView view() const;
    /// For uaCSTA sessions; lives as long as this object.
    [[nodiscard]] Domain& domain();

private:
    struct Core;
    std::shared_ptr<Core> core_;
};

} // namespace lamp::csta
