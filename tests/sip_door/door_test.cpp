// The door: challenges, logins by Digest (RFC 7616, RFC 8760; peers of RFC 2617), replays, and whom trusted peers vouch
// for.
#include "here.hpp"

using namespace testing;

TEST_CASE("challenges: each algorithm in the order given, one nonce") {
    Entrance at;
    CHECK(at.said() == "401 SHA-256 MD5");
    Entrance old({.realm = "pbx.example", .algorithms = {Algorithm::md5}});
    CHECK(old.said() == "401 MD5");
    Entrance all({.realm = "pbx.example", .algorithms = {Algorithm::md5, Algorithm::sha512_256, Algorithm::sha256}});
    CHECK(all.said() == "401 MD5 SHA-512-256 SHA-256");
    CHECK(nonce_of(all.judge()).size() > 32);
    CHECK(at.door.counters().challenged == 1);
    CHECK(at.door.counters().stale == 0);
}

// clang-format off
TEST_CASE("who logs in, and how") {
    struct Row {
        Login login;
        std::string_view said;
    };
    const Row rows[] = {
        {{},                                                       "in ada"},
        {{.algorithm = Algorithm::md5},                            "in ada"},
        {{.user = "Bob", .password = "umbrella"},                  "in bob"}, // ids are in lower case
        {{.uri = "sip:somewhere@else.example"},                    "in ada"}, // a proxy may have rewritten it
        {{.nc = ""},                                               "in ada"},
        {{.nc = "", .algorithm = Algorithm::md5},                  "in ada"},
        {{.nc = "0000abcd"},                                       "in ada"},
        {{.algorithm = Algorithm::sha512_256},                     "401 SHA-256 MD5"}, // was not asked for
        {{.algorithm = Algorithm::other},                          "401 SHA-256 MD5"},
        {{.password = "Violet"},                                   "401 SHA-256 MD5"},
        {{.user = "bob", .password = "umbrella"},                  "401 SHA-256 MD5"},
        {{.user = "cem"},                                          "401 SHA-256 MD5"},
        {{.user = ""},                                             "401 SHA-256 MD5"},
        {{.realm = "other.example"},                               "401 SHA-256 MD5"},
        {{.method = "PUBLISH"},                                    "401 SHA-256 MD5"},
        {{.qop = "auth-int"},                                      "401 SHA-256 MD5"},
    };
    for (const Row& row : rows) {
        Entrance at;
        Login login = row.login;
        login.nonce = at.nonce();
        INFO(login.value());
        CHECK(at.said(login) == row.said);
        CHECK(at.door.counters().accepted == (row.said.starts_with("in") ? 1 : 0));
    }
}
// clang-format on

TEST_CASE("SHA-512-256 as others sum it up") { // the example of RFC 7616 is disputed (erratum 4897)
    const auto sum = ha1(Algorithm::sha512_256, "ada", "pbx.example", "violet");
    CHECK(sum == "98500d878a4d67e7dd9065ba857a79e9eb589fa15a6295f28ad7848acc3fb893");
    Credentials credentials;
    credentials.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
    credentials.uri = "sip:bob@pbx.example";
    credentials.algorithm = Algorithm::sha512_256;
    credentials.qop = "auth";
    credentials.nc = "00000001";
    credentials.cnonce = "f2wE4q74";
    CHECK(digest_response(credentials, "SUBSCRIBE", sum) ==
          "aaaf6fa388efb655734485c48d7b6326798cb6a32c6798a1dfde8469204217fb");
    Entrance at({.realm = "pbx.example", .algorithms = {Algorithm::sha512_256}});
    CHECK(at.said(Login{.nonce = at.nonce(), .algorithm = Algorithm::sha512_256}) == "in ada");
}

TEST_CASE("who is not there is told what who mistypes is told") {
    Entrance at;
    Login nobody{.nonce = at.nonce(), .user = "cem"};
    Login mistyped{.nonce = nobody.nonce, .password = "x"};
    CHECK(at.said(nobody) == at.said(mistyped));
    CHECK(at.door.counters().wrong == 2);
    // Sums of others, and what stands in for who is not there, open nothing.
    Credentials credentials;
    credentials.username = "cem";
    credentials.realm = "pbx.example";
    credentials.nonce = nobody.nonce;
    credentials.uri = "sip:bob@pbx.example";
    credentials.algorithm = Algorithm::md5;
    const auto response = digest_response(credentials, "SUBSCRIBE", "0123456789abcdef0123456789abcdef");
    credentials.response = response;
    CHECK(at.said("Authorization: " + write_credentials(credentials) + "\r\n") == "401 SHA-256 MD5");
    credentials.response = "";
    CHECK(at.said("Authorization: " + write_credentials(credentials) + "\r\n") == "401 SHA-256 MD5");
}

TEST_CASE("a nonce lives five minutes") {
    Entrance at;
    Login login{.nonce = at.nonce()};
    at.now += 300s;
    CHECK(at.said(login) == "in ada");
    login.nc = "00000002";
    at.now += 1s;
    CHECK(at.said(login) == "401 stale SHA-256 MD5");
    Login wrong = login;
    wrong.password = "x";
    CHECK(at.said(wrong) == "401 SHA-256 MD5"); // the password is what must be asked for anew
    login.nonce = nonce_of(at.judge(login.field()));
    CHECK(at.said(login) == "in ada");
}

TEST_CASE("no count of a nonce twice, in whatever order they come") {
    struct Row {
        std::string_view nc;
        bool in;
    };
    const Row rows[] = {
        {"00000001", true},  {"00000001", false}, {"00000003", true},  {"00000002", true},
        {"00000002", false}, {"00000043", true}, // 67: 3 is the last that is still remembered
        {"00000003", false}, {"00000004", true},  {"00000004", false}, {"00000042", true},
        {"00000042", false}, {"00000043", false}, {"ffffffff", true},  {"ffffffff", false},
        {"00000005", false}, {"fffffffe", true},  {"ffffffbf", false}, // too far behind
        {"ffffffc0", true},  {"ffffffc0", false},
    };
    Entrance at;
    Login login{.nonce = at.nonce()};
    std::uint64_t replayed = 0;
    for (const Row& row : rows) {
        INFO(row.nc);
        login.nc = row.nc;
        CHECK(at.said(login) == (row.in ? "in ada" : "401 stale SHA-256 MD5"));
        replayed += row.in ? 0 : 1;
        CHECK(at.door.counters().replayed == replayed);
    }
}

TEST_CASE("who is trusted is whom the proxy says") {
    struct Row {
        std::string_view from;
        std::string fields;
        std::string_view said;
    };
    const Row rows[] = {
        {"sip:Ada@PBX.example", "", "in ada@pbx.example trusted"},
        {"sip:ada@pbx.example", "P-Asserted-Identity: \"Bob de Vries\" <sip:bob@pbx.example>\r\n",
         "in bob@pbx.example trusted"},
        {"sip:ada@pbx.example", "P-Asserted-Identity: <tel:+31201230002>, <sip:bob@pbx.example>\r\n",
         "in +31201230002 trusted"},
        {"sip:ada@pbx.example", "P-Asserted-Identity: <sip:b%6Fb@pbx.example:5062;user=phone>\r\n",
         "in bob@pbx.example trusted"},
        {"sip:anonymous@anonymous.invalid", "", "in anonymous@anonymous.invalid trusted"},
        {"sip:pbx.example", "", "in @pbx.example trusted"},
        {"sip:ada@pbx.example", "Authorization: Digest nonsense\r\n", "in ada@pbx.example trusted"},
    };
    Entrance at;
    for (const Row& row : rows) {
        INFO(row.from, " ", row.fields);
        const Request request(row.fields, "SUBSCRIBE", row.from);
        CHECK(words(at.door.judge(request, proxy, at.now)) == row.said);
        CHECK(words(at.door.judge(request, office, at.now)) != row.said); // nobody else is believed
    }
    CHECK(at.door.counters().trusted == std::size(rows));
}

TEST_CASE("users and networks may be changed while it is open") {
    Entrance at;
    Login login{.nonce = at.nonce()};
    at.door.use(std::make_shared<const Users>(), net::Networks());
    CHECK(at.said(login) == "401 SHA-256 MD5");
    CHECK_FALSE(at.door.trusted(proxy));
    CHECK(at.said("", proxy) == "401 SHA-256 MD5");
}

TEST_CASE("a nonce that is none of ours is stale, whatever the password") {
    Entrance at;
    const auto good = at.nonce();
    const auto dot = good.rfind('.');
    Door other({.realm = "pbx.example"}, {1, 2});
    const auto of_other = nonce_of(other.judge(Request(), office, at.now));
    const std::string rows[] = {
        "",
        ".",
        "..",
        "x",
        "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        good.substr(0, dot),
        good.substr(dot),
        good + "0",
        good.substr(0, good.size() - 1),
        "0" + good,
        good.substr(0, dot) + "0" + good.substr(dot),
        std::string(60, 'f') + good.substr(dot),
        good.substr(0, dot + 1) + std::string(32, '0'),
        of_other,
        at.nonce(elsewhere), // somebody else's
    };
    for (const auto& nonce : rows) {
        INFO(nonce);
        CHECK(at.said(Login{.nonce = nonce}) == "401 stale SHA-256 MD5");
        CHECK(at.said(Login{.nonce = nonce, .password = "x"}) == "401 stale SHA-256 MD5");
    }
    CHECK(at.door.counters().wrong == 0); // who forges an address does not make its owner be silenced
    CHECK(at.said(Login{.nonce = good}) == "in ada");
}

TEST_CASE("a nonce is good for the network of who got it") {
    Entrance at;
    const auto six = [](std::string_view text) { return sip::address_of(text).value(); };
    Login login{.nonce = at.nonce(six("2001:db8:0:1::a"))};
    CHECK(at.said(login, six("2001:db8:0:1:ffff::b")) == "in ada"); // the same telephone with a private address
    login.nc = "00000002";
    CHECK(at.said(login, six("2001:db8:0:2::a")) == "401 stale SHA-256 MD5");
}

TEST_CASE("many challenges at one moment, each counted from 1") {
    Entrance at;
    std::vector<std::string> nonces;
    for (int i = 0; i < 20; ++i)
        nonces.push_back(at.nonce());
    for (const auto& nonce : nonces)
        CHECK(at.said(Login{.nonce = nonce}) == "in ada");
    for (const auto& nonce : nonces)
        CHECK(at.said(Login{.nonce = nonce}) == "401 stale SHA-256 MD5");
    for (const auto& nonce : nonces) // one telephone with two accounts
        CHECK(at.said(Login{.nonce = nonce, .user = "Bob", .password = "umbrella"}) == "in bob");
}

TEST_CASE("without qop a nonce is good once") {
    Entrance at;
    Login login{.nonce = at.nonce(), .nc = ""};
    CHECK(at.said(login) == "in ada");
    CHECK(at.said(login) == "401 stale SHA-256 MD5");
    // A count that nobody summed up makes it no other login.
    CHECK(at.said("Authorization: " + login.value() + ", nc=00000007\r\n") == "401 stale SHA-256 MD5");
    login.uri = "sip:2102@pbx.example";
    CHECK(at.said(login) == "401 stale SHA-256 MD5");
    login.nonce = at.nonce();
    CHECK(at.said(login) == "in ada");
}

TEST_CASE("a clock that goes back costs a challenge and nothing else") {
    Entrance at({.realm = "pbx.example", .knocks = {.per_second = 1, .burst = 4}});
    Login login{.nonce = at.nonce()};
    CHECK(at.said(login) == "in ada");
    login.nc = "00000002";
    CHECK(at.door.may_knock(Request(), office, at.now));
    at.now -= 2h;
    CHECK(at.door.may_knock(Request(), office, at.now));
    CHECK(at.said(login) == "401 stale SHA-256 MD5");
    login.nonce = at.nonce();
    CHECK(at.said(login) == "in ada");
    login.nc = "00000003";
    at.now += 2s;
    CHECK(at.said(login) == "in ada");
}

// clang-format off
TEST_CASE("several Authorization fields, other schemes, what cannot be read") {
    Entrance at;
    Login login;
    const auto fresh = [&] { login.nonce = at.nonce(); return login.field(); };
    const auto old = "Authorization: " + Login{.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093"}.value() + "\r\n";
    const auto proxys = Login{.nonce = at.nonce(), .realm = "proxy.example"}.field();
    const std::string basic = "Authorization: Basic YWRhOnZpb2xldA==\r\n";
    CHECK(at.said(basic) == "401 SHA-256 MD5");
    CHECK(at.said(proxys) == "401 SHA-256 MD5");
    CHECK(at.said(basic + fresh()) == "in ada");
    CHECK(at.said(proxys + fresh()) == "in ada");
    CHECK(at.said(fresh() + proxys) == "in ada");
    CHECK(at.said(old + fresh()) == "in ada");
    CHECK(at.said(fresh() + old) == "in ada");
    CHECK(at.said(old + old) == "401 stale SHA-256 MD5");
    CHECK(at.said("Proxy-" + fresh()) == "401 SHA-256 MD5");
    for (std::string_view bad : {"Digest", "Digest username=\"ada\"", "Digest username=\"ada"})
        CHECK(at.said("Authorization: " + std::string(bad) + "\r\n") == "400");
    CHECK(at.door.counters().malformed == 3);
    std::string many;
    for (int i = 0; i < 7; ++i) many += proxys;
    CHECK(at.said(many + fresh()) == "in ada");
    CHECK(at.said(many + proxys + fresh()) == "401 SHA-256 MD5"); // nobody needs more than eight
}
// clang-format on
