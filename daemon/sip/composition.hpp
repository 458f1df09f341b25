// How several publications of one presentity become one state (RFC 3903 6, RFC 3856 6.11, sip-csta.md 8), and what
// that state is worth in the words of the presence table. Pure; no loop.
#pragma once
#include <span>
#include <vector>

#include "presence/words.hpp"
#include "proto/dialoginfo/document.hpp"
#include "proto/pidf/document.hpp"

namespace lamp::sip {

/// Newest first.
using PresenceDocuments = std::span<const pidf::Document* const>;
using DialogLists = std::span<const std::span<const dialoginfo::Dialog>>;

/// Applies a document to what its publication held: a full one replaces it; a partial one replaces the dialogs that it
/// names. What was terminated in an earlier document has been told and leaves.
void apply(dialoginfo::Document document, std::vector<dialoginfo::Dialog>& held);

/// Each dialog once by its id. Publishers choose ids for themselves: of two with the same id the one that lives stays
/// before the one that is terminated, and of two alike the newer one.
[[nodiscard]] std::vector<dialoginfo::Dialog> united(DialogLists lists);

/// The most urgent of these dialogs as the state of a line (interface 7.6): who rings somebody is active, not ringing.
/// Without any that lives: idle.
[[nodiscard]] presence::LineState line_state(std::span<const dialoginfo::Dialog> dialogs);

/// What published presence says in Teams' words.
struct Said {
    presence::TeamsState word = presence::TeamsState::unknown;
    bool on_the_phone = false;
    bool operator==(const Said&) const = default;
};
/// The newest document with an activity that means something decides; of its activities the most urgent. If none has
/// one: available where any tuple is open, else offline; unknown without documents. "busy" with a note "Do not disturb"
/// or "DND" is do not disturb: RPID has no word for it.
[[nodiscard]] Said said_by(PresenceDocuments newest_first);

/// What watchers of `presence` read: the tuples of `own`, the daemon's word, then those published, the newest of each
/// id. The person's activities are `own`'s, since the rules have weighed the published ones; the person's note is the
/// newest that somebody has published, else `own`'s.
[[nodiscard]] pidf::Document composed(pidf::Document own, PresenceDocuments newest_first);

} // namespace lamp::sip
