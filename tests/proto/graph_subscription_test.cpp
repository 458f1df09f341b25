// Presence subscriptions, deliveries for them, and opening their contents with the reference's vector
// (cloud-apis.md A7).
#include "here.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "proto/graph/decrypt.hpp"
#include "proto/graph/presence.hpp"
#include "proto/graph/subscription.hpp"

using namespace lamp;
using namespace lamp::graph;

namespace {

#define ONE "11111111-1111-1111-1111-111111111111"
#define TWO "22222222-2222-2222-2222-222222222222"

const Wall nine = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5) + std::chrono::hours(9);

std::string told(const Notification& one) {
    auto line = fmt::format("{} state={} type={} id={}", one.subscription_id, one.client_state, one.change_type,
                            one.id ? to_string(*one.id).substr(0, 4) : "-");
    if (one.pair) line += fmt::format(" {}/{}", text(one.pair->availability), text(one.pair->activity));
    if (one.encrypted)
        line += fmt::format(" sealed {}+{}+{} by {} {}", one.encrypted->data, one.encrypted->signature,
                            one.encrypted->key, one.encrypted->certificate_id, one.encrypted->certificate_thumbprint);
    if (one.subscription_expires) line += " until " + rfc3339(*one.subscription_expires);
    if (one.lifecycle != Lifecycle::none) line += fmt::format(" lifecycle {}", static_cast<int>(one.lifecycle));
    return line;
}

std::string told(const Delivery& delivery) {
    std::string line;
    for (const auto& one : delivery.notifications)
        line += (line.empty() ? "" : " ; ") + told(one);
    for (const auto& token : delivery.validation_tokens)
        line += " token " + token;
    return line;
}

/// The vector of the reference: the 32 bytes 0 to 31 as key.
constexpr std::string_view plaintext =
    R"({"@odata.id":"users/11111111-1111-1111-1111-111111111111/presence","@odata.type":"#microsoft.graph.presence",)"
    R"("id":"11111111-1111-1111-1111-111111111111","availability":"Busy","activity":"InACall"})";
constexpr std::string_view sealed = "nTMpSZJYXuOeut0pe+fp1uAfHIQwDk9AaaUxMKJKZigutGiR7hrWG8RSwFiWrJGeLw1bClXLhHi7pa+"
                                    "B1ZHR+mFGJzWpxuzwKg0ZCHZEdFbQWLomxP54"
                                    "avxKK0DqF8zSrHGawMqDCcV/JUXbAB5FufhZ7r1Hrx3ZgOPQPYESph/"
                                    "1s2yZhUoNpzOraGaev7oAy4h7g0ny5xiCKgMWdQTTkf8Te/A2EoGIETA0cqxj"
                                    "Xans3dcGNr9TpUWq82jOzoc5s5nuxkhJHDHw2ko1DMdh4w==";
constexpr std::string_view signature = "uQCS4Vu9vaQEtBtXzIo06WeiMCVSB9YiJR0XtDlYbfk=";

std::string symmetric_key() {
    std::string key;
    for (char c = 0; c < 32; ++c)
        key += c;
    return key;
}

EncryptedContent content(std::string_view data = sealed, std::string_view signed_as = signature) {
    EncryptedContent one;
    one.data = data;
    one.signature = signed_as;
    return one;
}

std::string base64(std::string_view clear) {
    std::string text(clear.size() * 2 + 8, '\0');
    auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                reinterpret_cast<const unsigned char*>(clear.data()), static_cast<int>(clear.size()));
    return text.substr(0, static_cast<std::size_t>(size));
}

/// As the service does: OAEP with the digest given, SHA-1 being the right one.
std::string sealed_for(EVP_PKEY* key, std::string_view secret, const EVP_MD* digest) {
    auto* context = EVP_PKEY_CTX_new(key, nullptr);
    EVP_PKEY_encrypt_init(context);
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING);
    EVP_PKEY_CTX_set_rsa_oaep_md(context, digest);
    EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest);
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
    std::string out(size, '\0');
    EVP_PKEY_encrypt(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
    EVP_PKEY_CTX_free(context);
    return base64(out);
}

} // namespace

TEST_CASE("creation and renewal") {
    const Guid ids[] = {*parse_guid(ONE), *parse_guid(TWO)};
    SubscriptionWish wish{.notification_url = "https://cb.example.com/graph/presence?x=\"1\"",
                          .lifecycle_url = "https://cb.example.com/graph/life",
                          .ids = ids,
                          .expires = nine,
                          .client_state = "secret",
                          .certificate = "MIIB+/==",
                          .certificate_id = "k2026a"};
    std::string body;
    append_subscription(body, wish);
    CHECK(body ==
          R"({"changeType":"updated","notificationUrl":"https://cb.example.com/graph/presence?x=\"1\"",)"
          R"("lifecycleNotificationUrl":"https://cb.example.com/graph/life",)"
          R"("resource":"/communications/presences?$filter=id in (')" ONE "','" TWO R"~(')",)~"
          R"("expirationDateTime":"2026-01-05T09:00:00.000Z","clientState":"secret","includeResourceData":true,)"
          R"("encryptionCertificate":"MIIB+/==","encryptionCertificateId":"k2026a"})");
    wish.ids = std::span(ids).first(1);
    wish.lifecycle_url = wish.certificate = "";
    body.clear();
    append_subscription(body, wish);
    CHECK(body == R"({"changeType":"updated","notificationUrl":"https://cb.example.com/graph/presence?x=\"1\"",)"
                  R"("resource":"/communications/presences?$filter=id in (')" ONE R"~(')",)~"
                  R"("expirationDateTime":"2026-01-05T09:00:00.000Z","clientState":"secret"})");
    body.clear();
    append_renewal(body, nine);
    CHECK(body == R"({"expirationDateTime":"2026-01-05T09:00:00.000Z"})");
    CHECK(subscription_target("s1") == "/v1.0/subscriptions/s1");
    CHECK(subscription_target("../s 1") == "/v1.0/subscriptions/..%2Fs%201");
    CHECK(reauthorize_target("s1") == "/v1.0/subscriptions/s1/reauthorize");
}

TEST_CASE("subscriptions as they are answered and listed") {
    auto made = read_subscriptions(
        R"~({"@odata.context":"c","id":"s1","resource":"/communications/presences?$filter=id in ('x')",)~"
        R"~("changeType":"updated",)~"
        R"("clientState":null,"notificationUrl":"https://cb/x","expirationDateTime":"2026-01-05T09:00:00.0000000Z"})");
    REQUIRE(made.has_value());
    REQUIRE(made->subscriptions.size() == 1);
    const Subscription& one = made->subscriptions.front();
    CHECK(one.id == "s1");
    CHECK(one.resource == "/communications/presences?$filter=id in ('x')");
    CHECK(one.notification_url == "https://cb/x");
    CHECK(one.client_state.empty());
    CHECK(one.expires == nine);

    auto list = read_subscriptions(R"({"value":[{"id":"s1","expirationDateTime":"soon"},{"resource":"x"},null,)"
                                   R"({"id":"s2","clientState":"c"}],"@odata.nextLink":"https://x/n"})");
    REQUIRE(list.has_value());
    REQUIRE(list->subscriptions.size() == 2);
    CHECK_FALSE(list->subscriptions[0].expires.has_value());
    CHECK(list->subscriptions[1].id == "s2");
    CHECK(list->subscriptions[1].client_state == "c");
    CHECK(list->next_link == "https://x/n");

    CHECK(read_subscriptions(R"({"value":[]})")->subscriptions.empty());
    for (std::string_view body : {"", "{}", R"({"error":{"code":"ExtensionError"}})", R"({"id":7})", R"({"value":{}})"})
        CHECK_FALSE(read_subscriptions(body).has_value());
}

TEST_CASE("deliveries") {
    struct Row {
        std::string_view what;
        std::string_view body;
        std::string_view told;
    };
    const Row rows[] = {
        {"rich",
         R"({"value":[{"subscriptionId":"s1","subscriptionExpirationDateTime":"2026-01-05T09:00:00Z",)"
         R"("clientState":"c","changeType":"updated","tenantId":"t",)"
         R"("resource":"communications/presences(')" ONE
         R"~(')","resourceData":{"@odata.type":"#microsoft.graph.presence","@odata.id":"users/x/presence","id":")~" ONE
         R"("},"encryptedContent":{"data":"D","dataSignature":"S","dataKey":"K","encryptionCertificateId":"k2026a",)"
         R"("encryptionCertificateThumbprint":"AB"}}],"validationTokens":["j.w.t","u"]})",
         "s1 state=c type=updated id=1111 sealed D+S+K by k2026a AB until 2026-01-05T09:00:00.000Z token j.w.t token "
         "u"},
        {"basic, the id in the path only",
         R"({"value":[{"subscriptionId":"s1","clientState":"c","changeType":"updated",)"
         R"("resource":"communications/presences(')" TWO R"~(')"}]})~",
         "s1 state=c type=updated id=2222"},
        {"the next one inherits nothing",
         R"({"value":[{"subscriptionId":"s1","clientState":"c","resource":"users/)" TWO
         R"(","lifecycleEvent":"missed","encryptedContent":{}},{"subscriptionId":"s2"}]})",
         "s1 state=c type= id=2222 sealed ++ by   lifecycle 3 ; s2 state= type= id=-"},
        {"the data's id goes before the path's",
         R"({"value":[{"resourceData":{"id":")" ONE R"("},"resource":"users/)" TWO
         R"(/presence","subscriptionId":"s1"}]})",
         "s1 state= type= id=1111"},
        {"clear words, camel case",
         R"({"value":[{"subscriptionId":"s1","resourceData":{"id":")" ONE
         R"(","activity":"inACall","availability":"busy"}}]})",
         "s1 state= type= id=1111 Busy/InACall"},
        {"two subscriptions in one",
         R"({"value":[{"subscriptionId":"s1","clientState":"a","encryptedContent":{"data":"D"}},)"
         R"({"subscriptionId":"s2","encryptedContent":null}]})",
         "s1 state=a type= id=- sealed D++ by   ; s2 state= type= id=-"},
        {"the three life-cycle events and one of tomorrow",
         R"({"value":[{"subscriptionId":"s1","lifecycleEvent":"reauthorizationRequired"},{"subscriptionId":"s1",)"
         R"("lifecycleEvent":"subscriptionRemoved"},)"
         R"({"subscriptionId":"s1","lifecycleEvent":"missed"},{"subscriptionId":"s1","lifecycleEvent":"renamed"}]})",
         "s1 state= type= id=- lifecycle 1 ; s1 state= type= id=- lifecycle 2 ; s1 state= type= id=- lifecycle 3 ; "
         "s1 state= type= id=- lifecycle 4"},
        {"nothing", R"({"value":[]})", ""},
        {"odd kinds",
         R"({"value":[null,7,{"subscriptionId":7,"resourceData":"x","encryptedContent":["D"]}],)"
         R"("validationTokens":"t"})",
         " state= type= id=- sealed ++ by  "},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto delivery = read_delivery(row.body);
        REQUIRE_MESSAGE(delivery.has_value(), delivery.error().text);
        CHECK(told(*delivery) == row.told);
    }
    for (std::string_view body : {"", "{}", "[]", R"({"value":{}})", R"({"value":[)", R"({"validationTokens":["t"]})"})
        CHECK_FALSE(read_delivery(body).has_value());
}

TEST_CASE("the reference's vector opens, and reads as a presence") {
    auto clear = decrypt_with(symmetric_key(), content());
    REQUIRE(clear.has_value());
    CHECK(*clear == plaintext);
    Pair pair;
    auto read = read_presences(*clear, [&](const Presence& presence) {
        CHECK(to_string(presence.id) == ONE);
        pair = presence.pair;
    });
    REQUIRE(read.has_value());
    CHECK(pair == Pair{Word::busy, Word::in_a_call});
}

TEST_CASE("what is not as the service signed it does not open") {
    auto other = [](std::string_view text, std::size_t at, char c) {
        std::string changed(text);
        changed[at] = c;
        return changed;
    };
    struct Row {
        std::string_view what;
        std::string key;
        EncryptedContent content;
    };
    const Row rows[] = {
        {"data changed", symmetric_key(), content(other(sealed, 40, 'A'))},
        {"signature changed", symmetric_key(), content(sealed, other(signature, 3, 'A'))},
        {"signature cut", symmetric_key(), content(sealed, signature.substr(0, 40))},
        {"no signature", symmetric_key(), content(sealed, "")},
        {"no data", symmetric_key(), content("")},
        {"another key", std::string(32, 'k'), content()},
        {"a short key", symmetric_key().substr(0, 16), content()},
        {"no key", "", content()},
        {"data is no base64", symmetric_key(), content("%%%%")},
        {"data is base64 of URLs", symmetric_key(), content("nTMpSZJYXuOeut0pe-fp1g==")},
        {"white space in it", symmetric_key(),
         content(std::string(sealed.substr(0, 4)) + "    " + std::string(sealed.substr(4)))},
        {"padding only", symmetric_key(), content("====")},
        // signed well with HMAC-SHA256, but no whole block of AES
        {"signed, but no block", symmetric_key(), content("AAAA", "rcNJSTGOU23LTJy4UDsfH/vARP9GpL5GWkGuX8nHmeQ=")},
    };
    std::string text;
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto clear = decrypt_with(row.key, row.content);
        REQUIRE_FALSE(clear.has_value());
        CHECK(clear.error().category == Category::protocol);
        if (text.empty()) text = clear.error().text;
        CHECK(clear.error().text == text); // a forger learns nothing
    }
}

TEST_CASE("a key pair: its certificate stands for it, its PEM comes back, and it opens what is sealed for it") {
    auto pair = make_key_pair("Lamplighter presence", nine, std::chrono::days(365));
    REQUIRE(pair.has_value());

    std::string der(pair->certificate.size(), '\0');
    auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(der.data()),
                                reinterpret_cast<const unsigned char*>(pair->certificate.data()),
                                static_cast<int>(pair->certificate.size()));
    REQUIRE(size > 0);
    const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
    std::unique_ptr<X509, void (*)(X509*)> certificate(d2i_X509(nullptr, &begin, size), X509_free);
    REQUIRE(certificate);
    CHECK(X509_verify(certificate.get(), pair->key.native()) == 1);
    auto at = [&](Wall time) { return std::chrono::system_clock::to_time_t(time); };
    auto before = at(nine - std::chrono::hours(23));
    auto late = at(nine + std::chrono::days(364));
    auto later = at(nine + std::chrono::days(366));
    CHECK(X509_cmp_time(X509_get0_notBefore(certificate.get()), &before) < 0);
    CHECK(X509_cmp_time(X509_get0_notAfter(certificate.get()), &late) > 0);
    CHECK(X509_cmp_time(X509_get0_notAfter(certificate.get()), &later) < 0);
    CHECK(pair->thumbprint.size() == 40);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned digest_size = 0;
    X509_digest(certificate.get(), EVP_sha1(), digest, &digest_size);
    CHECK(pair->thumbprint.starts_with(fmt::format("{:02X}{:02X}", digest[0], digest[1])));

    auto* stranger_may_seal = X509_get0_pubkey(certificate.get());
    auto again = PrivateKey::from_pem(pair->key.pem());
    REQUIRE(again.has_value());
    auto one = content();
    one.key = sealed_for(stranger_may_seal, symmetric_key(), EVP_sha1());
    for (const PrivateKey* key : {&pair->key, &*again}) {
        auto clear = decrypt(one, *key);
        REQUIRE(clear.has_value());
        CHECK(*clear == plaintext);
    }

    one.key = sealed_for(stranger_may_seal, symmetric_key(), EVP_sha256()); // OAEP is with SHA-1
    CHECK_FALSE(decrypt(one, pair->key).has_value());
    for (std::string_view broken : {"", "AAAA", "%%%%"}) {
        one.key = broken;
        CHECK_FALSE(decrypt(one, pair->key).has_value());
    }
    auto other = make_key_pair("old", nine, std::chrono::days(1));
    REQUIRE(other.has_value());
    one.key = sealed_for(stranger_may_seal, symmetric_key(), EVP_sha1());
    CHECK_FALSE(decrypt(one, other->key).has_value());
    CHECK(decrypt(one, pair->key).has_value());
}

TEST_CASE("keys that cannot be used") {
    for (std::string_view pem : {"", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}) {
        auto key = PrivateKey::from_pem(pem);
        REQUIRE_FALSE(key.has_value());
        CHECK(key.error().category == Category::invalid);
    }
    for (auto* made : {EVP_EC_gen("P-256"), EVP_RSA_gen(1024)}) {
        PrivateKey weak{std::unique_ptr<EVP_PKEY, PrivateKey::Free>(made)};
        CHECK_FALSE(PrivateKey::from_pem(weak.pem()).has_value());
    }
}
