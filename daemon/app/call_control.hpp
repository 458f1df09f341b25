// Dials, and controls the calls and settings of lines, through Xsi-Actions: what the HTTP API's call desk and SIP and
// CSTA clients have in common. One request each. Lives on the ingress loop; `from` gives it to another one.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "calls/agent_desk.hpp"
#include "calls/control.hpp"
#include "loop/loop.hpp"
#include "numbers/dial_plan.hpp"
#include "xsi/lines.hpp"
#include "xsi/platform.hpp"

namespace lamp {

class CallControl {
public:
    using PlatformOf = std::function<xsi::Platform&(std::uint8_t)>; // by its number in `lines`

    /// `country` (ISO 3166) is where numbers that people write nationally belong, until a plan says more. All outlive
    /// this object's tasks.
    CallControl(Loop& ingress, const xsi::Lines& lines, PlatformOf platform, std::string country)
        : ingress_(ingress),
          lines_(lines),
          platform_(std::move(platform)),
          plan_(numbers::DialPlan::build({}, std::move(country))) {}

    /// How the lines dial from now on.
    void use_plan(std::shared_ptr<const numbers::DialPlan> plan) { plan_ = std::move(plan); }

    /// For whoever lives on that loop: each answer comes there, once.
    [[nodiscard]] calls::Control from(Loop& asking);
    [[nodiscard]] calls::AgentDesk agents(Loop& asking);

    /// Gives the new leg's BroadWorks call id. Errors as in calls/control.hpp, of both.
    [[nodiscard]] Task<Result<std::string>> dial(xsi::LineIndex line, std::string to);
    [[nodiscard]] Task<Result<void>> order(xsi::LineIndex line, calls::CallOrder order);

private:
    [[nodiscard]] Result<xsi::LineIndex> watched(std::string_view line) const;
    [[nodiscard]] Result<std::string> number(xsi::LineIndex line, const std::string& to) const;
    [[nodiscard]] xsi::Actions& actions(xsi::LineIndex line) { return platform_(lines_.platform(line)).actions(); }
    [[nodiscard]] Task<Result<bool>> dnd(xsi::LineIndex line);
    [[nodiscard]] Task<Result<void>> set_dnd(xsi::LineIndex line, bool on);
    [[nodiscard]] Task<Result<calls::ForwardSetting>> forwarding(xsi::LineIndex line, calls::ForwardKind kind);
    [[nodiscard]] Task<Result<void>> set_forwarding(xsi::LineIndex line, calls::ForwardKind kind,
                                                    calls::ForwardSetting wanted);
    [[nodiscard]] Task<Result<presence::AgentState>> agent(xsi::LineIndex line);
    [[nodiscard]] Task<Result<void>> set_agent(xsi::LineIndex line, presence::AgentState wanted,
                                               std::optional<std::string> code = {});
    [[nodiscard]] Task<Result<calls::AgentCard>> agent_card(xsi::LineIndex line);

    /// Posts to ingress, finds the line, performs `begin(line)`, posts its result back to `asking`.
    template <class T, class Begin>
    void ask(Loop& asking, std::string line, calls::Answer<T> answer, Begin begin);

    Loop& ingress_;
    const xsi::Lines& lines_;
    PlatformOf platform_;
    std::shared_ptr<const numbers::DialPlan> plan_;
};

} // namespace lamp
