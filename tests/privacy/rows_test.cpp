// The register against the schema, and what becomes of rows on a real disk.
#include <doctest/doctest.h>

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "faults/folder.hpp"
#include "faults/must.hpp"
#include "in_files.hpp"
#include "privacy/keyed_hash.hpp"
#include "privacy/rows.hpp"
#include "store/schema.hpp"

using namespace lamp;
using namespace lamp::privacy;

namespace {

using faults::must;

struct Disk {
    faults::Folder folder{"privacy"};
    store::Database database{must(store::open_current(folder.path())).database};
    WantedNumber number = must(WantedNumber::read("+31612345678", "NL"));

    void run(const std::string& sql) { must(database.script(sql)); }
    std::string ask(const std::string& sql) {
        auto rows = must(database.prepare(sql));
        std::string out;
        for (const char* comma = ""; must(rows.step()); comma = ",")
            out.append(comma).append(rows.text(0));
        return out;
    }
    Page all(std::string_view table, Wish wish) {
        Page sum;
        for (const KeptTable& one : kept_tables()) {
            if (one.table != table) continue;
            std::vector<std::string> after;
            do {
                auto page = must(look(database, one, number, wish, after));
                sum.found += page.found;
                sum.erased += page.erased;
                sum.busy += page.busy;
                std::ranges::move(page.rows, std::back_inserter(sum.rows));
                after = page.last;
            } while (!after.empty());
        }
        return sum;
    }
};

constexpr Wish count{Wish::What::count};
constexpr Wish erase{Wish::What::erase};

/// A call at that second, over and settled.
std::string call(int second, std::string_view number, std::string_view more = "1, 1") {
    auto comma = more.find(',');
    return fmt::format(
        "INSERT INTO call VALUES({0}, 'c{0}', 'alice', 'alice@x', 's', 1, 0, '{1}', '{1}', 'Eve Stone', 'eve@x', "
        "'+31201230002', '+31201230002', 'Sales', '', NULL, {2}, NULL, 0, 0, 1, 0, 0, '', '', 0, 0, {3}, 0, '');",
        second, number, more.substr(0, comma), more.substr(comma + 1));
}

} // namespace

TEST_CASE("every table says what it holds of people") {
    Disk disk;
    std::set<std::string, std::less<>> known(tables_without().begin(), tables_without().end());
    for (const KeptTable& one : kept_tables()) {
        CHECK_MESSAGE(known.insert(std::string(one.table)).second, one.table);
        must(look(disk.database, one, disk.number, count, {})); // its columns are there
    }
    auto rows = must(disk.database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'"));
    std::set<std::string, std::less<>> there;
    while (must(rows.step()))
        there.emplace(rows.text(0));
    for (const auto& table : there)
        CHECK_MESSAGE(known.contains(table), table, " is not in privacy/kept_data.cpp");
    for (const auto& table : known)
        CHECK_MESSAGE(there.contains(table), table, " is in privacy/kept_data.cpp only");
}

TEST_CASE("a call stays for the figures, without number and name") {
    Disk disk;
    disk.run(call(1, "+31612345678") + call(2, "0612345678") + call(3, "+31612345679") + call(4, "06-12345678"));
    CHECK(disk.all("call", count).found == 3);
    CHECK(disk.all("call", erase).erased == 3);
    CHECK(disk.ask("SELECT number || plain || name || user FROM call ORDER BY started") ==
          ",,+31612345679+31612345679Eve Stoneeve@x,");
    CHECK(disk.ask("SELECT count(*) FROM call WHERE ddi <> '' AND result = 1") == "4");
    CHECK(disk.all("call", erase).found == 0);
}

TEST_CASE("a call that is going on or unsettled stays, and is told of") {
    Disk disk;
    disk.run(call(1, "+31612345678", "NULL, 1") + call(2, "+31612345678", "5, 0"));
    auto page = disk.all("call", erase);
    CHECK(page.found == 2);
    CHECK(page.busy == 2);
    CHECK(page.erased == 0);
    CHECK(disk.all("call", count).found == 2);
}

TEST_CASE("more rows than a page, each once") {
    Disk disk;
    std::string sql = "BEGIN;";
    constexpr int calls = 2 * static_cast<int>(page_rows) + 7;
    for (int i = 0; i < calls; ++i)
        sql += call(i, i % 2 == 0 ? "+31612345678" : "+31612345679");
    disk.run(sql + "COMMIT;");
    CHECK(disk.all("call", count).found == calls / 2 + 1);
    CHECK(disk.all("call", erase).erased == calls / 2 + 1);
    CHECK(disk.all("call", count).found == 0);
    CHECK(disk.ask("SELECT count(*) FROM call") == std::to_string(calls));
}

TEST_CASE("letters lose the other side or go") {
    Disk disk;
    disk.run("INSERT INTO outbox_letter(id, webhook, key, event, made_at, body, state, attempts, reason) VALUES"
             R"((1,'crm','a','call.ended',1,'{"call":{"remote":{"number":"+31612345678","name":"Eve"}}}',0,0,''),)"
             R"((2,'crm','b','call.ended',1,'{"call":{"remote":{"number":"+31612345679","name":"Bob"}}}',0,0,''),)"
             R"((3,'chat','c','call.ended',1,'Missed: Eve (06 12345678)',1,0,''))");
    CHECK(disk.all("outbox_letter", erase).erased == 2);
    CHECK(
        disk.ask("SELECT body FROM outbox_letter ORDER BY id") ==
        R"({"call":{"remote":{"number":null,"name":null}}},{"call":{"remote":{"number":"+31612345679","name":"Bob"}}})");
}

TEST_CASE("notices go, audit texts are rewritten, settings in force are only told of") {
    Disk disk;
    disk.run("INSERT INTO zoho_notice VALUES(1,1,'ringing','c','+31612345678','+31201230002','u','',0,0,0,0);"
             "INSERT INTO forwarding_audit VALUES(1,1,'alice@x','claim_began','operator','to 06 12345678 until noon');"
             "INSERT INTO forwarding_claim VALUES('alice@x','operator','','0612345678',1,NULL,0);");
    CHECK(disk.all("zoho_notice", erase).erased == 1);
    CHECK(disk.ask("SELECT count(*) FROM zoho_notice") == "0");
    CHECK(disk.all("forwarding_audit", erase).erased == 1);
    CHECK(disk.ask("SELECT text FROM forwarding_audit") == "to (erased) until noon");
    disk.run("INSERT INTO audit VALUES(1,1,'operator','changed','','','','number 06 12345678'),"
             "(2,1,'operator','reloaded','to 0612345678','was +31612345678','now 0612345678','');");
    auto audit = disk.all("audit", erase);
    CHECK(audit.found == 2);
    CHECK(audit.erased == 2);
    CHECK(disk.ask("SELECT text FROM audit WHERE id = 1") == "number (erased)");
    CHECK(disk.ask("SELECT subject || before || after FROM audit WHERE id = 2") ==
          "to (erased)was (erased)now (erased)");
    auto page = disk.all("forwarding_claim", erase);
    CHECK(page.found == 1);
    CHECK(page.erased == 0);
}

TEST_CASE("contacts stay unless they are to go, too") {
    Disk disk;
    disk.run(
        R"(INSERT INTO contact VALUES('k1','{"last_name":"Stone","numbers":[{"number":"+31612345678"}]}',1,NULL))");
    CHECK(disk.all("contact", count).found == 1);
    CHECK(disk.all("contact", erase).erased == 0);
    CHECK(disk.ask("SELECT count(*) FROM contact") == "1");
    CHECK(disk.all("contact", {Wish::What::erase, true}).erased == 1);
    CHECK(disk.ask("SELECT count(*) FROM contact") == "0");
}

TEST_CASE("what is kept can be told") {
    Disk disk;
    disk.run(call(1, "+31612345678"));
    disk.run("UPDATE call SET ended = 1795683600000");
    auto rows = disk.all("call", {Wish::What::tell}).rows;
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].find(R"("number":"+31612345678")") != std::string::npos);
    CHECK(rows[0].find(R"("name":"Eve Stone")") != std::string::npos);
    CHECK(rows[0].find(R"("ended":"2026-11-26T)") != std::string::npos);
    CHECK(disk.all("call", count).found == 1);
}

TEST_CASE("the bytes are gone from the files") {
    Disk disk;
    std::string sql = "BEGIN;";
    for (int i = 0; i < 500; ++i)
        sql += call(i, i % 3 == 0 ? "+31612345678" : "+31612340000");
    disk.run(sql + "COMMIT;");
    disk.run("INSERT INTO forwarding_audit VALUES(1,1,'alice@x','claim_began','operator','to +31612345678')");
    CHECK(testing::in_files(disk.folder.path(), "+31612345678"));
    disk.all("call", erase);
    disk.all("forwarding_audit", erase);
    must(disk.database.empty_log());
    CHECK(!testing::in_files(disk.folder.path(), "31612345678"));
    CHECK(testing::in_files(disk.folder.path(), "+31612340000"));
}

TEST_CASE("one key, and the hash says nothing without it") {
    Disk disk;
    auto key = must(read_key(disk.database));
    CHECK(key == must(read_key(disk.database)));
    CHECK(keyed_hash(key, "+31612345678") == keyed_hash(key, "+31612345678"));
    CHECK(keyed_hash(key, "+31612345678") != keyed_hash(key, "+31612345679"));
    CHECK(keyed_hash(key, "+31612345678") != keyed_hash(Secret("other"), "+31612345678"));
    CHECK(keyed_hash(key, "+31612345678").size() == 13);
}

TEST_CASE("who erased is kept, the number is not") {
    Disk disk;
    must(put_erasure(disk.database, {.at = Wall(milliseconds(5)), .by = "ops", .number_hash = "~ab", .found = 3}));
    auto all = must(read_erasures(disk.database, 10));
    REQUIRE(all.size() == 1);
    CHECK(all[0].by == "ops");
    CHECK(all[0].number_hash == "~ab");
    CHECK(all[0].found == 3);
}
