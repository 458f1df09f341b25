// A person's consent: what is asked for, which answers are believed, whose it must be.
#include "adapters/zoho/login.hpp"
#include "office.hpp"

using namespace zoho_tests;
using lamp::Category;
using lamp::zoho::Consent;

namespace {

template <class T>
T wait_for(Office& office, lamp::Task<T> task) {
    std::promise<T> result;
    auto future = result.get_future();
    office.loop().spawn([](lamp::Task<T> what, std::promise<T>& into) -> lamp::Task<> {
        into.set_value(co_await std::move(what));
    }(std::move(task), result));
    return future.get();
}

} // namespace

TEST_CASE("what is asked for, and which answers are believed") {
    lamp::zoho::ZohoOptions options;
    options.client_id = "1000.X";
    auto consent = Consent::begin("http://127.0.0.1:1");
    auto url = consent.url(options);
    CHECK(url.starts_with("https://accounts.zoho.com/oauth/v2/auth?scope=PhoneBridge.call.log%2CPhoneBridge."
                          "zohoone.search&client_id=1000.X&redirect_uri=http%3A%2F%2F127.0.0.1%3A1&state="));
    CHECK(url.find("access_type=offline&prompt=consent") != std::string::npos);
    CHECK(url.find("AaaServer") == std::string::npos);
    options.account = "admin@example.net";
    CHECK(consent.url(options).find("AaaServer.profile.READ") != std::string::npos);
    auto answer = [&](const std::string& query) {
        return consent.answer_of("http://127.0.0.1:1/?state=" + consent.state + query, options);
    };
    auto good = answer("&code=1000.abc&location=eu&accounts-server=https%3A%2F%2Faccounts.zoho.eu");
    REQUIRE(good.has_value());
    CHECK(good->code.reveal() == "1000.abc");
    CHECK(good->login_url == "https://accounts.zoho.eu");
    CHECK(answer("&code=x")->login_url == "https://accounts.zoho.com");
    CHECK(answer("&code=x&accounts-server=https%3A%2F%2Fevil.example").error().category == Category::forbidden);
    CHECK(answer("&error=access_denied").error().category == Category::unauthorised);
    CHECK(answer("").error().category == Category::invalid);
    CHECK(consent.answer_of("http://127.0.0.1:1/?code=x&state=other", options).error().category == Category::conflict);
}

TEST_CASE("another account's consent is refused, naming both; the right one's is kept for the next run") {
    Setup setup;
    setup.adjust = [](lamp::zoho::ZohoOptions& options) { options.account = "admin@example.net"; };
    Office office(setup);
    auto consent = Consent::begin("http://127.0.0.1:1");
    auto options = office.options();
    auto log_in = [&](const char* account) {
        office.command("zoho/account", {{"code", "1000.code"}, {"account", account}});
        return wait_for(office, lamp::zoho::finish_login(office.loop(), options, consent,
                                                         {lamp::Secret("1000.code"), options.login_url.text}));
    };
    auto wrong = log_in("eve@example.net");
    REQUIRE(!wrong.has_value());
    CHECK(wrong.error().category == Category::unauthorised);
    CHECK(wrong.error().text.find("eve@example.net") != std::string::npos);
    CHECK(wrong.error().text.find("admin@example.net") != std::string::npos);
    auto right = log_in("Admin@example.net");
    REQUIRE(right.has_value());
    CHECK(right->account == "admin@example.net");
    auto kept = wait_for(office, office.store().write([&](lamp::store::Database& disk) {
        return lamp::zoho::keep_login(disk, options.client_id, *right);
    }));
    REQUIRE(kept.has_value());
    office.end();
    office.setup().adjust = [](lamp::zoho::ZohoOptions& changed) { changed.refresh_token = lamp::Secret(); };
    office.start();
    CHECK(within(10s, [&] { return office.health().state == "up"; }));
    CHECK(office.links().account == "admin@example.net");
}
