// The Zoho adapter on its own loop against the strict fake in the same process.
#pragma once
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/zoho/zoho.hpp"
#include "calls/call_id.hpp"
#include "fakes/world.hpp"
#include "faults/folder.hpp"
#include "faults/within.hpp"
#include "store/store.hpp"

namespace zoho_tests {

namespace json = boost::json;
namespace presence = lamp::presence;
namespace calls = lamp::calls;
using namespace std::chrono_literals;
using faults::within;

struct Setup {
    std::function<void(lamp::zoho::ZohoOptions&)> adjust{};
    /// Runs when the fake serves and the adapter has not started.
    std::function<void(sim::World&)> before{};
    std::size_t linked = 2; // of four people
};

/// Person n has the line "line-n" and the number +3120111000n.
class Office {
public:
    explicit Office(Setup setup = {}) : setup_(std::move(setup)) {
        sim::Options options;
        options.people = 4;
        world_ = std::make_unique<sim::World>(options);
        world_->start();
        announced_ = world_->announcement();
        read_people();
        if (setup_.before) setup_.before(*world_);
        start();
    }
    ~Office() { end(); }
    Office(const Office&) = delete;
    Office& operator=(const Office&) = delete;

    // --- the daemon's side

    void start() {
        loop_ = std::make_unique<lamp::Loop>("egress");
        lamp::store::StoreOptions store;
        store.folder = folder_.path();
        auto opened = lamp::store::Store::open(store);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().text);
        store_ = std::move(*opened);
        auto made = lamp::zoho::Zoho::make(*loop_, options(), {}, *store_);
        REQUIRE_MESSAGE(made.has_value(), made.error().text);
        adapter_ = std::move(*made);
        adapter_->use_control(control());
        loop_->start();
        loop_->post([this] {
            adapter_->use_people(people_, lines_);
            adapter_->start();
        });
    }
    /// As SIGTERM.
    void end() {
        if (!adapter_) return;
        std::promise<void> done;
        loop_->post([&] { adapter_->shut_down(2s, [&] { done.set_value(); }); });
        CHECK(done.get_future().wait_for(5s) == std::future_status::ready);
        loop_->stop();
        loop_->join();
        store_.reset();
        adapter_.reset();
        loop_.reset();
    }
    template <class Work>
    auto on_loop(Work work) {
        std::promise<decltype(work())> result;
        loop_->post([&] { result.set_value(work()); });
        return result.get_future().get();
    }
    lamp::fanout::Health health() {
        return on_loop([this] { return adapter_->health(); });
    }
    lamp::fanout::LinksView links() {
        return on_loop([this] { return adapter_->links(); });
    }
    lamp::Result<void> order(lamp::fanout::LinkOrder order) {
        return on_loop([this, order] { return adapter_->order(order); });
    }
    bool has_problem(std::string_view words) {
        return std::ranges::any_of(health().problems,
                                   [&](const auto& text) { return text.find(words) != std::string::npos; });
    }
    double metric(std::string_view name, std::string_view label = {}) {
        for (const auto& one : on_loop([this] { return adapter_->metrics(); }))
            if (one.name == name && one.label_value == label) return one.value;
        FAIL("no metric ", std::string(name));
        return 0;
    }
    bool linked(std::size_t count) {
        return within(20s, [&] { return state().at("linked").as_array().size() == count; });
    }
    static std::string line(std::size_t n) { return "line-" + std::to_string(n); }
    [[nodiscard]] static calls::CallRecord call(std::size_t n, std::string id, bool incoming = true) {
        calls::CallRecord made;
        made.id = calls::public_id(line(n), id);
        made.line = line(n);
        made.incoming = incoming;
        made.remote_number = "+33199001234";
        made.started = lamp::wall_now();
        return made;
    }
    void tell(const calls::CallRecord& call) {
        loop_->post([this, call] { adapter_->happened({.what = calls::Happening::changed, .call = call}); });
    }
    void hear(calls::LineNews news) {
        loop_->post([this, news] { adapter_->heard(news); });
    }
    lamp::fanout::HookAnswer hook(const std::string& path, const std::string& query, const std::string& body = {},
                                  const std::string& key = {}) {
        lamp::fanout::HookCall call{
            .path = path, .query = query, .body = body, .header = [&key](std::string_view name) {
                return name == "x-link-key" && !key.empty() ? std::optional<std::string_view>(key) : std::nullopt;
            }};
        auto answer = adapter_->deliver(call);
        REQUIRE(answer.has_value());
        return *answer;
    }
    /// What control was asked for, oldest first: "dial line-0 +31…".
    std::vector<std::string> acted() {
        std::scoped_lock lock(mutex_);
        return acted_;
    }
    void fail_dials(lamp::Category category) {
        std::scoped_lock lock(mutex_);
        dial_error_ = category;
    }

    // --- Zoho's side

    json::value command(std::string_view name, json::object arguments = {}) {
        auto answer = world_->command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), name, ": ", answer.error());
        return *answer;
    }
    json::object state() { return command("zoho/state").as_object(); }
    std::int64_t requests(std::string_view kind) {
        auto all = state().at("requests").as_object();
        return all.contains(kind) ? all.at(kind).to_number<std::int64_t>() : 0;
    }
    /// "received/ringing 5550001", oldest first.
    std::vector<std::string> told() {
        std::vector<std::string> made;
        auto calls = command("zoho/calls");
        for (const auto& one : calls.at("notices").as_array()) {
            const auto& notice = one.as_object();
            auto text = [&](std::string_view name) { return std::string(notice.at(name).as_string()); };
            made.push_back(text("type") + "/" + text("state") + " " + text("zohouser"));
        }
        return made;
    }
    bool tells(std::vector<std::string> wanted) {
        bool came = within(20s, [&] { return told() == wanted; });
        if (!came)
            for (const auto& one : told())
                MESSAGE(one);
        return came;
    }
    json::object notice(std::size_t n) { return command("zoho/calls").at("notices").as_array().at(n).as_object(); }
    json::object user(std::size_t n) {
        return command("zoho/user", {{"user", std::to_string(5'550'001 + n)}}).as_object();
    }
    [[nodiscard]] lamp::zoho::ZohoOptions options() const {
        auto text = [&](std::string_view member) { return std::string(announced_.at(member).as_string()); };
        lamp::zoho::ZohoOptions options;
        options.client_id = text("zoho_client_id");
        options.client_secret = lamp::Secret(text("zoho_client_secret"));
        options.refresh_token = lamp::Secret(text("zoho_refresh_token"));
        options.api_url.text = text("zoho");
        options.login_url.text = text("zoho");
        options.public_url = "https://lamps.example.net";
        if (setup_.adjust) setup_.adjust(options);
        return options;
    }
    Setup& setup() { return setup_; }
    lamp::Loop& loop() { return *loop_; }
    lamp::store::Store& store() { return *store_; }

private:
    calls::Control control() {
        calls::Control made;
        made.dial = [this](std::string line, std::string to, calls::Answer<std::string> answer) {
            std::scoped_lock lock(mutex_);
            acted_.push_back("dial " + line + " " + to);
            auto failed = dial_error_;
            loop_->post([answer, failed] {
                answer(failed ? lamp::Result<std::string>(lamp::fail(*failed, "It cannot be dialled."))
                              : lamp::Result<std::string>("leg"));
            });
        };
        made.order = [this](calls::CallOrder order, calls::Answer<void> answer) {
            std::scoped_lock lock(mutex_);
            acted_.push_back(std::to_string(static_cast<int>(order.verb)) + " " + order.line + " " + order.call);
            loop_->post([answer] { answer({}); });
        };
        return made;
    }
    void read_people() {
        std::vector<presence::PersonRow> rows;
        for (std::size_t n = 0; n < 4; ++n) {
            presence::PersonRow row;
            row.id = row.name = "person-" + std::to_string(n);
            row.lines = {line(n)};
            if (n < setup_.linked) row.zoho = std::to_string(5'550'001 + n);
            rows.push_back(std::move(row));
        }
        auto built = presence::People::build(rows);
        REQUIRE(built.has_value());
        people_ = *built;
        for (std::size_t n = 0; n < 4; ++n) {
            auto slot = *people_->find("person-" + std::to_string(n));
            lines_.push_back({slot, line(n)});
            lines_.push_back({slot, "+3120111000" + std::to_string(n)});
        }
    }

    Setup setup_;
    faults::Folder folder_{"zoho"};
    std::unique_ptr<sim::World> world_;
    json::object announced_;
    std::shared_ptr<const presence::People> people_;
    std::vector<lamp::fanout::LineName> lines_;
    std::mutex mutex_;
    std::vector<std::string> acted_;
    std::optional<lamp::Category> dial_error_;
    std::unique_ptr<lamp::Loop> loop_;
    std::unique_ptr<lamp::store::Store> store_;
    std::unique_ptr<lamp::zoho::Zoho> adapter_;
};

} // namespace zoho_tests
