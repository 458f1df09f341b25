// Networks: who is inside, both families, prefixes down to the last bit, and each mistake by its sentence.
#include <doctest/doctest.h>

#include "net/networks.hpp"
#include "sip/address.hpp"

using namespace lamp;

namespace {

std::string mistake(std::string_view text) {
    const std::vector<std::string> texts{"192.0.2.0/24", std::string(text)};
    const auto read = net::Networks::parse(texts);
    if (read) return "";
    CHECK(read.error().category == Category::invalid);
    return read.error().text;
}

} // namespace

// clang-format off
TEST_CASE("who is inside") {
    struct Row {
        std::string_view network;
        std::string_view address;
        bool inside;
    };
    const Row rows[] = {
        {"10.0.0.0/8",             "10.0.0.0",             true},
        {"10.0.0.0/8",             "10.255.255.255",       true},
        {"10.0.0.0/8",             "9.255.255.255",        false},
        {"10.0.0.0/8",             "11.0.0.0",             false},
        {"192.0.2.128/25",         "192.0.2.128",          true},
        {"192.0.2.128/25",         "192.0.2.127",          false},
        {"192.0.2.4/31",           "192.0.2.5",            true},
        {"192.0.2.4/31",           "192.0.2.6",            false},
        {"192.0.2.4",              "192.0.2.4",            true},
        {"192.0.2.4",              "192.0.2.5",            false},
        {"192.0.2.4/32",           "192.0.2.4",            true},
        {"0.0.0.0/0",              "203.0.113.9",          true},
        {"0.0.0.0/0",              "2001:db8::1",          false},
        {"2001:db8::/32",          "2001:db8:ffff::1",     true},
        {"2001:db8::/32",          "2001:db9::1",          false},
        {"2001:db8::8/125",        "2001:db8::f",          true},
        {"2001:db8::8/125",        "2001:db8::10",         false},
        {"2001:db8::1",            "2001:db8::1",          true},
        {"2001:db8::1/128",        "2001:db8::2",          false},
        {"::1",                    "::1",                  true},
        {"::1",                    "127.0.0.1",            false},
        {"::/0",                   "2001:db8::1",          true},
        {"::/0",                   "192.0.2.9",            false}, // IPv6 alone was meant
        {"::/80",                  "192.0.2.9",            false},
        {"::ffff:0:0/96",          "192.0.2.9",            true},
        {"::ffff:192.0.2.0/120",   "192.0.2.9",            true},  // IPv4 in the dress of IPv6
        {"::ffff:192.0.2.0/120",   "192.0.3.9",            false},
        {"192.0.2.0/24",           "::ffff:192.0.2.9",     true},
        {"192.0.2.0/24",           "::192.0.2.9",          false}, // IPv4-compatible (RFC 4291 2.5.5.1) is not IPv4
    };
    for (const Row& row : rows) {
        INFO(row.network, " ", row.address);
        const std::vector<std::string> texts{std::string(row.network)};
        const auto networks = net::Networks::parse(texts);
        REQUIRE(networks);
        CHECK(networks->hold(sip::address_of(row.address).value()) == row.inside);
    }
}

TEST_CASE("what is no network is refused, and which it is") {
    struct Row {
        std::string text;
        std::string_view why;
    };
    constexpr std::string_view shape = "is no network such as 10.0.0.0/8 or 2001:db8::/32";
    constexpr std::string_view four  = "needs a number from 0 to 32 behind the slash";
    constexpr std::string_view six   = "needs a number from 0 to 128 behind the slash";
    constexpr std::string_view host  = "has bits behind its prefix: it is an address, not a network";
    const Row rows[] = {
        {"",                      shape},
        {"/8",                    shape},
        {"10.0.0/8",              shape},
        {"10.0.0.256",            shape},
        {"010.0.0.0/8",           shape}, // octal to some readers
        {" 10.0.0.0/8",           shape},
        {"pbx.example",           shape},
        {"10.0.0.1-10.0.0.9",     shape},
        {"[2001:db8::]/32",       shape},
        {"fe80::1%eth0",          shape},
        {"2001:db8::g/32",        shape},
        {{"10.0.0.0\0x/8", 12},   shape},
        {"10.0.0.0/",             four},
        {"10.0.0.0/33",           four},
        {"10.0.0.0/-1",           four},
        {"10.0.0.0/+8",           four},
        {"10.0.0.0/8 ",           four},
        {"10.0.0.0/8/8",          four},
        {"10.0.0.0/255.0.0.0",    four},
        {"10.0.0.0/99999999999",  four},
        {"2001:db8::/129",        six},
        {"2001:db8::/x",          six},
        {"10.0.0.1/8",            host},
        {"192.0.2.1/0",           host},
        {"192.0.2.129/25",        host},
        {"2001:db8::1/64",        host},
    };
    for (const Row& row : rows) {
        INFO(row.text);
        CHECK(mistake(row.text) == "\"" + row.text + "\" " + std::string(row.why));
    }
}
// clang-format on

TEST_CASE("several networks, and none") {
    CHECK(net::Networks().empty());
    CHECK_FALSE(net::Networks().hold(sip::address_of("10.0.0.1").value()));
    CHECK(net::Networks::parse({})->empty());
    const std::vector<std::string> texts{"10.0.0.0/8", "2001:db8::/32", "192.0.2.7"};
    const auto networks = net::Networks::parse(texts).value();
    CHECK_FALSE(networks.empty());
    for (std::string_view inside : {"10.1.2.3", "2001:db8::5", "192.0.2.7"})
        CHECK(networks.hold(sip::address_of(inside).value()));
    for (std::string_view outside : {"192.0.2.8", "2001:db7::5", "::", "0.0.0.0"})
        CHECK_FALSE(networks.hold(sip::address_of(outside).value()));
}
