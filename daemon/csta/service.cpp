#include "csta/service.hpp"

#include <fmt/format.h>
#include <fstream>
#include <future>
#include <iterator>

#include "base/check.hpp"
#include "base/log.hpp"

namespace lamp::csta {
namespace {

constexpr milliseconds stop_wait{1'000};
constexpr milliseconds look_again{10};

Wall wall_of(Steady at) {
    return wall_now() + std::chrono::duration_cast<milliseconds>(at - steady_now());
}

/// Not those of the last run, and still short enough for clients that keep them as 32-bit numbers.
std::uint64_t fresh_call_id() {
    constexpr std::uint64_t period_s = 20'000'000;
    constexpr std::uint64_t calls_per_s = 100;
    const auto now_s = static_cast<std::uint64_t>(wall_now().time_since_epoch().count()) / 1000;
    return now_s % period_s * calls_per_s + 1;
}

DomainOptions domain_options(const ServiceOptions& options) {
    DomainOptions out = options.domain;
    out.name = options.csta.name;
    out.monitors = options.csta.monitors;
    out.heartbeat = options.csta.heartbeat;
    out.session_longest = options.csta.session_longest;
    out.session_default = std::min(out.session_default, out.session_longest);
    if (out.first_call_id == DomainOptions{}.first_call_id) out.first_call_id = fresh_call_id();
    return out;
}

ServerLimits server_limits(const ServiceOptions& options) {
    ServerLimits out = options.limits;
    out.connections = options.csta.connections;
    out.per_source = options.csta.connections_per_source;
    return out;
}

struct Settings { // what a reload replaces
    std::shared_ptr<const sip::Users> users = std::make_shared<const sip::Users>();
    net::Networks trusted;
};

Result<std::shared_ptr<const sip::Users>> read_users(const std::filesystem::path& file) {
    if (file.empty()) return std::make_shared<const sip::Users>();
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream) return fail(Category::invalid, fmt::format("The users file {} cannot be read.", file.string()));
    auto reading = sip::Users::read(text);
    if (reading.mistakes.empty()) return std::make_shared<const sip::Users>(std::move(reading.users));
    const auto& mistake = reading.mistakes.front();
    return fail(Category::invalid, fmt::format("The users file {} cannot be used: line {} {}.", file.string(),
                                               mistake.line, mistake.message));
}

Result<Settings> read_settings(const CstaOptions& options) {
    Settings out;
    auto users = read_users(options.users_file);
    if (!users) return std::unexpected(users.error());
    out.users = std::move(*users);
    auto trusted = net::Networks::parse(options.trusted);
    if (!trusted) return std::unexpected(trusted.error());
    out.trusted = std::move(*trusted);
    return out;
}

/// Null where nobody speaks TLS.
Result<std::shared_ptr<SSL_CTX>> read_certificate(const CstaOptions& options) {
    if (std::ranges::none_of(options.listen, [](const config::Listen& one) { return one.scheme == "tls"; }))
        return nullptr;
    auto tls = net::server_context({options.certificate, options.key}, nullptr);
    if (!tls) return std::unexpected(tls.error());
    return std::shared_ptr<SSL_CTX>(std::move(*tls));
}

} // namespace

struct Service::Core : std::enable_shared_from_this<Core> {
    Core(Loop& on, ServiceOptions given, calls::Control control)
        : loop(on),
          options(std::move(given)),
          domain(domain_options(options), std::move(control)),
          server(loop, domain, server_limits(options)),
          stop_timer(loop.context()) {}

    Loop& loop;
    const ServiceOptions options;
    Domain domain;
    Server server;
    asio::steady_timer stop_timer;
    Steady stop_until{};
    bool started = false;
    bool stopping = false;
    std::vector<std::uint16_t> ports;

    void use(Settings settings) {
        domain.use_users(std::move(settings.users));
        server.use_trusted(std::move(settings.trusted));
    }

    void begin_stop(std::function<void()> done) {
        if (stopping) return done();
        stopping = true;
        stop_until = steady_now() + stop_wait;
        server.drain();
        await_stop(std::move(done));
    }
    /// Looks often: stopping is rare and short.
    void await_stop(std::function<void()> done) {
        if (server.empty() || steady_now() >= stop_until) {
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

Service::Service(Loop& loop, ServiceOptions options, calls::Control control)
    : core_(std::make_shared<Core>(loop, std::move(options), std::move(control))) {}

Service::~Service() {
    if (core_->started && !core_->loop.here()) stop();
}

Result<void> Service::start() {
    auto settings = read_settings(core_->options.csta);
    if (!settings) return std::unexpected(settings.error());
    auto tls = read_certificate(core_->options.csta);
    if (!tls) return std::unexpected(tls.error());
    const auto& listen = core_->options.csta.listen;
    if (auto bound = core_->server.listen(listen); !bound) return bound;
    core_->ports = core_->server.ports();
    core_->started = true;
    core_->loop.post([core = core_, settings = std::move(*settings), tls = std::move(*tls)]() mutable {
        if (core->stopping) return;
        core->use(std::move(settings));
        core->server.use_tls(std::move(tls));
        core->server.run();
    });
    return {};
}

std::vector<std::uint16_t> Service::ports() const {
    return core_->ports;
}

std::vector<std::string> Service::urls() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < core_->ports.size(); ++i) {
        auto where = core_->options.csta.listen[i];
        where.port = core_->ports[i];
        out.push_back(to_string(where));
    }
    return out;
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
    waiting.wait_for(stop_wait * 2);
}

void Service::use_devices(std::shared_ptr<const Devices> devices) {
    core_->loop.post(
        [core = core_, devices = std::move(devices)]() mutable { core->domain.use_devices(std::move(devices)); });
}

Result<void> Service::reload(const CstaOptions& options) {
    CstaOptions wanted = core_->options.csta; // the rest takes a restart
    wanted.users_file = options.users_file;
    wanted.trusted = options.trusted;
    auto settings = read_settings(wanted);
    if (!settings) return std::unexpected(settings.error());
    core_->loop.post([core = core_, settings = std::move(*settings)]() mutable { core->use(std::move(settings)); });
    return {};
}

Result<void> Service::renew_certificate() {
    auto tls = read_certificate(core_->options.csta);
    if (!tls) return std::unexpected(tls.error());
    core_->loop.post([core = core_, tls = std::move(*tls)]() mutable { core->server.use_tls(std::move(tls)); });
    return {};
}

void Service::take(const std::vector<calls::LineNews>& batch) {
    core_->domain.take(batch, steady_now());
}

ServiceView Service::view() const {
    ServiceView out;
    const Domain& domain = core_->domain;
    core_->server.for_each([&](const ClientConnection& one) {
        const Association& association = one.association;
        const auto edition = association.edition();
        out.associations.push_back(
            {.peer = association.peer().address,
             .application = std::string(association.application()),
             .user = std::string(association.user()),
             .edition = edition ? std::string(space(*edition).substr(space(*edition).rfind('/') + 1)) : std::string(),
             .tls = one.wire.tls(),
             .trusted = association.peer().trusted,
             .monitors = association.monitors(),
             .unsent = one.unsent(),
             .since = one.connected_at,
             .last_heard = wall_of(association.last_heard())});
        out.monitors += association.monitors();
    });
    out.state = name(domain.state());
    out.devices = domain.devices().rows().size();
    out.calls = domain.calls().calls();
    out.domain = domain.counters();
    out.server = core_->server.counters();
    return out;
}

Domain& Service::domain() {
    return core_->domain;
}

} // namespace lamp::csta
