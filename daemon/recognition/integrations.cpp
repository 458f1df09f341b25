#include "recognition/integrations.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <tuple>

#include "base/log.hpp"
#include "base/schedule.hpp"
#include "recognition/accept.hpp"
#include "recognition/contact_of.hpp"
#include "recognition/files.hpp"
#include "recognition/index.hpp"
#include "recognition/integration.hpp"
#include "recognition/keeping.hpp"
#include "recognition/ldap_source.hpp"
#include "recognition/lookup.hpp"
#include "recognition/rest/contacts_source.hpp"
#include "store/audit.hpp"
#include "store/kept_token.hpp"

namespace lamp::recognition {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds longest_nap = 60s;
constexpr std::size_t live_known_max = 10'000;

Result<std::unique_ptr<Source>> source_of(const IntegrationOptions& options, const std::string& country,
                                          asio::io_context& context, const Integrations::Maker& maker,
                                          rest::RestSource::Keeper keeper = {}) {
    if (maker) return maker(options, context);
    switch (options.type) {
    case Type::csv: return csv_source(options.file, options.key);
    case Type::sqlite: return sqlite_source(options.file, options.query, options.key);
    case Type::rest: return rest::contacts_source(context, options.whole_rest(), country, std::move(keeper));
    case Type::ldap: return ldap_source(context, options.ldap, options.url, options.password, options.rest.ca_file);
    case Type::directory: break; // made by whoever has it
    }
    return fail(Category::invalid, "There is no such type of sources.");
}

using Shared = std::shared_ptr<Integration>;

} // namespace

struct Integrations::State : std::enable_shared_from_this<State> {
    struct LiveKnown {
        std::optional<Matches> matches; // nothing: it is being asked
        Wall until{};
        std::vector<Reply<Result<Matches>>> waiting;
    };

    State(Loop& loop_, store::Store& store_, Maker maker_)
        : loop(loop_), store(store_), keeping(store_), maker(std::move(maker_)), bell(loop_.context()) {}

    Loop& loop;
    store::Store& store;
    Keeping keeping;
    Maker maker;
    std::function<std::unique_ptr<Source>()> make_directory; // empty: there is none
    std::string country;                                     // the tenant's
    std::vector<Shared> all;
    std::map<std::string, LiveKnown, std::less<>> live;
    bool stopped = false;
    Bell bell;

    bool searched = false; // somebody has wanted to search

    mutable std::mutex mutex; // of the three below, for copies
    std::shared_ptr<const Lookup> lookup = std::make_shared<Lookup>();
    std::shared_ptr<const Searchables> searchables = std::make_shared<Searchables>();
    std::vector<calls::IntegrationView> shown;

    [[nodiscard]] std::shared_ptr<const Lookup> current() const {
        std::scoped_lock lock(mutex);
        return lookup;
    }

    void publish() {
        auto next = std::make_shared<Lookup>();
        std::vector<calls::IntegrationView> views;
        for (const auto& one : all)
            views.push_back(one->view());
        for (auto* one : by_priority())
            if (one->on() && one->index)
                next->all.push_back({one->options.name, one->options.ties, one->options.record_url, one->index});
        {
            std::scoped_lock lock(mutex);
            lookup = std::move(next);
            shown = std::move(views);
        }
        auto found = to_search(); // takes its time, and no caller shall wait for it
        std::scoped_lock lock(mutex);
        searchables = std::move(found);
    }

    /// Then as configured.
    [[nodiscard]] std::vector<Integration*> by_priority() const {
        std::vector<std::tuple<std::int64_t, std::size_t, Integration*>> sorted;
        for (const auto& one : all)
            sorted.emplace_back(one->options.priority, sorted.size(), one.get());
        std::ranges::sort(sorted);
        std::vector<Integration*> out;
        for (const auto& [priority, place, one] : sorted)
            out.push_back(one);
        return out;
    }

    [[nodiscard]] std::shared_ptr<const Searchables> to_search() const {
        auto out = std::make_shared<Searchables>();
        out->kept = searched;
        auto room = words_bytes_max;
        for (auto* one : by_priority()) {
            if (one->options.type == Type::directory) continue; // they are found in it
            if (searched && one->options.search && one->on() && one->index)
                one->keep_words(room);
            else
                one->drop_words();
            if (one->words) room -= one->words->text_bytes();
            out->all.push_back({one->options.name, one->words, one->why_not_searched()});
        }
        return out;
    }

    void configure(std::vector<IntegrationOptions> options, const std::string& tenant) {
        country = tenant;
        std::vector<Shared> next;
        if (make_directory) options.push_back(directory_options());
        for (auto& one : options) {
            auto same = std::ranges::find_if(
                all, [&](const Shared& old) { return old->options == one && old->tenant == country; });
            next.push_back(same != all.end() ? *same : std::make_shared<Integration>(std::move(one), country));
        }
        for (const auto& old : all)
            if (std::ranges::find(next, old) == next.end()) {
                old->gone = true;
                if (old->source) old->source->close();
            }
        all = std::move(next);
    }

    static IntegrationOptions directory_options() {
        IntegrationOptions own;
        own.name = directory_name;
        own.type = Type::directory;
        own.priority = 50;
        own.delta = std::chrono::hours(1); // changes are told of; this is for those that were not heard
        return own;
    }

    static void take_source(Integration& one, Result<std::unique_ptr<Source>> made) {
        if (made)
            one.source = std::move(*made);
        else
            one.trouble = made.error().text;
    }
    void make_sources() {
        for (const auto& one : all) {
            if (one->source || !one->trouble.empty() || one->rotates()) continue;
            if (one->options.type == Type::directory)
                one->source = make_directory();
            else
                take_source(*one, source_of(one->options, one->country(), loop.context(), maker));
        }
    }

    /// The CRM may have replaced the configured refresh token, and then takes no other.
    Task<> make_rotating(std::shared_ptr<State> self, Shared one) {
        const auto name = store::kept_name("recognition/" + one->options.name, one->options.rest.refresh_token);
        auto kept = co_await store::read_kept(store, name);
        if (!kept)
            log::error("recognition", "the kept login is not known; the configured refresh token is tried",
                       {{"integration", one->options.name}, {"reason", kept.error().text}});
        auto options = one->options;
        if (kept && !kept->empty()) options.rest.refresh_token = *kept;
        auto keeper = [&disk = store, name](Secret fresh) -> Task<> {
            auto done = co_await store::keep(disk, name, std::move(fresh));
            if (!done)
                log::error("recognition", "a new refresh token could not be kept: without it a restart cannot log in",
                           {{"name", name}, {"reason", done.error().text}});
        };
        if (!one->gone) take_source(*one, source_of(options, one->country(), loop.context(), maker, std::move(keeper)));
        static_cast<void>(self);
    }

    // --- on disk ---

    Task<Result<void>> load(Shared one) {
        const auto name = one->options.name;
        auto kept = co_await store.read<Kept>([name](store::Database& disk) { return read_kept(disk, name); });
        if (!kept) co_return std::unexpected(kept.error());
        if (one->loaded) { // orders may have come meanwhile
            kept->enabled = one->kept.enabled;
            kept->deleted_at = one->kept.deleted_at;
        }
        one->kept = *kept;
        auto records = co_await keeping.read(name, kept->epoch);
        if (!records) co_return std::unexpected(records.error());
        one->index = Index::build(*records, one->reading());
        co_return Result<void>();
    }

    Task<> open(std::shared_ptr<State> self, Shared one) {
        auto done = co_await load(one);
        if (!done) {
            log::warning("recognition", "the contacts on disk cannot be read; they are read from their source",
                         {{"integration", one->options.name}, {"reason", done.error().text}});
            one->kept.cursor.clear();
            one->kept.last_whole.reset();
        }
        if (!one->index) one->index = Index::build({}, one->reading());
        if (one->rotates() && !one->source) co_await make_rotating(self, one);
        one->loaded = true;
        one->schedule.begin(one->kept.last_whole, wall_now());
        self->publish();
        self->bell.ring();
    }

    /// Never while it synchronises: what changed is put to the contacts in memory.
    Task<> read_again(Shared one) {
        one->reread = false;
        if (auto done = co_await load(one); !done)
            log::warning("recognition", "the contacts on disk cannot be read again",
                         {{"integration", one->options.name}, {"reason", done.error().text}});
        publish();
    }

    // --- synchronisation ---

    Task<Result<void>> take(Shared one, Synced synced, bool forced) {
        const auto now = wall_now();
        if (!synced.unchanged) {
            // A reading that began before need not hold what was put there meanwhile.
            const auto known = one->index->contacts() - std::min(one->index->contacts(), one->put_meanwhile.size());
            auto before = synced.whole ? std::vector<Record>(known) : one->index->records();
            // What was taken out of the directory was meant to go: imports have limits of their own.
            auto records = accept(std::move(before), synced, forced || one->options.type == Type::directory);
            if (!records) co_return std::unexpected(records.error());
            one->index = Index::build(*records, one->reading());
        }
        one->kept.cursor = synced.cursor;
        one->kept.last_sync = now;
        if (synced.whole) one->kept.last_whole = now;
        publish();
        auto result = std::make_shared<const Synced>(std::move(synced));
        Result<void> kept;
        if (result->unchanged)
            kept = co_await keeping.keep_row(one->options.name, one->kept);
        else if (result->whole)
            kept = co_await keeping.replace(one->options.name, one->kept,
                                            std::shared_ptr<const std::vector<Record>>(result, &result->records));
        else
            kept = co_await keeping.change(one->options.name, one->kept, result);
        if (kept && result->whole && !result->unchanged)
            kept = co_await keeping.drop_others(one->options.name, one->kept.epoch);
        if (!kept)
            log::warning("recognition", "the contacts could not be written to disk; they are in use all the same",
                         {{"integration", one->options.name}, {"reason", kept.error().text}});
        co_return Result<void>();
    }

    Task<> run(std::shared_ptr<State> self, Shared one, bool full, bool forced) {
        one->syncing = true;
        one->changed = false;
        self->publish();
        const auto begun = steady_now();
        auto got = co_await one->source->sync(full ? std::string() : one->kept.cursor);
        Result<void> done;
        const bool whole = full || (got && got->whole);
        if (one->gone || self->stopped)
            done = fail(Category::cancelled, "The synchronisation was stopped.");
        else if (!got)
            done = std::unexpected(got.error());
        else
            done = co_await take(one, std::move(*got), forced);
        one->syncing = false;
        one->took = std::chrono::duration_cast<milliseconds>(steady_now() - begun);
        one->trouble = done ? std::string() : done.error().text;
        if (done)
            one->schedule.succeeded(whole, wall_now());
        else
            one->schedule.failed(full, wall_now());
        if (one->changed) one->schedule.ask_changes(wall_now());
        if (!one->put_meanwhile.empty()) co_await add(one, {});
        if (!done && done.error().category != Category::cancelled)
            log::warning("recognition", "the synchronisation failed; the last good contacts stay in use",
                         {{"integration", one->options.name}, {"reason", done.error().text}});
        self->publish();
        self->bell.ring();
    }

    void begin(const Shared& one, bool full, bool forced) { loop.spawn(run(shared_from_this(), one, full, forced)); }

    Task<> turn(std::shared_ptr<State> self) {
        while (!stopped) {
            auto nap = longest_nap;
            const auto now = wall_now();
            for (const auto& one : std::vector(all)) {
                if (one->kept.deleted_at && now >= *one->kept.deleted_at + undo_life) co_await purge(one);
                if (one->reread && one->loaded && !one->syncing) co_await read_again(one);
                if (!one->on() || !one->loaded || one->syncing || !one->source) continue;
                auto due = one->schedule.due(now);
                if (due == Schedule::Due::full || (due == Schedule::Due::delta && one->source->delta())) {
                    one->syncing = true;
                    begin(one, due == Schedule::Due::full, std::exchange(one->again_forced, false));
                } else if (due == Schedule::Due::nothing) {
                    nap = std::min(nap, std::chrono::duration_cast<milliseconds>(one->schedule.next() - now));
                }
            }
            co_await self->bell.wait(std::max(nap, milliseconds(1)));
        }
    }

    /// The day for bringing it back is over.
    Task<> purge(Shared one) {
        if (!one->index || one->index->contacts() == 0) co_return;
        one->index = Index::build({}, one->reading());
        one->kept.cursor.clear();
        one->kept.last_sync.reset();
        one->kept.last_whole.reset();
        auto done = co_await keeping.keep_row(one->options.name, one->kept);
        if (done) done = co_await keeping.drop_others(one->options.name, -1);
        publish();
    }

    // --- orders ---

    Result<void> apply(Integration& one, const calls::IntegrationOrder& order) {
        using enum calls::IntegrationVerb;
        const auto now = wall_now();
        if (one.kept.deleted_at && order.verb != undo)
            return fail(Category::conflict, "It is deleted; undo brings it back.");
        switch (order.verb) {
        case enable: one.kept.enabled = true; break;
        case disable: one.kept.enabled = false; break;
        case remove: one.kept.deleted_at = now; break;
        case undo:
            if (one.kept.deleted_at && now >= *one.kept.deleted_at + undo_life)
                return fail(Category::conflict, "It is deleted for good.");
            one.kept.deleted_at.reset();
            break;
        case sync:
        case sync_forced:
            if (one.syncing) return fail(Category::conflict, "It is synchronising.");
            if (!one.on()) return fail(Category::conflict, "It is disabled.");
            if (!one.source) return fail(Category::unavailable, one.trouble);
            one.schedule.ask(now);
            one.again_forced = order.verb == sync_forced;
            break;
        case sample: break; // changes nothing: see `obey`
        }
        return {};
    }

    /// Null: there is none of that name.
    [[nodiscard]] Shared named(std::string_view name) const {
        auto found = std::ranges::find_if(all, [&](const Shared& one) { return one->options.name == name; });
        return found == all.end() ? nullptr : *found;
    }

    static calls::IntegrationView with_sample(const Integration& one) {
        auto out = one.view();
        out.sample = sample_of({one.options.name, one.options.ties, one.options.record_url, one.index});
        return out;
    }

    Task<> obey(std::shared_ptr<State> self, calls::IntegrationOrder order,
                Reply<Result<calls::IntegrationView>> reply) {
        auto one = named(order.name);
        if (!one) {
            reply(fail(Category::not_found, fmt::format("There is no integration \"{}\".", order.name)));
            co_return;
        }
        if (!one->loaded) {
            reply(fail(Category::conflict, "Its contacts are being read from disk."));
            co_return;
        }
        if (order.verb == calls::IntegrationVerb::sample) {
            reply(with_sample(*one));
            co_return;
        }
        if (auto done = apply(*one, order); !done) {
            reply(std::unexpected(done.error()));
            co_return;
        }
        constexpr std::array<std::string_view, 6> verbs{"enable", "disable", "sync", "sync_forced", "remove", "undo"};
        log::info(
            "recognition", "an integration was changed",
            {{"integration", order.name}, {"verb", verbs.at(static_cast<std::size_t>(order.verb))}, {"by", order.by}});
        publish();
        auto done = co_await keeping.keep_row(one->options.name, one->kept);
        self->bell.ring();
        if (done)
            reply(one->view());
        else
            reply(std::unexpected(done.error()));
    }

    // --- new contacts ---

    /// To those that are known, in memory and on disk; with what came while it was synchronising.
    Task<> add(Shared one, std::vector<Record> records) {
        if (one->gone) co_return; // whoever has its name now reads for itself
        auto synced = std::make_shared<Synced>(Synced{.whole = false, .records = std::move(records)});
        auto known = one->index->records();
        if (one->syncing) {
            std::ranges::copy(synced->records, std::back_inserter(one->put_meanwhile));
        } else { // what was read of them counts more than what was sent
            for (auto& record : std::exchange(one->put_meanwhile, {})) {
                auto read = std::ranges::find(known, record.id, &Record::id);
                synced->records.push_back(read == known.end() ? std::move(record) : *read);
            }
        }
        if (auto now = accept(std::move(known), *synced, true)) one->index = Index::build(*now, one->reading());
        publish();
        if (auto kept = co_await keeping.change(one->options.name, one->kept, synced); !kept)
            log::warning("recognition", "a new contact could not be written to disk; it is in use all the same",
                         {{"integration", one->options.name}, {"reason", kept.error().text}});
    }

    [[nodiscard]] std::string those_that_create() const {
        std::string names;
        for (const auto& one : all)
            if (one->on() && one->source && one->source->creates())
                names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", one->options.name);
        return names.empty() ? "No integration takes new contacts."
                             : fmt::format("New contacts are taken by {}.", names);
    }
    Result<Shared> one_that_creates(std::string_view name) const {
        constexpr std::string_view prefix = "crm.";
        auto one = named(name);
        if (!one && name.starts_with(prefix)) one = named(name.substr(prefix.size()));
        if (!one)
            return fail(Category::not_found,
                        fmt::format("There is no integration \"{}\". {}", name, those_that_create()));
        if (!one->on())
            return fail(Category::conflict,
                        fmt::format("\"{}\" is disabled or deleted. {}", one->options.name, those_that_create()));
        if (!one->source && one->loaded) return fail(Category::unavailable, one->trouble);
        if (!one->loaded) return fail(Category::conflict, "Its contacts are being read from disk.");
        if (!one->source->creates())
            return fail(Category::conflict, fmt::format("New contacts cannot be put into \"{}\" (type {}{}). {}",
                                                        one->options.name, recognition::name(one->options.type),
                                                        one->options.type == Type::ldap ? " without create_base" : "",
                                                        those_that_create()));
        return one;
    }
    /// Whose fault it is: a login that may not over there is none of whoever asks here.
    static Error told(const std::string& name, const Error& error) {
        const bool theirs = error.category == Category::forbidden || error.category == Category::not_found;
        return {theirs ? Category::unauthorised : error.category, fmt::format("{}: {}", name, error.text)};
    }

    Task<Result<PutDone>> put(PutOrder order) {
        auto one = one_that_creates(order.source);
        if (!one) co_return std::unexpected(one.error());
        const auto name = (*one)->options.name;
        auto outgoing = (*one)->source->preview(order.contact);
        if (!outgoing) co_return std::unexpected(told(name, outgoing.error()));
        PutDone done{.source = name, .outgoing = std::move(*outgoing)};
        done.record = {.id = {}, .name = order.contact.name(), .numbers = order.contact.numbers};
        if (order.dry_run) co_return done;
        auto made = co_await (*one)->source->create(std::move(order.contact));
        if (!made) co_return std::unexpected(told(name, made.error()));
        done.record = std::move(*made);
        done.url = url_of((*one)->options.record_url, done.record);
        done.key = directory_key(name, mark_of(done.record.id));
        audit_put(order.by, name, done.key);
        co_await add(*one, {done.record});
        std::erase_if(live, [](const auto& known) { return known.second.matches.has_value(); });
        (*one)->changed = true;
        if ((*one)->options.delta > milliseconds(0)) (*one)->schedule.ask_changes(wall_now());
        bell.ring();
        co_return done;
    }

    void audit_put(const std::string& by, const std::string& name, const std::string& key) {
        log::info("recognition", "a contact was put into an integration", {{"integration", name}, {"by", by}});
        store::Audited entry{.at = wall_now(),
                             .who = by.empty() ? "anonymous" : by,
                             .what = "contact_created",
                             .subject = name,
                             .before = {},
                             .after = {},
                             .text = key};
        store.submit(
            loop, [entry = std::move(entry)](store::Database& disk) { return store::put_audited(disk, entry); },
            [](const Result<void>& kept) {
                if (!kept)
                    log::error("recognition", "a new contact could not be written to the audit",
                               {{"why", kept.error().text}});
            });
    }

    Task<> put_and_tell(std::shared_ptr<State> self, PutOrder order, Reply<Result<PutDone>> reply) {
        auto done = co_await put(std::move(order));
        reply(std::move(done));
        static_cast<void>(self);
    }

    // --- live ---

    Task<> ask_live(std::shared_ptr<State> self, std::string number) {
        Matches matches;
        bool whole = true;
        for (const auto& one : std::vector(all)) {
            if (!one->on() || !one->source || !one->source->live()) continue;
            auto records = co_await one->source->look_up(number);
            whole = whole && records.has_value();
            if (!records || !one->on()) continue;
            Lookup only{{{one->options.name, one->options.ties, one->options.record_url,
                          Index::build(*records, one->reading())}}};
            if (auto some = matches_of(only, number)) std::ranges::move(*some, std::back_inserter(matches));
        }
        auto known = live.find(number);
        if (known == live.end()) co_return;
        auto waiting = std::move(known->second.waiting);
        if (whole || !matches.empty())
            known->second = {matches, wall_now() + live_life, {}};
        else
            live.erase(known); // it could not be asked everywhere: the next one asks again
        for (auto& reply : waiting)
            reply(matches);
    }

    void look_up_live(const std::string& number, Reply<Result<Matches>> reply) {
        const auto now = wall_now();
        auto known = live.find(number);
        if (known != live.end() && known->second.matches && known->second.until > now)
            return reply(*known->second.matches);
        if (known != live.end() && !known->second.matches) return known->second.waiting.push_back(std::move(reply));
        if (live.size() >= live_known_max)
            std::erase_if(live, [](const auto& one) { return one.second.matches.has_value(); });
        if (live.size() >= live_known_max || stopped) return reply(Matches());
        auto& asked = live[number];
        asked = {};
        asked.waiting.push_back(std::move(reply));
        loop.spawn(ask_live(shared_from_this(), number));
    }
};

Integrations::Integrations(Loop& loop, store::Store& store, std::vector<IntegrationOptions> options,
                           std::string country, Maker maker)
    : state_(std::make_shared<State>(loop, store, std::move(maker))) {
    state_->configure(std::move(options), country);
    state_->publish();
}

Integrations::~Integrations() = default;

void Integrations::use_directory(std::function<std::unique_ptr<Source>()> make) {
    state_->make_directory = std::move(make);
    auto own = State::directory_options();
    auto country = state_->country;
    state_->all.push_back(std::make_shared<Integration>(std::move(own), std::move(country)));
    state_->publish();
}

void Integrations::directory_changed() {
    state_->loop.post([state = state_] {
        auto one = state->named(directory_name);
        if (!one) return;
        one->changed = true;
        one->schedule.ask_changes(wall_now());
        state->bell.ring();
    });
}

void Integrations::start() {
    state_->loop.post([state = state_] {
        state->make_sources();
        for (const auto& one : state->all)
            state->loop.spawn(state->open(state, one));
        state->loop.spawn(state->turn(state));
    });
}

void Integrations::stop() {
    state_->loop.post([state = state_] {
        state->stopped = true;
        for (const auto& one : state->all)
            if (one->source) one->source->close();
        state->bell.ring();
    });
}

void Integrations::reload(std::vector<IntegrationOptions> options, std::string country) {
    state_->loop.post([state = state_, options = std::move(options), country = std::move(country)] {
        state->configure(options, country);
        state->make_sources();
        state->live.clear();
        for (const auto& one : state->all)
            if (!one->loaded) state->loop.spawn(state->open(state, one));
        state->publish();
    });
}

Result<std::vector<calls::Match>> Integrations::recognise(std::string_view number) const {
    return matches_of(*state_->current(), number);
}

void Integrations::recognise(std::string number, bool live, Reply<Result<std::vector<calls::Match>>> reply) const {
    auto known = recognise(number);
    const bool whole = number.starts_with('+');
    if (!live || !whole || !known || !known->empty()) return reply(std::move(known));
    state_->loop.post([state = state_, number = std::move(number), reply = std::move(reply)]() mutable {
        state->look_up_live(number, std::move(reply));
    });
}

std::shared_ptr<const Searchables> Integrations::searchables() const {
    std::scoped_lock lock(state_->mutex);
    return state_->searchables;
}

void Integrations::keep_searchable(Reply<std::shared_ptr<const Searchables>> reply) const {
    state_->loop.post([state = state_, reply = std::move(reply)] {
        if (!state->searched) {
            state->searched = true;
            state->publish();
        }
        std::shared_ptr<const Searchables> now;
        {
            std::scoped_lock lock(state->mutex);
            now = state->searchables;
        }
        reply(std::move(now));
    });
}

std::vector<calls::IntegrationView> Integrations::views() const {
    std::scoped_lock lock(state_->mutex);
    return state_->shown;
}

void Integrations::order(calls::IntegrationOrder order, Reply<Result<calls::IntegrationView>> reply) {
    state_->loop.post([state = state_, order = std::move(order), reply = std::move(reply)]() mutable {
        state->loop.spawn(state->obey(state, std::move(order), std::move(reply)));
    });
}

void Integrations::put(PutOrder order, Reply<Result<PutDone>> reply) {
    state_->loop.post([state = state_, order = std::move(order), reply = std::move(reply)]() mutable {
        state->loop.spawn(state->put_and_tell(state, std::move(order), std::move(reply)));
    });
}

void Integrations::forget(std::function<bool(std::string_view number)> so, bool reread, Reply<std::size_t> reply) {
    state_->loop.post([state = state_, so = std::move(so), reread, reply = std::move(reply)] {
        auto gone = std::erase_if(state->live,
                                  [&](const auto& one) { return one.second.matches.has_value() && so(one.first); });
        if (reread) {
            for (const auto& one : state->all)
                one->reread = true;
            state->bell.ring();
        }
        reply(gone);
    });
}

} // namespace lamp::recognition
