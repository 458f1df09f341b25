// The Teams adapter on its own loop against the strict fake Graph in the same process; the test plays telephony.
#pragma once
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "adapters/teams/teams.hpp"
#include "fakes/world.hpp"
#include "faults/folder.hpp"
#include "faults/within.hpp"
#include "roster/people_file.hpp"
#include "store/store.hpp"

namespace faults {

namespace json = boost::json;
namespace presence = lamp::presence;
using namespace std::chrono_literals;
using lamp::presence::LineState;
using lamp::presence::Status;
using lamp::presence::TeamsState;

struct TeamsSetup {
    std::size_t people = 8;
    std::function<void(lamp::teams::TeamsOptions&)> adjust{};
    std::chrono::milliseconds stale_after = 2min;
    /// Runs when the fake serves and the adapter has not started.
    std::function<void(sim::World&)> before{};
    std::vector<std::string> match{"email", "upn", "line"};
    std::function<void(std::vector<presence::PersonRow>&)> people_file{};
};

class TeamsOffice {
public:
    explicit TeamsOffice(TeamsSetup setup = {}) : setup_(std::move(setup)) {
        sim::Options options;
        options.people = setup_.people;
        world_ = std::make_unique<sim::World>(options);
        world_->start();
        if (setup_.before) setup_.before(*world_);
        start();
    }
    ~TeamsOffice() { end(); }
    TeamsOffice(const TeamsOffice&) = delete;
    TeamsOffice& operator=(const TeamsOffice&) = delete;

    // --- the daemon's side

    /// As a process that starts: nothing is known of anybody's line. The state folder is that of the run before.
    void start() {
        table_ = std::make_unique<presence::Table>(1 << 12);
        fanout_ = std::make_unique<lamp::fanout::Fanout>();
        loop_ = std::make_unique<lamp::Loop>("egress");
        lamp::store::StoreOptions store;
        store.folder = folder_.path();
        auto opened = lamp::store::Store::open(store);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().text);
        store_ = std::move(*opened);
        lamp::meetings::Listener listener;
        listener.heard = [this](const lamp::meetings::News& news) {
            std::scoped_lock lock(meetings_mutex_);
            meetings_[news.slot].push_back(news.meeting);
        };
        auto made = lamp::teams::Teams::make(*loop_, options(), setup_.match, setup_.stale_after, *table_, *fanout_,
                                             *store_, listener);
        REQUIRE_MESSAGE(made.has_value(), made.error().text);
        teams_ = std::move(*made);
        read_people();
        loop_->start();
        loop_->post([this] {
            teams_->use_people(people_, {});
            teams_->start();
        });
    }
    /// As SIGTERM.
    void end() {
        if (!teams_) return;
        std::promise<void> done;
        loop_->post([&] { teams_->shut_down(2s, [&] { done.set_value(); }); });
        done.get_future().wait_for(5s);
        kill();
    }
    /// As kill -9, but that the sockets are closed: not a word more is said.
    void kill() {
        loop_->stop();
        loop_->join();
        teams_.reset();
        store_.reset();
        loop_.reset();
        fanout_.reset();
    }
    /// While the daemon is not there: its state folder is changed.
    void change_disk(std::string sql) {
        lamp::store::StoreOptions options;
        options.folder = folder_.path();
        auto store = lamp::store::Store::open(options);
        REQUIRE(store.has_value());
        lamp::Loop loop("disk");
        std::promise<bool> done;
        (*store)->submit(
            loop, [sql](lamp::store::Database& disk) { return disk.run(sql); },
            [&done](const lamp::Result<void>& result) { done.set_value(result.has_value()); });
        loop.start();
        REQUIRE(done.get_future().get());
    }
    /// Reads the simulator's people anew, as a reload does.
    void reload(const std::function<void(std::vector<presence::PersonRow>&)>& change) {
        setup_.people_file = change;
        read_people();
        loop_->post([this, people = people_] { teams_->use_people(people, {}); });
    }

    /// What telephony says of a person from now on.
    void line(std::string_view who, LineState state, bool in_call) {
        presence::LineReport report;
        report.state = state;
        report.calls = in_call ? 1 : 0;
        report.in_call = in_call;
        report.at = lamp::wall_now();
        auto at = slot(who);
        if (table_->report(at, presence::Source::telephony, report.pack(), report.at)) fanout_->publish(at);
    }
    void call(std::string_view who) { line(who, LineState::active, true); }
    void hang_up(std::string_view who) { line(who, LineState::idle, false); }
    void everybody_idle() {
        for (presence::Slot at : people_->order())
            line(people_->person(at).id, LineState::idle, false);
    }

    [[nodiscard]] presence::Slot slot(std::string_view who) const {
        auto found = people_->find(who);
        REQUIRE_MESSAGE(found.has_value(), who);
        return *found;
    }
    [[nodiscard]] presence::Snapshot lamp(std::string_view who) const { return table_->read(slot(who)); }
    [[nodiscard]] Status status(std::string_view who) const { return lamp(who).verdict.conclusion.status; }
    [[nodiscard]] presence::TeamsReport teams(std::string_view who) const { return lamp(who).teams(); }
    /// "Busy/InACall", as the board shows it.
    [[nodiscard]] std::string words(std::string_view who) const {
        auto words = lamp::teams::words_of(teams(who).word);
        return fmt::format("{}/{}", words.availability, words.activity);
    }

    /// What was told of this person's meetings since the last look.
    std::vector<lamp::meetings::Meeting> meetings_told(std::string_view who) {
        std::scoped_lock lock(meetings_mutex_);
        return std::exchange(meetings_[slot(who)], {});
    }

    template <class Work>
    auto on_loop(Work work) {
        std::promise<decltype(work())> result;
        loop_->post([&] { result.set_value(work()); });
        return result.get_future().get();
    }
    lamp::fanout::Health health() {
        return on_loop([this] { return teams_->health(); });
    }
    std::string told(std::string_view who) {
        auto output = on_loop([this, at = slot(who)] { return teams_->output(at); });
        return output ? fmt::format("{}: {}", output->value, output->result) : "";
    }
    std::string heard(std::string_view who) {
        auto input = on_loop([this, at = slot(who)] { return teams_->input(at); });
        return input ? input->value : "";
    }
    std::vector<lamp::fanout::Doubt> doubts() {
        return on_loop([this] { return teams_->doubts(); });
    }
    std::shared_ptr<const lamp::fanout::Photo> photo(presence::Slot at) {
        auto result = std::make_shared<std::promise<std::shared_ptr<const lamp::fanout::Photo>>>();
        loop_->post([this, at, result] { teams_->photo(at, [result](auto photo) { result->set_value(photo); }); });
        return result->get_future().get();
    }
    bool ready() { return health().not_ready.empty() && health().state != "opening"; }
    void require_ready() {
        REQUIRE(within(20s, [this] { return ready(); }));
    }

    // --- the cloud's side

    json::value command(std::string_view name, json::object arguments = {}) {
        auto answer = world_->command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), name, ": ", answer.error());
        return *answer;
    }
    void fault(std::string_view kind, std::string_view on, json::object more = {}) {
        more["kind"] = kind;
        more["on"] = on;
        command("graph/fault", std::move(more));
    }
    void client(std::string_view who, std::string_view availability, std::string_view activity) {
        command("graph/presence", {{"user", who}, {"availability", availability}, {"activity", activity}});
    }
    std::int64_t requests(std::string_view kind) {
        return command("graph/state", {{"detail", false}}).at("requests").at(kind).to_number<std::int64_t>();
    }
    std::int64_t requests_in_all() { return faults::requests_in_all(command("graph/state", {{"detail", false}})); }
    /// Whether our session of this person exists at Graph.
    bool session(std::string_view who) {
        auto state = command("graph/state", {{"detail", false}});
        return state.at("sessions").as_object().contains(who);
    }
    std::size_t sessions() { return command("graph/state", {{"detail", false}}).at("sessions").as_object().size(); }
    [[nodiscard]] sim::World& world() const { return *world_; }
    /// The n-th person's id; ids are e-mail addresses here, and so are UPNs.
    [[nodiscard]] std::string person(std::size_t n) const {
        return std::string(people_->person(people_->order()[n]).id);
    }
    [[nodiscard]] const presence::People& people() const { return *people_; }
    [[nodiscard]] lamp::store::Store& store() { return *store_; }
    [[nodiscard]] lamp::Loop& loop() { return *loop_; }
    [[nodiscard]] presence::Table& table() { return *table_; }

    // --- what the adapter is made of

    [[nodiscard]] lamp::teams::Teams& adapter() { return *teams_; }
    [[nodiscard]] lamp::teams::TeamsOptions options() const {
        auto start = world_->announcement();
        auto text = [&](std::string_view member) { return std::string(start.at(member).as_string()); };
        lamp::teams::TeamsOptions options;
        options.tenant = text("tenant");
        options.client_id = text("client_id");
        options.client_secret = lamp::Secret(text("client_secret"));
        options.login_url.text = text("graph");
        options.graph_url.text = text("graph");
        options.poll = 200ms;
        options.directory_poll = 500ms;
        if (setup_.adjust) setup_.adjust(options);
        return options;
    }

private:
    void read_people() {
        auto csv = std::string(command("people_csv").at("csv").as_string());
        auto rows = lamp::roster::read_people(csv).people;
        if (setup_.people_file) setup_.people_file(rows);
        auto built = presence::People::build(rows, people_.get());
        REQUIRE(built.has_value());
        people_ = *built;
    }

    TeamsSetup setup_;
    Folder folder_{"teams"};
    std::unique_ptr<sim::World> world_;
    std::unique_ptr<presence::Table> table_;
    std::unique_ptr<lamp::fanout::Fanout> fanout_;
    std::unique_ptr<lamp::Loop> loop_;
    std::unique_ptr<lamp::store::Store> store_;
    std::shared_ptr<const presence::People> people_;
    std::mutex meetings_mutex_;
    std::map<presence::Slot, std::vector<lamp::meetings::Meeting>> meetings_;
    std::unique_ptr<lamp::teams::Teams> teams_;
};

} // namespace faults
