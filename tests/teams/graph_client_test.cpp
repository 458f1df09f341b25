// Where Graph's links lead.
#include "adapters/teams/graph_client.hpp"

#include <doctest/doctest.h>

using namespace lamp;

TEST_CASE("links of Graph are followed at the place that the configuration names") {
    struct Row {
        const char* graph;
        const char* target;
        const char* local;
    };
    // clang-format off
    const Row rows[] = {
        {"https://graph.microsoft.com", "/v1.0/users?$top=999",                                    "/v1.0/users?$top=999"},
        {"https://graph.microsoft.com", "https://graph.microsoft.com/v1.0/users?$skiptoken=a%2Bb", "/v1.0/users?$skiptoken=a%2Bb"},
        {"https://gw.example.net/graph", "/v1.0/users",                                            "/graph/v1.0/users"},
        {"https://gw.example.net/graph", "https://gw.example.net/graph/v1.0/users?$skiptoken=x",   "/graph/v1.0/users?$skiptoken=x"},
        {"https://gw.example.net/graph", "https://graph.microsoft.com/v1.0/users?$skiptoken=x",    "/graph/v1.0/users?$skiptoken=x"},
        {"http://127.0.0.1:8080",        "http://localhost:8080/v1.0/users?$skiptoken=x",          "/v1.0/users?$skiptoken=x"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.graph);
        auto local = http::local_target(*http::Url::parse(row.graph), row.target);
        REQUIRE(local.has_value());
        CHECK(*local == row.local);
    }
    CHECK(!http::local_target(*http::Url::parse("https://graph.microsoft.com"), "v1.0/users").has_value());
}
