// Tickets that enrol once: what is used is used, whoever comes second, and what fails uses nothing up.
#include <doctest/doctest.h>

#include "access/shelf.hpp"
#include "access/ticket.hpp"
#include "faults/folder.hpp"
#include "store/schema.hpp"
#include "store/store.hpp"

using namespace lamp;
using namespace lamp::access;

namespace {

const Wall noon{milliseconds(1'795'000'000'000)};
const auto ticket_digest = digest_of("a ticket");
const auto token_digest = digest_of("a token");

Ticket ticket(std::string name, std::string_view text = "a ticket") {
    Ticket one{.token = {.name = std::move(name), .digest = digest_of(text), .role = "operator"}};
    one.token.person = "alice@example.net";
    one.token.scope = {{"Sales"}, {"2101@example.net"}};
    one.token.created = noon;
    one.token.created_by = "root";
    one.token.expires = noon + std::chrono::days(90);
    one.ends = noon + std::chrono::hours(24);
    return one;
}

struct Disk {
    faults::Folder folder{"tickets"};
    store::Opened opened = store::open_current(folder.path(), store::Sync::normal, store::migrations()).value();
    store::Database& database = opened.database;
    std::vector<std::string> broken;
};

Category refusal(const Result<IssuedToken>& result) {
    REQUIRE_FALSE(result.has_value());
    return result.error().category;
}

} // namespace

TEST_CASE("a ticket becomes the token that it describes, once") {
    Disk disk;
    REQUIRE(put_ticket(disk.database, ticket("desk")).has_value());
    CHECK(read_tickets(disk.database).value() == std::vector{ticket("desk")});
    CHECK(refusal(use_ticket(disk.database, digest_of("a guess"), token_digest, noon)) == Category::unauthorised);

    auto made = use_ticket(disk.database, ticket_digest, token_digest, noon + seconds(5));
    REQUIRE(made.has_value());
    auto wanted = ticket("desk").token;
    wanted.digest = token_digest;
    wanted.created = noon + seconds(5);
    CHECK(*made == wanted);
    CHECK(read_tokens(disk.database, disk.broken).value() == std::vector{wanted});
    CHECK(read_tickets(disk.database).value().front().used == noon + seconds(5));

    CHECK(refusal(use_ticket(disk.database, ticket_digest, digest_of("another"), noon + seconds(6))) ==
          Category::conflict);
    CHECK(read_tokens(disk.database, disk.broken).value().size() == 1);
}

TEST_CASE("a ticket that has ended is none, and its row goes in time") {
    Disk disk;
    REQUIRE(put_ticket(disk.database, ticket("desk")).has_value());
    CHECK(refusal(use_ticket(disk.database, ticket_digest, token_digest, noon + std::chrono::hours(24))) ==
          Category::unauthorised);
    auto later = ticket("other", "another ticket");
    later.token.created = noon + std::chrono::hours(24) + ticket_kept + seconds(1);
    REQUIRE(put_ticket(disk.database, later).has_value());
    CHECK(read_tickets(disk.database).value().size() == 1);
}

TEST_CASE("an open name stands once; one that is used or has ended makes room") {
    Disk disk;
    REQUIRE(put_ticket(disk.database, ticket("desk")).has_value());
    auto second = ticket("desk", "second");
    auto refused = put_ticket(disk.database, second);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().category == Category::conflict);
    second.token.created = noon + std::chrono::hours(25);
    second.ends = noon + std::chrono::hours(49);
    REQUIRE(put_ticket(disk.database, second).has_value());
    CHECK(refusal(use_ticket(disk.database, ticket_digest, token_digest, noon)) == Category::unauthorised);
    CHECK(drop_ticket(disk.database, "desk").has_value());
    CHECK(drop_ticket(disk.database, "desk").error().category == Category::not_found);
    CHECK(refusal(use_ticket(disk.database, digest_of("second"), token_digest, noon)) == Category::unauthorised);
}

TEST_CASE("a name that is taken by then uses nothing up") {
    faults::Folder folder("tickets");
    store::StoreOptions options;
    options.folder = folder.path();
    auto store = store::Store::open(options).value();
    auto ask = [&](auto question) {
        using Answer = decltype(question(std::declval<store::Database&>()));
        return store->ask_now<typename Answer::value_type>(std::move(question), seconds(20));
    };
    auto use = [](store::Database& disk) { return use_ticket(disk, ticket_digest, token_digest, noon); };
    REQUIRE(ask([](store::Database& disk) -> Result<int> {
                if (auto put = put_ticket(disk, ticket("desk")); !put) return std::unexpected(put.error());
                auto token = IssuedToken{.name = "desk", .digest = digest_of("other"), .role = "viewer"};
                if (auto put = put_token(disk, token); !put) return std::unexpected(put.error());
                return 1;
            }).has_value());
    CHECK(refusal(ask(use)) == Category::conflict);
    REQUIRE(ask([](store::Database& disk) -> Result<int> {
                if (auto gone = drop_token(disk, "desk"); !gone) return std::unexpected(gone.error());
                return 1;
            }).has_value());
    CHECK(ask(use).has_value());
    store->stop();
}
