// TLS both ways: two transports that talk to each other, and peers that do not speak it as they should.
#include <filesystem>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include "../http/certificates.hpp"
#include "house.hpp"
#include "net/tls.hpp"

using namespace testing;

namespace {

/// An authority, and a folder with a certificate and key of its making; gone with the test.
class Papers {
public:
    explicit Papers(const std::string& name) : authority_(name) {
        char path[] = "/tmp/lamp-test-tls-XXXXXX";
        REQUIRE(::mkdtemp(path) != nullptr);
        folder_ = path;
        renew({});
    }
    ~Papers() { std::filesystem::remove_all(folder_); }
    Papers(const Papers&) = delete;
    Papers& operator=(const Papers&) = delete;

    void renew(const Wanted& wanted) {
        const auto made = authority_.issue(wanted);
        serial_ = ASN1_INTEGER_get(X509_get0_serialNumber(made.certificate.get()));
        FILE* out = std::fopen(certificate().c_str(), "w");
        REQUIRE(PEM_write_X509(out, made.certificate.get()) == 1);
        std::fclose(out);
        out = std::fopen(key().c_str(), "w");
        REQUIRE(PEM_write_PrivateKey(out, made.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
        std::fclose(out);
    }
    void spoil() const { std::filesystem::resize_file(key(), 10); }
    [[nodiscard]] std::filesystem::path certificate() const { return folder_ / "certificate.pem"; }
    [[nodiscard]] std::filesystem::path key() const { return folder_ / "key.pem"; }
    [[nodiscard]] std::filesystem::path ca() const { return authority_.file(); }
    [[nodiscard]] long serial() const { return serial_; }

private:
    Authority authority_;
    std::filesystem::path folder_;
    long serial_ = 0;
};

std::function<void(sip::TransportOptions&)> with(const Papers& own, const Papers* trusted) {
    return [&own, trusted](sip::TransportOptions& options) {
        options.certificate = own.certificate();
        options.key = own.key();
        if (trusted) options.client_ca = trusted->ca();
    };
}

sip::Place at(const House& house) {
    return {*sip::address_of("127.0.0.1"), house.port()};
}

/// A client that is not ours, over a connection that never waits.
class Client {
public:
    explicit Client(const House& house, const std::function<void(SSL_CTX*)>& adjust = {})
        : peer_(Peer::tcp("127.0.0.1", house.port())), context_(SSL_CTX_new(TLS_client_method())) {
        if (adjust) adjust(context_.get());
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), peer_.descriptor());
        SSL_set_connect_state(ssl_.get());
        const timeval wait{0, 1000};
        ::setsockopt(peer_.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    }
    /// 1: done; 0: not yet; -1: failed.
    int handshake() {
        const int result = SSL_do_handshake(ssl_.get());
        if (result == 1) return 1;
        const int why = SSL_get_error(ssl_.get(), result);
        return why == SSL_ERROR_WANT_READ ? 0 : -1;
    }
    void send(std::string_view bytes) {
        CHECK(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()));
    }
    std::string receive() {
        std::string out(1000, '\0');
        const int got = SSL_read(ssl_.get(), out.data(), 1000);
        out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return out;
    }
    [[nodiscard]] long serial() const {
        return ASN1_INTEGER_get(X509_get0_serialNumber(SSL_get0_peer_certificate(ssl_.get())));
    }
    [[nodiscard]] std::string version() const { return SSL_get_version(ssl_.get()); }

private:
    Peer peer_;
    net::TlsContext context_;
    std::unique_ptr<SSL, net::SslFree> ssl_;
};

int shake(House& house, Client& client) {
    int result = 0;
    CHECK(house.until([&] { return (result = client.handshake()) != 0; }));
    return result;
}

} // namespace

TEST_CASE("two transports over TLS: dialled, both certified, messages of all lengths both ways") {
    Papers papers("one authority");
    House house({"tls:127.0.0.1:0"}, {}, with(papers, &papers));
    House other({"tls:127.0.0.1:0"}, {}, with(papers, &papers));
    house.answer = [](const Heard& one) { return one.bytes; };
    const auto flow = other.transports.flow_to(sip::Transport::tls, at(house), 0, "localhost");
    REQUIRE(flow);
    CHECK_FALSE(other.transports.certified(*flow));
    std::string sent;
    for (const std::size_t size : {0U, 1U, 16'383U, 16'384U, 65'536U, 200'000U, 10U}) {
        const auto one = options_request("a" + std::to_string(size), std::string(size, 'x'));
        sent += one;
        CHECK(other.transports.send(*flow, one));
    }
    REQUIRE(until(house, other, [&] { return house.heard.size() == 7 && other.heard.size() == 7; }));
    std::string got;
    for (const auto& one : other.heard)
        got += one.bytes;
    CHECK(got == sent);
    CHECK(house.heard[0].transport == sip::Transport::tls);
    CHECK(house.transports.certified(house.heard[0].flow));
    CHECK(other.transports.certified(*flow));
    CHECK(house.transports.local(house.heard[0].flow).port == house.port());
    CHECK(house.counters().ways[2].received == 7);
    // The same name is the same way; another name is another one.
    CHECK(other.transports.flow_to(sip::Transport::tls, at(house)) == flow);
    CHECK(other.transports.flow_to(sip::Transport::tls, at(house), 0, "localhost") == flow);
    CHECK(other.transports.flow_to(sip::Transport::tls, at(house), 0, "pbx.example") != flow);
    other.transports.close(*flow);
    CHECK(until(house, other, [&] { return !house.closed.empty() && !other.closed.empty(); }));
}

TEST_CASE("whom we dial must show a certificate that holds; a client's must hold if it shows one") {
    Papers papers("one authority");
    Papers strangers("another authority");
    struct Row {
        std::string_view what;
        const Papers* ours;    // whom the accepting side trusts with client certificates; null: asks for none
        const Papers* shown;   // by the dialling side
        const Papers* trusted; // by the dialling side
        std::string_view name; // that is dialled
        bool good, certified;
    };
    const Row rows[] = {
        {"all is well", &papers, &papers, &papers, "localhost", true, true},
        {"no name asked for", &papers, &papers, &papers, "", true, true},
        {"nobody asks the client", nullptr, &strangers, &papers, "localhost", true, false},
        {"another name", &papers, &papers, &papers, "pbx.example", false, false},
        {"another authority", &papers, &papers, &strangers, "localhost", false, false},
        {"a client of another authority", &papers, &strangers, &papers, "localhost", false, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        House house({"tls:127.0.0.1:0"}, {}, with(papers, row.ours));
        House other({"tls:127.0.0.1:0"}, {}, with(*row.shown, row.trusted));
        const auto flow = other.transports.flow_to(sip::Transport::tls, at(house), 0, row.name);
        REQUIRE(flow);
        CHECK(other.transports.send(*flow, options_request("a")));
        REQUIRE(until(house, other, [&] { return !house.heard.empty() || !other.closed.empty(); }));
        CHECK(house.heard.empty() != row.good);
        if (row.good) CHECK(house.transports.certified(house.heard[0].flow) == row.certified);
        CHECK(other.closed.empty() == row.good);
        const auto failed = house.counters().handshakes_failed + other.counters().handshakes_failed;
        CHECK((failed == 0) == row.good);
    }
}

TEST_CASE("a client without a certificate is served; TLS 1.2 and 1.3 are spoken, older ones are not") {
    Papers papers("one authority");
    House house({"tls:127.0.0.1:0"}, {}, with(papers, &papers));
    house.answer = [](const Heard&) { return "SIP/2.0 200 OK\r\n\r\n"s; };
    struct Row {
        int version;
        std::string_view name; // empty: refused
    };
    for (const Row& row : {Row{TLS1_3_VERSION, "TLSv1.3"}, Row{TLS1_2_VERSION, "TLSv1.2"}, Row{TLS1_1_VERSION, ""},
                           Row{TLS1_VERSION, ""}}) {
        CAPTURE(row.version);
        house.heard.clear();
        Client client(house, [&](SSL_CTX* context) {
            SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
            SSL_CTX_set_min_proto_version(context, row.version);
            SSL_CTX_set_max_proto_version(context, row.version);
        });
        REQUIRE((shake(house, client) == 1) == !row.name.empty());
        if (row.name.empty()) continue;
        CHECK(client.version() == row.name);
        const auto request = options_request("a");
        for (char c : request) // a record for each
            client.send({&c, 1});
        std::string got;
        CHECK(house.until([&] { return !(got += client.receive()).empty(); }));
        CHECK(got == "SIP/2.0 200 OK\r\n\r\n");
        CHECK_FALSE(house.transports.certified(house.heard.at(0).flow));
    }
    CHECK(house.until([&] { return house.counters().handshakes_failed == 2; }));
}

TEST_CASE("junk and silence instead of a handshake") {
    Papers papers("one authority");
    sip::TransportLimits limits;
    limits.sweep = milliseconds(5);
    limits.handshake_wait = milliseconds(60);
    House house({"tls:127.0.0.1:0"}, limits, with(papers, nullptr));
    auto plain = Peer::tcp("127.0.0.1", house.port());
    plain.send(options_request("in the clear"));
    CHECK(house.until([&] { return plain.ended(); }));
    CHECK(house.counters().handshakes_failed == 1);
    auto silent = Peer::tcp("127.0.0.1", house.port());
    CHECK(house.until([&] { return silent.ended(); }));
    auto half = Peer::tcp("127.0.0.1", house.port());
    half.send("\x16\x03\x01\x02\x00\x01"sv);
    CHECK(house.until([&] { return half.ended(); }));
    CHECK(house.counters().timed_out == 2);
    CHECK(house.heard.empty());
    CHECK(house.closed.size() == 3);
    CHECK(house.transports.connections() == 0);
}

TEST_CASE("a new certificate is for new connections; a bad one changes nothing") {
    Papers papers("one authority");
    House house({"tls:127.0.0.1:0"}, {}, with(papers, nullptr));
    house.answer = [](const Heard&) { return "SIP/2.0 200 OK\r\n\r\n"s; };
    const auto first = papers.serial();
    Client before(house);
    REQUIRE(shake(house, before) == 1);
    papers.renew({});
    Client unaware(house);
    REQUIRE(shake(house, unaware) == 1);
    CHECK(unaware.serial() == first);
    REQUIRE(house.transports.reload_certificates());
    Client after(house);
    REQUIRE(shake(house, after) == 1);
    CHECK(before.serial() == first);
    CHECK(after.serial() == papers.serial());
    CHECK(after.serial() != first);
    papers.spoil();
    const auto bad = house.transports.reload_certificates();
    REQUIRE_FALSE(bad);
    CHECK(bad.error().text.starts_with("The key " + papers.key().string() + " cannot be used: "));
    Client still(house);
    REQUIRE(shake(house, still) == 1);
    CHECK(still.serial() == papers.serial());
    before.send(options_request("a"));
    std::string got;
    CHECK(house.until([&] { return !(got += before.receive()).empty(); }));
}
