// What else decides where a line's calls go, read on demand for `why`: CommPilot Express, BroadWorks Anywhere, remote
// office and the forwarding services (xsi.md 8.1, 9.4). Old clients set them and nothing shows them; most have no event
// that we subscribe to. One read per line and minute, one request at a time, within the login's budget for what people
// ask for. Lives on the ingress loop.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "xsi/actions.hpp"

namespace lamp::xsi {

struct ServiceSeen {
    std::string line;        // the BroadWorks user
    std::string_view source; // "commpilot_express", "anywhere", "forwarding_always" …
    std::string value;       // "off", "on → +31201230002", "busy → voicemail"; "unknown": it could not be read
    std::optional<Wall> at;  // when it was read; nothing while unknown
};

class LineServices {
public:
    struct Timing {
        milliseconds limit{2'000};       // how long an answer waits; what comes later is there for the next one
        milliseconds kept{60'000};       // a whole answer
        milliseconds kept_broken{5'000}; // one with unknown values
    };
    static constexpr std::size_t lines_max = 1000; // whose services are kept
    static constexpr std::size_t readers_max =
        16; // lines that are read at the same time; whoever else asks hears "unknown"

    explicit LineServices(Loop& loop) : LineServices(loop, Timing{}) {}
    LineServices(Loop& loop, Timing timing) : loop_(loop), timing_(timing) {}

    struct Wanted {
        std::string line;
        Actions* actions; // of its platform; outlives this object's tasks
    };

    /// The services of these lines, line by line, always in the same order. One that is not assigned to the user (403,
    /// 404) is absent. This object outlives the task.
    [[nodiscard]] Task<std::vector<ServiceSeen>> of(std::vector<Wanted> lines);
    [[nodiscard]] milliseconds kept() const { return timing_.kept; }

private:
    struct Entry;
    [[nodiscard]] std::shared_ptr<Entry> entry(const Wanted& wanted, Steady now);
    [[nodiscard]] Task<> read(Wanted wanted, std::shared_ptr<Entry> entry);
    void tidy(Steady now);

    Loop& loop_;
    Timing timing_;
    std::unordered_map<std::string, std::shared_ptr<Entry>> entries_;
    std::size_t readers_ = 0;
};

} // namespace lamp::xsi
