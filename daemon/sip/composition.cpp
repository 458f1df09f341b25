#include "sip/composition.hpp"

#include <algorithm>
#include <array>

#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

using dialoginfo::Dialog;
using dialoginfo::State;
using presence::LineState;
using presence::TeamsState;

struct Activity {
    std::string_view name;
    TeamsState word;
};
// RFC 4480 3.2. Those that say nothing about being reachable (other, working, unknown …) have no row.
constexpr std::array activities{
    Activity{"presentation", TeamsState::presenting},
    Activity{"meeting", TeamsState::in_meeting},
    Activity{"appointment", TeamsState::in_meeting},
    Activity{"busy", TeamsState::busy},
    Activity{"performance", TeamsState::busy},
    Activity{"steering", TeamsState::busy},
    Activity{"worship", TeamsState::busy},
    Activity{"away", TeamsState::away},
    Activity{"breakfast", TeamsState::away},
    Activity{"dinner", TeamsState::away},
    Activity{"holiday", TeamsState::away},
    Activity{"in-transit", TeamsState::away},
    Activity{"lunch", TeamsState::away},
    Activity{"meal", TeamsState::away},
    Activity{"permanent-absence", TeamsState::away},
    Activity{"playing", TeamsState::away},
    Activity{"shopping", TeamsState::away},
    Activity{"sleeping", TeamsState::away},
    Activity{"spectator", TeamsState::away},
    Activity{"travel", TeamsState::away},
    Activity{"tv", TeamsState::away},
    Activity{"vacation", TeamsState::away},
};

bool asks_for_silence(std::string_view note) {
    return text::same_letters(note, "do not disturb") || text::same_letters(note, "dnd");
}

bool has_silent_note(const pidf::Document& document) {
    return asks_for_silence(document.note) ||
           std::ranges::any_of(document.tuples, asks_for_silence, &pidf::Tuple::note);
}

/// TeamsState ascends in urgency.
Said said_by(const pidf::Document& document) {
    Said said;
    for (const std::string& activity : document.activities) {
        said.on_the_phone |= activity == "on-the-phone";
        const auto row = std::ranges::find(activities, activity, &Activity::name);
        if (row != activities.end()) said.word = std::max(said.word, row->word);
    }
    if (said.word == TeamsState::busy && has_silent_note(document)) said.word = TeamsState::do_not_disturb;
    return said;
}

bool lives(const Dialog& dialog) {
    return dialog.state != State::terminated;
}

void unite(std::vector<Dialog>& out, Dialog dialog) {
    const auto known = std::ranges::find(out, dialog.id, &Dialog::id);
    if (known == out.end())
        out.push_back(std::move(dialog));
    else if (!lives(*known) && lives(dialog))
        *known = std::move(dialog);
}

LineState line_state(const Dialog& dialog) {
    switch (dialog.state) {
    case State::terminated: return LineState::idle;
    case State::confirmed: return dialog.held ? LineState::held : LineState::active;
    case State::trying:
    case State::proceeding:
    case State::early: break;
    }
    return dialog.direction == dialoginfo::Direction::initiator ? LineState::active : LineState::ringing;
}

} // namespace

void apply(dialoginfo::Document document, std::vector<Dialog>& held) {
    if (document.full) {
        held.clear();
        for (Dialog& dialog : document.dialogs)
            unite(held, std::move(dialog));
        return;
    }
    std::erase_if(held, [](const Dialog& dialog) { return !lives(dialog); });
    for (Dialog& dialog : document.dialogs) {
        const auto known = std::ranges::find(held, dialog.id, &Dialog::id);
        if (known != held.end())
            *known = std::move(dialog);
        else
            held.push_back(std::move(dialog));
    }
}

std::vector<Dialog> united(DialogLists lists) {
    std::vector<Dialog> out;
    for (const auto& list : lists)
        for (const Dialog& dialog : list)
            unite(out, dialog);
    return out;
}

LineState line_state(std::span<const Dialog> dialogs) {
    auto state = LineState::idle;
    for (const Dialog& dialog : dialogs)
        state = std::max(state, line_state(dialog));
    return state;
}

Said said_by(PresenceDocuments newest_first) {
    Said said;
    for (const pidf::Document* document : newest_first) {
        const auto one = said_by(*document);
        if (one != Said{}) return one;
        const bool open = std::ranges::count(document->tuples, pidf::Basic::open, &pidf::Tuple::basic) != 0;
        said.word = std::max(said.word, open ? TeamsState::available : TeamsState::offline);
    }
    return said;
}

pidf::Document composed(pidf::Document own, PresenceDocuments newest_first) {
    bool noted = false;
    for (const pidf::Document* document : newest_first) {
        for (const pidf::Tuple& tuple : document->tuples)
            if (std::ranges::count(own.tuples, tuple.id, &pidf::Tuple::id) == 0) own.tuples.push_back(tuple);
        if (noted || document->note.empty()) continue;
        own.note = document->note;
        noted = true;
    }
    return own;
}

} // namespace lamp::sip
