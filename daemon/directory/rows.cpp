#include "directory/rows.hpp"

#include <boost/json.hpp>

#include "contacts/contact_json.hpp"

namespace lamp::directory {
namespace {

namespace json = boost::json;

std::string document_of(const contacts::Contact& contact) {
    std::string text;
    JsonWriter writer(text);
    contacts::write_contact(writer, contact);
    return text;
}

/// What we wrote ourselves; numbers are normal already.
Result<contacts::Contact> contact_of(std::string_view key, std::string_view document) {
    boost::system::error_code error;
    auto value = json::parse(document, error);
    if (error || !value.is_object()) return fail(Category::invalid, "A stored contact cannot be read.");
    return contacts::read_stored_contact(std::move(value.get_object()), key);
}

Result<void> write(store::Database& disk, const contacts::Contact& contact, Wall now) {
    return disk.run("INSERT INTO contact(key, document, changed_at, gone_at) VALUES(?1, ?2, ?3, NULL) ON CONFLICT(key) "
                    "DO UPDATE SET document = excluded.document, changed_at = excluded.changed_at, gone_at = NULL",
                    contact.key, document_of(contact), now);
}

} // namespace

Result<Stored> read_directory(store::Database& disk) {
    Stored stored;
    auto rows = disk.prepare("SELECT key, document, gone_at FROM contact ORDER BY key");
    if (!rows) return std::unexpected(rows.error());
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) break;
        if (!rows->null(2)) {
            stored.gone.emplace_back(rows->text(0));
            continue;
        }
        auto contact = contact_of(rows->text(0), rows->text(1));
        if (!contact) return std::unexpected(contact.error());
        stored.contacts.push_back(std::move(*contact));
    }
    auto folders = disk.prepare("SELECT path FROM contact_folder ORDER BY path");
    if (!folders) return std::unexpected(folders.error());
    while (true) {
        auto row = folders->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return stored;
        stored.folders.emplace_back(folders->text(0));
    }
}

Result<void> write_changes(store::Database& disk, std::span<const contacts::Change> changes, Wall now) {
    for (const auto& change : changes) {
        auto done = change.kind == contacts::Change::Kind::remove
                        ? disk.run("UPDATE contact SET gone_at = ?2 WHERE key = ?1", change.before.key, now)
                        : write(disk, change.after, now);
        if (!done) return done;
    }
    return {};
}

Result<std::vector<contacts::Contact>> read_gone(store::Database& disk, std::span<const std::string> keys) {
    std::vector<contacts::Contact> found;
    for (const auto& key : keys) {
        auto rows = disk.prepare("SELECT document FROM contact WHERE key = ?1 AND gone_at IS NOT NULL", key);
        if (!rows) return std::unexpected(rows.error());
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) continue;
        if (auto contact = contact_of(key, rows->text(0))) found.push_back(std::move(*contact)); // else it is erased
    }
    return found;
}

Result<void> write_folder(store::Database& disk, const std::string& path, bool there) {
    if (there) return disk.run("INSERT OR IGNORE INTO contact_folder(path) VALUES(?1)", path);
    return disk.run("DELETE FROM contact_folder WHERE path = ?1", path);
}

Result<std::vector<std::string>> read_favourites(store::Database& disk, const std::string& owner) {
    auto rows = disk.prepare("SELECT key FROM favourite WHERE owner = ?1 ORDER BY place", owner);
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> keys;
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return keys;
        keys.emplace_back(rows->text(0));
    }
}

Result<contacts::FavouriteLists> read_all_favourites(store::Database& disk) {
    auto rows = disk.prepare("SELECT owner, key FROM favourite ORDER BY owner, place");
    if (!rows) return std::unexpected(rows.error());
    contacts::FavouriteLists lists;
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return lists;
        lists[std::string(rows->text(0))].emplace_back(rows->text(1));
    }
}

Result<void> write_favourites(store::Database& disk, const std::string& owner, std::span<const std::string> keys) {
    if (auto gone = disk.run("DELETE FROM favourite WHERE owner = ?1", owner); !gone) return gone;
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (auto put = disk.run("INSERT INTO favourite(owner, place, key) VALUES(?1, ?2, ?3)", owner,
                                static_cast<std::int64_t>(i), keys[i]);
            !put)
            return put;
    return {};
}

} // namespace lamp::directory
