// Records on disk: what is written comes back, questions and their pages, and what goes when it is too old.
#include "calls/private_calls.hpp"
#include "here.hpp"
#include "records/shelf.hpp"

using namespace testing;
using calls::CallQuery;
using calls::CallRecord;
using calls::CallResult;

namespace {

struct Disk {
    Disk() : database(must(store::open_current(folder.path())).database) {}
    void put(const CallRecord& record, bool settled = true, Numbers numbers = Numbers::whole) {
        must(put_record(database, {.record = record, .settled = settled}, numbers));
    }
    Texts ids(const CallQuery& query) {
        Texts ids;
        for (const auto& record : must(read_calls(database, query)).items)
            ids.push_back(record.id);
        return ids;
    }
    faults::Folder folder{"records"};
    store::Database database;
};

CallRecord record(std::string id, milliseconds after) {
    CallRecord record;
    record.id = std::move(id);
    record.person = "alice";
    record.line = "alice@x";
    record.incoming = true;
    record.remote_number = "+31612345678";
    record.started = nine + after;
    record.ended = nine + after + 10s;
    record.result = CallResult::missed;
    return record;
}

CallRecord full() {
    auto one = record("ff", 0s);
    one.session = "s1";
    one.withheld = true;
    one.remote_name = "Zoë";
    one.remote_user = "bob@x";
    one.ddi = "+31201230000";
    one.ddi_name = "Reception";
    one.queue = "Sales";
    one.answered = nine + 3s;
    one.held_at = nine + 5s;
    one.rang = 3s;
    one.held = 1s;
    one.result = CallResult::answered;
    one.why = calls::End::transferred;
    one.released_by = calls::ReleasedBy::there;
    one.moved_to = "2002";
    one.transferred_from = "ee";
    one.source = calls::RecordSource::call_log;
    one.uncertain = true;
    return one;
}

} // namespace

TEST_CASE("a record comes back as it went in, and its newer state replaces it") {
    Disk disk;
    disk.put(full());
    auto page = must(read_calls(disk.database, {}));
    REQUIRE(page.items.size() == 1);
    CHECK(page.items[0] == full());
    auto newer = full();
    newer.result = CallResult::voicemail;
    newer.line = "carol@x";
    disk.put(newer);
    page = must(read_calls(disk.database, {}));
    REQUIRE(page.items.size() == 1);
    CHECK(page.items[0] == newer);
    // The same id years later is another call: platforms count from one again.
    newer.started += std::chrono::days(700);
    disk.put(newer);
    CHECK(must(read_calls(disk.database, {})).items.size() == 2);
}

TEST_CASE("questions") {
    Disk disk;
    disk.put(record("01", 0s));
    auto bob = record("02", 1s);
    bob.person = "bob";
    bob.line = "bob@x";
    bob.incoming = false;
    bob.result = CallResult::answered;
    bob.queue = "Sales";
    disk.put(bob);
    auto ddi = record("03", 2s);
    ddi.remote_number = "";
    ddi.ddi = "+31 20 123 0000";
    disk.put(ddi);
    auto going = record("04", 3s);
    going.ended.reset();
    disk.put(going);
    struct Row {
        const char* what;
        CallQuery query;
        Texts ids;
    };
    for (const auto& row : {
             Row{"all that are over", {}, {"03", "02", "01"}},
             Row{"a person", {.persons = {"bob"}}, {"02"}},
             Row{"several", {.persons = {"alice", "bob"}}, {"03", "02", "01"}},
             Row{"a line", {.line = "bob@x"}, {"02"}},
             Row{"one of them", {.id = "02"}, {"02"}},
             Row{"from", {.from = nine + 1s}, {"03", "02"}},
             Row{"until", {.until = nine + 1s}, {"01"}},
             Row{"out", {.incoming = false}, {"02"}},
             Row{"missed", {.result = CallResult::missed}, {"03", "01"}},
             Row{"a number", {.number = "0031 6-12345678"}, {"02", "01"}},
             Row{"a DDI", {.number = "+31201230000"}, {"03"}},
             Row{"a queue", {.queue = "Sales"}, {"02"}},
             Row{"an id", {.id = "02"}, {"02"}},
             Row{"the id of one that goes on", {.id = "04"}, {}},
             Row{"nobody", {.persons = {"x' OR 1=1 --"}}, {}},
         }) {
        CAPTURE(row.what);
        CHECK(disk.ids(row.query) == row.ids);
    }
    for (const auto& query : {CallQuery{.cursor = "x"}, CallQuery{.cursor = "1-G-"}, CallQuery{.cursor = "1"},
                              CallQuery{.number = "none"}, CallQuery{.limit = 0}, CallQuery{.limit = 1001}}) {
        auto page = read_calls(disk.database, query);
        REQUIRE_FALSE(page);
        CHECK(page.error().category == Category::invalid);
    }
}

TEST_CASE("pages stay where they are while calls come in") {
    Disk disk;
    for (int i = 0; i < 10; ++i) { // two at each moment, of one call and two people
        auto one = record(fmt::format("{:02}", i / 2), seconds(i / 4));
        one.person = i % 2 ? "alice" : "bob";
        disk.put(one);
    }
    Texts seen;
    CallQuery query{.limit = 3};
    for (int page = 0; page < 10; ++page) {
        auto found = must(read_calls(disk.database, query));
        for (const auto& one : found.items)
            seen.push_back(one.id + one.person);
        disk.put(record(fmt::format("a{}", page), 1h + seconds(page)));
        query.cursor = found.next;
        if (found.next.empty()) break;
    }
    CHECK(seen ==
          Texts{"04bob", "04alice", "03bob", "03alice", "02bob", "02alice", "01bob", "01alice", "00bob", "00alice"});
}

TEST_CASE("how much of numbers is kept") {
    Disk disk;
    disk.put(full(), true, Numbers::masked);
    auto page = must(read_calls(disk.database, {}));
    CHECK(page.items.at(0).remote_number == "+3161234");
    CHECK(page.items.at(0).remote_name.empty());
    disk.put(full(), true, Numbers::none);
    page = must(read_calls(disk.database, {}));
    CHECK(page.items.at(0).remote_number.empty());
}

TEST_CASE("what is not finished is found at the next start, with its settled neighbours") {
    Disk disk;
    auto going = record("01", 0s);
    going.ended.reset();
    disk.put(going);
    auto waits = record("02", 0s);
    waits.session = "s1";
    disk.put(waits, false);
    auto answered = record("03", 0s);
    answered.session = "s1";
    disk.put(answered);
    disk.put(record("04", 0s));
    Texts ids;
    for (const auto& one : must(read_unfinished(disk.database)))
        ids.push_back(one.record.id);
    std::ranges::sort(ids);
    CHECK(ids == Texts{"01", "02", "03"});
}

TEST_CASE("one call is forgotten: who was on the other side, not the figures") {
    Disk disk;
    disk.put(full());
    auto bobs = full();
    bobs.person = "bob";
    disk.put(bobs);
    disk.put(record("01", 0s));
    disk.put(record("02", 0s), false);
    CHECK(forget_call(disk.database, "00", std::nullopt).error().category == Category::not_found);
    CHECK(forget_call(disk.database, "02", std::nullopt).error().category == Category::conflict);
    CHECK(forget_call(disk.database, "ff", calls::Within{{"carol"}, {"carol@x"}}).error().category ==
          Category::not_found);
    CHECK(must(forget_call(disk.database, "ff", calls::Within{{"bob"}, {}})) == 1);
    CHECK(must(forget_call(disk.database, "ff", std::nullopt)) == 2);
    auto wanted = full();
    calls::hide_other_side(wanted);
    for (const auto& one : must(read_calls(disk.database, {})).items) {
        if (one.id != "ff") continue;
        wanted.person = one.person;
        CHECK(one == wanted);
    }
    CHECK(disk.ids({.number = "+31612345678"}) == Texts{"02", "01"});
}

TEST_CASE("what is too old goes, a part at a time") {
    Disk disk;
    for (int i = 0; i < 10; ++i)
        disk.put(record(fmt::format("{:02}", i), seconds(i)));
    CHECK(must(forget_older(disk.database, nine + 7s, 5)) == 5);
    CHECK(must(forget_older(disk.database, nine + 7s, 5)) == 2);
    CHECK(must(forget_older(disk.database, nine + 7s, 5)) == 0);
    CHECK(disk.ids({}) == Texts{"09", "08", "07"});
}

TEST_CASE("gaps and moments") {
    Disk disk;
    must(put_gap(disk.database, {.platform = "p1", .from = nine, .until = nine + 1min}));
    must(put_gap(disk.database, {.platform = "p1", .from = nine + 1h}));
    CHECK(must(read_gaps(disk.database, nine + 1min, nine + 1h)).empty());
    CHECK(must(read_gaps(disk.database, nine + 59s, std::nullopt)).size() == 2);
    CHECK(must(read_calls(disk.database, {.until = nine + 1s})).gaps.size() == 1);
    must(put_gap(disk.database, {.platform = "p1", .from = nine + 1h, .until = nine + 2h, .filled = true}));
    auto gaps = must(read_gaps(disk.database, nine + 1h, std::nullopt));
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].until == nine + 2h);
    CHECK(gaps[0].filled);
    CHECK_FALSE(must(read_mark(disk.database, "alive")));
    must(put_mark(disk.database, "alive", nine));
    CHECK(must(read_mark(disk.database, "alive")) == nine);
}
