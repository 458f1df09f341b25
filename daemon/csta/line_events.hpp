// What one change of one leg or feature is in CSTA's words (ECMA-269, sip-csta.md 17.5): the rows behind the call
// model. For the files of this room only. Pure.
#pragma once
#include <span>
#include <vector>

#include "csta/call_model.hpp"

namespace lamp::csta {

/// Writes the events of one line.
class LineTeller {
public:
    LineTeller(const Devices& devices, const DeviceRow& device, std::vector<LineEvent>& out)
        : devices_(devices), device_(device), out_(out) {}

    /// A leg that was not there before; as if it had begun at the beginning.
    void began(Leg& leg);
    /// `leg` is as it was told last, `now` what it is.
    void changed(Leg& leg, const calls::Call& now);
    void ended(const Leg& leg, const calls::EndedCall& how);
    /// Two legs that the line has joined.
    void joined(const Leg& first, const Leg& second);
    /// The far end of a call that goes out rings.
    void far_end_rings(Leg& leg, const DeviceRow& ringing);

    void in_service(bool now);
    void do_not_disturb(bool on);
    /// Gives what has been told now.
    [[nodiscard]] std::uint8_t forwarding(std::uint8_t told, presence::Forwarding now);
    void agent(presence::AgentState before, presence::AgentState now);

    /// The other side of a leg.
    [[nodiscard]] Party remote(const calls::Call& call) const;
    [[nodiscard]] Connection remote_connection(const Leg& leg) const;
    [[nodiscard]] Connection own_connection(const Leg& leg) const;
    [[nodiscard]] Party own() const;
    [[nodiscard]] Party calling(const calls::Call& call) const;
    [[nodiscard]] Party called(const calls::Call& call) const;

private:
    void tell(Event event);
    [[nodiscard]] CallEvent about(EventKind kind, const Leg& leg, Cause cause) const;
    void rings(Leg& leg, Cause cause);
    void goes_out(Leg& leg);
    void answered(Leg& leg);
    void hold(Leg& leg, bool own, bool remote);
    void other_party(Leg& leg, const calls::Call& now);
    void cleared(const Leg& leg, Cause cause);
    void remote_cleared(const Leg& leg, Cause cause);
    void failed(const Leg& leg, Cause cause);
    void diverted(const Leg& leg, std::string_view to, Cause cause);
    void transferred_away(const Leg& leg, std::string_view to);
    [[nodiscard]] bool is_ours(const Leg& leg) const; // the other side
    [[nodiscard]] Party named(std::string_view number) const;

    const Devices& devices_;
    const DeviceRow& device_;
    std::vector<LineEvent>& out_;
};

/// The device's own state in a call.
[[nodiscard]] LocalState local_state(const Leg& leg);
/// The other side's, as far as the platform tells.
[[nodiscard]] LocalState remote_state(const Leg& leg);
[[nodiscard]] ServicesPermitted permitted(const Leg& leg);

} // namespace lamp::csta
