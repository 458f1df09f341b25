#include "app/diversions.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "adapters/calendars/options.hpp"
#include "app/diversion_views.hpp"
#include "app/options.hpp"
#include "base/log.hpp"
#include "base/zones.hpp"
#include "forwarding/rows.hpp"

namespace lamp {
namespace {

using forwarding::Claim;
using forwarding::Source;
using forwarding::Stored;
using MeetingVerb = forwarding::SmartBusy::Order::Verb;
using Verb = forwarding::Reconciler::Verb;

constexpr milliseconds hold{10'000}; // for the directories, at the start
constexpr milliseconds longest_wait{60'000};
constexpr milliseconds disk_patience{60'000}; // at the start, which fails without it

/// Claims of SmartBusy are named by source and person: two people of one line may both be in a meeting.
std::string claim_name(meetings::Source source, std::string_view person) {
    return fmt::format("{} {}", name(source), person);
}

struct MeetingClaim {
    meetings::Source source;
    std::string person;
};
std::optional<MeetingClaim> read_claim_name(std::string_view text) {
    auto blank = text.find(' ');
    auto source = meetings::source_named(text.substr(0, blank));
    if (!source || blank == std::string_view::npos) return std::nullopt;
    return MeetingClaim{*source, std::string(text.substr(blank + 1))};
}

std::string_view owner_of(std::string_view claim) {
    return claim.substr(0, std::min(claim.find('/'), claim.size()));
}

std::set<meetings::Source> counted(const std::vector<std::string>& words) {
    std::set<meetings::Source> sources;
    for (const auto& word : words)
        if (auto source = meetings::source_named(word)) sources.insert(*source);
    return sources;
}

forwarding::SmartBusySettings smartbusy_of(const config::Configuration& configuration) {
    const auto* section = configuration.find<forwarding::SmartBusyOptions>();
    return section ? section->settings() : forwarding::SmartBusySettings();
}

} // namespace

// ---------------------------------------------------------------- start and end

Diversions::Diversions(Loop& egress, LineSettings& settings, presence::Table& table, fanout::Fanout& fanout)
    : loop_(egress),
      settings_(settings),
      table_(table),
      fanout_(fanout),
      plan_(numbers::DialPlan::build({}, "NL")),
      forwardings_({}, dialling()),
      smartbusy_({}),
      timer_(egress.context()) {}

Result<void> Diversions::prepare(const config::Configuration& configuration, store::Store& store, Publish publish) {
    store_ = &store;
    publish_ = std::move(publish);
    if (auto zone = Zones().find(configuration.get<DaemonOptions>().timezone)) zone_ = std::move(*zone);
    auto shown = counted(configuration.get<PresenceOptions>().meetings);
    shown.insert(meetings::Source::calendar); // each [[calendar]] says so itself
    gathering_ = meetings::Gathering(shown);
    configure(configuration);
    auto lines = read_disk();
    if (!lines) return std::unexpected(lines.error());
    for (const Stored& stored : *lines)
        for (const Claim& claim : stored.claims) {
            if (claim.source == Source::smartbusy) left_by_smartbusy_.emplace_back(stored.line, claim);
            if (claim.source == Source::calendar)
                calendars_[std::string(owner_of(claim.name))].insert({stored.line, claim.name});
        }
    if (!lines->empty()) log::info("forwarding", "lines of an earlier run", {{"lines", lines->size()}});
    forwardings_.load(std::move(*lines), now());
    return {};
}

Result<std::vector<Stored>> Diversions::read_disk() {
    auto lines = store_->ask_now<std::vector<Stored>>(
        [](store::Database& disk) {
            std::vector<std::string> broken;
            auto found = forwarding::read_lines(disk, broken);
            for (const auto& row : broken)
                log::error("forwarding", "a row on disk cannot be read and is left out", {{"row", row}});
            return found;
        },
        disk_patience);
    if (lines) return lines;
    return fail(lines.error().category,
                fmt::format("The forwardings of an earlier run cannot be read: {}", lines.error().text));
}

bool Diversions::wanted(const config::Configuration& configuration) {
    return configuration.find<forwarding::SmartBusyOptions>() != nullptr ||
           !configuration.all<calendars::CalendarOptions>().empty();
}

void Diversions::configure(const config::Configuration& configuration) {
    calendars_wanted_ = !configuration.all<calendars::CalendarOptions>().empty();
    smartbusy_wanted_ = configuration.find<forwarding::SmartBusyOptions>() != nullptr;
    wanted_ = wanted(configuration);
    forwardings_.use_rules(configuration.get<forwarding::ForwardingOptions>().rules(), now());
    smartbusy_.use(smartbusy_of(configuration), smartbusy_now());
}

void Diversions::reload(const config::Configuration& configuration) {
    configure(configuration);
    if (!calendars_wanted_) keep_owners({});
    turn();
}

void Diversions::use_people(std::shared_ptr<const presence::People> people, std::vector<Line> lines,
                            std::shared_ptr<const numbers::DialPlan> plan, Known known) {
    people_ = std::move(people);
    people_known_ = known.people;
    lines_ = LineBook(std::move(lines));
    numbers_by_name_.reset();
    auto at = smartbusy_now();
    for (presence::Slot slot = 0; slot < people_->slots(); ++slot) {
        auto person = people_->person(slot);
        if (!people_->listed(slot))
            smartbusy_.forget(person.id, at);
        else if (smartbusy_wanted_) // else nobody asks, and 100 000 people are many
            smartbusy_.folder(person.id, std::string(person.folder), at);
    }
    use_plan(std::move(plan));
    if (known.numbers || begun_) return begin();
    if (hold_until_ == Steady::max()) hold_until_ = steady_now() + hold;
    schedule();
}

void Diversions::use_plan(std::shared_ptr<const numbers::DialPlan> plan) {
    plan_ = std::move(plan);
    forwardings_.use_dialling(dialling(), now());
}

forwarding::Dialling Diversions::dialling() const {
    return {.normal = [plan = plan_](std::string_view line,
                                     std::string_view written) { return plan->normal(line, written); },
            .platform = [plan = plan_](std::string_view line,
                                       std::string_view normal) { return plan->platform(line, normal); },
            .line_of = [plan = plan_](std::string_view line,
                                      std::string_view normal) { return plan->line_of(line, normal); },
            .country = plan_->country()};
}

// From now on things are written; and again whenever the roster has changed.
void Diversions::begin() {
    begun_ = true;
    if (stopping_) return;
    adopt();
    if (people_known_) drop_strangers();
    for (auto& [person, meeting] : diverted_by_meeting_)
        place(meeting);
    if (!calendars_wanted_) keep_owners({}); // of an earlier configuration
    turn();
}

// Meetings of an earlier run are held like those whose source has just gone silent, until it says more. Whoever is
// nobody's any more is given back; who that is, only a complete directory knows.
void Diversions::adopt() {
    std::erase_if(left_by_smartbusy_, [this](const auto& left) {
        const auto& [line, claim] = left;
        auto said = read_claim_name(claim.name);
        auto slot = said ? people_->find(said->person) : std::nullopt;
        if (!slot || !people_->listed(*slot)) {
            if (people_known_) forwardings_.drop(line, Source::smartbusy, claim.name, now());
            return people_known_;
        }
        auto [at, fresh] = diverted_by_meeting_.try_emplace(said->person);
        if (fresh) {
            at->second.begun = {MeetingVerb::begin, said->person, said->source, claim.to, claim.from};
            smartbusy_.adopt(said->person, said->source, claim.to, claim.from, smartbusy_now());
        }
        at->second.claims.insert({line, claim.name});
        return true;
    });
}

void Diversions::drop_strangers() {
    for (const auto& line : forwardings_.lines())
        if (!lines_.contains(line)) forwardings_.drop_all(line, now());
}

void Diversions::shut_down(milliseconds limit, std::function<void()> done) {
    stopping_ = true;
    stopped_ = std::move(done);
    stop_by_ = steady_now() + limit;
    begun_ = true;
    forwardings_.give_back(now());
    turn();
}

// ---------------------------------------------------------------- the loop

forwarding::Now Diversions::now() {
    return {steady_now(), wall_now()};
}

forwarding::SmartBusy::Now Diversions::smartbusy_now() const {
    auto wall = wall_now();
    return {steady_now(), wall, zone_.minute_of_week(wall)};
}

void Diversions::turn() {
    if (std::exchange(turning_, true)) {
        again_ = true;
        return;
    }
    do {
        again_ = false;
        show_meetings();
        if (!begun_ && steady_now() >= hold_until_) begin();
        if (!begun_) break;
        if (!stopping_)
            while (auto order = smartbusy_.next(smartbusy_now()))
                perform(*std::move(order));
        while (auto action = forwardings_.next(now()))
            perform(std::move(*action));
        write_audit();
        tell_changes();
    } while (again_);
    turning_ = false;
    if (stopped_ && (forwardings_.counts().diverted == 0 || steady_now() >= stop_by_)) {
        if (auto left = forwardings_.counts().diverted; left != 0)
            log::warning("forwarding", "lines are still diverted; the next start sees to them", {{"lines", left}});
        return std::exchange(stopped_, {})();
    }
    schedule();
}

void Diversions::schedule() {
    auto wake = std::min(gathering_.wake_at(), begun_ ? forwardings_.wake_at() : hold_until_);
    if (begun_) wake = std::min(wake, smartbusy_.wake_at());
    if (stopped_) wake = std::min(wake, stop_by_);
    timer_.expires_at(std::min(wake, steady_now() + longest_wait));
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) turn();
    });
}

void Diversions::perform(forwarding::SmartBusy::Order order) {
    auto at = diverted_by_meeting_.try_emplace(order.person).first;
    bool over = order.verb == MeetingVerb::end;
    at->second.begun = std::move(order);
    if (!over) return place(at->second);
    for (const OwnClaim& claim : at->second.claims)
        forwardings_.drop(claim.line, Source::smartbusy, claim.name, now());
    diverted_by_meeting_.erase(at);
}

// The claims of a meeting stand on the lines that its person has now, and on no others. Lines that the directory may
// still bring keep theirs.
void Diversions::place(Meeting& meeting) {
    const auto& begun = meeting.begun;
    auto name = claim_name(begun.source, begun.person);
    auto slot = people_->find(begun.person);
    std::set<OwnClaim> claims;
    for (const Line& line : slot ? lines_.of(*slot) : std::span<const Line>()) {
        Claim claim{.source = Source::smartbusy, .name = name, .to = begun.to, .from = begun.from};
        if (auto put = forwardings_.put(line.id, std::move(claim), now()); put)
            claims.insert({line.id, name});
        else
            log::warning("forwarding", "a meeting cannot divert its line", {{"why", put.error().text}});
    }
    for (const OwnClaim& claim : meeting.claims) {
        if (claims.contains(claim)) continue;
        if (people_known_ || claim.name != name)
            forwardings_.drop(claim.line, Source::smartbusy, claim.name, now());
        else
            claims.insert(claim);
    }
    meeting.claims = std::move(claims);
}

void Diversions::perform(forwarding::Forwardings::Action action) {
    switch (action.verb) {
    case Verb::save:
        store_->submit(
            loop_, [stored = std::move(action.stored)](store::Database& disk) { return put_line(disk, stored); },
            [this, line = action.line](const Result<void>& done) {
                if (!done) ++disk_failures_;
                disk_problem_ = done ? std::string() : done.error().text;
                forwardings_.saved(line, done, now());
                turn();
            });
        break;
    case Verb::read:
        settings_.read(loop_, action.line, action.parts,
                       [this, line = action.line](const Result<forwarding::Setting>& found) {
                           forwardings_.read(line, found, now());
                           turn();
                       });
        break;
    case Verb::write:
        settings_.write(loop_, action.line, action.parts, std::move(action.setting),
                        [this, line = action.line](const Result<void>& done) {
                            forwardings_.written(line, done, now());
                            turn();
                        });
        break;
    }
}

void Diversions::write_audit() {
    auto entries = forwardings_.take_audit();
    if (entries.empty()) return;
    for (const auto& entry : entries)
        log::debug("forwarding", name(entry.what), {{"line", entry.line}, {"who", entry.who}, {"text", entry.text}});
    store_->submit(
        loop_, [entries = std::move(entries)](store::Database& disk) { return put_audit(disk, entries); },
        [this](const Result<void>& done) { disk_problem_ = done ? std::string() : done.error().text; });
}

void Diversions::tell_changes() {
    std::set<presence::Slot> persons;
    for (const auto& line : forwardings_.take_changed())
        for (presence::Slot person : lines_.persons_of(line))
            persons.insert(person);
    if (publish_)
        for (presence::Slot person : persons)
            publish_(view(person));
}

void Diversions::show_meetings() {
    for (const auto& change : gathering_.changes(steady_now())) {
        auto wall = wall_now();
        presence::Cell cell = presence::packing::pack_time(wall) | presence::packing::field(change.in_meeting, 0) |
                              presence::packing::field(1, 1);
        if (table_.report(change.slot, presence::Source::meetings, cell, wall)) fanout_.publish(change.slot);
    }
}

// ---------------------------------------------------------------- what it is told

void Diversions::heard(const std::string& line, const forwarding::Always& always) {
    forwardings_.heard(line, always, now());
    turn();
}

void Diversions::lost_track() {
    forwardings_.lost_track(now());
    turn();
}

meetings::Listener Diversions::listener() {
    return {.heard = [this](const meetings::News& news) { hear(news); },
            .lost =
                [this](meetings::Source source) {
                    gathering_.lost(source);
                    smartbusy_.lost(source, smartbusy_now());
                    turn();
                }};
}

void Diversions::hear(const meetings::News& news) {
    if (news.slot >= people_->slots() || !people_->listed(news.slot)) return;
    auto at = smartbusy_now();
    gathering_.heard(news, at.steady);
    if (smartbusy_wanted_ && news.source != meetings::Source::calendar)
        smartbusy_.heard(people_->person(news.slot).id, news.source, news.meeting, news.happened,
                         at.steady + news.fresh_for, at);
    // Teams tells of everybody at once: one turn for all of them.
    if (std::exchange(turn_posted_, true)) return;
    loop_.post([this] {
        turn_posted_ = false;
        turn();
    });
}

forwarding::Desk Diversions::desk() {
    forwarding::Desk desk;
    desk.replace = [this](std::string_view owner, std::vector<forwarding::LineClaim> all) {
        replace(owner, std::move(all));
    };
    desk.owners = [this](const std::vector<std::string>& owners) { keep_owners(owners); };
    desk.check = [this](std::string_view line, std::string_view to) { return forwardings_.check(line, to); };
    desk.view = [this](std::string_view line) { return forwardings_.view(line); };
    desk.number_of = [this](std::string_view, std::string_view name) { return number_of(name); };
    return desk;
}

void Diversions::replace(std::string_view owner, std::vector<forwarding::LineClaim> all) {
    std::set<OwnClaim> wanted;
    for (auto& one : all) {
        OwnClaim key{one.line, one.claim.name};
        if (auto put = forwardings_.put(one.line, std::move(one.claim), now()); put)
            wanted.insert(std::move(key));
        else
            log::warning("forwarding", "an appointment cannot divert its line",
                         {{"calendar", owner}, {"why", put.error().text}});
    }
    auto& had = calendars_[std::string(owner)];
    for (const OwnClaim& claim : had)
        if (!wanted.contains(claim)) forwardings_.drop(claim.line, Source::calendar, claim.name, now());
    had = std::move(wanted);
    turn();
}

void Diversions::keep_owners(const std::vector<std::string>& owners) {
    std::erase_if(calendars_, [&](const auto& calendar) {
        if (std::ranges::find(owners, calendar.first) != owners.end()) return false;
        for (const OwnClaim& claim : calendar.second)
            forwardings_.drop(claim.line, Source::calendar, claim.name, now());
        return true;
    });
    turn();
}

std::optional<std::string> Diversions::number_of(std::string_view name) const {
    if (!numbers_by_name_) numbers_by_name_ = numbers_by_name();
    auto found = numbers_by_name_->find(presence::fold(name));
    if (found == numbers_by_name_->end() || found->second.empty()) return std::nullopt;
    return found->second;
}

std::unordered_map<std::string, std::string> Diversions::numbers_by_name() const {
    std::unordered_map<std::string, std::string> numbers;
    for (presence::Slot slot : people_->order()) {
        auto lines = lines_.of(slot);
        if (lines.empty() || lines.front().number.empty()) continue;
        auto person = people_->person(slot);
        for (std::string_view name : {person.id, person.name}) {
            auto [at, fresh] = numbers.try_emplace(presence::fold(name), lines.front().number);
            if (!fresh && at->second != lines.front().number) at->second.clear();
        }
    }
    return numbers;
}

// ---------------------------------------------------------------- what people ask

Result<status::PersonForwarding> Diversions::forward(const status::ForwardRequest& request) {
    auto all = lines_.of(request.person);
    if (all.empty()) return fail(Category::conflict, "This person has no line.");
    std::vector<std::string> lines;
    for (const Line& line : all)
        if (request.line.empty() || request.line == line.id) lines.push_back(line.id);
    if (lines.empty()) return fail(Category::not_found, fmt::format("This person has no line {}.", request.line));
    auto at = now();
    if (!request.to.empty())
        for (const auto& line : lines)
            if (auto may = forwardings_.check(line, request.to); !may) return std::unexpected(may.error());
    for (const auto& line : lines) {
        note_operator(line, request);
        if (request.to.empty()) {
            forwardings_.drop(line, Source::operator_, "", at);
            continue;
        }
        Claim claim{.source = Source::operator_,
                    .name = "",
                    .to = request.to,
                    .from = request.from.value_or(at.wall),
                    .until = request.until};
        if (auto put = forwardings_.put(line, std::move(claim), at); !put) {
            turn(); // of the lines before it
            return std::unexpected(put.error());
        }
    }
    turn();
    return view(request.person);
}

void Diversions::note_operator(const std::string& line, const status::ForwardRequest& request) {
    using What = forwarding::AuditEntry::What;
    auto text = request.to.empty() ? std::string("asks for no forwarding any more")
                                   : fmt::format("asks for calls to go to {}{}", request.to,
                                                 request.until ? " until " + rfc3339(*request.until) : "");
    note(line, request.to.empty() ? What::claim_ended : What::claim_began, request.by, std::move(text));
}

void Diversions::note(const std::string& line, forwarding::AuditEntry::What what, const std::string& by,
                      std::string text) {
    forwarding::AuditEntry entry{wall_now(), line, what, by.empty() ? "operator" : "operator " + by, std::move(text)};
    store_->submit(
        loop_, [entry = std::vector{std::move(entry)}](store::Database& disk) { return put_audit(disk, entry); },
        [](const Result<void>&) {});
}

status::PersonForwarding Diversions::view(presence::Slot person, const std::vector<std::string>& heard) const {
    auto shown = view_of(forwardings_, lines_, person, heard);
    shown.busy_on_busy = forwarding::busy_on_busy(false);
    if (smartbusy_wanted_ && person < people_->slots())
        if (auto meeting = smartbusy_.view(people_->person(person).id, smartbusy_now())) {
            shown.smartbusy = meeting->reason;
            shown.busy_on_busy = forwarding::busy_on_busy(meeting->follows_teams);
        }
    return shown;
}

std::vector<status::PersonForwarding> Diversions::views() const {
    std::vector<status::PersonForwarding> all;
    for (presence::Slot person : concerned(forwardings_, lines_, *people_)) {
        auto one = view(person);
        std::erase_if(one.lines, is_at_rest);
        if (!one.lines.empty()) all.push_back(std::move(one));
    }
    return all;
}

void Diversions::audit(std::string line, std::size_t most, std::function<void(std::vector<status::AuditView>)> reply) {
    read_audit_views(*store_, loop_, std::move(line), most, std::move(reply));
}

std::optional<status::AdapterView> Diversions::adapter() const {
    if (!wanted_ && forwardings_.counts().lines == 0) return std::nullopt;
    return adapter_view(forwardings_, disk_problem_);
}

std::vector<fanout::Metric> Diversions::metrics() const {
    if (!wanted_ && forwardings_.counts().lines == 0) return {};
    return forwarding_metrics(forwardings_, disk_failures_);
}

} // namespace lamp
