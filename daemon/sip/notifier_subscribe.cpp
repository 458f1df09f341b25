// The notifier's way in: SUBSCRIBE from the first check to the answer (RFC 6665 4.2.1; order and answers as in
// sip-csta.md 6).
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "sip/dialog_text.hpp"
#include "sip/notifier.hpp"

namespace lamp::sip {
namespace {

constexpr std::uint32_t hour = 3600;
constexpr std::uint32_t retry_after_overload = 30; // seconds
constexpr std::size_t kept_bytes_max = 8 * 1024;   // of one dialog, its route set among them

/// What the dialog has to keep of a stranger's words.
std::size_t kept_bytes(const Message& request) {
    std::size_t bytes = request.call_id().size() + request.event()->parameters.text().size();
    for (const Address* address : {&request.from(), &request.to(), &*request.contact()})
        bytes += address->uri.text.size() + address->tag().size();
    for (const Field& field : request.fields())
        if (field.id == Header::record_route) bytes += field.value.size();
    return bytes;
}

/// Notifications per second (RFC 6446 5): "0.05", "2", "2.5". Nothing: no such parameter, or nonsense.
std::optional<double> rate(const Parameters& parameters, std::string_view name) {
    const auto text = parameters.value(name);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc() || end != text.data() + text.size() || value <= 0 || value > 1000) return std::nullopt;
    return value;
}

std::uint32_t pause_of(double per_second, double at_most) {
    return static_cast<std::uint32_t>(std::clamp(1000 / per_second, 1.0, at_most));
}

/// The Request-URI as the watcher knows the resource: without parameters and headers.
std::string_view entity_of(const Uri& uri) {
    auto text = uri.text;
    if (uri.is_sip()) text = text.substr(0, text.find_first_of(";?", text.find('@') == text.npos ? 0 : text.find('@')));
    return text;
}

std::string_view instance_of(const Address& contact) {
    return contact.parameters.value("+sip.instance");
}

/// The beginning of a NOTIFY, as far as its branch.
std::string head_of(const Local& local, const Uri& target) {
    std::string head = "NOTIFY ";
    append_line(head, target_of(target));
    fmt::format_to(std::back_inserter(head), " SIP/2.0\r\nVia: SIP/2.0/{} {}:{};rport;branch=", name(local.transport),
                   local.host, local.port);
    return head;
}
constexpr std::size_t target_at = 7; // behind "NOTIFY "

std::uint64_t event_hash(const Worded& event) {
    std::string text(event.word);
    text += ';';
    text += event.parameters.value("id");
    return std::hash<std::string>()(text);
}

} // namespace

Key Notifier::dialog_key(std::string_view call_id, std::string_view local, std::string_view remote) const {
    std::string text;
    for (const auto part : {call_id, local, remote}) {
        text += part;
        text += '\n';
    }
    return sip_hash(secret_, text);
}

std::string Notifier::fresh_hex(std::string_view prefix) {
    std::string text(prefix);
    text.resize(prefix.size() + 16);
    auto number = seams_.random();
    for (auto at = text.size(); at-- > prefix.size(); number >>= 4) // by hand: it was a quarter of what a NOTIFY costs
        text[at] = "0123456789abcdef"[number & 15];
    return text;
}

// --- answers

template <class Fields>
void Notifier::answer(const Ask& ask, int status, std::string_view to_tag, std::string_view reason, Fields fields) {
    Action action{Action::What::answer, ask.transaction, status};
    Writer writer(action.bytes);
    begin_answer(writer, ask.request, status, reason, to_tag, ask.origin);
    fields(writer);
    if (auto written = writer.done(); !written) return; // what was parsed can be copied; nothing else is written
    out_.push_back(std::move(action));
}

std::nullopt_t Notifier::refuse(const Ask& ask, int status, std::string_view reason) {
    ++counters_.refused;
    answer(ask, status, fresh_hex(""), reason, [&](Writer& writer) {
        if (status == 489) writer.field(Header::allow_events, allow_events());
        if (status == 421) writer.field(Header::require, "eventlist");
        if (status == 423) writer.number(Header::min_expires, options_.expires_min);
        if (status == 503) writer.number(Header::retry_after, retry_after_overload);
    });
    return std::nullopt;
}

void Notifier::accept(const Ask& ask, const Subscription& subscription, std::string_view to_tag,
                      std::uint32_t expires) {
    answer(ask, 200, to_tag, {}, [&](Writer& writer) {
        writer.copy(ask.request, Header::record_route);
        const auto& contact = ask.request.contact();
        writer.field(Header::contact, contact_of(ask.local, contact ? &contact->uri : nullptr));
        writer.number(Header::expires, expires);
        if (subscription.list) writer.field(Header::require, "eventlist");
        writer.field(Header::allow_events, allow_events());
    });
}

// --- checks

std::optional<Notifier::Accepted> Notifier::on_subscribe(const Ask& ask, Steady now) {
    const Message& request = ask.request;
    const bool in_dialog = !request.to().tag().empty();
    if (request.contact_is_star() || request.contacts() > 1 || (request.contacts() == 0 && !in_dialog) ||
        (request.contact() && !request.contact()->uri.is_sip()))
        return refuse(ask, 400, "Bad Request: one Contact with a SIP URI is needed");
    if (in_dialog) return refresh(ask, now);
    if (stopping_) return refuse(ask, 503);
    return begin(ask, now);
}

const EventPackage* Notifier::wanted_package(const Ask& ask) {
    const auto& event = ask.request.event();
    const EventPackage* package = event ? event_package(event->word) : nullptr;
    if (!package) refuse(ask, 489);
    return package;
}

std::optional<Notifier::Terms> Notifier::terms(const Ask& ask, const EventPackage& package) {
    Terms terms{};
    terms.expires = ask.request.expires().value_or(package.expires);
    if (terms.expires > 0 && terms.expires < options_.expires_min && terms.expires < hour) {
        refuse(ask, 423);
        return std::nullopt;
    }
    terms.expires = std::min(terms.expires, options_.expires_max);
    terms.pause_ms = static_cast<std::uint32_t>(package.pause.count());
    const auto& parameters = ask.request.event()->parameters;
    if (const auto most = rate(parameters, "max-rate")) {
        terms.pause_ms = std::max(terms.pause_ms, pause_of(*most, terms.expires * 1000.0 + 1));
        terms.rates += fmt::format(";max-rate={}", parameters.value("max-rate"));
    }
    if (const auto least = rate(parameters, "min-rate")) {
        terms.longest_ms = std::max({pause_of(*least, 3'600'000.0), terms.pause_ms, 1000U});
        terms.rates += fmt::format(";min-rate={}", parameters.value("min-rate"));
    }
    return terms;
}

std::optional<Notifier::Accepted> Notifier::begin(const Ask& ask, Steady now) {
    const Message& request = ask.request;
    const EventPackage* package = wanted_package(ask);
    if (!package) return std::nullopt;
    const bool list = ask.resource && names_->kind(*ask.resource) == Kind::list;
    if (list && !package->lists) return refuse(ask, 489);
    if (list && !request.lists(Header::supported, "eventlist") && !request.lists(Header::require, "eventlist"))
        return refuse(ask, 421);
    if (!request.accepts(package->media_type, true) && !(list && request.accepts("multipart/related", true)))
        return refuse(ask, 406);
    if (!ask.resource || !names_->listed(*ask.resource)) return refuse(ask, 404);
    if (!package->offered(seams_.view(*ask.resource))) return refuse(ask, 489);
    const auto permission = seams_.permission(ask.watcher, *ask.resource, *package);
    if (permission == Permission::refused) return refuse(ask, 403);
    const auto granted = terms(ask, *package);
    if (!granted) return std::nullopt;
    if (kept_bytes(request) > kept_bytes_max) return refuse(ask, 513);
    const auto twin = twin_key(ask);
    if (granted->expires != 0) replace_twin(twin, now); // before the limits: it takes its own place
    if (live_ >= options_.subscriptions) return refuse(ask, 503);
    if (counts_[*ask.resource] >= options_.per_resource) return refuse(ask, 403, "Forbidden: too many watchers");
    const auto known = watcher_indices_.find(counted_name(ask.watcher));
    if (known != watcher_indices_.end() && !ask.watcher.trusted &&
        watchers_[known->second].subscriptions >= options_.per_watcher)
        return refuse(ask, 403, "Forbidden: too many subscriptions");

    const auto index = make(ask, *package, *granted, now);
    Subscription& subscription = subscriptions_[index];
    subscription.permission = permission;
    if (list) use_members(subscription);
    if (granted->expires == 0) {
        ++counters_.fetched;
        subscription.ending = Ending::timeout;
    } else {
        ++counters_.subscribed;
        subscription.twin = twin;
        by_twin_[twin] = index;
    }
    subscription.forced = true;
    send(index, now);
    if (granted->expires != 0) watchers_changed(subscription.resource, *package, now);
    return Accepted{id_of(index), *ask.resource};
}

std::uint32_t Notifier::make(const Ask& ask, const EventPackage& package, const Terms& terms, Steady now) {
    std::uint32_t index = 0;
    if (free_.empty()) {
        index = static_cast<std::uint32_t>(subscriptions_.size());
        subscriptions_.emplace_back();
    } else {
        index = free_.back();
        free_.pop_back();
    }
    const Message& request = ask.request;
    Subscription& subscription = subscriptions_[index];
    const auto tag = fresh_hex("");
    subscription.phase = Subscription::Phase::active;
    subscription.package = static_cast<PackageIndex>(&package - event_packages().data());
    subscription.resource = *ask.resource;
    subscription.flow = ask.flow;
    subscription.began = now;
    subscription.expires_at = now + seconds(terms.expires);
    subscription.remote_cseq = request.cseq().number;
    subscription.local_cseq = static_cast<std::uint32_t>(seams_.random() & 0x0fff'ffff);
    subscription.pause_ms = terms.pause_ms;
    subscription.longest_ms = terms.longest_ms;
    subscription.dialect = &dialoginfo::dialect_of(request.find(Header::user_agent).value_or(""));
    subscription.event_hash = event_hash(*request.event());
    subscription.dialog = dialog_key(request.call_id(), tag, request.from().tag());
    subscription.watcher = watcher_index(ask.watcher);
    if (names_->kind(*ask.resource) == Kind::list) subscription.list = std::make_unique<ListState>();
    ++watchers_[subscription.watcher].subscriptions;
    ++live_;
    write_block(subscription, ask, tag, terms);
    by_dialog_[subscription.dialog] = index;
    link(index);
    accept(ask, subscription, tag, terms.expires);
    return index;
}

/// What every NOTIFY of the dialog says, but for branch, CSeq and what follows it.
void Notifier::write_block(Subscription& subscription, const Ask& ask, std::string_view local_tag, const Terms& terms) {
    const Message& request = ask.request;
    std::string& block = scratch_;
    block.clear();
    const auto piece = [&](std::string_view text) {
        const auto at = block.size();
        append_line(block, text);
        return Piece{static_cast<std::uint16_t>(at), static_cast<std::uint16_t>(block.size() - at)};
    };
    const Uri& contact = request.contact()->uri;
    block += head_of(ask.local, contact);
    subscription.target = {target_at, static_cast<std::uint16_t>(target_of(contact).size())};
    subscription.branch.at = static_cast<std::uint16_t>(block.size());
    block += "\r\nMax-Forwards: 70\r\n";
    for (const Field& field : request.fields()) { // the route set stands as it came (RFC 3261 12.1.1)
        if (field.id != Header::record_route) continue;
        block += "Route: ";
        append_line(block, field.value);
        block += "\r\n";
    }
    block += "From: <";
    const auto entity = entity_of(request.uri());
    const auto to = piece(request.to().uri.text);
    if (request.to().uri.text == entity) subscription.entity = to;
    block += ">;tag=";
    block += local_tag;
    block += "\r\nTo: <";
    subscription.from = piece(request.from().uri.text);
    block += '>';
    if (!request.from().tag().empty()) {
        block += ";tag=";
        block += request.from().tag();
    }
    block += "\r\nCall-ID: ";
    subscription.call_id = piece(request.call_id());
    block += "\r\nContact: ";
    subscription.contact = piece(contact_of(ask.local, &contact));
    block += "\r\nEvent: ";
    append_line(block, request.event()->word);
    if (const auto id = request.event()->parameters.value("id"); !id.empty()) {
        block += ";id=";
        append_line(block, id);
    }
    if (subscription.list) block += "\r\nRequire: eventlist";
    block += "\r\nCSeq: ";
    subscription.branch.length = static_cast<std::uint16_t>(block.size() - subscription.branch.at);
    if (subscription.entity.length == 0) subscription.entity = piece(entity);
    subscription.rates = piece(terms.rates);
    subscription.block.assign(block);
    subscription.block.shrink_to_fit();
}

/// What the same telephone would ask for again, by the same name: two of its keys may know one person by two. Nobody
/// else's: a From and a Contact are easily written.
Key Notifier::twin_key(const Ask& ask) {
    const auto& contact = *ask.request.contact();
    const auto instance = instance_of(contact);
    scratch_ = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", *ask.resource, ask.request.to().uri.text,
                           event_hash(*ask.request.event()), counted_name(ask.watcher), ask.request.from().uri.text,
                           instance.empty() ? contact.uri.text : instance);
    return sip_hash(secret_, scratch_);
}

void Notifier::replace_twin(const Key& twin, Steady now) {
    const auto found = by_twin_.find(twin);
    if (found == by_twin_.end()) return;
    ++counters_.replaced;
    drop(found->second, "the same phone has subscribed anew", now);
}

// --- within a dialog

std::optional<Notifier::Accepted> Notifier::refresh(const Ask& ask, Steady now) {
    const Message& request = ask.request;
    const auto found = by_dialog_.find(dialog_key(request.call_id(), request.to().tag(), request.from().tag()));
    if (found == by_dialog_.end()) return refuse(ask, 481);
    const auto index = found->second;
    Subscription& subscription = subscriptions_[index];
    if (request.cseq().number <= subscription.remote_cseq) return refuse(ask, 500, "CSeq Out Of Order");
    if (!request.event()) return refuse(ask, 489);
    if (event_hash(*request.event()) != subscription.event_hash) return refuse(ask, 481);
    const Counted& owner = watchers_[subscription.watcher];
    if (owner.id() != ask.watcher.id || owner.trusted() != ask.watcher.trusted) return refuse(ask, 403);
    if (subscription.ending != Ending::none) return refuse(ask, 481); // it is over; the last NOTIFY says so
    const EventPackage& package = event_packages()[subscription.package];
    const auto granted = terms(ask, package);
    if (!granted) return std::nullopt;
    subscription.remote_cseq = request.cseq().number;
    if (const auto permission = seams_.permission(ask.watcher, subscription.resource, package);
        permission == Permission::refused) {
        refuse(ask, 403);
        end(index, Ending::rejected, now);
        return std::nullopt;
    } else {
        subscription.permission = permission;
    }
    subscription.flow = ask.flow;
    subscription.expires_at = now + seconds(granted->expires);
    subscription.pause_ms = granted->pause_ms;
    subscription.longest_ms = granted->longest_ms;
    subscription.timeouts = 0; // the phone is heard
    subscription.failures = 0;
    if (request.contact()) retarget(subscription, ask);
    subscription.block.replace(subscription.rates.at, subscription.rates.length, granted->rates); // stand last
    subscription.rates.length = static_cast<std::uint16_t>(granted->rates.size());
    if (subscription.list) {
        subscription.list->full = true;
        use_members(subscription);
    }
    accept(ask, subscription, {}, granted->expires);
    const Accepted accepted{id_of(index), subscription.resource};
    subscription.forced = true;
    subscription.held = ask.order;
    subscription.not_before = ask.order ? now + order_wait : Steady();
    if (granted->expires == 0) {
        ++counters_.unsubscribed;
        end(index, Ending::timeout, now);
        return accepted;
    }
    ++counters_.refreshed;
    send(index, now);
    return accepted;
}

/// A refresh may move the remote target and our end of the way to it; the route set stays (RFC 3261 12.2.2).
void Notifier::retarget(Subscription& subscription, const Ask& ask) {
    const Uri& contact = ask.request.contact()->uri;
    const auto put = [&](std::size_t at, std::size_t length, std::string_view text) {
        subscription.block.replace(at, length, text);
        for (Piece* piece : {&subscription.branch, &subscription.from, &subscription.call_id, &subscription.contact,
                             &subscription.entity, &subscription.rates})
            if (piece->at > at) piece->at = static_cast<std::uint16_t>(piece->at + text.size() - length);
        const bool within_rest = at > subscription.branch.at; // the rest runs from the branch to the CSeq
        if (within_rest)
            subscription.branch.length = static_cast<std::uint16_t>(subscription.branch.length + text.size() - length);
    };
    const auto ours = contact_of(ask.local, &contact);
    put(subscription.contact.at, subscription.contact.length, ours);
    subscription.contact.length = static_cast<std::uint16_t>(ours.size());
    put(0, subscription.branch.at, head_of(ask.local, contact));
    subscription.target = {target_at, static_cast<std::uint16_t>(target_of(contact).size())};
}

} // namespace lamp::sip
