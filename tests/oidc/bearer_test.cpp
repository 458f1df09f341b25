// Tokens of an identity provider: what is let in, and every way in which one is not.
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include "http/jwt.hpp"
#include "oidc/bearer.hpp"

using namespace lamp;
using namespace lamp::oidc;
using http::to_base64url;

namespace {

std::string bytes_of(const BIGNUM* number, int size) {
    std::string bytes(static_cast<std::size_t>(size), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), size);
    return bytes;
}

/// A key of the issuer's, made once.
struct Signer {
    EVP_PKEY* key;
    bool rsa;
    std::string kid;

    Signer(std::string name, unsigned rsa_bits) : rsa(rsa_bits > 0), kid(std::move(name)) {
        key = rsa ? EVP_RSA_gen(rsa_bits) : EVP_EC_gen("P-256");
        REQUIRE(key != nullptr);
    }
    ~Signer() { EVP_PKEY_free(key); }
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;

    [[nodiscard]] std::string number(const char* name, int size) const {
        BIGNUM* found = nullptr;
        REQUIRE(EVP_PKEY_get_bn_param(key, name, &found) == 1);
        auto bytes = bytes_of(found, size > 0 ? size : BN_num_bytes(found));
        BN_free(found);
        return to_base64url(bytes);
    }
    [[nodiscard]] std::string jwk() const {
        if (rsa)
            return fmt::format(R"({{"kty":"RSA","use":"sig","kid":"{}","n":"{}","e":"{}"}})", kid,
                               number(OSSL_PKEY_PARAM_RSA_N, 0), number(OSSL_PKEY_PARAM_RSA_E, 0));
        return fmt::format(R"({{"kty":"EC","crv":"P-256","alg":"ES256","kid":"{}","x":"{}","y":"{}"}})", kid,
                           number(OSSL_PKEY_PARAM_EC_PUB_X, 32), number(OSSL_PKEY_PARAM_EC_PUB_Y, 32));
    }
    [[nodiscard]] std::string sign(const std::string& text) const {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        std::string signature(1024, '\0');
        std::size_t size = signature.size();
        auto* out = reinterpret_cast<unsigned char*>(signature.data());
        REQUIRE(EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key) == 1);
        REQUIRE(EVP_DigestSign(context, out, &size, reinterpret_cast<const unsigned char*>(text.data()), text.size()) ==
                1);
        EVP_MD_CTX_free(context);
        signature.resize(size);
        if (rsa) return signature;
        const auto* at = reinterpret_cast<const unsigned char*>(signature.data());
        ECDSA_SIG* both = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size));
        auto plain = bytes_of(ECDSA_SIG_get0_r(both), 32) + bytes_of(ECDSA_SIG_get0_s(both), 32);
        ECDSA_SIG_free(both);
        return plain;
    }
    [[nodiscard]] std::string token(std::string_view claims, std::string_view header = {}) const {
        auto head = header.empty() ? fmt::format(R"({{"alg":"{}","kid":"{}"}})", rsa ? "RS256" : "ES256", kid)
                                   : std::string(header);
        auto text = to_base64url(head) + "." + to_base64url(claims);
        return text + "." + to_base64url(sign(text));
    }
};

const Signer& rsa() {
    static const Signer made("rsa-1", 2048);
    return made;
}
const Signer& ec() {
    static const Signer made("ec-1", 0);
    return made;
}

constexpr std::int64_t now_s = 1'795'000'000;
const Wall now{std::chrono::seconds(now_s)};

const Expected expected{"https://login.example.net",
                        "lamplighter",
                        "realm.roles",
                        {{"desk", "operator"}, {"boss", "administrator"}},
                        "email"};

KeySet keys() {
    return KeySet::parse(fmt::format(R"({{"keys":[{},{}]}})", rsa().jwk(), ec().jwk())).value();
}

/// The usual claims, with one replaced or taken away.
std::string claims(std::string_view name = {}, std::string_view value = {}) {
    auto all = boost::json::parse(fmt::format(
                                      R"({{"iss":"https://login.example.net","aud":["other","lamplighter"],"sub":"u-1",
            "exp":{},"nbf":{},"realm":{{"roles":["cook","desk","boss"]}},"email":"alice@example.net"}})",
                                      now_s + 300, now_s - 10))
                   .as_object();
    if (!name.empty() && value.empty()) all.erase(name);
    if (!value.empty()) all[name] = boost::json::parse(value);
    return boost::json::serialize(all);
}

} // namespace

TEST_CASE("bearer: RS256 and ES256 by keys of the issuer") {
    for (const Signer* signer : {&rsa(), &ec()}) {
        auto verdict = examine(signer->token(claims()), keys(), expected, now);
        CHECK_MESSAGE(verdict.what == Verdict::What::accepted, verdict.why);
        CHECK(verdict.bearer.subject == "u-1");
        CHECK(verdict.bearer.role == "operator"); // the first that stands in the configuration
        CHECK(verdict.bearer.person == "alice@example.net");
        CHECK(verdict.bearer.expires == now + std::chrono::seconds(360));
    }
    // Without a name there must be only one key of the kind.
    auto verdict = examine(ec().token(claims(), R"({"alg":"ES256"})"), keys(), expected, now);
    CHECK(verdict.what == Verdict::What::accepted);
}

TEST_CASE("bearer: claims") {
    struct Row {
        std::string_view name, value;
        std::string_view why; // empty: accepted
    };
    const auto at = [](std::int64_t seconds) { return std::to_string(now_s + seconds); };
    const std::string just = at(-59), over = at(-60), soon = at(60), later = at(61);
    const Row table[] = {
        {"iss", "", "another issuer"},
        {"iss", R"("https://login.example.net/")", "another issuer"},
        {"aud", "", "another audience"},
        {"aud", R"("lamplighter")", ""},
        {"aud", R"(["other"])", "another audience"},
        {"aud", R"("lamplighter2")", "another audience"},
        {"exp", "", "no end"},
        {"exp", R"("1795000300")", "no end"},
        {"exp", "1e300", "no end"},
        {"exp", just, ""},
        {"exp", over, "expired"},
        {"nbf", "", ""},
        {"nbf", soon, ""},
        {"nbf", later, "not valid yet"},
        {"nbf", R"("soon")", "not valid yet"},
        {"sub", "", "whose"},
    };
    for (const Row& row : table) {
        CAPTURE(row.name);
        CAPTURE(row.value);
        auto verdict = examine(rsa().token(claims(row.name, row.value)), keys(), expected, now);
        CHECK((verdict.what == Verdict::What::accepted) == row.why.empty());
        CHECK_MESSAGE(verdict.why.find(row.why) != std::string::npos, verdict.why);
    }
}

TEST_CASE("bearer: roles") {
    struct Row {
        std::string_view claim, role;
    };
    const Row table[] = {{R"({"roles":"boss"})", "administrator"},
                         {R"({"roles":["boss","desk"]})", "administrator"},
                         {R"({"roles":["cook"]})", ""},
                         {R"({"roles":[1,null,"desk"]})", "operator"},
                         {R"({})", ""},
                         {R"("desk")", ""}};
    for (const Row& row : table) {
        auto verdict = examine(rsa().token(claims("realm", row.claim)), keys(), expected, now);
        CHECK(verdict.what == Verdict::What::accepted);
        CHECK_MESSAGE(verdict.bearer.role == row.role, row.claim);
    }
}

TEST_CASE("bearer: what is no signature of the issuer's") {
    auto good = rsa().token(claims());
    auto dot = good.rfind('.');
    auto text = good.substr(0, dot);
    auto hs_head = to_base64url(R"({"alg":"HS256","kid":"rsa-1"})");
    auto hs_text = hs_head + "." + to_base64url(claims());
    // The public key as an HMAC secret: the oldest trick.
    auto secret = rsa().jwk();
    std::string mac(32, '\0');
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(hs_text.data()), hs_text.size(),
         reinterpret_cast<unsigned char*>(mac.data()), nullptr);
    const Signer stranger("rsa-1", 2048);
    auto none = to_base64url(R"({"alg":"none"})") + "." + to_base64url(claims()) + ".";
    auto changed = to_base64url(R"({"alg":"RS256","kid":"rsa-1"})") + "." + to_base64url(claims("sub", R"("u-2")")) +
                   good.substr(dot);
    const std::string table[] = {
        "",
        "eyJ",
        "eyJ..",
        none,
        hs_text + "." + to_base64url(mac),
        text + ".",
        text + ".AAAA",
        text + good.substr(dot) + "A",
        changed,
        stranger.token(claims()),                                                         // another key of that name
        rsa().token(claims(), R"({"alg":"ES256","kid":"rsa-1"})"),                        // another kind
        ec().token(claims(), R"({"alg":"RS256","kid":"ec-1"})"),                          //
        rsa().token(claims(), R"({"alg":"RS512","kid":"rsa-1"})"),                        //
        rsa().token(claims(), R"({"alg":"rs256","kid":"rsa-1"})"),                        //
        rsa().token(claims(), R"({"alg":"RS256","kid":"rsa-1","crit":["exp"],"exp":1})"), // demands more
        rsa().token("[]"),
        rsa().token("no JSON"),
    };
    for (const std::string& token : table) {
        auto verdict = examine(token, keys(), expected, now);
        CHECK_MESSAGE(verdict.what != Verdict::What::accepted, token);
        CHECK(!verdict.why.empty());
    }
    CHECK(examine(Signer("rsa-2", 2048).token(claims()), keys(), expected, now).what == Verdict::What::unknown_key);
}

TEST_CASE("keys: weak, foreign and broken ones are left out") {
    auto parsed = [](std::string_view keys) { return KeySet::parse(fmt::format(R"({{"keys":[{}]}})", keys)); };
    CHECK(!KeySet::parse("[]").has_value());
    CHECK(!KeySet::parse("{}").has_value());
    CHECK(!parsed("").has_value());
    CHECK(!parsed(Signer("weak", 1024).jwk()).has_value());
    CHECK(!parsed(R"({"kty":"oct","k":"AAAA"})").has_value());
    CHECK(!parsed(R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})").has_value());
    std::string zero = to_base64url(std::string(32, '\1'));
    CHECK(!parsed(fmt::format(R"({{"kty":"EC","crv":"P-256","x":"{0}","y":"{0}"}})", zero)).has_value()); // on no curve
    auto encrypting = rsa().jwk();
    encrypting.replace(encrypting.find("sig"), 3, "enc");
    CHECK(!parsed(encrypting).has_value());
    CHECK(parsed(encrypting + "," + ec().jwk() + R"(,1,{"kty":"RSA"})").value().size() == 1);
}

// What the Bot Connector of Microsoft does otherwise: no `sub`, five minutes, keys with endorsements, a claim of its
// own.
TEST_CASE("bearer: a connector's tokens") {
    auto jwk = boost::json::parse(rsa().jwk()).as_object();
    auto keys_endorsed = [&](std::string_view endorsements) {
        auto one = jwk;
        if (!endorsements.empty()) one["endorsements"] = boost::json::parse(endorsements);
        return KeySet::parse(boost::json::serialize(boost::json::object{{"keys", boost::json::array{one}}})).value();
    };
    Expected connector;
    connector.issuer = "https://login.example.net";
    connector.audience = "lamplighter";
    connector.endorsement = "msteams";
    connector.told_claim = "serviceurl";
    connector.needs_subject = false;
    connector.skew = std::chrono::seconds(300);
    auto said = [&](std::string_view endorsements, std::int64_t end, std::int64_t begin = -10) {
        auto token = rsa().token(fmt::format(
            R"({{"iss":"https://login.example.net","aud":"lamplighter","exp":{},"nbf":{},"serviceurl":"https://smba/"}})",
            now_s + end, now_s + begin));
        return examine(token, keys_endorsed(endorsements), connector, now);
    };
    auto good = said(R"(["webchat","msteams"])", 300);
    CHECK_MESSAGE(good.what == Verdict::What::accepted, good.why);
    CHECK(good.bearer.told == "https://smba/");
    CHECK(good.bearer.subject.empty());
    CHECK(said(R"(["msteams"])", -299).what == Verdict::What::accepted);
    CHECK(said(R"(["msteams"])", -300).what == Verdict::What::refused);
    CHECK(said(R"(["msteams"])", 900, 300).what == Verdict::What::accepted);
    CHECK(said(R"(["msteams"])", 900, 301).what == Verdict::What::refused);
    for (std::string_view none : {"", "[]", R"(["webchat"])", R"("msteams")", R"([7,null,"MSTEAMS"])"}) {
        CAPTURE(none);
        auto verdict = said(none, 300);
        CHECK(verdict.what == Verdict::What::refused);
        CHECK(verdict.why.find("endorsed") != std::string::npos);
    }
}
