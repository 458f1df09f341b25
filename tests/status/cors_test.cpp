// Pages of other sites: who may read what is answered, and what a browser is told when it asks first.
#include <array>
#include <doctest/doctest.h>

#include "office.hpp"
#include "status/cors.hpp"

using namespace lamp;
using status::Cors;

namespace {

constexpr const char* crm = "https://crm.example.net";

status::Options with_origins(std::vector<std::string> origins) {
    auto options = testing::default_options();
    options.access.cors_origins = std::move(origins);
    return options;
}

std::string from(const std::string& origin) {
    return "Origin: " + origin + "\r\n";
}
std::string asking(const std::string& origin) {
    return from(origin) + "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n";
}

} // namespace

TEST_CASE("cors: what an origin is") {
    struct Row {
        const char* origin;
        bool good;
    };
    constexpr std::array rows{
        Row{"https://crm.example.net", true},
        Row{"http://localhost:3000", true},
        Row{"https://[::1]:8443", true},
        Row{"*", false},
        Row{"null", false},
        Row{"", false},
        Row{"https://crm.example.net/", false},
        Row{"https://crm.example.net/app", false},
        Row{"crm.example.net", false},
        Row{"https://CRM.example.net", false},
        Row{"https://crm.example.net:443", false},
        Row{"http://crm.example.net:80", false},
        Row{"ftp://crm.example.net", false},
        Row{"https://*.example.net", false},
        Row{"https://", false},
        Row{"https://a\r\nX: y", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.origin);
        CHECK(Cors::mistake(row.origin).empty() == row.good);
    }
}

TEST_CASE("cors: an answer may be read by the pages that are named, and no others") {
    testing::Office office(with_origins({crm, "http://localhost:3000"}));
    auto client = office.client();
    struct Row {
        const char* path;
        std::string origin;
        bool allowed;
    };
    const std::array rows{Row{"/v1/whoami", crm, true},
                          Row{"/v1/whoami", "http://localhost:3000", true},
                          Row{"/v1/status", crm, true}, // answered later
                          Row{"/v1/nothing", crm, true},
                          Row{"/v1/whoami", "https://crm.example.net.evil.example", false},
                          Row{"/v1/whoami", "http://crm.example.net", false},
                          Row{"/v1/whoami", "null", false},
                          Row{"/healthz", crm, false}};
    for (const auto& row : rows) {
        CAPTURE(row.path);
        CAPTURE(row.origin);
        auto answer = client.request("GET", row.path, testing::viewer, {}, from(row.origin));
        CHECK(answer.status != 0);
        CHECK(answer.field("Access-Control-Allow-Origin").value_or("") == (row.allowed ? row.origin : std::string()));
        CHECK(answer.field("Vary").value_or("") == (row.path[1] == 'v' ? "Origin" : ""));
        CHECK(!answer.field("Access-Control-Allow-Credentials"));
    }
    CHECK(client.get("/v1/whoami", testing::viewer).field("Vary").value_or("") == "Origin");
    CHECK(client.request("GET", "/v1/whoami", {}, {}, from(crm)).status == 401); // a token all the same
}

TEST_CASE("cors: a browser asks first") {
    testing::Office office(with_origins({crm}));
    auto client = office.client();
    auto answer = client.request("OPTIONS", "/v1/dial", {}, {}, asking(crm));
    CHECK(answer.status == 204);
    CHECK(answer.field("Access-Control-Allow-Origin").value_or("") == crm);
    CHECK(answer.field("Access-Control-Allow-Methods").value_or("").find("POST") != std::string::npos);
    CHECK(answer.field("Access-Control-Allow-Headers").value_or("").find("Authorization") != std::string::npos);
    CHECK(answer.field("Vary").value_or("") == "Origin");
    CHECK(client.request("OPTIONS", "/v1/dial", {}, {}, asking("https://evil.example")).status == 405);
    CHECK(client.request("OPTIONS", "/v1/dial", {}, {}, from(crm)).status == 405); // no question
    CHECK(client.request("OPTIONS", "/v1/nothing", {}, {}, asking(crm)).status == 404);
    CHECK(client.request("OPTIONS", "/healthz", {}, {}, asking(crm)).status == 405);
}

TEST_CASE("cors: nothing is said of it where nobody is named, and a reload changes that") {
    testing::Office office;
    auto client = office.client();
    auto before = client.request("GET", "/v1/whoami", testing::viewer, {}, from(crm));
    CHECK(before.status == 200);
    CHECK(!before.field("Access-Control-Allow-Origin"));
    CHECK(!before.field("Vary"));
    CHECK(client.request("OPTIONS", "/v1/dial", {}, {}, asking(crm)).status == 405);
    REQUIRE(office.service.use_access(with_origins({crm}).access));
    office.settle();
    CHECK(client.request("GET", "/v1/whoami", testing::viewer, {}, from(crm))
              .field("Access-Control-Allow-Origin")
              .value_or("") == crm);
}

TEST_CASE("cors: live events may be read, too") {
    testing::Office office(with_origins({crm}));
    auto client = office.client();
    client.send("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer viewer-secret\r\n" + from(crm) +
                "\r\n");
    auto head = client.read_until("\r\n\r\n");
    CHECK(head.find("Access-Control-Allow-Origin: https://crm.example.net\r\n") != std::string::npos);
}
