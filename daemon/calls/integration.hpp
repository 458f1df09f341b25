// What is shown of an integration (a source of contacts for recognition), and what may be asked of it. Values only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace lamp::calls {

/// One of its contacts, for whoever sets it up.
struct IntegrationSample {
    struct Number {
        std::string kind, number;
        bool usable = false; // as a telephone number
    };
    std::string id, name, url;
    std::vector<Number> numbers{};
    std::vector<std::pair<std::string, std::string>> fields{};
};

struct IntegrationView {
    std::string name;
    std::string type;   // csv, sqlite, ldap, rest
    std::string preset; // rest only; else empty
    bool enabled = true;
    bool deleted = false; // may be brought back until `gone_at`
    std::optional<Wall> gone_at{};
    std::string state; // up, syncing, degraded, down, off
    std::uint64_t contacts = 0;
    std::uint64_t numbers = 0;
    std::uint64_t unusable = 0;      // numbers that are none
    std::optional<Wall> last_sync{}; // the last good one
    std::optional<Wall> next_sync{};
    std::optional<milliseconds> took{};
    std::string last_error{};                  // empty: none
    std::vector<std::string> capabilities{};   // how it is asked: "delta", "live"
    std::vector<std::string> can{};            // what it is good for: "recognise", "search", "create"
    std::vector<std::string> fields{};         // that `$(Field)` may name
    std::optional<IntegrationSample> sample{}; // only where it was asked for, and there is a contact
};

enum class IntegrationVerb : std::uint8_t { enable, disable, sync, sync_forced, remove, undo, sample };

struct IntegrationOrder {
    std::string name;
    IntegrationVerb verb{};
    std::string by; // the token's name, for the audit
};

} // namespace lamp::calls
