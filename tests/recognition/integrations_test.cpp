// The facade on a real database, a real file and a source that tests steer.
#include <doctest/doctest.h>

#include <fstream>
#include <optional>
#include <sqlite3.h>

#include "base/log.hpp"
#include "faults/folder.hpp"
#include "recognition/integrations.hpp"
#include "recognition/shelf.hpp"

using namespace lamp;
using namespace lamp::recognition;
using namespace std::chrono_literals;
using calls::IntegrationVerb;

namespace {

struct FakeState {
    std::optional<Result<Synced>> next;
    std::vector<Record> found;
    int look_ups = 0;
    std::optional<Error> refusal; // of new contacts
    std::vector<NewContact> made;
    bool held = false; // synchronisations end once it is not
};

class FakeSource final : public Source {
public:
    explicit FakeSource(std::shared_ptr<FakeState> state) : state_(std::move(state)) {}
    Task<Result<Synced>> sync(std::string) override {
        while (state_->held)
            if (!co_await sleep_for(1ms)) co_return fail(Category::cancelled, "It was stopped.");
        if (!state_->next) co_return fail(Category::unavailable, "It is down.");
        co_return *state_->next;
    }
    Task<Result<std::vector<Record>>> look_up(std::string) override {
        ++state_->look_ups;
        co_return state_->found;
    }
    bool live() const override { return true; }
    bool creates() const override { return true; }
    Result<Outgoing> preview(const NewContact& contact) const override {
        if (!contact.fields.empty()) return fail(Category::invalid, "There is no place for that.");
        return Outgoing{"https://crm.example.net", "POST /contacts", contact.name()};
    }
    Task<Result<Record>> create(NewContact contact) override {
        if (state_->refusal) co_return std::unexpected(*state_->refusal);
        state_->made.push_back(contact);
        co_return Record{.id = "new", .name = contact.name(), .numbers = contact.numbers};
    }

private:
    std::shared_ptr<FakeState> state_;
};

std::vector<Record> people(int count) {
    std::vector<Record> out;
    for (int i = 0; i < count; ++i)
        out.push_back(
            {.id = std::to_string(i), .name = "Person", .numbers = {{"work", "+3161234" + std::to_string(5000 + i)}}});
    return out;
}

struct House {
    std::string lines;
    faults::Folder folder{"recognition"};
    Loop loop{"recognition"};
    std::unique_ptr<store::Store> store;
    std::shared_ptr<FakeState> fake = std::make_shared<FakeState>();
    std::unique_ptr<Integrations> all;
    std::vector<IntegrationOptions> options;

    House() { log::set_capture(&lines); }
    ~House() {
        leave();
        log::set_capture(nullptr);
    }
    void enter() {
        store = std::move(store::Store::open({.folder = folder.path()}).value());
        Integrations::Maker steered = [this](const IntegrationOptions&, asio::io_context&) {
            return Result<std::unique_ptr<Source>>(std::make_unique<FakeSource>(fake));
        };
        bool fakes = options.front().type == Type::rest;
        all = std::make_unique<Integrations>(loop, *store, options, "NL", fakes ? steered : Integrations::Maker());
        all->start();
    }
    void leave() {
        if (!all) return;
        all->stop();
        turn([&] { return false; }, 50ms);
        store->stop();
        turn([&] { return false; }, 50ms);
        all.reset();
        store.reset();
    }
    void turn(const std::function<bool()>& reached, milliseconds most) {
        loop.context().restart();
        for (auto until = steady_now() + most; !reached() && steady_now() < until;)
            loop.context().run_one_until(std::min(until, steady_now() + 20ms));
    }
    void until(const std::function<bool()>& reached) {
        turn(reached, 10s);
        CAPTURE(lines);
        REQUIRE(reached());
    }
    calls::IntegrationView view() const { return all->views().at(0); }
    std::string who(std::string_view number) const {
        auto found = all->recognise(number);
        if (!found) return "invalid";
        std::string out;
        for (const auto& one : *found)
            out += one.integration + " " + one.name + " " + one.cls + ";";
        return out;
    }
    Result<PutDone> put(PutOrder wanted) {
        std::optional<Result<PutDone>> answer;
        all->put(std::move(wanted), [&](auto got) { answer = std::move(got); });
        until([&] { return answer.has_value(); });
        return *answer;
    }
    Result<calls::IntegrationView> order(IntegrationVerb verb, std::string name = "crm") {
        std::optional<Result<calls::IntegrationView>> answer;
        all->order({std::move(name), verb, "desk"}, [&](auto got) { answer = std::move(got); });
        until([&] { return answer.has_value(); });
        return *answer;
    }
};

/// What a search finds, and what it says of who cannot be searched.
std::string searched(House& house, std::string_view words) {
    std::shared_ptr<const Searchables> now;
    house.all->keep_searchable([&](auto got) { now = std::move(got); });
    house.until([&] { return now != nullptr; });
    std::string out;
    for (const auto& one : now->all) {
        out += one.name + ":";
        if (!one.words) out += " " + one.why;
        for (auto place : one.words ? one.words->find(words, 10, "31", 0) : std::vector<std::uint32_t>())
            out += " " + one.words->contact(place).last_name;
        out += ";";
    }
    return out;
}

/// As erasure does, behind the back of whoever has them in memory.
void delete_from_disk(House& house, std::vector<std::string> ids) {
    bool gone = false;
    house.store->submit(
        house.loop,
        [ids = std::move(ids)](store::Database& disk) -> Result<void> {
            auto kept = read_kept(disk, "crm");
            if (!kept) return std::unexpected(kept.error());
            return drop_records(disk, "crm", kept->epoch, ids);
        },
        [&](const Result<void>& done) { gone = done.has_value(); });
    house.until([&] { return gone; });
    house.all->forget([](std::string_view) { return false; }, true, [](std::size_t) {});
}

IntegrationOptions fake_options() {
    IntegrationOptions one;
    one.name = "crm";
    one.type = Type::rest;
    one.delta = 0s;
    one.record_url = "https://crm.example.net/{id}";
    return one;
}

} // namespace

TEST_CASE("a file is read, and read again when it has changed") {
    House house;
    auto file = house.folder.path() / "people.csv";
    std::ofstream(file) << "id,name,phone\n1,Alice,020 123 0002\n";
    IntegrationOptions one;
    one.name = "list";
    one.file = file;
    one.delta = 1h;
    house.options = {one};
    house.enter();
    house.until([&] { return house.view().state == "up"; });
    CHECK(house.who("+31201230002") == "list Alice nsn;");
    CHECK(house.who("what") == "invalid");
    CHECK(house.view().contacts == 1);
    std::ofstream(file) << "id,name,phone\n1,Alice,020 123 0003\n2,Bob,+31201230004\n";
    REQUIRE(house.order(IntegrationVerb::sync, "list"));
    house.until([&] { return house.view().contacts == 2 && house.view().state == "up"; });
    CHECK(house.who("+31201230002") == "");
    CHECK(house.who("+31201230004") == "list Bob exact;");
}

TEST_CASE("a database is asked read-only") {
    House house;
    auto file = house.folder.path() / "crm.db";
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    sqlite3_exec(handle, "CREATE TABLE c(k, n, t); INSERT INTO c VALUES (5, 'Carol', '+31201230005')", nullptr, nullptr,
                 nullptr);
    sqlite3_close(handle);
    IntegrationOptions one;
    one.name = "db";
    one.type = Type::sqlite;
    one.file = file;
    one.query = "SELECT k AS id, n AS name, t AS phone FROM c";
    auto writes = one;
    writes.name = "writes";
    writes.query = "DELETE FROM c";
    house.options = {one, writes};
    house.enter();
    house.until([&] { return house.view().state == "up" && house.all->views().at(1).state == "down"; });
    CHECK(house.who("+31201230005") == "db Carol exact;");
    CHECK(house.all->views().at(1).last_error.contains("must only read"));
}

TEST_CASE("contacts are known after a restart, though their source is down") {
    House house;
    house.options = {fake_options()};
    house.fake->next = Synced{.records = people(4001)}; // more than two pieces
    house.enter();
    house.until([&] { return house.view().state == "up"; });
    house.leave();
    house.fake->next.reset();
    house.enter();
    house.until([&] { return house.view().contacts == 4001; });
    CHECK(house.who("+31612345007") == "crm Person exact;");
    REQUIRE(house.order(IntegrationVerb::sync));
    house.until([&] { return house.view().state == "degraded"; });
    CHECK(house.view().last_error == "It is down.");
    CHECK(house.who("+31612345007") == "crm Person exact;");
    CHECK(house.all->recognise("+31612345007")->front().url == "https://crm.example.net/7");
}

TEST_CASE("a source that lost its contacts is not believed until it is forced") {
    House house;
    house.options = {fake_options()};
    house.fake->next = Synced{.records = people(10)};
    house.enter();
    house.until([&] { return house.view().state == "up"; });
    house.fake->next = Synced{.records = people(2)};
    REQUIRE(house.order(IntegrationVerb::sync));
    house.until([&] { return house.view().state == "degraded"; });
    CHECK(house.view().contacts == 10);
    auto forced = house.order(IntegrationVerb::sync_forced);
    CAPTURE((forced ? "" : forced.error().text));
    REQUIRE(forced);
    house.until([&] { return house.view().state == "up"; });
    CHECK(house.view().contacts == 2);
}

TEST_CASE("disabled and deleted ones are silent at once, and come back") {
    House house;
    house.options = {fake_options()};
    house.fake->next = Synced{.records = people(10)};
    house.enter();
    house.until([&] { return house.view().state == "up"; });
    CHECK(house.order(IntegrationVerb::disable)->state == "off");
    CHECK(house.who("+31612345007") == "");
    CHECK(house.order(IntegrationVerb::sync).error().category == Category::conflict);
    house.leave();
    house.enter();
    house.until([&] { return house.view().contacts == 10; });
    CHECK(house.who("+31612345007") == "");
    REQUIRE(house.order(IntegrationVerb::enable));
    CHECK(house.who("+31612345007") == "crm Person exact;");
    auto gone = house.order(IntegrationVerb::remove);
    REQUIRE(gone);
    CHECK(gone->deleted);
    CHECK(gone->gone_at);
    CHECK(house.who("+31612345007") == "");
    CHECK(house.order(IntegrationVerb::enable).error().category == Category::conflict);
    REQUIRE(house.order(IntegrationVerb::undo));
    CHECK(house.who("+31612345007") == "crm Person exact;");
    CHECK(house.order(IntegrationVerb::sync, "other").error().category == Category::not_found);
}

TEST_CASE("what was deleted from disk is forgotten, whether it is synchronising or not") {
    House house;
    house.options = {fake_options()};
    house.fake->next = Synced{.records = people(10)};
    house.enter();
    house.until([&] { return house.view().state == "up"; });
    delete_from_disk(house, {"6"});
    house.until([&] { return house.view().contacts == 9; });
    for (auto [number, next] : {std::pair("+31612345007", Synced{.unchanged = true}),
                                std::pair("+31612345008", Synced{.whole = false, .records = people(1)})}) {
        CAPTURE(number);
        CHECK(house.who(number) == "crm Person exact;");
        house.fake->held = true;
        house.fake->next = next;
        REQUIRE(house.order(IntegrationVerb::sync));
        house.until([&] { return house.view().state == "syncing"; });
        delete_from_disk(house, {std::string(number).substr(11)});
        house.fake->held = false;
        house.until([&] { return house.who(number).empty() && house.view().state == "up"; });
    }
    CHECK(house.view().contacts == 7);
    CHECK(house.who("+31612345000") == "crm Person exact;");
    CHECK(house.order(IntegrationVerb::disable)->state == "off");
    delete_from_disk(house, {"0"});
    house.until([&] { return house.view().contacts == 6; });
    CHECK(house.view().state == "off");
}

TEST_CASE("what a synchronisation has brought stays, though the disk is read at the same time") {
    House house;
    house.options = {fake_options()};
    house.fake->next = Synced{.records = people(4001)};
    house.enter();
    house.until([&] { return house.view().state == "up"; });
    house.fake->next = Synced{.records = people(4003)};
    house.all->forget([](std::string_view) { return false; }, true, [](std::size_t) {});
    auto before = house.view().last_sync;
    REQUIRE(house.order(IntegrationVerb::sync));
    house.until([&] { return house.view().state == "up" && house.view().last_sync != before; });
    house.turn([] { return false; }, 100ms);
    CHECK(house.view().contacts == 4003);
}

TEST_CASE("who is not known is asked for once") {
    House house;
    house.options = {fake_options()};
    house.fake->next = Synced{.records = people(10)};
    house.enter();
    house.until([&] { return house.view().state == "up"; });
    int replies = 0;
    std::size_t found = 0;
    auto ask = [&](const std::string& number) {
        house.all->recognise(number, true, [&](auto got) {
            ++replies;
            found += got ? got->size() : 100;
        });
    };
    ask("+31201230009");
    ask("+31201230009");
    house.until([&] { return replies == 2; });
    ask("+31201230009");
    house.until([&] { return replies == 3; });
    CHECK(house.fake->look_ups == 1);
    CHECK(found == 0);
    house.fake->found = {{.id = "n", .name = "New", .numbers = {{"work", "+31201230008"}}}};
    ask("+31201230008");
    house.until([&] { return replies == 4; });
    CHECK(found == 1);
    CHECK(house.fake->look_ups == 2);
}

TEST_CASE("a sample is the contact with the most to show") {
    House house;
    house.options = {fake_options()};
    auto records = people(3);
    records[1].numbers.push_back({"home", "nothing"});
    records[1].fields = {{"City", "Oss"}};
    house.fake->next = Synced{.records = records};
    house.enter();
    house.until([&] { return house.view().state == "up"; });
    auto shown = house.order(IntegrationVerb::sample);
    REQUIRE(shown);
    REQUIRE(shown->sample);
    CHECK(shown->sample->id == "1");
    CHECK(shown->sample->url == "https://crm.example.net/1");
    REQUIRE(shown->sample->numbers.size() == 2);
    CHECK(shown->sample->numbers[0].usable);
    CHECK_FALSE(shown->sample->numbers[1].usable);
    CHECK(shown->sample->fields == records[1].fields);
    CHECK_FALSE(house.view().sample);
    CHECK_FALSE(house.lines.contains("an integration was changed"));
}

TEST_CASE("contacts are found by words from the first search on, as long as the integration is on") {
    House house;
    auto one = fake_options();
    house.fake->next = Synced{.records = {{.id = "1", .name = "Alice", .numbers = {{"work", "+31612345678"}}}}};
    auto later = one;
    later.name = "later";
    later.priority = 200;
    later.search = false;
    house.options = {later, one};
    house.enter();
    house.until([&] { return house.view().state == "up" && house.all->views().at(1).state == "up"; });
    CHECK_FALSE(house.all->searchables()->kept);
    CHECK(house.all->searchables()->all.size() == 2);
    CHECK(house.all->searchables()->all.front().words == nullptr);
    const std::string kept_out = "later: Its configuration says search = false.;";
    CHECK(searched(house, "alice") == "crm: Alice;" + kept_out);
    CHECK(searched(house, "0612345678") == "crm: Alice;" + kept_out);
    const auto before = house.all->searchables()->all.front().words;
    CHECK(searched(house, "bob") == "crm:;" + kept_out);
    CHECK(house.all->searchables()->all.front().words == before);
    house.fake->next = Synced{.records = {{.id = "1", .name = "Bob", .numbers = {{"work", "+31612345678"}}}}};
    REQUIRE(house.order(IntegrationVerb::sync));
    house.until([&] { return searched(house, "bob") == "crm: Bob;" + kept_out; });
    CHECK(before->contact(0).last_name == "Alice"); // whoever still reads it
    REQUIRE(house.order(IntegrationVerb::disable));
    CHECK(searched(house, "bob") == "crm: It is switched off.;" + kept_out);
    REQUIRE(house.order(IntegrationVerb::enable));
    CHECK(searched(house, "bob") == "crm: Bob;" + kept_out);
    REQUIRE(house.order(IntegrationVerb::remove));
    CHECK(searched(house, "bob") == "crm: It is switched off.;" + kept_out);
}

TEST_CASE("a new contact is put into its source, and recognised at once") {
    House house;
    house.options.push_back(fake_options());
    house.fake->next = Synced{.records = people(3), .cursor = "one"};
    house.enter();
    house.until([&] { return house.view().state == "up"; });
    CHECK(house.view().can == std::vector<std::string>{"recognise", "search", "create"});
    const NewContact jane{"Jane", "Doe", {{"work", "+31201230002"}}};

    auto dry = house.put({"crm", jane, true, "desk"});
    REQUIRE(dry);
    CHECK(dry->outgoing.what == "POST /contacts");
    CHECK(dry->record.id.empty());
    CHECK(house.fake->made.empty());
    CHECK(house.who("+31201230002").empty());

    auto done = house.put({"crm.crm", jane, false, "desk"});
    REQUIRE_MESSAGE(done, done.error().text);
    CHECK(done->url == "https://crm.example.net/new");
    CHECK(done->key.starts_with("crm:"));
    CHECK(house.who("+31201230002") == "crm Jane Doe exact;");
    CHECK(house.view().contacts == 4);
    house.leave();
    house.fake->next.reset(); // it is down: what is known is on disk
    house.enter();
    house.until([&] { return house.view().contacts == 4; });
    CHECK(house.who("+31201230002") == "crm Jane Doe exact;");
}

TEST_CASE("a contact that comes while everything is read is not lost by that") {
    House house;
    house.options.push_back(fake_options());
    house.fake->next = Synced{.records = people(3), .cursor = "one"};
    house.enter();
    house.until([&] { return house.view().state == "up"; });
    house.fake->held = true;
    REQUIRE(house.order(IntegrationVerb::sync));
    house.until([&] { return house.view().state == "syncing"; });
    REQUIRE(house.put({"crm", {"Jane", "Doe", {{"work", "+31201230002"}}}, false, "desk"}));
    CHECK(house.who("+31201230002") == "crm Jane Doe exact;");
    house.fake->held = false;
    house.until([&] { return house.view().state == "up" && house.view().contacts == 4; });
    CHECK(house.who("+31201230002") == "crm Jane Doe exact;");
    house.leave();
    house.fake->next.reset();
    house.enter();
    house.until([&] { return house.view().contacts == 4; });
}

TEST_CASE("what a source refuses is told as whose fault it is, and nothing is kept") {
    struct Row {
        const char* source;
        std::optional<Error> refusal;
        NewContact contact;
        Category category;
        const char* word;
    };
    const NewContact jane{"Jane", "Doe", {{"work", "+31201230002"}}};
    const Row rows[] = {
        {"crn", {}, jane, Category::not_found, "New contacts are taken by \"crm\"."},
        {"crm", {}, {"Jane", "Doe", {{"work", "2001"}}, {{"vip", "yes"}}}, Category::invalid, "no place"},
        {"crm", Error{Category::forbidden, "It may not."}, jane, Category::unauthorised, "crm: It may not."},
        {"crm", Error{Category::unauthorised, "Who?"}, jane, Category::unauthorised, "Who?"},
        {"crm", Error{Category::not_found, "No such module."}, jane, Category::unauthorised, "No such module."},
        {"crm", Error{Category::invalid, "No e-mail."}, jane, Category::invalid, "No e-mail."},
        {"crm", Error{Category::protocol, "A web page."}, jane, Category::protocol, "A web page."},
    };
    House house;
    house.options.push_back(fake_options());
    house.fake->next = Synced{.records = people(3), .cursor = "one"};
    house.enter();
    house.until([&] { return house.view().state == "up"; });
    for (const Row& row : rows) {
        CAPTURE(row.word);
        house.fake->refusal = row.refusal;
        auto done = house.put({row.source, row.contact, false, "desk"});
        REQUIRE_FALSE(done);
        CHECK(done.error().category == row.category);
        CHECK_MESSAGE(done.error().text.contains(row.word), done.error().text);
    }
    CHECK(house.view().contacts == 3);
    REQUIRE(house.order(IntegrationVerb::disable));
    auto off = house.put({"crm", jane, false, "desk"});
    REQUIRE_FALSE(off);
    CHECK(off.error().category == Category::conflict);
    CHECK(off.error().text.contains("No integration takes new contacts."));
}
