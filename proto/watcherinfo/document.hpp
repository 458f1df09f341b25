// Watcher information (RFC 3858): who has subscribed to somebody's state, as the package *.winfo (RFC 3857) tells it.
// Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "proto/xml/versioned.hpp"

namespace lamp::watcherinfo {

inline constexpr std::string_view media_type = "application/watcherinfo+xml";
inline constexpr std::string_view name_space = "urn:ietf:params:xml:ns:watcherinfo";
inline constexpr std::size_t watchers_max = 1000; // of one document read

enum class Status : std::uint8_t { pending, active, waiting, terminated };
/// What has brought a watcher into its status (RFC 3858 4.6).
enum class Event : std::uint8_t {
    subscribe,
    approved,
    deactivated,
    probation,
    rejected,
    timeout,
    giveup,
    noresource,
};
[[nodiscard]] std::string_view name(Status status);
[[nodiscard]] std::string_view name(Event event);

struct Watcher {
    std::string uri;
    std::string id; // stable for the life of the subscription, the same for nobody else in the list
    Status status = Status::active;
    Event event = Event::approved;
    std::string display{};                     // empty: left out
    std::optional<std::uint32_t> expires_s{};  // seconds until the subscription ends; of terminated ones none
    std::optional<std::uint32_t> duration_s{}; // seconds since it began
    bool operator==(const Watcher&) const = default;
};

struct List {
    std::string resource; // URI of whom the watchers watch
    std::string package;  // without ".winfo": "presence"
    std::vector<Watcher> watchers;
    bool operator==(const List&) const = default;
};

struct Document {
    std::uint32_t version = 0; // +1 with each document of a subscription (RFC 3858 4.1)
    bool full = true;          // else only what has changed
    std::vector<List> lists;
    bool operator==(const Document&) const = default;
};

/// The document with `version` where it can be patched. Everything given is escaped.
[[nodiscard]] xml::Versioned write(const Document& document);

/// Refuses (category `protocol`) other roots, a version or state that lacks, lists without resource or package,
/// watchers without id, address, or a status or event that no RFC names; (`limit`) more than 1000 watchers.
[[nodiscard]] Result<Document> read(std::string_view text);

} // namespace lamp::watcherinfo
