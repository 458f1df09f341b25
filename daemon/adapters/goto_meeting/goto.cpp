#include "adapters/goto_meeting/goto.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "http/url.hpp"
#include "proto/gotomeeting/answers.hpp"
#include "proto/text/text.hpp"
#include "store/kept_token.hpp"

namespace lamp::goto_meeting {
namespace {

constexpr milliseconds look_at_least_every{1000};
constexpr milliseconds keep_again_after{2'000};

std::string kept_name(const GoToOptions& options) {
    return store::kept_name("goto/" + options.client_id, options.refresh_token);
}

constexpr std::size_t words_told_max = 16;
constexpr std::string_view no_meetings = "[]";

} // namespace

Result<std::unique_ptr<GoTo>> GoTo::make(Loop& loop, GoToOptions options, std::vector<std::string> match,
                                         store::Store& store, meetings::Listener meetings) {
    bool by_email = std::ranges::find(match, "email") != match.end();
    // Made once more when the kept token is known; what is wrong with the options must be known now.
    auto tried = Client::make(loop, options, options.refresh_token, {});
    if (!tried) return std::unexpected(tried.error());
    return std::unique_ptr<GoTo>(new GoTo(loop, std::move(options), by_email, store, std::move(meetings)));
}

GoTo::GoTo(Loop& loop, GoToOptions options, bool by_email, store::Store& store, meetings::Listener meetings)
    : loop_(loop),
      options_(std::move(options)),
      by_email_(by_email),
      store_(store),
      meetings_(std::move(meetings)),
      owner_(text::lower(options_.owner)),
      rounds_(options_.poll, static_cast<double>(options_.requests_per_minute)),
      bell_(loop.context()) {}

GoTo::~GoTo() = default;

void GoTo::start() {
    loop_.spawn(follow());
}

void GoTo::shut_down(milliseconds limit, std::function<void()> done) {
    loop_.spawn(say_goodbye(limit, std::move(done)));
}

Task<> GoTo::say_goodbye(milliseconds limit, std::function<void()> done) {
    stopping_ = true;
    bell_.ring();
    for (auto until = steady_now() + limit; client_ && client_->logging_in() && steady_now() < until;)
        co_await sleep_for(milliseconds(20));
    if (client_) client_->stop();
    done();
}

void GoTo::use_people(std::shared_ptr<const presence::People> people, const std::vector<fanout::LineName>&) {
    people_ = std::move(people);
    match_again();
}

void GoTo::match_again() {
    auto before = std::exchange(matching_, match(*people_, owner_, by_email_));
    for (const Seat& seat : before.seats)
        if (std::ranges::find(matching_.seats, seat) == matching_.seats.end()) forget(seat.slot);
    known_.resize(std::max(known_.size(), people_->slots()));
    rounds_.use(matching_.seats);
    bell_.ring();
}

// --- the loop

Task<> GoTo::follow() {
    if (!co_await open()) co_return;
    co_await log_in();
    while (!stopping_) {
        auto now = steady_now();
        if (unkept_ && now >= keep_again_) co_await keep_token(newest_);
        if (auto ask = rounds_.next(now)) {
            loop_.spawn(carry_out(*std::move(ask)));
            continue;
        }
        auto due = std::min(rounds_.due(now), now + look_at_least_every);
        co_await bell_.wait(std::max(std::chrono::ceil<milliseconds>(due - now), milliseconds(1)));
    }
}

// The newest refresh token is the one that counts, and it is on disk unless none has ever been replaced.
Task<bool> GoTo::open() {
    auto kept = co_await store::read_kept(store_, kept_name(options_));
    if (stopping_) co_return false;
    if (!kept) {
        disk_problem_ = kept.error().text;
        log::error("goto", "the kept login is not known; the configured refresh token is tried",
                   {{"why", disk_problem_}});
    }
    newest_ = kept && !kept->empty() ? *kept : options_.refresh_token;
    auto made = Client::make(loop_, options_, newest_, [this](Secret fresh) { return keep_token(std::move(fresh)); });
    if (!made) { // it could be made before
        log::error("goto", "no connections can be made", {{"why", made.error().text}});
        co_return false;
    }
    client_ = *std::move(made);
    co_return true;
}

Task<> GoTo::log_in() {
    Backoff back_off(milliseconds(1000), milliseconds(60'000));
    while (!stopping_) {
        auto reply = co_await client_->log_in();
        note_login();
        if (reply.ok()) break;
        co_await bell_.wait(back_off.next());
    }
    logged_in_ = !stopping_;
    if (owner_.empty()) owner_ = client_->owner();
    match_again();
    if (logged_in_)
        log::info("goto", "logged in",
                  {{"organisers", matching_.seats.size()}, {"owner_known", owner_.empty() ? 0 : 1}});
}

Task<> GoTo::keep_token(Secret fresh) {
    newest_ = fresh;
    unkept_ = true;
    keep_again_ = steady_now() + keep_again_after;
    auto kept = co_await store::keep(store_, kept_name(options_), fresh);
    if (!kept) {
        if (disk_problem_.empty())
            log::error("goto", "the new refresh token could not be kept: without it a restart cannot log in",
                       {{"why", kept.error().text}});
        disk_problem_ = kept.error().text;
        co_return;
    }
    disk_problem_.clear();
    if (newest_ == fresh) unkept_ = false;
}

// All is in doubt as soon as nobody lets us ask.
void GoTo::note_login() {
    bool refused = client_->login_refused();
    if (refused == lost_) return;
    lost_ = refused;
    if (!refused) return;
    for (Known& known : known_)
        known = {};
    if (meetings_.lost) meetings_.lost(meetings::Source::go_to);
}

// --- one question

Task<> GoTo::carry_out(Rounds::Ask ask) {
    const Seat* seat = rounds_.seat(ask);
    if (seat == nullptr) co_return;
    std::string path = "/upcomingMeetings";
    if (ask.what == Rounds::Ask::What::key)
        path = "/organizers?email=" + http::encode_query(seat->name);
    else if (!ask.key.empty())
        path = "/organizers/" + ask.key + path;
    auto reply = co_await client_->get(std::move(path));
    if (stopping_) co_return;
    note_login();
    if (!reply.ok())
        take_refusal(ask, reply);
    else if (ask.what == Rounds::Ask::What::key)
        take_key(ask, reply);
    else
        take_meetings(ask, reply);
    if (!rounds_.others_refused() && !others_refused_.empty()) {
        others_refused_.clear();
        log::info("goto", "GoTo permits to read other organisers' meetings again");
    }
    bell_.ring();
}

void GoTo::take_meetings(const Rounds::Ask& ask, const Reply& reply) {
    auto now = steady_now();
    auto read = gotomeeting::read_meetings(reply.status == 204 ? no_meetings : std::string_view(reply.body));
    if (!read) {
        note_unusable(read.error());
        return rounds_.failed(ask, Rounds::Trouble::outage, milliseconds(0), now);
    }
    garbled_.clear();
    if (!read->unheard.empty()) note_word(read->unheard);
    const Seat* seat = rounds_.seat(ask);
    if (seat != nullptr) tell(seat->slot, read->active > 0 ? meetings::Meeting::live : meetings::Meeting::none);
    rounds_.answered(ask, now);
}

void GoTo::take_key(const Rounds::Ask& ask, const Reply& reply) {
    auto now = steady_now();
    auto read = gotomeeting::read_organisers(reply.body);
    if (!read) {
        note_unusable(read.error());
        return rounds_.failed(ask, Rounds::Trouble::outage, milliseconds(0), now);
    }
    garbled_.clear();
    const Seat* seat = rounds_.seat(ask);
    if (seat == nullptr) return;
    // A service that does not look at `email` would give everybody.
    std::erase_if(*read, [&](const auto& one) { return !one.email.empty() && one.email != seat->name; });
    if (read->size() == 1) return rounds_.found_key(ask, std::move(read->front().key), now);
    forget(seat->slot);
    rounds_.not_there(ask, now);
}

void GoTo::take_refusal(const Rounds::Ask& ask, const Reply& reply) {
    auto now = steady_now();
    const Error& why = *reply.error;
    using enum Rounds::Trouble;
    if (why.category == Category::cancelled) return;
    if (reply.login || reply.status == 0 || reply.status == 401 || reply.status == 408 || reply.status >= 500 ||
        reply.status < 400)
        return rounds_.failed(ask, outage, reply.after, now);
    if (reply.status == 429) return rounds_.failed(ask, throttled, reply.after, now);
    const Seat* seat = rounds_.seat(ask);
    if (seat == nullptr) return;
    forget(seat->slot);
    if (seat->owner) note_unusable(why);
    if (reply.status != 403) return rounds_.not_there(ask, now);
    rounds_.forbidden(ask, now);
    if (!rounds_.others_refused() || !others_refused_.empty()) return;
    others_refused_ = why.text;
    log::error("goto", "only the meetings of the refresh token's owner are seen: it is not an administrator's",
               {{"why", why.text}});
    for (const Seat& one : matching_.seats)
        if (!one.owner) forget(one.slot);
}

void GoTo::note_unusable(const Error& why) {
    garbled_ = why.text;
    if (complaint_.allow(steady_now()))
        log::warning("goto", "GoTo's answer is of no use",
                     {{"why", why.text}, {"not_shown", complaint_.take_suppressed()}});
}

void GoTo::note_word(const std::string& word) {
    if (words_told_.size() >= words_told_max || std::ranges::find(words_told_, word) != words_told_.end()) return;
    words_told_.push_back(word);
    log::warning("goto", "GoTo says a meeting's status that is not known; it counts as not running", {{"word", word}});
}

// --- what is told

void GoTo::tell(presence::Slot slot, meetings::Meeting meeting) {
    auto fresh = fresh_for();
    known_[slot] = {meeting, steady_now(), fresh};
    if (!meetings_.heard) return;
    told_at_ = std::max(told_at_, wall_now());
    meetings_.heard({slot, meetings::Source::go_to, meeting, told_at_, fresh});
}

void GoTo::forget(presence::Slot slot) {
    if (slot >= known_.size() || known_[slot].at == Steady()) return;
    tell(slot, meetings::Meeting::unknown);
    known_[slot] = {};
}

} // namespace lamp::goto_meeting
