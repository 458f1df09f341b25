#include "adapters/calendars/calendars.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "adapters/calendars/calendar.hpp"
#include "adapters/calendars/lines.hpp"
#include "base/log.hpp"

namespace lamp::calendars {
namespace {

constexpr milliseconds clock_look{60'000};   // how soon a clock that was set is noticed
constexpr milliseconds consent_look{15'000}; // how soon a login is noticed
constexpr milliseconds first_gap{20};        // between the first readings of all calendars
constexpr milliseconds first_spread{10'000};
constexpr std::size_t numbers_kept = 10'000;

bool same(const std::vector<forwarding::LineClaim>& left, const std::vector<forwarding::LineClaim>& right) {
    return std::ranges::equal(left, right, [](const auto& one, const auto& other) {
        return one.line == other.line && one.claim == other.claim;
    });
}

/// What only a person can put right.
bool needs_somebody(Category category) {
    return category == Category::unauthorised || category == Category::forbidden || category == Category::not_found ||
           category == Category::invalid || category == Category::limit;
}

/// The service was there, and the calendar is none that we may read.
bool refuses(Category category) {
    return category == Category::unauthorised || category == Category::forbidden || category == Category::not_found;
}

} // namespace

Calendars::Calendars(Loop& loop, Wanted wanted, Surroundings surroundings, const Makers& makers, forwarding::Desk desk,
                     store::Store& store)
    : loop_(loop),
      surroundings_(std::move(surroundings)),
      precedence_(std::move(wanted.precedence)),
      makers_(makers),
      desk_(std::move(desk)),
      store_(store),
      push_(GooglePush::make(surroundings_.public_url)),
      graph_push_(GraphPush::make(surroundings_.public_url)) {
    for (CalendarOptions& options : wanted.calendars)
        calendars_.push_back(make(settled(std::move(options))));
}

Calendars::~Calendars() = default;

CalendarOptions Calendars::settled(CalendarOptions options) const {
    if (options.ca_file.empty()) options.ca_file = surroundings_.ca_file;
    if (options.proxy.empty()) options.proxy = surroundings_.proxy;
    return options;
}

std::shared_ptr<Calendars::Calendar> Calendars::make(CalendarOptions options) {
    auto number_on = [this](std::string_view line, std::string_view name) { return number_of(line, name); };
    auto calendar = std::make_shared<Calendar>(loop_, std::move(options), std::move(number_on));
    const auto& own = calendar->options;
    auto maker = makers_.at(static_cast<std::size_t>(own.provider));
    auto made =
        maker ? maker({loop_, own, &store_, surroundings_.zone, surroundings_.graph_url, surroundings_.graph_token,
                       push_.get(), graph_push_.get()})
              : fail(Category::invalid, fmt::format("this build has no provider {}", calendars::name(own.provider)));
    if (made)
        calendar->provider = *std::move(made);
    else
        calendar->error = std::move(made.error());
    return calendar;
}

// The directory is searched by name from its beginning to its end: once for each name.
std::optional<std::string> Calendars::number_of(std::string_view line, std::string_view name) {
    if (!desk_.number_of) return std::nullopt;
    if (numbers_.size() >= numbers_kept) numbers_.clear();
    auto [at, fresh] = numbers_.try_emplace({std::string(line), std::string(name)});
    if (fresh) at->second = desk_.number_of(line, name);
    return at->second;
}

void Calendars::start() {
    started_ = true;
    tell_owners();
    milliseconds wait{0};
    for (const auto& calendar : calendars_) {
        run(calendar, std::min(wait, first_spread));
        wait += first_gap;
    }
}

void Calendars::run(const std::shared_ptr<Calendar>& calendar, milliseconds wait) {
    if (!calendar->provider) {
        log::error("calendars", "a calendar cannot be used",
                   {{"calendar", calendar->options.name}, {"why", calendar->error->text}});
        return;
    }
    calendar->due = steady_now() + wait;
    ++following_;
    loop_.spawn(follow(calendar));
}

void Calendars::drop(Calendar& calendar) {
    calendar.gone = true;
    if (calendar.provider) calendar.provider->close();
    calendar.bell.ring();
}

void Calendars::shut_down(milliseconds limit, std::function<void()> done) {
    stopping_ = true;
    for (const auto& calendar : calendars_)
        drop(*calendar);
    loop_.spawn(say_goodbye(limit, std::move(done)));
}

Task<> Calendars::say_goodbye(milliseconds limit, std::function<void()> done) {
    auto until = steady_now() + limit;
    while (following_ > 0 && steady_now() < until)
        co_await sleep_for(milliseconds(5));
    done();
}

void Calendars::use_people(std::shared_ptr<const presence::People> people, const std::vector<fanout::LineName>& lines) {
    numbers_.clear();
    if (calendars_.empty()) return;
    std::vector<const CalendarOptions*> options;
    for (const auto& calendar : calendars_)
        options.push_back(&calendar->options);
    auto found = lines_of(options, *people, lines);
    for (std::size_t i = 0; i < calendars_.size(); ++i) {
        Calendar& calendar = *calendars_[i];
        calendar.line_trouble = found[i] ? std::string() : std::move(found[i].error().text);
        calendar.shown = calendar.options.presence ? people->find(calendar.options.person) : std::nullopt;
        calendar.agenda.use_lines(found[i] ? *std::move(found[i]) : std::vector<std::string>());
    }
    share_lines();
}

// Calendars of one line have equal shares of what it may have. Those that must make room are told first.
void Calendars::share_lines() {
    std::map<std::string_view, std::size_t> calendars_of;
    for (const auto& calendar : calendars_)
        for (const std::string& line : calendar->agenda.lines())
            ++calendars_of[line];
    for (const auto& calendar : calendars_) {
        std::size_t most = 1;
        for (const std::string& line : calendar->agenda.lines())
            most = std::max(most, calendars_of[line]);
        calendar->agenda.use_share(std::max<std::size_t>(Agenda::claims_max / most, 1));
    }
    for (bool claiming : {true, false})
        for (const auto& calendar : calendars_)
            if ((calendar->told && !calendar->told->empty()) == claiming) tell(*calendar);
}

void Calendars::use(Wanted wanted) {
    precedence_ = std::move(wanted.precedence);
    auto before = std::exchange(calendars_, {});
    std::vector<std::shared_ptr<Calendar>> fresh;
    for (CalendarOptions& given : wanted.calendars) {
        auto options = settled(std::move(given));
        auto old = std::ranges::find_if(before, [&](const auto& one) { return one->options.name == options.name; });
        if (old != before.end() && (*old)->options == options && (*old)->provider) {
            if ((*old)->error) read_soon(**old);
            calendars_.push_back(std::move(*old));
            before.erase(old);
            continue;
        }
        fresh.push_back(calendars_.emplace_back(make(std::move(options))));
        if (old == before.end()) continue;
        if (fresh.back()->options.presence && fresh.back()->options.person == (*old)->options.person)
            fresh.back()->shown = (*old)->shown;
        if ((*old)->written_line() == fresh.back()->written_line())
            fresh.back()->agenda.use_lines((*old)->agenda.lines());
        else if (desk_.replace) // its line is diverted no longer, whether or not the other one is known and can be read
            desk_.replace((*old)->options.name, {});
    }
    for (const auto& calendar : before) {
        drop(*calendar);
        if (calendar->shown) show(*calendar->shown);
        if (push_) push_->forget(calendar->options.name);
        if (graph_push_) graph_push_->forget(calendar->options.name);
    }
    if (!started_) return;
    tell_owners();
    share_lines();
    for (const auto& calendar : fresh)
        run(calendar, milliseconds(0));
}

void Calendars::read_now(std::string_view name) {
    for (const auto& calendar : calendars_)
        if (calendar->options.name == name) read_soon(*calendar);
}

void Calendars::read_soon(Calendar& calendar) {
    calendar.due = steady_now();
    calendar.bell.ring();
}

// --- the loop of one calendar

Task<> Calendars::follow(std::shared_ptr<Calendar> calendar) {
    while (!calendar->gone) {
        tell(*calendar);
        tell_presence(*calendar);
        auto now = steady_now();
        if (now < calendar->due) {
            auto wall = wall_now();
            auto edge = calendar->shown ? calendar->agenda.busy_edge(wall) : Wall::max();
            auto wake = std::min({calendar->agenda.wake_at(wall), edge, wall + clock_look}) - wall;
            auto longest = calendar->by_consent() ? consent_look : clock_look;
            auto left = std::chrono::ceil<milliseconds>(std::min<Steady::duration>(calendar->due - now, longest));
            co_await calendar->bell.wait(std::max(std::min(wake, left), milliseconds(1)));
            if (calendar->gone || !calendar->by_consent() || steady_now() < calendar->looked + consent_look) continue;
            calendar->looked = steady_now();
            if (co_await calendar->provider->login_changed()) calendar->due = steady_now();
            continue;
        }
        calendar->begun = now;
        calendar->due = Steady::max(); // whoever asks for a reading from now on gets another one
        auto found = co_await calendar->provider->read(window_at(wall_now()));
        if (!calendar->gone) take(*calendar, std::move(found));
    }
    --following_;
}

void Calendars::take(Calendar& calendar, Found found) {
    ++readings_;
    if (!found) return failed(calendar, found.error());
    if (calendar.error) log::info("calendars", "a calendar is read again", {{"calendar", calendar.options.name}});
    calendar.error.reset();
    calendar.back_off.reset();
    calendar.refused_since.reset();
    calendar.ended = false;
    calendar.last_success = wall_now();
    calendar.agenda.take(*std::move(found));
    calendar.due = std::min(calendar.due, steady_now() + poll_after(calendar));
}

void Calendars::failed(Calendar& calendar, const Error& error) {
    ++failures_;
    if (!calendar.error || calendar.error->category != error.category)
        log::write(needs_somebody(error.category) ? log::Level::error : log::Level::warning, "calendars",
                   "a calendar cannot be read; what is known of it stays",
                   {{"calendar", calendar.options.name}, {"why", error.text}});
    calendar.error = error;
    auto wait = calendar.back_off.next();
    if (error.category == Category::unauthorised && calendar.by_consent()) calendar.agenda.mute();
    if (refuses(error.category)) end_refused(calendar);
    calendar.due = std::min(calendar.due, steady_now() + wait);
}

// A calendar that was deleted over there looks like one that may not be read. Somebody may put that right meanwhile.
void Calendars::end_refused(Calendar& calendar) {
    auto now = steady_now();
    if (!calendar.refused_since) calendar.refused_since = now;
    if (now - *calendar.refused_since < calendar.options.hold_on_refusal) return;
    calendar.agenda.mute();
    if (std::exchange(calendar.ended, true)) return;
    log::error("calendars", "a calendar has been refused for too long; nothing of it diverts any more",
               {{"calendar", calendar.options.name}, {"why", calendar.error->text}});
}

// Not all in the same moment, and not all in the same order.
milliseconds Calendars::poll_after(const Calendar& calendar) {
    auto poll = calendar.options.poll;
    std::uniform_int_distribution<milliseconds::rep> cut(0, poll.count() / 10);
    return poll - milliseconds(cut(random_));
}

// --- forwarding

// Before its lines are known it says nothing: claims of an earlier run stay until we know better.
void Calendars::tell(Calendar& calendar) {
    if (!desk_.replace || calendar.gone || (calendar.agenda.lines().empty() && !calendar.told)) return;
    auto claims = calendar.agenda.claims(wall_now());
    if (!claims || (calendar.told && same(*claims, *calendar.told))) return;
    calendar.told = claims;
    desk_.replace(calendar.options.name, *std::move(claims));
}

// --- presence

void Calendars::tell_presence(Calendar& calendar) {
    if (!calendar.shown || calendar.gone) return;
    calendar.busy_until = calendar.agenda.busy_until(wall_now());
    show(*calendar.shown);
}

// A person may have several calendars. What is told ends by itself, whatever becomes of us.
void Calendars::show(presence::Slot person) {
    if (!surroundings_.meetings.heard) return;
    auto now = wall_now();
    std::optional<Wall> until;
    for (const auto& calendar : calendars_)
        if (calendar->shown == person && !calendar->gone && calendar->busy_until > now)
            until = std::max(until, calendar->busy_until);
    auto& told = shown_[person];
    if (told == until || (!until && told <= now)) return;
    told = until;
    surroundings_.meetings.heard(
        {.slot = person,
         .source = meetings::Source::calendar,
         .meeting = until ? meetings::Meeting::calendar : meetings::Meeting::none,
         .happened = now,
         .fresh_for = until ? std::chrono::ceil<milliseconds>(*until - now) : milliseconds(0)});
}

void Calendars::tell_owners() {
    if (!desk_.owners) return;
    std::vector<std::string> owners;
    for (const auto& calendar : calendars_)
        owners.push_back(calendar->options.name);
    desk_.owners(std::move(owners));
}

} // namespace lamp::calendars
