// uaCSTA (ECMA TR/87, sip-csta.md 17.7): an association whose documents travel as bodies of one SIP dialog. The SIP
// side gives each body of INVITE and INFO, gets each answer for its 200, and sends each event in an INFO of its own.
// Lives on the CSTA loop; another loop's dialog posts to it.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "csta/association.hpp"

namespace lamp::csta {

inline constexpr std::string_view ua_media_type = "application/csta+xml";

class UaSession final : private Outlet {
public:
    /// Called once, with a document; empty: the body needs no answer (a 200 without one).
    using Respond = std::function<void(std::string xml)>;
    /// Called for each event, in order.
    using Tell = std::function<void(std::string xml)>;

    /// `who` was authenticated by SIP and needs no application session.
    UaSession(Domain& domain, std::string who, Tell on_event, Steady now);

    /// The answer may come from within the call, or when the platform has answered.
    void on_body(std::string_view xml, Steady now, Respond respond);
    void on_tick(Steady now) { association_.on_tick(now); }
    /// The dialog is to be ended with BYE.
    [[nodiscard]] bool over() const { return association_.closing() != Closing::no; }
    [[nodiscard]] const Association& association() const { return association_; }

private:
    void answer(std::uint16_t invoke_id, std::string_view xml) override;
    void tell(std::uint16_t invoke_id, std::string_view xml) override;
    [[nodiscard]] std::size_t unsent() const override { return 0; }

    Tell on_event_;
    std::unordered_map<std::uint16_t, Respond> waiting_;
    std::uint16_t last_id_ = 0;
    Association association_;
};

} // namespace lamp::csta
