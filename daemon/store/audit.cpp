#include "store/audit.hpp"

namespace lamp::store {

Result<void> put_audited(Database& disk, const Audited& row) {
    auto done =
        disk.run("INSERT INTO audit(at, who, what, subject, before, after, text) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                 row.at, row.who, row.what, row.subject, row.before, row.after, row.text);
    if (!done) return done;
    return disk.run("DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?1", audited_max);
}

Result<std::vector<Audited>> read_audited(Database& disk, std::size_t most) {
    auto rows =
        disk.prepare("SELECT at, who, what, subject, before, after, text FROM audit ORDER BY id DESC LIMIT ?1", most);
    if (!rows) return std::unexpected(rows.error());
    std::vector<Audited> found;
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return found;
        auto text = [&](int column) { return std::string(rows->text(column)); };
        found.push_back({rows->time(0), text(1), text(2), text(3), text(4), text(5), text(6)});
    }
}

} // namespace lamp::store
