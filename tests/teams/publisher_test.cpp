// The claims of validation tokens, the signing keys, and when notifications may be switched on.
#include "adapters/teams/publisher.hpp"

#include <fmt/format.h>

#include "here.hpp"

namespace {

using namespace lamp::teams;
using namespace std::chrono_literals;

constexpr std::string_view tenant = "5b1a7c3e-4d2f-4b6a-9c8d-0e1f2a3b4c5d";
constexpr std::string_view application = "c11e47a0-2b3c-4d5e-8f60-718293a4b5c6";
constexpr std::string_view graph_id = "0bf30f3b-4a52-48df-9a82-234910c4a086";
const lamp::Wall now{lamp::seconds(1'800'000'000)};

std::string claims(std::string_view aud, std::string_view iss, std::string_view publisher, int nbf, int exp) {
    return fmt::format(R"({{"aud":"{}","iss":"{}",{},"nbf":{},"exp":{}}})", aud, iss, publisher, 1'800'000'000 + nbf,
                       1'800'000'000 + exp);
}

} // namespace

TEST_CASE("validation tokens: claim by claim") {
    const std::string issuer = fmt::format("https://sts.windows.net/{}/", tenant);
    const std::string second = fmt::format("https://login.microsoftonline.com/{}/v2.0", tenant);
    const std::string by_graph = fmt::format(R"("appid":"{}")", graph_id);
    const std::string by_graph_2 = fmt::format(R"("azp":"{}")", graph_id);
    const std::string foreign = R"("appid":"11111111-2222-3333-4444-555555555555")";
    struct Row {
        const char* what;
        std::string claims;
        bool good;
    };
    // clang-format off
    const Row rows[] = {
        {"as it should be",     claims(application, issuer, by_graph, -10, 3600), true},
        {"capital letters",     claims("C11E47A0-2B3C-4D5E-8F60-718293A4B5C6", issuer, by_graph, -10, 3600), true},
        {"version 2",           claims(application, second, by_graph_2, -10, 3600), true},
        {"our clock is behind", claims(application, issuer, by_graph, 299, 3600), true},
        {"our clock is ahead",  claims(application, issuer, by_graph, -3600, -299), true},
        {"not good yet",        claims(application, issuer, by_graph, 301, 3600), false},
        {"expired",             claims(application, issuer, by_graph, -3600, -300), false},
        {"another application", claims(tenant, issuer, by_graph, -10, 3600), false},
        {"another tenant",      claims(application, "https://sts.windows.net/11111111-2222-3333-4444-555555555555/", by_graph, -10, 3600), false},
        {"another issuer",      claims(application, "https://evil.example.net/", by_graph, -10, 3600), false},
        {"another publisher",   claims(application, issuer, foreign, -10, 3600), false},
        {"no publisher",        claims(application, issuer, R"("x":1)", -10, 3600), false},
        {"v1 issuer with azp",  claims(application, issuer, by_graph_2, -10, 3600), false},
        {"no times",            fmt::format(R"({{"aud":"{}","iss":"{}",{}}})", application, issuer, by_graph), false},
        {"times as text",       fmt::format(R"({{"aud":"{}","iss":"{}",{},"nbf":"1","exp":"9999999999"}})", application, issuer, by_graph), false},
        {"aud is a list",       fmt::format(R"({{"aud":["{}"],"iss":"{}",{},"nbf":1,"exp":9999999999}})", application, issuer, by_graph), false},
        {"no JSON",             "aud", false},
        {"no object",           "[]", false},
    };
    // clang-format on
    ExpectedToken expected{std::string(application), std::string(tenant), "https://login.microsoftonline.com"};
    for (const Row& row : rows) {
        CAPTURE(std::string(row.what));
        auto outcome = check_claims(row.claims, expected, now);
        CHECK(outcome.has_value() == row.good);
        if (!outcome) CHECK(outcome.error().category == lamp::Category::unauthorised);
    }
    expected.tenant_id.clear();
    CHECK(!check_claims(claims(application, "https://sts.windows.net//", by_graph, -10, 3600), expected, now));
}

TEST_CASE("signing keys: what can be used is, what cannot is left out") {
    const std::string n(342, 'x'); // 2048 bits or so of base64url
    auto key = [&](std::string_view more) {
        return fmt::format(R"({{"kid":"k1","n":"{}A","e":"AQAB",{}}})", n.substr(1), more);
    };
    CHECK(read_signing_keys(fmt::format(R"({{"keys":[{}]}})", key(R"("kty":"RSA")")))->contains("k1"));
    CHECK(read_signing_keys(fmt::format(R"({{"keys":[{}]}})", key(R"("kty":"RSA","use":"sig")")))->size() == 1);
    for (std::string_view more : {R"("kty":"EC")", R"("kty":"RSA","use":"enc")", R"("x":1)"})
        CHECK(!read_signing_keys(fmt::format(R"({{"keys":[{}]}})", key(more))));
    for (std::string_view body : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[1,null]})",
                                  R"({"keys":[{"kty":"RSA","kid":"k","n":"AQAB","e":"AQAB"}]})"})
        CHECK(!read_signing_keys(body));
}

TEST_CASE("notifications ask for an https address, or this machine") {
    using lamp::config::Url;
    CHECK(notification_url_mistake(Url("https://lamps.example.net")).empty());
    CHECK(notification_url_mistake(Url("http://127.0.0.1:8080")).empty());
    CHECK(notification_url_mistake(Url("http://lamps.example.net")).find("https") != std::string::npos);
    CHECK(notification_url_mistake(Url()).find("public_url") != std::string::npos);
}
