// A platform client on its own loop against the strict simulator in the same process: what the fault tests drive.
// It compares every lamp with the simulator's truth and says who differs.
#pragma once
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <functional>
#include <future>
#include <memory>
#include <string>

#include "fakes/world.hpp"
#include "fanout/fanout.hpp"
#include "loop/loop.hpp"
#include "presence/table.hpp"
#include "xsi/platform.hpp"

namespace faults {

namespace json = boost::json;
using namespace std::chrono_literals;

/// Asks until it holds; false after `limit`. Polling, so that a slow machine only makes the test slower.
inline bool within(std::chrono::milliseconds limit, const std::function<bool()>& holds) {
    auto end = lamp::steady_now() + limit;
    while (!holds()) {
        if (lamp::steady_now() > end) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

class Harness {
public:
    explicit Harness(sim::Options world_options = {}, std::function<void(lamp::xsi::BroadworksOptions&)> adjust = {},
                     std::chrono::milliseconds stale_after = 60s)
        : world_(world_options), table_(1 << 16), lines_(table_, fanout_), loop_("ingress") {
        world_.start();
        lamp::xsi::BroadworksOptions options;
        options.name = "sim";
        for (int i = 0; i < world_options.xsps; ++i)
            options.hosts.emplace_back(world_.xsp_url(i));
        options.username = "ctiadmin@example.net";
        options.password = lamp::Secret("secret");
        options.enterprise = world_options.enterprise;
        options.heartbeat = 1s;
        options.subscriptions_per_second = 10'000;
        if (adjust) adjust(options);
        auto made = lamp::xsi::Platform::make(loop_, options, 0, stale_after, lines_);
        REQUIRE_MESSAGE(made.has_value(), made.error().text);
        platform_ = std::move(*made);
        assign();
        loop_.start();
        loop_.post([this] { platform_->start(); });
    }
    ~Harness() {
        std::promise<void> done;
        loop_.post([&] { loop_.spawn(say_goodbye(done)); });
        done.get_future().wait_for(5s);
        loop_.stop();
        loop_.join();
    }

    json::value command(std::string_view name, json::object arguments = {}) {
        auto answer = world_.command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), name, ": ", answer.error());
        return *answer;
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
                return fmt::format("{}: shown {}{}, truth {}", std::string(id), text, shown.stale ? " stale" : "", wanted);
        }
        return {};
    }
    /// Every lamp is right, and none is stale, within the limit.
    void require_truth(std::chrono::milliseconds limit) {
        std::string last;
        bool right = within(limit, [&] { return (last = difference()).empty(); });
        INFO(last);
        REQUIRE(right);
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
            auto slot = static_cast<lamp::presence::Slot>(assignments.size());
            slots_.emplace(std::string(id), slot);
            assignments.push_back({std::string(id), slot, 0});
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

    sim::World world_;
    lamp::presence::Table table_;
    lamp::fanout::Fanout fanout_;
    lamp::xsi::Lines lines_;
    lamp::Loop loop_;
    std::unique_ptr<lamp::xsi::Platform> platform_;
    std::map<std::string, lamp::presence::Slot> slots_;
};

} // namespace faults
