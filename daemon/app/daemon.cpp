#include "app/daemon.hpp"

#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <malloc.h>

#include "adapters/teams/teams.hpp"
#include "adapters/zoho/zoho.hpp"
#include "app/access_ports.hpp"
#include "app/adapter_views.hpp"
#include "app/app.hpp"
#include "app/directory_source.hpp"
#include "app/options.hpp"
#include "app/platform_views.hpp"
#include "app/teams_bot.hpp"
#include "base/log.hpp"
#include "numbers/public_network.hpp"
#include "outbox/outbox.hpp"

#ifndef LAMP_VERSION
#define LAMP_VERSION "0"
#endif

namespace lamp {
namespace {

constexpr seconds give_back_limit{8}; // systemd waits 15 s (lamplighter.service)

} // namespace

std::string Daemon::domain_of(const std::string& user) {
    auto at = user.find('@');
    return at == std::string::npos ? std::string() : user.substr(at + 1);
}

Daemon::Daemon(std::filesystem::path file, std::shared_ptr<const config::Configuration> configuration)
    : file_(std::move(file)),
      configuration_(std::move(configuration)),
      control_("control"),
      ingress_("ingress"),
      egress_("egress"),
      serve_("serve"),
      table_(limits::people),
      lines_(table_, fanout_),
      supervisor_(control_),
      signals_(control_.context(), SIGTERM, SIGINT, SIGHUP),
      calls_(
          ingress_, lines_, [this](std::uint8_t platform) -> xsi::Platform& { return *platforms_.at(platform); },
          configuration_->get<DaemonOptions>().country),
      desk_(ingress_, lines_, calls_),
      phones_(ingress_, lines_, calls_, table_, fanout_),
      history_(ingress_, lines_),
      line_settings_(ingress_, [this](const std::string& line) { return actions_for(line); }),
      diversions_(egress_, line_settings_, table_, fanout_),
      acd_(egress_, table_, fanout_) {
    lines_.on_forwarding_always = [this](xsi::LineIndex line, bool active, std::string_view to) {
        egress_.post([this, id = std::string(lines_.id(line)), always = forwarding::Always{active, std::string(to)}] {
            diversions_.heard(id, always);
        });
    };
}

int Daemon::run() {
    log::set_level(configuration_->get<DaemonOptions>().log_level);
    log::info("app", "starting", {{"version", LAMP_VERSION}});
    if (auto prepared = prepare(); !prepared) {
        log::error("app", prepared.error().text);
        return 1;
    }
    ingress_.start();
    egress_.start();
    serve_.start();
    phones_.start();
    callers_.start();
    directory_.start();
    history_.start();
    load_people();
    egress_.post([this] { adapters_.start(); });
    for (const auto* issuer : {&issuer_, &bot_connector_})
        if (*issuer) egress_.post([issuer] { (*issuer)->start(); });
    ingress_.post([this] {
        ::malloc_trim(0);
        for (auto& platform : platforms_)
            platform->start();
    });
    wait_for_signal();
    watch_loops();
    supervisor_.ready(fmt::format("serving {}", fmt::join(service_->urls(), ", ")));
    add_certificates();
    control_.spawn(watch_certificates());
    control_.spawn(report_status());
    control_.run_here();
    return end();
}

// --- start
void Daemon::watch_loops() {
    std::vector<const Loop*> loops{&control_, &ingress_, &egress_, &serve_, &history_.loop()};
    if (phones_.on()) loops.push_back(&phones_.loop());
    supervisor_.watch(std::move(loops));
}

Result<void> Daemon::prepare() {
    if (auto state = prepare_state_dir(); !state) return state;
    apply_rules();
    auto options = configuration_->all<xsi::BroadworksOptions>();
    const auto& net = configuration_->get<NetOptions>();
    auto stale_after = configuration_->get<PresenceOptions>().line_stale_after;
    for (std::size_t i = 0; i < options.size(); ++i) {
        if (options[i].ca_file.empty()) options[i].ca_file = net.ca_file;
        if (options[i].proxy.empty()) options[i].proxy = net.proxy;
        auto made = xsi::Platform::make(ingress_, options[i], static_cast<std::uint8_t>(i), stale_after, lines_);
        if (!made) return std::unexpected(made.error());
        platforms_.push_back(std::move(*made));
        infos_.push_back({options[i].name, domain_of(options[i].username), discovers(options[i]), {}});
        directories_.push_back(Directory::unwanted);
    }
    if (auto made = make_adapters(); !made) return made;
    notices_.use_outbox(adapters_.outbox(), [](unsigned word) {
        auto words = teams::words_of(word);
        return status::TeamsWord{words.availability, words.activity};
    });
    if (auto made = phones_.prepare(*configuration_); !made) return made;
    if (auto made = callers_.prepare(*configuration_, *store_); !made) return made;
    if (auto made = directory_.prepare(*configuration_, *store_); !made) return made;
    directory_.use_integrations(callers_.integrations());
    callers_.integrations().use_directory(
        [this] { return directory_source([this] { return directory_.snapshot(); }); });
    directory_.put_into([this](recognition::PutOrder order, auto reply) {
        callers_.integrations().put(std::move(order), std::move(reply));
    });
    directory_.on_change = [this] { callers_.integrations().directory_changed(); };
    adapters_.outbox().use_renderer(
        [this](const std::string& text, const calls::CallEvent& event) { return callers_.body(text, event); });
    auto recording = history_.prepare(
        *configuration_, *store_, [this](calls::CallEvent& event) { callers_.enrich(event); },
        [this](const calls::CallEvent& event) { tell(event); },
        [this](std::string line, calls::Answer<records::LineLogs> answer) {
            read_logs(std::move(line), std::move(answer));
        });
    if (!recording) return recording;
    follow_news();
    privacy_.emplace(PrivacyDesk::Parts{
        egress_, *store_, adapters_, history_, callers_, directory_, [this]() -> status::Service& { return *service_; },
        configuration_->get<DaemonOptions>().state_dir, configuration_->get<DaemonOptions>().country});
    privacy_->use_options(configuration_->get<privacy::PrivacyOptions>());
    phones_.use_filter([this](calls::LineNews& news) {
        if (privacy_->private_calls()->hides_line(news.line)) calls::hide_other_side(news);
    });
    if (auto made = make_issuers(); !made) return made;
    service_.emplace(serve_, service_options(), ports(), table_, fanout_);
    service_->add_metrics([this](status::MetricsText& text) { write_metrics(text); });
    service_->use_issued(read_issued_tokens(*store_));
    return service_->start();
}

// What is clicked in Zoho acts on calls here: it needs the platform's names of them. Agents come with the same news.
void Daemon::follow_news() {
    acd_.prepare(*configuration_, *store_, calls_.agents(egress_), [this](presence::Slot person, std::string json) {
        service_->publish(status::EventType::acd, person, std::move(json));
    });
    for (auto& platform : platforms_)
        platform->queues().listener = [this](const calls::QueueNews& news) {
            egress_.post([this, news] { acd_.heard(news); });
        };
    auto* zoho = adapters_.zoho();
    if (zoho) zoho->use_control(calls_.from(egress_));
    history_.on_news([this, zoho](const std::vector<calls::LineNews>& news) {
        if (auto ours = acd_.filter(news); !ours.empty())
            egress_.post([this, ours = std::move(ours)] { acd_.heard(ours); });
        if (!zoho) return;
        egress_.post([zoho, news] {
            for (const auto& one : news)
                zoho->heard(one);
        });
    });
}

Result<void> Daemon::prepare_state_dir() {
    const auto& folder = configuration_->get<DaemonOptions>().state_dir;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail(Category::invalid,
                    fmt::format("state_dir {} cannot be used: {}", folder.string(), error.message()));
    auto lock = StateLock::take(folder);
    if (!lock) return std::unexpected(lock.error());
    state_lock_.emplace(*std::move(lock));
    return {};
}

Result<void> Daemon::make_adapters() {
    store::StoreOptions options;
    options.folder = configuration_->get<DaemonOptions>().state_dir;
    auto store = store::Store::open(options);
    if (!store) return std::unexpected(store.error());
    store_ = std::move(*store);
    auto publish = [this](status::PersonForwarding one) {
        notices_.told(one);
        service_->publish(std::move(one));
    };
    auto diverting = diversions_.prepare(*configuration_, *store_, std::move(publish));
    if (!diverting) return diverting;
    const auto& net = configuration_->get<NetOptions>();
    return adapters_.make(
        {egress_, *configuration_, table_, fanout_, *store_, configuration_->get<PeopleOptions>().match,
         configuration_->get<PresenceOptions>().teams_stale_after, net.ca_file, net.proxy,
         configuration_->get<status::HttpOptions>().public_url.text, configuration_->get<DaemonOptions>().timezone,
         diversions_.listener(), diversions_.desk(), configuration_->get<DaemonOptions>().language,
         configuration_->get<DaemonOptions>().country, LAMP_VERSION});
}

Result<void> Daemon::make_issuers() {
    const auto& net = configuration_->get<NetOptions>();
    auto make = [&](std::unique_ptr<oidc::Issuer>& issuer, oidc::Source source) -> Result<void> {
        if (source.ca_file.empty()) source.ca_file = net.ca_file;
        if (source.proxy.empty()) source.proxy = net.proxy;
        auto made = oidc::Issuer::make(egress_, std::move(source));
        if (!made) return std::unexpected(made.error());
        issuer = std::move(*made);
        return {};
    };
    if (const auto* oidc = configuration_->find<oidc::OidcOptions>())
        if (auto made = make(issuer_, oidc::source_of(*oidc)); !made) return made;
    const auto* teams = configuration_->find<teams::TeamsOptions>();
    return teams && !teams->bot.empty() ? make(bot_connector_, bot_connector(*teams)) : Result<void>();
}

bool Daemon::discovers(const xsi::BroadworksOptions& options) const {
    return options.discover.value_or(configuration_->get<PeopleOptions>().file.empty());
}

status::AccessOptions Daemon::access_options() const {
    return {configuration_->get<status::HttpOptions>().anonymous_role, configuration_->all<status::TokenOptions>(),
            configuration_->all<status::RoleOptions>(), configuration_->get<status::HttpOptions>().cors_origins};
}

status::Options Daemon::service_options() const {
    status::Options options;
    options.http = configuration_->get<status::HttpOptions>();
    options.access = access_options();
    options.version = LAMP_VERSION;
    numbers::PublicNetwork home(configuration_->get<DaemonOptions>().country);
    options.calling_code = home.calling_code();
    options.trunk_prefix = home.trunk_prefix();
    return options;
}

// --- signals, status, end
void Daemon::wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
        if (error) return;
        if (signal == SIGHUP) {
            static_cast<void>(reload("signal"));
            return wait_for_signal();
        }
        log::info("app", "stopping", {{"signal", signal}});
        supervisor_.stopping();
        control_.stop();
    });
}

// --- certificates
void Daemon::add_certificates() {
    const auto& http = configuration_->get<status::HttpOptions>();
    if (!http.certificate.empty())
        certificates_.add("http", {http.certificate, http.key, http.client_ca},
                          [this](const Certificates::Done& done) { done(service_->renew_certificate()); });
    phones_.add_certificates(certificates_, control_, *configuration_);
    certificates_.changed = [this] { show_certificates(); };
    show_certificates();
}

Task<> Daemon::watch_certificates() {
    while (co_await sleep_for(configuration_->get<NetOptions>().certificate_poll))
        certificates_.look();
}

void Daemon::show_certificates() {
    serve_.post([this, metrics = certificates_.metrics()]() mutable { certificate_metrics_ = std::move(metrics); });
}

// Once a second: what metrics show, and systemd's status line when it has changed.
Task<> Daemon::report_status() {
    while (co_await sleep_for(seconds(1))) {
        egress_.post([this] {
            auto metrics = adapter_metrics(adapters_);
            std::ranges::move(diversions_.metrics(), std::back_inserter(metrics));
            std::ranges::move(history_.metrics(), std::back_inserter(metrics));
            serve_.post([this, metrics = std::move(metrics)]() mutable { metrics_ = std::move(metrics); });
        });
        phones_.metrics([this](std::vector<fanout::Metric> metrics) {
            serve_.post([this, metrics = std::move(metrics)]() mutable { phone_metrics_ = std::move(metrics); });
        });
        ingress_.post([this] {
            std::vector<xsi::PlatformReport> reports;
            for (const auto& platform : platforms_)
                reports.push_back(platform->report());
            note_doubts(reports);
            history_.look(reports);
            control_.post([this, text = platforms_line(reports)] {
                if (std::exchange(last_status_, text) != text) supervisor_.status(text);
            });
            serve_.post([this, reports = std::move(reports)]() mutable { reports_ = std::move(reports); });
        });
    }
}

// Events may have been lost where a channel came back or a number was skipped: what is diverted is read again.
void Daemon::note_doubts(const std::vector<xsi::PlatformReport>& reports) {
    std::uint64_t doubts = 0;
    for (const auto& report : reports) {
        doubts += report.counters.gaps;
        for (const auto& channel : report.channels)
            doubts += channel.counters.opens;
    }
    if (std::exchange(doubts_, doubts) != doubts) egress_.post([this] { diversions_.lost_track(); });
}

int Daemon::end() {
    service_->stop();
    phones_.end();
    history_.end(); // what it tells at last finds its way to the outbox
    auto begun = steady_now();
    std::promise<void> done;
    ingress_.post([this, &done] { ingress_.spawn(say_goodbye(done)); });
    std::promise<void> adapters_done;
    std::promise<void> diversions_done;
    egress_.post([&] {
        for (const auto* issuer : {&issuer_, &bot_connector_})
            if (*issuer) (*issuer)->stop();
        adapters_.shut_down(seconds(3), [&] { adapters_done.set_value(); });
        diversions_.shut_down(give_back_limit, [&] { diversions_done.set_value(); });
    });
    diversions_done.get_future().wait_until(begun + give_back_limit + seconds(1)); // while the login still works
    done.get_future().wait_until(begun + seconds(4));
    adapters_done.get_future().wait_until(begun + seconds(4));
    callers_.integrations().stop();
    store_->stop();
    callers_.end();
    directory_.end();
    for (Loop* loop : {&ingress_, &egress_, &serve_}) {
        loop->stop();
        loop->join();
    }
    log::info("app", "stopped");
    return 0;
}

Task<> Daemon::say_goodbye(std::promise<void>& done) {
    for (auto& platform : platforms_)
        co_await platform->shut_down();
    done.set_value();
}

int run_daemon(const std::filesystem::path& file, std::shared_ptr<const config::Configuration> configuration) {
    Daemon daemon(file, std::move(configuration));
    return daemon.run();
}

} // namespace lamp
