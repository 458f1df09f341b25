// What `[forwarding]` and `[smartbusy]` say (interface 3). Defaults live here and nowhere else.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "forwarding/claim.hpp"
#include "forwarding/smartbusy.hpp"

namespace lamp::forwarding {

struct ForwardingOptions {
    Several several = Several::simultaneous;
    std::vector<Source> precedence{Source::operator_, Source::calendar, Source::smartbusy};

    [[nodiscard]] Rules rules() const { return {.precedence = precedence, .several = several}; }
};
[[nodiscard]] config::Section<ForwardingOptions> forwarding_section();

struct SmartBusyOptions {
    std::vector<MeetingSource> sources{MeetingSource::teams, MeetingSource::zoom, MeetingSource::go_to};
    std::string forward_to;
    std::map<std::string, std::string> folders;
    std::map<std::string, std::string> people;
    std::vector<std::string> except;
    bool calendar_meetings = false;
    milliseconds hold_on_stale{600'000};
    milliseconds settle{3'000};
    std::vector<std::string> quiet;

    [[nodiscard]] SmartBusySettings settings() const;
};
[[nodiscard]] config::Section<SmartBusyOptions> smartbusy_section();

/// "18:00-08:00", "mon-fri 18:00-08:00", "sat,sun 00:00-24:00". Errors are sentences without their subject.
[[nodiscard]] Result<QuietHours> parse_quiet(std::string_view text);

} // namespace lamp::forwarding
