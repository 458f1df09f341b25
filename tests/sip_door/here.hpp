// What the tests of the door share: requests written short, a client that logs in, judgements in one line of words.
#pragma once
#include <doctest/doctest.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/sip/digest.hpp"
#include "sip/door.hpp"

namespace testing {

using namespace lamp;
using namespace lamp::sip;
using namespace std::chrono_literals;
using namespace std::string_literals;

inline constexpr std::array<std::uint64_t, 2> secret{0x1234'5678'9abc'def0, 0x0fed'cba9'8765'4321};
inline const Steady start{1000h};
inline const auto office = sip::address_of("198.51.100.7").value();
inline const auto elsewhere = sip::address_of("203.0.113.80").value();
inline const auto proxy = sip::address_of("10.0.0.5").value();

/// A request and the bytes that it is a view of.
class Request {
public:
    explicit Request(std::string more = {}, std::string_view method = "SUBSCRIBE",
                     std::string_view from = "sip:ada@pbx.example") {
        bytes_ = std::string(method) +
                 " sip:bob@pbx.example SIP/2.0\r\n"
                 "Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK-d1\r\nMax-Forwards: 70\r\n"
                 "From: <" +
                 std::string(from) +
                 ">;tag=f1\r\nTo: <sip:bob@pbx.example>\r\n"
                 "Call-ID: d1@198.51.100.7\r\nCSeq: 1 " +
                 std::string(method) + "\r\n" + more + "Content-Length: 0\r\n\r\n";
        const auto read = message_.parse(bytes_, Carrier::datagram);
        if (!read) FAIL(text(read.error()), "\n", bytes_);
    }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    operator const Message&() const { return message_; }

private:
    std::string bytes_;
    Message message_;
};

/// "in ada", "in ada trusted", "401 SHA-256 MD5", "401 stale SHA-256 MD5", "400".
inline std::string words(const Door::Judgement& judgement) {
    switch (judgement.what) {
    case Door::What::let_in: return "in " + judgement.watcher.id + (judgement.watcher.trusted ? " trusted" : "");
    case Door::What::malformed: return "400";
    case Door::What::challenge: break;
    }
    std::string out = "401";
    for (const auto& value : judgement.challenges) {
        const auto challenge = parse_challenge(value)->value();
        CHECK(challenge.qop_auth);
        CHECK(challenge.realm == "pbx.example");
        if (challenge.stale && !out.contains("stale")) out += " stale";
        out.append(" ").append(name(challenge.algorithm));
    }
    return out;
}

/// The nonce of a judgement's challenges, which is the same in all of them.
inline std::string nonce_of(const Door::Judgement& judgement) {
    REQUIRE_FALSE(judgement.challenges.empty());
    std::string nonce(parse_challenge(judgement.challenges[0])->value().nonce);
    for (const auto& value : judgement.challenges)
        CHECK(parse_challenge(value)->value().nonce == nonce);
    return nonce;
}

/// How a telephone answers a challenge.
struct Login {
    std::string nonce{};
    std::string nc = "00000001"; // empty: without qop, as RFC 2617 allows it
    Algorithm algorithm = Algorithm::sha256;
    std::string user = "ada";
    std::string password = "violet";
    std::string realm = "pbx.example";
    std::string method = "SUBSCRIBE";
    std::string uri = "sip:bob@pbx.example";
    std::string qop = "auth";

    [[nodiscard]] std::string value() const {
        Credentials credentials;
        credentials.username = user;
        credentials.realm = realm;
        credentials.nonce = nonce;
        credentials.uri = uri;
        credentials.algorithm = algorithm;
        if (!nc.empty()) {
            credentials.qop = qop;
            credentials.nc = nc;
            credentials.cnonce = "f2wE4q74";
        }
        const auto response = digest_response(credentials, method, ha1(algorithm, user, realm, password));
        credentials.response = response;
        return write_credentials(credentials);
    }
    [[nodiscard]] std::string field() const { return "Authorization: " + value() + "\r\n"; }
};

inline std::shared_ptr<const Users> staff() {
    std::string text;
    for (auto [user, password] : {std::pair{"ada", "violet"}, std::pair{"Bob", "umbrella"}})
        for (auto algorithm : {Algorithm::md5, Algorithm::sha256, Algorithm::sha512_256})
            text += std::string(user) + ":pbx.example:" + std::string(name(algorithm)) + ":" +
                    ha1(algorithm, user, "pbx.example", password) + "\n";
    auto reading = Users::read(text);
    CHECK(reading.mistakes.empty());
    return std::make_shared<const Users>(std::move(reading.users));
}

/// A door with the staff behind it and 10.0.0.0/8 trusted.
struct Entrance {
    explicit Entrance(Door::Options options = {.realm = "pbx.example"}) : door(std::move(options), secret) {
        const std::vector<std::string> networks{"10.0.0.0/8"};
        door.use(staff(), net::Networks::parse(networks).value());
    }
    [[nodiscard]] Door::Judgement judge(const std::string& fields = {}, const Address16& source = office) {
        return door.judge(Request(fields), source, now);
    }
    [[nodiscard]] std::string said(const std::string& fields = {}, const Address16& source = office) {
        return words(judge(fields, source));
    }
    [[nodiscard]] std::string said(const Login& login, const Address16& source = office) {
        return said(login.field(), source);
    }
    [[nodiscard]] std::string nonce(const Address16& source = office) { return nonce_of(judge({}, source)); }

    Door door;
    Steady now = start;
};

} // namespace testing
