#include "app/acd_desk.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "acd/options.hpp"
#include "acd/rows.hpp"
#include "base/log.hpp"
#include "status/acd_json.hpp"

namespace lamp {
namespace {

constexpr std::size_t asked_at_once = 8;
constexpr std::size_t queue_names_max = 10'000;
constexpr std::size_t hunt_groups_max = 32;       // of one line
constexpr std::size_t hunt_members_max = 100'000; // lines
constexpr milliseconds look_every{300'000};       // nobody tells when an agent joins a queue or leaves it
constexpr milliseconds wake_longest{60'000};

using presence::AgentState;

acd::FollowSettings settings_of(const config::Configuration& configuration) {
    return configuration.get<acd::AcdOptions>().settings();
}

bool by_hunt_group(const calls::Call& call) {
    return call.incoming && !call.group.empty() && call.queue.empty();
}

bool talks(const calls::LineNews& news) {
    return std::ranges::any_of(news.calls, [](const auto& call) { return call.state != calls::CallState::ringing; });
}

} // namespace

AcdDesk::AcdDesk(Loop& egress, presence::Table& table, fanout::Fanout& fanout)
    : loop_(egress),
      table_(table),
      sink_(&fanout.add("acd", table.capacity(), [this] { loop_.post([this] { presence_changed(); }); })),
      timer_(egress.context()) {}

void AcdDesk::prepare(const config::Configuration& configuration, store::Store& store, calls::AgentDesk desk,
                      Publish publish) {
    store_ = &store;
    desk_ = std::move(desk);
    publish_ = std::move(publish);
    follow_.use(settings_of(configuration), steady_now());
    store.ask<std::vector<acd::Kept>>(loop_, acd::read_kept, [this](Result<std::vector<acd::Kept>> kept) {
        if (!kept) return log::error("acd", "what was done to agents cannot be read", {{"why", kept.error().text}});
        follow_.adopt(std::move(*kept), steady_now());
        turn();
    });
}

void AcdDesk::reload(const config::Configuration& configuration) {
    auto now = steady_now();
    follow_.use(settings_of(configuration), now);
    for (const auto& [line, agent] : agents_)
        follow_.wish(line, wish(line), now); // what is followed may have changed
    turn();
}

void AcdDesk::use_people(std::shared_ptr<const presence::People> people, std::vector<LineBook::Line> lines) {
    people_ = std::move(people);
    lines_ = LineBook(std::move(lines));
    for (const auto& [line, agent] : agents_) {
        follow_.wish(line, wish(line), steady_now());
        tell(line);
    }
    turn();
}

// ---------------------------------------------------------------- what becomes known

std::vector<calls::LineNews> AcdDesk::filter(const std::vector<calls::LineNews>& news) {
    std::vector<calls::LineNews> ours;
    auto concerns_us = [](const calls::LineNews& one) {
        return one.agent != AgentState::none || std::ranges::any_of(one.calls, by_hunt_group);
    };
    for (const auto& one : news)
        if (concerns_us(one) ? (seen_.insert(one.line), true) : seen_.contains(one.line)) ours.push_back(one);
    return ours;
}

void AcdDesk::heard(const std::vector<calls::LineNews>& news) {
    for (const auto& one : news)
        hear(one);
    turn();
}

void AcdDesk::heard(const calls::QueueNews& news) {
    if (queues_.size() < queue_names_max || queues_.contains(news.id)) queues_[news.id] = news;
}

/// Of hunt groups nothing tells but the calls that they hand out. Who has left one is not told either.
bool AcdDesk::hear_groups(const calls::LineNews& news) {
    if (!news.watched) return hunt_groups_.erase(news.line) > 0;
    auto found = hunt_groups_.find(news.line);
    const auto before = found == hunt_groups_.end() ? std::vector<status::HuntGroupView>() : found->second;
    if (found != hunt_groups_.end())
        for (auto& group : found->second)
            group.busy = false;
    for (const auto& call : news.calls) {
        if (!by_hunt_group(call) || (hunt_groups_.size() >= hunt_members_max && found == hunt_groups_.end())) continue;
        if (found == hunt_groups_.end()) found = hunt_groups_.try_emplace(news.line).first;
        auto& groups = found->second;
        auto group = std::ranges::find(groups, call.group, &status::HuntGroupView::id);
        if (group != groups.end())
            group->busy = true;
        else if (groups.size() < hunt_groups_max)
            groups.push_back({call.group, true});
    }
    return found != hunt_groups_.end() && found->second != before;
}

void AcdDesk::hear(const calls::LineNews& news) {
    for (const auto& call : news.calls)
        if (!call.group.empty() && !call.queue.empty() && queue_names_.size() < queue_names_max)
            queue_names_[call.group] = call.queue;
    auto state = news.watched ? news.agent : AgentState::none;
    if (news.stale || (!news.known && news.watched)) return; // what is old is no news
    const bool other_groups = hear_groups(news);
    auto found = agents_.find(news.line);
    bool is_new = found == agents_.end() && state != AgentState::none;
    if (is_new) found = agents_.try_emplace(news.line).first;
    if (found != agents_.end()) found->second.dnd = news.dnd, found->second.talking = talks(news);
    follow_.wish(news.line, wish(news.line), steady_now());
    follow_.heard(news.line, state, steady_now());
    if (state == AgentState::none) {
        if (found == agents_.end()) return;
        found->second = {};
        tell(news.line);
        agents_.erase(found);
        return;
    }
    Agent& agent = found->second;
    if (!is_new && agent.state == state) {
        if (other_groups) tell(news.line);
        return;
    }
    agent.state = state;
    agent.since = is_new ? std::nullopt : std::optional(wall_now());
    agent.code.clear();
    tell(news.line);
    look(news.line);
}

/// Its queues and the code of unavailable, of which no event tells here.
void AcdDesk::look(const std::string& line) {
    auto found = agents_.find(line);
    if (found == agents_.end()) return;
    if (std::exchange(found->second.waits, true)) {
        found->second.again = true;
        return;
    }
    to_ask_.push_back(line);
    ask();
}

void AcdDesk::ask() {
    while (asking_ < asked_at_once && !to_ask_.empty() && desk_.read) {
        auto line = std::move(to_ask_.front());
        to_ask_.pop_front();
        ++asking_;
        desk_.read(line, [this, line](const Result<calls::AgentCard>& card) {
            --asking_;
            take(line, card);
            ask();
        });
    }
}

void AcdDesk::take(const std::string& line, const Result<calls::AgentCard>& card) {
    auto found = agents_.find(line);
    if (found == agents_.end()) return;
    Agent& agent = found->second;
    agent.waits = false;
    if (std::exchange(agent.again, false)) look(line);
    if (!card) return; // at the next look
    agent.queues = card->queues;
    for (const auto& queue : agent.queues)
        if (queues_.size() < queue_names_max && queues_.try_emplace(queue.id, calls::QueueNews{queue.id}).second)
            desk_.watch(line, queue.id);
    if (card->state == agent.state) agent.code = card->code; // else an event is on its way
    tell(line);
}

// ---------------------------------------------------------------- presence

std::optional<acd::Wish> AcdDesk::wish(const std::string& line) const {
    using presence::TeamsState;
    // Whom Teams has not told of since the start is not in Teams at all, once it had its time.
    bool just_started = steady_now() - started_ < follow_.settings().hold;
    std::vector<std::optional<TeamsState>> teams;
    for (presence::Slot person : lines_.persons_of(line)) {
        if (!people_->listed(person)) continue;
        auto read = table_.read(person);
        auto report = read.teams();
        bool silent =
            read.said(presence::Source::teams) ? report.stale || report.state == TeamsState::unknown : just_started;
        teams.push_back(silent ? std::nullopt : std::optional(report.state));
    }
    acd::Seen seen{.teams = teams};
    if (auto found = agents_.find(line); found != agents_.end())
        seen.dnd = found->second.dnd, seen.talking = found->second.talking;
    return acd::wish_of(follow_.settings().followed, seen);
}

void AcdDesk::presence_changed() {
    sink_->drain([this](presence::Slot person) {
        for (const auto& line : lines_.of(person)) {
            if (!agents_.contains(line.id) && !follow_.holds(line.id)) continue;
            follow_.wish(line.id, wish(line.id), steady_now());
            tell(line.id);
        }
    });
    turn();
}

// ---------------------------------------------------------------- what people see

status::AgentView AcdDesk::view(const std::string& line, const Agent& agent, presence::Slot person) const {
    status::AgentView shown{.person = person, .line = line, .state = agent.state};
    shown.code = agent.code;
    shown.since = agent.since;
    for (const auto& queue : agent.queues) {
        auto name = queue_names_.find(queue.id);
        shown.queues.push_back({queue.id, name == queue_names_.end() ? std::string() : name->second, queue.joined});
    }
    auto status = table_.verdict(person).conclusion.status;
    bool undisturbed = status == presence::Status::do_not_disturb || status == presence::Status::in_meeting;
    shown.conflict = undisturbed && agent.state == AgentState::available;
    shown.followed = follow_.holds(line);
    if (auto groups = hunt_groups_.find(line); groups != hunt_groups_.end()) shown.hunt_groups = groups->second;
    return shown;
}

void AcdDesk::tell(const std::string& line) {
    auto found = agents_.find(line);
    if (found == agents_.end()) return;
    auto persons = lines_.persons_of(line);
    std::erase_if(persons, [this](presence::Slot one) { return !people_->listed(one); });
    std::vector<std::string> events;
    for (presence::Slot person : persons)
        events.push_back(status::to_json(view(line, found->second, person), people_->person(person).id));
    auto all = fmt::format("{}", fmt::join(events, "\n")); // what one of them sees may have changed alone
    if (std::exchange(told_[line], all) == all) return;
    for (std::size_t i = 0; i < persons.size(); ++i)
        publish_(persons[i], std::move(events[i]));
    if (found->second.state == AgentState::none) told_.erase(line);
}

std::vector<status::AgentView> AcdDesk::agents() const {
    std::vector<status::AgentView> all;
    for (const auto& [line, agent] : agents_)
        for (presence::Slot person : lines_.persons_of(line))
            if (people_->listed(person)) all.push_back(view(line, agent, person));
    return all;
}

std::vector<status::QueueView> AcdDesk::queues() const {
    std::vector<status::QueueView> all;
    for (const auto& [id, news] : queues_)
        all.push_back({id, news.waiting, news.oldest});
    return all;
}

std::vector<status::HuntMemberView> AcdDesk::hunt_groups() const {
    std::vector<status::HuntMemberView> all;
    for (const auto& [line, groups] : hunt_groups_)
        for (presence::Slot person : lines_.persons_of(line)) {
            if (!people_->listed(person)) continue;
            for (const auto& group : groups) {
                auto itself = lines_.persons_of(group.id);
                auto name = itself.empty() || !people_->listed(itself.front())
                                ? std::string()
                                : std::string(people_->person(itself.front()).name);
                all.push_back({person, line, group, std::move(name)});
            }
        }
    return all;
}

std::optional<status::AdapterView> AcdDesk::adapter() const {
    auto problems = follow_.problems();
    if (!follow_.on() && follow_.held() == 0) return std::nullopt;
    status::AdapterView view;
    view.name = "acd";
    view.state = problems.empty() ? "up" : "degraded";
    if (!problems.empty()) view.last_error = problems.front();
    for (auto& one : problems)
        if (view.problems.size() < 10) view.problems.push_back("acd: " + std::move(one)); // the rest says the same
    return view;
}

// ---------------------------------------------------------------- what is done

void AcdDesk::turn() {
    if (turning_ || !desk_.write) return;
    turning_ = true;
    auto now = steady_now();
    for (auto actions = follow_.turn(now); !actions.empty(); actions = follow_.turn(now))
        for (auto& action : actions)
            perform(std::move(action));
    turning_ = false;
    if (now >= look_again_) {
        look_again_ = now + look_every;
        for (const auto& [line, agent] : agents_)
            look(line);
    }
    schedule();
}

void AcdDesk::perform(acd::Follow::Action action) {
    using Verb = acd::Follow::Action::Verb;
    auto line = action.line;
    auto on_disk = [this, line](const Result<void>& done) {
        if (!done) log::error("acd", "the disk does not take what is done to agents", {{"why", done.error().text}});
        follow_.saved(line, done.has_value(), steady_now());
        turn();
    };
    switch (action.verb) {
    case Verb::save:
        return store_->submit(
            loop_, [kept = std::move(action.kept)](store::Database& disk) { return acd::put(disk, kept); }, on_disk);
    case Verb::erase:
        return store_->submit(loop_, [line](store::Database& disk) { return acd::drop(disk, line); }, on_disk);
    case Verb::write:
        log::info("acd", "an agent follows the person's presence", {{"to", presence::name(action.state)}});
        return desk_.write(line, action.state, std::move(action.code), [this, line](const Result<void>& done) {
            follow_.wrote(line, done, steady_now());
            turn();
            tell(line);
        });
    case Verb::read:
        return desk_.read(line, [this, line](const Result<calls::AgentCard>& card) {
            follow_.read(line, card, steady_now());
            turn();
            tell(line);
        });
    }
}

void AcdDesk::schedule() {
    timer_.expires_at(std::min({follow_.wake_at(), look_again_, steady_now() + wake_longest}));
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) turn();
    });
}

} // namespace lamp
