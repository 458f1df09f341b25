#include "app/app.hpp"

#include <array>
#include <boost/asio/signal_set.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <future>
#include <malloc.h>

#include "adapters/adapters.hpp"
#include "adapters/teams/teams.hpp"
#include "app/adapter_views.hpp"
#include "app/call_desk.hpp"
#include "app/diversions.hpp"
#include "app/line_numbers.hpp"
#include "app/phones.hpp"
#include "app/platform_views.hpp"
#include "app/state_folder.hpp"
#include "app/supervisor.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "config/reload.hpp"
#include "outbox/outbox.hpp"
#include "roster/people_file.hpp"
#include "roster/roster.hpp"
#include "status/call_json.hpp"
#include "status/service.hpp"
#include "store/store.hpp"
#include "xsi/line_services.hpp"
#include "xsi/platform.hpp"

#ifndef LAMP_VERSION
#define LAMP_VERSION "0"
#endif

namespace lamp {
namespace {

constexpr int meetings_waiting_max = 1000;
constexpr seconds give_back_limit{8}; // systemd waits 15 s (lamplighter.service)

std::string domain_of(const std::string& user) {
    auto at = user.find('@');
    return at == std::string::npos ? std::string() : user.substr(at + 1);
}

roster::DirectoryUser as_user(const xsi::DirectoryEntry& entry) {
    auto name = entry.first_name + (entry.first_name.empty() || entry.last_name.empty() ? "" : " ") + entry.last_name;
    return {entry.user_id,   name,
            entry.email,     entry.number,
            entry.extension, entry.department.empty() ? entry.group : entry.department,
            entry.group};
}

class Daemon {
public:
    Daemon(std::filesystem::path file, std::shared_ptr<const config::Configuration> configuration)
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
          line_settings_(ingress_, [this](const std::string& line) { return actions_for(line); }),
          diversions_(egress_, line_settings_, table_, fanout_) {
        lines_.on_forwarding_always = [this](xsi::LineIndex line, bool active, std::string_view to) {
            egress_.post([this, id = std::string(lines_.id(line)),
                          always = forwarding::Always{active, std::string(to)}] { diversions_.heard(id, always); });
        };
    }

    int run() {
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
        load_people();
        egress_.post([this] { adapters_.start(); });
        ingress_.post([this] {
            ::malloc_trim(0);
            for (auto& platform : platforms_)
                platform->start();
        });
        wait_for_signal();
        watch_loops();
        supervisor_.ready(fmt::format("serving {}", fmt::join(service_->urls(), ", ")));
        control_.spawn(report_status());
        control_.run_here();
        return end();
    }

private:
    // --- start

    void watch_loops() {
        std::vector<const Loop*> loops{&control_, &ingress_, &egress_, &serve_};
        if (phones_.on()) loops.push_back(&phones_.loop());
        supervisor_.watch(std::move(loops));
    }

    Result<void> prepare() {
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
            (*made)->on_calls = [this](xsi::LineIndex line) { publish_calls(line); };
            platforms_.push_back(std::move(*made));
            infos_.push_back({options[i].name, domain_of(options[i].username), discovers(options[i]), {}});
            directories_.push_back(Directory::unwanted);
        }
        if (auto made = make_adapters(); !made) return made;
        if (auto made = phones_.prepare(*configuration_); !made) return made;
        service_.emplace(serve_, service_options(), ports(), table_, fanout_);
        service_->add_metrics([this](status::MetricsText& text) { write_metrics(text); });
        return service_->start();
    }

    Result<void> prepare_state_dir() {
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

    Result<void> make_adapters() {
        store::StoreOptions options;
        options.folder = configuration_->get<DaemonOptions>().state_dir;
        auto store = store::Store::open(options);
        if (!store) return std::unexpected(store.error());
        store_ = std::move(*store);
        auto publish = [this](status::PersonForwarding one) { service_->publish(std::move(one)); };
        auto diverting = diversions_.prepare(*configuration_, *store_, std::move(publish));
        if (!diverting) return diverting;
        const auto& net = configuration_->get<NetOptions>();
        return adapters_.make(
            {egress_, *configuration_, table_, fanout_, *store_, configuration_->get<PeopleOptions>().match,
             configuration_->get<PresenceOptions>().teams_stale_after, net.ca_file, net.proxy,
             configuration_->get<status::HttpOptions>().public_url.text, configuration_->get<DaemonOptions>().timezone,
             diversions_.listener(), diversions_.desk(), LAMP_VERSION});
    }

    [[nodiscard]] bool discovers(const xsi::BroadworksOptions& options) const {
        return options.discover.value_or(configuration_->get<PeopleOptions>().file.empty());
    }

    [[nodiscard]] status::AccessOptions access_options() const {
        return {configuration_->get<status::HttpOptions>().anonymous_role, configuration_->all<status::TokenOptions>(),
                configuration_->all<status::RoleOptions>()};
    }

    [[nodiscard]] status::Options service_options() const {
        status::Options options;
        options.http = configuration_->get<status::HttpOptions>();
        options.access = access_options();
        options.version = LAMP_VERSION;
        return options;
    }

    // --- who is watched

    /// The people of the file, or nothing when there is none or it became unreadable under our hands.
    std::optional<std::vector<presence::PersonRow>> read_file() {
        const auto& file = configuration_->get<PeopleOptions>().file;
        if (file.empty()) return std::vector<presence::PersonRow>();
        std::ifstream stream(file, std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
        auto reading = roster::read_people(text);
        if (reading.usable()) return std::move(reading.people);
        log::error("app", "the people file cannot be used; people stay as they were", {{"file", file.string()}});
        return std::nullopt;
    }

    // At start and at a reload. Directories are big and seldom wanted: they are fetched, used and forgotten.
    void load_people() {
        auto people = read_file();
        if (!people) return;
        bool numbers = roster::needs_directory(*people);
        bool waits = false;
        for (std::size_t i = 0; i < platforms_.size(); ++i) {
            infos_[i].discover = discovers(platforms_[i]->options());
            // Phones are watched by numbers and extensions, and calls are diverted to them: the directory knows them.
            if (!infos_[i].discover && !numbers && !phones_.on() && !Diversions::wanted(*configuration_)) continue;
            waits = true;
            if (directories_[i] == Directory::unwanted) directories_[i] = Directory::awaited;
            ingress_.post([this, i] {
                platforms_[i]->discover([this, i](std::vector<xsi::DirectoryEntry> entries) {
                    control_.post([this, i, entries = std::move(entries)] { take_directory(i, entries); });
                });
            });
        }
        // Who is in the file is watched at once; at a reload, nobody is dropped before the directory is in again.
        if (!waits || !people_) compose(*std::move(people), !waits);
    }

    void take_directory(std::size_t platform, const std::vector<xsi::DirectoryEntry>& entries) {
        auto& directory = infos_[platform].directory;
        directory.clear();
        for (const auto& entry : entries)
            directory.push_back(as_user(entry));
        directories_[platform] = Directory::in;
        bool all = std::ranges::find(directories_, Directory::awaited) == directories_.end();
        if (auto people = read_file()) compose(*std::move(people), all);
        if (platforms_.size() > 1) return; // the next one's directory is composed with this one
        directory.clear();
        directory.shrink_to_fit();
        ::malloc_trim(0);
    }

    // Built whole here, then handed to each loop.
    void compose(std::vector<presence::PersonRow> file_people, bool directories_in) {
        std::vector<xsi::Assignment> assignments;
        Diversions::Known known{directories_in, everybody_known(file_people)};
        auto roster = roster::compose(std::move(file_people), infos_);
        auto people = presence::People::build(roster.people, people_.get());
        if (!people) {
            log::error("app", "the roster cannot be used; people stay as they were", {{"why", people.error().text}});
            return;
        }
        people_ = *people;
        auto unresolved = roster.problems.size();
        assignments.reserve(roster.lines.size());
        auto names = line_names(roster);
        auto plan = numbers::DialPlan::build(line_numbers(roster, infos_, number_formats()),
                                             configuration_->get<DaemonOptions>().country);
        auto phone_lines = line_rows(roster, infos_, *people_);
        tell_diversions(phone_lines, plan, known);
        if (phones_.on()) phones_.use_people(people_, std::move(phone_lines));
        for (auto& line : roster.lines)
            if (auto slot = people_->find(roster.people[line.row].id))
                assignments.push_back({std::move(line.line), *slot, line.platform});
        service_->use_people(people_);
        egress_.post([this, people = people_, names = std::move(names)] { adapters_.use_people(people, names); });
        ingress_.post([this, people = people_, assignments = std::move(assignments),
                       problems = std::move(roster.problems), plan] {
            roster_problems_ = problems;
            calls_.use_plan(plan);
            assign(people, assignments);
        });
        log::info("app", "people", {{"people", people_->size()}, {"unresolved", unresolved}});
    }

    /// Whether no directory is awaited that could still bring people, or say whose line a number is.
    [[nodiscard]] bool everybody_known(const std::vector<presence::PersonRow>& file_people) const {
        bool numbers = roster::needs_directory(file_people);
        for (std::size_t i = 0; i < infos_.size(); ++i)
            if (directories_[i] == Directory::awaited && (infos_[i].discover || numbers)) return false;
        return true;
    }

    void tell_diversions(const std::vector<sip::LineRow>& rows, const std::shared_ptr<const numbers::DialPlan>& plan,
                         Diversions::Known known) {
        std::vector<Diversions::Line> lines;
        for (const auto& row : rows)
            for (presence::Slot person : row.persons)
                lines.push_back({person, row.id, row.extension.empty() ? row.number : row.extension});
        egress_.post([this, people = people_, lines = std::move(lines), plan, known]() mutable {
            diversions_.use_people(people, std::move(lines), plan, known);
        });
    }

    [[nodiscard]] std::vector<numbers::Format> number_formats() const {
        std::vector<numbers::Format> formats;
        for (const auto& platform : platforms_)
            formats.push_back(platform->options().number_format);
        return formats;
    }

    /// What adapters may know people's lines by: user ids, and behind each the number and extension that the
    /// directory gives it.
    [[nodiscard]] std::vector<fanout::LineName> line_names(const roster::Roster& roster) const {
        std::vector<fanout::LineName> names;
        if (adapters_.all().empty()) return names;
        std::unordered_map<std::string_view, const roster::DirectoryUser*> users;
        for (const auto& info : infos_)
            for (const auto& user : info.directory)
                users.emplace(user.user_id, &user);
        for (const auto& line : roster.lines) {
            auto slot = people_->find(roster.people[line.row].id);
            if (!slot) continue;
            names.push_back({*slot, line.line});
            auto user = users.find(line.line);
            if (user == users.end()) continue;
            for (const std::string* number : {&user->second->number, &user->second->extension})
                if (!number->empty()) names.push_back({*slot, *number});
        }
        return names;
    }

    /// Ingress. Of a line that nobody watches any more, too: what was diverted is given back all the same. Which
    /// platform had it is only known while it was watched in this run; else those of its domain come first.
    std::vector<xsi::Actions*> actions_for(const std::string& line) {
        if (auto found = lines_.find(line)) return {&platforms_.at(lines_.platform(*found))->diverting()};
        std::vector<xsi::Actions*> all;
        for (bool same : {true, false})
            for (const auto& platform : platforms_)
                if ((domain_of(platform->options().username) == domain_of(line)) == same)
                    all.push_back(&platform->diverting());
        return all;
    }

    void assign(const std::shared_ptr<const presence::People>& people,
                const std::vector<xsi::Assignment>& assignments) {
        desk_.use_people(people);
        std::vector<xsi::LineIndex> added;
        std::vector<xsi::LineIndex> removed;
        lines_.assign(assignments, added, removed);
        for (auto& platform : platforms_)
            platform->watch(added, removed);
        ::malloc_trim(0); // a large roster's raw material is gone for good
    }

    // --- reload

    void apply_rules() {
        auto rules = presence::Rules::parse(configuration_->get<PresenceOptions>().rules);
        if (!rules) return; // checked with the configuration
        auto slots = people_ ? people_->slots() : 0;
        table_.replace_rules(std::move(*rules), slots, wall_now(),
                             [this](const presence::Change& change) { fanout_.publish(change.slot); });
    }

    status::ReloadView reload() {
        supervisor_.reloading();
        auto answer = config::reload(schema(), *configuration_, file_, config::Sources::machine());
        status::ReloadView view;
        view.problems = answer.problems;
        for (const auto& problem : answer.problems)
            log::warning("config", to_string(problem));
        if (answer.reloaded) {
            view.accepted = true;
            for (const auto& change : answer.reloaded->applied)
                view.applied.push_back(to_string(change));
            for (const auto& change : answer.reloaded->needs_restart)
                view.needs_restart.push_back(to_string(change));
            configuration_ = answer.reloaded->running;
            put_in_force();
            log::info("config", "reloaded",
                      {{"applied", fmt::format("{}", fmt::join(view.applied, ", "))},
                       {"needs_restart", fmt::format("{}", fmt::join(view.needs_restart, ", "))}});
        } else {
            log::error("config", "the new configuration has mistakes; nothing was changed");
        }
        supervisor_.ready(answer.reloaded ? "reloaded"
                                          : "running on the configuration before; the new one has mistakes");
        return view;
    }

    void put_in_force() {
        log::set_level(configuration_->get<DaemonOptions>().log_level);
        apply_rules();
        if (auto access = service_->use_access(access_options()); !access)
            log::error("app", "tokens and roles stay as they were", {{"why", access.error().text}});
        egress_.post([this, configuration = configuration_] {
            diversions_.reload(*configuration);
            adapters_.reload(*configuration);
        });
        load_people(); // behind it: what is new hears of people and their lines
        phones_.reload(*configuration_);
        ingress_.post([this] {
            for (auto& platform : platforms_)
                platform->retry_now();
        });
    }

    // --- what the status service asks for; each question travels to its loop and back

    template <class Answer, class Work>
    status::Ask<Answer> on_ingress(Work work) {
        return [this, work](status::Reply<Answer> reply) {
            ingress_.post([work, reply = std::move(reply)] { reply(work()); });
        };
    }

    status::Ports ports() {
        status::Ports ports;
        ports.platforms = [this](status::Reply<std::vector<status::PlatformView>> reply) {
            ingress_.post([this, reply = std::move(reply)] { reply(platform_views()); });
        };
        ports.adapters = [this](status::Reply<std::vector<status::AdapterView>> reply) {
            egress_.post([this, reply = std::move(reply)] {
                auto views = adapter_views(adapters_);
                if (auto view = diversions_.adapter()) views.push_back(std::move(*view));
                phones_.add_adapters(std::move(views), reply);
            });
        };
        ports.person = [this](presence::Slot slot, status::Reply<status::PersonView> reply) {
            egress_.post([this, slot, reply = std::move(reply)] {
                phones_.add_outputs(slot, person_view(adapters_, slot), reply);
            });
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
            ingress_.post(
                [this, request = std::move(request), reply = std::move(reply)] { desk_.dial(request, reply); });
        };
        ports.control = [this](status::ControlRequest request, status::Reply<Result<std::string>> reply) {
            ingress_.post(
                [this, request = std::move(request), reply = std::move(reply)] { desk_.control(request, reply); });
        };
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
            egress_.post([this, request = std::move(request), reply = std::move(reply)] {
                reply(diversions_.forward(request));
            });
        };
        ports.forwarding_audit = [this](std::string line, std::size_t most,
                                        status::Reply<std::vector<status::AuditView>> reply) {
            egress_.post([this, line = std::move(line), most, reply = std::move(reply)] {
                diversions_.audit(line, most, reply);
            });
        };
        ports.calendars = [this](status::Reply<std::vector<status::CalendarView>> reply) {
            egress_.post([this, reply = std::move(reply)] { reply(calendar_views(adapters_)); });
        };
        ports.calendar_plan = [this](milliseconds next, status::Reply<std::vector<status::PlanView>> reply) {
            egress_.post([this, next, reply = std::move(reply)] { reply(plan_views(adapters_, next)); });
        };
        ports.webhooks = [this](status::Reply<std::vector<calls::WebhookView>> reply) {
            egress_.post([this, reply = std::move(reply)] { reply(adapters_.outbox().views()); });
        };
        ports.dead_letters = [this](std::string webhook, std::size_t most,
                                    status::Reply<Result<std::vector<calls::DeadLetter>>> reply) {
            egress_.post([this, webhook = std::move(webhook), most, reply = std::move(reply)] {
                adapters_.outbox().dead_letters(webhook, most, reply);
            });
        };
        ports.webhook = [this](calls::WebhookOrder order, status::Reply<Result<calls::WebhookDone>> reply) {
            egress_.post(
                [this, order = std::move(order), reply = std::move(reply)] { adapters_.outbox().order(order, reply); });
        };
        ports.reload = [this](status::Reply<status::ReloadView> reply) {
            control_.post([this, reply = std::move(reply)] { reply(reload()); });
        };
        ports.interested = [this](presence::Slot slot) {
            ingress_.post([this, slot] {
                for (xsi::LineIndex line : lines_.of_person(slot))
                    platforms_.at(lines_.platform(line))->prefer(line);
            });
        };
        return ports;
    }

    std::vector<status::PlatformView> platform_views() const {
        std::vector<status::PlatformView> views;
        for (const auto& platform : platforms_)
            views.push_back(platform_view(platform->report()));
        constexpr std::size_t shown = 10; // the rest says the same
        for (std::size_t i = 0; i < std::min(shown, roster_problems_.size()) && !views.empty(); ++i)
            views.front().problems.push_back(roster_problems_[i]);
        return views;
    }

    std::vector<status::LineInput> line_inputs(presence::Slot slot) const {
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

    Task<> tell_services(presence::Slot slot, status::Reply<std::vector<status::ServiceInput>> reply) {
        std::vector<xsi::LineServices::Wanted> wanted;
        for (xsi::LineIndex line : lines_.of_person(slot))
            wanted.push_back({std::string(lines_.id(line)), &platforms_.at(lines_.platform(line))->actions()});
        std::vector<status::ServiceInput> inputs;
        for (auto& seen : co_await services_.of(std::move(wanted))) {
            status::ServiceInput input{
                std::move(seen.line), std::string(seen.source), std::move(seen.value), seen.at, {}};
            if (seen.at) input.expires = *seen.at + services_.kept();
            inputs.push_back(std::move(input));
        }
        reply(std::move(inputs));
    }

    // --- call events: what is new, changed or over on a line

    void publish_calls(xsi::LineIndex line) {
        auto persons = lines_.persons_of(line);
        if (persons.empty()) return;
        for (const auto& call : desk_.changes(line))
            service_->publish(status::EventType::call, persons.front(), status::to_json(call));
    }

    // --- metrics, from reports that are at most a second old (serve loop)

    void write_metrics(status::MetricsText& text) const {
        write_adapter_metrics(text, metrics_);
        write_adapter_metrics(text, phone_metrics_);
        write_platform_metrics(text, reports_);
    }

    // --- signals, status, end

    void wait_for_signal() {
        signals_.async_wait([this](boost::system::error_code error, int signal) {
            if (error) return;
            if (signal == SIGHUP) {
                static_cast<void>(reload());
                return wait_for_signal();
            }
            log::info("app", "stopping", {{"signal", signal}});
            supervisor_.stopping();
            control_.stop();
        });
    }

    // Once a second: what metrics show, and systemd's status line when it has changed.
    Task<> report_status() {
        while (co_await sleep_for(seconds(1))) {
            egress_.post([this] {
                auto metrics = adapter_metrics(adapters_);
                std::ranges::move(diversions_.metrics(), std::back_inserter(metrics));
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
                control_.post([this, text = platforms_line(reports)] {
                    if (std::exchange(last_status_, text) != text) supervisor_.status(text);
                });
                serve_.post([this, reports = std::move(reports)]() mutable { reports_ = std::move(reports); });
            });
        }
    }

    // Events may have been lost where a channel came back or a number was skipped: what is diverted is read again.
    void note_doubts(const std::vector<xsi::PlatformReport>& reports) {
        std::uint64_t doubts = 0;
        for (const auto& report : reports) {
            doubts += report.counters.gaps;
            for (const auto& channel : report.channels)
                doubts += channel.counters.opens;
        }
        if (std::exchange(doubts_, doubts) != doubts) egress_.post([this] { diversions_.lost_track(); });
    }

    int end() {
        service_->stop();
        phones_.end();
        auto begun = steady_now();
        std::promise<void> done;
        ingress_.post([this, &done] { ingress_.spawn(say_goodbye(done)); });
        std::promise<void> adapters_done;
        std::promise<void> diversions_done;
        egress_.post([&] {
            adapters_.shut_down(seconds(3), [&] { adapters_done.set_value(); });
            diversions_.shut_down(give_back_limit, [&] { diversions_done.set_value(); });
        });
        diversions_done.get_future().wait_until(begun + give_back_limit + seconds(1)); // while the login still works
        done.get_future().wait_until(begun + seconds(4));
        adapters_done.get_future().wait_until(begun + seconds(4));
        store_->stop();
        for (Loop* loop : {&ingress_, &egress_, &serve_}) {
            loop->stop();
            loop->join();
        }
        log::info("app", "stopped");
        return 0;
    }

    Task<> say_goodbye(std::promise<void>& done) {
        for (auto& platform : platforms_)
            co_await platform->shut_down();
        done.set_value();
    }

    std::filesystem::path file_;
    std::shared_ptr<const config::Configuration> configuration_;
    Loop control_;
    Loop ingress_;
    Loop egress_;
    Loop serve_;
    presence::Table table_;
    fanout::Fanout fanout_;
    xsi::Lines lines_; // ingress
    Supervisor supervisor_;
    asio::signal_set signals_;
    std::vector<std::unique_ptr<xsi::Platform>> platforms_; // ingress
    CallControl calls_;                                     // ingress
    CallDesk desk_;                                         // ingress
    Phones phones_;
    xsi::LineServices services_{ingress_}; // ingress
    std::vector<roster::PlatformInfo> infos_;
    enum class Directory : std::uint8_t { unwanted, awaited, in };
    std::vector<Directory> directories_; // of each platform: whether it has been in once
    std::shared_ptr<const presence::People> people_;
    std::vector<std::string> roster_problems_;  // ingress
    std::vector<xsi::PlatformReport> reports_;  // serve
    std::vector<fanout::Metric> metrics_;       // serve
    std::vector<fanout::Metric> phone_metrics_; // serve
    std::optional<StateLock> state_lock_;
    std::unique_ptr<store::Store> store_;
    Adapters adapters_; // egress
    std::optional<status::Service> service_;
    std::string last_status_;
    LineSettings line_settings_; // ingress
    Diversions diversions_;      // egress
    std::uint64_t doubts_ = 0;   // ingress
    std::atomic<int> meetings_waiting_{0};
};

} // namespace

int run_daemon(const std::filesystem::path& file, std::shared_ptr<const config::Configuration> configuration) {
    Daemon daemon(file, std::move(configuration));
    return daemon.run();
}

} // namespace lamp
