// The privacy room's place in the daemon: which rooms keep something of people in memory or files, on which loops, and
// what is asked of them when a number is to be forgotten. Egress loop; made before the loops start.
#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "adapters/adapters.hpp"
#include "app/call_history.hpp"
#include "app/callers.hpp"
#include "app/directory_desk.hpp"
#include "calls/private_calls.hpp"
#include "privacy/eraser.hpp"
#include "privacy/options.hpp"
#include "privacy/retention.hpp"
#include "status/service.hpp"

namespace lamp {

class PrivacyDesk {
public:
    struct Parts {
        Loop& egress;
        store::Store& store;
        const Adapters& adapters;
        CallHistory& history;
        Callers& callers;
        DirectoryDesk& directory;
        std::function<status::Service&()> service; // there once the loops run
        std::filesystem::path state_dir;
        std::string country; // [daemon]
    };
    explicit PrivacyDesk(Parts parts);

    void add_ports(status::Ports& ports);

    /// Control loop: what of `[privacy]` may change while the daemon runs.
    void use_options(const privacy::PrivacyOptions& options);
    /// Any loop, the three of them.
    void use_private(std::shared_ptr<const calls::PrivateCalls> people) { private_ = std::move(people); }
    [[nodiscard]] std::shared_ptr<const calls::PrivateCalls> private_calls() const { return private_; }
    /// For everybody's eyes: without the other side where it is nobody else's business.
    [[nodiscard]] calls::CallEvent published(const calls::CallEvent& event) const;

private:
    void aged(privacy::Kind kind, Wall than);
    void settle_first();
    /// Egress.
    void show_pseudonyms(bool wanted);
    void add_places();

    Parts parts_;
    privacy::Eraser eraser_;
    privacy::Retention retention_;
    bool pseudonyms_ = false;       // as configured; control loop
    bool pseudonyms_shown_ = false; // what logs show; egress
    std::atomic<std::shared_ptr<const calls::PrivateCalls>> private_ = std::make_shared<const calls::PrivateCalls>();
};

} // namespace lamp
