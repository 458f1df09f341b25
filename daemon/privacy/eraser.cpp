#include "privacy/eraser.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/log.hpp"
#include "privacy/keyed_hash.hpp"

namespace lamp::privacy {
namespace {

/// The one of that name, a new one if need be.
template <class Place>
Place& place_of(std::vector<Place>& places, std::string_view name) {
    auto found = std::ranges::find(places, name, &Place::place);
    if (found != places.end()) return *found;
    auto& added = places.emplace_back();
    added.place = name;
    return added;
}

/// Why rows stay.
std::string note_of(const KeptTable& table, const Page& page) {
    if (page.busy > 0) return "Some calls are going on or have only just ended: erase again when they are over.";
    if (page.erased == page.found) return {};
    return table.fate == Fate::in_force ? "Calls are forwarded there: whoever wants that has to end it."
                                        : "Contacts stay unless they are to go, too.";
}

void add_up(calls::PrivacyPlace& sum, const calls::PrivacyPlace& one) {
    sum.found += one.found;
    sum.erased += one.erased;
    if (sum.note.empty()) sum.note = one.note;
}

} // namespace

Eraser::Eraser(Loop& loop, store::Store& store, std::string country)
    : loop_(loop), store_(store), country_(std::move(country)) {}

// --- one after the other

bool Eraser::enqueue(Job job) {
    if (jobs_.size() >= orders_max) return false;
    jobs_.push_back(std::move(job));
    if (!std::exchange(working_, true)) loop_.spawn(work());
    return true;
}

Task<> Eraser::work() {
    while (!jobs_.empty()) {
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        co_await job();
    }
    working_ = false;
}

void Eraser::erase(calls::PrivacyOrder order, Reply<Result<calls::PrivacyDone>> reply) {
    loop_.post([this, order = std::move(order), reply = std::move(reply)] {
        auto job = [this, order, reply]() -> Task<> {
            auto done = co_await carry_out(order);
            reply(std::move(done));
        };
        if (!enqueue(job)) reply(fail(Category::limit, "Too many numbers are being erased already."));
    });
}

void Eraser::tell(std::string number, Reply<Result<calls::PrivacyExport>> reply) {
    loop_.post([this, number = std::move(number), reply = std::move(reply)] {
        auto job = [this, number, reply]() -> Task<> {
            auto done = co_await gather(number);
            reply(std::move(done));
        };
        if (!enqueue(job)) reply(fail(Category::limit, "Too many numbers are being looked for already."));
    });
}

void Eraser::erasures(std::size_t most, Reply<Result<std::vector<calls::PrivacyErasure>>> reply) {
    store_.ask<std::vector<calls::PrivacyErasure>>(
        loop_, [most](store::Database& disk) { return read_erasures(disk, most); }, std::move(reply));
}

// --- the parts of an order

template <class T>
Task<Result<T>> Eraser::answer(std::function<void(Reply<T>)> ask, milliseconds wait) {
    struct Waiting {
        explicit Waiting(asio::io_context& context) : bell(context) {}
        Bell bell;
        std::optional<T> value;
    };
    auto waiting = std::make_shared<Waiting>(loop_.context());
    ask([waiting, &loop = loop_](T value) {
        loop.post([waiting, value = std::move(value)]() mutable {
            if (waiting->value) return;
            waiting->value = std::move(value);
            waiting->bell.ring();
        });
    });
    for (auto until = steady_now() + wait; !waiting->value && steady_now() < until;)
        co_await waiting->bell.wait(std::chrono::ceil<milliseconds>(until - steady_now()));
    if (!waiting->value) co_return fail(Category::timeout, "A part of the daemon did not answer in time: try again.");
    co_return std::move(*waiting->value);
}

/// What waits in memory gets to disk, where it is found.
Task<Result<void>> Eraser::settle_all() {
    for (const auto& settle : settles_) {
        auto done = co_await answer<bool>([&](Reply<bool> reply) { settle([reply] { reply(true); }); });
        if (!done) co_return std::unexpected(done.error());
    }
    co_return Result<void>();
}

/// Page after page, so that nobody else waits long for the disk.
Task<Result<void>> Eraser::look_through(const KeptTable& table, Request request, Page& sum) {
    std::vector<std::string> after;
    do {
        auto page = co_await store_.read<Page>([&table, request, after](store::Database& disk) {
            return look(disk, table, request.number, request.wish, after);
        });
        if (!page) co_return std::unexpected(page.error());
        sum.found += page->found;
        sum.erased += page->erased;
        sum.busy += page->busy;
        for (auto& row : page->rows)
            if (sum.rows.size() < rows_told_max) sum.rows.push_back(std::move(row));
        after = std::move(page->last);
    } while (!after.empty());
    co_return Result<void>();
}

/// What is counted in `places` holds, whatever went wrong behind it.
Task<Result<void>> Eraser::look_everywhere(Request request, std::vector<calls::PrivacyPlace>& places) {
    for (const KeptTable& table : kept_tables()) {
        Page page;
        auto looked = co_await look_through(table, request, page);
        add_up(place_of(places, table.place), {{}, page.found, page.erased, note_of(table, page)});
        if (!looked) co_return looked;
    }
    for (const auto& [place, wait] : places_) {
        auto one = co_await answer<calls::PrivacyPlace>(
            [&](Reply<calls::PrivacyPlace> reply) { place(request, std::move(reply)); }, wait);
        if (!one) co_return std::unexpected(one.error());
        add_up(place_of(places, one->place), *one);
    }
    co_return Result<void>();
}

Task<Result<void>> Eraser::note(const calls::PrivacyDone& done, std::string by) {
    std::uint64_t erased = 0;
    for (const auto& place : done.places)
        erased += place.erased;
    calls::PrivacyErasure erasure{wall_now(), by, done.number_hash, erased};
    auto noted = co_await store_.write([erasure](store::Database& disk) { return put_erasure(disk, erasure); });
    if (noted)
        log::info("privacy", "a number was erased",
                  {{"number_hash", done.number_hash}, {"by", by}, {"erased", erased}});
    co_return noted;
}

Task<Result<void>> Eraser::scrub() {
    auto done = co_await answer<Result<void>>([this](Reply<Result<void>> reply) { store_.scrub(loop_, reply); });
    co_return done ? *done : std::unexpected(done.error());
}

// --- the orders

Task<Result<calls::PrivacyDone>> Eraser::carry_out(calls::PrivacyOrder order) {
    auto number = WantedNumber::read(order.number, country_);
    if (!number) co_return std::unexpected(number.error());
    auto what = order.dry_run ? Wish::What::count : Wish::What::erase;
    Request request{*number, {what, order.contacts}};
    auto key = co_await store_.read<Secret>([](store::Database& disk) { return read_key(disk); });
    if (!key) co_return std::unexpected(key.error());
    calls::PrivacyDone done{.number_hash = keyed_hash(*key, number->text()), .dry_run = order.dry_run};
    if (auto settled = co_await settle_all(); !settled) co_return std::unexpected(settled.error());
    auto looked = co_await look_everywhere(request, done.places);
    if (!order.dry_run) { // also behind a part that failed: rows are gone
        auto noted = co_await note(done, order.by);
        auto scrubbed = co_await scrub();
        if (looked) looked = noted ? scrubbed : noted;
    }
    if (!looked) co_return std::unexpected(looked.error());
    co_return done;
}

Task<Result<calls::PrivacyExport>> Eraser::gather(std::string written) {
    auto number = WantedNumber::read(written, country_);
    if (!number) co_return std::unexpected(number.error());
    calls::PrivacyExport all{.number = number->text()};
    if (auto settled = co_await settle_all(); !settled) co_return std::unexpected(settled.error());
    for (const KeptTable& table : kept_tables()) {
        Page page;
        auto looked = co_await look_through(table, {*number, {Wish::What::tell}}, page);
        if (!looked) co_return std::unexpected(looked.error());
        auto& place = place_of(all.places, table.place);
        place.whole = place.whole && page.rows.size() == page.found;
        std::ranges::move(page.rows, std::back_inserter(place.rows));
    }
    co_return all;
}

} // namespace lamp::privacy
