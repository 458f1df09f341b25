// What the endpoints of the directory need (interface 4 and 7.9, directory rows): part of `Ports`, with the same
// rules. Items are JSON already, as contacts/contact_json.hpp writes them.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "contacts/favourites_file.hpp"
#include "contacts/plan.hpp"

namespace lamp::status {

struct DirectoryQuery {
    std::string words;
    std::vector<std::string> sources; // words for them, or their names; none: all
    std::optional<std::string> folder;
    std::size_t limit = 100;
    std::string cursor;
    bool live = false; // where nobody is found: systems that are searched by number are asked
};
struct DirectoryPage {
    std::vector<std::string> items;
    std::string next; // empty: the end
    struct LeftOut {
        std::string source;
        std::string why; // a sentence
    };
    std::vector<LeftOut> left_out; // sources that were wanted, and cannot be searched now
};
struct FolderView {
    std::string path;
    std::size_t contacts = 0; // in it, and in those below it
};
struct FavouritesView {
    std::vector<std::string> keys;  // as they were given
    std::vector<std::string> items; // those that are still there
};
/// "team:" and a name of at most 123 bytes.
[[nodiscard]] inline bool is_team(std::string_view owner) {
    return owner.starts_with("team:") && owner.size() > 5 && owner.size() <= 128;
}
struct FavouriteView {
    std::string owner;
    std::string key;
    std::string name;         // empty: nobody in the directory has that key any more
    std::size_t position = 1; // among the owner's
};
struct FavouritesOrder {
    std::string text;
    bool dry_run = false;
    std::string by; // the token's name, for the audit
};
struct ExportOrder {
    enum class Format : std::uint8_t { csv, json } format = Format::csv;
    char separator = ';';
    bool byte_order_mark = true;
};
struct ImportOrder {
    std::string text;
    bool dry_run = false;
    contacts::ImportLimits limits{};
    std::string by; // the token's name, for the audit
};
struct SyncOrder {
    std::string source; // empty: the only one there is
    bool dry_run = false;
    contacts::ImportLimits limits{};
    std::string by;
};
struct ImportView {
    contacts::Plan plan; // with refusals: nothing was changed
    bool applied = false;
    std::string backup; // empty: none was needed
};
struct BackupView {
    std::string name;
    std::uint64_t bytes = 0;
};
struct FindingView {
    /// line_without_contact, contact_without_line, default_line_gone, doubled_number, doubled_email, bad_number
    std::string kind;
    std::string key;
    std::string name;
    std::string what;
    std::string text;
};

/// A new contact.
struct ContactOrder {
    boost::json::object contact;
    std::string target; // an integration; empty or "contacts": the directory itself
    bool dry_run = false;
    std::string once; // the request's Idempotency-Key; empty: it has none
    std::string by;   // the token's name
};
/// What goes to another system, without its login.
struct SentView {
    std::string to; // an address, a file
    std::string what;
    std::string body;
};
struct MadeContact {
    std::string key; // on a dry run empty
    std::string item;
    std::string url;                // of the record over there, for people; may be empty
    std::optional<SentView> sent{}; // of a target
    std::optional<Error> refused{}; // by the target: then there is nothing else
};
/// What a change has come to, or would.
struct ChangedContact {
    std::string key;
    std::string item;
    std::vector<std::string> fields; // a dry run's: which would be changed
};

struct DirectoryPorts {
    template <class T>
    using Answer = std::function<void(Result<T>)>;

    /// Contacts, then people, then integrations by their priority, and each by name. invalid: a cursor that is none of
    /// ours, a source that there is not; unavailable: nothing has been read from the disk yet, as for all others.
    std::function<void(DirectoryQuery, Answer<DirectoryPage>)> search; // empty: there is no directory
    /// not_found.
    std::function<void(std::string key, Answer<std::string>)> find;
    /// invalid names the member; limit: the directory is full; conflict: the key is that of another request, or of one
    /// of which nobody knows what became of it. What a target says stands in the answer.
    std::function<void(ContactOrder, Answer<MadeContact>)> create;
    /// Members that are there replace those of before. not_found, invalid; conflict: it is no contact of ours.
    std::function<void(std::string key, boost::json::object change, bool dry_run, std::string by,
                       Answer<ChangedContact>)>
        modify;
    std::function<void(std::string key, bool dry_run, std::string by, Answer<ChangedContact>)> remove;

    std::function<void(Answer<std::vector<FolderView>>)> folders;
    std::function<void(std::string path, std::string by, Answer<std::string>)> make_folder;
    std::function<void(std::string path, std::string to, std::string by, Answer<std::string>)> rename_folder;
    std::function<void(std::string path, std::string by, Answer<std::string>)> remove_folder;

    /// The owner is a person's id, or "team:" and a name.
    std::function<void(std::string owner, Answer<FavouritesView>)> favourites;
    std::function<void(std::string owner, std::vector<std::string> keys, std::string by, Answer<FavouritesView>)>
        set_favourites;

    /// Everybody's, by owner and position.
    std::function<void(Answer<std::vector<FavouriteView>>)> all_favourites;
    /// With refusals nothing was changed.
    std::function<void(FavouritesOrder, Answer<contacts::FavouritesPlan>)> import_favourites;

    std::function<void(ExportOrder, Answer<std::string>)> write;
    std::function<void(ImportOrder, Answer<ImportView>)> import;
    /// Reads the people of another system now. not_found: there is none; invalid: there are several, and none is named;
    /// conflict: too many contacts would go.
    std::function<void(SyncOrder, Answer<ImportView>)> synchronise;
    std::function<void(Answer<std::vector<BackupView>>)> backups;
    std::function<void(std::string backup, bool dry_run, std::string by, Answer<ImportView>)> restore;
    std::function<void(Answer<std::vector<FindingView>>)> check;
};

} // namespace lamp::status
