#include "records/history.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "store/audit.hpp"

namespace lamp::records {

using namespace std::chrono_literals;
using calls::CallEvent;
using calls::CallRecord;
using calls::Gap;
using calls::Happening;

namespace {

constexpr std::size_t waiting_max = 200'000; // records that are not on disk, while it takes nothing
constexpr std::size_t batch_max = 20'000;    // records in one unit of work
constexpr std::size_t news_max = 1 << 18;    // before the first look at the disk
constexpr std::size_t forgotten_at_once = 2000;
constexpr auto alive_every = 60s;
constexpr auto forget_every = 1h;
constexpr auto retry_first = 1s;
constexpr auto retry_last = 60s;
constexpr auto log_tolerance = 90s;
constexpr auto between_logs = 200ms; // lines whose call logs are read: well within any platform's patience

using Name = std::tuple<Wall, std::string, std::string>;

Name name_of(const CallRecord& record) {
    return {record.started, record.id, record.person};
}

/// What is read from disk before the first news.
struct Beginning {
    std::vector<Written> unfinished;
    std::optional<Wall> alive;
    std::vector<Gap> open_gaps;
};

Result<Beginning> read_beginning(store::Database& disk, Wall now) {
    Beginning found;
    auto unfinished = read_unfinished(disk);
    if (!unfinished) return std::unexpected(unfinished.error());
    found.unfinished = std::move(*unfinished);
    auto alive = read_mark(disk, "alive");
    if (!alive) return std::unexpected(alive.error());
    found.alive = *alive;
    auto since = read_mark(disk, "since");
    if (!since) return std::unexpected(since.error());
    if (!*since)
        if (auto done = put_mark(disk, "since", now); !done) return std::unexpected(done.error());
    auto gaps = read_gaps(disk, std::nullopt, std::nullopt);
    if (!gaps) return std::unexpected(gaps.error());
    for (Gap& gap : *gaps)
        if (!gap.until) found.open_gaps.push_back(std::move(gap));
    return found;
}

} // namespace

/// Everything; shared with what is under way, which may outlast the facade.
struct History::State : std::enable_shared_from_this<History::State> {
    State(Loop& loop_, store::Store& store_, Zone zone_, HistoryOptions options_)
        : loop(loop_),
          store(store_),
          zone(std::move(zone_)),
          options(options_),
          recorder(options.settle),
          settle_timer(loop.context()),
          tick_timer(loop.context()),
          retry_timer(loop.context()),
          log_timer(loop.context()) {}

    // --- what happens

    void start();
    void begin(const Beginning& found);
    void take(std::vector<calls::LineNews> news);
    void tell(std::vector<CallEvent> events);
    void after_step();
    void arm_settle();
    void tick();
    void use_owners(std::shared_ptr<const Owners> table);

    // --- to disk

    void keep(std::vector<Written> records);
    void flush();
    void flushed(const std::shared_ptr<std::vector<Written>>& batch, const Result<void>& result);
    void put(store::Store::Work work);
    void forget_old();
    void publish();
    void when_written(std::function<void()> then);

    // --- gaps and call logs

    void gap(const std::string& platform, Wall from);
    void gap_over(const std::string& platform, Wall at);
    void read_next_log();
    void merge_log(const std::string& line, LogSpan span, Result<LineLogs> logs);
    void merged(Merged found);
    void fill(const std::string& platform);

    struct LogRead {
        std::string platform;
        std::string line;
        LogSpan span;
    };
    /// The lines of a platform whose logs are read, one after the other.
    struct LogRound {
        std::shared_ptr<const Owners> owners;
        LogSpan span;
        Names::Index next = 0;
    };
    [[nodiscard]] std::optional<LogRead> next_log(const std::string& platform);

    Loop& loop;
    store::Store& store;
    Zone zone;
    HistoryOptions options;
    std::function<void(const CallEvent&)> on_event;
    std::function<void(std::string, calls::Answer<LineLogs>)> read_logs;

    Recorder recorder;
    std::shared_ptr<const Owners> owners = std::make_shared<Owners>();
    bool ready = false;  // the beginning is read
    bool closed = false; // shut_down was called
    std::vector<calls::LineNews> early;
    std::map<Name, Written> waiting; // not on disk, the newest of each
    bool flushing = false;
    bool failing = false;
    milliseconds retry = retry_first;
    std::vector<std::function<void()>> when_flushed;

    std::map<std::string, Gap> open_gaps; // by platform
    std::map<std::string, Gap> unfilled;  // by platform: over, and logs are being read
    std::set<std::string> platforms;      // that were heard of
    std::optional<Wall> last_alive;       // of the daemon before this one
    std::vector<std::function<void()>> early_gaps;
    std::map<std::string, LogRound> rounds; // by platform
    bool reading = false;
    Wall forgot_at{};

    asio::steady_timer settle_timer, tick_timer, retry_timer, log_timer;
    std::optional<Wall> settle_armed;
    log::OncePerMinute lost_complaints, disk_complaints;

    mutable std::mutex report_mutex; // held for a copy
    HistoryReport report;
    HistoryReport counting; // this loop's
};

void History::State::start() {
    store.ask<Beginning>(
        loop, [now = wall_now()](store::Database& disk) { return read_beginning(disk, now); },
        [self = shared_from_this()](Result<Beginning> found) {
            if (self->closed) return;
            if (!found)
                log::error("records", "calls from before the start cannot be read", {{"why", found.error().text}});
            self->begin(found ? std::move(*found) : Beginning());
        });
}

void History::State::begin(const Beginning& found) {
    auto now = wall_now();
    last_alive = found.alive;
    for (const Gap& gap : found.open_gaps) {
        auto [place, added] = open_gaps.try_emplace(gap.platform, gap);
        if (!added && gap.from < place->second.from) place->second = gap;
    }
    recorder.restore(found.unfinished, now);
    ready = true;
    use_owners(owners);
    for (auto& told : std::exchange(early_gaps, {}))
        told();
    tick();
    take(std::exchange(early, {}));
}

/// Platforms that are new have not been heard since the daemon was last alive; those of a reload, as of now.
void History::State::use_owners(std::shared_ptr<const Owners> table) {
    owners = std::move(table);
    if (!ready) return;
    auto now = wall_now();
    Wall from = platforms.empty() ? last_alive.value_or(now) : now;
    const bool first = !last_alive; // in the life of this installation: nothing was promised of the time before
    owners->for_each([&](const Owner& owner) {
        if (platforms.contains(owner.platform)) return;
        first ? void(platforms.insert(owner.platform)) : gap(owner.platform, from);
    });
    recorder.use_owners(owners, now);
    after_step();
}

void History::State::take(std::vector<calls::LineNews> news) {
    if (closed) return;
    if (!ready) {
        // The feed tells each line's present state again only with its next change: nothing may be dropped that is not
        // counted.
        if (early.size() + news.size() > news_max)
            counting.lost += news.size();
        else
            early.insert(early.end(), std::make_move_iterator(news.begin()), std::make_move_iterator(news.end()));
        return;
    }
    for (const calls::LineNews& one : news)
        tell(recorder.take(one, wall_now()));
    after_step();
}

void History::State::tell(std::vector<CallEvent> events) {
    if (!on_event) return;
    for (const CallEvent& event : events)
        on_event(event);
}

void History::State::after_step() {
    keep(recorder.written());
    arm_settle();
    flush();
    publish();
}

void History::State::arm_settle() {
    auto due = recorder.next_due();
    if (!due || closed) return;
    if (settle_armed && *settle_armed <= *due) return;
    settle_armed = due;
    settle_timer.expires_after(std::max(milliseconds(1), *due - wall_now()));
    settle_timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (error || self->closed) return;
        self->settle_armed.reset();
        self->tell(self->recorder.due(wall_now()));
        self->after_step();
    });
}

/// Once a minute: we live; once an hour: what is too old goes.
void History::State::tick() {
    if (closed) return;
    auto now = wall_now();
    put([now](store::Database& disk) { return put_mark(disk, "alive", now); });
    if (now - forgot_at >= forget_every || now < forgot_at) {
        forgot_at = now;
        forget_old();
    }
    tick_timer.expires_after(alive_every);
    tick_timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error) self->tick();
    });
}

void History::State::forget_old() {
    auto than = wall_now() - options.keep;
    store.ask<std::size_t>(
        loop, [than](store::Database& disk) { return forget_older(disk, than, forgotten_at_once); },
        [self = shared_from_this()](Result<std::size_t> gone) {
            if (gone && *gone >= forgotten_at_once && !self->closed) self->forget_old();
        });
}

void History::State::keep(std::vector<Written> records) {
    for (Written& one : records) {
        auto name = name_of(one.record);
        if (auto known = waiting.find(name); known != waiting.end()) {
            known->second = std::move(one);
        } else if (waiting.size() < waiting_max) {
            waiting.emplace(std::move(name), std::move(one));
        } else {
            ++counting.lost;
            if (lost_complaints.allow(steady_now()))
                log::error("records", "the disk takes nothing and no more records of calls fit in memory",
                           {{"lost", counting.lost}});
        }
    }
}

void History::State::flush() {
    if (flushing || waiting.empty()) {
        if (!flushing)
            for (auto& then : std::exchange(when_flushed, {}))
                then();
        return;
    }
    auto batch = std::make_shared<std::vector<Written>>();
    batch->reserve(std::min(waiting.size(), batch_max));
    while (!waiting.empty() && batch->size() < batch_max) {
        auto node = waiting.extract(waiting.begin());
        batch->push_back(std::move(node.mapped()));
    }
    flushing = true;
    store.submit(
        loop,
        [batch, numbers = options.numbers](store::Database& disk) -> Result<void> {
            for (const Written& one : *batch)
                if (auto done = put_record(disk, one, numbers); !done) return done;
            return {};
        },
        [self = shared_from_this(), batch](const Result<void>& result) { self->flushed(batch, result); });
}

void History::State::flushed(const std::shared_ptr<std::vector<Written>>& batch, const Result<void>& result) {
    flushing = false;
    if (result) {
        counting.written += batch->size();
        failing = false;
        retry = retry_first;
        flush();
        publish();
        return;
    }
    failing = true;
    counting.last_error = result.error().text;
    for (Written& one : *batch)
        waiting.try_emplace(name_of(one.record), std::move(one)); // unless there is a newer one
    if (disk_complaints.allow(steady_now()))
        log::error("records", "records of calls wait: the disk does not take them",
                   {{"why", result.error().text}, {"waiting", waiting.size()}});
    for (auto& then : std::exchange(when_flushed, {}))
        then();
    publish();
    if (closed || result.error().category == Category::cancelled) return;
    flushing = true; // until it is tried again
    retry_timer.expires_after(retry);
    retry = std::min<milliseconds>(retry * 2, retry_last);
    retry_timer.async_wait([self = shared_from_this()](const boost::system::error_code&) {
        self->flushing = false;
        self->flush();
    });
}

void History::State::put(store::Store::Work work) {
    store.submit(loop, std::move(work), [self = shared_from_this()](const Result<void>& result) {
        if (result || result.error().category == Category::cancelled) return;
        if (self->disk_complaints.allow(steady_now()))
            log::error("records", "a gap or mark is not on disk", {{"why", result.error().text}});
    });
}

void History::State::publish() {
    counting.going = recorder.going();
    counting.waiting = waiting.size();
    counting.failing = failing;
    std::lock_guard lock(report_mutex);
    report = counting;
}

// --- gaps and call logs

void History::State::gap(const std::string& platform, Wall from) {
    if (!ready) return early_gaps.push_back([this, platform, from] { gap(platform, from); });
    platforms.insert(platform);
    auto [place, added] = open_gaps.try_emplace(platform, Gap{.platform = platform, .from = from});
    if (!added) return;
    put([gap = place->second](store::Database& disk) { return put_gap(disk, gap); });
}

void History::State::gap_over(const std::string& platform, Wall at) {
    if (!ready) return early_gaps.push_back([this, platform, at] { gap_over(platform, at); });
    if (!platforms.contains(platform) && last_alive) gap(platform, std::min(at, *last_alive));
    auto found = open_gaps.extract(platform);
    if (found.empty()) return;
    Gap gap = std::move(found.mapped());
    gap.until = std::max(at, gap.from);
    put([gap](store::Database& disk) { return put_gap(disk, gap); });
    if (!options.call_logs || !read_logs || gap.from == gap.until) return;
    auto [place, added] = unfilled.try_emplace(platform, gap);
    if (!added) place->second.until = gap.until; // another one while logs are read: from the first's begin
    rounds.insert_or_assign(platform, LogRound{owners, {place->second.from, *gap.until}});
    if (reading) return;
    // What vanished meanwhile ends first.
    log_timer.expires_after(options.log_wait);
    log_timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error) self->read_next_log();
    });
}

/// Nothing: the round is through, and the gap is filled.
std::optional<History::State::LogRead> History::State::next_log(const std::string& platform) {
    auto round = rounds.find(platform);
    if (round == rounds.end()) return std::nullopt;
    auto& [owners_then, span, next] = round->second;
    while (next < owners_then->size()) {
        auto owner = owners_then->row(next++);
        if (owner.platform == platform) return LogRead{platform, std::move(owner.line), span};
    }
    rounds.erase(round);
    fill(platform);
    return std::nullopt;
}

void History::State::read_next_log() {
    if (reading || rounds.empty() || closed) return;
    auto next = next_log(std::string(rounds.begin()->first));
    if (!next) return read_next_log();
    reading = true;
    read_logs(next->line, [self = shared_from_this(), next = *next](Result<LineLogs> found) {
        self->merge_log(next.line, next.span, std::move(found));
        self->log_timer.expires_after(between_logs);
        self->log_timer.async_wait([self](const boost::system::error_code& error) {
            self->reading = false;
            if (error || self->closed) return;
            self->read_next_log();
        });
    });
}

void History::State::fill(const std::string& platform) {
    auto done = unfilled.extract(platform);
    if (done.empty()) return;
    auto gap = std::move(done.mapped());
    gap.filled = true;
    put([gap](store::Database& disk) -> Result<void> {
        // Of several that were read as one each is marked.
        auto gaps = read_gaps(disk, gap.from, gap.until);
        if (!gaps) return std::unexpected(gaps.error());
        for (Gap& one : *gaps) {
            if (one.platform != gap.platform || !one.until) continue;
            one.filled = true;
            if (auto put = put_gap(disk, one); !put) return put;
        }
        return {};
    });
}

void History::State::merge_log(const std::string& line, LogSpan span, Result<LineLogs> found) {
    if (closed) return;
    if (!found) {
        log::debug("records", "a call log cannot be read", {{"line", line}, {"why", found.error().text}});
        return;
    }
    if (found->empty()) return;
    std::vector<std::string> persons;
    if (auto owner = owners->find(line)) persons = std::move(owner->persons);
    auto look = [self = shared_from_this(), line, span, persons, logs = std::move(*found)] {
        self->store.ask<std::vector<CallRecord>>(
            self->loop,
            [line, span](store::Database& disk) {
                return read_line(disk, line, span.from - log_tolerance, span.until + log_tolerance);
            },
            [self, line, span, persons, logs](Result<std::vector<CallRecord>> known) {
                if (known && !self->closed)
                    self->merged(merge(logs, *known, span, line, persons, self->options.numbers));
            });
    };
    when_flushed.push_back(std::move(look));
    flush();
}

void History::State::merged(Merged found) {
    auto now = wall_now();
    std::vector<Written> records;
    for (auto* list : {&found.added, &found.settled})
        for (CallRecord& record : *list) {
            if (on_event && record.result == calls::CallResult::missed && !record.person.empty())
                on_event({.what = Happening::missed, .at = now, .call = record});
            records.push_back({.record = std::move(record)});
        }
    counting.from_logs += records.size();
    keep(std::move(records));
    flush();
    publish();
}

// --- the facade

History::History(Loop& loop, store::Store& store, Zone zone, HistoryOptions options)
    : state_(std::make_shared<State>(loop, store, std::move(zone), options)) {}

History::~History() = default;

void History::start() {
    state_->on_event = std::move(on_event);
    state_->read_logs = std::move(read_logs);
    state_->loop.post([state = state_] { state->start(); });
}

void History::take(std::vector<calls::LineNews> news) {
    state_->take(std::move(news));
}

void History::use_people(std::shared_ptr<const Owners> owners) {
    state_->loop.post([state = state_, table = std::move(owners)] { state->use_owners(table); });
}

void History::gap(std::string platform, Wall from) {
    state_->loop.post([state = state_, platform = std::move(platform), from] { state->gap(platform, from); });
}

void History::gap_over(std::string platform, Wall at) {
    state_->loop.post([state = state_, platform = std::move(platform), at] { state->gap_over(platform, at); });
}

/// Behind what waits to be written, unless the disk takes nothing.
void History::State::when_written(std::function<void()> then) {
    when_flushed.push_back(std::move(then));
    if (failing)
        for (auto& one : std::exchange(when_flushed, {}))
            one();
    flush();
}

void History::calls(calls::CallQuery query, std::function<void(Result<calls::CallPage>)> reply) {
    state_->loop.post([state = state_, query = std::move(query), reply = std::move(reply)]() mutable {
        state->when_written([state, query = std::move(query), reply = std::move(reply)] {
            state->store.ask<calls::CallPage>(
                state->loop,
                [query, masked = state->options.numbers != Numbers::whole](store::Database& disk) {
                    auto page = read_calls(disk, query);
                    if (page) page->masked = masked;
                    return page;
                },
                reply);
        });
    });
}

void History::stats(calls::StatsQuery query, std::function<void(Result<calls::Stats>)> reply) {
    state_->loop.post([state = state_, query = std::move(query), reply = std::move(reply)]() mutable {
        state->when_written([state, query = std::move(query), reply = std::move(reply)] {
            state->store.ask<calls::Stats>(
                state->loop,
                [query, zone = state->zone, owners = state->owners, now = wall_now()](store::Database& disk) {
                    return read_stats(disk, query, zone, *owners, now);
                },
                reply);
        });
    });
}

void History::forget(std::string id, std::optional<calls::Within> within, std::string by,
                     std::function<void(Result<std::size_t>)> reply) {
    state_->loop.post([state = state_, id = std::move(id), within = std::move(within), by = std::move(by),
                       reply = std::move(reply)]() mutable {
        state->when_written(
            [state, id = std::move(id), within = std::move(within), by = std::move(by), reply = std::move(reply)] {
                auto work = [id, within, by](store::Database& disk) -> Result<std::size_t> {
                    auto gone = forget_call(disk, id, within);
                    if (!gone) return gone;
                    store::Audited row{wall_now(), by.empty() ? "anonymous" : by, "call_deleted", id, {}, {}, {}};
                    if (auto done = store::put_audited(disk, row); !done) return std::unexpected(done.error());
                    return gone;
                };
                state->store.ask<std::size_t>(state->loop, work, reply);
            });
    });
}

HistoryReport History::report() const {
    std::lock_guard lock(state_->report_mutex);
    return state_->report;
}

void History::shut_down(std::function<void()> done) {
    state_->loop.post([state = state_, done = std::move(done)]() mutable {
        state->closed = true;
        for (asio::steady_timer* timer :
             {&state->settle_timer, &state->tick_timer, &state->retry_timer, &state->log_timer})
            timer->cancel();
        state->put([now = wall_now()](store::Database& disk) { return put_mark(disk, "alive", now); });
        state->when_flushed.push_back(std::move(done));
        if (!state->flushing) state->flush();
    });
}

} // namespace lamp::records
