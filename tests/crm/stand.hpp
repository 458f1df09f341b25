// A preset for the machines, answers made by hand, a clock that the test turns.
#pragma once
#include <doctest/doctest.h>

#include <string>

#include "recognition/rest/sync.hpp"

namespace testing {

using namespace lamp;
using namespace lamp::recognition::rest;
using namespace std::chrono_literals;

inline bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

inline Preset preset_of(std::string_view text, std::map<std::string, std::string> values = {}) {
    auto made = read_preset(text, "test.toml", values);
    REQUIRE_MESSAGE(made, config::to_string(made.error()));
    return *std::move(made);
}

/// A list in pages by cursor, and changes by date.
inline constexpr std::string_view plain = R"(
base_url = "https://crm.example.net"
incremental = "since"
overlap_s = 60
items = "/items"
[paging]
kind = "cursor"
size = 2
at = "/next"
total = "/total"
[map]
id = "/id"
name = "/name"
updated = "/at"
deleted = "/gone"
numbers = [{at = "/phone", kind = "work"}]
[[list]]
path = "/contacts"
query = {after = "{cursor}", limit = "{size}"}
[[delta]]
path = "/changes"
query = {after = "{cursor}", since = "{since}"}
)";

inline Result<http::Answer> answer(int status, std::string body, http::Headers headers = {}) {
    http::Answer made;
    made.status = status;
    made.headers = std::move(headers);
    made.headers.add("Content-Type", body.starts_with('<') ? "text/html" : "application/json");
    made.body = std::move(body);
    return made;
}

struct Stand {
    explicit Stand(Preset with, std::string_view cursor = {}) : preset(std::move(with)), quota(preset.rates) {
        begin(cursor);
    }

    void begin(std::string_view cursor) { sync.emplace(preset, quota, cursor, wall, 1); }
    Step next() { return sync->next(now, wall); }
    /// The request that must come now.
    Ask ask() {
        auto step = next();
        if (const auto* error = std::get_if<Error>(&step)) FAIL(error->text);
        if (std::holds_alternative<Pause>(step)) { // the preset's pace
            CHECK(pause() <= 1s);
            step = next();
        }
        REQUIRE(std::holds_alternative<Ask>(step));
        return std::get<Ask>(step);
    }
    void give(const Result<http::Answer>& told) { sync->answer(told, now, wall); }
    /// Asks, checks where, answers.
    void turn(std::string_view target, const Result<http::Answer>& told) {
        auto asked = ask();
        CHECK(asked.target == target);
        give(told);
    }
    Synced done() {
        auto step = next();
        if (const auto* error = std::get_if<Error>(&step)) FAIL(error->text);
        REQUIRE(std::holds_alternative<Synced>(step));
        return std::get<Synced>(std::move(step));
    }
    Error failed() {
        auto step = next();
        REQUIRE(std::holds_alternative<Error>(step));
        return std::get<Error>(step);
    }
    milliseconds pause() {
        auto step = next();
        REQUIRE(std::holds_alternative<Pause>(step));
        auto wait = std::chrono::ceil<milliseconds>(std::get<Pause>(step).until - now);
        now += wait;
        wall += wait;
        return wait;
    }

    Preset preset;
    Quota quota;
    Steady now{1h};
    Wall wall = parse_rfc3339("2026-01-05T09:00:00Z").value();
    std::optional<Sync> sync;
};

} // namespace testing
