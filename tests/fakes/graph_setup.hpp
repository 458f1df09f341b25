// A simulator with twelve people, a raw client and a token: what the tests of the fake Graph begin with.
#pragma once

#include "graph/crypto.hpp"
#include "graph/times.hpp"
#include "raw_client.hpp"
#include "world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sim_test {

namespace json = boost::json;
namespace crypto = sim::graph::crypto;
using namespace std::chrono_literals;
using raw::Answer;

inline const std::string as_form = "Content-Type: application/x-www-form-urlencoded\r\n";
inline const std::string as_json = "Content-Type: application/json\r\n";
inline const std::string scope = "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default";
inline const std::string nobody_id = "11111111-1111-1111-1111-111111111111";

inline json::object object_of(const std::string& text) {
    boost::system::error_code failed;
    const json::value value = json::parse(text, failed);
    REQUIRE_MESSAGE((!failed && value.is_object()), text);
    return value.as_object();
}

inline std::string text(const json::value& value) {
    return std::string(value.as_string());
}

struct Setup {
    explicit Setup(std::size_t people = 12) : world(options(people)) {
        world.start();
        const json::object line = world.announcement();
        url = text(line.at("graph"));
        tenant = text(line.at("tenant"));
        client = text(line.at("client_id"));
        login = "/" + tenant + "/oauth2/v2.0/token";
        credentials = "grant_type=client_credentials&client_id=" + client + "&client_secret=graph-secret" + scope;
        auth = "Bearer " + token();
        for (int i = 0; i < 3; ++i)
            ids.push_back(text(command("graph/user", {{"user", std::to_string(2000 + i)}}).at("id")));
        path = "/v1.0/users/" + ids[0] + "/presence";
    }
    static sim::Options options(std::size_t people) {
        sim::Options o;
        o.people = people;
        o.second_line_every = 0;
        return o;
    }

    json::object command(std::string_view name, json::object arguments = {}) {
        const auto answer = world.command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), (answer ? std::string() : answer.error()));
        return answer->as_object();
    }
    std::string mistake(std::string_view name, json::object arguments) {
        const auto answer = world.command(name, std::move(arguments));
        return answer ? std::string() : answer.error();
    }

    Answer form(const std::string& body, const std::string& extra = {}) {
        return raw::ask(url, "POST", login, body, {}, as_form + extra);
    }
    std::string token() { return text(object_of(form(credentials).body).at("access_token")); }
    std::string delegated(const std::string& user) {
        return "Bearer " + text(command("graph/token", {{"issue", true}, {"user", user}}).at("access_token"));
    }

    Answer get(const std::string& target) { return raw::ask(url, "GET", target, {}, auth); }
    Answer post(const std::string& target, const std::string& body) {
        return raw::ask(url, "POST", target, body, auth, as_json);
    }
    std::string session(const std::string& pair, const std::string& more = {}) const {
        const auto slash = pair.find('/');
        return R"({"sessionId":")" + client + R"(","availability":")" + pair.substr(0, slash) + R"(","activity":")" +
               pair.substr(slash + 1) + "\"" + more + "}";
    }
    int set(const std::string& pair, const std::string& more = {}) {
        return post(path + "/setPresence", session(pair, more)).status;
    }
    int clear() { return post(path + "/clearPresence", R"({"sessionId":")" + client + "\"}").status; }
    std::string seen() { return pair_of(object_of(get(path).body)); }
    static std::string pair_of(const json::object& presence) {
        return text(presence.at("availability")) + "/" + text(presence.at("activity"));
    }
    void later(std::int64_t seconds) {
        const auto before = command("graph/settings").at("clock_offset_ms").to_number<std::int64_t>();
        command("graph/settings", {{"clock_offset_ms", before + seconds * 1000}});
        auth = "Bearer " + token();
    }

    sim::World world;
    std::string url, tenant, client, login, credentials, auth, path;
    std::vector<std::string> ids;
};

inline std::string ids_body(std::size_t count, const std::string& id = nobody_id) {
    std::string body = R"({"ids":[)";
    for (std::size_t i = 0; i < count; ++i)
        body += (i ? ",\"" : "\"") + id + "\"";
    return body + "]}";
}

} // namespace sim_test
