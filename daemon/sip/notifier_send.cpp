// The notifier's way out: when a NOTIFY is due, what it says, its bytes (RFC 6665 4.2.2; sip-csta.md 7). A document is
// rendered once for all who ask for it in the same way; a subscription adds its own numbers.
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "sip/line_dialogs.hpp"
#include "sip/notifier.hpp"

namespace lamp::sip {
namespace {

constexpr std::size_t rendered_max = 64;
constexpr std::uint32_t probation_min = 5; // seconds; spread, so that not everybody comes back at once
constexpr std::uint32_t probation_max = 30;

void append_number(std::string& out, std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    out.append(digits, end);
}

/// Endings that say nothing of the resource.
bool bare(Ending ending) {
    return ending == Ending::probation || ending == Ending::noresource || ending == Ending::rejected ||
           ending == Ending::deactivated;
}

void make_nameless(std::vector<dialoginfo::Dialog>& dialogs) {
    for (auto& dialog : dialogs)
        dialog.remote = {"", std::string(anonymous_uri), std::string(anonymous_uri)};
}

} // namespace

const Notifier::Rendered& Notifier::render(ResourceIndex resource, const Subscription& for_whom,
                                           std::string_view entity) {
    for (const Rendered& rendered : rendered_)
        if (rendered.resource == resource && rendered.package == for_whom.package &&
            rendered.dialect == for_whom.dialect && rendered.permission == for_whom.permission &&
            rendered.entity == entity)
            return rendered;
    if (rendered_.size() < rendered_max) rendered_.emplace_back();
    Rendered& rendered = rendered_[next_rendered_++ % rendered_max];
    rendered.resource = resource;
    rendered.package = for_whom.package;
    rendered.permission = for_whom.permission;
    rendered.dialect = for_whom.dialect;
    rendered.entity = entity;
    const EventPackage& package = event_packages()[for_whom.package];
    View view = seams_.view(resource);
    rendered.known = package.known(view);
    rendered.offered = package.offered(view);
    std::vector<dialoginfo::Dialog> dialogs;
    if (for_whom.permission == Permission::polite) {
        view = View();
        rendered.known = true;
    } else if (for_whom.permission == Permission::nameless) {
        dialogs.assign(view.dialogs.begin(), view.dialogs.end());
        make_nameless(dialogs);
        view.dialogs = dialogs;
    }
    if (!package.watched.empty()) {
        view.watchers = watching_;
        view.now = gathered_at_;
    }
    rendered.body.media_type.clear();
    package.render(view, {entity, for_whom.dialect}, rendered.body);
    rendered.body.hash = std::hash<std::string>()(rendered.body.text);
    ++counters_.rendered;
    return rendered;
}

/// A lamp must not lie: while nobody knows what it shows, who had a state is sent away for a while, and who comes anew
/// waits as `pending` until it is known.
void Notifier::settle_phase(Subscription& subscription, bool known) {
    using enum Subscription::Phase;
    if (known) {
        if (subscription.phase == pending) {
            subscription.phase = active;
            subscription.forced = true;
        }
        return;
    }
    if (subscription.ending != Ending::none || subscription.phase == pending) return;
    if (subscription.version == 0) { // it has been told nothing yet
        subscription.phase = pending;
        return;
    }
    ++counters_.ended_by_us;
    subscription.ending = Ending::probation;
    subscription.retry_after_s =
        probation_min + static_cast<std::uint32_t>(seams_.random() % (probation_max - probation_min + 1));
}

void Notifier::send(std::uint32_t index, Steady now) {
    using enum Subscription::Phase;
    Subscription& subscription = subscriptions_[index];
    if (subscription.phase == free || subscription.phase == last || subscription.in_flight) return rearm(index);
    if (subscription.ending == Ending::none) {
        if (!subscription.dirty && !subscription.forced) return rearm(index);
        if (now < subscription.not_before && !subscription.held) return rearm(index);
    }
    if (bare(subscription.ending)) return write_notify(index, {}, Body(), now);
    if (subscription.list) return send_list(index, now);

    const EventPackage& package = event_packages()[subscription.package];
    if (!package.watched.empty()) {
        if (!subscription.forced && subscription.ending == Ending::none) return nothing_to_tell(index); // times go by
        gather_watchers(subscription.resource, package.watched, now);
    }
    const bool was_pending = subscription.phase == pending;
    const Rendered& document = render(subscription.resource, subscription, subscription.text(subscription.entity));
    if (!document.offered && subscription.ending == Ending::none) {
        ++counters_.ended_by_us;
        subscription.ending = Ending::noresource;
    }
    settle_phase(subscription, document.known);
    const bool held = subscription.held && now < subscription.not_before && subscription.ending == Ending::none;
    if (held && document.body.hash == subscription.body_hash) return rearm(index);
    const bool due = subscription.forced || subscription.ending != Ending::none;
    if (bare(subscription.ending) || !document.known)
        return due ? write_notify(index, {}, Body(), now) : nothing_to_tell(index);
    if (!due && document.body.hash == subscription.body_hash) return nothing_to_tell(index);
    subscription.body_hash = document.body.hash;
    const auto& own_type = document.body.media_type;
    write_notify(index, own_type.empty() ? package.media_type : std::string_view(own_type), document.body, now);
    if (was_pending && subscription.phase == active) watchers_changed(subscription.resource, package, now);
}

void Notifier::nothing_to_tell(std::uint32_t index) {
    ++counters_.unchanged;
    subscriptions_[index].dirty = false;
    rearm(index);
}

void Notifier::write_notify(std::uint32_t index, std::string_view content_type, const Body& body, Steady now) {
    Subscription& subscription = subscriptions_[index];
    Action action{Action::What::notify, id_of(index)};
    action.flow = subscription.flow;
    action.branch = fresh_hex("z9hG4bK");
    std::string& out = action.bytes;
    const std::string& block = subscription.block;
    out.reserve(block.size() + body.text.size() + 256);
    out.append(block, 0, subscription.branch.at);
    out += action.branch;
    out += subscription.text(subscription.branch);
    append_number(out, ++subscription.local_cseq);
    out += " NOTIFY\r\nSubscription-State: ";
    if (subscription.ending != Ending::none) {
        out += "terminated;reason=";
        out += name(subscription.ending);
        if (subscription.retry_after_s != 0) {
            out += ";retry-after=";
            append_number(out, subscription.retry_after_s);
        }
    } else {
        out += subscription.phase == Subscription::Phase::pending ? "pending;expires=" : "active;expires=";
        const auto left = std::chrono::ceil<seconds>(subscription.expires_at - now).count();
        append_number(out, static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0)));
        out += subscription.text(subscription.rates);
    }
    if (!content_type.empty()) {
        out += "\r\nContent-Type: ";
        out += content_type;
    }
    out += "\r\nContent-Length: ";
    append_number(out, body.text.size());
    out += "\r\n\r\n";
    const auto body_at = out.size();
    out += body.text;
    if (body.version_at != Body::no_version)
        xml::Versioned::write_version(out.data() + body_at + body.version_at, subscription.version);
    if (!content_type.empty()) ++subscription.version;
    if (!subscription.flow.reliable && out.size() > 1300) ++counters_.large_datagrams;
    if (subscription.ending != Ending::none) subscription.phase = Subscription::Phase::last;
    subscription.in_flight = true;
    subscription.dirty = false;
    subscription.forced = false;
    subscription.held = false;
    subscription.sent_at = now;
    subscription.not_before = now + milliseconds(subscription.pause_ms);
    ++in_flight_;
    ++counters_.notifies;
    rearm(index);
    out_.push_back(std::move(action));
}

// --- watcher information

void Notifier::gather_watchers(ResourceIndex resource, std::string_view package, Steady now) {
    watching_.clear();
    for (auto index = heads_[resource]; index != none; index = subscriptions_[index].next) {
        const Subscription& subscription = subscriptions_[index];
        if (event_packages()[subscription.package].name != package) continue;
        if (subscription.phase == Subscription::Phase::last) continue; // is not one any more
        const bool pending = subscription.phase == Subscription::Phase::pending;
        watching_.push_back({id_of(index),
                             subscription.text(subscription.from),
                             {},
                             pending ? watcherinfo::Status::pending : watcherinfo::Status::active,
                             pending ? watcherinfo::Event::subscribe : watcherinfo::Event::approved,
                             subscription.began,
                             subscription.expires_at});
    }
    for (Rendered& rendered : rendered_) // it is about this moment
        if (rendered.resource == resource && !event_packages()[rendered.package].watched.empty())
            rendered.dialect = nullptr;
    gathered_at_ = now;
}

void Notifier::watchers_changed(ResourceIndex resource, const EventPackage& package, Steady now) {
    if (resource >= heads_.size() || !package.watched.empty()) return;
    for (auto index = heads_[resource]; index != none; index = subscriptions_[index].next) {
        Subscription& subscription = subscriptions_[index];
        if (event_packages()[subscription.package].watched != package.name) continue;
        subscription.forced = true;
        send(index, now);
    }
}

} // namespace lamp::sip
