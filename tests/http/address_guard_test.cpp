// Which addresses a name of the outside may lead to.
#include "http/address_guard.hpp"

#include "here.hpp"
#include "scripted_server.hpp"

using namespace testing;

namespace {

struct Row {
    const char* address;
    bool is_public;
};
constexpr Row rows[] = {
    {"8.8.8.8", true},
    {"9.255.255.255", true},
    {"11.0.0.0", true},
    {"100.63.255.255", true},
    {"100.128.0.0", true},
    {"126.255.255.255", true},
    {"128.0.0.1", true},
    {"172.15.255.255", true},
    {"172.32.0.0", true},
    {"192.167.255.255", true},
    {"192.169.0.0", true},
    {"198.17.255.255", true},
    {"198.20.0.0", true},
    {"223.255.255.255", true},
    {"2606:4700::1111", true},
    {"2a00:1450:4001::200e", true},
    {"::ffff:8.8.8.8", true},
    {"64:ff9b::808:808", true},
    {"2002:808:808::1", true},
    {"2001:200::1", true},

    {"0.0.0.0", false},
    {"10.0.0.1", false},
    {"10.255.255.255", false},
    {"100.64.0.1", false},
    {"100.127.255.255", false},
    {"127.0.0.1", false},
    {"127.255.255.254", false},
    {"169.254.169.254", false},
    {"172.16.0.1", false},
    {"172.31.255.255", false},
    {"192.0.0.8", false},
    {"192.0.2.1", false},
    {"192.168.1.1", false},
    {"198.18.0.1", false},
    {"198.19.255.255", false},
    {"224.0.0.1", false},
    {"240.0.0.1", false},
    {"255.255.255.255", false},
    {"::", false},
    {"::1", false},
    {"::ffff:127.0.0.1", false},
    {"::ffff:169.254.169.254", false},
    {"::7f00:1", false},
    {"64:ff9b::a00:1", false},
    {"64:ff9b:1::1", false},
    {"100::1", false},
    {"2001::1", false},
    {"2001:db8::1", false},
    {"2002:7f00:1::1", false},
    {"2002:c0a8:101::1", false},
    {"fc00::1", false},
    {"fd12:3456::1", false},
    {"fe80::1", false},
    {"fec0::1", false},
    {"ff02::1", false},
};

} // namespace

TEST_CASE("addresses that are everybody's") {
    for (const Row& row : rows) {
        INFO(row.address);
        CHECK(http::is_public(boost::asio::ip::make_address(row.address)) == row.is_public);
    }
}

TEST_CASE("a name that leads into this network is refused where only public ones are wanted") {
    ScriptedServer server({{want("GET /\n\n"), send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")}});
    for (bool guarded : {true, false}) {
        INFO(guarded);
        asio::io_context context{1};
        auto client = client_of(context, {.public_only = guarded});
        http::Connection connection(client);
        auto connected = finish(context, connection.connect(url_of(server.url("localhost"))));
        if (guarded) {
            REQUIRE(!connected);
            CHECK(connected.error().category == Category::forbidden);
            CHECK(has(connected.error().text, "localhost"));
        } else {
            REQUIRE(connected);
            CHECK(finish(context, connection.exchange({}))->status == 200);
        }
    }
    CHECK(server.faults().empty());
    CHECK(server.connections() == 1);
}
