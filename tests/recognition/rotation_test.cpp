// A CRM that gives a new refresh token with every login and takes the newest alone: what it gave survives a restart.
#include <doctest/doctest.h>

#include <fstream>
#include <mutex>
#include <thread>

#include "fakes/http_server.hpp"
#include "faults/folder.hpp"
#include "recognition/integrations.hpp"

using namespace lamp;
using namespace lamp::recognition;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view preset = R"(
base_url = "https://crm.example.net"
incremental = "none"
items = "/items"
[auth]
kind = "refresh_token"
token_url = "https://crm.example.net/token"
[map]
id = "/id"
name = "/name"
numbers = [{at = "/phone", kind = "work"}]
[[list]]
path = "/contacts"
)";

/// Its login, as strict as they come.
class Crm {
public:
    explicit Crm(std::string first) : wanted_(std::move(first)) {
        listener_ = server_.listen("127.0.0.1", 0);
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~Crm() {
        loop_.stop();
        thread_.join();
    }
    [[nodiscard]] std::string url() const { return server_.url(listener_); }
    void want(std::string token) {
        std::scoped_lock lock(mutex_);
        wanted_ = std::move(token);
    }
    [[nodiscard]] int logins() const {
        std::scoped_lock lock(mutex_);
        return logins_;
    }
    [[nodiscard]] int refused() const {
        std::scoped_lock lock(mutex_);
        return refused_;
    }

private:
    void answer(const sim::http::Request& request, sim::http::Reply reply) {
        std::scoped_lock lock(mutex_);
        if (request.path == "/contacts")
            return reply.send(
                {200, "application/json", R"({"items":[{"id":"1","name":"Ann","phone":"+31201230002"}]})"});
        bool right = false;
        for (const auto& [name, value] : sim::http::query_pairs(request.body))
            right = right || (name == "refresh_token" && value == wanted_);
        if (!right) {
            ++refused_;
            return reply.send({400, "application/json", R"({"error":"invalid_grant"})"});
        }
        wanted_ = "given-" + std::to_string(++logins_);
        reply.send(
            {200, "application/json",
             R"({"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":")" + wanted_ + "\"}"});
    }

    sim::Loop loop_;
    sim::http::Server server_{loop_, [this](const sim::http::Request& request, sim::http::Reply reply) {
                                  answer(request, std::move(reply));
                              }};
    int listener_ = 0;
    mutable std::mutex mutex_;
    std::string wanted_;
    int logins_ = 0;
    int refused_ = 0;
    std::thread thread_;
};

/// One life of the daemon's part: until the integration is up, or in trouble.
calls::IntegrationView life(const std::filesystem::path& folder, const Crm& crm, const std::string& configured) {
    Loop loop("recognition");
    auto store = std::move(store::Store::open({.folder = folder}).value());
    IntegrationOptions one;
    one.name = "crm";
    one.type = Type::rest;
    one.rest.preset = "strict";
    one.rest.presets = folder;
    one.url = crm.url();
    one.rest.login_url = config::Url(crm.url() + "/token");
    one.rest.client_id = "lamps";
    one.rest.client_secret = Secret("quiet");
    one.rest.refresh_token = Secret(configured);
    Integrations all(loop, *store, {one}, "NL");
    all.start();
    auto turn = [&](auto reached, milliseconds most) {
        loop.context().restart();
        for (auto until = steady_now() + most; !reached() && steady_now() < until;)
            loop.context().run_one_until(std::min(until, steady_now() + 20ms));
    };
    // What is on disk is as fresh as the day; only an order asks the CRM again.
    turn([&] { return all.views().front().next_sync.has_value(); }, 20s);
    const auto before = crm.logins() + crm.refused();
    all.order({"crm", calls::IntegrationVerb::sync, "desk"}, [](const auto&) {});
    turn([&] { return crm.logins() + crm.refused() > before && all.views().front().state != "syncing"; }, 20s);
    auto view = all.views().front();
    all.stop();
    turn([] { return false; }, 50ms);
    store->stop();
    turn([] { return false; }, 50ms);
    return view;
}

} // namespace

TEST_CASE("a refresh token that the CRM replaced is kept, and a new one in the configuration wins") {
    faults::Folder folder("rotation");
    std::ofstream(folder.path() / "strict.toml") << preset;
    Crm crm("first");
    for (int lives = 1; lives <= 3; ++lives) {
        auto view = life(folder.path(), crm, "first");
        CAPTURE(view.last_error);
        CHECK(view.state == "up");
        CHECK(view.contacts == 1);
        CHECK(crm.logins() == lives);
    }
    CHECK(crm.refused() == 0);
    crm.want("second"); // somebody has logged in anew
    CHECK(life(folder.path(), crm, "second").state == "up");
    CHECK(life(folder.path(), crm, "second").state == "up");
    CHECK(crm.refused() == 0);
}
