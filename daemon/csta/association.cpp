#include "csta/association.hpp"

#include <algorithm>
#include <array>

#include "csta/renaming.hpp"
#include "proto/csta/framing.hpp"

namespace lamp::csta {
namespace {

constexpr unsigned mistakes_max = 10; // documents in a row that were none
constexpr std::array<std::string_view, 5> closings{"", "silent", "session expired", "not CSTA", "unwelcome"};

bool needs_no_answer(std::string_view root) {
    return root.ends_with("Response") || root.ends_with("Event") || root == "CSTAErrorCode";
}

} // namespace

std::string_view name(Closing why) {
    return closings.at(static_cast<std::size_t>(why));
}

Association::Association(Domain& domain, Outlet& outlet, Peer peer, Steady now)
    : domain_(domain),
      outlet_(outlet),
      peer_(std::move(peer)),
      self_(std::make_shared<Association*>(this)),
      now_(now),
      heard_at_(now),
      heartbeat_at_(now + domain.options().heartbeat) {
    domain_.join(*this);
}

Association::~Association() {
    for (const auto& [cross_ref, monitor] : monitors_)
        domain_.unwatch(monitor.line, *this);
    domain_.leave(*this);
}

// In

Association::Taken Association::on_message(Invoke id, std::string_view xml, Steady now) {
    now_ = heard_at_ = now;
    asked_at_.reset();
    if (closing_ != Closing::no) return Taken::silently;
    ++domain_.counters().requests;
    const auto message = read(xml);
    if (message) {
        mistakes_ = 0;
        return dispatch(id, *message);
    }
    if (needs_no_answer(message.error().root)) return Taken::silently;
    refuse_document(id, message.error());
    return Taken::answered;
}

void Association::refuse_document(Invoke id, const Refused& why) {
    ++domain_.counters().broken_requests;
    if (why.edition && !edition_) edition_ = why.edition;
    if (is_session_request(why.root))
        refuse_session(id, why.root,
                       why.root == "StartApplicationSession" ? SessionFailure::invalid_application_info
                                                             : SessionFailure::invalid_session_id);
    else
        refuse(id, welcome() ? why.failure : Failure::security_violation);
    if (++mistakes_ >= mistakes_max) closing_ = Closing::broken;
}

/// A service each, by the type of its request.
struct Association::Services {
    Association& self;
    Invoke id;
    const Message& message;

    void operator()(const RequestSystemStatus& /*request*/) const {
        self.answer(id, write_requested_system_status(self.domain_.state(), self.spoken()));
    }
    void operator()(const SystemStatusTold& /*request*/) const {
        self.answer(id, write_done(message.root, self.spoken()));
    }
    void operator()(const CallRequest& request) const { self.take(id, message.root, request); }
    void operator()(const CallDeviceRequest& request) const { self.take(id, message.root, request); }
    void operator()(const GetSwitchingFunctionCaps& /*request*/) const { self.take_capabilities(id, message); }
    void operator()(const GetLogicalDeviceInformation& /*request*/) const { self.take_capabilities(id, message); }
    void operator()(const GetPhysicalDeviceInformation& /*request*/) const { self.take_capabilities(id, message); }
    void operator()(const GetCstaFeatures& /*request*/) const { self.take_capabilities(id, message); }
    // The platform does not tell of voice mail here.
    void operator()(const GetMessageWaitingIndicator& /*request*/) const { unsupported(); }
    void operator()(const Unknown& /*request*/) const { unsupported(); }
    // Answers; seen to before.
    void operator()(const SystemStatusAccepted& /*answer*/) const {}
    void operator()(const MonitorStopAccepted& /*answer*/) const {}
    void operator()(const CstaError& /*answer*/) const {}
    void operator()(const auto& request) const { self.take(id, request); }

private:
    void unsupported() const { self.refuse(id, Failure::service_not_supported); }
};

Association::Taken Association::dispatch(Invoke id, const Message& message) {
    if (message.edition && !edition_) edition_ = message.edition;
    if (needs_no_answer(message.root)) return Taken::silently;
    if (welcome() || is_session_request(message.root))
        std::visit(Services{*this, id, message}, message.body);
    else
        refuse(id, Failure::security_violation);
    return Taken::answered;
}

// Out

void Association::answer(Invoke id, std::string_view xml) {
    if (closing_ == Closing::no) outlet_.answer(id, xml);
}

void Association::refuse(Invoke id, Failure failure) {
    ++domain_.counters().refused_requests;
    answer(id, write(CstaError{failure, {}}, spoken()));
}

void Association::refuse_session(Invoke id, std::string_view root, SessionFailure failure) {
    ++domain_.counters().refused_requests;
    answer(id, write(SessionRefusal{root, failure}));
}

void Association::ask(std::string_view xml) {
    if (closing_ != Closing::no) return;
    last_asked_ = last_asked_ == invoke_id_of_requests_max ? 1 : static_cast<Invoke>(last_asked_ + 1);
    outlet_.tell(last_asked_, xml);
}

// Events

void Association::on_event(const LineEvent& event) {
    if (!must_wait(event, held_)) return deliver(event);
    if (held_.size() < domain_.options().held_events) return held_.push_back(event);
    ++lost_;
    ++domain_.counters().lost_events;
}

/// Behind an answer that is not in, or behind events that wait for it: of the same line, or of the same call.
bool Association::must_wait(const LineEvent& event, std::span<const LineEvent> waiting) const {
    if (pending_.empty()) return false;
    const auto* call = std::get_if<CallEvent>(&event.event);
    return is_held(event.line) || std::ranges::any_of(waiting, [&](const LineEvent& one) {
               const auto* before = std::get_if<CallEvent>(&one.event);
               return one.line == event.line ||
                      (call && before && before->connection.call_id == call->connection.call_id);
           });
}

bool Association::is_held(std::string_view line) const {
    return std::ranges::any_of(pending_, [&](const auto& entry) { return entry.second.line == line; });
}

void Association::release() {
    std::vector<LineEvent> waiting;
    for (LineEvent& event : std::exchange(held_, {})) {
        if (must_wait(event, waiting))
            waiting.push_back(std::move(event));
        else
            deliver(std::move(event));
    }
    held_ = std::move(waiting);
    on_room(); // if there were more than could be held
}

/// A call that this client has begun says so.
void Association::explain(Event& event) {
    auto* call = std::get_if<CallEvent>(&event);
    if (!call || call->kind != EventKind::originated) return;
    const auto found = std::ranges::find(begun_, call->private_call_id, &std::pair<std::string, Begins>::first);
    if (found == begun_.end()) return;
    call->cause = found->second == Begins::made ? Cause::make_call : Cause::consultation;
    begun_.erase(found);
}

void Association::deliver(LineEvent event) {
    const auto refs = by_line_.find(event.line);
    if (refs == by_line_.end()) return;
    explain(event.event);
    const auto what = kind(event.event);
    for (const std::string& cross_ref : refs->second) {
        const Monitor& monitor = monitors_.at(cross_ref);
        if (!monitor.filter.passes(what)) continue;
        if (closing_ != Closing::no) return;
        if (lost_ > 0 || outlet_.unsent() > domain_.options().queue_bytes) {
            ++lost_;
            ++domain_.counters().lost_events;
            continue;
        }
        const auto* row = domain_.devices().of_line(monitor.line);
        Event told = event.event;
        Renaming(names_, row ? domain_.devices().id(*row) : std::string_view(), monitor.device).apply(told);
        outlet_.tell(invoke_id_of_events, write(told, cross_ref, spoken()));
        ++domain_.counters().events;
    }
}

/// Nothing is dropped without a word: a client that hears of losses takes snapshots again.
void Association::tell_loss() {
    lost_ = 0;
    ++domain_.counters().losses;
    const bool deaf = !registrations_.empty() && std::ranges::all_of(registrations_, [](const Registration& one) {
        return !one.wish.system_status ||
               std::ranges::find(one.wish.held_back, SystemState::messages_lost) != one.wish.held_back.end();
    });
    if (deaf) return stop_monitors();
    tell_status(SystemState::messages_lost);
    tell_status(domain_.state());
}

void Association::on_room() {
    if (closing_ != Closing::no) return;
    if (lost_ > 0 && outlet_.unsent() <= domain_.options().queue_bytes / 2) tell_loss();
    send_list();
}

void Association::on_state(SystemState state) {
    if (welcome() && edition_) tell_status(state);
}

void Association::tell_status(SystemState state) {
    const auto say = [&](std::string_view registration) {
        if (!asked_at_) asked_at_ = now_;
        ask(write_system_status(state, registration, spoken()));
    };
    if (registrations_.empty()) return say({});
    for (const Registration& one : registrations_)
        if (one.wish.system_status && std::ranges::find(one.wish.held_back, state) == one.wish.held_back.end())
            say(one.id);
}

void Association::on_devices_changed() {
    std::vector<std::string> gone;
    for (const auto& [cross_ref, monitor] : monitors_)
        if (!domain_.devices().of_line(monitor.line)) gone.push_back(cross_ref);
    for (const std::string& cross_ref : gone)
        stop_monitor(cross_ref);
}

bool Association::add_monitor(std::string cross_ref, Monitor monitor) {
    if (!domain_.watch(monitor.line, *this)) return false;
    by_line_[monitor.line].push_back(cross_ref);
    monitors_.emplace(std::move(cross_ref), std::move(monitor));
    return true;
}

void Association::remove_monitor(const std::string& cross_ref) {
    const auto found = monitors_.find(cross_ref);
    if (found == monitors_.end()) return;
    domain_.unwatch(found->second.line, *this);
    const auto refs = by_line_.find(found->second.line);
    std::erase(refs->second, cross_ref);
    if (refs->second.empty()) by_line_.erase(refs);
    monitors_.erase(found);
}

void Association::stop_monitor(const std::string& cross_ref) {
    remove_monitor(cross_ref);
    ask(write_monitor_stop(cross_ref, spoken()));
}

void Association::stop_monitors() {
    while (!monitors_.empty())
        stop_monitor(std::string(monitors_.begin()->first));
}

// Time

void Association::on_tick(Steady now) {
    now_ = now;
    if (closing_ != Closing::no) return;
    if (session_ && now >= session_->ends) {
        ++domain_.counters().sessions_expired;
        ask(write_session_terminated(session_->id, SessionEnd::timer_expired));
        closing_ = Closing::expired;
        return;
    }
    std::vector<std::uint64_t> overdue;
    for (const auto& [key, pending] : pending_)
        if (now >= pending.due) overdue.push_back(key);
    for (const auto key : overdue)
        if (const auto pending = settled(key)) {
            refuse(pending->invoke_id, Failure::resource_busy);
            release();
        }
    const auto& options = domain_.options();
    if (!peer_.heartbeats || options.heartbeat.count() == 0 || !welcome() || !edition_) return;
    if (asked_at_ && now - *asked_at_ >= options.heartbeat_wait) {
        ++domain_.counters().silent;
        closing_ = Closing::silent;
    } else if (now >= heartbeat_at_) {
        ++domain_.counters().heartbeats;
        heartbeat_at_ = now + options.heartbeat;
        tell_status(domain_.state());
    }
}

std::optional<Association::Pending> Association::settled(std::uint64_t key) {
    auto node = pending_.extract(key);
    if (node.empty()) return std::nullopt;
    return std::move(node.mapped());
}

} // namespace lamp::csta
