// A platform client on its own loop against the strict simulator in the same process: what the fault tests drive.
// It compares every lamp with the simulator's truth and says who differs.
#pragma once
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <source_location>
#include <string>

#include "fakes/world.hpp"
#include "fanout/fanout.hpp"
#include "faults/within.hpp"
#include "loop/loop.hpp"
#include "presence/table.hpp"
#include "xsi/platform.hpp"

namespace faults {

namespace json = boost::json;
using namespace std::chrono_literals;

/// An organisation as small as the test allows: who waits for few waits short.
inline sim::Options small_office(int xsps = 1, std::size_t people = 8) {
    sim::Options options;
    options.xsps = xsps;
    options.people = people;
    return options;
}

struct Setup {
    sim::Options world = small_office();
    std::function<void(lamp::xsi::BroadworksOptions&)> adjust{};
    std::chrono::milliseconds stale_after = 60s;
    lamp::xsi::Patience patience{};
    /// Runs when the simulator serves and the client has not started: faults that are to be met from the beginning.
    std::function<void(sim::World&)> before{};
    /// Another client's simulator, instead of an own one.
    std::shared_ptr<sim::World> shared{};
};

class Harness {
public:
    explicit Harness(sim::Options world_options = {}, std::function<void(lamp::xsi::BroadworksOptions&)> adjust = {},
                     std::chrono::milliseconds stale_after = 60s)
        : Harness(Setup{.world = world_options, .adjust = std::move(adjust), .stale_after = stale_after}) {}
    explicit Harness(const Setup& setup)
        : world_(setup.shared), table_(1 << 16), lines_(table_, fanout_), loop_("ingress") {
        if (!world_) {
            world_ = std::make_shared<sim::World>(setup.world);
            world_->start();
        }
        lamp::xsi::BroadworksOptions options;
        options.name = "sim";
        for (int i = 0; i < setup.world.xsps; ++i)
            options.hosts.emplace_back(world_->xsp_url(i));
        options.username = "ctiadmin@example.net";
        options.password = lamp::Secret("secret");
        options.enterprise = setup.world.enterprise;
        options.heartbeat = 1s;
        options.subscriptions_per_second = 10'000;
        if (setup.adjust) setup.adjust(options);
        if (setup.before) setup.before(*world_);
        auto made = lamp::xsi::Platform::make(loop_, options, 0, setup.stale_after, lines_, setup.patience);
        REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : made.error().text));
        platform_ = std::move(*made);
        assign();
        loop_.start();
        loop_.post([this] { platform_->start(); });
    }
    ~Harness() {
        if (frozen_) return;
        std::promise<void> done;
        loop_.post([&] { loop_.spawn(say_goodbye(done)); });
        done.get_future().wait_for(5s);
        freeze();
    }
    Harness(const Harness&) = delete;
    Harness& operator=(const Harness&) = delete;

    /// As if the power went: nothing is said, sent or read any more, and the sockets stay open, so that the platform
    /// still has the channels. A process that was killed differs only in that its sockets are closed: destroy it then.
    void freeze() {
        frozen_ = true;
        loop_.stop();
        loop_.join();
    }
    [[nodiscard]] std::shared_ptr<sim::World> world() const { return world_; }

    json::value command(std::string_view name, json::object arguments = {}) {
        auto answer = world_->command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), name, ": ", (answer ? std::string() : answer.error()));
        return *answer;
    }
    void fault(std::string_view kind, json::object arguments = {}) {
        arguments["kind"] = kind;
        command("fault", std::move(arguments));
    }
    /// How many requests of a kind the platform has counted: channel, heartbeat, subscribe, …
    std::int64_t requests(std::string_view kind) {
        return command("state", {{"detail", false}}).at("requests").at(kind).to_number<std::int64_t>();
    }
    std::int64_t requests_in_all() { return faults::requests_in_all(command("state", {{"detail", false}})); }
    /// A counter of the platform: events, acks, unknown_acks, resent, channels_opened, non_responsive, …
    std::int64_t counted(std::string_view name) {
        return command("state", {{"detail", false}}).at("counters").at(name).to_number<std::int64_t>();
    }
    /// Logged requests that fit, oldest first.
    json::array log(json::object filter) {
        filter["limit"] = 100'000;
        return command("log", std::move(filter)).at("requests").as_array();
    }
    /// The largest number of such requests within any second.
    std::size_t busiest_second(json::object filter) {
        std::vector<std::int64_t> times;
        for (const auto& one : log(std::move(filter)))
            times.push_back(one.at("time").to_number<std::int64_t>());
        std::size_t most = 0;
        for (std::size_t first = 0, last = 0; last < times.size(); ++last) {
            while (times[last] - times[first] >= 1000)
                ++first;
            most = std::max(most, last - first + 1);
        }
        return most;
    }

    /// Runs on the loop and gives its result.
    template <class Work>
    auto on_loop(Work work) {
        std::promise<decltype(work())> result;
        loop_.post([&] { result.set_value(work()); });
        return result.get_future().get();
    }
    lamp::xsi::PlatformReport report() {
        return on_loop([this] { return platform_->report(); });
    }

    lamp::presence::Snapshot lamp(const std::string& id) const { return table_.read(slots_.at(id)); }
    std::string line(const std::string& id) const { return std::string(name(lamp(id).line().state)); }

    /// Empty when every lamp says what the simulator knows; else the first difference.
    std::string difference() {
        auto truth = command("truth");
        for (const auto& [id, said] : truth.at("users").as_object()) {
            auto slot = slots_.find(std::string(id));
            if (slot == slots_.end()) continue;
            auto shown = table_.read(slot->second).line();
            auto text = fmt::format("{} {} dnd={} always={}", name(shown.state), shown.calls, shown.dnd,
                                    shown.forwarding == lamp::presence::Forwarding::always);
            auto wanted = fmt::format("{} {} dnd={} always={}", std::string(said.at("line").as_string()),
                                      json::serialize(said.at("calls")), said.at("dnd").as_bool(),
                                      said.at("forwarding_always").as_bool());
            if (text != wanted || shown.stale)
                return fmt::format("{}: shown {}{}, truth {}", std::string(id), text, shown.stale ? " stale" : "",
                                   wanted);
        }
        return {};
    }
    /// Every lamp is right, none is stale, and everything is known, within the limit. Gives how long it took.
    std::chrono::milliseconds require_truth(std::chrono::milliseconds limit,
                                            std::source_location here = std::source_location::current()) {
        auto line = here.line();
        CAPTURE(line);
        std::string last;
        auto start = lamp::steady_now();
        bool right = within(limit, [&] {
            last = difference();
            if (last.empty() && !report().ready) last = "not everything is known";
            return last.empty();
        });
        INFO(last);
        REQUIRE(right);
        return std::chrono::duration_cast<std::chrono::milliseconds>(lamp::steady_now() - start);
    }
    /// A lamp that is wrong although it claims to be sure, after a change was given `grace` to arrive; else empty.
    std::string lie(std::chrono::milliseconds grace) {
        std::string found;
        within(grace, [&] {
            found.clear();
            auto truth = command("truth");
            for (const auto& [id, said] : truth.at("users").as_object()) {
                auto slot = slots_.find(std::string(id));
                if (slot == slots_.end()) continue;
                auto shown = table_.read(slot->second).line();
                auto wanted = std::string(said.at("line").as_string());
                if (shown.stale || shown.state == lamp::presence::LineState::unknown) continue;
                if (name(shown.state) != wanted)
                    found = fmt::format("{}: shown {}, truth {}", std::string(id), name(shown.state), wanted);
            }
            return found.empty();
        });
        return found;
    }
    bool none_stale() const {
        return every([](const auto& line) { return !line.stale; });
    }
    bool every(const std::function<bool(const lamp::presence::LineReport&)>& holds) const {
        for (const auto& [id, slot] : slots_)
            if (!holds(table_.read(slot).line())) return false;
        return true;
    }
    bool all_unknown() const {
        return every([](const auto& line) { return line.state == lamp::presence::LineState::unknown; });
    }
    bool all_stale() const {
        return every([](const auto& line) { return line.stale; });
    }
    lamp::xsi::Platform& platform() { return *platform_; }
    lamp::xsi::Lines& lines() { return lines_; } // on the loop only
    void retry_now() {
        on_loop([this] { return platform_->retry_now(), true; });
    }
    /// The first channel's state and, while it is not up, why.
    std::string channel_state(std::size_t index = 0) { return report().channels.at(index).state; }
    std::string channel_reason(std::size_t index = 0) { return report().channels.at(index).reason; }
    /// Reads the simulator's people anew, as the roster does when the directory changed.
    void assign_again() {
        on_loop([this] { return assign(), true; });
    }
    lamp::Loop& loop() { return loop_; }
    std::vector<std::string> ids() const {
        std::vector<std::string> all;
        for (const auto& [id, slot] : slots_)
            all.push_back(id);
        return all;
    }

private:
    // One person per line: what is compared is the line.
    void assign() {
        auto truth = command("truth");
        std::vector<lamp::xsi::Assignment> assignments;
        for (const auto& [id, said] : truth.at("users").as_object()) {
            auto slot = slots_.try_emplace(std::string(id), static_cast<lamp::presence::Slot>(slots_.size())).first;
            assignments.push_back({std::string(id), slot->second, 0});
        }
        std::vector<lamp::xsi::LineIndex> added;
        std::vector<lamp::xsi::LineIndex> removed;
        lines_.assign(assignments, added, removed);
        platform_->watch(added, removed);
    }
    lamp::Task<> say_goodbye(std::promise<void>& done) {
        co_await platform_->shut_down();
        done.set_value();
    }

    std::shared_ptr<sim::World> world_;
    lamp::presence::Table table_;
    lamp::fanout::Fanout fanout_;
    lamp::xsi::Lines lines_;
    lamp::Loop loop_;
    std::unique_ptr<lamp::xsi::Platform> platform_;
    std::map<std::string, lamp::presence::Slot> slots_;
    bool frozen_ = false;
};

} // namespace faults
