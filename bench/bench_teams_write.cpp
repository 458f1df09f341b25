// Question: how late does Graph hear of a call? From the report in the table, over the intent on disk, to the arrival
// of setPresence at the strict fake Graph (its journal tells the time in milliseconds; one more is added). With the
// pacing lifted at 2 000 calls/s; within Microsoft's budget at 40 calls/s; and a burst of 5 000 people within that
// budget, some of whom end their call, or end it and begin another, while they wait.
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <future>
#include <thread>
#include <unordered_map>

#include "adapters/teams/teams.hpp"
#include "bench/folder.hpp"
#include "bench/measure.hpp"
#include "fakes/graph/guid.hpp"
#include "fakes/world.hpp"
#include "roster/people_file.hpp"
#include "store/store.hpp"

using namespace lamp;
using presence::LineState;
using presence::Slot;

namespace {

namespace json = boost::json;

constexpr double budget_per_second = 50; // 1 500 in 30 s

void must(bool good, const char* what) {
    if (good) return;
    fmt::print(stderr, "{}\n", what);
    std::abort();
}

bool within(std::chrono::milliseconds limit, const std::function<bool()>& holds) {
    auto end = steady_now() + limit;
    while (!holds()) {
        if (steady_now() > end) return false;
        std::this_thread::sleep_for(milliseconds(10));
    }
    return true;
}

double now_ms() {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    return Milliseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// What the fake heard of one person.
struct Heard {
    std::vector<double> set;
    std::vector<double> cleared;
};

/// The adapter on its own loop, its intents on a disk, and Graph.
class Desk {
public:
    Desk(std::size_t people, bool lifted) {
        sim::Options fake;
        fake.people = people;
        fake.second_line_every = 0;
        fake.log_size = 1'000'000;
        world_ = std::make_unique<sim::World>(fake);
        world_->start();
        if (lifted) static_cast<void>(command("graph/settings", {{"rate", 0}}));
        auto opened = store::Store::open({.folder = folder_.path});
        must(opened.has_value(), "no store");
        store_ = std::move(*opened);
        auto start = world_->announcement();
        auto text = [&](std::string_view member) { return std::string(start.at(member).as_string()); };
        teams::TeamsOptions options;
        options.tenant = text("tenant");
        options.client_id = text("client_id");
        options.client_secret = Secret(text("client_secret"));
        options.login_url.text = text("graph");
        options.graph_url.text = text("graph");
        if (lifted) options.requests_per_30s = teams::pacing_lifted;
        auto made = teams::Teams::make(loop_, options, {"email"}, std::chrono::minutes(2), table_, fanout_, *store_);
        must(made.has_value(), "no adapter");
        teams_ = std::move(*made);
        auto csv = command("people_csv");
        auto built = presence::People::build(roster::read_people(csv.at("csv").as_string()).people);
        must(built.has_value(), "no people");
        people_ = *built;
        began_.resize(people_->slots());
        ended_.resize(people_->slots());
        for (Slot slot : people_->order()) {
            slots_.emplace(sim::graph::Guid::of(people_->person(slot).email).text(), slot);
            line(slot, LineState::idle);
        }
        loop_.start();
        loop_.post([this] {
            teams_->use_people(people_, {});
            teams_->start();
        });
        must(within(std::chrono::seconds(60), [this] { return ready(); }), "the adapter is not ready");
        std::this_thread::sleep_for(std::chrono::seconds(4)); // what was spent of the budget's burst comes back
    }
    ~Desk() {
        loop_.stop();
        loop_.join();
        teams_.reset();
        store_.reset();
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    void call(Slot slot) {
        began_[slot] = now_ms();
        line(slot, LineState::active);
    }
    void hang_up(Slot slot) {
        ended_[slot] = now_ms();
        line(slot, LineState::idle);
    }
    [[nodiscard]] Slot person(std::size_t n) const { return people_->order()[n]; }
    [[nodiscard]] double began(Slot slot) const { return began_[slot]; }
    [[nodiscard]] double ended(Slot slot) const { return ended_[slot]; }

    [[nodiscard]] std::unordered_map<Slot, Heard> heard() {
        std::unordered_map<Slot, Heard> all;
        for (std::string_view kind : {"presence_set", "presence_clear"}) {
            auto log = command("graph/log", {{"kind", kind}, {"limit", 1'000'000}});
            for (const auto& line : log.at("requests").as_array()) {
                std::string_view path = line.at("path").as_string();
                auto at = slots_.find(std::string(path.substr(path.find("/users/") + 7, 36)));
                must(at != slots_.end() && line.at("status").to_number<int>() == 200, "a write that Graph refuses");
                auto& one = all[at->second];
                (kind == "presence_set" ? one.set : one.cleared).push_back(line.at("time").to_number<double>());
            }
        }
        return all;
    }
    [[nodiscard]] std::vector<double> times(std::string_view kind) {
        std::vector<double> all;
        auto log = command("graph/log", {{"kind", kind}, {"limit", 1'000'000}});
        for (const auto& line : log.at("requests").as_array())
            all.push_back(line.at("time").to_number<double>());
        return all;
    }
    [[nodiscard]] std::int64_t number(std::string_view member) {
        return command("graph/state", {{"detail", false}}).at(member).to_number<std::int64_t>();
    }
    [[nodiscard]] store::StoreReport disk() const { return store_->report(); }
    [[nodiscard]] std::int64_t sets() {
        auto state = command("graph/state", {{"detail", false}});
        return state.at("requests").at("presence_set").to_number<std::int64_t>();
    }

private:
    void line(Slot slot, LineState state) {
        presence::LineReport report;
        report.state = state;
        report.in_call = state == LineState::active;
        report.calls = report.in_call ? 1 : 0;
        report.at = wall_now();
        if (table_.report(slot, presence::Source::telephony, report.pack(), report.at)) fanout_.publish(slot);
    }
    json::value command(std::string_view name, json::object arguments = {}) {
        auto answer = world_->command(name, std::move(arguments));
        must(answer.has_value(), "a command that the fake refuses");
        return *answer;
    }
    bool ready() {
        std::promise<bool> result;
        loop_.post([&] {
            auto health = teams_->health();
            result.set_value(health.state == "up" && health.not_ready.empty());
        });
        return result.get_future().get();
    }

    bench::Folder folder_{"teams"};
    std::unique_ptr<sim::World> world_;
    presence::Table table_{1 << 16};
    fanout::Fanout fanout_;
    Loop loop_{"egress"};
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<teams::Teams> teams_;
    std::shared_ptr<const presence::People> people_;
    std::unordered_map<std::string, Slot> slots_;
    std::vector<double> began_; // by slot
    std::vector<double> ended_;
};

/// Calls of `talk` each, every person once.
double latency_p99_ms(bool lifted, int per_second, int seconds, milliseconds talk) {
    auto calls = static_cast<std::size_t>(per_second) * static_cast<std::size_t>(seconds);
    Desk desk(calls, lifted);
    auto lasts = static_cast<std::size_t>(per_second * talk.count() / 1000);
    auto begun = steady_now();
    for (std::size_t n = 0; n < calls; ++n) {
        std::this_thread::sleep_until(begun +
                                      std::chrono::nanoseconds(1'000'000'000LL * static_cast<long>(n) / per_second));
        desk.call(desk.person(n));
        if (lasts > 0 && n >= lasts) desk.hang_up(desk.person(n - lasts));
    }
    must(within(std::chrono::seconds(30), [&] { return desk.sets() >= static_cast<std::int64_t>(calls); }),
         "calls that were not written");
    std::vector<double> took;
    for (const auto& [slot, heard] : desk.heard())
        took.push_back(heard.set.front() + 1 - desk.began(slot));
    must(took.size() == calls && desk.number("throttled") == 0, "lost or throttled");
    std::ranges::sort(took);
    fmt::print("  {} calls at {}/s: median {:.1f} ms, p99 {:.1f}, longest {:.1f}\n", calls, per_second,
               took[took.size() / 2], took[took.size() * 99 / 100], took.back());
    auto disk = desk.disk();
    fmt::print("  on disk before: {} groups in {} commits, the longest commit {:.1f} ms, the longest wait {:.1f} ms\n",
               disk.units, disk.commits, static_cast<double>(disk.longest.count()) / 1000,
               static_cast<double>(disk.waited.count()) / 1000);
    return took[took.size() * 99 / 100];
}

struct Burst {
    double against_ideal = 0;
    double wrong = 0; // lost, written after the call's end, written twice, throttled
};

Burst burst(std::size_t people) {
    Desk desk(people, false);
    auto leavers = people / 5;    // hang up while they wait
    auto returners = people / 10; // hang up, and are called again
    auto begun = now_ms();
    for (std::size_t n = 0; n < people; ++n)
        desk.call(desk.person(n));
    std::this_thread::sleep_for(milliseconds(1000));
    for (std::size_t n = 0; n < leavers + returners; ++n)
        desk.hang_up(desk.person(n));
    std::this_thread::sleep_for(milliseconds(100));
    for (std::size_t n = leavers; n < leavers + returners; ++n)
        desk.call(desk.person(n));
    auto quiet_since = steady_now();
    auto before = desk.sets();
    while (steady_now() - quiet_since < std::chrono::seconds(3)) { // until nothing is written any more
        std::this_thread::sleep_for(milliseconds(100));
        auto sets = desk.sets();
        if (sets != before) quiet_since = steady_now();
        before = sets;
    }
    auto all = desk.heard();
    double last = begun;
    std::size_t lost = 0, late = 0, twice = 0, written = 0;
    for (std::size_t n = 0; n < people; ++n) {
        auto slot = desk.person(n);
        const auto& heard = all[slot];
        bool left = n < leavers;
        for (double at : heard.set)
            last = std::max(last, at);
        written += heard.set.size();
        lost += !left && heard.set.empty() ? 1 : 0;
        late += left && !heard.set.empty() && heard.set.back() > desk.ended(slot) + 100 ? 1 : 0;
        twice += heard.set.size() > 1 && heard.cleared.empty() ? 1 : 0;
        lost += left && heard.cleared.size() < heard.set.size() ? 1 : 0;
    }
    std::size_t used = 0; // of the budget, until the last call was written
    for (std::string_view kind : {"presence_set", "presence_clear", "presences"})
        used += static_cast<std::size_t>(
            std::ranges::count_if(desk.times(kind), [&](double at) { return at >= begun && at <= last; }));
    auto ideal = static_cast<double>(used) / budget_per_second;
    auto took = (last - begun) / 1000;
    auto throttled = desk.number("throttled");
    fmt::print("  {} people, {} left while waiting, {} writes, {} requests in {:.1f} s (the budget alone: {:.1f} s); "
               "lost {}, written after the end {}, twice {}, throttled {}\n",
               people, leavers, written, used, took, ideal, lost, late, twice, throttled);
    return {took / ideal, static_cast<double>(lost + late + twice) + static_cast<double>(throttled)};
}

} // namespace

int main(int argc, char** argv) {
    bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    log::set_level(log::Level::warning);
    bool good =
        bench::result("teams_call_to_graph_2000_p99",
                      latency_p99_ms(true, quick ? 500 : 2000, quick ? 1 : 8, milliseconds(2000)), "ms", 50, false);
    good &= bench::result("teams_call_to_graph_40_p99", latency_p99_ms(false, 40, quick ? 2 : 20, milliseconds(0)),
                          "ms", 50, false);
    auto many = burst(quick ? 400 : 6500);
    good &= bench::result("teams_burst_against_budget", many.against_ideal, "x", 1.05, false);
    bool right = bench::result("teams_burst_wrong", many.wrong, "writes", 0, false);
    return right && (good || quick) ? 0 : 1;
}
