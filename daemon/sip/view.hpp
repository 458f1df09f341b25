// What watchers may be told of one resource (a person, one of their lines), read at one moment: the seam between those
// who know (the presence table, the telephony loop, publications) and the event packages that render it. Lives on the
// sip loop.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "calls/control.hpp"
#include "calls/line_news.hpp"
#include "presence/words.hpp"
#include "proto/dialoginfo/document.hpp"
#include "proto/pidf/document.hpp"
#include "sip/watching.hpp"

namespace lamp::sip {

/// Dense index of whom or what a SUBSCRIBE or PUBLISH may name. Never moves while the daemon runs.
using ResourceIndex = std::uint32_t;

using Messages = calls::Messages; // of a voice mail box (RFC 3842)

/// Where a line forwards to. A kind that is not known, or that the line has not, is not told.
struct Forwards {
    std::optional<calls::ForwardSetting> always{};
    std::optional<calls::ForwardSetting> busy{};
    std::optional<calls::ForwardSetting> no_answer{};
    bool operator==(const Forwards&) const = default;
};

struct View {
    /// False: nobody knows the calls now (the platform is away for too long). A lamp must not be lit or darkened by it.
    bool calls_known = true;
    presence::Status status = presence::Status::unknown; // the verdict, for presence
    Wall since{};
    std::string_view name;                              // of the person
    std::span<const dialoginfo::Dialog> dialogs;        // of the line's calls, and published ones
    std::span<const pidf::Document* const> published{}; // presence documents of publications, newest first
    std::optional<Messages> messages{};                 // nothing: the platform does not tell
    bool messages_awaited = false;                      // it will
    bool dnd = false;
    presence::Forwarding forwarding = presence::Forwarding::none;
    presence::AgentState agent = presence::AgentState::none;
    const Forwards* forwards = nullptr;   // of its first line; nothing: not known
    std::span<const Watching> watchers{}; // for watcher information; filled in by the notifier
    Steady now{};                         // likewise
};

/// What a watcher may see of a resource.
enum class Permission : std::uint8_t {
    refused,  // nothing: 403
    polite,   // that there is nothing to see: an idle line, an unknown presence
    nameless, // the state, and not who is on the other side
    allowed,
};

/// Who asks, after authentication (sip-csta.md 9).
struct Watcher {
    std::string id;       // authenticated user, or the From URI of a trusted peer, in lower case; what limits count by
    bool trusted = false; // came from a trusted network
    bool operator==(const Watcher&) const = default;
};

} // namespace lamp::sip
