#include "privacy/retention.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "base/log.hpp"

namespace lamp::privacy {
namespace {

using Statements = std::array<std::string_view, 2>;

/// Of each kind: ?1 is the moment, ?2 how many rows. Those that are empty: nothing more on disk.
Statements statements_of(Kind kind) {
    switch (kind) {
    case Kind::calls:
        return {"DELETE FROM call WHERE (started, id, person) IN (SELECT started, id, person FROM call "
                "WHERE started < ?1 AND ended IS NOT NULL ORDER BY started LIMIT ?2)"};
    case Kind::missed:
        return {"DELETE FROM call WHERE (started, id, person) IN (SELECT started, id, person FROM call "
                "WHERE started < ?1 AND ended IS NOT NULL AND incoming = 1 AND answered IS NULL ORDER BY started "
                "LIMIT ?2)"};
    case Kind::dead_letters:
        return {"DELETE FROM outbox_letter WHERE id IN (SELECT id FROM outbox_letter WHERE state = 1 AND died_at < ?1 "
                "LIMIT ?2)"};
    case Kind::audit:
        return {"DELETE FROM forwarding_audit WHERE id IN (SELECT id FROM forwarding_audit WHERE at < ?1 LIMIT ?2)",
                "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ?1 LIMIT ?2)"};
    case Kind::contacts:
        return {"DELETE FROM contact WHERE key IN (SELECT key FROM contact WHERE gone_at < ?1 LIMIT ?2)"};
    case Kind::recognition:
        return {"DELETE FROM recognition_record WHERE (source, epoch, id) IN (SELECT r.source, r.epoch, r.id FROM "
                "recognition_record r JOIN recognition_source s ON s.name = r.source WHERE s.last_sync < ?1 LIMIT ?2)"};
    case Kind::backups: break;
    }
    return {};
}

} // namespace

Result<std::size_t> forget_older(store::Database& disk, Kind kind, Wall than, std::size_t most) {
    std::size_t gone = 0;
    for (auto sql : statements_of(kind)) {
        if (sql.empty() || gone >= most) break;
        auto done = disk.run(sql, than, static_cast<std::int64_t>(most - gone));
        if (!done) return std::unexpected(done.error());
        gone += static_cast<std::size_t>(disk.changed());
    }
    return gone;
}

struct Retention::State : std::enable_shared_from_this<State> {
    State(Loop& loop_, store::Store& store_, Aged aged_)
        : loop(loop_), store(store_), aged(std::move(aged_)), bell(loop_.context()) {}

    static Task<> work(std::shared_ptr<State> self) {
        while (!self->stopped) {
            for (auto kind = Kind::calls; kind <= last_kind && !self->stopped;
                 kind = static_cast<Kind>(static_cast<int>(kind) + 1))
                if (auto age = self->options.age(kind)) co_await self->sweep(kind, wall_now() - *age);
            // Else the log has it until it is written over.
            if (!self->stopped && std::exchange(self->gone, false))
                self->store.scrub(self->loop, [](const Result<void>&) {});
            co_await self->bell.wait(between_rounds);
        }
    }

    /// A disk that does not take it is asked again in the next round.
    Task<> sweep(Kind kind, Wall than) {
        if (kind == Kind::backups) co_return aged(kind, than);
        std::size_t sum = 0;
        for (std::size_t went = rows_at_once; went == rows_at_once && !stopped;) {
            auto some = co_await store.read<std::size_t>(
                [kind, than](store::Database& disk) { return forget_older(disk, kind, than, rows_at_once); });
            if (!some) {
                log::warning("privacy", "what is too old could not be deleted",
                             {{"kind", name(kind)}, {"why", some.error().text}});
                co_return;
            }
            went = *some;
            sum += went;
            gone = gone || went > 0;
            if (went > 0 && !co_await sleep_for(pause)) co_return;
        }
        if (sum == 0 || stopped) co_return;
        log::debug("privacy", "what was too old is deleted", {{"kind", name(kind)}, {"rows", sum}});
        aged(kind, than);
    }

    Loop& loop;
    store::Store& store;
    Aged aged;
    PrivacyOptions options;
    Bell bell;
    bool gone = false; // rows, in this round
    bool begun = false;
    bool stopped = false;
};

Retention::Retention(Loop& loop, store::Store& store, Aged aged)
    : state_(std::make_shared<State>(loop, store, std::move(aged))) {}

Retention::~Retention() {
    state_->stopped = true;
}

void Retention::use_options(PrivacyOptions options) {
    state_->loop.post([state = state_, options = std::move(options)]() mutable {
        state->options = std::move(options);
        if (!std::exchange(state->begun, true)) return state->loop.spawn(State::work(state));
        state->bell.ring();
    });
}

} // namespace lamp::privacy
