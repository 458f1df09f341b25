#include "app/phones.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <future>
#include <unordered_map>

#include "base/log.hpp"
#include "csta/ua_session.hpp"

namespace lamp {
namespace {

constexpr seconds goodbye{3};

status::WatcherView view_of(sip::Server::WatcherRow row) {
    return {std::move(row.watcher),
            std::move(row.resource),
            std::move(row.package),
            std::move(row.from),
            std::move(row.state),
            row.since,
            row.expires,
            row.last_notify,
            std::move(row.last_answer),
            std::move(row.why_ended),
            row.person};
}

std::vector<status::WatcherView> views_of(std::vector<sip::Server::WatcherRow> rows) {
    std::vector<status::WatcherView> views;
    views.reserve(rows.size());
    for (auto& row : rows)
        views.push_back(view_of(std::move(row)));
    return views;
}

std::shared_ptr<const csta::Devices> devices_of(const std::vector<sip::LineRow>& lines,
                                                const presence::People& people) {
    std::vector<csta::DeviceRow> rows;
    rows.reserve(lines.size());
    for (const auto& line : lines) {
        csta::DeviceRow row{line.id, line.number, line.extension, "", ""};
        if (!line.persons.empty()) {
            const auto person = people.person(line.persons.front());
            row.person = person.id;
            row.name = person.name;
        }
        rows.push_back(std::move(row));
    }
    return csta::Devices::build(rows);
}

/// One uaCSTA dialog of the SIP side as an association of the CSTA side; both live on the phones' loop.
class UaPeer final : public sip::CstaPeer {
public:
    UaPeer(csta::Domain& domain, std::string who, std::function<void(std::string)> tell)
        : session_(domain, std::move(who), std::move(tell), steady_now()) {}
    void on_body(std::string_view xml, std::function<void(std::string)> respond) override {
        session_.on_body(xml, steady_now(), std::move(respond));
    }
    void on_tick(Steady now) override { session_.on_tick(now); }
    [[nodiscard]] bool over() const override { return session_.over(); }

private:
    csta::UaSession session_;
};

status::AdapterView csta_adapter(const csta::ServiceView& view) {
    status::AdapterView adapter;
    adapter.name = "csta";
    adapter.state = "up";
    for (const auto& association : view.associations) {
        adapter.queue += association.unsent;
        if (!adapter.last_success || *adapter.last_success < association.last_heard)
            adapter.last_success = association.last_heard;
    }
    return adapter;
}

void add_metrics(std::vector<fanout::Metric>& metrics, const csta::ServiceView& view) {
    using Kind = fanout::Metric::Kind;
    const auto add = [&](Kind kind, std::string_view name, std::string_view help, std::string_view label,
                         std::string_view value, std::uint64_t number) {
        metrics.push_back({kind, name, help, label, value, static_cast<double>(number)});
    };
    constexpr std::string_view requests = "lamplighter_csta_requests_total";
    add(Kind::counter, requests, "Requests of CTI clients, by outcome.", "outcome", "taken", view.domain.requests);
    add(Kind::counter, requests, "", "outcome", "refused", view.domain.refused_requests);
    add(Kind::counter, requests, "", "outcome", "broken", view.domain.broken_requests);
    constexpr std::string_view events = "lamplighter_csta_events_total";
    add(Kind::counter, events, "Events for CTI clients, by what became of them.", "outcome", "told",
        view.domain.events);
    add(Kind::counter, events, "", "outcome", "lost", view.domain.lost_events);
    constexpr std::string_view refused = "lamplighter_csta_connections_refused_total";
    add(Kind::counter, refused, "Connections that were not served, by reason.", "reason", "total",
        view.server.refused_total);
    add(Kind::counter, refused, "", "reason", "per_source", view.server.refused_per_source);
    add(Kind::counter, refused, "", "reason", "handshake", view.server.handshakes_failed);
    add(Kind::counter, refused, "", "reason", "slow", view.server.slow_readers + view.server.timed_out);
    add(Kind::gauge, "lamplighter_csta_associations", "CTI clients that are connected.", {}, {},
        view.associations.size());
    add(Kind::gauge, "lamplighter_csta_monitors", "Devices that CTI clients monitor.", {}, {}, view.monitors);
}

} // namespace

Phones::Phones(Loop& ingress, xsi::Lines& lines, CallControl& control, presence::Table& table, fanout::Fanout& fanout)
    : ingress_(ingress),
      table_(table),
      fanout_(fanout),
      feed_(ingress, lines, loop_,
            [this](std::vector<calls::LineNews> news) {
                if (filter_) std::ranges::for_each(news, filter_);
                if (sip_) sip_->take(news);
                if (csta_) csta_->take(news);
            }),
      control_(control) {}

Result<void> Phones::prepare(const config::Configuration& configuration) {
    const auto& options = configuration.get<sip::SipOptions>();
    if (!options.listen.empty()) {
        auto settings = sip::settings_of(options, configuration.all<sip::ListOptions>());
        if (!settings) return std::unexpected(settings.error());
        sip_ =
            std::make_unique<sip::Server>(loop_, options, std::move(*settings), table_, fanout_, control_.from(loop_));
        if (auto listening = sip_->listen(); !listening) return listening;
        for (const auto& url : sip_->urls())
            log::info("sip", "listening", {{"at", url}});
    }
    const auto& csta = configuration.get<csta::CstaOptions>();
    if (!csta.listen.empty()) {
        csta_ = std::make_unique<csta::Service>(loop_, csta::ServiceOptions{.csta = csta}, control_.from(loop_));
        if (auto listening = csta_->start(); !listening) return listening;
        for (const auto& url : csta_->urls())
            log::info("csta", "listening", {{"at", url}});
        if (sip_)
            sip_->offer_csta([this](std::string who, std::function<void(std::string)> tell) {
                return std::make_unique<UaPeer>(csta_->domain(), std::move(who), std::move(tell));
            });
    }
    return {};
}

void Phones::start() {
    if (!on()) return;
    loop_.start();
    if (sip_) loop_.post([this] { sip_->run(); });
    ingress_.post([this] { feed_.start(); });
}

void Phones::use_people(std::shared_ptr<const presence::People> people, std::vector<sip::LineRow> lines) {
    if (csta_) csta_->use_devices(devices_of(lines, *people));
    if (!sip_) return;
    loop_.post([this, people = std::move(people), lines = std::move(lines)]() mutable {
        sip_->use_people(std::move(people), std::move(lines));
    });
}

void Phones::reload(const config::Configuration& configuration) {
    if (csta_)
        if (auto read = csta_->reload(configuration.get<csta::CstaOptions>()); !read)
            log::error("csta", "users and networks stay as they were", {{"why", read.error().text}});
    if (!sip_) return;
    auto settings = sip::settings_of(configuration.get<sip::SipOptions>(), configuration.all<sip::ListOptions>());
    if (!settings) {
        log::error("sip", "users, networks and lists stay as they were", {{"why", settings.error().text}});
        return;
    }
    loop_.post([this, settings = std::move(*settings)]() mutable { sip_->use_settings(std::move(settings)); });
}

void Phones::add_certificates(Certificates& certificates, Loop& control, const config::Configuration& configuration) {
    const auto secured = [](const std::vector<config::Listen>& listen) {
        return std::ranges::any_of(listen, [](const config::Listen& one) { return one.scheme == "tls"; });
    };
    if (const auto& sip = configuration.get<sip::SipOptions>(); sip_ && secured(sip.listen))
        certificates.add("sip", {sip.certificate, sip.key, sip.client_ca}, [this, &control](Certificates::Done done) {
            loop_.post([this, &control, done = std::move(done)]() mutable {
                control.post([done = std::move(done), read = sip_->reload_certificates()] { done(read); });
            });
        });
    if (const auto& csta = configuration.get<csta::CstaOptions>(); csta_ && secured(csta.listen))
        certificates.add("csta", {csta.certificate, csta.key},
                         [this](const Certificates::Done& done) { done(csta_->renew_certificate()); });
}

void Phones::end() {
    if (!on()) return;
    // Shared: whoever is late finds nobody waiting, and a promise all the same.
    const auto sip_done = std::make_shared<std::promise<void>>();
    const auto csta_done = std::make_shared<std::promise<void>>();
    loop_.post([this, sip_done, csta_done] {
        if (sip_)
            sip_->shut_down(goodbye, [sip_done] { sip_done->set_value(); });
        else
            sip_done->set_value();
        if (csta_)
            csta_->stop([csta_done] { csta_done->set_value(); });
        else
            csta_done->set_value();
    });
    sip_done->get_future().wait_for(goodbye + seconds(1));
    csta_done->get_future().wait_for(goodbye + seconds(1));
    loop_.post([this] {
        if (sip_) sip_->stop();
    });
    loop_.stop();
    loop_.join();
}

void Phones::add_adapters(std::vector<status::AdapterView> views,
                          status::Reply<std::vector<status::AdapterView>> reply) {
    if (!on()) return reply(std::move(views));
    loop_.post([this, views = std::move(views), reply = std::move(reply)]() mutable {
        if (sip_) {
            auto health = sip_->health();
            views.push_back({"sip", std::move(health.state), health.queue, health.last_success,
                             std::move(health.last_error), std::move(health.not_ready), std::move(health.problems)});
        }
        if (csta_) views.push_back(csta_adapter(csta_->view()));
        reply(std::move(views));
    });
}

void Phones::add_outputs(presence::Slot slot, status::PersonView view, status::Reply<status::PersonView> reply) {
    if (!sip_) return reply(std::move(view));
    loop_.post([this, slot, view = std::move(view), reply = std::move(reply)]() mutable {
        for (auto& row : sip_->watchers_of(slot))
            if (row.last_notify && row.why_ended.empty())
                view.outputs.push_back({"sip", fmt::format("{} to {}", row.package, row.watcher), row.last_notify,
                                        std::move(row.last_answer)});
        reply(std::move(view));
    });
}

void Phones::watchers(status::Reply<std::vector<status::WatcherView>> reply) {
    if (!sip_) return reply({});
    loop_.post([this, reply = std::move(reply)] { reply(views_of(sip_->watchers())); });
}

void Phones::watchers_of(presence::Slot slot, status::Reply<std::vector<status::WatcherView>> reply) {
    if (!sip_) return reply({});
    loop_.post([this, slot, reply = std::move(reply)] { reply(views_of(sip_->watchers_of(slot))); });
}

void Phones::watcher_counts(status::Reply<std::vector<status::WatcherCount>> reply) {
    if (!sip_) return reply({});
    loop_.post([this, reply = std::move(reply)] {
        std::vector<status::WatcherCount> counts;
        for (const auto& count : sip_->watcher_counts())
            counts.push_back({std::string(count.package), std::string(count.state), count.count});
        reply(std::move(counts));
    });
}

void Phones::metrics(std::function<void(std::vector<fanout::Metric>)> reply) {
    if (!on()) return reply({});
    loop_.post([this, reply = std::move(reply)] {
        auto metrics = sip_ ? sip_->metrics() : std::vector<fanout::Metric>();
        if (csta_) add_metrics(metrics, csta_->view());
        reply(std::move(metrics));
    });
}

std::vector<sip::LineRow> line_rows(const roster::Roster& roster, const std::vector<roster::PlatformInfo>& platforms,
                                    const presence::People& people) {
    std::unordered_map<std::string_view, const roster::DirectoryUser*> users;
    for (const auto& platform : platforms)
        for (const auto& user : platform.directory)
            users.emplace(user.user_id, &user);
    std::vector<sip::LineRow> rows;
    std::unordered_map<std::string_view, std::size_t> known;
    for (const auto& line : roster.lines) {
        const auto slot = people.find(roster.people[line.row].id);
        if (!slot) continue;
        const auto [place, added] = known.emplace(line.line, rows.size());
        if (added) {
            sip::LineRow row;
            row.id = line.line;
            if (const auto user = users.find(line.line); user != users.end()) {
                row.number = user->second->number;
                row.extension = user->second->extension;
            }
            rows.push_back(std::move(row));
        }
        rows[place->second].persons.push_back(*slot);
    }
    return rows;
}

} // namespace lamp
