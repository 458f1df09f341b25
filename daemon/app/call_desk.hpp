// The calls that are going on, for people and programs: lists them, controls them, dials from a person's line.
// Lives on the ingress loop.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/call_control.hpp"
#include "forwarding/rows.hpp"
#include "presence/people.hpp"
#include "status/ports.hpp"
#include "xsi/platform.hpp"

namespace lamp {

class CallDesk {
public:
    CallDesk(Loop& ingress, const xsi::Lines& lines, CallControl& control)
        : ingress_(ingress), lines_(lines), control_(control) {}

    void use_people(std::shared_ptr<const presence::People> people) { people_ = std::move(people); }

    /// What was asked of a line's calls, by whom and with what result; before the loops start.
    struct Deed {
        std::string line;
        forwarding::AuditEntry::What what{};
        std::string by; // a token's name; empty: nobody in particular
        std::string text;
    };
    void use_audit(std::function<void(Deed)> audit) { audit_ = std::move(audit); }

    [[nodiscard]] std::vector<status::CallView> active() const;
    void dial(status::DialRequest request, status::Reply<Result<std::string>> reply);
    void control(status::ControlRequest request, status::Reply<Result<std::string>> reply);

private:
    struct Found {
        xsi::LineIndex line;
        std::string call; // BroadWorks' id
    };
    [[nodiscard]] std::optional<Found> find(std::string_view id) const;
    [[nodiscard]] status::CallView view(xsi::LineIndex line, const xsi::Leg& leg) const;
    [[nodiscard]] Task<> perform_dial(xsi::LineIndex line, status::DialRequest request,
                                      status::Reply<Result<std::string>> reply);
    void note(xsi::LineIndex line, forwarding::AuditEntry::What what, const std::string& by, std::string text,
              const Error* trouble) const;
    [[nodiscard]] Task<> perform(Found call, status::ControlRequest request, status::Reply<Result<std::string>> reply);

    Loop& ingress_;
    const xsi::Lines& lines_;
    CallControl& control_;
    std::shared_ptr<const presence::People> people_;
    std::function<void(Deed)> audit_;
};

} // namespace lamp
