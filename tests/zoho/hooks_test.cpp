// What is clicked in Zoho: proven, answered, carried out; and what fails, told.
#include "office.hpp"

using namespace zoho_tests;

namespace {

/// What was registered for person n: "zoho/PATH/" and the key.
struct Registered {
    std::string prefix;
    std::string key;
};
Registered registered(Office& office, std::size_t n) {
    auto user = office.user(n);
    auto uri = std::string(user.at("clicktodial").at("clicktodialuri").as_string());
    REQUIRE(uri.starts_with("https://lamps.example.net/hooks/zoho/"));
    REQUIRE(uri.ends_with("/dial"));
    auto pair = json::parse(user.at("clicktodial").at("authorizationparam").as_string());
    CHECK(pair.at("name").as_string() == "x-link-key");
    auto start = uri.find("zoho/");
    return {uri.substr(start, uri.size() - start - 4), std::string(pair.at("value").as_string())};
}

calls::Call leg(const char* id, calls::CallState state) {
    calls::Call made;
    made.id = id;
    made.state = state;
    return made;
}

calls::LineNews news(std::vector<calls::Call> legs) {
    calls::LineNews made;
    made.line = "line-0";
    made.calls = std::move(legs);
    return made;
}

} // namespace

TEST_CASE("a clicked number is dialled from the linked line, however it is sent") {
    Office office;
    REQUIRE(office.linked(2));
    auto to = registered(office, 0);
    auto success = lamp::fanout::HookAnswer{200, lamp::fanout::HookAnswer::Type::json, R"({"status":"success"})"};
    CHECK(office.hook(to.prefix + "dial", "tonumber=%2B33199001234&x-link-key=" + to.key) == success);
    CHECK(office.hook(to.prefix + "dial", "", "tonumber=+33199001234&x-link-key=" + to.key) == success);
    CHECK(office.hook(to.prefix + "dial", "", R"({"tonumber":"+33199001234"})", to.key) == success);
    CHECK(within(5s, [&] { return office.acted().size() == 3; }));
    for (const auto& what : office.acted())
        CHECK(what == "dial line-0 +33199001234");
    CHECK(office.hook(to.prefix + "dial", "", "", to.key).status == 400);
}

TEST_CASE("nothing is believed without the link's secret and its key") {
    Office office;
    REQUIRE(office.linked(2));
    auto to = registered(office, 0);
    auto other = registered(office, 1);
    CHECK(to.prefix != other.prefix);
    CHECK(office.hook(to.prefix + "dial", "tonumber=1").status == 401);
    CHECK(office.hook(to.prefix + "dial", "tonumber=1", "", other.key).status == 401);
    CHECK(office.hook("zoho/0000/dial", "tonumber=1", "", to.key).status == 401);
    CHECK(office.hook("zoho//dial", "tonumber=1", "", to.key).status == 401);
    CHECK(office.hook(to.prefix + "mute", "", "", to.key).status == 404);
    CHECK(office.hook("zoho/x", "", "", to.key).status == 404);
    CHECK(office.hook(to.prefix + "keypress", "", "", to.key).status == 501);
    CHECK(office.acted().empty());
    CHECK(office.metric("lamplighter_zoho_clicks_total", "unproven") == 4);
}

TEST_CASE("buttons act on the call that is named, else on the only one that can be meant") {
    Office office;
    REQUIRE(office.linked(2));
    auto to = registered(office, 0);
    office.hear(news({leg("a", calls::CallState::active), leg("b", calls::CallState::ringing)}));
    auto does = [&](const char* verb, const std::string& query, const std::string& wanted) {
        auto before = office.acted().size();
        CHECK(office.hook(to.prefix + verb, query, "", to.key).status == 200);
        REQUIRE(within(5s, [&] { return office.acted().size() == before + 1; }));
        CHECK(office.acted().back() == wanted);
    };
    auto verb = [](calls::Verb what) { return std::to_string(static_cast<int>(what)); };
    does("answer", "", verb(calls::Verb::answer) + " line-0 b");
    does("hold", "", verb(calls::Verb::hold) + " line-0 a");
    does("hungup", "id=" + calls::public_id("line-0", "a"), verb(calls::Verb::hang_up) + " line-0 a");
    CHECK(office.hook(to.prefix + "hungup", "", "", to.key).status == 200); // which one?
    CHECK(within(5s, [&] { return office.metric("lamplighter_zoho_clicks_total", "failed") == 1; }));
    office.hear(news({leg("a", calls::CallState::held)}));
    does("unhold", "", verb(calls::Verb::retrieve) + " line-0 a");
}

TEST_CASE("a dialling that fails is told to whoever clicked") {
    for (auto [category, code] :
         {std::pair(lamp::Category::invalid, "invalid"), std::pair(lamp::Category::forbidden, "blocked"),
          std::pair(lamp::Category::unavailable, "notavailable")}) {
        Office office;
        REQUIRE(office.linked(2));
        office.fail_dials(category);
        auto to = registered(office, 1);
        CHECK(office.hook(to.prefix + "dial", "tonumber=%2B33199001234", "", to.key).status == 200);
        auto errors = [&] { return office.command("zoho/calls").at("dial_errors").as_array(); };
        REQUIRE(within(10s, [&] { return errors().size() == 1; }));
        CHECK(errors().at(0).at("code").as_string() == code);
        CHECK(errors().at(0).at("from").as_string() == "+31201110001");
        CHECK(errors().at(0).at("zohouser").as_string() == "5550002");
    }
}
