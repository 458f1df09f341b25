// What Google tells through the hook: a calendar that is polled once in an hour is read at once.
#include "here.hpp"

#include "adapters/calendars/calendars.hpp"

#include <functional>

using namespace testing;
using namespace calendars;

namespace {

struct Hooked : Here {
    explicit Hooked(std::string public_url = "http://127.0.0.1:1") {
        Wanted wanted;
        auto every_hour = of_service();
        every_hour.poll = 3600s;
        every_hour.line = "2000";
        wanted.calendars = {every_hour};
        adapter = std::make_unique<Calendars>(
            loop, wanted, Surroundings{.zone = "Europe/Amsterdam", .public_url = std::move(public_url)}, makers(),
            forwarding::Desk{}, *store);
        adapter->start();
    }
    ~Hooked() {
        bool ended = false;
        adapter->shut_down(2s, [&] { ended = true; });
        until([&] { return ended; });
    }
    bool until(const std::function<bool()>& holds) {
        for (auto end = steady_now() + 8s; steady_now() < end;) {
            if (holds()) return true;
            loop.context().restart();
            loop.context().run_one_for(20ms);
        }
        return false;
    }
    json::object channel() {
        const auto channels = command("google/state").at("channels").as_array();
        return channels.empty() ? json::object() : channels[0].as_object();
    }
    std::optional<fanout::HookAnswer> deliver(std::string id, std::string token, std::string state,
                                              std::string_view path = "google") {
        return adapter->deliver({.path = path, .query = {}, .body = {}, .header = [&](std::string_view name) {
                                     std::optional<std::string_view> found;
                                     if (name == "X-Goog-Channel-ID") found = id;
                                     if (name == "X-Goog-Channel-Token") found = token;
                                     if (name == "X-Goog-Resource-State") found = state;
                                     return found;
                                 }});
    }
    std::size_t appointments() { return adapter->views().front().appointments; }

    std::unique_ptr<Calendars> adapter;
};

} // namespace

TEST_CASE("a notification that is genuine makes a calendar be read; others do not") {
    Hooked here;
    REQUIRE(here.until([&] { return !here.channel().empty() && here.adapter->views().front().last_success; }));
    auto id = std::string(here.channel().at("id").as_string());
    auto token = std::string(here.channel().at("token").as_string());
    CHECK(here.appointments() == 0);
    here.command("google/add", {{"calendar", reception}, {"summary", "2001"}, {"start", 3600}, {"end", 7200}});

    CHECK(!here.deliver(id, token, "exists", "zoom"));
    CHECK(here.deliver(id, "guessed", "exists")->status == 403);
    CHECK(here.deliver("lamplighter-else", token, "exists")->status == 403);
    CHECK(here.deliver(id, token, "sync")->status == 200);
    auto before = here.requests("events");
    here.until([end = steady_now() + 100ms] { return steady_now() > end; });
    CHECK(here.requests("events") == before);

    CHECK(here.deliver(id, token, "exists")->status == 200);
    CHECK(here.until([&] { return here.appointments() == 1; }));
    // Readings for notifications are a second apart, however slowly this runs.
    before = here.requests("events");
    auto begun = steady_now();
    for (int i = 0; i < 20; ++i) {
        CHECK(here.deliver(id, token, "exists")->status == 200);
        here.until([end = steady_now() + 20ms] { return steady_now() > end; });
    }
    CHECK(here.requests("events") - before <= 2 + (steady_now() - begun) / 1s);
}

TEST_CASE("more notifications than are taken are sent again by Google") {
    Hooked here;
    REQUIRE(here.until([&] { return !here.channel().empty() && here.adapter->views().front().last_success; }));
    auto id = std::string(here.channel().at("id").as_string());
    auto token = std::string(here.channel().at("token").as_string());
    int taken = 0, full = 0;
    for (int i = 0; i < 300; ++i) // while the loop stands still
        here.deliver(id, token, "exists")->status == 200 ? ++taken : ++full;
    CHECK(taken == 256);
    CHECK(full == 44);
    here.until([end = steady_now() + 100ms] { return steady_now() > end; });
    CHECK(here.deliver(id, token, "exists")->status == 200);
}

TEST_CASE("without an address that Google can reach the hook is nobody's") {
    Hooked here("http://lamps.example.net");
    REQUIRE(here.until([&] { return here.adapter->views().front().last_success.has_value(); }));
    CHECK(here.requests("watch") == 0);
    CHECK(!here.deliver("a", "b", "exists"));
}
