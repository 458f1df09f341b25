#include "store/once.hpp"

namespace lamp::store {

Result<std::optional<Once>> begin_once(Database& disk, const std::string& key, const std::string& request, Wall now) {
    if (auto done = disk.run("DELETE FROM once WHERE at < ?1", now - once_kept); !done)
        return std::unexpected(done.error());
    auto row = disk.prepare("SELECT request, outcome FROM once WHERE key = ?1", key);
    if (!row) return std::unexpected(row.error());
    auto known = row->step();
    if (!known) return std::unexpected(known.error());
    if (*known) {
        Once once{.request = std::string(row->text(0))};
        if (!row->null(1)) once.outcome = row->text(1);
        return once;
    }
    auto rows = disk.number("SELECT count(*) FROM once");
    if (!rows) return std::unexpected(rows.error());
    if (*rows >= once_max) return fail(Category::limit, "Too many requests of this day are remembered by their key.");
    auto done = disk.run("INSERT INTO once(key, request, at) VALUES(?1, ?2, ?3)", key, request, now);
    if (!done) return std::unexpected(done.error());
    return std::nullopt;
}

Result<void> settle_once(Database& disk, const std::string& key, const std::string& outcome) {
    return disk.run("UPDATE once SET outcome = ?2 WHERE key = ?1", key, outcome);
}

Result<void> forget_once(Database& disk, const std::string& key) {
    return disk.run("DELETE FROM once WHERE key = ?1", key);
}

} // namespace lamp::store
