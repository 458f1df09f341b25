// One reader of /v1/events: a place in the history and what is still owed to the connection. Serve loop.
#pragma once
#include "status/events.hpp"

namespace lamp::status {

class Events::Subscriber final : public StreamEnd {
public:
    Subscriber(Events& events_, EventFilter filter_, std::size_t place_)
        : events(events_), filter(std::move(filter_)), place(place_) {}
    void on_writable() override { events.proceed(*this); }
    void on_gone() override { events.remove(*this); }

    Events& events;
    EventFilter filter;
    std::size_t place; // in the list
    Connection* connection = nullptr;
    std::uint64_t sent = 0; // everything up to here is sent, or was not wanted
    bool live = false;      // has all that is delivered; gets each batch as it is made
    Text rest;              // taken in part
    std::size_t rest_at = 0;
    std::shared_ptr<const presence::People> snapshot; // while it is being sent
    std::size_t snapshot_next = 0;
    std::string_view gap; // a reason to be told first
    Steady heartbeat{};
};

} // namespace lamp::status
