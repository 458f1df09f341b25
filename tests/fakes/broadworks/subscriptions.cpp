// See subscriptions.hpp.
#include "subscriptions.hpp"

#include "ids.hpp"
#include "xml.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sim::bw {

namespace {

constexpr std::uint32_t subscription_kind = 4;
constexpr std::int32_t sequence_max = 2147483647;

std::uint32_t now_s() {
    return static_cast<std::uint32_t>(Loop::steady_ms() / 1000);
}

} // namespace

Subscriptions::Subscriptions(Loop& loop, Roster& roster, Channels& channels, const Settings& settings,
                             LoginName login_name)
    : loop_(loop), roster_(roster), channels_(channels), settings_(settings), login_name_(std::move(login_name)) {
    channels_.watch(*this);
    loop_.every(std::chrono::milliseconds(500), [this] { sweep(); });
}

std::uint16_t Subscriptions::intern(const std::string& application) {
    const auto found = std::find(applications_.begin(), applications_.end(), application);
    if (found == applications_.end()) applications_.push_back(application);
    return static_cast<std::uint16_t>(std::find(applications_.begin(), applications_.end(), application) -
                                      applications_.begin());
}

SubIndex& Subscriptions::head(Target target) {
    switch (target.kind) {
    case TargetKind::user: return roster_[target.index].first_subscription;
    case TargetKind::group: return roster_.groups[target.index].first_subscription;
    case TargetKind::enterprise:
    case TargetKind::none: break;
    }
    return roster_.enterprise_subscription;
}

std::string Subscriptions::id_of(SubIndex index) const {
    return uuid_of(subscription_kind, index, all_[index].serial);
}

SubIndex Subscriptions::find(std::string_view id) const {
    const auto number = uuid_number(id);
    if (!number || *number >= all_.size() || all_[*number].kind == TargetKind::none) return no_sub;
    const auto index = static_cast<SubIndex>(*number);
    return id_of(index) == id ? index : no_sub;
}

SubIndex Subscriptions::create(const Wanted& wanted) {
    // The same login, target, package and application: the new one replaces the old one (5.4).
    const std::uint16_t application = intern(wanted.application);
    for (SubIndex i = head(wanted.target); i != no_sub;) {
        const Subscription old = all_[i];
        if (old.login == wanted.login && old.application == application && (old.packages & wanted.packages) &&
            !(old.packages & mask_of(Package::other)))
            terminate(i);
        i = old.next;
    }
    SubIndex index = 0;
    if (!free_.empty()) {
        index = free_.back();
        free_.pop_back();
    } else {
        index = static_cast<SubIndex>(all_.size());
        all_.emplace_back();
    }
    Subscription& made = all_[index];
    made = Subscription();
    made.set = wanted.set;
    made.target = wanted.target.index;
    made.kind = wanted.target.kind;
    made.login = wanted.login;
    made.packages = wanted.packages;
    made.sequence = static_cast<std::int32_t>(settings_.first_sequence);
    made.serial = ++next_serial_;
    made.application = application;
    made.expires = static_cast<std::uint32_t>(channels_.clamp(wanted.expires));
    made.expires_at_s = now_s() + made.expires;
    made.next = std::exchange(head(wanted.target), index);
    next_expiry_s_ = std::min(next_expiry_s_, made.expires_at_s);
    ++alive_;
    return index;
}

void Subscriptions::unlink(SubIndex index) {
    const Subscription& gone = all_[index];
    SubIndex* link = &head(Target{gone.kind, gone.target});
    while (*link != no_sub && *link != index)
        link = &all_[*link].next;
    if (*link == index) *link = gone.next;
}

void Subscriptions::drop(SubIndex index) {
    unlink(index);
    all_[index].kind = TargetKind::none;
    free_.push_back(index);
    --alive_;
}

void Subscriptions::terminate(SubIndex index) {
    const Subscription& ending = all_[index];
    event(index, ending.kind == TargetKind::user ? ending.target : nobody, "SubscriptionTerminatedEvent", {});
    drop(index);
}

void Subscriptions::refresh(SubIndex index, std::int64_t expires) {
    Subscription& subscription = all_[index];
    subscription.expires = static_cast<std::uint32_t>(channels_.clamp(expires));
    subscription.expires_at_s = now_s() + subscription.expires;
    next_expiry_s_ = std::min(next_expiry_s_, subscription.expires_at_s);
}

void Subscriptions::send_initial(SubIndex index, std::uint32_t serial) {
    if (index >= all_.size() || all_[index].kind != TargetKind::user || all_[index].serial != serial) return;
    const UserIndex user = all_[index].target;
    const PackageMask packages = all_[index].packages;
    std::string data;
    if (packages & call_packages) {
        engine_->append_snapshot(data, user);
        event(index, user, "CallSubscriptionEvent", data);
    }
    if (packages & mask_of(Package::agent)) {
        data.clear();
        engine_->append_agent_snapshot(data, user);
        event(index, user, "AgentSubscriptionEvent", data);
    }
    if (packages & mask_of(Package::queue)) {
        data.clear();
        engine_->append_queue_snapshot(data, user);
        event(index, user, "ACDSubscriptionEvent", data);
    }
    if (packages & mask_of(Package::call_park)) event(index, user, "CallParkedAgainstEvent", {});
    if (packages & mask_of(Package::voice_mail_summary)) {
        data.clear();
        engine_->append_messages(data, user, "xsi:");
        event(index, user, "VoiceMailMessageSummaryEvent", data);
    }
    for (const ServiceType& type : service_types()) {
        const auto package = package_of(type.id);
        if (!package || !(packages & mask_of(*package))) continue;
        if (assigned(roster_[user], type.id)) {
            data = "<xsi:info>";
            append_service(data, roster_[user], type.id, "xsi:");
            data += "</xsi:info>";
        } else {
            data = "<xsi:unassigned/>";
        }
        event(index, user, type.event, data);
    }
}

void Subscriptions::event(SubIndex index, UserIndex target, std::string_view type, std::string_view data) {
    if (unknown_next > 0) {
        --unknown_next;
        event(index, target, "CallHistoryEvent",
              "<xsi:history><xsi:entry>new in some release</xsi:entry></xsi:history>");
    }
    Subscription& subscription = all_[index];
    const auto advance = [&] {
        subscription.sequence = subscription.sequence == sequence_max ? 1 : subscription.sequence + 1;
    };
    if (hole_next > 0) {
        --hole_next;
        advance();
    }
    const std::string_view owner = login_name_(subscription.login);
    const std::uint64_t number = channels_.next_event();
    std::string out;
    out.reserve(900 + data.size());
    out += xml::declaration;
    out +=
        R"(<xsi:Event xmlns:xsi="http://schema.broadsoft.com/xsi" xmlns:xsi1="http://www.w3.org/2001/XMLSchema-instance")"
        R"( xsi1:type="xsi:SubscriptionEvent">)";
    xml::Writer writer(out, "xsi:");
    writer.text("eventID", Channels::event_id(number));
    writer.number("sequenceNumber", subscription.sequence);
    if (settings_.client_id)
        writer.text("clientId", owner.substr(0, owner.find('@')));
    else
        writer.text("userId", owner);
    writer.text("externalApplicationId", applications_[subscription.application]);
    writer.text("subscriptionId", id_of(index));
    writer.open("channelId");
    const std::size_t channel_at = out.size();
    out += "00000000-0000-4000-8000-000000000000";
    writer.close("channelId");
    // Without targetId the event is about the subscription's own target; a login that watches itself never gets one.
    const bool own = subscription.kind == TargetKind::user &&
                     (!settings_.target_id || no_target_next > 0 || (target != nobody && roster_[target].id == owner));
    if (target != nobody && !own)
        writer.text("targetId", roster_[target].id);
    else if (no_target_next > 0)
        --no_target_next;
    out += "<xsi:eventData xsi1:type=\"xsi:";
    out += type;
    if (data.empty()) {
        out += "\"/>";
    } else {
        out += "\">";
        out += data;
        out += "</xsi:eventData>";
    }
    out += "</xsi:Event>";
    advance();
    channels_.send(subscription.set, number, EventOwner{index, subscription.serial}, std::move(out), channel_at);
}

void Subscriptions::each_of(SubIndex first, PackageMask packages, UserIndex target, std::string_view type,
                            std::string_view data) {
    for (SubIndex i = first; i != no_sub;) {
        const SubIndex next = all_[i].next;
        if (all_[i].packages & packages) event(i, target, type, data);
        i = next;
    }
}

void Subscriptions::emit(UserIndex target, PackageMask packages, std::string_view type, std::string_view data) {
    const User& user = roster_[target];
    each_of(user.first_subscription, packages, target, type, data);
    each_of(roster_.groups[user.group].first_subscription, packages, target, type, data);
    each_of(roster_.enterprise_subscription, packages, target, type, data);
}

void Subscriptions::snapshot(UserIndex user, std::string_view type) {
    std::string data;
    engine_->append_snapshot(data, user);
    each_of(roster_[user].first_subscription, call_packages, user, type, data);
    each_of(roster_.groups[roster_[user].group].first_subscription, call_packages, user, type, data);
    each_of(roster_.enterprise_subscription, call_packages, user, type, data);
}

void Subscriptions::set_gone(SetIndex set) {
    for (SubIndex i = 0; i < all_.size(); ++i)
        if (all_[i].kind != TargetKind::none && all_[i].set == set) drop(i); // no channel is left that could be told
}

void Subscriptions::subscription_unknown(EventOwner owner) {
    if (owner.subscription < all_.size() && all_[owner.subscription].serial == owner.serial &&
        all_[owner.subscription].kind != TargetKind::none)
        drop(owner.subscription);
}

std::size_t Subscriptions::count_of(PackageMask packages) const {
    return static_cast<std::size_t>(std::count_if(all_.begin(), all_.end(), [&](const Subscription& s) {
        return s.kind != TargetKind::none && (s.packages & packages);
    }));
}

std::size_t Subscriptions::terminate_matching(const std::function<bool(const Subscription&)>& fits) {
    std::size_t ended = 0;
    for (SubIndex i = 0; i < all_.size(); ++i)
        if (all_[i].kind != TargetKind::none && fits(all_[i])) {
            terminate(i);
            ++ended;
        }
    return ended;
}

void Subscriptions::jump_sequences(std::int32_t to) {
    for (Subscription& subscription : all_)
        subscription.sequence = to;
}

void Subscriptions::each(const std::function<void(SubIndex, const Subscription&)>& visit) const {
    for (SubIndex i = 0; i < all_.size(); ++i)
        if (all_[i].kind != TargetKind::none) visit(i, all_[i]);
}

void Subscriptions::sweep() {
    const std::uint32_t now = now_s();
    if (now < next_expiry_s_) return;
    next_expiry_s_ = UINT32_MAX;
    for (SubIndex i = 0; i < all_.size(); ++i) {
        if (all_[i].kind == TargetKind::none) continue;
        if (all_[i].expires_at_s <= now)
            terminate(i);
        else
            next_expiry_s_ = std::min(next_expiry_s_, all_[i].expires_at_s);
    }
}

} // namespace sim::bw
