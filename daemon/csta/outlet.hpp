// Where an association's messages go: a framed TCP stream, or the bodies of a SIP dialog.
#pragma once
#include <cstdint>
#include <string_view>

namespace lamp::csta {

/// Nothing of it may call back into the association, or end it.
class Outlet {
public:
    /// The answer to a request with that invoke id; one for each.
    virtual void answer(std::uint16_t invoke_id, std::string_view xml) = 0;
    /// An event (invoke_id_of_events), or a request of our own.
    virtual void tell(std::uint16_t invoke_id, std::string_view xml) = 0;
    /// Bytes that the client has not yet taken; 0 where there is no queue.
    [[nodiscard]] virtual std::size_t unsent() const = 0;

protected:
    ~Outlet() = default;
};

} // namespace lamp::csta
