// Presence subscriptions of the fake Graph: refusals, validation, encryption, notifications and their faults (A7).
#include "graph_setup.hpp"

#include "http_server.hpp"
#include "loop.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

using namespace sim_test;

namespace {

// Where notifications go: answers validations as told, keeps what arrives.
class Callback {
public:
    Callback()
        : server_(loop_, [this](const sim::http::Request& request, sim::http::Reply reply) {
              handle(request, std::move(reply));
          }) {
        server_.listen("127.0.0.1", 0);
        url = server_.url(0);
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~Callback() {
        loop_.stop();
        thread_.join();
    }
    Callback(const Callback&) = delete;
    Callback& operator=(const Callback&) = delete;

    // The n-th notification (from 0), or an empty object.
    json::object notification(std::size_t number) {
        std::unique_lock lock(mutex_);
        arrived_.wait_for(lock, 5s, [&] { return notifications_.size() > number; });
        return notifications_.size() > number ? notifications_[number] : json::object();
    }
    std::vector<std::string> validated() {
        const std::lock_guard lock(mutex_);
        return validations_;
    }
    void answer(const std::string& kind) {
        const std::lock_guard lock(mutex_);
        kind_ = kind;
    }
    std::string url;

private:
    void handle(const sim::http::Request& request, sim::http::Reply reply) {
        const std::lock_guard lock(mutex_);
        if (request.query.starts_with("validationToken=")) {
            validations_.emplace_back(request.path);
            std::string token = sim::http::percent_decode(request.query.substr(16), true);
            if (kind_ == "encoded") token = request.query.substr(16);
            return reply.send({kind_ == "created" ? 201 : 200, kind_ == "json" ? "application/json" : "text/plain",
                               std::move(token)});
        }
        const bool busy = kind_ == "busy";
        if (busy)
            kind_.clear(); // the second attempt is taken
        else
            notifications_.push_back(
                json::parse(json::string_view(request.body.data(), request.body.size())).as_object());
        arrived_.notify_all();
        reply.send({busy ? 503 : 202, {}, {}});
    }

    sim::Loop loop_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<json::object> notifications_;
    std::vector<std::string> validations_;
    std::string kind_;
    sim::http::Server server_;
    std::thread thread_;
};

struct Subscriber : Setup {
    Subscriber() : key(crypto::Key::generate()), certificate(crypto::base64(key.self_signed("callback"))) {
        auth = delegated("2001");
    }
    json::object request() {
        return {{"changeType", "updated"},
                {"notificationUrl", callback.url + "/presence"},
                {"lifecycleNotificationUrl", callback.url + "/life"},
                {"resource", "/communications/presences?$filter=id in ('" + ids[0] + "','" + ids[1] + "')"},
                {"expirationDateTime", sim::graph::iso_ticks(sim::graph::system_ms() + 50 * 60'000)},
                {"clientState", "state-1"},
                {"includeResourceData", true},
                {"encryptionCertificate", certificate},
                {"encryptionCertificateId", "k1"}};
    }
    Answer subscribe(const json::object& body) { return post("/v1.0/subscriptions", json::serialize(body)); }
    Answer change(const char* method, const std::string& id, const std::string& body = {}) {
        return raw::ask(url, method, "/v1.0/subscriptions/" + id, body, auth, as_json);
    }

    Callback callback;
    crypto::Key key;
    std::string certificate;
};

// The presence inside an encrypted item; empty when its signature is wrong or the key does not fit.
std::string opened(const json::object& item, const crypto::Key& key) {
    const json::object& content = item.at("encryptedContent").as_object();
    const auto symmetric = key.decrypt_oaep_sha1(*crypto::from_base64(text(content.at("dataKey"))));
    const auto data = crypto::from_base64(text(content.at("data")));
    if (!symmetric || !data) return {};
    if (crypto::base64(crypto::hmac_sha256(*symmetric, *data)) != text(content.at("dataSignature"))) return {};
    return crypto::aes_decrypt(*symmetric, *data).value_or(std::string());
}

} // namespace

TEST_CASE("encryption: the test vector of A7") {
    const std::string key = *crypto::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    const std::string plain =
        R"({"@odata.id":"users/11111111-1111-1111-1111-111111111111/presence","@odata.type":"#microsoft.graph.presence",)"
        R"("id":"11111111-1111-1111-1111-111111111111","availability":"Busy","activity":"InACall"})";
    const std::string data = "nTMpSZJYXuOeut0pe+fp1uAfHIQwDk9AaaUxMKJKZigutGiR7hrWG8RSwFiWrJGeLw1bClXLhHi7pa+B1ZHR+"
                             "mFGJzWpxuzwKg0ZCHZEdFbQWLom"
                             "xP54avxKK0DqF8zSrHGawMqDCcV/JUXbAB5FufhZ7r1Hrx3ZgOPQPYESph/"
                             "1s2yZhUoNpzOraGaev7oAy4h7g0ny5xiCKgMWdQTTkf8Te/A2EoGI"
                             "ETA0cqxjXans3dcGNr9TpUWq82jOzoc5s5nuxkhJHDHw2ko1DMdh4w==";
    CHECK(plain.size() == 196);
    CHECK(crypto::base64(crypto::aes_encrypt(key, plain)) == data);
    CHECK(crypto::base64(crypto::hmac_sha256(key, *crypto::from_base64(data))) ==
          "uQCS4Vu9vaQEtBtXzIo06WeiMCVSB9YiJR0XtDlYbfk=");
    CHECK(crypto::aes_decrypt(key, *crypto::from_base64(data)) == plain);
}

TEST_CASE("subscriptions: what is refused, and the validation of both addresses") {
    Subscriber s;
    const auto with = [&](const char* name, const std::string& value) {
        json::object body = s.request();
        body[name] = value;
        return body;
    };
    const auto without = [&](const char* name) {
        json::object body = s.request();
        body.erase(name);
        return body;
    };
    std::string many = "communications/presences?$filter=id in (";
    for (int i = 0; i < 651; ++i)
        many += (i ? ",'" : "'") + nobody_id + "'";
    const std::string yesterday = sim::graph::iso_seconds(sim::graph::system_ms() - 86'400'000);
    // clang-format off
    const std::vector<std::pair<const char*, json::object>> refused = {
        {"changeType",         with("changeType", "created,updated")},
        {"resource",           with("resource", "/users")},
        {"unquoted id",        with("resource", "communications/presences?$filter=id in (" + s.ids[0] + ")")},
        {"UPN",                with("resource", "communications/presences/alice@example.net")},
        {"651 ids",            with("resource", many + ")")},
        {"past",               with("expirationDateTime", yesterday)},
        {"no expiry",          without("expirationDateTime")},
        {"clientState",        with("clientState", std::string(129, 'x'))},
        {"no certificate",     without("encryptionCertificate")},
        {"no certificate id",  without("encryptionCertificateId")},
        {"bad certificate",    with("encryptionCertificate", "QUJD")},
        {"relative URL",       with("notificationUrl", "/presence")},
        {"unknown member",     with("colour", "red")},
        {"nobody listens",     with("notificationUrl", "http://127.0.0.1:1/x")}};
    // clang-format on
    for (const auto& [what, body] : refused) {
        CAPTURE(what);
        CHECK(s.subscribe(body).status == 400);
    }
    for (const char* wrong : {"encoded", "json", "created"}) {
        CAPTURE(wrong);
        s.callback.answer(wrong);
        CHECK(s.subscribe(s.request()).status == 400);
    }
    s.callback.answer("");
    const std::size_t before = s.callback.validated().size();
    const Answer made = s.subscribe(s.request());
    REQUIRE(made.status == 201);
    CHECK(s.callback.validated().size() == before + 2);
    const Answer second = s.subscribe(s.request());
    CHECK(second.status == 409);
    CHECK(second.body.find("A subscripton already exists. It must be deleted before a another") != std::string::npos);
    const std::string mine = std::exchange(s.auth, s.delegated("2002"));
    const std::string id = text(object_of(made.body).at("id"));
    CHECK(s.change("GET", id).status == 404); // somebody else's
    CHECK(s.subscribe(without("lifecycleNotificationUrl")).status == 201);
    s.auth = "Bearer " + s.token();
    CHECK(s.subscribe(s.request()).status == 403); // not with an application's token
    s.auth = mine;
    CHECK(object_of(s.get("/v1.0/subscriptions").body).at("value").as_array().size() == 1);
    struct Row {
        const char* mode;
        int status;
    };
    for (const Row row : {Row{"unsupported", 400}, Row{"forbidden", 403}, Row{"not_found", 404}, Row{"ok", 200}}) {
        s.command("graph/settings", {{"renew", row.mode}});
        const std::string until = sim::graph::iso_seconds(sim::graph::system_ms() + 60'000);
        const Answer renewed = s.change("PATCH", id, R"({"expirationDateTime":")" + until + "\"}");
        CHECK(renewed.status == row.status);
        if (row.status != 200) continue;
        const auto expires = sim::graph::from_iso(text(object_of(renewed.body).at("expirationDateTime")));
        CHECK(*expires > sim::graph::system_ms() + 44 * 60'000); // raised to 45 minutes
    }
    CHECK(raw::ask(s.url, "POST", "/v1.0/subscriptions/" + id + "/reauthorize", "", s.auth).status == 204);
    CHECK(s.change("DELETE", id).status == 204);
    CHECK(s.change("DELETE", id).status == 404);
}

TEST_CASE("notifications: rich ones open with the key, basic ones tell only whom; every fault can be seen") {
    Subscriber s;
    REQUIRE(s.subscribe(s.request()).status == 201);
    std::size_t number = 0;
    const auto next = [&](const char* word) {
        s.command("graph/presence", {{"user", "2000"}, {"availability", word}});
        return s.callback.notification(number++);
    };
    const auto item = [](const json::object& notification) {
        return notification.at("value").as_array().at(0).as_object();
    };
    json::object first = next("Busy");
    REQUIRE(first.contains("value"));
    CHECK(item(first).at("clientState") == "state-1");
    CHECK(object_of(opened(item(first), s.key)).at("availability") == "Busy");
    CHECK(text(object_of(opened(item(first), s.key)).at("id")) == s.ids[0]);

    // The validation token is signed by a published key.
    const std::string token = text(first.at("validationTokens").as_array().at(0));
    const auto second = token.rfind('.');
    const json::object claims =
        object_of(*crypto::from_base64url(token.substr(token.find('.') + 1, second - token.find('.') - 1)));
    CHECK(text(claims.at("aud")) == s.client);
    CHECK(claims.at("appid") == "0bf30f3b-4a52-48df-9a82-234910c4a086");
    CHECK(text(claims.at("iss")) == "https://sts.windows.net/" + s.tenant + "/");
    const auto genuine = [&](const std::string& jwt) {
        const auto dot = jwt.rfind('.');
        const json::object published = object_of(raw::ask(s.url, "GET", "/common/discovery/keys").body);
        for (const auto& jwk : published.at("keys").as_array())
            if (const auto pub = crypto::Key::from_numbers(*crypto::from_base64url(text(jwk.at("n"))),
                                                           *crypto::from_base64url(text(jwk.at("e"))));
                pub && pub->verify(jwt.substr(0, dot), *crypto::from_base64url(jwt.substr(dot + 1)), false))
                return true;
        return false;
    };
    CHECK(genuine(token));
    s.command("graph/notify", {{"kind", "rotate_key"}});
    s.command("graph/notify", {{"kind", "foreign_jwt"}});
    CHECK_FALSE(genuine(text(next("Away").at("validationTokens").as_array().at(0))));
    CHECK(genuine(text(next("Busy").at("validationTokens").as_array().at(0))));
    CHECK(raw::ask(s.url, "GET", "/common/.well-known/openid-configuration").body.find("/common/discovery/keys") !=
          std::string::npos);

    s.command("graph/notify", {{"kind", "bad_hmac"}});
    CHECK(opened(item(next("Away")), s.key).empty());
    s.command("graph/notify", {{"kind", "unknown_certificate"}});
    CHECK(item(next("Busy")).at("encryptedContent").at("encryptionCertificateId") == "unknown-certificate");
    s.command("graph/notify", {{"kind", "wrong_client_state"}});
    CHECK(item(next("Away")).at("clientState") != "state-1");
    s.command("graph/notify", {{"kind", "mixed"}});
    CHECK(next("Busy").at("value").as_array().size() == 2);
    s.command("graph/notify", {{"kind", "no_jwt"}});
    CHECK_FALSE(next("Away").contains("validationTokens"));
    s.command("graph/notify", {{"kind", "duplicate"}});
    CHECK(next("Busy") == s.callback.notification(number++));
    s.command("graph/settings", {{"notify_retry_ms", 1}});
    s.callback.answer("busy"); // refused once, then tried again
    CHECK(object_of(opened(item(next("Away")), s.key)).at("availability") == "Away");
    s.command("graph/notify", {{"kind", "reauthorizationRequired"}});
    CHECK(item(s.callback.notification(number++)).at("lifecycleEvent") == "reauthorizationRequired");
    s.command("graph/notify", {{"kind", "disappear"}});
    CHECK(object_of(s.get("/v1.0/subscriptions").body).at("value").as_array().empty());

    json::object plain = s.request();
    plain["includeResourceData"] = false;
    REQUIRE(s.subscribe(plain).status == 201);
    const json::object basic = item(next("Busy"));
    CHECK_FALSE(basic.contains("encryptedContent"));
    CHECK(text(basic.at("resourceData").at("id")) == s.ids[0]);
    CHECK_FALSE(basic.at("resourceData").as_object().contains("availability"));
    CHECK(s.mistake("graph/notify", {{"kind", "earthquake"}}) == "unknown kind of notification fault earthquake");
}

TEST_CASE("a subscription pauses when its token ends, changes its certificate, and loses a slow endpoint") {
    Subscriber s;
    const Answer made = s.subscribe(s.request());
    REQUIRE(made.status == 201);
    const std::string id = text(object_of(made.body).at("id"));
    std::size_t number = 0;
    const auto change = [&](const char* word) {
        s.command("graph/presence", {{"user", "2000"}, {"availability", word}});
    };
    const auto item = [&] {
        const json::object one = s.callback.notification(number++);
        REQUIRE(one.contains("value"));
        return one.at("value").as_array().at(0).as_object();
    };

    s.command("graph/token", {{"revoke", true}}); // the subscription knows its token's end all the same
    s.command("graph/settings", {{"subscription_min_s", 7200}, {"subscription_max_s", 7200}});
    s.auth = s.delegated("2001");
    const std::string until = sim::graph::iso_seconds(sim::graph::system_ms() + 60'000);
    CHECK(s.change("PATCH", id, R"({"expirationDateTime":")" + until + "\"}").status == 200);
    s.command("graph/settings", {{"clock_offset_ms", 3'700'000}});
    CHECK(item().at("lifecycleEvent") == "reauthorizationRequired");
    change("Busy");
    change("Away");
    s.auth = s.delegated("2001");
    CHECK(raw::ask(s.url, "POST", "/v1.0/subscriptions/" + id + "/reauthorize", "", s.auth).status == 204);
    CHECK(object_of(opened(item(), s.key)).at("availability") == "Away"); // only what is true now

    const crypto::Key fresh = crypto::Key::generate();
    const json::object rotation{{"encryptionCertificate", crypto::base64(fresh.self_signed("callback"))},
                                {"encryptionCertificateId", "k2"}};
    CHECK(s.change("PATCH", id, json::serialize(rotation)).status == 200);
    change("Busy");
    const json::object with_new = item();
    CHECK(with_new.at("encryptedContent").at("encryptionCertificateId") == "k2");
    CHECK_FALSE(opened(with_new, fresh).empty());
    CHECK(opened(with_new, s.key).empty());
    s.command("graph/notify", {{"kind", "old_key"}});
    change("Away");
    CHECK_FALSE(opened(item(), s.key).empty());

    s.command("graph/settings", {{"slow_answer_ms", -1}, {"notify_delay_ms", 0}}); // every answer is slow now
    const auto endpoint = [&] {                                                    // once every answer has been seen
        json::object state = s.command("graph/state");
        while (state.at("notifications").at("delivered") != state.at("notifications").at("posts"))
            state = s.command("graph/state");
        return text(state.at("subscriptions").as_array().at(0).at("endpoint"));
    };
    for (int i = 0; i < 10 && endpoint() != "drop"; ++i) {
        change(i % 2 ? "Away" : "Busy");
        item();
    }
    CHECK(endpoint() == "drop");
}

TEST_CASE("subscriptions of an application to a mailbox") {
    Subscriber s;
    const std::string mailbox = text(s.command("graph/user", {{"user", "2000"}}).at("upn"));
    const json::object wish{{"changeType", "created,updated,deleted"},
                            {"notificationUrl", s.callback.url + "/calendars"},
                            {"lifecycleNotificationUrl", s.callback.url + "/calendars"},
                            {"resource", "/users/" + mailbox + "/events"},
                            {"expirationDateTime", sim::graph::iso_ticks(sim::graph::system_ms() + 100 * 3'600'000LL)},
                            {"clientState", "state-1"}};
    CHECK(s.subscribe(wish).status == 403); // of a user: not his mailbox
    s.auth = "Bearer " + s.token();
    CHECK(s.subscribe(s.request()).status == 403); // presences are for users
    for (const auto& [member, value] :
         std::vector<std::pair<std::string, json::value>>{{"changeType", "seen"},
                                                          {"changeType", ""},
                                                          {"resource", "/users/nobody@x/events"},
                                                          {"includeResourceData", true},
                                                          {"notificationUrl", "http://127.0.0.1:1/x"}}) {
        CAPTURE(member);
        json::object wrong = wish;
        wrong[member] = value;
        CHECK(s.subscribe(wrong).status == 400);
    }
    const Answer made = s.subscribe(wish);
    REQUIRE(made.status == 201);
    CHECK(s.subscribe(wish).status == 201); // as many as one likes
    const std::string id = text(object_of(made.body).at("id"));
    const auto expires = sim::graph::from_iso(text(object_of(made.body).at("expirationDateTime")));
    CHECK(std::abs(*expires - sim::graph::system_ms() - 4230 * 60'000LL) < 60'000);
    s.command("graph/appointment", {{"user", mailbox}, {"subject", "2001"}, {"start", 60}, {"end", 120}});
    const json::object told = s.callback.notification(0);
    const json::object item = told.at("value").as_array().at(0).as_object();
    CHECK(text(item.at("clientState")) == "state-1");
    CHECK(item.at("resourceData").at("@odata.type") == "#Microsoft.Graph.Event");
    CHECK_FALSE(told.contains("validationTokens"));
    CHECK(s.change("DELETE", id).status == 204);
    CHECK(s.change("PATCH", id, R"({"expirationDateTime":"2099-01-01T00:00:00Z"})").status == 404);
}
