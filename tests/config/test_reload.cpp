// Reloads: what differs, what is in force at once, what waits, and that a mistake changes nothing.
#include <doctest/doctest.h>

#include "config/reload.hpp"
#include "office.hpp"

using namespace lamp::config;
using namespace std::chrono_literals;

namespace {

std::string joined(const std::vector<Change>& changes) {
    std::string text;
    for (const auto& change : changes)
        text += (text.empty() ? "" : "; ") + to_string(change);
    return text;
}

FakeMachine machine() {
    FakeMachine made;
    made.environment = {{"PW", "pw"}, {"PW2", "pw2"}};
    return made;
}

std::string platform(const std::string& name, const std::string& more = "") {
    return "[[broadworks]]\nname = \"" + name + "\"\nhosts = [\"https://" + name +
           ".nl\"]\nusername = \"u\"\npassword = \"env:PW\"\n" + more;
}

struct Row {
    std::string before;
    std::string after;
    std::string_view applied;
    std::string_view needs_restart;
};

} // namespace

TEST_CASE("what a reload answers") {
    const auto a = platform("acme");
    const auto n = platform("north");
    // clang-format off
    for (const auto& row : std::initializer_list<Row>{
        {"",                              "",                                       "", ""},
        {"[daemon]\ncountry = \"NL\"\n",  "[http]\n",                               "", ""}, // the default, written or not
        {"",                              "[daemon]\ncountry = \"BE\"\n",           "[daemon] country", ""},
        {"[http]\nlisten = [\"0.0.0.0:1\"]\n", "",                                  "", "[http] listen"},
        {a,                               platform("acme", "heartbeat = \"15000ms\"\n"), "", ""}, // another spelling
        {a,                               platform("acme", "heartbeat = \"5s\"\ndiscover = true\n"),
                                          "[broadworks \"acme\"] heartbeat", "[broadworks \"acme\"] discover"},
        {a,                               a + n,                                    "", "[broadworks \"north\"] added"},
        {a + n,                           n + a,                                    "", ""}, // the order says nothing
        {a + n,                           a,                                        "", "[broadworks \"north\"] removed"},
        {a,                               n,                                        "", "[broadworks \"north\"] added; [broadworks \"acme\"] removed"},
        {"",                              "[[sip_list]]\nname = \"x\"\n",           "[sip_list \"x\"] added", ""},
        {"[[sip_list]]\nname = \"x\"\n",  "",                                       "[sip_list \"x\"] removed", ""},
        {"",                              "[sip]\n",                                "", "[sip] added"},
        {"[sip]\n",                       "",                                       "", "[sip] removed"},
        {"[presence]\nrules = [{ when = \"busy\" }]\n", "[presence]\nrules = [{ when = \"ringing\" }]\n", "[presence] rules", ""},
        {"[[webhook]]\nurl = \"https://a\"\n", "[[webhook]]\nurl = \"https://b\"\n", "", "[webhook 1] url"},
    }) {
        // clang-format on
        INFO(row.before << "->\n" << row.after);
        const auto fakes = machine();
        const auto reloaded = apply(*good(row.before, fakes), *good(row.after, fakes));
        CHECK_EQ(joined(reloaded.applied), row.applied);
        CHECK_EQ(joined(reloaded.needs_restart), row.needs_restart);
        // What is in force differs from the new file in exactly what waits, and from the old one in what was applied.
        CHECK_EQ(joined(diff(*reloaded.running, *good(row.after, fakes))), row.needs_restart);
        CHECK_EQ(joined(diff(*good(row.before, fakes), *reloaded.running)), row.applied);
    }
}

TEST_CASE("what waits for a restart is named by every reload until then") {
    const auto fakes = machine();
    auto running = good(platform("acme"), fakes);
    const auto fresh = good(platform("acme", "heartbeat = \"5s\"\ndiscover = true\n"), fakes);
    auto first = apply(*running, *fresh);
    CHECK(first.running->all<BroadworksOptions>()[0].heartbeat == 5s);
    CHECK_FALSE(first.running->all<BroadworksOptions>()[0].discover);
    const auto second = apply(*first.running, *fresh);
    CHECK_EQ(joined(second.applied), "");
    CHECK_EQ(joined(second.needs_restart), "[broadworks \"acme\"] discover");
}

TEST_CASE("a secret with new contents behind the same words is a change") {
    FakeMachine fakes;
    fakes.files["/etc/s"] = {"one\n", false};
    constexpr auto text = "[teams]\ntenant = \"t\"\nclient_secret = \"file:s\"\n";
    const auto before = good(text, fakes);
    fakes.files["/etc/s"] = {"two\n", false};
    const auto reloaded = apply(*before, *good(text, fakes));
    CHECK_EQ(joined(reloaded.applied), "[teams] client_secret");
    CHECK_EQ(reloaded.running->get<TeamsOptions>().client_secret.reveal(), "two");
}

TEST_CASE("any mistake leaves the running configuration alone; warnings do not") {
    FakeMachine fakes = machine();
    const auto running = good("", fakes);
    const auto reload_with = [&](std::string_view text) {
        fakes.files["/etc/l.toml"] = {std::string(text), false};
        return reload(office(), *running, "/etc/l.toml", fakes.sources());
    };
    const auto wrong = reload_with("[daemon]\ncountry = \"BE\"\ntimezone = \"Mars\"\n");
    CHECK_FALSE(wrong.reloaded);
    CHECK_EQ(wrong.problems.size(), 1);
    const auto warned = reload_with("[daemon]\ncountry = \"BE\"\n[http]\npublic_url = \"http://a.nl\"\n");
    CHECK_EQ(warned.problems.size(), 1);
    REQUIRE(warned.reloaded);
    CHECK_EQ(joined(warned.reloaded->applied), "[daemon] country; [http] public_url");
    CHECK_EQ(running->get<DaemonOptions>().country, "NL");
}
