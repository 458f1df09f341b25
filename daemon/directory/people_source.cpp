#include "directory/people_source.hpp"

#include <fmt/format.h>

#include "base/log.hpp"

namespace lamp::directory {
namespace {

constexpr std::chrono::hours at_leisure{1};

} // namespace

Result<void> room_for_more(const contacts::SourceReading& reading) {
    if (reading.contacts.size() < Directory::contacts_max) return {};
    return fail(Category::limit, fmt::format("{} has more than {} people; narrow what counts in [{}].", reading.source,
                                             Directory::contacts_max, reading.source));
}

PeopleSource::PeopleSource(Loop& loop, Directory& directory, std::string_view name,
                           std::unique_ptr<PeopleReader> reader, Schedule schedule)
    : loop_(loop),
      directory_(directory),
      name_(name),
      reader_(std::move(reader)),
      schedule_(schedule),
      bell_(loop.context()) {}

void PeopleSource::start() {
    loop_.post([this] { loop_.spawn(work()); });
}

void PeopleSource::sync(SyncOrder order) {
    loop_.post([this, order = std::move(order)]() mutable {
        if (orders_.size() >= orders_max)
            return order.reply(fail(Category::limit, "Others have asked for it already; wait for them."));
        orders_.push_back(std::move(order));
        bell_.ring();
    });
}

Task<> PeopleSource::work() {
    schedule_.begin(std::nullopt, wall_now());
    while (true) {
        auto now = wall_now();
        auto due = schedule_.due(now);
        if (!orders_.empty()) {
            auto order = std::move(orders_.front());
            orders_.pop_front();
            co_await turn(true, std::move(order));
        } else if (due == Schedule::Due::nothing) {
            auto wait = std::chrono::ceil<milliseconds>(schedule_.next() - now);
            co_await bell_.wait(std::min<milliseconds>(wait, at_leisure));
        } else {
            co_await turn(due == Schedule::Due::full, {});
        }
    }
}

Task<> PeopleSource::turn(bool whole, SyncOrder order) {
    auto read = co_await reader_->read(whole);
    Result<ImportReport> report = ImportReport{};
    const bool everything = read && read->said.whole;
    if (!read)
        report = std::unexpected(read.error());
    else if (!read->unchanged)
        report = co_await apply(std::move(read->said), order);
    const auto& limits = order.options.limits;
    const bool by_order = !report && report.error().category == Category::conflict && // a limit of that order's own
                          (limits.most || limits.most_percent);
    if (!order.options.dry_run && !by_order) {
        if (report) {
            reader_->taken();
            schedule_.succeeded(everything, wall_now());
        } else {
            schedule_.failed(whole, wall_now());
        }
        tell(report, everything, read ? read->unreadable : 0);
    }
    if (order.reply) order.reply(std::move(report));
}

Task<Result<ImportReport>> PeopleSource::apply(contacts::SourceReading reading, const SyncOrder& order) {
    auto answer = std::make_shared<std::optional<Result<ImportReport>>>();
    auto answered = std::make_shared<Bell>(loop_.context());
    directory_.synchronise(std::move(reading), order.options, order.by.empty() ? name_ : order.by,
                           [answer, answered](Result<ImportReport> report) {
                               *answer = std::move(report);
                               answered->ring();
                           });
    while (!*answer)
        co_await answered->wait(at_leisure);
    co_return std::move(**answer);
}

void PeopleSource::tell(const Result<ImportReport>& report, bool whole, std::size_t unreadable) {
    auto health = *health_.load();
    if (report) {
        health.state = "up";
        health.last_success = wall_now();
        health.last_error.clear();
        if (whole) {
            health.contacts = report->plan.count(contacts::Change::Kind::create) +
                              report->plan.count(contacts::Change::Kind::modify) + report->plan.unchanged;
            health.unreadable = unreadable;
        }
    } else {
        health.state = health.last_success ? "degraded" : "down";
        if (health.last_error != report.error().text)
            log::warning("directory", "people of another system could not be brought in",
                         {{"source", name_}, {"why", report.error().text}});
        health.last_error = report.error().text;
    }
    health_.store(std::make_shared<const SourceHealth>(std::move(health)));
}

} // namespace lamp::directory
