#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <malloc.h>
#include <span>
#include <unordered_map>
#include <utility>

#include "app/access_ports.hpp"
#include "app/change_words.hpp"
#include "app/daemon.hpp"
#include "app/directory_roll.hpp"
#include "app/line_numbers.hpp"
#include "app/options.hpp"
#include "base/log.hpp"
#include "config/reload.hpp"
#include "roster/people_file.hpp"
#include "scripts/options.hpp"

namespace lamp {
namespace {

roster::DirectoryUser as_user(const xsi::DirectoryEntry& entry) {
    auto name = entry.first_name + (entry.first_name.empty() || entry.last_name.empty() ? "" : " ") + entry.last_name;
    return {entry.user_id,   name,
            entry.email,     entry.number,
            entry.extension, entry.department.empty() ? entry.group : entry.department,
            entry.group};
}

} // namespace

// --- who is watched
/// The people of the file, or nothing when there is none or it became unreadable under our hands.
std::optional<std::vector<presence::PersonRow>> Daemon::read_file() {
    const auto& file = configuration_->get<PeopleOptions>().file;
    if (file.empty()) return std::vector<presence::PersonRow>();
    std::ifstream stream(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    auto reading = roster::read_people(text);
    if (reading.usable()) return std::move(reading.people);
    log::error("app", "the people file cannot be used; people stay as they were", {{"file", file.string()}});
    return std::nullopt;
}

/// Only the directory knows them. Phones are watched by numbers and extensions, calls are diverted to them, Zoho is
/// told whose number was called, scripts name the device, the bot in Teams has a button for each.
bool Daemon::wants_numbers() const {
    return phones_.on() || Diversions::wanted(*configuration_) || adapters_.zoho() != nullptr || bot_connector_ ||
           !configuration_->all<scripts::ScriptOptions>().empty();
}

// At start and at a reload. Directories are big and seldom wanted: they are fetched, used and forgotten.
void Daemon::load_people() {
    auto people = read_file();
    if (!people) return;
    bool numbers = roster::needs_directory(*people);
    bool waits = false;
    for (std::size_t i = 0; i < platforms_.size(); ++i) {
        infos_[i].discover = discovers(platforms_[i]->options());
        if (!infos_[i].discover && !numbers && !wants_numbers()) continue;
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

void Daemon::take_directory(std::size_t platform, const std::vector<xsi::DirectoryEntry>& entries) {
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
void Daemon::compose(std::vector<presence::PersonRow> file_people, bool directories_in) {
    std::vector<xsi::Assignment> assignments;
    Diversions::Known known{directories_in, everybody_known(file_people)};
    std::unordered_set<std::string> of_file;
    for (const auto& row : file_people)
        of_file.insert(row.id);
    auto roster = roster::compose(std::move(file_people), infos_);
    auto people = presence::People::build(roster.people, people_.get());
    if (!people) {
        log::error("app", "the roster cannot be used; people stay as they were", {{"why", people.error().text}});
        return;
    }
    people_ = *people;
    listed_ = people_;
    auto unresolved = roster.problems.size();
    assignments.reserve(roster.lines.size());
    auto names = line_names(roster);
    auto plan = numbers::DialPlan::build(line_numbers(roster, infos_, number_formats()),
                                         configuration_->get<DaemonOptions>().country);
    auto phone_lines = line_rows(roster, infos_, *people_);
    tell_diversions(phone_lines, plan, known);
    directory_.use_roll(directory_roll(people_, phone_lines, infos_, of_file, *plan, directories_in));
    privacy_->use_private(private_calls());
    history_.use_people(owners(phone_lines, roster));
    if (callers_.scripted()) callers_.use_phonebook(phonebook(phone_lines, *plan));
    if (phones_.on()) phones_.use_people(people_, std::move(phone_lines));
    for (auto& line : roster.lines)
        if (auto slot = people_->find(roster.people[line.row].id))
            assignments.push_back({std::move(line.line), *slot, line.platform});
    service_->use_people(people_);
    egress_.post([this, people = people_, names = std::move(names)] {
        adapters_.use_people(people, names);
        notices_.use_people(people);
    });
    ingress_.post(
        [this, people = people_, assignments = std::move(assignments), problems = std::move(roster.problems), plan] {
            roster_problems_ = problems;
            calls_.use_plan(plan);
            assign(people, assignments);
        });
    // Some were asked of the wrong platform. Behind the assignment, or they would be once more.
    if (known.numbers && !std::exchange(numbers_known_, true)) egress_.post([this] { diversions_.lost_track(); });
    log::info("app", "people", {{"people", people_->size()}, {"unresolved", unresolved}});
}

/// Whether no directory is awaited that could still bring people, or say whose line a number is.
bool Daemon::everybody_known(const std::vector<presence::PersonRow>& file_people) const {
    bool numbers = roster::needs_directory(file_people);
    for (std::size_t i = 0; i < infos_.size(); ++i)
        if (directories_[i] == Directory::awaited && (infos_[i].discover || numbers)) return false;
    return true;
}

void Daemon::tell_diversions(const std::vector<sip::LineRow>& rows,
                             const std::shared_ptr<const numbers::DialPlan>& plan, Diversions::Known known) {
    std::vector<Diversions::Line> lines;
    for (const auto& row : rows)
        for (presence::Slot person : row.persons)
            lines.push_back({person, row.id, row.extension.empty() ? row.number : row.extension});
    egress_.post([this, people = people_, lines = std::move(lines), plan, known]() mutable {
        acd_.use_people(people, lines);
        diversions_.use_people(people, std::move(lines), plan, known);
    });
}

std::vector<numbers::Format> Daemon::number_formats() const {
    std::vector<numbers::Format> formats;
    for (const auto& platform : platforms_)
        formats.push_back(platform->options().number_format);
    return formats;
}

/// What adapters may know people's lines by: user ids, and behind each the number and extension that the
/// directory gives it.
std::vector<fanout::LineName> Daemon::line_names(const roster::Roster& roster) const {
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
std::vector<xsi::Actions*> Daemon::actions_for(const std::string& line) {
    if (auto found = lines_.find(line)) return {&platforms_.at(lines_.platform(*found))->diverting()};
    std::vector<xsi::Actions*> all;
    for (bool same : {true, false})
        for (const auto& platform : platforms_)
            if ((domain_of(platform->options().username) == domain_of(line)) == same)
                all.push_back(&platform->diverting());
    return all;
}

std::shared_ptr<const scripts::Phonebook> Daemon::phonebook(const std::vector<sip::LineRow>& rows,
                                                            const numbers::DialPlan& plan) const {
    auto book = std::make_shared<scripts::Phonebook>();
    for (const auto& row : rows) {
        scripts::Party party{row.number, {}, row.extension};
        if (auto normal = plan.normal(row.id, row.number)) party.number = std::move(*normal);
        if (!row.persons.empty()) party.name = people_->person(row.persons.front()).name;
        if (!party.number.empty()) book->by_number.emplace(party.number, party);
        book->by_line.emplace(row.id, std::move(party));
    }
    return book;
}

std::shared_ptr<const records::Owners> Daemon::owners(const std::vector<sip::LineRow>& rows,
                                                      const roster::Roster& roster) const {
    std::unordered_map<std::string_view, std::uint8_t> platforms;
    for (const auto& line : roster.lines)
        platforms.try_emplace(line.line, line.platform);
    auto owners = std::make_shared<records::Owners>();
    std::vector<std::string_view> persons;
    for (const auto& row : rows) {
        persons.clear();
        for (auto slot : row.persons)
            persons.push_back(people_->person(slot).id);
        auto platform = platforms.find(row.id);
        owners->add(row.id, platform == platforms.end() ? "" : infos_.at(platform->second).name, persons);
    }
    return owners;
}

std::shared_ptr<const calls::PrivateCalls> Daemon::private_calls() const {
    auto found = std::make_shared<calls::PrivateCalls>();
    for (const auto& id : configuration_->get<privacy::PrivacyOptions>().private_calls) {
        found->add_person(id);
        if (auto slot = people_ ? people_->find(id) : std::nullopt)
            people_->for_lines(*slot, [&](std::string_view line) { found->add_line(line); });
    }
    return found;
}

void Daemon::assign(const std::shared_ptr<const presence::People>& people,
                    const std::vector<xsi::Assignment>& assignments) {
    desk_.use_people(people);
    auto watch = [this](std::span<const xsi::Assignment> all) {
        std::vector<xsi::LineIndex> added;
        std::vector<xsi::LineIndex> removed;
        lines_.assign(all, added, removed);
        for (auto& platform : platforms_)
            platform->watch(added, removed);
    };
    // Until all directories are in, a line's platform is guessed. Where it was guessed wrongly the line leaves that
    // platform before it comes to the other one.
    auto moves = [this](const xsi::Assignment& one) {
        auto line = lines_.find(one.line);
        return line && lines_.watched(*line) && lines_.platform(*line) != one.platform;
    };
    if (std::ranges::any_of(assignments, moves)) {
        auto staying = assignments;
        std::erase_if(staying, moves);
        watch(staying);
    }
    watch(assignments);
    ::malloc_trim(0); // a large roster's raw material is gone for good
}

// --- reload
void Daemon::apply_rules() {
    const auto& options = configuration_->get<PresenceOptions>();
    auto rules = presence::Rules::parse(options.rules, options.follow_acd);
    if (!rules) return; // checked with the configuration
    auto slots = people_ ? people_->slots() : 0;
    table_.replace_rules(std::move(*rules), slots, wall_now(),
                         [this](const presence::Change& change) { fanout_.publish(change.slot); });
}

status::ReloadView Daemon::reload(const std::string& by) {
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
        auto before = std::exchange(configuration_, answer.reloaded->running);
        put_in_force();
        note_change(*store_, control_,
                    {.at = {},
                     .who = by,
                     .what = "reloaded",
                     .subject = "configuration",
                     .before = values_of(*before, answer.reloaded->applied),
                     .after = values_of(*configuration_, answer.reloaded->applied)});
        log::info("config", "reloaded",
                  {{"applied", fmt::format("{}", fmt::join(view.applied, ", "))},
                   {"needs_restart", fmt::format("{}", fmt::join(view.needs_restart, ", "))}});
    } else {
        log::error("config", "the new configuration has mistakes; nothing was changed");
        note_change(
            *store_, control_,
            {.at = {}, .who = by, .what = "reload_refused", .subject = "configuration", .before = {}, .after = {}});
    }
    supervisor_.ready(answer.reloaded ? "reloaded" : "running on the configuration before; the new one has mistakes");
    return view;
}

void Daemon::put_in_force() {
    log::set_level(configuration_->get<DaemonOptions>().log_level);
    privacy_->use_options(configuration_->get<privacy::PrivacyOptions>());
    privacy_->use_private(private_calls()); // people who are new come with them, perhaps much later
    apply_rules();
    if (auto access = service_->use_access(access_options()); !access)
        log::error("app", "tokens and roles stay as they were", {{"why", access.error().text}});
    egress_.post([this, configuration = configuration_] {
        diversions_.reload(*configuration);
        acd_.reload(*configuration);
        adapters_.reload(*configuration);
    });
    callers_.reload(*configuration_);
    load_people(); // behind it: what is new hears of people and their lines
    phones_.reload(*configuration_);
    certificates_.renew();
    ingress_.post([this] {
        for (auto& platform : platforms_)
            platform->retry_now();
    });
}

} // namespace lamp
