// What is too old goes, and nothing else.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include "faults/folder.hpp"
#include "faults/must.hpp"
#include "privacy/retention.hpp"
#include "store/schema.hpp"

using namespace lamp;
using namespace lamp::privacy;
using namespace std::chrono_literals;

namespace {

using faults::must;

constexpr auto old_ones = R"sql(
    INSERT INTO call VALUES(10,'a','p','l','',1,0,'1','1','','','','','','',NULL,20,NULL,0,0,1,0,0,'','',0,0,1,0,'');
    INSERT INTO call VALUES(10,'b','p','l','',1,0,'1','1','','','','','','',15,20,NULL,0,0,0,0,0,'','',0,0,1,0,'');
    INSERT INTO call VALUES(10,'c','p','l','',1,0,'1','1','','','','','','',15,NULL,NULL,0,0,0,0,0,'','',0,0,1,0,'');
    INSERT INTO call VALUES(90,'d','p','l','',1,0,'1','1','','','','','','',NULL,95,NULL,0,0,1,0,0,'','',0,0,1,0,'');
    INSERT INTO outbox_letter VALUES(1,'w','a','e',10,'',1,0,'',10), (2,'w','b','e',10,'',0,0,'',NULL),
        (3,'w','c','e',10,'',1,0,'',90);
    INSERT INTO forwarding_audit VALUES(1,10,'l','w','w','t'), (2,90,'l','w','w','t');
    INSERT INTO audit VALUES(1,10,'w','w','','','','t'), (2,90,'w','w','','','','t'),
        (3,10,'w','w','s','b','a',''), (4,90,'w','w','s','b','a','');
    INSERT INTO contact VALUES('a','{}',1,10), ('b','{}',1,NULL), ('c','{}',1,90);
    INSERT INTO recognition_source(name, last_sync) VALUES('crm', 10), ('hr', 90);
    INSERT INTO recognition_record VALUES('crm',0,'1','x'), ('crm',0,'2','x'), ('hr',0,'1','x');
)sql";

struct Row {
    Kind kind;
    std::size_t gone;
    const char* left; // a question
    int rows;
};
const Row rows[] = {
    {Kind::missed, 1, "SELECT count(*) FROM call WHERE id <> 'a'", 3},
    {Kind::calls, 1, "SELECT count(*) FROM call WHERE id IN ('c', 'd')", 2}, // one of them goes on
    {Kind::dead_letters, 1, "SELECT count(*) FROM outbox_letter WHERE id <> 1", 2},
    {Kind::audit, 3,
     "SELECT count(*) FROM (SELECT at FROM forwarding_audit UNION ALL SELECT at FROM audit) WHERE at = 90", 3},
    {Kind::contacts, 1, "SELECT count(*) FROM contact WHERE key <> 'a'", 2},
    {Kind::recognition, 2, "SELECT count(*) FROM recognition_record WHERE source = 'hr'", 1},
    {Kind::backups, 0, "SELECT count(*) FROM contact", 2},
};

} // namespace

TEST_CASE("each kind has its age") {
    faults::Folder folder("retention");
    auto disk = must(store::open_current(folder.path())).database;
    must(disk.script(old_ones));
    for (const Row& row : rows) {
        CHECK_MESSAGE(must(forget_older(disk, row.kind, Wall(50ms), 100)) == row.gone, name(row.kind));
        CHECK_MESSAGE(must(disk.number(row.left)) == row.rows, name(row.kind));
        CHECK(must(forget_older(disk, row.kind, Wall(50ms), 100)) == 0);
    }
}

TEST_CASE("a round deletes piece by piece, and tells of what went") {
    faults::Folder folder("retention");
    Loop loop("test");
    auto store = must(store::Store::open({.folder = folder.path()}));
    constexpr std::size_t calls = Retention::rows_at_once + 5;
    std::optional<bool> written;
    store->submit(
        loop,
        [](store::Database& disk) -> Result<void> {
            for (std::size_t i = 0; i < calls; ++i)
                if (auto done = disk.run("INSERT INTO forwarding_audit(at, line, what, who, text) "
                                         "VALUES(?1, 'l', 'w', 'w', 't')",
                                         static_cast<std::int64_t>(i));
                    !done)
                    return done;
            return {};
        },
        [&](const Result<void>& done) { written = done.has_value(); });
    std::vector<std::string> told;
    Retention retention(loop, *store, [&](Kind kind, Wall) { told.emplace_back(name(kind)); });
    retention.use_options({.retention = {{"audit", "1h"}, {"backups", "2h"}, {"calls", "1d"}}});
    auto until = steady_now() + 20s;
    while (told.size() < 2 && steady_now() < until)
        loop.context().run_one_until(until);
    CHECK(written == true);
    CHECK(told == std::vector<std::string>{"audit", "backups"});
    store->stop();
    auto disk = must(store::open_current(folder.path())).database;
    CHECK(must(disk.number("SELECT count(*) FROM forwarding_audit")) == 0);
}
