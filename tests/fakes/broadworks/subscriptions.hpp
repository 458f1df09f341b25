// Subscriptions (xsi.md 5) and the events they carry (6.1, 6.4). Forty bytes each, because a load test holds 400 000.
#pragma once

#include "channels.hpp"
#include "engine.hpp"
#include "model.hpp"
#include "packages.hpp"
#include "settings.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::bw {

enum class TargetKind : std::uint8_t { none, user, group, enterprise };

struct Target {
    TargetKind kind = TargetKind::none;
    std::uint32_t index = 0; // of the user or the group
};

struct Subscription {
    SetIndex set = no_set;
    std::uint32_t target = 0;
    LoginIndex login = 0;
    PackageMask packages = 0;
    std::int32_t sequence = 1; // of the next event
    std::uint32_t serial = 0;
    std::uint32_t expires = 0;
    std::uint32_t expires_at_s = 0;
    SubIndex next = no_sub; // of the same target
    std::uint16_t application = 0;
    TargetKind kind = TargetKind::none;
};

class Subscriptions : public EventSink, public SetWatcher {
public:
    using LoginName = std::function<std::string_view(LoginIndex)>;

    Subscriptions(Loop& loop, Roster& roster, Channels& channels, const Settings& settings, LoginName login_name);
    void attach(Engine& engine) { engine_ = &engine; }

    struct Wanted {
        LoginIndex login = 0;
        Target target;
        PackageMask packages = 0;
        SetIndex set = no_set;
        std::int64_t expires = 3600;
        std::string application;
    };
    SubIndex create(const Wanted& wanted);
    void send_initial(SubIndex index, std::uint32_t serial); // nothing for groups and enterprises
    SubIndex find(std::string_view id) const;                // no_sub when unknown or over
    const Subscription& at(SubIndex index) const { return all_[index]; }
    std::string id_of(SubIndex index) const;
    void refresh(SubIndex index, std::int64_t expires);
    void terminate(SubIndex index); // SubscriptionTerminatedEvent, then gone

    void emit(UserIndex target, PackageMask packages, std::string_view type, std::string_view data) override;
    void set_gone(SetIndex set) override;
    void subscription_unknown(EventOwner owner) override;

    void snapshot(UserIndex user, std::string_view type); // unsolicited, after a failover
    std::size_t count() const { return alive_; }
    std::size_t count_of(PackageMask packages) const;
    std::size_t terminate_matching(const std::function<bool(const Subscription&)>& fits);
    void jump_sequences(std::int32_t to);
    void each(const std::function<void(SubIndex, const Subscription&)>& visit) const;

    // Faults on the next events; counted down at use.
    std::int64_t hole_next = 0;    // one sequence number is skipped
    std::int64_t unknown_next = 0; // an event of unknown type goes before
    std::int64_t no_target_next = 0;

private:
    SubIndex& head(Target target);
    void unlink(SubIndex index);
    void drop(SubIndex index);
    void event(SubIndex index, UserIndex target, std::string_view type, std::string_view data);
    void each_of(SubIndex first, PackageMask packages, UserIndex target, std::string_view type, std::string_view data);
    std::uint16_t intern(const std::string& application);
    void sweep();

    Loop& loop_;
    Roster& roster_;
    Channels& channels_;
    const Settings& settings_;
    LoginName login_name_;
    Engine* engine_ = nullptr;
    std::vector<Subscription> all_;
    std::vector<SubIndex> free_;
    std::vector<std::string> applications_{""};
    std::size_t alive_ = 0;
    std::uint32_t next_serial_ = 0;
    std::uint32_t next_expiry_s_ = UINT32_MAX;
    std::string scratch_;
};

} // namespace sim::bw
