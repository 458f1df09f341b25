#include "adapters/teams/intents.hpp"

#include "base/log.hpp"

namespace lamp::teams {

Task<Result<void>> record_intents(store::Store& store, std::string tenant, std::vector<Intent> intents) {
    return store.write(
        [tenant = std::move(tenant), intents = std::move(intents)](store::Database& disk) -> Result<void> {
            for (const Intent& intent : intents) {
                auto done = disk.run("INSERT INTO teams_session(tenant, object_id, line_since, written_at, expires_at) "
                                     "VALUES(?1, ?2, ?3, ?3, ?4) ON CONFLICT(tenant, object_id) "
                                     "DO UPDATE SET written_at = excluded.written_at, expires_at = excluded.expires_at",
                                     tenant, graph::to_string(intent.person), wall_now(), intent.expires);
                if (!done) return done;
            }
            return {};
        });
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
            if (auto person = graph::parse_guid(rows->text(0)))
                found.push_back({*person, Wall(milliseconds(rows->integer(1)))});
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
