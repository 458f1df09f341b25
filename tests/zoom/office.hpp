// The Zoom adapter on its own loop, our web hook on a real port, and the strict fake Zoom, in one process.
#pragma once
#include <atomic>
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/zoom/zoom.hpp"
#include "fakes/world.hpp"
#include "faults/within.hpp"
#include "roster/people_file.hpp"
#include "status/service.hpp"

namespace testing {

namespace json = boost::json;
using namespace std::chrono_literals;
using faults::within;
using lamp::meetings::Meeting;
using lamp::presence::Slot;

struct ZoomSetup {
    bool hooks = true;
    bool rest = true;
    std::size_t people = 8;
    std::function<void(lamp::zoom::ZoomOptions&)> adjust{};
    std::function<void(sim::World&)> before{}; // when the fake serves and the adapter has not started
    std::function<void(std::vector<lamp::presence::PersonRow>&)> people_file{};
};

class ZoomOffice {
public:
    explicit ZoomOffice(ZoomSetup setup = {}) : world_(options(setup)), table_(64) {
        world_.start();
        command("zoom/settings", {{"per_second", 0}}); // rounds are short here
        if (setup.before) setup.before(world_);
        lamp::meetings::Listener listener;
        listener.heard = [this](const lamp::meetings::News& news) {
            std::scoped_lock lock(mutex_);
            news_.push_back(news);
        };
        auto made = lamp::zoom::Zoom::make(egress_, zoom_options(setup), std::move(listener));
        REQUIRE_MESSAGE(made.has_value(), made.error().text);
        zoom_ = std::move(*made);
        read_people(setup);
        lamp::status::Options front;
        front.http.listen = {lamp::config::Listen("127.0.0.1:0")};
        lamp::status::Ports ports;
        ports.hook = [this](const lamp::fanout::HookCall& call) {
            return full_ ? lamp::fanout::hook_full() : zoom_->deliver(call);
        };
        service_ = std::make_unique<lamp::status::Service>(serve_, front, ports, table_, fanout_);
        auto begun = service_->start();
        REQUIRE_MESSAGE(begun.has_value(), begun.error().text);
        egress_.start();
        serve_.start();
        on_egress([&] {
            zoom_->use_people(people_, {});
            zoom_->start();
            return 0;
        });
        if (setup.hooks) use_endpoint();
    }
    ~ZoomOffice() {
        service_->stop();
        serve_.stop();
        serve_.join();
        on_egress([&] {
            zoom_->shut_down(1s, [] {});
            return 0;
        });
        egress_.stop();
        egress_.join();
    }
    ZoomOffice(const ZoomOffice&) = delete;
    ZoomOffice& operator=(const ZoomOffice&) = delete;

    json::value command(std::string_view name, json::object arguments = {}) {
        auto answer = world_.command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), answer.error());
        return *std::move(answer);
    }
    void use_endpoint() {
        command("zoom/endpoint", {{"url", service_->urls().front() + "/hooks/zoom"}});
        REQUIRE(within(5s, [&] { return command("zoom/state").at("endpoint").at("validated").as_bool(); }));
    }
    /// Every delivery is answered as if too much waited.
    void stop_taking(bool full) { full_ = full; }
    [[nodiscard]] std::string person(Slot slot) const { return std::string(people_->person(slot).id); }
    /// In meeting `m`, as the person's client and Zoom tell it.
    void join(Slot slot, json::object more = {}) { meet("join", slot, std::move(more)); }
    void leave(Slot slot, json::object more = {}) { meet("leave", slot, std::move(more)); }
    void show(Slot slot, std::string_view word, bool told = true) {
        command("zoom/presence", {{"user", person(slot)}, {"status", word}, {"told", told}});
    }

    /// The last that was heard of a person.
    [[nodiscard]] std::optional<lamp::meetings::News> last(Slot slot) {
        std::scoped_lock lock(mutex_);
        for (auto at = news_.rbegin(); at != news_.rend(); ++at)
            if (at->slot == slot) return *at;
        return std::nullopt;
    }
    [[nodiscard]] bool becomes(Slot slot, Meeting meeting, std::chrono::milliseconds limit = 10s) {
        return within(limit, [&] {
            auto news = last(slot);
            return news && news->meeting == meeting;
        });
    }
    [[nodiscard]] bool was_ever(Slot slot, Meeting meeting) {
        std::scoped_lock lock(mutex_);
        return std::ranges::any_of(news_, [&](const auto& one) { return one.slot == slot && one.meeting == meeting; });
    }

    template <class Work>
    std::invoke_result_t<Work> on_egress(Work work) {
        std::promise<std::invoke_result_t<Work>> done;
        egress_.post([&] { done.set_value(work()); });
        return done.get_future().get();
    }
    [[nodiscard]] lamp::fanout::Health health() {
        return on_egress([&] { return zoom_->health(); });
    }
    [[nodiscard]] bool has_problem(std::string_view words) {
        auto all = health().problems;
        return std::ranges::any_of(all, [&](const std::string& one) { return one.find(words) != std::string::npos; });
    }
    [[nodiscard]] std::string input(Slot slot) {
        auto input = on_egress([&] { return zoom_->input(slot); });
        return input ? input->value : "";
    }
    [[nodiscard]] double metric(std::string_view name, std::string_view label = {}) {
        auto all = on_egress([&] { return zoom_->metrics(); });
        for (const auto& one : all)
            if (one.name == name && one.label_value == label) return one.value;
        FAIL("no metric " << name << " " << label);
        return 0;
    }
    [[nodiscard]] double events(std::string_view outcome) { return metric("lamplighter_zoom_events_total", outcome); }
    [[nodiscard]] double refused(std::string_view why) {
        return metric("lamplighter_zoom_deliveries_refused_total", why);
    }
    [[nodiscard]] lamp::zoom::Zoom& zoom() { return *zoom_; }
    [[nodiscard]] lamp::Loop& egress() { return egress_; }
    [[nodiscard]] lamp::zoom::ZoomOptions options_in_use() const { return used_; }

private:
    static sim::Options options(const ZoomSetup& setup) {
        sim::Options options;
        options.people = setup.people;
        return options;
    }
    lamp::zoom::ZoomOptions zoom_options(const ZoomSetup& setup) {
        auto told = world_.announcement();
        auto text = [&](const char* name) { return std::string(told.at(name).as_string()); };
        lamp::zoom::ZoomOptions options;
        options.account_id = text("zoom_account_id");
        if (setup.hooks) options.webhook_secret = lamp::Secret(text("zoom_webhook_secret"));
        if (setup.rest) {
            options.client_id = text("zoom_client_id");
            options.client_secret = lamp::Secret(text("zoom_client_secret"));
        }
        options.api_url = lamp::config::Url(text("zoom") + "/v2");
        options.login_url = lamp::config::Url(text("zoom"));
        options.poll = 200ms;
        options.poll_others = 400ms;
        options.requests_per_second = 1000;
        if (setup.adjust) setup.adjust(options);
        used_ = options;
        return options;
    }
    void read_people(const ZoomSetup& setup) {
        auto csv = std::string(command("people_csv").as_object().at("csv").as_string());
        auto file = lamp::roster::read_people(csv);
        if (setup.people_file) setup.people_file(file.people);
        people_ = *lamp::presence::People::build(file.people);
    }
    void meet(std::string_view what, Slot slot, json::object more) {
        more["what"] = what;
        more["user"] = person(slot);
        command("zoom/meeting", std::move(more));
    }

    sim::World world_;
    lamp::presence::Table table_;
    lamp::fanout::Fanout fanout_;
    lamp::Loop egress_{"egress"};
    lamp::Loop serve_{"serve"};
    lamp::zoom::ZoomOptions used_;
    std::unique_ptr<lamp::zoom::Zoom> zoom_;
    std::unique_ptr<lamp::status::Service> service_;
    std::shared_ptr<const lamp::presence::People> people_;
    std::atomic<bool> full_{false};
    std::mutex mutex_;
    std::vector<lamp::meetings::News> news_;
};

} // namespace testing
