// Who may come in: users file and trusted networks.
#include <arpa/inet.h>
#include <netinet/in.h>

#include "csta/networks.hpp"
#include "csta/users.hpp"
#include "office.hpp"
#include "proto/text/text.hpp"

using namespace testing;

namespace {

sockaddr_storage peer(const char* text, std::uint16_t port = 40000) {
    sockaddr_storage out{};
    auto& six = reinterpret_cast<sockaddr_in6&>(out);
    auto& four = reinterpret_cast<sockaddr_in&>(out);
    if (::inet_pton(AF_INET6, text, &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(port);
    } else {
        REQUIRE(::inet_pton(AF_INET, text, &four.sin_addr) == 1);
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
    }
    return out;
}

} // namespace

TEST_CASE("users and passwords against the users file") {
    const auto md5 = sip::ha1(sip::Algorithm::md5, "cti", "pbx.example", "open sesame");
    const auto sha = sip::ha1(sip::Algorithm::sha256, "tapi", "pbx.example", "hunter2");
    const auto users = csta::Users::parse("# those who may\n\ncti:pbx.example:" + md5 +
                                          "\r\ntapi:pbx.example:SHA-256:" + text::lower(sha));
    REQUIRE(users);
    CHECK(users->knows("cti", "open sesame"));
    CHECK(users->knows("tapi", "hunter2"));
    CHECK_FALSE(users->knows("cti", "hunter2"));
    CHECK_FALSE(users->knows("CTI", "open sesame"));
    CHECK_FALSE(users->knows("cti", ""));
    CHECK_FALSE(users->knows("nobody", "open sesame"));
    CHECK_FALSE(users->knows("", ""));
    CHECK_FALSE(csta::Users().knows("cti", "open sesame"));
}

TEST_CASE("each mistake in the users file is told with its line") {
    const auto users = csta::Users::parse("cti:pbx.example\n"
                                          "cti:pbx.example:abc\n"
                                          "# fine\n"
                                          "cti:pbx.example:ROT13:00112233445566778899aabbccddeeff\n"
                                          ":pbx.example:00112233445566778899aabbccddeeff\n"
                                          "cti:pbx.example:SHA-256:00112233445566778899aabbccddeeff\n"
                                          "cti:pbx.example:00112233445566778899aabbccddeefg");
    REQUIRE_FALSE(users);
    std::vector<unsigned> lines;
    for (const auto& one : users.error())
        lines.push_back(one.line);
    CHECK(lines == std::vector<unsigned>{1, 2, 4, 5, 6, 7});
}

TEST_CASE("addresses in trusted networks") {
    struct Row {
        std::string network;
        const char* address;
        bool in;
    };
    // clang-format off
    const Row rows[] = {
        {"10.0.0.0/8", "10.200.3.4", true},
        {"10.0.0.0/8", "11.0.0.1", false},
        {"192.0.2.4", "192.0.2.4", true},
        {"192.0.2.4", "192.0.2.5", false},
        {"192.0.2.0/25", "192.0.2.127", true},
        {"192.0.2.0/25", "192.0.2.128", false},
        {"0.0.0.0/0", "198.51.100.1", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"::1", "::1", true},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true}, // IPv4 on an IPv6 socket
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.network);
        CAPTURE(row.address);
        const auto networks = csta::Networks::parse(std::vector{row.network}, nullptr);
        REQUIRE(networks);
        CHECK(networks->contain(csta::address_of(peer(row.address)).value()) == row.in);
    }
    for (const std::string wrong :
         {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "pbx.example", "2001:db8::/129", "/8"}) {
        CAPTURE(wrong);
        std::string why;
        CHECK_FALSE(csta::Networks::parse(std::vector{wrong}, &why));
        CHECK(why.find("\"" + wrong + "\"") != std::string::npos);
    }
    CHECK(csta::text_of(peer("192.0.2.4", 1040)) == "192.0.2.4:1040");
    CHECK(csta::text_of(peer("2001:db8::1", 1040)) == "[2001:db8::1]:1040");
    CHECK(csta::source_of(csta::address_of(peer("2001:db8::1")).value()) ==
          csta::source_of(csta::address_of(peer("2001:db8::2")).value()));
}
