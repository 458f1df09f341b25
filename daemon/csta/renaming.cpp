#include "csta/renaming.hpp"

namespace lamp::csta {

void Renaming::apply(DeviceId& device) const {
    if (device.empty()) return;
    if (device.raw == own_id_)
        device = own_;
    else if (const auto found = names_.find(device.raw); found != names_.end())
        device.raw = found->second;
}

void Renaming::apply(Party& party) const {
    if (party.kind == Party::Kind::known) apply(party.device);
}

void Renaming::apply(CallEvent& event) const {
    apply(event.connection);
    if (event.secondary_old) apply(*event.secondary_old);
    for (Party* party : {&event.subject, &event.other, &event.calling, &event.called, &event.last_redirection})
        apply(*party);
    for (JoinedConnection& joined : event.connections) {
        if (joined.now) apply(*joined.now);
        if (joined.old) apply(*joined.old);
        if (joined.endpoint) apply(*joined.endpoint);
    }
}

struct Renaming::Parts {
    const Renaming& renaming;
    void operator()(CallEvent& event) const { renaming.apply(event); }
    void operator()(DoNotDisturbEvent& event) const { renaming.apply(event.device); }
    void operator()(ForwardingEvent& event) const { renaming.apply(event.device); }
    void operator()(AgentEvent& event) const { renaming.apply(event.device); }
    void operator()(ServiceEvent& event) const { renaming.apply(event.device); }
    void operator()(auto& /*never made here*/) const {}
};

void Renaming::apply(Event& event) const {
    std::visit(Parts{*this}, event);
}

void Renaming::apply(CallSnapshot& snapshot) const {
    for (CallParty& party : snapshot.parties) {
        apply(party.device);
        if (party.connection) apply(*party.connection);
    }
    apply(snapshot.calling);
    apply(snapshot.called);
}

} // namespace lamp::csta
