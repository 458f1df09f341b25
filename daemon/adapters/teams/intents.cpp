#include "adapters/teams/intents.hpp"

#include "base/log.hpp"

namespace lamp::teams {
namespace {

Result<void> put(store::Database& disk, const std::string& tenant, const std::vector<Intent>& intents) {
    for (const Intent& intent : intents) {
        auto done = disk.run("INSERT INTO teams_session(tenant, object_id, line_since, written_at, expires_at) "
                             "VALUES(?1, ?2, ?3, ?3, ?4) ON CONFLICT(tenant, object_id) "
                             "DO UPDATE SET written_at = excluded.written_at, expires_at = excluded.expires_at",
                             tenant, graph::to_string(intent.person), wall_now(), intent.expires);
        if (!done) return done;
    }
    return {};
}

} // namespace

Task<Result<void>> record_intents(store::Store& store, Loop& loop, std::string tenant, std::vector<Intent> intents) {
    struct Waiting {
        explicit Waiting(asio::io_context& context) : bell(context) {}
        Bell bell;
        std::optional<Result<void>> answer;
    };
    auto waiting = std::make_shared<Waiting>(loop.context());
    store.submit(
        loop,
        [tenant = std::move(tenant), intents = std::move(intents)](store::Database& disk) {
            return put(disk, tenant, intents);
        },
        [waiting](Result<void> done) {
            waiting->answer = std::move(done);
            waiting->bell.ring();
        });
    auto until = steady_now() + intent_wait;
    while (!waiting->answer && steady_now() < until)
        co_await waiting->bell.wait(std::chrono::ceil<milliseconds>(until - steady_now()));
    if (waiting->answer) co_return *waiting->answer;
    co_return fail(Category::timeout, "The disk of state_dir has not answered for two seconds.");
}

Task<Result<std::vector<Intent>>> read_intents(store::Store& store, std::string tenant) {
    using Intents = std::vector<Intent>;
    return store.read<Intents>([tenant = std::move(tenant)](store::Database& disk) -> Result<Intents> {
        Intents found;
        auto rows = disk.prepare("SELECT object_id, expires_at FROM teams_session WHERE tenant = ?1", tenant);
        if (!rows) return std::unexpected(rows.error());
        while (true) {
            auto row = rows->step();
            if (!row) return std::unexpected(row.error());
            if (!*row) return found;
            if (auto person = graph::parse_guid(rows->text(0))) found.push_back({*person, rows->time(1)});
        }
    });
}

void forget_intents(store::Store& store, Loop& loop, std::string tenant, std::vector<graph::Guid> people) {
    auto work = [tenant = std::move(tenant), people = std::move(people)](store::Database& disk) -> Result<void> {
        for (const auto& person : people) {
            auto done = disk.run("DELETE FROM teams_session WHERE tenant = ?1 AND object_id = ?2", tenant,
                                 graph::to_string(person));
            if (!done) return done;
        }
        return {};
    };
    store.submit(loop, std::move(work), [](const Result<void>& done) {
        if (!done) log::debug("teams", "intents stay on disk", {{"why", done.error().text}});
    });
}

} // namespace lamp::teams
