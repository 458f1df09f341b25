// The room's front: CSTA III over TCP and TLS on one loop, made of the parts beside it.
//
//     csta::Service service(serve, {.csta = options}, control); // control answers on `serve`
//     if (auto begun = service.start(); !begun) return complain(begun.error());
//     service.use_devices(csta::Devices::build(rows)); // at start and after each change of the roster
//     service.take(news);                              // on its loop: what the telephony loop tells
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
#include "csta/server.hpp"
#include "loop/loop.hpp"

namespace lamp::csta {

struct ServiceOptions {
    CstaOptions csta;
    /// What `csta` says stands before what these say.
    DomainOptions domain{};
    ServerLimits limits{};
};

/// One client, for status.
struct AssociationView {
    std::string peer;        // address and port
    std::string application; // its id; empty without a session
    std::string user;
    std::string edition; // "ed5"; empty: it has not said anything yet
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
    std::uint64_t devices = 0, calls = 0, monitors = 0;
    DomainCounters domain;
    ServerCounters server;
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
    /// After `start`: the ports listened on, in the order of `listen`, and the same as people write them.
    [[nodiscard]] std::vector<std::uint16_t> ports() const;
    [[nodiscard]] std::vector<std::string> urls() const; // "tcp:127.0.0.1:1024"
    /// Clients are sent away; who does not take our last words is cut after a second. `done` is called on the loop,
    /// once. The second form waits; not on the loop, which must be running.
    void stop(std::function<void()> done);
    void stop();

    // --- from any loop

    void use_devices(std::shared_ptr<const Devices> devices);
    /// After a reload: users and trusted networks. Whoever is connected stays. An error leaves everything as it was.
    [[nodiscard]] Result<void> reload(const CstaOptions& options);
    /// The certificate read anew from the files of `start`, for whoever connects from now on. An error leaves it as it
    /// was.
    [[nodiscard]] Result<void> renew_certificate();

    // --- on the loop

    void take(const std::vector<calls::LineNews>& batch);
    [[nodiscard]] ServiceView view() const;
    /// For uaCSTA sessions, which must be gone before this object is.
    [[nodiscard]] Domain& domain();

private:
    struct Core;
    std::shared_ptr<Core> core_;
};

} // namespace lamp::csta
