#include "sip/event_packages.hpp"

#include <algorithm>
#include <array>

#include "proto/csta/events.hpp"
#include "proto/message_summary/summary.hpp"
#include "proto/sip/uri.hpp"
#include "proto/watcherinfo/document.hpp"
#include "sip/composition.hpp"
#include "sip/feature_events.hpp"
#include "sip/watching.hpp"

namespace lamp::sip {
namespace {

using namespace std::chrono_literals;

bool always(const View&) {
    return true;
}

bool calls_known(const View& view) {
    return view.calls_known;
}

// --- dialog (RFC 4235): always the full state, since partial documents save little and telephones differ in them

void render_dialog(const View& view, const Wish& wish, Body& body) {
    dialoginfo::Document document;
    document.entity = wish.entity;
    document.dialogs.assign(view.dialogs.begin(), view.dialogs.end());
    auto versioned = dialoginfo::write(document, *wish.dialect);
    body.text = std::move(versioned.text);
    body.version_at = versioned.version_at;
}

// --- presence (RFC 3856): the verdict of the rules, and what was published beside it

void render_presence(const View& view, const Wish& wish, Body& body) {
    auto document = pidf::of_word(presence::name(view.status), wish.entity,
                                  view.since == Wall() ? std::string() : rfc3339(view.since));
    document = composed(std::move(document), view.published);
    body.text = pidf::write(document);
    body.version_at = Body::no_version;
}

// --- message-summary (RFC 3842)

bool has_messages(const View& view) {
    return view.messages.has_value();
}
bool may_have_messages(const View& view) {
    return view.messages || view.messages_awaited;
}

void render_messages(const View& view, const Wish& wish, Body& body) {
    const Messages box = view.messages.value_or(Messages());
    message_summary::Summary summary;
    summary.waiting = box.fresh > 0 || box.fresh_urgent > 0;
    summary.account = wish.entity;
    summary.voice = message_summary::Counts{box.fresh, box.old, box.fresh_urgent, box.old_urgent};
    body.text = message_summary::write(summary);
    body.version_at = Body::no_version;
}

// --- watcher information (RFC 3857, RFC 3858)

void render_watchers(const View& view, const Wish& wish, std::string_view package, Body& body) {
    auto versioned = watcherinfo::write(watchers_of(wish.entity, package, view.watchers, view.now));
    body.text = std::move(versioned.text);
    body.version_at = versioned.version_at;
}
void render_presence_watchers(const View& view, const Wish& wish, Body& body) {
    render_watchers(view, wish, "presence", body);
}
void render_dialog_watchers(const View& view, const Wish& wish, Body& body) {
    render_watchers(view, wish, "dialog", body);
}

// --- as-feature-event (sip-csta.md 13)

void render_features(const View& view, const Wish& wish, Body& body) {
    const auto uri = parse_uri(wish.entity);
    auto document = feature_body(features_of(view), uri ? uri->user_text() : std::string(wish.entity));
    body.text = std::move(document.text);
    body.media_type = std::move(document.content_type);
    body.version_at = Body::no_version;
}

constexpr std::array packages{
    //           name               media type                          expires  pause  lists  publ.  known, offered
    EventPackage{"dialog", dialoginfo::media_type, 3600, 100ms, true, true, calls_known, always, render_dialog},
    EventPackage{"presence", pidf::media_type, 3600, 100ms, true, true, always, always, render_presence},
    EventPackage{"message-summary", message_summary::media_type, 3600, 1s, false, false, has_messages,
                 may_have_messages, render_messages},
    EventPackage{"presence.winfo", watcherinfo::media_type, 3600, 1s, false, false, always, always,
                 render_presence_watchers, "presence", true},
    EventPackage{"dialog.winfo", watcherinfo::media_type, 3600, 1s, false, false, always, always,
                 render_dialog_watchers, "dialog", true},
    EventPackage{feature_event_package,
                 csta::feature_media_type,
                 3600,
                 100ms,
                 false,
                 false,
                 calls_known,
                 always,
                 render_features,
                 {},
                 true},
};

} // namespace

std::span<const EventPackage> event_packages() {
    return packages;
}

const EventPackage* event_package(std::string_view name) {
    const auto* found = std::ranges::find(packages, name, &EventPackage::name);
    return found == packages.end() ? nullptr : found;
}

std::string_view allow_events() {
    static const std::string all = [] {
        std::string text;
        for (const auto& package : packages) {
            if (!text.empty()) text += ", ";
            text += package.name;
        }
        return text;
    }();
    return all;
}

} // namespace lamp::sip
