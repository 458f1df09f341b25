#include "recognition/shelf.hpp"

namespace lamp::recognition {

Result<Kept> read_kept(store::Database& disk, const std::string& source) {
    auto found = disk.prepare("SELECT enabled, deleted_at, epoch, cursor, last_sync, last_whole "
                              "FROM recognition_source WHERE name = ?1",
                              source);
    if (!found) return std::unexpected(found.error());
    auto row = found->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return Kept();
    return Kept{.enabled = found->integer(0) != 0,
                .deleted_at = found->maybe_time(1),
                .epoch = found->integer(2),
                .cursor = std::string(found->text(3)),
                .last_sync = found->maybe_time(4),
                .last_whole = found->maybe_time(5)};
}

Result<void> keep(store::Database& disk, const std::string& source, const Kept& kept) {
    return disk.run("INSERT OR REPLACE INTO recognition_source "
                    "(name, enabled, deleted_at, epoch, cursor, last_sync, last_whole) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    source, kept.enabled ? 1 : 0, kept.deleted_at, kept.epoch, kept.cursor, kept.last_sync,
                    kept.last_whole);
}

Result<std::vector<Record>> read_records(store::Database& disk, const std::string& source, std::int64_t epoch,
                                         const std::string& after) {
    auto found = disk.prepare("SELECT record FROM recognition_record WHERE source = ?1 AND epoch = ?2 AND id > ?3 "
                              "ORDER BY id LIMIT ?4",
                              source, epoch, after, static_cast<std::int64_t>(piece));
    if (!found) return std::unexpected(found.error());
    std::vector<Record> out;
    while (true) {
        auto row = found->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return out;
        auto bytes = found->bytes(0);
        auto record = unpack({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        if (!record) return std::unexpected(record.error());
        out.push_back(std::move(*record));
    }
}

Result<void> put_records(store::Database& disk, const std::string& source, std::int64_t epoch,
                         std::span<const Record> records) {
    std::string packed;
    for (const auto& record : records) {
        packed.clear();
        pack(packed, record);
        std::span bytes(reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size());
        if (auto done = disk.run("INSERT OR REPLACE INTO recognition_record (source, epoch, id, record) "
                                 "VALUES (?1, ?2, ?3, ?4)",
                                 source, epoch, record.id, bytes);
            !done)
            return done;
    }
    return {};
}

Result<void> drop_records(store::Database& disk, const std::string& source, std::int64_t epoch,
                          std::span<const std::string> ids) {
    for (const auto& id : ids)
        if (auto done = disk.run("DELETE FROM recognition_record WHERE source = ?1 AND epoch = ?2 AND id = ?3", source,
                                 epoch, id);
            !done)
            return done;
    return {};
}

Result<std::int64_t> drop_others(store::Database& disk, const std::string& source, std::int64_t epoch) {
    auto done = disk.run("DELETE FROM recognition_record WHERE (source, epoch, id) IN (SELECT source, epoch, id "
                         "FROM recognition_record WHERE source = ?1 AND epoch <> ?2 LIMIT ?3)",
                         source, epoch, static_cast<std::int64_t>(piece));
    if (!done) return std::unexpected(done.error());
    return disk.changed();
}

} // namespace lamp::recognition
