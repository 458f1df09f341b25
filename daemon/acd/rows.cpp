#include "acd/rows.hpp"

namespace lamp::acd {

Result<void> put(store::Database& disk, const Kept& kept) {
    return disk.run("INSERT INTO acd_kept(line, code, written) VALUES(?1, ?2, ?3) ON CONFLICT(line) DO UPDATE SET "
                    "code = excluded.code, written = excluded.written",
                    kept.line, kept.code, kept.written ? 1 : 0);
}

Result<void> drop(store::Database& disk, const std::string& line) {
    return disk.run("DELETE FROM acd_kept WHERE line = ?1", line);
}

Result<std::vector<Kept>> read_kept(store::Database& disk) {
    auto rows = disk.prepare("SELECT line, code, written FROM acd_kept ORDER BY line");
    if (!rows) return std::unexpected(rows.error());
    std::vector<Kept> all;
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return all;
        all.push_back({std::string(rows->text(0)), std::string(rows->text(1)), rows->integer(2) != 0});
    }
}

} // namespace lamp::acd
