// The forwarding room's place in the daemon: its loop (egress), what it is told (claims of calendars, meetings, the
// lines' own events), what it does (disk, Xsi-Actions) and what people see of it. Also the one writer of the table's
// source `meetings`. Everything lives on the egress loop, but for construction and `prepare`.
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "app/line_book.hpp"
#include "app/line_settings.hpp"
#include "base/zone.hpp"
#include "config/reader.hpp"
#include "fanout/adapter.hpp"
#include "fanout/fanout.hpp"
#include "forwarding/desk.hpp"
#include "forwarding/options.hpp"
#include "forwarding/smartbusy.hpp"
#include "meetings/gathering.hpp"
#include "numbers/dial_plan.hpp"
#include "presence/people.hpp"
#include "presence/table.hpp"
#include "status/ports.hpp"
#include "store/store.hpp"

namespace lamp {

class Diversions {
public:
    using Line = LineBook::Line;
    /// `id` is the person's. Called on the egress loop.
    using Publish = std::function<void(status::PersonForwarding)>;

    /// All outlive this object.
    Diversions(Loop& egress, LineSettings& settings, presence::Table& table, fanout::Fanout& fanout);

    /// Reads what an earlier run left on disk. Before the loops start.
    [[nodiscard]] Result<void> prepare(const config::Configuration& configuration, store::Store& store,
                                       Publish publish);
    /// Whether anything is configured that wants forwardings; operators may want them all the same.
    [[nodiscard]] static bool wanted(const config::Configuration& configuration);
    void reload(const config::Configuration& configuration);
    struct Known {
        bool numbers; // the directories are in: numbers and extensions mean what they mean
        bool people;  // nobody is missing because a directory is not in
    };
    /// Nothing is written before the numbers are known, or before ten seconds have passed. Nobody's claims end before
    /// the people are.
    void use_people(std::shared_ptr<const presence::People> people, std::vector<Line> lines,
                    std::shared_ptr<const numbers::DialPlan> plan, Known known);
    /// Gives back what is diverted, as far as `limit` allows, then calls `done`. The claims stay on disk and are in
    /// force again at the next start.
    void shut_down(milliseconds limit, std::function<void()> done);

    /// For those who tell of meetings, and for adapters: to be called on the egress loop.
    [[nodiscard]] meetings::Listener listener();
    [[nodiscard]] forwarding::Desk desk();

    void heard(const std::string& line, const forwarding::Always& always);
    void lost_track();

    // --- what people ask
    /// `heard`: lines whose events are being heard; what nobody told of them is that they are not forwarded.
    [[nodiscard]] status::PersonForwarding view(presence::Slot person,
                                                const std::vector<std::string>& heard = {}) const;
    [[nodiscard]] std::vector<status::PersonForwarding> views() const;
    [[nodiscard]] Result<status::PersonForwarding> forward(const status::ForwardRequest& request);
    void audit(std::string line, std::size_t most, std::function<void(std::vector<status::AuditView>)> reply);
    /// What an operator did, for the same log; `by`: the token's name, empty: nobody in particular.
    void note(const std::string& line, forwarding::AuditEntry::What what, const std::string& by, std::string text);
    /// Nothing while nobody wants forwardings.
    [[nodiscard]] std::optional<status::AdapterView> adapter() const;
    [[nodiscard]] std::vector<fanout::Metric> metrics() const;

private:
    [[nodiscard]] static forwarding::Now now();
    [[nodiscard]] forwarding::SmartBusy::Now smartbusy_now() const;
    [[nodiscard]] Result<std::vector<forwarding::Stored>> read_disk();
    void configure(const config::Configuration& configuration);
    void use_plan(std::shared_ptr<const numbers::DialPlan> plan);
    [[nodiscard]] forwarding::Dialling dialling() const;
    void begin();
    void adopt();
    void drop_strangers();
    void turn();
    void perform(forwarding::SmartBusy::Order order);
    void perform(forwarding::Forwardings::Action action);
    void show_meetings();
    void write_audit();
    void tell_changes();
    void schedule();
    void hear(const meetings::News& news);
    void replace(std::string_view owner, std::vector<forwarding::LineClaim> all);
    void keep_owners(const std::vector<std::string>& owners);
    [[nodiscard]] std::optional<std::string> number_of(std::string_view name) const;
    [[nodiscard]] std::unordered_map<std::string, std::string> numbers_by_name() const;
    void note_operator(const std::string& line, const status::ForwardRequest& request);

    Loop& loop_;
    LineSettings& settings_;
    presence::Table& table_;
    fanout::Fanout& fanout_;
    store::Store* store_ = nullptr;
    Publish publish_;
    bool wanted_ = false;

    std::shared_ptr<const numbers::DialPlan> plan_;
    forwarding::Forwardings forwardings_;
    forwarding::SmartBusy smartbusy_;
    meetings::Gathering gathering_{{}};
    Zone zone_; // [daemon] timezone

    std::shared_ptr<const presence::People> people_ = std::make_shared<const presence::People>();
    LineBook lines_;
    /// By folded id and name; empty: several are called so. Made when it is asked for first.
    mutable std::optional<std::unordered_map<std::string, std::string>> numbers_by_name_;
    bool people_known_ = false; // as `use_people` said last
    struct OwnClaim {
        std::string line;
        std::string name;
        auto operator<=>(const OwnClaim&) const = default;
    };
    struct Meeting {
        forwarding::SmartBusy::Order begun;
        std::set<OwnClaim> claims;
    };
    void place(Meeting& meeting);
    std::map<std::string, Meeting> diverted_by_meeting_;               // by person's id
    std::map<std::string, std::set<OwnClaim>, std::less<>> calendars_; // claims by owner
    bool calendars_wanted_ = false;
    bool smartbusy_wanted_ = false;
    /// Claims of an earlier run whose people are not known yet, by line.
    std::vector<std::pair<std::string, forwarding::Claim>> left_by_smartbusy_;

    asio::steady_timer timer_;
    Steady hold_until_ = Steady::max(); // nothing is written before; zero: it has begun
    bool begun_ = false;
    bool turning_ = false;
    bool again_ = false;
    bool turn_posted_ = false;
    bool stopping_ = false;
    std::function<void()> stopped_; // set while what is diverted is given back
    Steady stop_by_{};
    std::size_t disk_failures_ = 0;
    std::string disk_problem_;
};

} // namespace lamp
