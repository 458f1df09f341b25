#include "app/phones.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <future>
#include <unordered_map>

#include "base/log.hpp"

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

} // namespace

Phones::Phones(Loop& ingress, xsi::Lines& lines, CallControl&, presence::Table& table, fanout::Fanout& fanout)
    : ingress_(ingress),
      table_(table),
      fanout_(fanout),
      feed_(ingress, lines, loop_, [this](std::vector<calls::LineNews> news) {
          if (sip_) sip_->take(news);
      }) {}

Result<void> Phones::prepare(const config::Configuration& configuration) {
    const auto& options = configuration.get<sip::SipOptions>();
    if (options.listen.empty()) return {};
    auto settings = sip::settings_of(options, configuration.all<sip::ListOptions>());
    if (!settings) return std::unexpected(settings.error());
    sip_ = std::make_unique<sip::Server>(loop_, options, std::move(*settings), table_, fanout_);
    if (auto listening = sip_->listen(); !listening) return listening;
    for (const auto& url : sip_->urls())
        log::info("sip", "listening", {{"at", url}});
    return {};
}

void Phones::start() {
    if (!on()) return;
    loop_.start();
    loop_.post([this] { sip_->run(); });
    ingress_.post([this] { feed_.start(); });
}

void Phones::use_people(std::shared_ptr<const presence::People> people, std::vector<sip::LineRow> lines) {
    if (!on()) return;
    loop_.post([this, people = std::move(people), lines = std::move(lines)]() mutable {
        sip_->use_people(std::move(people), std::move(lines));
    });
}

void Phones::reload(const config::Configuration& configuration) {
    if (!on()) return;
    auto settings = sip::settings_of(configuration.get<sip::SipOptions>(), configuration.all<sip::ListOptions>());
    if (!settings) {
        log::error("sip", "users, networks and lists stay as they were", {{"why", settings.error().text}});
        return;
    }
    loop_.post([this, settings = std::move(*settings)]() mutable {
        sip_->use_settings(std::move(settings));
        if (auto read = sip_->reload_certificates(); !read)
            log::error("sip", "the certificate stays as it was", {{"why", read.error().text}});
    });
}

void Phones::end() {
    if (!on()) return;
    std::promise<void> done;
    loop_.post([&] { sip_->shut_down(goodbye, [&done] { done.set_value(); }); });
    done.get_future().wait_for(goodbye + seconds(1));
    loop_.post([this] { sip_->stop(); });
    loop_.stop();
    loop_.join();
}

std::vector<std::string> Phones::urls() const {
    return sip_ ? sip_->urls() : std::vector<std::string>();
}

void Phones::add_adapters(std::vector<status::AdapterView> views,
                          status::Reply<std::vector<status::AdapterView>> reply) {
    if (!on()) return reply(std::move(views));
    loop_.post([this, views = std::move(views), reply = std::move(reply)]() mutable {
        auto health = sip_->health();
        views.push_back({"sip", std::move(health.state), health.queue, health.last_success,
                         std::move(health.last_error), std::move(health.not_ready), std::move(health.problems)});
        reply(std::move(views));
    });
}

void Phones::add_outputs(presence::Slot slot, status::PersonView view, status::Reply<status::PersonView> reply) {
    if (!on()) return reply(std::move(view));
    loop_.post([this, slot, view = std::move(view), reply = std::move(reply)]() mutable {
        for (auto& row : sip_->watchers_of(slot))
            if (row.last_notify && row.why_ended.empty())
                view.outputs.push_back({"sip", fmt::format("{} to {}", row.package, row.watcher), row.last_notify,
                                        std::move(row.last_answer)});
        reply(std::move(view));
    });
}

void Phones::watchers(status::Reply<std::vector<status::WatcherView>> reply) {
    if (!on()) return reply({});
    loop_.post([this, reply = std::move(reply)] { reply(views_of(sip_->watchers())); });
}

void Phones::watchers_of(presence::Slot slot, status::Reply<std::vector<status::WatcherView>> reply) {
    if (!on()) return reply({});
    loop_.post([this, slot, reply = std::move(reply)] { reply(views_of(sip_->watchers_of(slot))); });
}

void Phones::watcher_counts(status::Reply<std::vector<status::WatcherCount>> reply) {
    if (!on()) return reply({});
    loop_.post([this, reply = std::move(reply)] {
        std::vector<status::WatcherCount> counts;
        for (const auto& count : sip_->watcher_counts())
            counts.push_back({std::string(count.package), std::string(count.state), count.count});
        reply(std::move(counts));
    });
}

void Phones::metrics(std::function<void(std::vector<fanout::Metric>)> reply) {
    if (!on()) return reply({});
    loop_.post([this, reply = std::move(reply)] { reply(sip_->metrics()); });
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
