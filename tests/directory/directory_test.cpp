// The directory on a real disk: what is answered is stored, an import is whole or nothing, and what was is found again.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fstream>
#include <future>
#include <map>
#include <mutex>

#include "contacts/folder.hpp"
#include "contacts/link.hpp"
#include "directory/directory.hpp"
#include "faults/folder.hpp"

using namespace lamp;
using namespace lamp::directory;
using contacts::Change;
using contacts::Contact;
using contacts::folder_path;

namespace {

Result<std::string> plain(std::string_view written) {
    if (written.find_first_not_of("+0123456789 ") != std::string_view::npos)
        return fail(Category::invalid, fmt::format("\"{}\" is no number", written));
    std::string number(written);
    std::erase(number, ' ');
    return number;
}

Contact person(std::string_view last, std::string_view folder = "") {
    Contact contact;
    contact.last_name = last;
    contact.first_name = "Jane";
    contact.folder = folder;
    return contact;
}

/// One life of the daemon, as far as the directory is concerned.
class Life {
public:
    explicit Life(const faults::Folder& folder) : folder_(folder.path()), loop_("directory") {
        store::StoreOptions options;
        options.folder = folder_;
        auto opened = store::Store::open(options);
        REQUIRE(opened.has_value());
        store_ = std::move(*opened);
        directory_.emplace(loop_, *store_, folder_ / "backups", plain);
        directory_->on_audit = [this](const store::Audited& entry) {
            audit_.push_back(fmt::format("{} {} {}", entry.who, entry.what, entry.text));
        };
        directory_->listed = [this](std::string_view key) -> Listed {
            std::scoped_lock lock(mutex_);
            auto found = watched_.find(std::string(key));
            if (found == watched_.end()) return {.certain = whole_};
            return {.entry = found->second};
        };
        loop_.start();
        directory_->start();
        static_cast<void>(ask<std::vector<std::string>>([](Directory& it, auto reply) { it.favourites("-", reply); }));
    }
    ~Life() {
        store_->stop();
        loop_.stop();
        loop_.join();
    }

    template <class T, class Work>
    Result<T> ask(Work work) {
        std::promise<Result<T>> answer;
        work(*directory_, [&](Result<T> result) { answer.set_value(std::move(result)); });
        auto future = answer.get_future();
        REQUIRE(future.wait_for(seconds(20)) == std::future_status::ready);
        return future.get();
    }
    Contact create(Contact contact) {
        auto made = ask<Contact>([&](Directory& it, auto reply) { it.create(contact, "ann", reply); });
        REQUIRE(made.has_value());
        return *made;
    }
    ImportReport import(std::string text, ImportOptions options = {}) {
        auto report =
            ask<ImportReport>([&](Directory& it, auto reply) { it.import(std::move(text), options, "ann", reply); });
        REQUIRE(report.has_value());
        return *report;
    }
    Result<ImportReport> restore(std::string name) {
        return ask<ImportReport>([&](Directory& it, auto reply) { it.restore(std::move(name), false, "ann", reply); });
    }
    /// Who is watched, from now on; `whole`: and nobody else.
    void watch(std::vector<Contact> people, bool whole = true) {
        {
            std::scoped_lock lock(mutex_);
            watched_.clear();
            for (auto& one : people)
                watched_.emplace(one.key, std::move(one));
            whole_ = whole;
        }
        directory_->follow_entries();
        static_cast<void>(ask<std::vector<std::string>>([](Directory& it, auto reply) { it.favourites("-", reply); }));
    }
    Contact change(std::string key, std::function<void(Contact&)> change) {
        auto changed = ask<Contact>([&](Directory& it, auto reply) {
            it.modify(
                std::move(key),
                [change](Contact contact) -> Result<Contact> {
                    change(contact);
                    return contact;
                },
                "ann", reply);
        });
        REQUIRE(changed.has_value());
        return *changed;
    }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& one : shown()->contacts)
            names.push_back((one.folder.empty() ? "" : one.folder + "/") + one.last_name);
        return names;
    }
    [[nodiscard]] std::string exported() const { return contacts::contacts_text(shown()->contacts, ';', false); }
    [[nodiscard]] std::shared_ptr<const Snapshot> shown() const { return directory_->snapshot(); }
    [[nodiscard]] const std::vector<std::string>& audit() const { return audit_; } // after an answer
    store::Store& store() { return *store_; }

private:
    std::filesystem::path folder_;
    Loop loop_;
    std::unique_ptr<store::Store> store_;
    std::optional<Directory> directory_;
    std::vector<std::string> audit_;
    std::mutex mutex_;
    std::map<std::string, Contact> watched_;
    bool whole_ = false;
};

/// What the server of the source "ldap" names now.
Result<ImportReport> sync(Life& life, std::vector<std::string> ids, ImportOptions options = {}) {
    contacts::SourceReading reading{.source = "ldap"};
    for (auto& id : ids) {
        reading.contacts.push_back(person("Of " + id));
        reading.contacts.back().first_name.clear(); // a server may know only one
        reading.contacts.back().external_id = std::move(id);
    }
    return life.ask<ImportReport>(
        [&](Directory& it, auto reply) { it.synchronise(std::move(reading), options, "ldap", reply); });
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("contacts come, change and go, and the next life knows it") {
    faults::Folder folder("directory");
    std::string key;
    {
        Life life(folder);
        auto doe = life.create(person("Doe", "Sales"));
        auto roe = life.create(person("Roe"));
        CHECK(doe.key.starts_with("c-"));
        CHECK(doe.key != roe.key);
        key = doe.key;
        auto changed = life.ask<Contact>([&](Directory& it, auto reply) {
            it.modify(
                key,
                [](Contact contact) -> Result<Contact> {
                    contact.email = "doe@example.net";
                    return contact;
                },
                "bob", reply);
        });
        REQUIRE(changed.has_value());
        CHECK(changed->email == "doe@example.net");
        auto would = life.ask<contacts::Change>([&](Directory& it, auto reply) { it.would_remove(roe.key, reply); });
        REQUIRE(would.has_value());
        CHECK(would->before == roe);
        would = life.ask<contacts::Change>([&](Directory& it, auto reply) {
            it.would_modify(
                key,
                [](Contact contact) -> Result<Contact> {
                    contact.company = "Y";
                    return contact;
                },
                reply);
        });
        REQUIRE(would.has_value());
        CHECK(would->fields == std::vector<std::string>{"company"});
        CHECK(*life.shown()->find(key) == *changed);
        CHECK(life.ask<Contact>([&](Directory& it, auto reply) { it.remove(roe.key, "bob", reply); }).has_value());
        auto again = life.ask<Contact>([&](Directory& it, auto reply) { it.remove(roe.key, "bob", reply); });
        REQUIRE_FALSE(again.has_value());
        CHECK(again.error().category == Category::not_found);
        CHECK(life.names() == Names{"Sales/Doe"});
        CHECK(life.audit() ==
              std::vector<std::string>{"ann contact_created " + doe.key, "ann contact_created " + roe.key,
                                       "bob contact_changed " + key + ": email", "bob contact_removed " + roe.key});
    }
    Life next(folder);
    CHECK(next.names() == Names{"Sales/Doe"});
    REQUIRE(next.shown()->find(key) != nullptr);
    CHECK(next.shown()->find(key)->email == "doe@example.net");
    CHECK(next.shown()->find("c-none") == nullptr);
}

TEST_CASE("an import is planned, saved before, whole, and can be taken back with the same keys") {
    faults::Folder folder("directory");
    Life life(folder);
    auto doe = life.create(person("Doe"));
    auto roe = life.create(person("Roe"));
    auto before = life.exported();
    auto text = contacts::header(';', false);
    auto changed = doe;
    changed.title = "Director";
    contacts::append_row(text, changed, ';');
    contacts::append_row(text, person("Fresh"), ';');

    ImportOptions dry;
    dry.dry_run = true;
    auto looked = life.import(text, dry);
    CHECK_FALSE(looked.applied);
    CHECK(looked.plan.changes.size() == 3);
    CHECK(life.exported() == before);

    auto done = life.import(text);
    CHECK(done.applied);
    CHECK(life.names() == Names{"Doe", "Fresh"});
    CHECK(life.shown()->find(doe.key)->title == "Director");
    CHECK(std::filesystem::exists(folder.path() / "backups" / done.backup));

    auto unchanged = life.import(life.exported());
    CHECK_FALSE(unchanged.applied); // nothing to do, nothing saved
    CHECK(unchanged.plan.unchanged == 2);

    auto back = life.restore("");
    REQUIRE(back.has_value());
    CHECK(back->applied);
    CHECK(life.exported() == before); // keys included
    CHECK(life.shown()->find(roe.key) != nullptr);
    auto all = life.ask<std::vector<Backup>>([](Directory& it, auto reply) { it.backups(reply); });
    REQUIRE(all.has_value());
    CHECK(all->size() == 2); // before the import, and before it was taken back
}

TEST_CASE("what is refused changes nothing") {
    faults::Folder folder("directory");
    Life life(folder);
    for (int i = 0; i < 60; ++i)
        life.create(person(fmt::format("Name{:02}", i)));
    auto before = life.exported();
    struct Row {
        std::string_view what;
        std::string text;
    };
    const Row rows[] = {
        {"an unknown key", before + "c-unknown;;Doe;Jane;;;;;;;;;;;;;;;;;;;;;;\r\n"},
        {"a bad number", before + ";;Doe;Jane;;;;;ask;;;;;;;;;;;;;;;;;\r\n"},
        {"too many would go", before.substr(0, before.size() / 2)},
        {"nothing but the first row", contacts::header(';', false)},
        {"an empty file", ""},
        {"a web page", "<!doctype html>\n<html></html>\n"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto report = life.import(row.text);
        CHECK_FALSE(report.plan.refusals.empty());
        CHECK_FALSE(report.applied);
        CHECK(life.exported() == before);
    }
    CHECK_FALSE(std::filesystem::exists(folder.path() / "backups"));
}

TEST_CASE("a disk that takes nothing changes nothing, and what is shown is what is stored") {
    faults::Folder folder("directory");
    Life life(folder);
    auto doe = life.create(person("Doe"));
    auto before = life.exported();
    SUBCASE("no backup can be made") {
        std::ofstream(folder.path() / "backups") << "a file where the folder should be";
        auto text = contacts::header(';', false);
        contacts::append_row(text, person("Fresh"), ';');
        auto report = life.ask<ImportReport>([&](Directory& it, auto reply) { it.import(text, {}, "ann", reply); });
        REQUIRE_FALSE(report.has_value());
        CHECK(report.error().category == Category::unavailable);
        CHECK(report.error().text.contains("nothing was changed"));
    }
    SUBCASE("the database is closed") {
        life.store().stop();
        auto made = life.ask<Contact>([&](Directory& it, auto reply) { it.create(person("Roe"), "ann", reply); });
        CHECK_FALSE(made.has_value());
    }
    CHECK(life.exported() == before);
}

TEST_CASE("people of a server come with keys that last, and what it says is not changed here") {
    faults::Folder folder("directory");
    std::string key;
    {
        Life life(folder);
        auto report = sync(life, {"a", "b"}, {.dry_run = true});
        REQUIRE(report.has_value());
        CHECK(report->plan.changes.size() == 2);
        CHECK(life.names().empty());
        CHECK(sync(life, {"a", "b"})->applied);
        CHECK(life.names() == Names{"Of a", "Of b"});
        CHECK_FALSE(sync(life, {"b", "a"})->applied);
        key = life.shown()->contacts[0].key;
        auto change = [&](std::string Contact::* part) {
            return life.ask<Contact>([&](Directory& it, auto reply) {
                it.modify(
                    key, [part](Contact one) -> Result<Contact> { return one.*part = "Sales", one; }, "ann", reply);
            });
        };
        CHECK(change(&Contact::folder).has_value());
        auto refused = change(&Contact::company);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().category == Category::conflict);
        CHECK(refused.error().text == "\"company\" is what ldap says: change it there.");
        auto removed = life.ask<Contact>([&](Directory& it, auto reply) { it.remove(key, "ann", reply); });
        CHECK(removed.error().category == Category::conflict);
        CHECK(sync(life, {"b"})->applied);
        CHECK(life.audit() == std::vector<std::string>{"ldap synchronised ldap: 2 created, 0 changed, 0 removed",
                                                       "ann contact_changed " + key + ": folder",
                                                       "ldap synchronised ldap: 0 created, 0 changed, 1 removed"});
    }
    Life next(folder);
    CHECK(next.names() == Names{"Of b"});
    next.create(person("Own"));
    CHECK(sync(next, {"a", "b"})->applied);
    REQUIRE(next.shown()->find(key) != nullptr);
    CHECK(next.shown()->find(key)->folder == "Sales"); // what was said here comes back, too
    CHECK_FALSE(sync(next, {}).has_value());
    next.store().stop();
    CHECK_FALSE(sync(next, {"a", "b", "c"}).has_value());
    CHECK(next.names() == Names{"Of b", "Own", "Sales/Of a"});
}

TEST_CASE("backups are named by us alone") {
    faults::Folder folder("directory");
    Life life(folder);
    std::ofstream(folder.path() / "secret.csv") << "last_name;first_name\nDoe;Jane\n";
    for (std::string_view name : {"../secret.csv", "/etc/passwd", "directory-../../secret.csv", "directory-1.csv.part",
                                  "directory-1.csv", "directory-\n.csv"}) {
        CAPTURE(name);
        auto report = life.restore(std::string(name));
        REQUIRE_FALSE(report.has_value());
        CHECK(report.error().category == Category::not_found);
    }
    CHECK_FALSE(life.restore("").has_value()); // there is none yet
}

TEST_CASE("folders are made, renamed with what is in them, and removed when empty") {
    faults::Folder folder("directory");
    auto text_of = [](Life& life, auto work) { return life.ask<std::string>(work); };
    {
        Life life(folder);
        life.create(person("Doe", "Sales/Export"));
        CHECK(life.shown()->folders == Names{"Sales", "Sales/Export"});
        CHECK(text_of(life, [](Directory& it, auto reply) {
                  it.make_folder(" Support / Night/", "ann", reply);
              }).value() == "Support/Night");
        CHECK(life.shown()->folders == Names{"Sales", "Sales/Export", "Support", "Support/Night"});
        CHECK(text_of(life, [](Directory& it, auto reply) {
                  it.rename_folder("Sales", "Verkoop", "ann", reply);
              }).has_value());
        CHECK(life.names() == Names{"Verkoop/Export/Doe"});
        auto full = text_of(life, [](Directory& it, auto reply) { it.remove_folder("Verkoop", "ann", reply); });
        REQUIRE_FALSE(full.has_value());
        CHECK(full.error().category == Category::conflict);
        auto itself =
            text_of(life, [](Directory& it, auto reply) { it.rename_folder("Verkoop", "Verkoop/In", "ann", reply); });
        REQUIRE_FALSE(itself.has_value());
        CHECK(itself.error().category == Category::conflict);
        CHECK(text_of(life, [](Directory& it, auto reply) {
                  it.remove_folder("Support/Night", "ann", reply);
              }).has_value());
        for (std::string_view wrong : {"", " / ", "a//b", "a/b/c/d/e/f/g/h/i"})
            CHECK_FALSE(folder_path(wrong).has_value());
    }
    Life next(folder);
    CHECK(next.shown()->folders == Names{"Verkoop", "Verkoop/Export"});
}

TEST_CASE("favourites keep their order, for each owner") {
    faults::Folder folder("directory");
    using Keys = std::vector<std::string>;
    {
        Life life(folder);
        auto set = [&](Keys keys) {
            return life.ask<Keys>(
                [&](Directory& it, auto reply) { it.set_favourites("alice@example.net", keys, "ann", reply); });
        };
        CHECK(set({"c-2", "bob@example.net", "c-1"}).has_value());
        CHECK_FALSE(set({"c-2", "c-2"}).has_value());
        CHECK_FALSE(set({""}).has_value());
    }
    Life next(folder);
    auto of = [&](std::string owner) {
        return next.ask<Keys>([&](Directory& it, auto reply) { it.favourites(owner, reply); }).value();
    };
    CHECK(of("alice@example.net") == Keys{"c-2", "bob@example.net", "c-1"});
    CHECK(of("bob@example.net").empty());
}

namespace {

Contact watched(std::string key, std::string_view title) {
    auto one = person("Watched");
    one.key = std::move(key);
    one.source = "people";
    one.title = title;
    one.email = "watched@example.net";
    return one;
}

} // namespace

TEST_CASE("a contact follows its entry, but for what was changed here, in the next life too") {
    faults::Folder folder("directory");
    std::string key;
    {
        Life life(folder);
        life.watch({watched("alice", "Clerk")});
        key = life.create(contacts::linked_to(watched("alice", "Clerk"))).key;
        CHECK(life.change(key, [](Contact& one) { one.email = "own@example.net"; }).own == Names{"email"});
        auto entry = watched("alice", "Director");
        entry.email = "other@example.net";
        life.watch({entry});
        CHECK(life.shown()->find(key)->title == "Director");
        CHECK(life.shown()->find(key)->email == "own@example.net");
        CHECK(life.audit().back() == "directory followed 1 contacts changed with their entries, 0 lost theirs");
    }
    Life next(folder);
    CHECK(next.shown()->find(key)->of == "alice");
    next.watch({}, false); // nobody is known yet
    CHECK(next.shown()->find(key)->of == "alice");
    next.watch({watched("alice", "Boss")});
    CHECK(next.shown()->find(key)->title == "Boss");
    CHECK(next.shown()->find(key)->email == "own@example.net");
    auto again = next.change(key, [](Contact& one) { one.own.clear(); });
    CHECK(again.email == "watched@example.net"); // follows once more
    next.watch({});
    CHECK(next.shown()->find(key)->of.empty());
    CHECK(next.shown()->find(key)->title == "Boss");
    CHECK(next.audit().back() == "directory followed 0 contacts changed with their entries, 1 lost theirs");
}

TEST_CASE("a contact follows somebody of a server; deleting it leaves the other alone") {
    faults::Folder folder("directory");
    Life life(folder);
    life.watch({});
    CHECK(sync(life, {"a", "b"})->applied);
    auto entry = *life.shown()->find(life.shown()->contacts.front().key);
    auto made = life.create(contacts::linked_to(entry));
    CHECK(life.shown()->contacts.size() == 3);
    auto removed = life.ask<Contact>([&](Directory& it, auto reply) { it.remove(made.key, "ann", reply); });
    CHECK(removed.has_value());
    CHECK(life.shown()->find(entry.key) != nullptr);
    made = life.create(contacts::linked_to(entry));
    CHECK(sync(life, {entry.external_id == "a" ? "b" : "a"})->applied);
    REQUIRE(life.shown()->find(made.key) != nullptr);
    CHECK(life.shown()->find(made.key)->of.empty());
    CHECK(life.shown()->find(made.key)->last_name == entry.last_name);
}

TEST_CASE("links in files: kept, made, refused; what the file changes is the contact's own") {
    faults::Folder folder("directory");
    Life life(folder);
    life.watch({watched("alice", "Clerk")});
    auto key = life.create(contacts::linked_to(watched("alice", "Clerk"))).key;
    CHECK(life.import(life.exported()).plan.changes.empty());
    auto text = life.exported();
    text.replace(text.find("Clerk"), 5, "Baker");
    CHECK(life.import(text).applied);
    CHECK(life.shown()->find(key)->title == "Baker");
    CHECK(life.shown()->find(key)->own == Names{"title"});
    auto report = life.import("key;last_name;first_name;of\n" + key + ";Watched;Jane;nobody\n");
    REQUIRE(report.plan.refusals.size() == 1);
    CHECK(report.plan.refusals.front().what == "of");
    CHECK(life.import("key;last_name;first_name;title;of\n" + key + ";Watched;Jane;Baker;alice\n;Doe;Ann;;alice\n")
              .applied);
    for (const auto& one : life.shown()->contacts)
        if (one.key != key) {
            CHECK(one.title == "Clerk"); // nothing was said of it
            CHECK(one.own == Names{"last_name", "first_name"});
        }
    life.watch({});
    REQUIRE(life.restore("").has_value()); // who it followed is gone meanwhile
    CHECK(life.shown()->find(key)->of.empty());
}

TEST_CASE("everybody's favourites come from a file, all of it or nothing") {
    faults::Folder folder("directory");
    Life life(folder);
    auto key = life.create(person("Doe")).key;
    contacts::FavouriteRules rules{.is_owner = [](std::string_view owner) { return owner == "alice"; },
                                   .is_key = [&](std::string_view one) { return one == key; },
                                   .key_of = [&](std::string_view) -> Result<std::string> { return key; }};
    auto import = [&](std::string text, bool dry_run) {
        auto plan = life.ask<contacts::FavouritesPlan>([&](Directory& it, auto reply) {
            it.import_favourites("owner;key;name\n" + text, dry_run, rules, "ann", reply);
        });
        REQUIRE(plan.has_value());
        return *plan;
    };
    auto all = [&] {
        return life.ask<contacts::FavouriteLists>([](Directory& it, auto reply) { it.all_favourites(reply); }).value();
    };
    CHECK(import("alice;" + key + ";\n", true).changes.size() == 1);
    CHECK(all().empty());
    CHECK(import("alice;;Jane Doe\nnobody;" + key + ";\n", false).refusals.size() == 1);
    CHECK(all().empty());
    CHECK(import("alice;;Jane Doe\n", false).changes.size() == 1);
    CHECK(all() == contacts::FavouriteLists{{"alice", {key}}});
    CHECK(import("alice;;Jane Doe\n", false).unchanged == 1);
    CHECK(life.audit().back() == "ann favourites alice: 1, before: 0");
}
