// The services behind a diversion, read on demand: how often the platform is asked, and what is said when it is away.
#include <atomic>

#include "faults/fleet.hpp"
#include "xsi/line_services.hpp"

using namespace faults;
using lamp::xsi::LineServices;
using lamp::xsi::ServiceSeen;

namespace {

/// Asks on the loop and waits for the answer.
std::vector<std::vector<ServiceSeen>> ask(Harness& h, LineServices& services, const std::string& line, int askers = 1) {
    std::vector<std::promise<std::vector<ServiceSeen>>> answers(static_cast<std::size_t>(askers));
    h.on_loop([&] {
        for (auto& answer : answers)
            h.loop().spawn([](Harness& here, LineServices& asked, std::string whose,
                              std::promise<std::vector<ServiceSeen>>& told) -> lamp::Task<> {
                std::vector<LineServices::Wanted> wanted{{std::move(whose), &here.platform().actions()}};
                told.set_value(co_await asked.of(std::move(wanted)));
            }(h, services, line, answer));
        return true;
    });
    std::vector<std::vector<ServiceSeen>> all;
    for (auto& answer : answers)
        all.push_back(answer.get_future().get());
    return all;
}

bool all_are(const std::vector<ServiceSeen>& seen, std::string_view value) {
    return seen.size() == 8 && std::ranges::all_of(seen, [&](const auto& one) { return one.value == value; });
}

} // namespace

TEST_CASE("the services of a line are read once for all who ask, and again when they are old") {
    Harness h{Setup{}};
    h.require_truth(5s);
    LineServices services(h.loop(), {.limit = 2s, .kept = 1s, .kept_broken = 100ms});
    auto line = h.ids().front();
    for (const auto& seen : ask(h, services, line, 5))
        CHECK(all_are(seen, "off"));
    CHECK(h.requests("services") == 8);
    CHECK(all_are(ask(h, services, line).front(), "off"));
    CHECK(h.requests("services") == 8);
    h.command("forward", {{"user", line}, {"kind", "no_answer"}, {"active", true}, {"to", "2001"}});
    CHECK(within(5s, [&] { return ask(h, services, line).front().at(6).value == "on → 2001"; }));
    CHECK(h.requests("services") <= 24);
}

TEST_CASE("a platform that is away costs one request and is said; what is not assigned is absent") {
    Harness h{Setup{}};
    h.require_truth(5s);
    LineServices services(h.loop(), {.limit = 1s, .kept = 60s, .kept_broken = 200ms});
    auto line = h.ids().front();
    h.fault("unavailable", {{"on", "services"}, {"forever", true}});
    CHECK(all_are(ask(h, services, line).front(), "unknown"));
    CHECK(h.requests("services") <= 2);
    h.command("faults/clear");
    CHECK(within(60s, [&] { return all_are(ask(h, services, line).front(), "off"); }));
    h.fault("forbidden", {{"on", "services"}, {"forever", true}});
    CHECK(ask(h, services, h.ids().back()).front().empty());
}

TEST_CASE("as many lines are read at once as the limit says; the others hear that nothing is known yet") {
    Harness h{Setup{.world = small_office(1, 40)}};
    h.require_truth(5s);
    LineServices services(h.loop());
    h.fault("slow", {{"ms", 1000}, {"on", "services"}, {"forever", true}});
    std::promise<std::vector<ServiceSeen>> told;
    std::vector<LineServices::Wanted> wanted;
    for (const auto& line : h.ids())
        wanted.push_back({line, h.on_loop([&] { return &h.platform().actions(); })});
    REQUIRE(wanted.size() > LineServices::readers_max);
    auto began = lamp::steady_now();
    h.on_loop([&] {
        h.loop().spawn([](LineServices& asked, std::vector<LineServices::Wanted> all,
                          std::promise<std::vector<ServiceSeen>>& answer) -> lamp::Task<> {
            answer.set_value(co_await asked.of(std::move(all)));
        }(services, wanted, told));
        return true;
    });
    auto seen = told.get_future().get();
    CHECK(lamp::steady_now() - began < 3s);
    CHECK(seen.size() == wanted.size() * 8);
    CHECK(h.requests("services") <= static_cast<std::int64_t>(LineServices::readers_max) * 3);
    h.command("faults/clear");
    h.freeze(); // readers are under way and this object goes first
}
