// Change notifications end to end: the adapter, our web hook on a real port, and the fake Graph that tests the address,
// encrypts, signs, repeats, forges and falls silent. Polling is slow here, so that it hides nothing, unless said.
#include "adapters/teams/delegated_login.hpp"
#include "office.hpp"
#include "status/service.hpp"

#include <atomic>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace faults;

namespace {

/// Our HTTP server with nothing but the hook behind it.
class Hook {
public:
    Hook() : table_(64), service_(loop_, options(), ports(), table_, fanout_) {
        auto begun = service_.start();
        REQUIRE_MESSAGE(begun.has_value(), (begun ? "" : begun.error().text));
        loop_.start();
    }
    ~Hook() {
        service_.stop();
        loop_.stop();
        loop_.join();
    }
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;

    [[nodiscard]] std::string url() const { return service_.urls().front(); }
    /// Null: nobody; whoever was asked before is not asked any more when this returns.
    void use(lamp::teams::Teams* adapter) {
        std::promise<void> done;
        loop_.post([&] {
            adapter_ = adapter;
            done.set_value();
        });
        done.get_future().wait();
    }
    /// The status of a POST to the hook.
    [[nodiscard]] int post(std::string_view target, std::string_view body) const {
        int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(service_.ports().front());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        auto request =
            fmt::format("POST {} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}", target,
                        body.size(), body);
        REQUIRE(::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(request.size()));
        std::string answer(4096, '\0');
        auto size = ::recv(descriptor, answer.data(), answer.size(), 0);
        ::close(descriptor);
        return size > 12 ? std::stoi(answer.substr(9, 3)) : 0;
    }

private:
    static lamp::status::Options options() {
        lamp::status::Options options;
        options.http.listen = {lamp::config::Listen("127.0.0.1:0")};
        return options;
    }
    lamp::status::Ports ports() {
        lamp::status::Ports ports;
        ports.hook = [this](const lamp::fanout::HookCall& call) {
            return adapter_ ? adapter_->deliver(call) : std::nullopt;
        };
        ports.hook_test = [this](std::string_view hook) { return adapter_ && adapter_->expects_test(hook); };
        return ports;
    }

    lamp::Loop loop_{"serve"};
    presence::Table table_;
    lamp::fanout::Fanout fanout_;
    lamp::teams::Teams* adapter_ = nullptr; // serve loop
    lamp::status::Service service_;
};

struct NotifiedSetup {
    std::chrono::milliseconds poll = 60s;
    bool log_in = true;
    std::function<void(lamp::teams::TeamsOptions&)> adjust{};
    std::function<void(sim::World&)> before{};
};

class NotifiedOffice {
public:
    explicit NotifiedOffice(const NotifiedSetup& given = {}) : office_(setup(given)) {
        hook_.use(&office_.adapter());
        if (given.log_in) log_in();
    }
    ~NotifiedOffice() { hook_.use(nullptr); }
    NotifiedOffice(const NotifiedOffice&) = delete;
    NotifiedOffice& operator=(const NotifiedOffice&) = delete;

    TeamsOffice* operator->() { return &office_; }
    Hook& hook() { return hook_; }

    /// As `lamplighter teams login --notifications` while somebody types the code.
    void log_in() {
        auto show = [this](const lamp::teams::DevicePrompt& prompt) {
            CHECK(prompt.address.starts_with("http"));
            office_.command("graph/token", {{"approve", prompt.code}, {"user", office_.person(0)}});
        };
        std::promise<std::string> outcome;
        office_.loop().post([&] { office_.loop().spawn(log_in(show, outcome)); });
        auto problem = outcome.get_future().get();
        REQUIRE_MESSAGE(problem.empty(), problem);
    }
    double metric(std::string_view name, std::string_view label_value = {}) {
        auto all = office_.on_loop([this] { return office_.adapter().metrics(); });
        for (const auto& one : all)
            if (one.name == name && one.label_value == label_value) return one.value;
        FAIL("there is no such metric: ", name, " ", label_value);
        return 0;
    }
    double notified(std::string_view outcome) { return metric("lamplighter_teams_notifications_total", outcome); }
    bool live() { return metric("lamplighter_teams_subscription", "live") == 1; }
    void require_live() {
        office_.require_ready();
        REQUIRE(within(20s, [this] { return live(); }));
    }
    bool has_problem(std::string_view text) {
        for (const auto& problem : office_.health().problems)
            if (problem.find(text) != std::string::npos) return true;
        return false;
    }
    bool shows(std::string_view who, TeamsState state, std::chrono::milliseconds limit = 10s) {
        return within(limit, [&] { return office_.teams(who).state == state; });
    }
    /// As kill -9 and a new process.
    void restart() {
        hook_.use(nullptr);
        office_.kill();
        office_.start();
        hook_.use(&office_.adapter());
    }

private:
    TeamsSetup setup(const NotifiedSetup& given) {
        TeamsSetup out;
        out.adjust = [this, given](lamp::teams::TeamsOptions& options) {
            options.notifications = true;
            options.public_url = hook_.url();
            options.poll = given.poll;
            options.subscription.login_wait = 200ms;
            options.subscription.back_off = 200ms;
            if (given.adjust) given.adjust(options);
        };
        out.before = [given](sim::World& world) {
            REQUIRE(world.command("graph/settings", {{"device_interval_s", 1}}));
            if (given.before) given.before(world);
        };
        return out;
    }
    lamp::Task<> log_in(std::function<void(const lamp::teams::DevicePrompt&)> show,
                        std::promise<std::string>& outcome) {
        auto options = office_.options();
        auto token = co_await lamp::teams::log_in_elsewhere(office_.loop(), options, std::move(show));
        if (!token) {
            outcome.set_value(token.error().text);
            co_return;
        }
        auto kept = co_await lamp::teams::keep_login(office_.store(), options.tenant, options.client_id, *token);
        outcome.set_value(kept ? std::string() : kept.error().text);
    }

    Hook hook_;
    TeamsOffice office_;
};

} // namespace

TEST_CASE("a change arrives by notification long before polling would see it") {
    NotifiedOffice office;
    office.require_live();
    CHECK(office->requests("subscription_create") == 1);
    CHECK(office.metric("lamplighter_teams_subscribed_people") == 8);
    auto rounds = office->requests("presences");
    auto who = office->person(1);
    office->client(who, "DoNotDisturb", "Presenting");
    CHECK(office.shows(who, TeamsState::presenting));
    office->client(who, "Available", "Available");
    CHECK(office.shows(who, TeamsState::available));
    CHECK(office->requests("presences") == rounds);
    CHECK(within(5s, [&] { return office.notified("read") >= 2; }));
    CHECK(office.metric("lamplighter_teams_last_notification_seconds") > 0);
    CHECK(office->health().problems.empty());
}

TEST_CASE("our own in-a-call comes back as a notification and is no input") {
    NotifiedOffice office;
    office.require_live();
    office->everybody_idle();
    auto who = office->person(2);
    office->client(who, "Available", "Available");
    REQUIRE(office.shows(who, TeamsState::available));
    office->call(who);
    auto read = office.notified("read");
    REQUIRE(within(5s, [&] { return office->session(who); }));
    CHECK(within(5s, [&] { return office.notified("read") > read; }));
    CHECK(office->teams(who).state == TeamsState::available);
    CHECK(office->status(who) == Status::on_call);
}

TEST_CASE("what is forged, spoilt or foreign is counted and changes nothing; the next good one counts") {
    struct Row {
        const char* kind;
        const char* outcome;
        bool looked; // it is not believed, but Graph is asked
    };
    const Row rows[] = {
        {"wrong_client_state", "forged", false},
        {"no_client_state", "forged", false},
        {"bad_hmac", "unreadable", false},
        {"bad_key", "unreadable", false},
        {"unknown_certificate", "unknown_key", true},
        {"expired_jwt", "untrusted", false},
        {"foreign_jwt", "untrusted", false},
        {"wrong_publisher", "untrusted", false},
        {"no_jwt", "untrusted", false},
    };
    NotifiedOffice office;
    office.require_live();
    auto who = office->person(1);
    for (const Row& row : rows) {
        CAPTURE(std::string(row.kind));
        office->client(who, "Available", "Available");
        REQUIRE(office.shows(who, TeamsState::available));
        auto before = office.notified(row.outcome);
        office->command("graph/notify", {{"kind", row.kind}});
        office->client(who, "DoNotDisturb", "Presenting");
        CHECK(within(10s, [&] { return office.notified(row.outcome) > before; }));
        if (row.looked)
            CHECK(office.shows(who, TeamsState::presenting));
        else
            CHECK(office->teams(who).state == TeamsState::available);
        office->client(who, "Away", "Away");
        CHECK(office.shows(who, TeamsState::away));
    }
    CHECK(office.live());
}

TEST_CASE("doubled, mixed, swapped and late deliveries leave the newest state") {
    NotifiedOffice office;
    office.require_live();
    auto who = office->person(1);
    office->client(who, "Available", "Available");
    REQUIRE(office.shows(who, TeamsState::available));

    office->command("graph/notify", {{"kind", "burst"}});
    office->client(who, "Busy", "Busy");
    CHECK(office.shows(who, TeamsState::busy));
    CHECK(within(10s, [&] { return office.notified("duplicate") >= 49; }));

    office->command("graph/notify", {{"kind", "mixed"}});
    office->client(who, "Away", "Away");
    CHECK(office.shows(who, TeamsState::away));
    CHECK(within(10s, [&] { return office.notified("foreign") >= 1; }));

    for (const char* kind : {"late", "reorder"}) {
        CAPTURE(std::string(kind));
        auto old = office.notified("old");
        office->command("graph/notify", {{"kind", kind}, {"ms", 1500}});
        office->client(who, "Busy", "InAMeeting");
        std::this_thread::sleep_for(200ms); // the fake looks every 50 ms; what changes in between is not told at all
        office->client(who, "DoNotDisturb", "Presenting");
        CHECK(office.shows(who, TeamsState::presenting));
        CHECK(within(10s, [&] { return office.notified("old") > old; }));
        CHECK(office->teams(who).state == TeamsState::presenting);
        office->client(who, "Available", "Available");
        CHECK(office.shows(who, TeamsState::available));
    }
}

TEST_CASE("without numbers, a notification orders a read") {
    NotifiedSetup setup;
    setup.before = [](sim::World& world) { REQUIRE(world.command("graph/settings", {{"sequence_number", false}})); };
    NotifiedOffice office(setup);
    office.require_live();
    auto rounds = office->requests("presences");
    auto who = office->person(1);
    office->client(who, "DoNotDisturb", "Presenting");
    CHECK(office.shows(who, TeamsState::presenting));
    CHECK(office->requests("presences") == rounds + 1);
}

TEST_CASE("signing keys that change overnight") {
    NotifiedOffice office;
    office.require_live();
    auto who = office->person(1);
    office->client(who, "Available", "Available");
    REQUIRE(office.shows(who, TeamsState::available));
    std::this_thread::sleep_for(lamp::teams::Publisher::ask_again); // keys are not asked for more often
    office->command("graph/notify", {{"kind", "rotate_key"}});
    office->client(who, "DoNotDisturb", "Presenting");
    CHECK(office.shows(who, TeamsState::presenting));
    CHECK(office->requests("keys") >= 2);
}

TEST_CASE("a subscription is renewed; where that is not supported, replaced") {
    NotifiedSetup setup;
    setup.adjust = [](auto& options) { options.subscription.life_least = 500ms; };
    setup.before = [](sim::World& world) {
        REQUIRE(world.command("graph/settings", {{"subscription_min_s", 2}, {"subscription_max_s", 4}}));
    };
    NotifiedOffice office(setup);
    office.require_live();
    auto who = office->person(1);
    CHECK(within(20s, [&] { return office->requests("subscription_renew") >= 3; }));
    CHECK(office->requests("subscription_create") == 1);
    office->client(who, "DoNotDisturb", "Presenting");
    CHECK(office.shows(who, TeamsState::presenting));
    for (const char* mode : {"unsupported", "forbidden", "not_found"}) {
        CAPTURE(std::string(mode));
        auto created = office.metric("lamplighter_teams_subscription_changes_total", "created");
        office->command("graph/settings", {{"renew", mode}});
        CHECK(within(20s, [&] {
            return office.metric("lamplighter_teams_subscription_changes_total", "created") > created && office.live();
        }));
        office->client(who, "Available", "Available");
        CHECK(office.shows(who, TeamsState::available));
        office->client(who, "Busy", "Busy");
        CHECK(office.shows(who, TeamsState::busy));
    }
}

TEST_CASE("Graph asks for a new authorisation, or takes the subscription away") {
    NotifiedOffice office;
    office.require_live();
    auto tokens = office->requests("token");
    office->command("graph/notify", {{"kind", "reauthorizationRequired"}});
    CHECK(within(10s, [&] { return office->requests("subscription_reauthorize") == 1; }));
    CHECK(office->requests("token") == tokens + 1); // the old one's end is what Graph warned of
    office->command("graph/notify", {{"kind", "subscriptionRemoved"}});
    CHECK(within(10s, [&] { return office->requests("subscription_create") == 2; }));
    REQUIRE(within(10s, [&] { return office.live(); }));
    auto who = office->person(1);
    office->client(who, "DoNotDisturb", "Presenting");
    CHECK(office.shows(who, TeamsState::presenting));
}

TEST_CASE("a subscription that vanished or fell silent is noticed by polling, named and replaced") {
    for (const char* kind : {"disappear", "silent"}) {
        CAPTURE(std::string(kind));
        NotifiedSetup setup;
        setup.poll = 100ms;
        setup.adjust = [](auto& options) { options.subscription.silence = 1s; };
        NotifiedOffice office(setup);
        office.require_live();
        office->command("graph/notify", {{"kind", kind}, {"forever", true}});
        auto who = office->person(1);
        bool busy = false;
        CHECK(within(20s, [&] {
            busy = !busy;
            office->client(who, busy ? "Busy" : "Available", busy ? "Busy" : "Available");
            CHECK(office.shows(who, busy ? TeamsState::busy : TeamsState::available));
            return office.metric("lamplighter_teams_subscription_changes_total", "silent") >= 1;
        }));
        CHECK(within(5s, [&] { return office->requests("subscription_create") >= 2; }));
        CHECK(office.has_problem("notifications have stopped"));
        office->command("graph/notify", {{"kind", "clear"}});
        CHECK(within(20s, [&] {
            busy = !busy;
            office->client(who, busy ? "Busy" : "Available", busy ? "Busy" : "Available");
            CHECK(office.shows(who, busy ? TeamsState::busy : TeamsState::available));
            return office.live();
        }));
        CHECK(within(5s, [&] { return !office.has_problem("notifications have stopped"); }));
    }
}

TEST_CASE("after a crash the old subscription is replaced; the login has outlived it, rotated tokens too") {
    NotifiedSetup setup;
    setup.before = [](sim::World& world) { REQUIRE(world.command("graph/settings", {{"refresh_once", true}})); };
    NotifiedOffice office(setup);
    office.require_live();
    for (int i = 1; i <= 2; ++i) {
        office.restart();
        office.require_live();
        CHECK(office->requests("subscription_delete") == i);
        CHECK(office->requests("subscription_create") == i + 1);
    }
    auto who = office->person(1);
    office->client(who, "DoNotDisturb", "Presenting");
    CHECK(office.shows(who, TeamsState::presenting));
}

TEST_CASE("a creation whose answer is lost is found again and adopted") {
    NotifiedSetup setup;
    setup.before = [](sim::World& world) {
        REQUIRE(world.command("graph/fault", {{"kind", "cut"}, {"on", "subscription_create"}}));
    };
    NotifiedOffice office(setup);
    office.require_live();
    CHECK(office->requests("subscription_delete") == 0);
    CHECK(office->requests("subscription_list") == 2);
    auto who = office->person(1);
    office->client(who, "DoNotDisturb", "Presenting");
    CHECK(office.shows(who, TeamsState::presenting));
}

TEST_CASE("without a login, without permission, with a login that ended: polling, and the problem is named") {
    SUBCASE("nobody has logged in") {
        NotifiedSetup setup;
        setup.log_in = false;
        setup.poll = 100ms;
        NotifiedOffice office(setup);
        office->require_ready();
        CHECK(within(5s, [&] { return office.has_problem("teams login --notifications"); }));
        CHECK(office->requests("subscription_create") == 0);
        auto who = office->person(1);
        office->client(who, "DoNotDisturb", "Presenting");
        CHECK(office.shows(who, TeamsState::presenting));
        office.log_in(); // heard without a restart
        office.require_live();
        CHECK(office->health().problems.empty());
    }
    SUBCASE("the permission is missing") {
        NotifiedSetup setup;
        setup.poll = 100ms;
        setup.before = [](sim::World& world) {
            REQUIRE(world.command("graph/permissions", {{"delegated", json::array{"User.ReadBasic.All"}}}));
        };
        NotifiedOffice office(setup);
        office->require_ready();
        CHECK(within(10s, [&] { return office.metric("lamplighter_teams_subscription", "refused") == 1; }));
        CHECK(office.has_problem("Presence.Read.All"));
        CHECK(office.has_problem("/adminconsent?client_id="));
        CHECK(office->health().state == "up");
        auto who = office->person(1);
        office->client(who, "DoNotDisturb", "Presenting");
        CHECK(office.shows(who, TeamsState::presenting));
    }
    SUBCASE("the account must log in again") {
        NotifiedOffice office;
        office.require_live();
        office->command("graph/token", {{"revoke", true}, {"revoke_refresh", true}});
        office->command("graph/notify", {{"kind", "reauthorizationRequired"}});
        CHECK(within(10s, [&] { return office.has_problem("must log in again"); }));
        office.log_in();
        CHECK(within(10s, [&] { return !office.has_problem("must log in again"); }));
        office.require_live();
    }
}

TEST_CASE("the hook answers at once whatever comes, and repeats no words unasked") {
    NotifiedOffice office;
    office.require_live();
    CHECK(office.hook().post("/hooks/graph?validationToken=hello", "") == 404);
    CHECK(office.hook().post("/hooks/graph?other=1", "{}") == 400);
    CHECK(office.hook().post("/hooks/graph", "no json") == 202);
    CHECK(office.hook().post("/hooks/graph", R"({"value":[{"subscriptionId":"x","clientState":""}]})") == 202);
    CHECK(office.hook().post("/hooks/graph/life", R"({"value":[{"lifecycleEvent":"subscriptionRemoved"}]})") == 202);
    CHECK(within(5s, [&] { return office.notified("forged") == 2; }));
    CHECK(office.metric("lamplighter_teams_deliveries_refused_total", "malformed") == 1);
    CHECK(office.live());
    // Nobody looks into what comes: the bounded inbox refuses, and serves again afterwards.
    std::promise<void> go, stuck;
    office->loop().post([&] {
        stuck.set_value();
        go.get_future().wait();
    });
    stuck.get_future().wait();
    std::size_t taken = 0;
    while (office.hook().post("/hooks/graph", "no json") == 202 && taken <= lamp::teams::Notifications::inbox_max)
        ++taken;
    CHECK(taken == lamp::teams::Notifications::inbox_max);
    go.set_value();
    CHECK(within(5s, [&] { return office.hook().post("/hooks/graph", "no json") == 202; }));
    CHECK(office.metric("lamplighter_teams_deliveries_refused_total", "full") >= 1);
}

TEST_CASE("a daemon that ends takes its subscription along") {
    NotifiedOffice office;
    office.require_live();
    office.hook().use(nullptr);
    office->end();
    CHECK(office->requests("subscription_delete") == 1);
}
