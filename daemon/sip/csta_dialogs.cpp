#include "sip/csta_dialogs.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/text/text.hpp"
#include "sip/dialog_text.hpp"

namespace lamp::sip {
namespace {

constexpr std::string_view allow = "INVITE, ACK, BYE, CANCEL, INFO, UPDATE, OPTIONS";

bool is_csta(const Message& request) {
    const auto type = request.content_type();
    return type && text::same_letters(type->word, csta_media_type);
}

} // namespace

Key CstaDialogs::key_of(std::string_view call_id, std::string_view local, std::string_view remote) const {
    return sip_hash(secret_, fmt::format("{}\n{}\n{}", call_id, local, remote));
}

CstaDialogs::Dialog* CstaDialogs::find(std::uint64_t id) {
    const auto found = dialogs_.find(id);
    return found == dialogs_.end() ? nullptr : found->second.get();
}

void CstaDialogs::erase(std::uint64_t id) {
    const auto found = dialogs_.find(id);
    if (found == dialogs_.end()) return;
    for (const Waiting& waiting : found->second->waiting) // RFC 3261 15.1.2
        write_answer(*found->second, waiting, 487, {});
    by_key_.erase(found->second->key);
    dialogs_.erase(found);
}

template <class Fields>
void CstaDialogs::answer(const Ask& ask, int status, std::string_view to_tag, Fields fields, std::string_view body) {
    Action action{Action::What::answer, ask.transaction, status};
    Writer writer(action.bytes);
    begin_answer(writer, ask.request, status, {}, to_tag, ask.origin);
    fields(writer);
    if (writer.done(body)) out_.push_back(std::move(action));
}

// --- in

void CstaDialogs::on_request(const Ask& ask, Steady now) {
    if (!ask.request.to().tag().empty()) return within(ask, now);
    if (ask.request.method() == Method::invite) return open(ask, now);
    answer(ask, 481, fmt::format("{:016x}", random_()), [](Writer&) {});
}

void CstaDialogs::open(const Ask& ask, Steady now) {
    const Message& request = ask.request;
    const auto tag = fmt::format("{:016x}", random_());
    if (request.contacts() != 1 || !request.contact()->uri.is_sip() || request.from().tag().empty())
        return answer(ask, 400, tag, [](Writer&) {});
    if (!is_csta(request))
        return answer(ask, 415, tag, [](Writer& writer) { writer.field(Header::accept, csta_media_type); });
    if (!lasts_long_enough(ask, tag)) return;
    if (dialogs_.size() >= limits_.dialogs)
        return answer(ask, 503, tag, [](Writer& writer) { writer.number(Header::retry_after, 30); });

    auto made = std::make_unique<Dialog>();
    Dialog& dialog = *made;
    dialog.id = owner_bit | ++last_id_;
    dialog.call_id = request.call_id();
    dialog.local_tag = tag;
    dialog.remote_tag = request.from().tag();
    dialog.key = key_of(dialog.call_id, dialog.local_tag, dialog.remote_tag);
    dialog.local_uri = request.to().uri.text;
    dialog.remote_uri = request.from().uri.text;
    dialog.target = target_of(request.contact()->uri);
    for (const Field& field : request.fields()) {
        if (field.id != Header::record_route) continue;
        if (!dialog.routes.empty()) dialog.routes += ", ";
        append_line(dialog.routes, field.value);
    }
    dialog.flow = ask.flow;
    dialog.local = ask.local;
    dialog.local_host = ask.local.host;
    dialog.local.host = dialog.local_host;
    dialog.contact = contact_of(dialog.local, nullptr);
    dialog.remote_cseq = request.cseq().number;
    dialog.local_cseq = static_cast<std::uint32_t>(random_() & 0xffff);
    dialog.invite = ask.transaction;
    dialog.user = ask.user.id;
    const auto id = dialog.id;
    dialog.peer = peers_(ask.user.id, [this, id](std::string xml) {
        Dialog* told = find(id);
        if (!told || told->ended) return;
        told->events.push_back(std::move(xml));
        if (told->events.size() > limits_.waiting) return bye(*told); // it would miss events: it must know
        send_next(*told);
        if (on_work) on_work();
    });
    dialog.expires_at = now + seconds(limits_.session_max);
    by_key_[dialog.key] = id;
    dialogs_[id] = std::move(made);
    take_body(dialog, ask, now);
}

bool CstaDialogs::lasts_long_enough(const Ask& ask, std::string_view tag) {
    const auto wanted = ask.request.find(Header::session_expires);
    const auto asked = wanted ? parse_seconds(wanted->substr(0, wanted->find(';'))) : std::nullopt;
    if (!asked || *asked >= limits_.session_min) return true;
    answer(ask, 422, tag, [&](Writer& writer) { writer.number(Header::min_se, limits_.session_min); });
    return false;
}

void CstaDialogs::within(const Ask& ask, Steady now) {
    const Message& request = ask.request;
    const auto found = by_key_.find(key_of(request.call_id(), request.to().tag(), request.from().tag()));
    if (found == by_key_.end()) return answer(ask, 481, {}, [](Writer&) {});
    Dialog& dialog = *dialogs_.at(found->second);
    if (dialog.user != ask.user.id) return answer(ask, 403, {}, [](Writer&) {});
    if (request.cseq().number <= dialog.remote_cseq) return answer(ask, 500, {}, [](Writer&) {});
    dialog.remote_cseq = request.cseq().number;
    dialog.flow = ask.flow;
    switch (request.method()) {
    case Method::bye: {
        answer(ask, 200, {}, [](Writer&) {});
        erase(dialog.id);
        return;
    }
    case Method::info:
        if (!is_csta(request))
            return answer(ask, 415, {}, [](Writer& writer) { writer.field(Header::accept, csta_media_type); });
        return take_body(dialog, ask, now);
    case Method::invite: dialog.invite = ask.transaction; [[fallthrough]];
    case Method::update: {
        if (!lasts_long_enough(ask, {})) return;
        if (request.contacts() == 1 && request.contact()->uri.is_sip())
            dialog.target = target_of(request.contact()->uri);
        if (!request.body().empty() && is_csta(request)) return take_body(dialog, ask, now);
        const auto fields = session_fields(request, dialog, now);
        return answer(ask, 200, {}, [&](Writer& writer) {
            writer.field(Header::contact, dialog.contact);
            if (!fields.empty()) writer.field(Header::session_expires, fields);
        });
    }
    default: return answer(ask, 405, {}, [](Writer& writer) { writer.field(Header::allow, allow); });
    }
}

/// The client refreshes (RFC 4028 9); whoever knows no session timers is asked for signs of life by nobody, and its
/// dialog ends with its last event that is not answered.
std::string CstaDialogs::session_fields(const Message& request, Dialog& dialog, Steady now) const {
    const auto wanted = request.find(Header::session_expires);
    if (!wanted && !request.lists(Header::supported, "timer")) {
        dialog.expires_at = Steady::max();
        return {};
    }
    const auto asked = wanted ? parse_seconds(wanted->substr(0, wanted->find(';'))) : std::nullopt;
    const auto granted = std::clamp(asked.value_or(limits_.session_max), limits_.session_min, limits_.session_max);
    dialog.expires_at = now + seconds(granted);
    return fmt::format("{};refresher=uac", granted);
}

void CstaDialogs::take_body(Dialog& dialog, const Ask& ask, Steady now) {
    const bool opens = ask.request.method() == Method::invite;
    dialog.waiting.push_back({ask.transaction, std::string(ask.bytes), std::string(ask.origin.address), ask.origin.port,
                              opens ? session_fields(ask.request, dialog, now) : std::string()});
    dialog.peer->on_body(ask.request.body(), [this, id = dialog.id, transaction = ask.transaction](std::string xml) {
        respond(id, transaction, xml);
    });
}

void CstaDialogs::respond(std::uint64_t id, std::uint64_t transaction, const std::string& xml) {
    Dialog* dialog = find(id);
    if (!dialog) return; // answered when it ended
    const auto found = std::ranges::find(dialog->waiting, transaction, &Waiting::transaction);
    if (found == dialog->waiting.end()) return;
    write_answer(*dialog, *found, 200, xml);
    dialog->waiting.erase(found);
    if (on_work) on_work();
}

void CstaDialogs::write_answer(const Dialog& dialog, const Waiting& waiting, int status, std::string_view xml) {
    if (!again_.parse(waiting.request, Carrier::stream) && !again_.parse(waiting.request, Carrier::datagram)) return;
    Action action{Action::What::answer, waiting.transaction, status};
    Writer writer(action.bytes);
    begin_answer(writer, again_, status, {}, dialog.local_tag, {waiting.from, waiting.port});
    if (status == 200 && again_.method() == Method::invite) {
        writer.copy(again_, Header::record_route);
        writer.field(Header::contact, dialog.contact);
        writer.field(Header::allow, allow);
        if (!waiting.session.empty()) {
            if (again_.lists(Header::supported, "timer")) writer.field(Header::require, "timer");
            writer.field(Header::session_expires, waiting.session);
        }
    }
    if (!xml.empty()) {
        writer.field(Header::content_type, csta_media_type);
        writer.field(Header::content_disposition, "signal;handling=required");
    }
    if (writer.done(xml)) out_.push_back(std::move(action));
}

// --- out

void CstaDialogs::send(Dialog& dialog, std::string_view method, std::string_view body) {
    Action action{Action::What::request, dialog.id, 0, method, dialog.flow};
    action.branch = fmt::format("z9hG4bK{:016x}", random_());
    Writer writer(action.bytes);
    writer.request(method, dialog.target);
    writer.via({dialog.local.transport, dialog.local_host, dialog.local.port, action.branch});
    writer.field(Header::max_forwards, "70");
    if (!dialog.routes.empty()) writer.field(Header::route, dialog.routes);
    writer.address(Header::from, {}, dialog.local_uri, dialog.local_tag);
    writer.address(Header::to, {}, dialog.remote_uri, dialog.remote_tag);
    writer.field(Header::call_id, dialog.call_id);
    writer.cseq(++dialog.local_cseq, method);
    writer.field(Header::contact, dialog.contact);
    if (!body.empty()) {
        writer.field(Header::content_type, csta_media_type);
        writer.field(Header::content_disposition, "signal;handling=required");
    }
    dialog.in_flight = true;
    if (writer.done(body)) out_.push_back(std::move(action));
}

void CstaDialogs::send_next(Dialog& dialog) {
    if (dialog.in_flight || dialog.ended || dialog.events.empty()) return;
    const auto event = std::move(dialog.events.front());
    dialog.events.pop_front();
    send(dialog, "INFO", event);
}

void CstaDialogs::bye(Dialog& dialog) {
    if (dialog.ended) return;
    dialog.ended = true;
    dialog.events.clear();
    send(dialog, "BYE", {});
}

void CstaDialogs::on_answer(std::uint64_t owner, int status, Steady) {
    Dialog* dialog = find(owner);
    if (!dialog) return;
    dialog->in_flight = false;
    if (dialog->ended || status == 481 || status == 408) return erase(owner);
    if (status >= 300) return bye(*dialog); // it takes no events: it must know that it misses them
    send_next(*dialog);
}

void CstaDialogs::on_silence(std::uint64_t owner, Steady) {
    erase(owner);
}

std::uint64_t CstaDialogs::on_ack(const Message& ack) const {
    const auto found = by_key_.find(key_of(ack.call_id(), ack.to().tag(), ack.from().tag()));
    return found == by_key_.end() ? 0 : dialogs_.at(found->second)->invite;
}

void CstaDialogs::on_unacknowledged(std::uint64_t transaction, Steady) {
    for (auto& [id, dialog] : dialogs_)
        if (dialog->invite == transaction) return bye(*dialog);
}

void CstaDialogs::tick(Steady now) {
    std::vector<std::uint64_t> over;
    for (auto& [id, dialog] : dialogs_) {
        dialog->peer->on_tick(now);
        if (now >= dialog->expires_at || dialog->peer->over()) over.push_back(id);
    }
    for (const auto id : over)
        if (Dialog* dialog = find(id)) bye(*dialog);
}

void CstaDialogs::end_all(Steady) {
    for (auto& [id, dialog] : dialogs_)
        bye(*dialog);
}

} // namespace lamp::sip
