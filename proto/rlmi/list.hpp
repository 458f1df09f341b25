// Resource list meta-information (RFC 4662 5): what a NOTIFY for a list says of its members, and the multipart/related
// body (RFC 2387) that carries it with the members' documents. Pure.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::rlmi {

inline constexpr std::string_view media_type = "application/rlmi+xml";
inline constexpr std::size_t resources_max = 1000; // of one list read
inline constexpr std::size_t parts_max = 1000;     // of one body read

enum class State : std::uint8_t { pending, active, terminated };
[[nodiscard]] std::string_view name(State state);

/// One subscription behind a member. `cid` names the part with its document, without angle brackets; empty: no part.
struct Instance {
    std::string id;
    State state = State::active;
    std::string reason; // of terminated: "rejected", "noresource" …
    std::string cid;
    bool operator==(const Instance&) const = default;
};

struct Resource {
    std::string uri;
    std::string name; // the label of the key; empty: left out
    std::vector<Instance> instances;
    bool operator==(const Resource&) const = default;
};

struct List {
    std::string uri; // as the watcher subscribed to it
    std::uint32_t version = 0;
    bool full = true;                // the first after each SUBSCRIBE is, and holds every member
    std::vector<Resource> resources; // in the order of the keys
    bool operator==(const List&) const = default;
};

[[nodiscard]] std::string write(const List& list);
/// Refuses (category `protocol`) another root, a list without uri, version or fullState, resources without uri,
/// instances without id or state; (`limit`) more than 1000 resources.
[[nodiscard]] Result<List> read(std::string_view text);

/// A part of a multipart body. Views: nothing is copied until it is written, or as long as what was read lives.
struct Part {
    std::string_view content_type;
    std::string_view content_id; // without angle brackets
    std::string_view body;
};

struct Multipart {
    std::string content_type; // the value of the message's Content-Type
    std::string body;
};
/// The root part first: its media type and id become `type` and `start`. The boundary begins with `boundary` and is
/// made longer until it stands in no part. Refuses (category `invalid`) line breaks and quotes in what becomes a
/// header, and a boundary that is none.
[[nodiscard]] Result<Multipart> write_multipart(std::span<const Part> parts, std::string_view boundary);

/// Takes a multipart body apart. Refuses (category `protocol`) a Content-Type without a boundary and a body that does
/// not end with it; (`limit`) more than 1000 parts. Text before the first boundary and behind the last is dropped.
[[nodiscard]] Result<std::vector<Part>> read_multipart(std::string_view content_type, std::string_view body);

} // namespace lamp::rlmi
