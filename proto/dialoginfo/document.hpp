// Dialog information (RFC 4235): the calls of one user as lamps read them. Written in the form that all telephones read
// (default namespace, one `dialog` also when idle, the most urgent first); read as strangers write it. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "proto/xml/versioned.hpp"

namespace lamp::dialoginfo {

inline constexpr std::string_view media_type = "application/dialog-info+xml";
inline constexpr std::string_view name_space = "urn:ietf:params:xml:ns:dialog-info";
inline constexpr std::size_t dialogs_max = 64; // of one document read

enum class State : std::uint8_t { trying, proceeding, early, confirmed, terminated };
enum class Direction : std::uint8_t { none, initiator, recipient };
/// Why a dialog is terminated (RFC 4235 3.7.1, attribute `event`).
enum class Cause : std::uint8_t { none, cancelled, rejected, replaced, local_bye, remote_bye, error, timeout };

[[nodiscard]] std::string_view name(State state);
[[nodiscard]] std::string_view name(Direction direction); // empty for none
[[nodiscard]] std::string_view name(Cause cause);         // empty for none

struct Party {
    std::string display;
    std::string identity; // a URI; empty: the element is left out
    std::string target;   // a URI; empty: left out
    bool operator==(const Party&) const = default;
};

struct Dialog {
    std::string id; // stable for the life of the call at this user
    State state = State::terminated;
    Direction direction = Direction::none;
    Cause cause = Cause::none;
    int code = 0;      // response code that ended it; 0: none
    bool held = false; // on hold at this user: +sip.rendering=no on the local target; needs a local identity or target
    std::string call_id; // SIP Call-ID and tags, for pickup with Replaces; empty where they are not known
    std::string local_tag;
    std::string remote_tag;
    Party local;
    Party remote;
    bool operator==(const Dialog&) const = default;
};

struct Document {
    std::string entity; // as the watcher subscribed to it: telephones compare bytes
    std::uint32_t version = 0;
    bool full = true; // state="full", else "partial": only the dialogs named have changed
    std::vector<Dialog> dialogs;
    bool operator==(const Document&) const = default;
};

/// What one kind of telephone needs otherwise than the others. A row of the table in `dialects`.
struct Dialect {
    std::string_view vendor;
    std::string_view mark;       // how its User-Agent begins, any case
    bool caller_early_confirmed; // early lights a caller's lamp as if somebody rang there: say confirmed
    bool pickup_ids;             // picks up with Replaces: wants call-id and tags where they are known
    bool ringing_proceeding;     // knows ringing as proceeding, as BroadWorks writes it
};
[[nodiscard]] std::span<const Dialect> dialects(); // the first row is for everybody else
[[nodiscard]] const Dialect& dialect_of(std::string_view user_agent);
[[nodiscard]] const Dialect& plain();

/// The document with `version` where it can be patched. Dialogs stand in order of urgency: early, trying, proceeding,
/// confirmed, held, terminated; without any, one terminated dialog stands for "idle" in a full document, since
/// telephones ignore an empty one. Everything given is escaped; control characters are dropped.
[[nodiscard]] xml::Versioned write(const Document& document, const Dialect& dialect);

/// Reads full and partial documents, in any namespace prefix. Refuses (category `protocol`) other roots, an entity,
/// version or state that lacks, a dialog without id or with a state that no RFC names; (`limit`) more than 64 dialogs.
[[nodiscard]] Result<Document> read(std::string_view text);

/// What a watcher that follows full and partial documents knows (RFC 4235 4.3): tests hold our notifier to it.
class Follower {
public:
    enum class What : std::uint8_t { taken, old, gap }; // gap: a partial one is missing; ask for the full state
    What take(const Document& document);
    [[nodiscard]] const std::vector<Dialog>& dialogs() const { return dialogs_; }

private:
    std::vector<Dialog> dialogs_;
    std::optional<std::uint32_t> version_;
};

} // namespace lamp::dialoginfo
