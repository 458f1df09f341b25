// The facade of the room: takes the news of lines, tells of calls, keeps records on disk, answers questions. Lives on
// the loop `history`; what may be called from elsewhere says so.
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/zone.hpp"
#include "calls/call_record.hpp"
#include "calls/control.hpp"
#include "calls/history.hpp"
#include "loop/loop.hpp"
#include "records/log_merge.hpp"
#include "records/options.hpp"
#include "records/owners.hpp"
#include "records/recorder.hpp"
#include "records/shelf.hpp"
#include "store/store.hpp"

namespace lamp::records {

struct HistoryReport {
    std::uint64_t going = 0;     // calls
    std::uint64_t waiting = 0;   // records that are not on disk yet
    std::uint64_t written = 0;   // records brought to disk since the start
    std::uint64_t lost = 0;      // records that found no room while the disk took nothing
    std::uint64_t from_logs = 0; // records that call logs brought
    bool failing = false;        // the disk did not take the last batch
    std::string last_error{};
};

class History {
public:
    /// Both outlive this object. `zone`: where days are cut.
    History(Loop& loop, store::Store& store, Zone zone, HistoryOptions options);
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    /// Hears of every call, in order, on this loop. Set before `start`.
    std::function<void(const calls::CallEvent&)> on_event;
    /// Asks a platform for the three call logs of a line; the answer comes on this loop. Empty: logs are not read.
    std::function<void(std::string line, calls::Answer<LineLogs>)> read_logs;

    /// Any loop. Reads what was going on when the daemon ended; what `take` brings meanwhile waits for it.
    void start();
    /// This loop: what a LineFeed with this loop as its reader gives.
    void take(std::vector<calls::LineNews> news);
    /// Any loop. All platforms' lines, whole.
    void use_people(std::shared_ptr<const Owners> owners);
    /// Any loop. From `from` on nothing is heard of that platform's calls; until it is heard again. Each platform
    /// begins with a gap that reaches back to when the daemon was last alive.
    void gap(std::string platform, Wall from);
    /// Any loop. All of it is heard again, and the calls of its lines are known; call logs are read for what is
    /// between.
    void gap_over(std::string platform, Wall at);

    /// Any loop; the answers come on this loop. invalid: a cursor that is none of ours, a limit out of range, a span
    /// that ends before it begins or has too many days or hours.
    void calls(calls::CallQuery query, std::function<void(Result<calls::CallPage>)> reply);
    void stats(calls::StatsQuery query, std::function<void(Result<calls::Stats>)> reply);
    /// As forget_call of shelf.hpp, with a row of the audit by `by`, a token's name.
    void forget(std::string id, std::optional<calls::Within> within, std::string by,
                std::function<void(Result<std::size_t>)> reply);
    /// Any loop.
    [[nodiscard]] HistoryReport report() const;
    /// Any loop. Writes what waits; `done` comes on this loop, before the store is stopped. Takes nothing afterwards.
    void shut_down(std::function<void()> done);

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace lamp::records
