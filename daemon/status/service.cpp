#include "status/service.hpp"

#include <csignal>
#include <future>

#include "base/check.hpp"
#include "base/log.hpp"
#include "status/api.hpp"
#include "status/events.hpp"
#include "status/server.hpp"

namespace lamp::status {

struct Service::Core : std::enable_shared_from_this<Core> {
    Core(Loop& serve, Options given, Ports ports, const presence::Table& table)
        : loop(serve),
          options(std::move(given)),
          api(serve, options.limits, table, std::move(ports),
              About{options.version,
                    options.started,
                    options.http.public_url.text,
                    {},
                    options.calling_code,
                    options.trunk_prefix}),
          events(serve, options.limits, options.http.flush,
                 [this](std::string& out, presence::Slot slot) { return api.append_presence_of(out, slot); }),
          server(serve, options.limits, [this](Call& call) { api.respond(call); }),
          stop_timer(serve.context()),
          access_in_force(options.access) {}

    Loop& loop;
    const Options options;
    Api api;
    Events events;
    Server server;
    asio::steady_timer stop_timer;
    Steady stop_until{};
    bool started = false;
    bool stopping = false;
    std::vector<std::uint16_t> ports;
    std::vector<std::string> urls;
    AccessOptions access_in_force; // control loop, after the start

    [[nodiscard]] Result<std::shared_ptr<SSL_CTX>> load_certificate() const {
        const HttpOptions& http = options.http;
        if (http.certificate.empty()) return std::shared_ptr<SSL_CTX>();
        auto context = net::server_context({http.certificate, http.key, http.client_ca}, "http/1.1");
        if (!context) return std::unexpected(context.error());
        return std::shared_ptr<SSL_CTX>(std::move(*context));
    }

    void begin_stop(std::function<void()> done) {
        if (stopping) return done();
        stopping = true;
        api.tell_uses();
        stop_until = steady_now() + options.limits.stop_wait;
        events.close();
        server.drain();
        await_stop(std::move(done));
    }
    /// Looks often: stopping is rare and short.
    void await_stop(std::function<void()> done) {
        constexpr milliseconds look_again{10};
        if (!server.busy() || steady_now() >= stop_until) {
            server.cut();
            loop.post([self = shared_from_this()] {}); // outlives what the loop has already queued
            return done();
        }
        stop_timer.expires_after(look_again);
        stop_timer.async_wait([self = shared_from_this(), done = std::move(done)](boost::system::error_code) mutable {
            self->await_stop(std::move(done));
        });
    }
};

Service::Service(Loop& serve, Options options, Ports ports, presence::Table& table, fanout::Fanout& fanout)
    : core_(std::make_shared<Core>(serve, std::move(options), std::move(ports), table)) {
    core_->api.connect(core_->server, core_->events, core_);
    core_->server.body_limit = [core = core_.get()](Call& call) { return core->api.body_limit(call); };
    core_->server.on_sweep = [core = core_.get()] { core->api.sweep(core->server.now()); };
    std::weak_ptr<Core> weak = core_;
    auto& sink = fanout.add("sse", table.capacity(), [weak, &serve] {
        serve.post([weak] {
            if (auto core = weak.lock()) core->events.wake();
        });
    });
    core_->events.use_sink(sink);
}

Service::~Service() {
    if (core_->started && !core_->stopping && !core_->loop.here()) stop();
}

void Service::add_metrics(std::function<void(MetricsText&)> contribute) {
    core_->api.add_metrics(std::move(contribute));
}

Result<void> Service::start() {
    if (auto access = Access::compile(core_->options.access); !access) return std::unexpected(access.error());
    auto tls = core_->load_certificate();
    if (!tls) return std::unexpected(tls.error());
    if (auto bound = core_->server.listen(core_->options.http.listen); !bound) return bound;
    // OpenSSL writes to the descriptor itself: a peer that is gone must not end the process.
    if (*tls && std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) return fail(Category::invalid, "SIGPIPE cannot be ignored.");
    for (const Listener& one : core_->server.listeners()) {
        core_->ports.push_back(one.port());
        core_->urls.push_back((*tls ? "https://" : "http://") + one.address());
        log::info("status", "listening", {{"url", core_->urls.back()}});
    }
    core_->started = true;
    core_->loop.post([core = core_, tls = std::move(*tls)] {
        core->api.use_addresses(core->urls);
        core->api.use_access(core->options.access);
        core->api.use_cors(Cors(core->options.access.cors_origins));
        core->server.use_tls(tls);
        core->server.run();
    });
    return {};
}

std::vector<std::uint16_t> Service::ports() const {
    return core_->ports;
}

std::vector<std::string> Service::urls() const {
    return core_->urls;
}

void Service::stop(std::function<void()> done) {
    core_->started = false;
    core_->loop.post([core = core_, done = std::move(done)]() mutable { core->begin_stop(std::move(done)); });
}

void Service::stop() {
    LAMP_CHECK(!core_->loop.here());
    auto finished = std::make_shared<std::promise<void>>();
    auto waiting = finished->get_future();
    stop([finished] { finished->set_value(); });
    waiting.wait_for(core_->options.limits.stop_wait * 2);
}

void Service::use_people(std::shared_ptr<const presence::People> people) {
    core_->loop.post([core = core_, people = std::move(people)]() mutable { core->api.use_people(std::move(people)); });
}

Result<void> Service::use_access(const AccessOptions& options) {
    if (auto access = Access::compile(options); !access) return std::unexpected(access.error());
    bool changed = options != core_->access_in_force;
    core_->access_in_force = options;
    if (!changed) return {};
    core_->loop.post([core = core_, options] {
        core->api.use_access(options);
        core->api.use_cors(Cors(options.cors_origins));
        core->events.dismiss(); // whoever may still listen comes back and resumes
    });
    return {};
}

Result<void> Service::renew_certificate() {
    auto tls = core_->load_certificate();
    if (!tls) return std::unexpected(tls.error());
    core_->loop.post([core = core_, tls = std::move(*tls)] { core->server.use_tls(tls); });
    return {};
}

void Service::use_issued(std::vector<access::IssuedToken> tokens) {
    core_->loop.post([core = core_, tokens = std::move(tokens)]() mutable { core->api.use_issued(std::move(tokens)); });
}

void Service::publish(EventType type, std::optional<presence::Slot> person, std::string json) {
    core_->loop.post([core = core_, type, slot = person.value_or(no_slot), json = std::move(json)]() mutable {
        core->events.publish(type, slot, std::move(json));
    });
}

void Service::publish(PersonForwarding forwarding) {
    core_->loop.post([core = core_, told = std::move(forwarding)] { core->api.publish_forwarding(told); });
}

void Service::publish(calls::CallEvent event) {
    core_->loop.post([core = core_, told = std::move(event)] { core->api.publish_call(told); });
}

void Service::forget(std::function<bool(std::string_view json)> so, std::function<void(std::size_t)> done) {
    core_->loop.post([core = core_, so = std::move(so), done = std::move(done)] { done(core->events.forget(so)); });
}

} // namespace lamp::status
