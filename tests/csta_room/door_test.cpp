// Who may come in: the users file; and from where they come.
#include <arpa/inet.h>
#include <netinet/in.h>

#include "csta/peer_address.hpp"
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
