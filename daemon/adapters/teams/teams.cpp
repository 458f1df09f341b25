#include "adapters/teams/teams.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/log.hpp"

namespace lamp::teams {
namespace {

constexpr milliseconds doubt_after_least{15'000};
constexpr unsigned reads_parallel = 8;
constexpr std::size_t words_told_max = 32;
constexpr milliseconds watched_lasts{600'000};
constexpr milliseconds leftovers_wait{10'000}; // for a disk that hangs

SessionTimes times_of(const TeamsOptions& options) {
    SessionTimes times;
    times.lifetime = options.session_lifetime;
    return times;
}

} // namespace

Words words_of(unsigned word) {
    auto pair = graph::Pair::unpack(word);
    return {graph::text(pair.availability), graph::text(pair.activity)};
}

Result<std::unique_ptr<Teams>> Teams::make(Loop& loop, TeamsOptions options, std::vector<std::string> match,
                                           milliseconds stale_after, presence::Table& table, fanout::Fanout& fanout,
                                           store::Store& store, meetings::Listener meetings) {
    auto graph = GraphClient::make(loop, options);
    if (!graph) return std::unexpected(graph.error());
    std::unique_ptr<Teams> made(new Teams(loop, std::move(options), std::move(match), stale_after, table, fanout, store,
                                          std::move(meetings), *std::move(graph)));
    if (auto notified = made->make_notifications(); !notified) return std::unexpected(notified.error());
    return made;
}

Teams::Teams(Loop& loop, TeamsOptions options, std::vector<std::string> match, milliseconds stale_after,
             presence::Table& table, fanout::Fanout& fanout, store::Store& store, meetings::Listener meetings,
             std::unique_ptr<GraphClient> graph)
    : loop_(loop),
      options_(std::move(options)),
      match_(std::move(match)),
      table_(table),
      store_(store),
      graph_(std::move(graph)),
      looked_at_(table.capacity()),
      directory_bell_(loop.context()),
      plan_(options_.poll),
      readings_(table, fanout, stale_after, std::max(doubt_after_least, 3 * options_.poll), std::move(meetings)),
      read_bell_(loop.context()),
      photos_(loop, *graph_),
      visit_timer_(loop.context()),
      sessions_(times_of(options_)),
      write_bell_(loop.context()) {
    sink_ = &fanout.add("teams", table.capacity(), [this] { loop_.post([this] { visit_soon(); }); });
}

Teams::~Teams() = default;

void Teams::start() {
    loop_.spawn(follow_directory());
    loop_.spawn(follow_presence());
    if (notifications_) notifications_->start();
    loop_.spawn(follow_sessions()); // also with write = false: what an earlier run left is cleared
    loop_.spawn(sweep());
}

void Teams::use_switches(const TeamsOptions& options) {
    auto now = steady_now();
    auto wall = wall_now();
    options_.read = options.read;
    options_.write = options.write;
    options_.write_while_ringing = options.write_while_ringing;
    options_.except = options.except;
    options_.except_folders = options.except_folders;
    for (const auto& [id, slot] : by_account_) {
        if (!options_.read) {
            readings_.forget(slot, wall);
            sessions_.mask(id, false, now);
        }
        if (!may_write(slot)) sessions_.abandon(id, now);
        look_at_line(slot, now);
    }
    read_bell_.ring();
    write_bell_.ring();
}

void Teams::shut_down(milliseconds limit, std::function<void()> done) {
    loop_.spawn(say_goodbye(limit, std::move(done)));
}

Task<> Teams::say_goodbye(milliseconds limit, std::function<void()> done) {
    auto until = steady_now() + limit;
    leaving_ = true; // calls of these last moments are not told any more
    sessions_.abandon_all(steady_now());
    write_bell_.ring();
    // What Graph does not take in time ends with its lifetime, and is in the store for the next start.
    while ((sessions_.published() > 0 || sessions_.in_flight() > 0) && !graph_->login_refused() && steady_now() < until)
        co_await sleep_for(milliseconds(20));
    if (notifications_) co_await notifications_->say_goodbye(until);
    stopping_ = true;
    graph_->stop();
    directory_bell_.ring();
    read_bell_.ring();
    write_bell_.ring();
    done();
}

// --- reading

Task<> Teams::follow_presence() {
    // What an earlier run wrote must not be taken for the person's own call.
    for (auto until = steady_now() + leftovers_wait; !leftovers_known_ && !stopping_ && steady_now() < until;)
        co_await read_bell_.wait(std::chrono::ceil<milliseconds>(until - steady_now()));
    while (!stopping_) {
        auto now = steady_now();
        auto due = options_.read ? std::max(plan_.due(now), read_blocked_until_) : Steady::max();
        if (due > now || reads_under_way_ >= reads_parallel) {
            auto wait = reads_under_way_ >= reads_parallel || due == Steady::max()
                            ? milliseconds(1000)
                            : std::chrono::ceil<milliseconds>(due - now);
            co_await read_bell_.wait(std::min(wait, milliseconds(1000)));
            continue;
        }
        auto permits = co_await graph_->acquire(Priority::read, 1);
        auto batch = permits > 0 ? plan_.next(steady_now()) : std::nullopt;
        if (!batch) {
            graph_->give_back(permits);
            co_await read_bell_.wait(milliseconds(20));
            continue;
        }
        ++reads_under_way_;
        loop_.spawn(read(*std::move(batch)));
    }
}

Task<> Teams::read(PollPlan::Batch batch) {
    std::string body;
    body.reserve(batch.people.size() * 40 + 16);
    graph::append_presence_query(body, batch.people);
    auto reply = co_await graph_->send(http::Method::post, std::string(graph::presences_target), std::move(body));
    --reads_under_way_;
    auto now = steady_now();
    if (reply.ok()) {
        auto taken = take(batch, reply);
        read_refused_.clear();
        refused_back_off_.reset();
        if (taken)
            plan_.answered(batch, now);
        else
            plan_.failed(std::move(batch));
        if (plan_.first_round_in()) readings_.expect_every(plan_.round_took());
    } else if (reply.status == 400 || reply.status == 404) {
        if (auto bad = plan_.poisoned(std::move(batch), now)) {
            if (auto slot = slot_of(*bad)) readings_.missing(*slot, now, wall_now());
            if (read_complaint_.allow(now))
                log::warning("teams", "Graph refuses to tell the presence of one account; it is left out for a while",
                             {{"account", graph::to_string(*bad)},
                              {"why", reply.error->text},
                              {"not_shown", read_complaint_.take_suppressed()}});
        }
    } else if (reply.status == 403) {
        if (read_refused_.empty())
            log::error("teams", "reading presence is not permitted", {{"why", reply.error->text}});
        read_refused_ = reply.error->text;
        plan_.failed(std::move(batch));
        if (now >= read_blocked_until_) read_blocked_until_ = now + refused_back_off_.next();
    } else {
        plan_.failed(std::move(batch));
    }
    read_bell_.ring();
}

// False: the answer could not be read to its end; what came before counts.
bool Teams::take(const PollPlan::Batch& batch, const GraphReply& reply) {
    auto now = steady_now();
    auto wall = wall_now();
    std::vector<Guid> told;
    told.reserve(batch.people.size());
    auto outcome = graph::read_presences(reply.body, [&](const graph::Presence& presence) {
        told.push_back(presence.id);
        take_polled(presence, now, wall);
    });
    if (!outcome) {
        note_unreadable(outcome.error(), now);
        return false;
    }
    read_garbled_.clear();
    read_back_off_.reset();
    if (!options_.read || std::ranges::equal(told, batch.people)) return true;
    std::ranges::sort(told);
    for (const Guid& id : batch.people)
        if (!std::ranges::binary_search(told, id))
            if (auto slot = slot_of(id)) readings_.missing(*slot, now, wall);
    return true;
}

// Answers that were on their way together are one mishap.
void Teams::note_unreadable(const Error& why, Steady now) {
    read_garbled_ = why.text;
    if (now >= read_blocked_until_) read_blocked_until_ = now + read_back_off_.next();
    if (read_complaint_.allow(now))
        log::warning("teams", "Graph's answer cannot be read",
                     {{"why", why.text}, {"not_shown", read_complaint_.take_suppressed()}});
}

void Teams::take_polled(const graph::Presence& presence, Steady now, Wall wall) {
    auto slot = slot_of(presence.id);
    auto before = slot && notifications_ ? readings_.seen(*slot) : std::nullopt;
    take(presence, now, wall);
    if (!before || before->stale) return;
    if (auto after = readings_.seen(*slot); after && after->pair != before->pair)
        notifications_->poll_saw_change(presence.id);
}

Notified Teams::take(const graph::Presence& presence, Steady now, Wall wall) {
    auto slot = slot_of(presence.id);
    if (!slot || !options_.read) return Notified::stranger; // an answer may come after a reload that ended reading
    if (readings_.is_old(*slot, presence, now)) return Notified::old;
    if (!presence.unheard.empty()) note_unknown_word(presence.unheard);
    bool echo = echo_.is_echo(presence.id, presence.pair, now);
    echoes_ += echo ? 1 : 0;
    auto own = readings_.take(*slot, presence, echo, now, wall);
    sessions_.mask(presence.id, !echo && graph::chosen_by_hand(own), now);
    return Notified::read;
}

void Teams::note_unknown_word(std::string_view word) {
    ++unknown_words_;
    if (words_told_.size() >= words_told_max || std::ranges::find(words_told_, word) != words_told_.end()) return;
    words_told_.emplace_back(word);
    log::warning("teams", "Teams says a word that is not known; it counts as unknown", {{"word", word}});
}

// --- the clock of all this

Task<> Teams::sweep() {
    while (!stopping_) {
        co_await sleep_for(milliseconds(1000));
        auto now = steady_now();
        looked_at_.drain([&](presence::Slot slot) {
            auto id = account_of(slot);
            if (!id) return;
            plan_.interested(*id, now);
            if (notifications_ && watched_.size() < 2 * SubscriptionMachine::people_max)
                watched_[*id] = now + watched_lasts;
        });
        if (options_.read) readings_.sweep(now, wall_now());
        echo_.tidy(now);
    }
}

} // namespace lamp::teams
