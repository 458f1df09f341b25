// Calendars that divert calls: reads each by its provider, and puts what its appointments want on the desk of
// forwarding. What is decided is decided beside this file (text_rule, agenda, plan); this class is their loop.
// Lives on the egress loop; construction happens before the loops start.
#pragma once
#include <array>
#include <atomic>
#include <map>
#include <random>

#include "adapters/calendars/agenda.hpp"
#include "adapters/calendars/google_push.hpp"
#include "adapters/calendars/graph_push.hpp"
#include "adapters/calendars/plan.hpp"
#include "adapters/calendars/providers.hpp"
#include "base/backoff.hpp"
#include "fanout/adapter.hpp"
#include "meetings/news.hpp"

namespace lamp::calendars {

using Maker = Made (*)(const ProviderParts& parts);
/// By ProviderKind.
using Makers = std::array<Maker, 4>;
[[nodiscard]] const Makers& makers(); // makers.cpp: the real ones

/// What the configuration says, and what of it may change while the daemon runs.
struct Wanted {
    std::vector<CalendarOptions> calendars;
    std::vector<forwarding::Source> precedence; // [forwarding]
};
struct Surroundings {
    std::string zone{};              // of [daemon]
    std::filesystem::path ca_file{}; // of [net], for calendars that do not say otherwise
    std::string proxy{};
    std::string graph_url{}; // of [teams]
    http::TokenOptions graph_token{};
    meetings::Listener meetings{}; // who is in a meeting, of calendars with `presence`
    std::string public_url{};      // of [http]: where Google and Graph tell of changes
};

/// One calendar, for people.
struct CalendarReport {
    std::string name;
    std::string provider; // google, graph, caldav, ics
    std::vector<std::string> lines;
    std::string state; // up, opening, degraded, down
    std::optional<Wall> last_success{};
    std::string last_error{};     // empty: none
    std::size_t appointments = 0; // of the next seven days
};

class Calendars final : public fanout::Adapter {
public:
    Calendars(Loop& loop, Wanted wanted, Surroundings surroundings, const Makers& makers, forwarding::Desk desk,
              store::Store& store);
    ~Calendars() override;

    [[nodiscard]] std::string_view name() const override { return "calendars"; }
    void start() override;
    /// Readings end; claims stay, they are forwarding's and end by themselves.
    void shut_down(milliseconds limit, std::function<void()> done) override;
    void use_people(std::shared_ptr<const presence::People> people,
                    const std::vector<fanout::LineName>& lines) override;
    /// After a reload: calendars that are gone end, new and changed ones are read at once, failing ones tried again.
    void use(Wanted wanted);
    [[nodiscard]] std::optional<fanout::HookAnswer> deliver(const fanout::HookCall& call) override;
    [[nodiscard]] bool expects_test(std::string_view hook) const override;
    /// Something has changed over there: a push, a login.
    void read_now(std::string_view calendar);

    [[nodiscard]] fanout::Health health() const override;
    [[nodiscard]] std::vector<fanout::Metric> metrics() const override;
    [[nodiscard]] std::vector<CalendarReport> views() const;
    [[nodiscard]] std::vector<PlanRow> plan(milliseconds next) const;

private:
    struct Calendar;
    using Found = Result<std::optional<std::vector<Occurrence>>>;
    [[nodiscard]] CalendarOptions settled(CalendarOptions options) const;
    [[nodiscard]] std::shared_ptr<Calendar> make(CalendarOptions options);
    void run(const std::shared_ptr<Calendar>& calendar, milliseconds wait);
    static void drop(Calendar& calendar);
    static void read_soon(Calendar& calendar);
    [[nodiscard]] fanout::HookAnswer deliver_google(const fanout::HookCall& call);
    [[nodiscard]] fanout::HookAnswer deliver_graph(const fanout::HookCall& call);
    void notified(std::string_view calendar);
    Task<> follow(std::shared_ptr<Calendar> calendar);
    Task<> say_goodbye(milliseconds limit, std::function<void()> done);
    void take(Calendar& calendar, Found found);
    void failed(Calendar& calendar, const Error& error);
    static void end_refused(Calendar& calendar);
    void share_lines();
    [[nodiscard]] std::optional<std::string> number_of(std::string_view line, std::string_view name);
    void tell(Calendar& calendar);
    void tell_owners();
    void tell_presence(Calendar& calendar);
    void show(presence::Slot person);
    [[nodiscard]] milliseconds poll_after(const Calendar& calendar);
    [[nodiscard]] static std::string state_of(const Calendar& calendar);
    [[nodiscard]] std::string problem_of(const Calendar& calendar) const;

    Loop& loop_;
    Surroundings surroundings_;
    std::vector<forwarding::Source> precedence_;
    const Makers& makers_;
    forwarding::Desk desk_;
    store::Store& store_;
    const std::unique_ptr<GooglePush> push_;           // null: Google cannot reach us
    const std::unique_ptr<GraphPush> graph_push_;      // likewise
    std::atomic<int> notifications_{0};                // that wait for this loop
    std::atomic<std::size_t> notified_bytes_{0};       // of Graph's, likewise
    std::vector<std::shared_ptr<Calendar>> calendars_; // in the order of the configuration
    std::map<std::pair<std::string, std::string>, std::optional<std::string>> numbers_; // by line and name
    std::map<presence::Slot, std::optional<Wall>> shown_; // in a meeting until then, as told
    std::size_t following_ = 0;                           // coroutines that have not ended
    bool started_ = false;
    bool stopping_ = false;
    std::uint64_t readings_ = 0;
    std::uint64_t failures_ = 0;
    std::minstd_rand random_{std::random_device()()};
};

} // namespace lamp::calendars
