// base64url, RS256 and what is refused of foreign tokens and keys.
#include <doctest/doctest.h>

#include "http/jwt.hpp"
#include "rsa.hpp"

using namespace lamp;
using namespace lamp::http;
using testing::Rsa;

TEST_CASE("base64url") {
    struct Row {
        std::string_view bytes;
        std::string_view text;
    };
    using namespace std::string_view_literals;
    const Row rows[] = {
        // RFC 4648 section 10, without padding; the last two need '-' and '_'
        {"", ""},
        {"f", "Zg"},
        {"fo", "Zm8"},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg"},
        {"fooba", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy"},
        {"\xFB\xEF\xBE"sv, "----"},
        {"\xFF\xFF\xFF"sv, "____"},
    };
    for (const auto& row : rows) {
        CHECK(to_base64url(row.bytes) == row.text);
        CHECK(from_base64url(row.text) == row.bytes);
    }
    for (std::string_view bad : {"Z", "Zg==", "Zm9v+A", "Zm9v/A", "Zm 9", "Zh", "Zm9"}) { // the last two: stray bits
        CAPTURE(bad);
        CHECK_FALSE(from_base64url(bad));
    }
}

TEST_CASE("the signing input is that of the service account example") {
    Rsa rsa;
    auto key = SigningKey::parse(Secret(rsa.private_pem()));
    REQUIRE(key);
    auto token = sign_rs256(R"({"alg":"RS256","typ":"JWT","kid":"k1"})",
                            R"({"iss":"sa@proj.iam.gserviceaccount.com","sub":"anna@example.com",)"
                            R"("scope":"https://www.googleapis.com/auth/calendar.readonly",)"
                            R"("aud":"https://oauth2.googleapis.com/token","iat":1767225600,"exp":1767229200})",
                            *key);
    REQUIRE(token);
    CHECK(token->substr(0, token->rfind('.')) ==
          "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsxIn0."
          "eyJpc3MiOiJzYUBwcm9qLmlhbS5nc2VydmljZWFjY291bnQuY29tIiwic3ViIjoiYW5uYUBleGFtcGxlLmNvbSIsInNjb3BlIjoiaHR0cHM6"
          "Ly93d3cuZ29vZ2xlYXBpcy5jb20vYXV0aC9jYWxlbmRhci5yZWFkb25seSIsImF1ZCI6Imh0dHBzOi8vb2F1dGgyLmdvb2dsZWFwaXMuY29t"
          "L3Rva2VuIiwiaWF0IjoxNzY3MjI1NjAwLCJleHAiOjE3NjcyMjkyMDB9");
    CHECK(claims(*token)->starts_with(R"({"iss":"sa@proj)"));
    CHECK(*unverified_header(*token) == R"({"alg":"RS256","typ":"JWT","kid":"k1"})");
    SUBCASE("verified by certificate, by public key and by JWK") {
        for (const auto& pem : {rsa.certificate_pem(), rsa.public_pem()}) {
            auto public_key = VerifyingKey::parse(pem);
            REQUIRE(public_key);
            CHECK(verify_rs256(*token, *public_key).value() == claims(*token).value());
        }
        auto jwk = VerifyingKey::from_jwk(to_base64url(rsa.modulus()), "AQAB");
        REQUIRE(jwk);
        CHECK(verify_rs256(*token, *jwk));
    }
    SUBCASE("another key, a changed letter, a cut signature") {
        Rsa other;
        CHECK(verify_rs256(*token, *VerifyingKey::parse(other.public_pem())).error().category ==
              Category::unauthorised);
        auto mine = *VerifyingKey::parse(rsa.public_pem());
        auto forged = *token;
        forged[60] = forged[60] == 'A' ? 'B' : 'A';
        CHECK_FALSE(verify_rs256(forged, mine));
        CHECK_FALSE(verify_rs256(token->substr(0, token->rfind('.') + 1), mine));
    }
}

TEST_CASE("headers that must not be believed") {
    Rsa rsa;
    auto signing = *SigningKey::parse(Secret(rsa.private_pem()));
    auto key = *VerifyingKey::parse(rsa.public_pem());
    struct Row {
        std::string header;
        Category category;
    };
    const Row rows[] = {
        {R"({"alg":"none"})", Category::unauthorised},
        {R"({"alg":"HS256"})", Category::unauthorised},
        {R"({"alg":"rs256"})", Category::unauthorised},
        {R"({"typ":"JWT"})", Category::unauthorised},
        {R"({"alg":"RS256","crit":["b64"],"b64":false})", Category::unauthorised},
        {R"(["RS256"])", Category::protocol},
        {R"({"alg":)", Category::protocol},
    };
    for (const auto& row : rows) {
        CAPTURE(row.header);
        auto result = verify_rs256(*sign_rs256(row.header, "{}", signing), key);
        REQUIRE_FALSE(result);
        CHECK(result.error().category == row.category);
    }
    for (std::string_view bad : {"", "a", "a.b", "a.b.c.d", "!.e30.e30", "..", "e30.e30.!"}) {
        CAPTURE(bad);
        auto result = verify_rs256(bad, key);
        REQUIRE_FALSE(result);
        CHECK(result.error().category == Category::protocol);
    }
    CHECK_FALSE(claims(std::string(20'000, 'a') + "." + std::string(20, 'a') + ".a"));
}

TEST_CASE("keys that cannot be used") {
    Rsa rsa;
    Rsa other;
    Rsa small(1024);
    auto text = [](const auto& result) { return result ? std::string() : result.error().text; };
    CHECK(text(SigningKey::parse(Secret("hunter2"))).find("no readable PEM") != std::string::npos);
    CHECK(text(SigningKey::parse(Secret("hunter2"))).find("hunter2") == std::string::npos);
    CHECK(text(SigningKey::parse(Secret(rsa.encrypted_pem()))).find("without a passphrase") != std::string::npos);
    CHECK(text(SigningKey::parse(Secret(small.private_pem()))).find("2048") != std::string::npos);
    CHECK(text(SigningKey::parse(Secret(testing::ec_private_pem()))).find("no RSA key") != std::string::npos);
    CHECK_FALSE(VerifyingKey::parse("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
    CHECK_FALSE(VerifyingKey::parse(small.public_pem()));
    CHECK_FALSE(VerifyingKey::from_jwk("", "AQAB"));
    CHECK_FALSE(VerifyingKey::from_jwk("not base64url!", "AQAB"));
    CHECK_FALSE(VerifyingKey::from_jwk(to_base64url(small.modulus()), "AQAB"));
    auto key = *SigningKey::parse(Secret(rsa.private_pem()));
    CHECK(text(Certificate::parse(other.certificate_pem(), key)).find("belong together") != std::string::npos);
    CHECK_FALSE(Certificate::parse("", key));
    auto certificate = Certificate::parse(rsa.certificate_pem(), key);
    REQUIRE(certificate);
    CHECK(from_base64url(certificate->x5t)->size() == 20);
    CHECK(from_base64url(certificate->x5t_s256)->size() == 32);
    CHECK(certificate->x5t_s256 == to_base64url(rsa.thumbprint_sha256()));
}
