// What comes to /hooks/zoom before anybody looks into it.
#include <atomic>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <future>
#include <map>

#include "adapters/zoom/deliveries.hpp"

using namespace lamp;
using namespace lamp::zoom;

namespace {

struct Door {
    Loop loop{"egress"};
    ZoomOptions options;
    std::unique_ptr<Deliveries> deliveries;
    std::vector<std::string> taken;

    Door() {
        options.webhook_secret = Secret("zoom-secret-token-1");
        deliveries = std::make_unique<Deliveries>(loop, options);
        deliveries->use([this](std::string body) { taken.push_back(std::move(body)); });
    }
    ~Door() { // first the loop, then what it writes to
        loop.stop();
        loop.join();
    }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;
    void settle() {
        loop.start();
        std::promise<void> done;
        loop.post([&] { done.set_value(); });
        done.get_future().wait();
    }
    fanout::HookAnswer post(std::string_view body,
                            const std::map<std::string, std::string, std::less<>>& fields) const {
        fanout::HookCall call{.path = "zoom", .query = {}, .body = body, .header = [&](std::string_view name) {
                                  auto at = fields.find(name);
                                  return at == fields.end() ? std::nullopt
                                                            : std::optional<std::string_view>(at->second);
                              }};
        return deliveries->deliver(call);
    }
    fanout::HookAnswer signed_post(std::string_view body, milliseconds ago = milliseconds(0)) const {
        auto stamp = std::to_string(std::chrono::floor<seconds>(wall_now() - ago).time_since_epoch().count());
        return post(body, {{std::string(timestamp_field), stamp},
                           {std::string(signature_field), signature("zoom-secret-token-1", stamp, body)}});
    }
};

constexpr std::string_view test = R"({"event":"endpoint.url_validation","event_ts":1,"payload":{"plainToken":"{}"}})";

std::string test_of(std::string_view token) {
    std::string body(test);
    return body.replace(body.find("{}"), 2, token);
}

} // namespace

TEST_CASE("zoom deliveries: genuine ones are taken, the others are refused and counted") {
    Door door;
    CHECK(door.signed_post("one").status == 204);
    CHECK(door.signed_post("two", std::chrono::minutes(85)).status == 204);
    CHECK(door.signed_post("old", std::chrono::hours(3)).status == 401);
    CHECK(door.post("bare", {}).status == 401);
    CHECK(door.post("half", {{std::string(timestamp_field), "5"}}).status == 401);
    CHECK(door.deliveries->waiting() == 2);
    door.settle();
    CHECK(door.taken == std::vector<std::string>{"one", "two"});
    CHECK(door.deliveries->waiting() == 0);
    CHECK(door.deliveries->refused(Deliveries::Refused::stale) == 1);
    CHECK(door.deliveries->refused(Deliveries::Refused::missing) == 1);
    CHECK(door.deliveries->refused(Deliveries::Refused::wrong) == 1);
    CHECK(door.deliveries->last().has_value());
}

TEST_CASE("zoom deliveries: the address is proven, and nothing else is signed for whoever asks") {
    Door door;
    auto answer = door.signed_post(test_of("qgg8vlvZRS6UYooatFL8Aw"));
    CHECK(answer.status == 200);
    CHECK(answer.type == fanout::HookAnswer::Type::json);
    CHECK(answer.body == R"({"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":)"
                         R"("0e5b0d12b8a75ee80179999fbb875d29b1469544a54e8863e0687da36bade919"})");
    CHECK(door.post(test_of("plain"), {}).status == 200);
    CHECK(door.post(test_of("v0:1767225600:forged"), {}).status == 401);
    CHECK(door.signed_post(test_of("plain"), std::chrono::hours(3)).status == 401);
    CHECK(door.post(test_of("plain"), {{std::string(timestamp_field), "5"}, {std::string(signature_field), "v0=00"}})
              .status == 401);
    // A delivery that merely mentions the name is a delivery.
    CHECK(door.signed_post(R"({"event":"x","topic":"endpoint.url_validation"})").status == 204);
    door.settle();
    CHECK(door.taken.size() == 1);
    CHECK(door.deliveries->validations() == 2);
}

TEST_CASE("zoom deliveries: what waits has a limit") {
    Door door;
    std::size_t taken = 0;
    while (taken <= Deliveries::waiting_max && door.signed_post("x").status == 204)
        ++taken;
    CHECK(taken == Deliveries::waiting_max);
    CHECK(door.signed_post("x").status == 503);
    CHECK(door.deliveries->refused(Deliveries::Refused::full) >= 1);
    door.settle();
    CHECK(door.signed_post("x").status == 204);

    Door heavy;
    std::string body(1 << 20, 'x');
    std::size_t megabytes = 0;
    while (megabytes < 20 && heavy.signed_post(body).status == 204)
        ++megabytes;
    CHECK(megabytes == 8);
    heavy.settle();
}
