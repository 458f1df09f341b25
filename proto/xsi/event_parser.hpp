// Bytes of one channel document -> Document. Hop 2 of an event's way: nothing behind it sees BroadWorks XML.
// Lenient as xsi.md 7.1 asks (any order, unknown elements and words), strict in what is needed: well-formed XML in
// the BroadSoft namespace. Allocates nothing once its buffers have grown to the traffic.
#pragma once
#include <memory>

#include "base/errors.hpp"
#include "proto/xsi/event.hpp"

namespace lamp::xsi {

class EventParser {
public:
    EventParser();
    ~EventParser();
    EventParser(const EventParser&) = delete;
    EventParser& operator=(const EventParser&) = delete;

    /// The document stays valid until the next call. An error names line and column.
    [[nodiscard]] Result<const Document*> parse(std::string_view bytes);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace lamp::xsi
