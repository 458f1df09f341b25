// The GoTo adapter on its own loop against the strict fake in the same process.
#pragma once
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/goto_meeting/goto.hpp"
#include "fakes/world.hpp"
#include "faults/folder.hpp"
#include "faults/within.hpp"
#include "store/store.hpp"

namespace goto_tests {

namespace json = boost::json;
namespace presence = lamp::presence;
using namespace std::chrono_literals;
using faults::within;
using lamp::meetings::Meeting;
using lamp::meetings::News;

struct Setup {
    std::size_t people = 4;
    std::function<void(lamp::goto_meeting::GoToOptions&)> adjust{};
    /// Runs when the fake serves and the adapter has not started.
    std::function<void(sim::World&)> before{};
    /// The column `goto` of each person; by default everybody's e-mail address but the owner's.
    std::function<std::string(const std::string& email, bool owner)> column{};
};

class Office {
public:
    explicit Office(Setup setup = {}) : setup_(std::move(setup)) {
        sim::Options options;
        options.people = setup_.people;
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
        lamp::meetings::Listener listener;
        listener.heard = [this](const News& news) {
            std::scoped_lock lock(mutex_);
            CHECK(news.source == lamp::meetings::Source::go_to);
            told_[news.slot].push_back(news);
        };
        listener.lost = [this](lamp::meetings::Source) {
            std::scoped_lock lock(mutex_);
            ++lost_;
        };
        auto made = lamp::goto_meeting::GoTo::make(*loop_, options(), {"email"}, *store_, listener);
        REQUIRE_MESSAGE(made.has_value(), made.error().text);
        adapter_ = std::move(*made);
        loop_->start();
        loop_->post([this] {
            adapter_->use_people(people_, {});
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
        adapter_.reset();
        store_.reset();
        loop_.reset();
    }

    /// The n-th person by id, the owner of the refresh token being 0.
    [[nodiscard]] std::string person(std::size_t n) const { return emails_.at(n); }
    [[nodiscard]] presence::Slot slot(const std::string& who) const {
        auto found = people_->find(who);
        REQUIRE_MESSAGE(found.has_value(), who);
        return *found;
    }
    /// The last word about this person.
    [[nodiscard]] std::optional<Meeting> told(const std::string& who) {
        std::scoped_lock lock(mutex_);
        const auto& all = told_[slot(who)];
        return all.empty() ? std::nullopt : std::optional(all.back().meeting);
    }
    [[nodiscard]] std::vector<News> all_told(const std::string& who) {
        std::scoped_lock lock(mutex_);
        return told_[slot(who)];
    }
    bool hears(const std::string& who, Meeting meeting) {
        return within(10s, [&] { return told(who) == meeting; });
    }
    [[nodiscard]] int lost() {
        std::scoped_lock lock(mutex_);
        return lost_;
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
    bool has_problem(std::string_view words) {
        return std::ranges::any_of(health().problems,
                                   [&](const auto& text) { return text.find(words) != std::string::npos; });
    }
    std::string input(const std::string& who) {
        auto input = on_loop([this, at = slot(who)] { return adapter_->input(at); });
        return input ? input->value : "";
    }
    std::vector<lamp::fanout::Doubt> doubts() {
        return on_loop([this] { return adapter_->doubts(); });
    }
    double metric(std::string_view name, std::string_view label = {}) {
        for (const auto& one : on_loop([this] { return adapter_->metrics(); }))
            if (one.name == name && one.label_value == label) return one.value;
        FAIL("no metric ", std::string(name));
        return 0;
    }
    void run_on_disk(const std::string& sql) {
        std::promise<bool> done;
        store_->submit(
            *loop_, [sql](lamp::store::Database& disk) { return disk.run(sql); },
            [&done](const lamp::Result<void>& result) { done.set_value(result.has_value()); });
        REQUIRE(done.get_future().get());
    }
    std::int64_t number_on_disk(const std::string& sql) {
        std::promise<std::int64_t> done;
        auto found = std::make_shared<std::int64_t>(-1);
        store_->submit(
            *loop_,
            [sql, found](lamp::store::Database& disk) -> lamp::Result<void> {
                auto number = disk.number(sql);
                if (!number) return std::unexpected(number.error());
                *found = *number;
                return {};
            },
            [&done, found](const lamp::Result<void>&) { done.set_value(*found); });
        return done.get_future().get();
    }

    // --- GoTo's side

    json::value command(std::string_view name, json::object arguments = {}) {
        auto answer = world_->command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), name, ": ", answer.error());
        return *answer;
    }
    void meeting(const std::string& who, std::string_view what, json::object more = {}) {
        more["user"] = who;
        more["what"] = what;
        command("goto/meeting", std::move(more));
    }
    void fault(std::string_view kind, std::string_view on, json::object more = {}) {
        more["kind"] = kind;
        more["on"] = on;
        command("goto/fault", std::move(more));
    }
    std::int64_t state(std::string_view member) { return command("goto/state").at(member).to_number<std::int64_t>(); }
    std::int64_t requests(std::string_view kind) {
        auto all = command("goto/state").at("requests").as_object();
        return all.contains(kind) ? all.at(kind).to_number<std::int64_t>() : 0;
    }
    [[nodiscard]] lamp::goto_meeting::GoToOptions options() const {
        auto text = [&](std::string_view member) { return std::string(announced_.at(member).as_string()); };
        lamp::goto_meeting::GoToOptions options;
        options.client_id = text("goto_client_id");
        options.client_secret = lamp::Secret(text("goto_client_secret"));
        options.refresh_token = lamp::Secret(text("goto_refresh_token"));
        options.api_url.text = text("goto") + "/G2M/rest";
        options.login_url.text = text("goto");
        options.poll = 100ms;
        options.requests_per_minute = 60'000;
        if (setup_.adjust) setup_.adjust(options);
        return options;
    }
    Setup& setup() { return setup_; }

private:
    void read_people() {
        auto owner = std::string(announced_.at("goto_owner").as_string());
        auto csv = std::string(command("people_csv").at("csv").as_string());
        std::vector<presence::PersonRow> rows;
        emails_.push_back(owner);
        for (auto at = csv.find('\n') + 1; at < csv.size(); at = csv.find('\n', at) + 1) {
            presence::PersonRow row;
            row.id = csv.substr(at, csv.find(',', at) - at); // ids are e-mail addresses here
            row.name = row.email = row.id;
            bool is_owner = row.id == owner;
            row.go_to = setup_.column ? setup_.column(row.id, is_owner) : is_owner ? std::string() : row.id;
            if (!is_owner) emails_.push_back(row.id);
            rows.push_back(std::move(row));
        }
        auto built = presence::People::build(rows);
        REQUIRE(built.has_value());
        people_ = *built;
    }

    Setup setup_;
    faults::Folder folder_{"goto"};
    std::unique_ptr<sim::World> world_;
    json::object announced_;
    std::shared_ptr<const presence::People> people_;
    std::vector<std::string> emails_;
    std::mutex mutex_;
    std::map<presence::Slot, std::vector<News>> told_;
    int lost_ = 0;
    std::unique_ptr<lamp::Loop> loop_;
    std::unique_ptr<lamp::store::Store> store_;
    std::unique_ptr<lamp::goto_meeting::GoTo> adapter_;
};

} // namespace goto_tests
