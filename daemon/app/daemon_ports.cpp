#include <algorithm>

#include "adapters/teams/teams.hpp"
#include "adapters/zoho/zoho.hpp"
#include "app/access_ports.hpp"
#include "app/adapter_views.hpp"
#include "app/daemon.hpp"
#include "app/house_metrics.hpp"
#include "app/options.hpp"
#include "app/platform_views.hpp"
#include "app/teams_bot.hpp"
#include "app/webhook_ports.hpp"
#include "outbox/outbox.hpp"

namespace lamp {
namespace {

constexpr int meetings_waiting_max = 1000;

records::LineLogs line_logs(const xsi::CallLogs& logs) {
    records::LineLogs all;
    auto add = [&all](const std::vector<xsi::CallLogEntry>& entries, records::LogKind kind) {
        for (const auto& entry : entries)
            if (entry.time) all.push_back({kind, entry.number, entry.name, entry.country_code, *entry.time, entry.id});
    };
    add(logs.missed, records::LogKind::missed);
    add(logs.placed, records::LogKind::placed);
    add(logs.received, records::LogKind::received);
    return all;
}

} // namespace

// --- what the status service asks for; each question travels to its loop and back
status::Ports Daemon::ports() {
    status::Ports ports;
    ports.platforms = [this](status::Reply<std::vector<status::PlatformView>> reply) {
        ingress_.post([this, reply = std::move(reply)] { reply(platform_views()); });
    };
    ports.adapters = [this](status::Reply<std::vector<status::AdapterView>> reply) {
        egress_.post([this, reply = std::move(reply)] {
            auto views = adapter_views(adapters_);
            if (auto view = diversions_.adapter()) views.push_back(std::move(*view));
            if (auto view = acd_.adapter()) views.push_back(std::move(*view));
            for (auto& view : directory_.adapters())
                views.push_back(std::move(view));
            views.push_back(history_.adapter());
            phones_.add_adapters(std::move(views), reply);
        });
    };
    ports.problems = [this](status::Reply<std::vector<std::string>> reply) {
        control_.post([this, reply = std::move(reply)] {
            auto problems = certificates_.problems(wall_now());
            if (bot_connector_ && !bot_connector_->problem().empty())
                problems.emplace_back("teams: the bot answers nobody: the keys of the Bot Connector are not in "
                                      "(lamplighter teams check)");
            reply(std::move(problems));
        });
    };
    ports.person = [this](presence::Slot slot, status::Reply<status::PersonView> reply) {
        egress_.post(
            [this, slot, reply = std::move(reply)] { phones_.add_outputs(slot, person_view(adapters_, slot), reply); });
    };
    ports.doubts = [this](status::Reply<std::vector<status::DoubtView>> reply) {
        egress_.post([this, reply = std::move(reply)] { reply(doubt_views(adapters_)); });
    };
    ports.watchers = [this](auto reply) { phones_.watchers(std::move(reply)); };
    ports.watchers_of = [this](presence::Slot slot, auto reply) { phones_.watchers_of(slot, std::move(reply)); };
    ports.watcher_counts = [this](auto reply) { phones_.watcher_counts(std::move(reply)); };
    ports.photo = [this](presence::Slot slot, status::Reply<status::PhotoView> reply) {
        egress_.post([this, slot, reply = std::move(reply)] {
            adapters_.photo(slot, [reply](const auto& photo) { reply(photo_view(photo.get())); });
        });
    };
    ports.looked_at = [this](presence::Slot slot) { adapters_.looked_at(slot); };
    ports.hook = [this](const fanout::HookCall& call) { return adapters_.deliver(call); };
    ports.hook_test = [this](std::string_view hook) { return adapters_.expects_test(hook); };
    ports.teams_word = [](unsigned word) {
        auto words = teams::words_of(word);
        return status::TeamsWord{words.availability, words.activity};
    };
    ports.active_calls = on_ingress<std::vector<status::CallView>>([this] { return desk_.active(); });
    ports.lines = [this](presence::Slot slot, status::Reply<std::vector<status::LineInput>> reply) {
        ingress_.post([this, slot, reply = std::move(reply)] { reply(line_inputs(slot)); });
    };
    ports.services = [this](presence::Slot slot, status::Reply<std::vector<status::ServiceInput>> reply) {
        ingress_.post([this, slot, reply = std::move(reply)]() mutable {
            ingress_.spawn(tell_services(slot, std::move(reply)));
        });
    };
    ports.dial = [this](status::DialRequest request, status::Reply<Result<std::string>> reply) {
        ingress_.post([this, request = std::move(request), reply = std::move(reply)] { desk_.dial(request, reply); });
    };
    ports.control = [this](status::ControlRequest request, status::Reply<Result<std::string>> reply) {
        ingress_.post(
            [this, request = std::move(request), reply = std::move(reply)] { desk_.control(request, reply); });
    };
    desk_.use_audit([this](CallDesk::Deed deed) {
        egress_.post([this, deed = std::move(deed)] { diversions_.note(deed.line, deed.what, deed.by, deed.text); });
    });
    ports.meeting = [this](std::vector<meetings::News> news) {
        if (meetings_waiting_.fetch_add(1) >= meetings_waiting_max) {
            --meetings_waiting_;
            return false;
        }
        egress_.post([this, news = std::move(news), listener = diversions_.listener()] {
            --meetings_waiting_;
            for (const auto& one : news)
                listener.heard(one);
        });
        return true;
    };
    ports.forwarding = [this](presence::Slot slot, status::Reply<status::PersonForwarding> reply) {
        ingress_.post([this, slot, reply = std::move(reply)] {
            std::vector<std::string> heard; // of these we know that nothing is forwarded, if nobody says otherwise
            for (xsi::LineIndex line : lines_.of_person(slot))
                if (lines_.fresh(line, xsi::Package::forwarding_always)) heard.emplace_back(lines_.id(line));
            egress_.post([this, slot, heard = std::move(heard), reply] { reply(diversions_.view(slot, heard)); });
        });
    };
    ports.forwardings = [this](status::Reply<std::vector<status::PersonForwarding>> reply) {
        egress_.post([this, reply = std::move(reply)] { reply(diversions_.views()); });
    };
    ports.forward = [this](status::ForwardRequest request, status::Reply<Result<status::PersonForwarding>> reply) {
        egress_.post(
            [this, request = std::move(request), reply = std::move(reply)] { reply(diversions_.forward(request)); });
    };
    ports.forwarding_audit = [this](std::string line, std::size_t most,
                                    status::Reply<std::vector<status::AuditView>> reply) {
        egress_.post(
            [this, line = std::move(line), most, reply = std::move(reply)] { diversions_.audit(line, most, reply); });
    };
    ports.agents = [this](status::Reply<std::vector<status::AgentView>> reply) {
        egress_.post([this, reply = std::move(reply)] { reply(acd_.agents()); });
    };
    ports.queues = [this](status::Reply<std::vector<status::QueueView>> reply) {
        egress_.post([this, reply = std::move(reply)] { reply(acd_.queues()); });
    };
    ports.hunt_groups = [this](status::Reply<std::vector<status::HuntMemberView>> reply) {
        egress_.post([this, reply = std::move(reply)] { reply(acd_.hunt_groups()); });
    };
    ports.calendars = [this](status::Reply<std::vector<status::CalendarView>> reply) {
        egress_.post([this, reply = std::move(reply)] { reply(calendar_views(adapters_)); });
    };
    ports.calendar_plan = [this](milliseconds next, status::Reply<std::vector<status::PlanView>> reply) {
        egress_.post([this, next, reply = std::move(reply)] { reply(plan_views(adapters_, next)); });
    };
    add_webhook_ports(ports, egress_, adapters_);
    ports.calls = [this](calls::CallQuery query, auto reply) { history_.calls(std::move(query), std::move(reply)); };
    ports.stats = [this](calls::StatsQuery query, auto reply) { history_.stats(std::move(query), std::move(reply)); };
    ports.forget_call = [this](std::string id, std::optional<calls::Within> within, std::string by, auto reply) {
        history_.forget(std::move(id), std::move(within), std::move(by), std::move(reply));
    };
    ports.recognise = [this](std::string number, bool live, auto reply) {
        callers_.integrations().recognise(std::move(number), live, std::move(reply));
    };
    ports.integrations = [this](auto reply) { reply(callers_.integrations().views()); };
    ports.integration = [this](calls::IntegrationOrder order, auto reply) {
        callers_.integrations().order(std::move(order), std::move(reply));
    };
    ports.directory = directory_.ports();
    privacy_->add_ports(ports);
    if (adapters_.zoho()) add_zoho_ports(ports);
    ports.reload = [this](std::string by, status::Reply<status::ReloadView> reply) {
        control_.post([this, by = std::move(by), reply = std::move(reply)] { reply(reload(by)); });
    };
    add_access_ports(ports, *store_, serve_);
    if (issuer_)
        ports.bearer = [this](std::string_view token) { return bearer_view(issuer_->examine(token, wall_now())); };
    if (bot_connector_)
        ports.teams_bot =
            bot_ports(configuration_->get<teams::TeamsOptions>(),
                      language_named(configuration_->get<DaemonOptions>().language).value_or(Language::en),
                      *bot_connector_, adapters_, egress_);
    ports.interested = [this](presence::Slot slot) {
        ingress_.post([this, slot] {
            for (xsi::LineIndex line : lines_.of_person(slot))
                platforms_.at(lines_.platform(line))->prefer(line);
        });
    };
    return ports;
}

void Daemon::add_zoho_ports(status::Ports& ports) {
    ports.zoho = [this](status::Reply<fanout::LinksView> reply) {
        egress_.post([this, reply = std::move(reply)] { reply(adapters_.zoho()->links()); });
    };
    ports.zoho_order = [this](fanout::LinkOrder order, status::Reply<Result<fanout::LinksView>> reply) {
        egress_.post([this, order = std::move(order), reply = std::move(reply)] {
            auto ordered = adapters_.zoho()->order(order);
            if (!ordered) return reply(std::unexpected(ordered.error()));
            reply(adapters_.zoho()->links());
        });
    };
}

std::vector<status::PlatformView> Daemon::platform_views() const {
    std::vector<status::PlatformView> views;
    for (const auto& platform : platforms_)
        views.push_back(platform_view(platform->report()));
    constexpr std::size_t shown = 10; // the rest says the same
    for (std::size_t i = 0; i < std::min(shown, roster_problems_.size()) && !views.empty(); ++i)
        views.front().problems.push_back(roster_problems_[i]);
    return views;
}

std::vector<status::LineInput> Daemon::line_inputs(presence::Slot slot) const {
    std::vector<status::LineInput> inputs;
    for (xsi::LineIndex line : lines_.of_person(slot)) {
        auto seen = lines_.view(line);
        status::LineInput input;
        input.line = seen.line;
        input.state = seen.state;
        input.calls = seen.calls;
        input.dnd = seen.dnd;
        input.forwarding = seen.forwarding;
        input.agent = seen.agent;
        input.stale = seen.stale;
        if (seen.at != Wall()) input.at = seen.at;
        input.expires = platforms_.at(lines_.platform(line))->expires();
        inputs.push_back(std::move(input));
    }
    return inputs;
}

Task<> Daemon::tell_services(presence::Slot slot, status::Reply<std::vector<status::ServiceInput>> reply) {
    std::vector<xsi::LineServices::Wanted> wanted;
    for (xsi::LineIndex line : lines_.of_person(slot))
        wanted.push_back({std::string(lines_.id(line)), &platforms_.at(lines_.platform(line))->actions()});
    std::vector<status::ServiceInput> inputs;
    for (auto& seen : co_await services_.of(std::move(wanted))) {
        status::ServiceInput input{std::move(seen.line), std::string(seen.source), std::move(seen.value), seen.at, {}};
        if (seen.at) input.expires = *seen.at + services_.kept();
        inputs.push_back(std::move(input));
    }
    reply(std::move(inputs));
}

// --- call events: what is new, changed or over on a line
void Daemon::tell(const calls::CallEvent& event) {
    service_->publish(event);
    egress_.post([this, event] {
        adapters_.outbox().take(privacy_->published(event));
        if (auto* zoho = adapters_.zoho()) zoho->happened(event);
    });
}

void Daemon::read_logs(std::string line, calls::Answer<records::LineLogs> answer) {
    ingress_.post([this, line = std::move(line), answer = std::move(answer)]() mutable {
        ingress_.spawn(fetch_logs(std::move(line), std::move(answer)));
    });
}

Task<> Daemon::fetch_logs(std::string line, calls::Answer<records::LineLogs> answer) {
    Result<records::LineLogs> logs = fail(Category::not_found, "This line is not watched.");
    if (auto known = lines_.find(line); known && lines_.watched(*known)) {
        auto read = co_await platforms_.at(lines_.platform(*known))->actions().call_logs(line);
        logs = read ? Result<records::LineLogs>(line_logs(*read)) : std::unexpected(read.error());
    }
    history_.loop().post([answer = std::move(answer), logs = std::move(logs)]() mutable { answer(std::move(logs)); });
}

// --- metrics, from reports that are at most a second old (serve loop)
void Daemon::write_metrics(status::MetricsText& text) const {
    write_adapter_metrics(text, metrics_);
    write_adapter_metrics(text, phone_metrics_);
    write_platform_metrics(text, reports_);
    write_adapter_metrics(text, certificate_metrics_);
    write_store_metrics(text, store_->report());
    write_integration_metrics(text, callers_.integrations().views());
}

} // namespace lamp
