// The calls that are going on, for people and programs: lists them, controls them through Xsi-Actions, dials.
// A call's public id is a hash of its line and BroadWorks call id. Lives on the ingress loop.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "presence/people.hpp"
#include "status/ports.hpp"
#include "xsi/platform.hpp"

namespace lamp {

class CallDesk {
public:
    CallDesk(Loop& ingress, xsi::Lines& lines, std::vector<std::unique_ptr<xsi::Platform>>& platforms,
             std::string country)
        : ingress_(ingress), lines_(lines), platforms_(platforms), country_(std::move(country)) {}

    void use_people(std::shared_ptr<const presence::People> people) { people_ = std::move(people); }

    [[nodiscard]] std::vector<status::CallView> active() const;
    /// The calls of one line as they are now.
    [[nodiscard]] std::vector<status::CallView> of_line(xsi::LineIndex line) const;
    /// What has changed on a line since it was asked last: new and changed calls, and those that are over ("ended").
    [[nodiscard]] std::vector<status::CallView> changes(xsi::LineIndex line);
    void dial(status::DialRequest request, status::Reply<Result<std::string>> reply);
    void control(status::ControlRequest request, status::Reply<Result<std::string>> reply);

private:
    struct Found {
        xsi::LineIndex line;
        xsi::Leg leg;
    };
    [[nodiscard]] std::optional<Found> find(std::string_view id) const;
    [[nodiscard]] status::CallView view(xsi::LineIndex line, const xsi::Leg& leg) const;
    [[nodiscard]] Result<std::string> dialled(xsi::LineIndex line, const std::string& to) const;
    [[nodiscard]] xsi::Actions& actions(xsi::LineIndex line) { return platforms_.at(lines_.platform(line))->actions(); }
    [[nodiscard]] Task<> perform_dial(xsi::LineIndex line, std::string number,
                                      status::Reply<Result<std::string>> reply);
    [[nodiscard]] Task<> perform(Found call, status::ControlRequest request, std::string number,
                                 status::Reply<Result<std::string>> reply);

    Loop& ingress_;
    xsi::Lines& lines_;
    std::vector<std::unique_ptr<xsi::Platform>>& platforms_;
    std::string country_;
    std::shared_ptr<const presence::People> people_;
    std::unordered_map<xsi::LineIndex, std::vector<status::CallView>> told_;
};

/// The public id of a call.
[[nodiscard]] std::string call_id(std::string_view line, std::string_view broadworks_call_id);

} // namespace lamp
