// What as-feature-event needs of the platform: where the lines of subscribed telephones forward to, and the orders that
// telephones give. A line is asked about once somebody watches it, and again whenever it may be otherwise; one request
// at a time, so that a thousand telephones that boot do not keep people waiting who dial. Lives on the sip loop.
#pragma once
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "calls/control.hpp"
#include "calls/line_news.hpp"
#include "sip/feature_events.hpp"
#include "sip/view.hpp"

namespace lamp::sip {

class FeatureDesk {
public:
    struct Seams {
        /// Where that line forwards to is known now, or is known to be otherwise.
        std::function<void(std::string_view line)> changed;
        /// Somebody still watches the line's features.
        std::function<bool(std::string_view line)> watched;
    };
    struct Counters {
        std::uint64_t asked = 0, ordered = 0, failed = 0; // requests for settings; orders; orders that failed
    };

    FeatureDesk(calls::Control control, Seams seams) : control_(std::move(control)), seams_(std::move(seams)) {}

    /// Somebody has subscribed, or refreshed: what is not known is asked for.
    void watch(std::string_view line);
    void take(const calls::LineNews& news);
    /// nullptr: nobody watches the line, or it is not known yet.
    [[nodiscard]] const Forwards* forwards(std::string_view line) const;
    /// Gives the order to each of the lines; `done` hears once whether all of them took it.
    void order(const std::vector<std::string>& lines, const FeatureOrder& order, std::function<void(bool)> done);
    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    struct Entry {
        Forwards forwards;
        std::optional<presence::Forwarding> told{}; // by the line's last news
        bool known = false;                         // it was answered once
        bool missing = true;                        // the last answers were not all of them
        bool waiting = false;                       // stands in the queue
    };
    void ask(const std::string& line);
    void ask_next();
    void ask_kind(std::size_t kind, Forwards got, bool missing);
    void finish(Forwards got, bool missing);

    calls::Control control_;
    Seams seams_;
    std::unordered_map<std::string, Entry> entries_; // by line
    std::deque<std::string> queue_;
    std::optional<std::string> asking_;
    Counters counters_;
};

} // namespace lamp::sip
