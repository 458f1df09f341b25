// Teams: what is written. The intent is on disk before the write, so that a crash at any point heals at the next start.
#include <algorithm>
#include <fmt/format.h>

#include "adapters/teams/intents.hpp"
#include "adapters/teams/teams.hpp"
#include "base/log.hpp"
#include "proto/graph/session.hpp"

namespace lamp::teams {
namespace {

constexpr unsigned writes_parallel = 16;
constexpr unsigned refusals_that_count = 3; // in a row: then it is not one odd account
constexpr milliseconds visit_delay{1};
constexpr milliseconds adopted_least{60'000};
constexpr milliseconds adopted_most = std::chrono::hours(4) + std::chrono::minutes(1); // as long as Graph keeps any
constexpr graph::Pair in_a_call{graph::Word::busy, graph::Word::in_a_call};
constexpr std::size_t single_writes = 2; // so few go alone: their answers tell more, and nobody waits for the others

} // namespace

// To wake us costs the lines' loop a system call. Whatever changes within a millisecond wakes us once.
void Teams::visit_soon() {
    visit_timer_.expires_after(visit_delay);
    visit_timer_.async_wait([this](boost::system::error_code error) {
        if (!error) visit_changes();
    });
}

// Hop 6: the current state of each line that changed.
void Teams::visit_changes() {
    auto now = steady_now();
    sink_->drain([&](presence::Slot slot) { look_at_line(slot, now); });
    write_bell_.ring();
}

bool Teams::may_write(presence::Slot slot) const {
    if (!options_.write || slot >= people_->slots() || !people_->listed(slot)) return false;
    auto person = people_->person(slot);
    auto names = [](const std::vector<std::string>& list, std::string_view text) {
        return std::ranges::find(list, text) != list.end();
    };
    return !names(options_.except, person.id) && !names(options_.except_folders, person.folder);
}

void Teams::look_at_line(presence::Slot slot, Steady now) {
    auto id = account_of(slot);
    if (!id || leaving_ || !may_write(slot)) return;
    auto line = presence::LineReport::unpack(table_.cell(slot, presence::Source::telephony));
    using enum presence::LineState;
    auto says = LineSays::free;
    if (line.state == unknown) says = LineSays::unknown;
    if (line.in_call || (line.state == ringing && options_.write_while_ringing)) says = LineSays::in_call;
    sessions_.says(*id, says, now);
    if (says != LineSays::in_call) return;
    auto seen = readings_.seen(slot);
    sessions_.mask(*id, seen && !seen->stale && !seen->echo && graph::chosen_by_hand(seen->pair), now);
}

unsigned Teams::session_minutes() const {
    return static_cast<unsigned>(std::chrono::ceil<std::chrono::minutes>(sessions_.lifetime()).count());
}

Task<> Teams::follow_sessions() {
    co_await adopt_leftovers();
    leftovers_known_ = true;
    read_bell_.ring();
    while (!stopping_) {
        forget_ended();
        auto now = steady_now();
        auto due = std::max(sessions_.due(), write_blocked_until_);
        if (due > now || writes_under_way_ >= writes_parallel) {
            auto wait =
                due > now && due != Steady::max() ? std::chrono::ceil<milliseconds>(due - now) : milliseconds(60'000);
            co_await write_bell_.wait(std::min(wait, milliseconds(60'000)));
            continue;
        }
        auto wanted = static_cast<unsigned>(sessions_.waiting(now, graph::batch_max));
        auto permits = co_await graph_->acquire(Priority::write, wanted);
        // Chosen only now: while we waited for our turn, calls began and ended.
        std::vector<Sessions::Action> actions;
        while (actions.size() < permits) {
            auto action = sessions_.next(steady_now());
            if (!action) break;
            actions.push_back(*action);
        }
        graph_->give_back(permits - static_cast<unsigned>(actions.size()));
        if (actions.empty()) continue;
        ++writes_under_way_;
        loop_.spawn(write(std::move(actions)));
    }
}

Task<> Teams::write(std::vector<Sessions::Action> actions) {
    co_await record(actions);
    for (const auto& action : actions)
        if (action.verb == Verb::set) echo_.wrote(action.person);
    auto outcomes = co_await carry_out(actions);
    for (std::size_t i = 0; i < actions.size(); ++i)
        finish(actions[i], outcomes[i]);
    --writes_under_way_;
    write_bell_.ring();
}

// A full disk does not keep Teams dark: the sessions are the shortest that Graph takes, so that a crash cannot leave
// much behind.
Task<> Teams::record(std::span<const Sessions::Action> actions) {
    std::vector<Intent> intents;
    auto expires = wall_now() + sessions_.lifetime() + SessionTimes().grace;
    for (const auto& action : actions)
        if (action.verb == Verb::set) intents.push_back({action.person, expires});
    if (intents.empty()) co_return;
    auto written = co_await record_intents(store_, loop_, options_.tenant, intents);
    if (written) {
        if (!disk_problem_.empty()) log::info("teams", "what is to be written is on disk first again");
        disk_problem_.clear();
        sessions_.use_lifetime(options_.session_lifetime);
        co_return;
    }
    if (disk_problem_.empty())
        log::error("teams", "what is to be written cannot be put on disk first; sessions are kept short",
                   {{"why", written.error().text}});
    disk_problem_ = written.error().text;
    sessions_.use_lifetime(std::chrono::minutes(graph::session_minutes_min));
}

Task<std::vector<fanout::Outcome>> Teams::carry_out(std::span<const Sessions::Action> actions) {
    std::vector<fanout::Outcome> outcomes;
    outcomes.reserve(actions.size());
    if (actions.size() > single_writes && batches_work_) {
        outcomes = co_await carry_out_together(actions);
        if (batches_work_) co_return outcomes;
        outcomes.clear(); // somebody between us and Graph does not know batches
    }
    for (const auto& action : actions) {
        auto outcome = co_await carry_out_alone(action);
        outcomes.push_back(std::move(outcome));
    }
    co_return outcomes;
}

Task<fanout::Outcome> Teams::carry_out_alone(Sessions::Action action) {
    bool is_set = action.verb == Verb::set;
    std::string body;
    if (is_set)
        graph::append_set_presence(body, options_.client_id, in_a_call, session_minutes());
    else
        graph::append_clear_presence(body, options_.client_id);
    auto target = is_set ? graph::set_presence_target(action.person) : graph::clear_presence_target(action.person);
    auto reply = co_await graph_->send(http::Method::post, std::move(target), std::move(body));
    co_return reply.outcome();
}

Task<std::vector<fanout::Outcome>> Teams::carry_out_together(std::span<const Sessions::Action> actions) {
    std::vector<fanout::Outcome> outcomes(actions.size());
    std::vector<graph::SessionWish> wishes;
    wishes.reserve(actions.size());
    for (const auto& action : actions) {
        graph::SessionWish wish{action.person, std::nullopt, session_minutes()};
        if (action.verb == Verb::set) wish.pair = in_a_call;
        wishes.push_back(wish);
    }
    std::string body;
    graph::append_batch(body, options_.client_id, wishes);
    auto reply = co_await graph_->send(http::Method::post, std::string(graph::batch_target), std::move(body));
    if (reply.status == 404 || reply.status == 405 || reply.status == 501) {
        batches_work_ = false;
        log::warning("teams", "Graph takes no batches here; sessions are written one by one",
                     {{"why", reply.error->text}});
        co_return outcomes;
    }
    if (reply.status == 400) { // one of them spoils it for the others
        for (std::size_t i = 0; i < actions.size(); ++i)
            outcomes[i] = co_await carry_out_alone(actions[i]);
        co_return outcomes;
    }
    if (!reply.ok()) {
        std::ranges::fill(outcomes, reply.outcome());
        co_return outcomes;
    }
    take_batch(reply, outcomes);
    co_return outcomes;
}

void Teams::take_batch(const GraphReply& reply, std::vector<fanout::Outcome>& outcomes) {
    using Kind = fanout::Outcome::Kind;
    std::ranges::fill(outcomes, fanout::Outcome{Kind::retry, milliseconds(0), true, "Graph left this one unanswered"});
    auto answers = graph::read_batch(reply.body);
    if (!answers) {
        log::warning("teams", "Graph's answer to a batch cannot be read", {{"why", answers.error().text}});
        return;
    }
    for (const auto& answer : *answers) {
        if (answer.index >= outcomes.size()) continue;
        GraphReply one;
        one.status = answer.status;
        if (answer.retry_after) one.after = *answer.retry_after;
        if (answer.status < 200 || answer.status > 299)
            one.error = Error(http::category_of(answer.status),
                              fmt::format("Graph answered {} {}", answer.status,
                                          answer.error ? answer.error->code + ": " + answer.error->message : ""));
        one.uncertain = answer.status >= 500;
        if (answer.status == 429) graph_->throttled(one.after);
        if (answer.status == 403) graph_->forbidden();
        outcomes[answer.index] = one.outcome();
    }
}

void Teams::finish(const Sessions::Action& action, const fanout::Outcome& outcome) {
    auto now = steady_now();
    using Kind = fanout::Outcome::Kind;
    bool is_set = action.verb == Verb::set;
    bool gone = outcome.kind == Kind::delivered || outcome.kind == Kind::not_applicable;
    auto result = Last::Result::failed;
    if (outcome.kind == Kind::delivered) result = is_set ? Last::Result::set : Last::Result::cleared;
    if (outcome.kind == Kind::not_applicable) result = Last::Result::gone;
    if (auto slot = slot_of(action.person)) {
        if (*slot >= last_.size()) last_.resize(*slot + 1);
        last_[*slot] = {std::chrono::floor<seconds>(wall_now()).time_since_epoch().count(), result};
    }
    gone ? ++writes_ : ++write_failures_;
    if (outcome.kind == Kind::refused) {
        if (write_refused_.empty()) log::error("teams", "writing presence is refused", {{"why", outcome.reason}});
        write_refused_ = outcome.reason;
        if (++refusals_in_a_row_ >= refusals_that_count) write_blocked_until_ = now + write_back_off_.next();
    } else if (outcome.kind == Kind::delivered) {
        write_refused_.clear();
        refusals_in_a_row_ = 0;
        write_back_off_.reset();
        write_blocked_until_ = Steady();
    }
    auto there = [this, &action] {
        const auto* session = sessions_.find(action.person);
        return session && session->published != Sessions::Session::Published::no;
    };
    bool was_there = there();
    sessions_.finished(action, outcome, now);
    if (there()) return;
    // A session that is gone is seen by late readers; one that never was is not.
    was_there || !is_set ? echo_.cleared(action.person, now) : echo_.did_not_write(action.person);
}

void Teams::forget_ended() {
    auto ended = sessions_.take_ended();
    if (ended.empty()) return;
    for (const Guid& person : ended)
        echo_.cleared(person, steady_now());
    forget_intents(store_, loop_, options_.tenant, std::move(ended));
}

Task<> Teams::adopt_leftovers() {
    auto leftovers = co_await read_intents(store_, options_.tenant);
    if (!leftovers) {
        log::error("teams", "what an earlier run wrote is not known", {{"why", leftovers.error().text}});
        co_return;
    }
    auto now = steady_now();
    auto wall = wall_now();
    for (const Intent& intent : *leftovers) {
        echo_.wrote(intent.person);
        // Between the runs the clock may have been set: a clearing too many costs less than a session too long.
        auto left = std::clamp<milliseconds>(intent.expires - wall, adopted_least, adopted_most);
        sessions_.adopt(intent.person, now + left, now);
    }
    if (!leftovers->empty())
        log::info("teams", "an earlier run left presence sessions; they are kept or cleared",
                  {{"sessions", leftovers->size()}});
}

} // namespace lamp::teams
