#include "store/secrets.hpp"

#include "base/clock.hpp"

namespace lamp::store {

Result<Secret> read_secret(Database& disk, const std::string& name) {
    auto rows = disk.prepare("SELECT value FROM secret WHERE name = ?1", name);
    if (!rows) return std::unexpected(rows.error());
    auto row = rows->step();
    if (!row) return std::unexpected(row.error());
    return *row ? Secret(std::string(rows->text(0))) : Secret();
}

Result<void> keep_secret(Database& disk, const std::string& name, const Secret& value) {
    return disk.run("INSERT INTO secret(name, value, written_at) VALUES(?1, ?2, ?3) ON CONFLICT(name) "
                    "DO UPDATE SET value = excluded.value, written_at = excluded.written_at",
                    name, value.reveal(), wall_now());
}

} // namespace lamp::store
