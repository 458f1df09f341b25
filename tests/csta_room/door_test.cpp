// Who may come in: the users file; and from where they come.
#include <arpa/inet.h>
#include <netinet/in.h>

#include "csta/peer_address.hpp"
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

TEST_CASE("addresses of peers") {
    CHECK(csta::text_of(peer("192.0.2.4", 1040)) == "192.0.2.4:1040");
    CHECK(csta::text_of(peer("2001:db8::1", 1040)) == "[2001:db8::1]:1040");
    CHECK(csta::address_of(peer("192.0.2.4")) == csta::address_of(peer("::ffff:192.0.2.4"))); // on an IPv6 socket
    struct Row {
        const char* one;
        const char* other;
        bool same_source;
    };
    for (const Row& row : {Row{"192.0.2.4", "192.0.2.4", true}, Row{"192.0.2.4", "192.0.2.5", false},
                           Row{"2001:db8::1", "2001:db8::2", true}, Row{"2001:db8::1", "2001:db8:0:1::1", false}})
        CHECK((csta::source_of(csta::address_of(peer(row.one))) ==
               csta::source_of(csta::address_of(peer(row.other)))) == row.same_source);
}
