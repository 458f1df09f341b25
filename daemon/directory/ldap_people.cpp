#include "directory/ldap_people.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "proto/text/text.hpp"

namespace lamp::directory {
namespace {

constexpr std::chrono::hours at_leisure{1};

} // namespace

Result<std::unique_ptr<LdapPeople>> LdapPeople::make(Loop& loop, Directory& directory, LdapOptions options,
                                                     contacts::Normal normal) {
    auto way = ldap::options_of(options.login(), options.ca_file);
    if (!way) return std::unexpected(way.error());
    return std::make_unique<LdapPeople>(loop, directory, std::move(options), std::move(normal), std::move(*way));
}

LdapPeople::LdapPeople(Loop& loop, Directory& directory, LdapOptions options, contacts::Normal normal,
                       ldap::Options way)
    : loop_(loop),
      directory_(directory),
      options_(std::move(options)),
      normal_(std::move(normal)),
      parts_(attributes_of(options_.attributes)),
      question_(question_of(options_, parts_)),
      client_(loop.context(), std::move(way)),
      schedule_(minutes_of(options_.sync).value_or(std::chrono::minutes()), options_.poll, text::fnv1a(options_.url)),
      bell_(loop.context()) {}

void LdapPeople::start() {
    loop_.post([this] { loop_.spawn(work()); });
}

void LdapPeople::sync(SyncOrder order) {
    loop_.post([this, order = std::move(order)]() mutable {
        if (orders_.size() >= orders_max)
            return order.reply(fail(Category::limit, "Others have asked for it already; wait for them."));
        orders_.push_back(std::move(order));
        bell_.ring();
    });
}

Task<> LdapPeople::work() {
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
            co_await turn(due == Schedule::Due::full || cursor_.empty(), {});
        }
    }
}

Task<> LdapPeople::turn(bool whole, SyncOrder order) {
    auto got = co_await read(whole);
    std::optional<Read> read;
    Result<ImportReport> report = ImportReport{};
    if (!got) {
        report = std::unexpected(got.error());
    } else {
        read = std::move(*got);
        if (!read->changes.unchanged) report = co_await apply(std::move(read->reading), order);
    }
    const auto& limits = order.options.limits;
    const bool by_order = !report && report.error().category == Category::conflict && // a limit of that order's own
                          (limits.most || limits.most_percent);
    if (!order.options.dry_run && !by_order) {
        if (report) {
            cursor_ = read->changes.cursor;
            memory_ = std::move(read->changes.memory);
            schedule_.succeeded(read->changes.whole, wall_now());
        } else {
            schedule_.failed(whole, wall_now());
        }
        tell(report, read);
    }
    if (order.reply) order.reply(std::move(report));
}

Task<Result<LdapPeople::Read>> LdapPeople::read(bool whole) {
    struct Job {
        std::vector<Part> parts;
        ldap::Question question;
        contacts::Normal normal;
        std::string cursor;
        ldap::Memory memory;
    };
    std::function<Result<Read>(ldap::Session&)> work =
        [job = Job{parts_, question_, normal_, whole ? std::string() : cursor_, memory_}](ldap::Session& session) {
            Read out;
            auto take = [&](std::string id, const ldap::Entry& entry) -> Result<bool> {
                auto contact = contact_of(std::move(id), entry, job.parts, job.normal, out.unreadable);
                if (!contact) return false;
                if (out.reading.contacts.size() >= Directory::contacts_max)
                    return fail(Category::limit, fmt::format("The server has more than {} people; narrow base or "
                                                             "filter.",
                                                             Directory::contacts_max));
                out.reading.contacts.push_back(std::move(*contact));
                return true;
            };
            auto changes = ldap::read_changes(session, job.question, job.cursor, job.memory, take);
            if (!changes) return Result<Read>(std::unexpected(changes.error()));
            out.changes = std::move(*changes);
            out.reading.source = ldap_source;
            out.reading.whole = out.changes.whole;
            out.reading.gone = std::move(out.changes.gone);
            return Result<Read>(std::move(out));
        };
    co_return co_await client_.run<Read>(std::move(work));
}

Task<Result<ImportReport>> LdapPeople::apply(contacts::SourceReading reading, const SyncOrder& order) {
    auto answer = std::make_shared<std::optional<Result<ImportReport>>>();
    auto answered = std::make_shared<Bell>(loop_.context());
    directory_.synchronise(std::move(reading), order.options, order.by.empty() ? "ldap" : order.by,
                           [answer, answered](Result<ImportReport> report) {
                               *answer = std::move(report);
                               answered->ring();
                           });
    while (!*answer)
        co_await answered->wait(at_leisure);
    co_return std::move(**answer);
}

void LdapPeople::tell(const Result<ImportReport>& report, const std::optional<Read>& read) {
    auto health = *health_.load();
    if (report) {
        health.state = "up";
        health.last_success = wall_now();
        health.last_error.clear();
        if (read->changes.whole) {
            health.contacts = report->plan.count(contacts::Change::Kind::create) +
                              report->plan.count(contacts::Change::Kind::modify) + report->plan.unchanged;
            health.unreadable = read->unreadable;
        }
    } else {
        health.state = health.last_success ? "degraded" : "down";
        if (health.last_error != report.error().text)
            log::warning("directory", "the LDAP server's people could not be brought in",
                         {{"why", report.error().text}});
        health.last_error = report.error().text;
    }
    health_.store(std::make_shared<const SourceHealth>(std::move(health)));
}

} // namespace lamp::directory
