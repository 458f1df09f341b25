// The event packages that may be subscribed to (RFC 6665 5): one row each. A row more is a package more. Pure.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "sip/view.hpp"

namespace lamp::sip {

/// A document, rendered once for all watchers that ask for it in the same way.
struct Body {
    static constexpr std::size_t no_version = static_cast<std::size_t>(-1);
    std::string text;
    std::string media_type{};            // where it is not the package's
    std::size_t version_at = no_version; // where xml::Versioned::write_version writes each watcher's own number
    std::uint64_t hash = 0;              // of the text before any version was written
};

/// How a watcher wants to see a resource.
struct Wish {
    std::string_view entity; // the resource's URI, byte for byte as it was subscribed to
    const dialoginfo::Dialect* dialect = nullptr;
};

struct EventPackage {
    std::string_view name;       // case matters (RFC 6665 8.2.1)
    std::string_view media_type; // of its documents
    std::uint32_t expires;       // seconds, where the SUBSCRIBE does not say
    milliseconds pause;          // changes that follow a NOTIFY within this time are told as one
    bool lists;                  // may be asked of a list (RFC 4662)
    bool publications;           // may be published (RFC 3903)
    bool (*known)(const View&);  // else nothing is told: better no lamp than a wrong one
    bool (*offered)(const View&);
    void (*render)(const View&, const Wish&, Body&); // fills in all but the hash
    std::string_view watched{};                      // watcher information: of this package
    bool own_only = false;                           // only for the person itself and trusted peers
};

using PackageIndex = std::uint8_t;
[[nodiscard]] std::span<const EventPackage> event_packages();
[[nodiscard]] const EventPackage* event_package(std::string_view name);
/// "dialog, presence, …": the value of Allow-Events.
[[nodiscard]] std::string_view allow_events();

} // namespace lamp::sip
