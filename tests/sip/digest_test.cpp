// Digest: the examples of RFC 2617 3.5 and RFC 7616 3.9.1, what is refused, round trips.
#include "here.hpp"
#include "proto/sip/digest.hpp"

using namespace testing;
using sip::Algorithm;

TEST_CASE("the examples of the RFCs") {
    sip::Credentials old;
    old.username = "Mufasa";
    old.realm = "testrealm@host.com";
    old.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
    old.uri = "/dir/index.html";
    old.qop = "auth";
    old.nc = "00000001";
    old.cnonce = "0a4f113b";
    const auto first = sip::ha1(Algorithm::md5, old.username, old.realm, "Circle Of Life");
    CHECK(first == "939e7578ed9e3c518a452acee763bce9");
    CHECK(sip::digest_response(old, "GET", first) == "6629fae49393a05397450978507c4ef1");
    old.qop = "";
    CHECK(sip::digest_response(old, "GET", first) == "670fd8c2df070c60b045671b8b24ff02");
    old.qop = "auth-int";
    CHECK(sip::digest_response(old, "GET", first).empty());

    sip::Credentials fresh = old;
    fresh.realm = "http-auth@example.org";
    fresh.nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    fresh.qop = "auth";
    fresh.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    for (auto [algorithm, response] :
         {std::pair{Algorithm::md5, "8ca523f5e9506fed4657c9700eebdbec"},
          std::pair{Algorithm::sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"}}) {
        fresh.algorithm = algorithm;
        const auto secret = sip::ha1(algorithm, fresh.username, fresh.realm, "Circle of Life");
        CHECK(sip::digest_response(fresh, "GET", secret) == response);
    }
    fresh.algorithm = Algorithm::sha512_256;
    CHECK(sip::ha1(Algorithm::sha512_256, "a", "b", "c").size() == 64);
    CHECK(sip::ha1(Algorithm::other, "a", "b", "c").empty());
}

TEST_CASE("credentials: what is read and what is refused") {
    const std::string good =
        R"(digest username="bob", realm="pbx.example", nonce="n,1", uri="sip:2101@pbx.example", response="00ff")";
    const auto all = good + R"(, algorithm=SHA-256, qop=auth, nc=0000001A, cnonce="c", opaque="", x=y)";
    const auto read = sip::parse_credentials(all); // views into it
    REQUIRE(read);
    REQUIRE(*read);
    CHECK((*read)->username == "bob");
    CHECK((*read)->nonce == "n,1");
    CHECK((*read)->algorithm == Algorithm::sha256);
    CHECK((*read)->count() == 26);
    CHECK(sip::parse_credentials(good)->value().algorithm == Algorithm::md5);
    CHECK(sip::parse_credentials(good + ",\r\n algorithm=MD5-sess")->value().algorithm == Algorithm::other);
    CHECK_FALSE(*sip::parse_credentials("NoOneKnowsThisScheme opaque-data=here"));
    CHECK_FALSE(*sip::parse_credentials("Basic dXNlcg=="));
    CHECK_FALSE(*sip::parse_credentials(""));
    for (const std::string& bad :
         {std::string("Digest"), std::string("Digest "), std::string("Digest username"),
          good.substr(0, good.size() - 1), good + ", realm=\"two\"", good + ",", good + " x", good + ", qop=auth",
          good + ", qop=auth, nc=1, cnonce=\"c\"", good.substr(0, good.find(", response"))}) {
        INFO(bad);
        CHECK_FALSE(sip::parse_credentials(bad));
    }
}

TEST_CASE("round trips") {
    sip::Challenge challenge{"pbx \"one\"", "n=/+", "o", Algorithm::sha256, true, true};
    const auto text = sip::write_challenge(challenge);
    CHECK(text == R"(Digest realm="pbx \"one\"", nonce="n=/+", opaque="o", algorithm=SHA-256, qop="auth", stale=true)");
    const auto read = sip::parse_challenge(text);
    REQUIRE((read && *read));
    CHECK((*read)->nonce == challenge.nonce);
    CHECK((*read)->stale);
    CHECK((*read)->qop_auth);
    CHECK((*read)->algorithm == Algorithm::sha256);
    CHECK(sip::parse_challenge(R"(Digest realm="r", nonce="n", qop="auth-int")")->value().qop_auth == false);
    CHECK_FALSE(sip::parse_challenge(R"(Digest realm="r")"));

    sip::Credentials credentials;
    credentials.username = "bob";
    credentials.realm = "r";
    credentials.nonce = "n";
    credentials.uri = "sip:a@h";
    credentials.response = "aa";
    credentials.qop = "auth";
    credentials.nc = "00000002";
    credentials.cnonce = "c";
    const auto written = sip::write_credentials(credentials);
    const auto again = sip::parse_credentials(written);
    REQUIRE((again && *again));
    CHECK((*again)->count() == 2);
    CHECK((*again)->uri == "sip:a@h");
    CHECK(sip::write_credentials(**again) == written);
}

TEST_CASE("secrets are compared whole") {
    CHECK(sip::same_secret("00ff", "00ff"));
    CHECK_FALSE(sip::same_secret("00ff", "00fe"));
    CHECK_FALSE(sip::same_secret("00ff", "00f"));
    CHECK_FALSE(sip::same_secret("", "")); // an algorithm that we cannot sum up lets nobody in
}
