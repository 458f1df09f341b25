#include "directory/directory.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>

#include "base/log.hpp"
#include "contacts/folder.hpp"
#include "directory/rows.hpp"
#include "proto/text/text.hpp"

namespace lamp::directory {
namespace {

using contacts::Change;
using contacts::Contact;
using contacts::folder_path;
using contacts::inside;

constexpr std::string_view backup_suffix = ".csv";

void sort_by_folder_and_name(std::vector<Contact>& everybody) {
    std::ranges::sort(everybody, {},
                      [](const Contact& one) { return std::tie(one.folder, one.last_name, one.first_name, one.key); });
}

std::vector<std::string> all_folders(const std::vector<Contact>& everybody, std::vector<std::string> folders) {
    for (const auto& one : everybody)
        if (!one.folder.empty() && (folders.empty() || folders.back() != one.folder)) folders.push_back(one.folder);
    for (std::size_t i = 0, count = folders.size(); i < count; ++i)
        for (auto slash = folders[i].rfind('/'); slash != std::string::npos; slash = folders[i].rfind('/', slash - 1)) {
            folders.push_back(folders[i].substr(0, slash));
            if (slash == 0) break;
        }
    std::ranges::sort(folders);
    folders.erase(std::ranges::unique(folders).begin(), folders.end());
    return folders;
}

/// Most numbers of a file are those that are stored: they need no second look. Not longer than `snapshot`.
contacts::Normal quick_normal(const Snapshot& snapshot, const contacts::Normal& normal) {
    auto stored = std::make_shared<std::unordered_set<std::string_view>>();
    for (const auto& contact : snapshot.contacts)
        for (const auto& one : contact.numbers)
            stored->insert(one.number);
    return [stored, &normal](std::string_view written) -> Result<std::string> {
        if (stored->contains(written)) return std::string(written);
        return normal(written);
    };
}

/// "directory-20261126T101500123Z.csv": sorts by time.
std::string backup_name(Wall now) {
    auto time = rfc3339(now);
    std::erase_if(time, [](char c) { return c == ':' || c == '-' || c == '.'; });
    return fmt::format("directory-{}{}", time, backup_suffix);
}

/// Names of ours only: nothing that leads elsewhere.
bool is_backup_name(std::string_view name) {
    return name.starts_with("directory-") && name.ends_with(backup_suffix) && name.size() < 64 &&
           std::ranges::all_of(
               name,
               [](char c) {
                   return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'T' || c == 'Z' || c == '-' ||
                          c == '.';
               });
}

std::string counts(const contacts::Plan& plan) {
    return fmt::format("{} created, {} changed, {} removed", plan.count(Change::Kind::create),
                       plan.count(Change::Kind::modify), plan.count(Change::Kind::remove));
}

/// Whether the directory would not hold them.
bool too_many(const Snapshot& snapshot, const contacts::Plan& plan) {
    return snapshot.contacts.size() + plan.count(Change::Kind::create) >
           Directory::contacts_max + plan.count(Change::Kind::remove);
}

/// The member of a contact that a column of the file shows.
std::string_view member_of(std::string_view column) {
    return column.starts_with("number") || column.starts_with("label") ? "numbers" : column;
}

Result<Change> removal(const Snapshot& snapshot, std::string_view key) {
    const auto* known = snapshot.find(key);
    if (!known) return fail(Category::not_found, "There is no contact with this key.");
    if (known->source != contacts::own_source)
        return fail(Category::conflict,
                    fmt::format("The contact goes when {} does not name it any more.", known->source));
    return Change{Change::Kind::remove, 0, *known, {}, {}};
}

} // namespace

Snapshot::Snapshot(std::vector<Contact> everybody, std::vector<std::string> made_folders)
    : contacts(std::move(everybody)), folders(all_folders(contacts, std::move(made_folders))), index(contacts) {
    places_.reserve(contacts.size());
    for (std::uint32_t i = 0; i < contacts.size(); ++i)
        places_.emplace(contacts[i].key, i);
}

const Contact* Snapshot::find(std::string_view key) const {
    auto place = places_.find(key);
    return place == places_.end() ? nullptr : &contacts[place->second];
}

Directory::Directory(Loop& loop, store::Store& store, std::filesystem::path backups, contacts::Normal normal)
    : loop_(loop), store_(store), backups_(std::move(backups)), normal_(std::move(normal)), bell_(loop.context()) {}

void Directory::start() {
    loop_.post([this] { loop_.spawn(work()); });
    enqueue([this] { return load(); });
}

void Directory::read_again() {
    enqueue([this] { return load(); });
}

void Directory::enqueue(Job job) {
    loop_.post([this, job = std::move(job)]() mutable {
        jobs_.push_back(std::move(job));
        bell_.ring();
    });
}

template <class T>
void Directory::enqueue(Reply<T> reply, Job job) {
    loop_.post([this, reply = std::move(reply), job = std::move(job)]() mutable {
        if (jobs_.size() >= jobs_max)
            return reply(fail(Category::limit, "Too much waits to be done to the directory; try again."));
        jobs_.push_back(std::move(job));
        bell_.ring();
    });
}

Task<> Directory::work() {
    while (true) {
        while (jobs_.empty())
            co_await bell_.wait(seconds(60));
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        co_await job();
        if (!snapshot_.load()) co_return; // stopped before anything was read
    }
}

Task<> Directory::load() {
    for (auto wait = milliseconds(100);; wait = std::min<milliseconds>(wait * 2, seconds(30))) {
        auto stored = co_await store_.read<Stored>(read_directory);
        if (stored) {
            for (auto& key : stored->gone)
                taken_.insert(std::move(key));
            for (const auto& one : stored->contacts)
                taken_.insert(one.key);
            made_folders_ = std::move(stored->folders);
            show(std::move(stored->contacts));
            co_await follow();
            co_return;
        }
        if (stored.error().category == Category::cancelled) co_return;
        log::error("directory", "the contacts cannot be read yet", {{"why", stored.error().text}});
        if (!co_await sleep_for(wait)) co_return;
    }
}

void Directory::show(std::vector<Contact> everybody) {
    sort_by_folder_and_name(everybody);
    snapshot_.store(std::make_shared<const Snapshot>(std::move(everybody), made_folders_));
    if (on_change) on_change();
}

std::string Directory::fresh_key() {
    static constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789";
    constexpr int bits = 5; // of the letters there are a few less than 32
    while (true) {
        std::string key = "c-";
        for (auto random = random_(); key.size() < 10 && random != 0; random >>= bits)
            if (auto letter = random & 31U; letter < letters.size()) key += letters[letter];
        if (key.size() < 10) continue;
        if (taken_.insert(key).second) return key;
    }
}

std::string Directory::lasting_key(const Contact& contact, const Snapshot& snapshot) {
    auto sum = text::fnv1a(contact.external_id, text::fnv1a(contact.source));
    auto key = fmt::format("l-{:016x}", sum);
    if (snapshot.find(key)) return fresh_key(); // somebody else's sum is the same
    taken_.insert(key);
    return key;
}

void Directory::audit(std::string_view who, std::string_view what, std::string text) {
    store::Audited entry{.at = wall_now(),
                         .who = std::string(who),
                         .what = std::string(what),
                         .subject = {},
                         .before = {},
                         .after = {},
                         .text = std::move(text)};
    store_.submit(
        loop_, [entry](store::Database& disk) { return store::put_audited(disk, entry); },
        [](Result<void> done) {
            if (!done)
                log::error("directory", "a change could not be written to the audit", {{"why", done.error().text}});
        });
    if (on_audit) on_audit(std::move(entry));
}

Task<Result<void>> Directory::apply(std::vector<Change> changes) {
    auto kept = std::make_shared<const std::vector<Change>>(std::move(changes));
    auto now = wall_now();
    auto done = co_await store_.write([kept, now](store::Database& disk) { return write_changes(disk, *kept, now); });
    if (!done) co_return done;
    auto everybody = snapshot_.load()->contacts;
    std::unordered_map<std::string_view, const Change*> by_key;
    for (const auto& change : *kept)
        if (change.kind == Change::Kind::create)
            everybody.push_back(change.after);
        else
            by_key.emplace(change.before.key, &change);
    std::erase_if(everybody, [&](const Contact& one) {
        auto found = by_key.find(one.key);
        return found != by_key.end() && found->second->kind == Change::Kind::remove;
    });
    for (auto& one : everybody)
        if (auto found = by_key.find(one.key); found != by_key.end()) one = found->second->after;
    show(std::move(everybody));
    co_return done;
}

// --- one contact

/// A change as it is kept: with what is its own now, and what the entry says of the rest.
Result<Change> Directory::modification(std::string_view key,
                                       const std::function<Result<Contact>(Contact)>& change) const {
    auto snapshot = snapshot_.load();
    const auto* known = snapshot->find(key);
    if (!known) return fail(Category::not_found, "There is no contact with this key.");
    auto after = change(*known);
    if (!after) return std::unexpected(after.error());
    if (auto field = contacts::foreign_difference(*known, *after); !field.empty())
        return fail(Category::conflict,
                    fmt::format("\"{}\" is what {} says: change it there.", member_of(field), known->source));
    after = linked(*known, std::move(*after));
    auto fields = contacts::differences(*known, *after);
    return Change{Change::Kind::modify, 0, *known, std::move(*after), std::move(fields)};
}

void Directory::create(Contact contact, std::string by, Reply<Contact> reply) {
    enqueue(reply, [this, contact = std::move(contact), by = std::move(by), reply]() -> Task<> {
        if (snapshot_.load()->contacts.size() >= contacts_max)
            co_return reply(fail(Category::limit, "The directory is full."));
        Contact fresh = linked({}, contact);
        fresh.key = fresh_key();
        auto done = co_await apply({Change{Change::Kind::create, 0, {}, fresh, {}}});
        if (!done) co_return reply(std::unexpected(done.error()));
        audit(by, "contact_created", fresh.key);
        reply(std::move(fresh));
    });
}

void Directory::modify(std::string key, std::function<Result<Contact>(Contact)> change, std::string by,
                       Reply<Contact> reply) {
    enqueue(reply, [this, key = std::move(key), change = std::move(change), by = std::move(by), reply]() -> Task<> {
        auto wanted = modification(key, change);
        if (!wanted) co_return reply(std::unexpected(wanted.error()));
        if (wanted->fields.empty()) co_return reply(std::move(wanted->before));
        auto done = co_await apply({*wanted});
        if (!done) co_return reply(std::unexpected(done.error()));
        audit(by, "contact_changed", fmt::format("{}: {}", key, fmt::join(wanted->fields, ", ")));
        reply(std::move(wanted->after));
    });
}

void Directory::would_modify(std::string key, std::function<Result<Contact>(Contact)> change, Reply<Change> reply) {
    enqueue(reply, [this, key = std::move(key), change = std::move(change), reply]() -> Task<> {
        reply(modification(key, change));
        co_return;
    });
}

void Directory::remove(std::string key, std::string by, Reply<Contact> reply) {
    enqueue(reply, [this, key = std::move(key), by = std::move(by), reply]() -> Task<> {
        auto wanted = removal(*snapshot_.load(), key);
        if (!wanted) co_return reply(std::unexpected(wanted.error()));
        auto done = co_await apply({*wanted});
        if (!done) co_return reply(std::unexpected(done.error()));
        audit(by, "contact_removed", key);
        reply(std::move(wanted->before));
    });
}

void Directory::would_remove(std::string key, Reply<Change> reply) {
    enqueue(reply, [this, key = std::move(key), reply]() -> Task<> {
        reply(removal(*snapshot_.load(), key));
        co_return;
    });
}

// --- all of them

void Directory::import(std::string text, ImportOptions options, std::string by, Reply<ImportReport> reply) {
    enqueue(reply, [this, text = std::move(text), options, by = std::move(by), reply]() -> Task<> {
        auto report =
            co_await carry_out(contacts::read_contacts(text, quick_normal(*snapshot_.load(), normal_)), options);
        if (report && report->applied)
            audit(by, options.restoring ? "restored" : "imported",
                  fmt::format("{}; before: {}", counts(report->plan), report->backup));
        reply(std::move(report));
    });
}

// What was said here of who comes back counts again.
Task<Result<void>> Directory::bring_back(std::vector<Change>& changes, std::vector<std::string> keys) {
    if (keys.empty()) co_return Result<void>();
    auto gone = co_await store_.read<std::vector<Contact>>(
        [keys = std::move(keys)](store::Database& disk) { return read_gone(disk, keys); });
    if (!gone) co_return std::unexpected(gone.error());
    std::unordered_map<std::string_view, const Contact*> by_key;
    for (const auto& one : *gone)
        by_key.emplace(one.key, &one);
    for (auto& change : changes) {
        auto was = change.kind == Change::Kind::create ? by_key.find(change.after.key) : by_key.end();
        if (was != by_key.end() && was->second->external_id == change.after.external_id)
            change.after = contacts::renewed(*was->second, std::move(change.after));
    }
    co_return Result<void>();
}

void Directory::synchronise(contacts::SourceReading reading, ImportOptions options, std::string by,
                            Reply<ImportReport> reply) {
    enqueue(reply, [this, reading = std::move(reading), options, by = std::move(by), reply]() mutable -> Task<> {
        auto source = reading.source;
        auto report = co_await carry_out(std::move(reading), options);
        if (report && report->applied) {
            audit(by, "synchronised", fmt::format("{}: {}", source, counts(report->plan)));
            co_await follow();
        }
        reply(std::move(report));
    });
}

Task<Result<ImportReport>> Directory::carry_out(contacts::SourceReading reading, ImportOptions options) {
    auto snapshot = snapshot_.load();
    auto plan = contacts::plan_source(snapshot->contacts, std::move(reading), options.limits);
    if (!plan) co_return std::unexpected(plan.error());
    if (too_many(*snapshot, *plan))
        co_return fail(Category::limit, fmt::format("The directory holds at most {} contacts.", contacts_max));
    ImportReport report{.plan = std::move(*plan)};
    if (options.dry_run || report.plan.changes.empty()) co_return report;
    std::vector<std::string> returning;
    for (auto& change : report.plan.changes) {
        if (change.kind != Change::Kind::create) continue;
        auto known = taken_.size();
        change.after.key = lasting_key(change.after, *snapshot);
        if (taken_.size() == known) returning.push_back(change.after.key);
    }
    if (auto back = co_await bring_back(report.plan.changes, std::move(returning)); !back)
        co_return std::unexpected(back.error());
    auto done = co_await apply(report.plan.changes);
    if (!done) co_return std::unexpected(done.error());
    report.applied = true;
    co_return report;
}

Task<Result<ImportReport>> Directory::carry_out(contacts::Reading reading, ImportOptions options) {
    ImportReport report;
    auto snapshot = snapshot_.load();
    std::unordered_map<int, std::string> returning; // lines of rows whose key was somebody's
    if (options.restoring)                          // what was kept once is no mistake now
        for (auto& row : reading.rows)
            if (!row.contact.default_line.empty() && !contacts::settle_default_line(row.contact))
                contacts::use_first_line(row.contact);
    if (options.restoring)
        for (auto& row : reading.rows)
            if (!row.contact.key.empty() && !snapshot->find(row.contact.key) && taken_.contains(row.contact.key))
                returning.emplace(row.line, std::exchange(row.contact.key, {}));
    report.plan = contacts::plan_import(snapshot->contacts, reading, options.limits);
    auto& plan = report.plan;
    link_rows(plan, reading, options.restoring);
    if (too_many(*snapshot, plan))
        plan.refusals.push_back({1, 1, "", fmt::format("the directory holds at most {} contacts", contacts_max)});
    if (!plan.refusals.empty() || options.dry_run || plan.changes.empty()) co_return report;
    auto backup = save_backup();
    if (!backup) co_return std::unexpected(backup.error());
    report.backup = *backup;
    for (auto& change : plan.changes) {
        if (change.kind != Change::Kind::create) continue;
        auto was = returning.find(change.line);
        change.after.key = was == returning.end() ? fresh_key() : was->second;
    }
    auto done = co_await apply(plan.changes);
    if (!done) co_return std::unexpected(done.error());
    report.applied = true;
    co_return report;
}

// --- backups

Result<std::string> Directory::save_backup() const {
    std::error_code error;
    std::filesystem::create_directories(backups_, error);
    auto now = wall_now();
    while (std::filesystem::exists(backups_ / backup_name(now), error)) // two within a millisecond
        now += milliseconds(1);
    auto name = backup_name(now);
    auto part = backups_ / (name + ".part");
    auto text = contacts::contacts_text(snapshot_.load()->contacts, ';', false);
    {
        std::ofstream file(part, std::ios::binary | std::ios::trunc);
        file << text;
        file.flush();
        if (!file) {
            std::filesystem::remove(part, error);
            return fail(Category::unavailable,
                        fmt::format("The directory could not be saved to {} first, so nothing was changed.",
                                    backups_.string()));
        }
    }
    std::filesystem::permissions(part, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
    std::filesystem::rename(part, backups_ / name, error);
    if (error) return fail(Category::unavailable, "The backup cannot be named: " + error.message() + ".");
    if (auto all = list_backups(); all && all->size() > backups_kept)
        for (std::size_t i = backups_kept; i < all->size(); ++i)
            std::filesystem::remove(backups_ / (*all)[i].name, error);
    return name;
}

Result<std::vector<Backup>> Directory::list_backups() const {
    std::vector<Backup> all;
    std::error_code error;
    for (std::filesystem::directory_iterator at(backups_, error), end; !error && at != end; at.increment(error)) {
        auto name = at->path().filename().string();
        if (std::error_code ignored; is_backup_name(name)) all.push_back({name, at->file_size(ignored)});
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return fail(Category::unavailable, backups_.string() + " cannot be read: " + error.message() + ".");
    std::ranges::sort(all, std::ranges::greater(), &Backup::name);
    return all;
}

Result<std::string> Directory::read_backup(const std::string& name) const {
    auto wanted = name;
    if (wanted.empty()) {
        auto all = list_backups();
        if (!all) return std::unexpected(all.error());
        if (all->empty()) return fail(Category::not_found, "There is no backup yet: one is made before each import.");
        wanted = all->front().name;
    }
    if (!is_backup_name(wanted)) return fail(Category::not_found, "There is no backup of this name.");
    std::ifstream file(backups_ / wanted, std::ios::binary);
    if (!file) return fail(Category::not_found, "There is no backup of this name.");
    return std::string(std::istreambuf_iterator<char>(file), {});
}

void Directory::backups(Reply<std::vector<Backup>> reply) {
    loop_.post([this, reply = std::move(reply)] { reply(list_backups()); });
}

void Directory::restore(std::string name, bool dry_run, std::string by, Reply<ImportReport> reply) {
    loop_.post([this, name = std::move(name), dry_run, by = std::move(by), reply = std::move(reply)]() mutable {
        auto text = read_backup(name);
        if (!text) return reply(std::unexpected(text.error()));
        ImportOptions options;
        options.dry_run = dry_run;
        options.restoring = true;
        options.limits.allow_empty = true; // it was so
        options.limits.most = contacts_max;
        import(std::move(*text), options, std::move(by), std::move(reply));
    });
}

// --- folders

void Directory::make_folder(std::string path, std::string by, Reply<std::string> reply) {
    enqueue(reply, [this, path = std::move(path), by = std::move(by), reply]() -> Task<> {
        auto folder = folder_path(path);
        if (!folder) co_return reply(std::unexpected(folder.error()));
        auto done = co_await store_.write(
            [folder = *folder](store::Database& disk) { return write_folder(disk, folder, true); });
        if (!done) co_return reply(std::unexpected(done.error()));
        if (std::ranges::find(made_folders_, *folder) == made_folders_.end()) {
            made_folders_.push_back(*folder);
            audit(by, "folder_made", *folder);
        }
        show(snapshot_.load()->contacts);
        reply(std::move(*folder));
    });
}

void Directory::rename_folder(std::string path, std::string to, std::string by, Reply<std::string> reply) {
    enqueue(reply, [this, path = std::move(path), to = std::move(to), by = std::move(by), reply]() -> Task<> {
        auto from = folder_path(path);
        auto target = folder_path(to);
        if (!from) co_return reply(std::unexpected(from.error()));
        if (!target) co_return reply(std::unexpected(target.error()));
        if (!std::ranges::binary_search(snapshot_.load()->folders, *from))
            co_return reply(fail(Category::not_found, "There is no such folder."));
        if (inside(*target, *from) && *target != *from)
            co_return reply(fail(Category::conflict, "A folder cannot go into itself."));
        auto moved = co_await move_folder(*from, *target);
        if (moved) audit(by, "folder_renamed", fmt::format("{} to {}", *from, *target));
        reply(std::move(moved));
    });
}

Task<Result<std::string>> Directory::move_folder(std::string path, std::string to) {
    auto moved = [&](const std::string& folder) { return to + folder.substr(path.size()); };
    std::vector<Change> changes;
    for (const auto& one : snapshot_.load()->contacts)
        if (inside(one.folder, path)) {
            auto after = one;
            after.folder = moved(one.folder);
            changes.push_back({Change::Kind::modify, 0, one, std::move(after), {"folder"}});
        }
    std::vector<std::pair<std::string, std::string>> folders;
    for (const auto& folder : made_folders_)
        if (inside(folder, path)) folders.emplace_back(folder, moved(folder));
    auto done = co_await store_.write([folders](store::Database& disk) -> Result<void> {
        for (const auto& [from, target] : folders) {
            if (auto gone = write_folder(disk, from, false); !gone) return gone;
            if (auto made = write_folder(disk, target, true); !made) return made;
        }
        return {};
    });
    if (!done) co_return std::unexpected(done.error());
    for (auto& folder : made_folders_)
        if (inside(folder, path)) folder = moved(folder);
    if (auto applied = co_await apply(std::move(changes)); !applied) co_return std::unexpected(applied.error());
    co_return to;
}

void Directory::remove_folder(std::string path, std::string by, Reply<std::string> reply) {
    enqueue(reply, [this, path = std::move(path), by = std::move(by), reply]() -> Task<> {
        auto folder = folder_path(path);
        if (!folder) co_return reply(std::unexpected(folder.error()));
        auto snapshot = snapshot_.load();
        if (!std::ranges::binary_search(snapshot->folders, *folder))
            co_return reply(fail(Category::not_found, "There is no such folder."));
        if (std::ranges::any_of(snapshot->contacts, [&](const Contact& one) { return inside(one.folder, *folder); }))
            co_return reply(fail(Category::conflict, "There are contacts in this folder: move them first."));
        std::vector<std::string> gone;
        std::ranges::copy_if(made_folders_, std::back_inserter(gone),
                             [&](const std::string& one) { return inside(one, *folder); });
        auto done = co_await store_.write([gone](store::Database& disk) -> Result<void> {
            for (const auto& one : gone)
                if (auto removed = write_folder(disk, one, false); !removed) return removed;
            return {};
        });
        if (!done) co_return reply(std::unexpected(done.error()));
        std::erase_if(made_folders_, [&](const std::string& one) { return inside(one, *folder); });
        show(snapshot_.load()->contacts);
        audit(by, "folder_removed", *folder);
        reply(std::move(*folder));
    });
}

// --- favourites

void Directory::favourites(std::string owner, Reply<std::vector<std::string>> reply) {
    enqueue(reply, [this, owner = std::move(owner), reply]() -> Task<> {
        reply(co_await store_.read<std::vector<std::string>>(
            [owner](store::Database& disk) { return read_favourites(disk, owner); }));
    });
}

void Directory::set_favourites(std::string owner, std::vector<std::string> keys, std::string by,
                               Reply<std::vector<std::string>> reply) {
    enqueue(reply, [this, owner = std::move(owner), keys = std::move(keys), by = std::move(by), reply]() -> Task<> {
        if (keys.size() > contacts::favourites_max)
            co_return reply(fail(Category::invalid, fmt::format("At most {} favourites.", contacts::favourites_max)));
        std::unordered_set<std::string_view> seen;
        for (const auto& key : keys)
            if (key.empty() || key.size() > 256 || !seen.insert(key).second)
                co_return reply(fail(Category::invalid, "A favourite is no key, or comes twice."));
        auto done =
            co_await store_.write([owner, keys](store::Database& disk) { return write_favourites(disk, owner, keys); });
        if (!done) co_return reply(std::unexpected(done.error()));
        audit(by, "favourites", fmt::format("{}: {}", owner, keys.size()));
        reply(keys);
    });
}

void Directory::all_favourites(Reply<contacts::FavouriteLists> reply) {
    enqueue(reply,
            [this, reply]() -> Task<> { reply(co_await store_.read<contacts::FavouriteLists>(read_all_favourites)); });
}

void Directory::import_favourites(std::string text, bool dry_run, contacts::FavouriteRules rules, std::string by,
                                  Reply<contacts::FavouritesPlan> reply) {
    enqueue(reply,
            [this, text = std::move(text), dry_run, rules = std::move(rules), by = std::move(by), reply]() -> Task<> {
                auto current = co_await store_.read<contacts::FavouriteLists>(read_all_favourites);
                if (!current) co_return reply(std::unexpected(current.error()));
                auto plan = contacts::plan_favourites(*current, contacts::read_favourites(text), rules);
                if (!plan.refusals.empty() || plan.changes.empty() || dry_run) co_return reply(std::move(plan));
                auto done = co_await store_.write([changes = plan.changes](store::Database& disk) -> Result<void> {
                    for (const auto& one : changes)
                        if (auto put = write_favourites(disk, one.owner, one.after); !put) return put;
                    return {};
                });
                if (!done) co_return reply(std::unexpected(done.error()));
                for (const auto& one : plan.changes)
                    audit(by, "favourites",
                          fmt::format("{}: {}, before: {}", one.owner, one.after.size(), one.before.size()));
                reply(std::move(plan));
            });
}

} // namespace lamp::directory
