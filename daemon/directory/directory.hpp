// The directory of contacts: what is in it, what may be done to it, on disk before it is shown. All writing happens on
// its own loop, one thing after the other; an import is one transaction. Snapshots may be read on any loop.
#pragma once
#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "contacts/favourites_file.hpp"
#include "contacts/plan.hpp"
#include "contacts/search.hpp"
#include "contacts/source.hpp"
#include "loop/loop.hpp"
#include "store/audit.hpp"
#include "store/store.hpp"

namespace lamp::directory {

/// Immutable: everybody, in the order of folder and name.
struct Snapshot {
    explicit Snapshot(std::vector<contacts::Contact> everybody, std::vector<std::string> made_folders);
    [[nodiscard]] const contacts::Contact* find(std::string_view key) const;

    std::vector<contacts::Contact> contacts;
    std::vector<std::string> folders; // with all those above them, sorted
    contacts::SearchIndex index;

private:
    std::unordered_map<std::string_view, std::uint32_t> places_; // into `contacts`
};

struct ImportOptions {
    contacts::ImportLimits limits{};
    bool dry_run = false;
    bool restoring = false; // unknown keys are contacts that were there once: they come back
};
struct ImportReport {
    contacts::Plan plan;
    bool applied = false;
    std::string backup{}; // the file that the directory was saved to before; empty: nothing was changed
};
struct Backup {
    std::string name;
    std::uintmax_t bytes = 0;
};

/// What is known of somebody who is in no table of the directory: whoever is watched.
struct Listed {
    std::optional<contacts::Contact> entry{};
    bool certain = true; // without an entry: there is none, and not only none yet
};

class Directory {
public:
    template <class T>
    using Reply = std::function<void(Result<T>)>; // on the directory's loop

    /// `backups`: the folder for them, made when needed. `normal` brings numbers into the form that is stored; any
    /// loop.
    Directory(Loop& loop, store::Store& store, std::filesystem::path backups, contacts::Normal normal);

    /// Reads what is on disk; everything else waits for it. Once, before anything else.
    void start();
    /// Any loop. Somebody else has changed what is on disk: it is read once more, before what was asked later.
    void read_again();
    /// Any loop. Empty until the disk has been read.
    [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const { return snapshot_.load(); }
    /// Set before `start`; on the directory's loop. Hears of everything that was changed, and by whom.
    std::function<void(store::Audited)> on_audit;
    /// Set before `start`; on the directory's loop. There is another snapshot.
    std::function<void()> on_change;
    /// Set before `start`; any loop. Entries, besides those of other sources, that contacts may follow. Empty: none.
    std::function<Listed(std::string_view key)> listed;

    /// Any loop. Contacts that follow entries say what those say now; they are let go whose entry is there no more.
    void follow_entries();
    /// Any loop, once the disk has been read. Whom a contact may follow. invalid: there is nobody; conflict: it is a
    /// contact itself.
    [[nodiscard]] Result<contacts::Contact> entry(std::string_view key) const;

    // Any loop. `by` is the token's name. Errors: not_found, invalid, conflict (a folder that is not empty), limit,
    // and what the disk says (unavailable): then nothing has changed. Of contacts that another source names, what it
    // says cannot be changed here (conflict), nor can they be removed. What is changed of a contact that follows an
    // entry is its own from then on.
    void create(contacts::Contact contact, std::string by, Reply<contacts::Contact> reply);
    /// `change` gets the contact as it is and gives it as it shall be.
    void modify(std::string key, std::function<Result<contacts::Contact>(contacts::Contact)> change, std::string by,
                Reply<contacts::Contact> reply);
    void remove(std::string key, std::string by, Reply<contacts::Contact> reply);
    /// What `modify` and `remove` would do; nothing is changed. `fields` may be empty: it is so already.
    void would_modify(std::string key, std::function<Result<contacts::Contact>(contacts::Contact)> change,
                      Reply<contacts::Change> reply);
    void would_remove(std::string key, Reply<contacts::Change> reply);
    /// A refused file is no error: the report's plan has refusals, and nothing has changed.
    void import(std::string text, ImportOptions options, std::string by, Reply<ImportReport> reply);
    /// Makes the contacts of another source those that it has read. `limits`: without them not more than a fifth of
    /// them, or 10, may go, and never all. Nothing is saved before: the source has it, and what is said here of who
    /// goes comes back with them, until [privacy] retention takes it. Errors also: conflict, too many would.
    void synchronise(contacts::SourceReading reading, ImportOptions options, std::string by, Reply<ImportReport> reply);
    /// The newest first.
    void backups(Reply<std::vector<Backup>> reply);
    /// Of a backup's name, or of the newest when it is empty.
    void restore(std::string name, bool dry_run, std::string by, Reply<ImportReport> reply);
    void make_folder(std::string path, std::string by, Reply<std::string> reply);
    void rename_folder(std::string path, std::string to, std::string by, Reply<std::string> reply);
    void remove_folder(std::string path, std::string by, Reply<std::string> reply);
    void favourites(std::string owner, Reply<std::vector<std::string>> reply);
    void set_favourites(std::string owner, std::vector<std::string> keys, std::string by,
                        Reply<std::vector<std::string>> reply);
    void all_favourites(Reply<contacts::FavouriteLists> reply);
    /// Of every owner whom the file names, all of it or nothing. A refused file is no error, as with `import`.
    void import_favourites(std::string text, bool dry_run, contacts::FavouriteRules rules, std::string by,
                           Reply<contacts::FavouritesPlan> reply);

    static constexpr std::size_t contacts_max = 1'000'000;
    static constexpr std::size_t backups_kept = 30;
    static constexpr std::size_t jobs_max = 1'000; // that wait; more are refused with `limit`

private:
    using Job = std::function<Task<>()>;
    void enqueue(Job job);
    /// The same for a job that somebody waits for.
    template <class T>
    void enqueue(Reply<T> reply, Job job);
    [[nodiscard]] Task<> work();
    [[nodiscard]] Task<> load();
    /// On disk, then in the snapshot.
    [[nodiscard]] Task<Result<void>> apply(std::vector<contacts::Change> changes);
    [[nodiscard]] Task<Result<ImportReport>> carry_out(contacts::SourceReading reading, ImportOptions options);
    [[nodiscard]] Task<Result<ImportReport>> carry_out(contacts::Reading reading, ImportOptions options);
    [[nodiscard]] Task<Result<std::string>> move_folder(std::string path, std::string to);
    [[nodiscard]] Listed look_up(std::string_view key, const Snapshot& snapshot) const;
    [[nodiscard]] Result<contacts::Change>
    modification(std::string_view key, const std::function<Result<contacts::Contact>(contacts::Contact)>& change) const;
    [[nodiscard]] contacts::Contact linked(const contacts::Contact& before, contacts::Contact after) const;
    void link_rows(contacts::Plan& plan, const contacts::Reading& reading, bool restoring) const;
    [[nodiscard]] Task<> follow();
    [[nodiscard]] Result<std::string> save_backup() const;
    [[nodiscard]] Result<std::vector<Backup>> list_backups() const;
    [[nodiscard]] Result<std::string> read_backup(const std::string& name) const;
    [[nodiscard]] Task<Result<void>> bring_back(std::vector<contacts::Change>& changes, std::vector<std::string> keys);
    [[nodiscard]] std::string fresh_key();
    /// Always the same for who comes back: favourites are keys.
    [[nodiscard]] std::string lasting_key(const contacts::Contact& contact, const Snapshot& snapshot);
    void show(std::vector<contacts::Contact> everybody);
    void audit(std::string_view who, std::string_view what, std::string text);

    Loop& loop_;
    store::Store& store_;
    std::filesystem::path backups_;
    contacts::Normal normal_;
    Bell bell_;
    std::deque<Job> jobs_;
    std::vector<std::string> made_folders_;
    std::mt19937_64 random_{std::random_device()()}; // for keys, which are no secrets
    std::unordered_set<std::string> taken_;          // every key that is or was
    std::atomic<std::shared_ptr<const Snapshot>> snapshot_;
};

} // namespace lamp::directory
