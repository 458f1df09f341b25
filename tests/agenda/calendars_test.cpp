// The loop around the calendars: readings, errors, reloads, and what forwarding hears of them. The providers are ours;
// what a reading gives, and when it ends, the test says.
#include "adapters/calendars/calendars.hpp"

#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

#include "base/log.hpp"
#include "here.hpp"

using namespace testing;

namespace {

using Read = Result<std::optional<std::vector<Occurrence>>>;

/// Over there: what each calendar holds, by its name.
struct There {
    Read answer = std::vector<Occurrence>{};
    bool hangs = false; // readings do not end until somebody rings
    int readings = 0;
    int made = 0;
    int alive = 0;
    int under_way = 0;
    int most_under_way = 0;
    Window window{};
    std::string zone{};
};
std::map<std::string, There>* world = nullptr; // makers are plain functions

class FakeProvider final : public Provider {
public:
    FakeProvider(Loop& loop, There& there) : there_(there), bell_(loop.context()) {
        ++there_.made;
        ++there_.alive;
    }
    ~FakeProvider() override { --there_.alive; }
    Task<Read> read(Window window) override {
        ++there_.readings;
        there_.window = window;
        there_.most_under_way = std::max(there_.most_under_way, ++there_.under_way);
        while (there_.hangs && !closed_)
            co_await bell_.wait(10ms);
        --there_.under_way;
        if (closed_) co_return fail(Category::cancelled, "closed");
        co_return there_.answer;
    }
    void close() override {
        closed_ = true;
        bell_.ring();
    }

private:
    There& there_;
    Bell bell_;
    bool closed_ = false;
};

Made make_fake(const ProviderParts& parts) {
    There& there = (*world)[parts.options.name];
    there.zone = parts.zone;
    if (parts.options.mailbox == "broken") return fail(Category::invalid, "the mailbox is broken");
    return std::make_unique<FakeProvider>(parts.loop, there);
}
constexpr Makers fakes{&make_fake, &make_fake, &make_fake, nullptr};

CalendarOptions options(std::string name, std::string line, ProviderKind kind = ProviderKind::caldav) {
    CalendarOptions made;
    made.name = std::move(name);
    made.line = std::move(line);
    made.provider = kind;
    return made;
}

class Office {
public:
    explicit Office(std::vector<CalendarOptions> calendars) {
        std::string folder = (std::filesystem::temp_directory_path() / "lamp-agenda-XXXXXX").string();
        REQUIRE(::mkdtemp(folder.data()) != nullptr);
        folder_ = folder;
        log::set_capture(&log_);
        world = &there;
        store_ = *store::Store::open({.folder = folder_});
        forwarding::Desk desk;
        desk.replace = [this](std::string_view owner, std::vector<forwarding::LineClaim> all) {
            ++replaced;
            std::vector<std::string> rows;
            for (const auto& [line, claim] : all)
                rows.push_back(fmt::format("{} {} -> {}", line, claim.name, claim.to));
            claims[std::string(owner)] = rows;
            std::map<std::string, std::size_t> by_line;
            for (const auto& [name, those] : claims)
                for (const auto& row : those)
                    ++by_line[row.substr(0, row.find(' '))];
            for (const auto& [line, count] : by_line)
                claims_most[line] = std::max(claims_most[line], count);
        };
        desk.owners = [this](std::vector<std::string> all) {
            owners = std::move(all);
            std::erase_if(claims,
                          [&](const auto& one) { return std::ranges::find(owners, one.first) == owners.end(); });
        };
        desk.number_of = [this](std::string_view, std::string_view name) {
            ++asked;
            return name == "reception" ? std::optional<std::string>("1000") : std::nullopt;
        };
        calendars_ = std::make_unique<Calendars>(
            loop_, Wanted{std::move(calendars), {forwarding::Source::operator_, forwarding::Source::calendar}},
            Surroundings{
                .zone = "Europe/Amsterdam",
                .proxy = "http://proxy:3128",
                .meetings = {.heard = [this](const meetings::News& news) { heard.push_back(news); }, .lost = {}}},
            fakes, desk, *store_);
    }
    ~Office() {
        bool done = false;
        calendars_->shut_down(5s, [&] { done = true; });
        until([&] { return done; });
        for (const auto& [name, one] : there)
            CHECK(one.under_way == 0);
        calendars_.reset();
        for (const auto& [name, one] : there)
            CHECK(one.alive == 0);
        log::set_capture(nullptr);
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    void people() {
        std::vector<presence::PersonRow> rows(2);
        rows[0].id = "alice@example.net";
        rows[1].id = "reception@example.net";
        auto all = *presence::People::build(rows);
        calendars_->use_people(all, {{*all->find("alice@example.net"), "alice@example.net"},
                                     {*all->find("alice@example.net"), "fax@example.net"},
                                     {*all->find("reception@example.net"), "reception@example.net"},
                                     {*all->find("reception@example.net"), "+31201231000"}});
    }
    template <class Condition>
    void until(Condition condition) {
        auto end = steady_now() + 10s;
        while (!condition() && steady_now() < end)
            loop_.context().run_one_for(20ms);
        CHECK(condition());
    }
    void start() {
        calendars_->start();
        read_all();
    }
    /// Everybody has been read since.
    void read_all() {
        auto before = there;
        for (const auto& view : calendars_->views())
            calendars_->read_now(view.name);
        until([&] {
            return std::ranges::all_of(there, [&](const auto& one) {
                return one.second.alive == 0 ||
                       (one.second.readings > before[one.first].readings && one.second.under_way == 0);
            });
        });
        loop_.context().poll();
    }
    void use(std::vector<CalendarOptions> calendars) {
        calendars_->use({std::move(calendars), {forwarding::Source::calendar}});
    }
    std::string state(std::size_t place = 0) { return calendars_->views().at(place).state; }
    Calendars& calendars() { return *calendars_; }
    [[nodiscard]] bool logged(std::string_view part) const { return log_.find(part) != std::string::npos; }

    std::map<std::string, There> there;
    std::map<std::string, std::vector<std::string>> claims; // on the desk, by owner
    std::map<std::string, std::size_t> claims_most;         // at any time, by line
    std::vector<std::string> owners;
    std::vector<meetings::News> heard;
    int replaced = 0;
    int asked = 0; // for numbers of people

private:
    Loop loop_{"egress"};
    std::filesystem::path folder_;
    std::string log_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Calendars> calendars_;
};

using Rows = std::vector<std::string>;

Read today(std::string key, std::string title) {
    auto now = wall_now();
    return std::vector{event(std::move(key), std::move(title), now - 1h, now + 1h)};
}

} // namespace

TEST_CASE("an appointment becomes a claim, its end none") {
    Office office({options("reception", "+31 20 123 10 00")});
    office.there["reception"].answer = today("a", "2001");
    office.people();
    CHECK(office.owners.empty());
    office.start();
    CHECK(office.owners == Rows{"reception"});
    CHECK(office.claims["reception"] == Rows{"reception@example.net reception/a -> 2001"});
    CHECK(office.state() == "up");
    CHECK(office.there["reception"].zone == "Europe/Amsterdam");
    auto window = office.there["reception"].window;
    CHECK(window.from <= wall_now() - 24h);
    CHECK(window.until >= wall_now() + 14 * 24h);
    CHECK(window_at(wall_now()).from == window.from); // all day long

    auto before = office.replaced;
    office.there["reception"].answer = std::nullopt; // nothing new
    office.read_all();
    CHECK(office.replaced == before);
    office.there["reception"].answer = today("a", "2002");
    office.read_all();
    CHECK(office.claims["reception"] == Rows{"reception@example.net reception/a -> 2002"});
    office.there["reception"].answer = std::vector<Occurrence>{};
    office.read_all();
    CHECK(office.claims["reception"].empty());
}

TEST_CASE("a person's calendar diverts all lines; names are asked for") {
    auto own = options("own", "");
    own.person = "alice@example.net";
    own.tags = {"fwd:"};
    Office office({own});
    office.there["own"].answer = today("a", "fwd: reception");
    office.people();
    office.start();
    CHECK(office.claims["own"] == Rows{"alice@example.net own/a -> 1000", "fax@example.net own/a -> 1000"});
    office.read_all();
    CHECK(office.asked == 2); // once for each line
    office.people();
    CHECK(office.asked == 4); // the directory may be another one
}

TEST_CASE("nothing is told before it is known whose line it is") {
    Office office({options("reception", "reception@example.net"), options("nobody", "4711")});
    office.there["reception"].answer = today("a", "2001");
    office.there["nobody"].answer = today("a", "2001");
    office.start();
    CHECK(office.replaced == 0); // else what an earlier run has claimed would end
    office.people();
    CHECK(office.claims["reception"].size() == 1);
    CHECK_FALSE(office.claims.contains("nobody"));
    CHECK(office.state(1) == "degraded");
    auto health = office.calendars().health();
    CHECK(health.state == "degraded");
    CHECK(health.problems == Rows{"calendar nobody: nobody has the line \"4711\""});
    CHECK(health.not_ready.empty());
    CHECK(office.calendars().plan(24h).size() == 2);
}

TEST_CASE("what is known outlives an outage") {
    Office office({options("reception", "reception@example.net")});
    auto& there = office.there["reception"];
    there.answer = fail(Category::unavailable, "the server is away");
    office.people();
    office.start();
    CHECK(office.replaced == 0); // before the first good reading nothing ends
    CHECK(office.state() == "down");
    there.answer = today("a", "2001");
    office.read_all();
    CHECK(office.claims["reception"].size() == 1);
    CHECK(office.logged("a calendar is read again"));
    for (Category category : {Category::network, Category::timeout, Category::protocol, Category::throttled,
                              Category::unauthorised, Category::forbidden, Category::not_found}) {
        there.answer = fail(category, "something is wrong");
        office.read_all();
        CHECK(office.claims["reception"].size() == 1);
        CHECK(office.state() == "degraded");
        CHECK(office.calendars().views().at(0).last_error == "something is wrong");
    }
    CHECK(office.calendars().health().problems == Rows{"calendar reception: something is wrong"});
    there.answer = today("a", "2001");
    office.read_all();
    CHECK(office.calendars().health().problems.empty());
    CHECK(office.state() == "up");
}

TEST_CASE("what heals by itself is a problem only when it does not") {
    Office office({options("reception", "reception@example.net")});
    office.there["reception"].answer = fail(Category::timeout, "the server keeps silent");
    office.people();
    office.start();
    CHECK(office.calendars().health().problems.empty());
    CHECK(office.calendars().health().last_error == "calendar reception: the server keeps silent");
    office.read_all();
    office.read_all();
    CHECK(office.calendars().health().problems.size() == 1);
}

TEST_CASE("a consent that is taken back ends what the calendar wanted") {
    auto own = options("own", "reception@example.net", ProviderKind::google);
    own.client_id = "1234";
    Office office({own});
    auto& there = office.there["own"];
    there.answer = today("a", "2001");
    office.people();
    office.start();
    CHECK(office.claims["own"].size() == 1);
    there.answer = fail(Category::unauthorised, "nobody is logged in");
    office.read_all();
    CHECK(office.claims["own"].empty());
    CHECK(office.calendars().health().problems == Rows{"calendar own: nobody is logged in"});
    CHECK(office.calendars().plan(24h).empty());
    there.answer = std::nullopt;
    office.read_all();
    CHECK(office.claims["own"].size() == 1);
}

TEST_CASE("who is refused otherwise keeps what is known") {
    auto service = options("service", "reception@example.net", ProviderKind::google);
    service.service_account = Secret("{}");
    Office office({service});
    office.there["service"].answer = today("a", "2001");
    office.people();
    office.start();
    office.there["service"].answer = fail(Category::unauthorised, "the key is refused");
    office.read_all();
    CHECK(office.claims["service"].size() == 1);
    CHECK(office.calendars().health().problems == Rows{"calendar service: the key is refused"});
}

TEST_CASE("one reading at a time, and another one for who asked meanwhile") {
    Office office({options("reception", "reception@example.net")});
    auto& there = office.there["reception"];
    office.people();
    there.hangs = true;
    office.calendars().start();
    office.until([&] { return there.readings == 1; });
    for (int i = 0; i < 5; ++i)
        office.calendars().read_now("reception");
    there.answer = today("a", "2001");
    there.hangs = false;
    office.until([&] { return there.readings == 2; });
    office.until([&] { return office.state() == "up"; });
    CHECK(there.most_under_way == 1);
    CHECK(there.readings == 2);
    there.hangs = true; // and an end while one is under way
    office.calendars().read_now("reception");
    office.until([&] { return there.under_way == 1; });
}

TEST_CASE("a reload adds, removes and changes calendars") {
    Office office({options("one", "reception@example.net"), options("two", "alice@example.net"),
                   options("three", "fax@example.net")});
    for (const char* name : {"one", "two", "three", "four"})
        office.there[name].answer = today("a", "2001");
    office.people();
    office.start();
    CHECK(office.claims.size() == 3);
    office.there["two"].hangs = true; // it is removed in the middle of a reading
    office.calendars().read_now("two");
    office.until([&] { return office.there["two"].under_way == 1; });
    auto changed = options("three", "fax@example.net");
    changed.url = config::Url("https://other.example/");
    office.there["three"].answer = today("b", "2003");
    office.use({options("four", "alice@example.net"), changed, options("one", "reception@example.net")});
    CHECK(office.owners == Rows{"four", "three", "one"});
    CHECK_FALSE(office.claims.contains("two"));
    CHECK(office.claims["three"] == Rows{"fax@example.net three/a -> 2001"}); // until the new one is read
    office.until([&] { return office.claims["three"] == Rows{"fax@example.net three/b -> 2003"}; });
    office.until([&] { return office.there["two"].alive == 0; });
    office.until([&] { return office.there["four"].readings == 1; });
    CHECK_FALSE(office.claims.contains("four"));
    office.people(); // comes with each reload
    CHECK(office.claims["four"] == Rows{"alice@example.net four/a -> 2001"});
    CHECK(office.there["one"].made == 1); // it has not changed
    CHECK(office.there["three"].made == 2);
    office.use({});
    CHECK(office.owners.empty());
    CHECK(office.claims.empty());
    CHECK(office.calendars().health().state == "off");
    CHECK(office.calendars().metrics().empty());
}

TEST_CASE("a reload tries again what fails") {
    Office office({options("one", "reception@example.net")});
    office.there["one"].answer = fail(Category::forbidden, "not permitted");
    office.people();
    office.start();
    for (int i = 0; i < 4; ++i)
        office.read_all(); // by now it waits for longer than this test does
    auto readings = office.there["one"].readings;
    office.there["one"].answer = today("a", "2001");
    office.use({options("one", "reception@example.net")});
    office.until([&] { return office.there["one"].readings == readings + 1 && office.state() == "up"; });
    CHECK(office.there["one"].made == 1);
}

TEST_CASE("a calendar that cannot be made holds no other one back") {
    auto broken = options("broken", "reception@example.net", ProviderKind::graph);
    broken.mailbox = "broken";
    Office office({broken, options("feed", "reception@example.net", ProviderKind::ics),
                   options("good", "reception@example.net")});
    office.there["good"].answer = today("a", "2001");
    office.people();
    office.start();
    CHECK(office.claims["good"].size() == 1);
    CHECK(office.state(0) == "down");
    CHECK(office.state(1) == "down");
    auto health = office.calendars().health();
    CHECK(health.state == "degraded");
    CHECK(health.problems ==
          Rows{"calendar broken: the mailbox is broken", "calendar feed: this build has no provider ics"});
}

TEST_CASE("an appointment that comes within a day is claimed then, without a reading") {
    Office office({options("reception", "reception@example.net")});
    auto now = wall_now();
    office.there["reception"].answer = std::vector{event("a", "2001", now + 24h + 150ms, now + 25h)};
    office.people();
    office.start();
    auto readings = office.there["reception"].readings;
    CHECK((office.claims["reception"].empty() || wall_now() >= now + 150ms));
    office.until([&] { return office.claims["reception"].size() == 1; });
    CHECK(wall_now() >= now + 150ms);
    CHECK(office.there["reception"].readings == readings);
}

TEST_CASE("calendars are read every poll") {
    auto often = options("reception", "reception@example.net");
    often.poll = 50ms; // shorter than anybody may configure
    Office office({often});
    office.people();
    office.start();
    auto readings = office.there["reception"].readings;
    auto began = steady_now();
    office.until([&] { return office.there["reception"].readings >= readings + 3; });
    CHECK(steady_now() - began >= 2 * 44ms); // jitter takes a tenth at most; the first may have been due
}

TEST_CASE("what lists and metrics say") {
    Office office({options("reception", "reception@example.net")});
    auto now = wall_now();
    office.there["reception"].answer =
        std::vector{event("a", "2001", now - 1h, now + 1h), event("b", "Lunch", now + 72h, now + 73h),
                    event("c", "2001", now + 10 * 24h, now + 11 * 24h), event("d", "2001", now - 5h, now - 4h)};
    office.people();
    office.start();
    auto view = office.calendars().views().at(0);
    CHECK(view.name == "reception");
    CHECK(view.provider == "caldav");
    CHECK(view.lines == Rows{"reception@example.net"});
    CHECK(view.appointments == 2);
    CHECK(view.last_error.empty());
    CHECK(view.last_success >= now);
    CHECK(office.calendars().plan(7 * 24h).size() == 2);
    CHECK(office.calendars().plan(365 * 24h).size() == 3);
    double claims = -1;
    for (const auto& metric : office.calendars().metrics())
        if (metric.name == "lamplighter_calendar_claims") claims = metric.value;
    CHECK(claims == 1);
}

TEST_CASE("a calendar that is refused for too long diverts no more, until it can be read again") {
    for (auto refusal : {Category::not_found, Category::forbidden, Category::unauthorised}) {
        auto patient = options("patient", "alice@example.net");
        auto hasty = options("hasty", "reception@example.net");
        hasty.hold_on_refusal = 0ms;
        Office office({patient, hasty});
        for (const char* name : {"patient", "hasty"})
            office.there[name].answer = today("a", "2001");
        office.people();
        office.start();
        CHECK(office.claims["hasty"].size() == 1);
        for (const char* name : {"patient", "hasty"})
            office.there[name].answer = fail(refusal, "it is gone.");
        office.read_all();
        CHECK(office.claims["patient"].size() == 1);
        CHECK(office.claims["hasty"].empty());
        CHECK(office.logged("refused for too long"));
        auto problems = office.calendars().health().problems;
        REQUIRE(problems.size() == 2);
        CHECK(problems[0] == "calendar patient: it is gone.");
        CHECK(problems[1] == "calendar hasty: it is gone. Nothing of it diverts any more.");
        office.there["hasty"].answer = fail(Category::unavailable, "busy");
        office.read_all();
        CHECK(office.claims["hasty"].empty());
        office.there["hasty"].answer = std::nullopt; // as it was
        office.read_all();
        CHECK(office.claims["hasty"].size() == 1);
    }
}

TEST_CASE("a service that is away is none that refuses") {
    auto hasty = options("hasty", "alice@example.net");
    hasty.hold_on_refusal = 0ms;
    Office office({hasty});
    office.there["hasty"].answer = today("a", "2001");
    office.people();
    office.start();
    for (auto away :
         {Category::network, Category::timeout, Category::unavailable, Category::throttled, Category::protocol}) {
        office.there["hasty"].answer = fail(away, "away");
        office.read_all();
        CHECK(office.claims["hasty"].size() == 1);
    }
}

TEST_CASE("the calendars of one line share what it may have") {
    Office office({options("one", "alice@example.net"), options("own", "reception@example.net")});
    std::vector<Occurrence> many;
    for (int i = 0; i < 60; ++i)
        many.push_back(event(fmt::format("e{}", i), "2001", wall_now() + 1min * i, wall_now() + 2h));
    for (const char* name : {"one", "other", "own"})
        office.there[name].answer = many;
    office.people();
    office.start();
    CHECK(office.claims["one"].size() == 48);
    office.use({options("other", "alice@example.net"), options("one", "alice@example.net"),
                options("own", "reception@example.net")});
    office.people();
    office.read_all();
    CHECK(office.claims["one"].size() == 24);
    CHECK(office.claims["other"].size() == 24);
    CHECK(office.claims["own"].size() == 48);
    CHECK(office.claims_most["alice@example.net"] <= 64); // never more than forwarding takes
    auto rows = office.calendars().plan(24h);
    CHECK(std::ranges::count_if(rows, [](const PlanRow& row) {
              return row.calendar == "one" && row.reason.starts_with("24 others come before it");
          }) == 36);
    office.use({options("one", "alice@example.net"), options("own", "reception@example.net")});
    office.people();
    CHECK(office.claims["one"].size() == 48);
}

TEST_CASE("a person is in a meeting while an appointment of one of his calendars lasts") {
    auto own = [](std::string name, bool presence) {
        auto made = options(std::move(name), "");
        made.person = "alice@example.net";
        made.presence = presence;
        return made;
    };
    Office office({own("work", true), own("home", true), own("silent", false)});
    office.there["silent"].answer = today("s", "Dentist");
    office.people();
    office.start();
    CHECK(office.heard.empty());
    office.there["work"].answer = today("a", "Budget");
    office.read_all();
    REQUIRE(office.heard.size() == 1);
    CHECK(office.heard[0].source == meetings::Source::calendar);
    CHECK(office.heard[0].meeting == meetings::Meeting::calendar);
    CHECK(office.heard[0].fresh_for > 59min);
    CHECK(office.heard[0].fresh_for <= 60min);
    CHECK(office.claims["work"].empty());
    office.there["home"].answer = std::vector{event("b", "Call", wall_now() - 1h, wall_now() + 30min)};
    office.read_all();
    CHECK(office.heard.size() == 1); // it lasts longer anyway
    office.there["work"].answer = fail(Category::network, "away");
    office.read_all();
    CHECK(office.heard.size() == 1); // what is known goes on
    office.there["work"].answer = std::vector<Occurrence>{};
    office.read_all();
    REQUIRE(office.heard.size() == 2);
    CHECK(office.heard[1].fresh_for <= 30min);
    office.use({own("silent", false)});
    REQUIRE(office.heard.size() == 3);
    CHECK(office.heard[2].meeting == meetings::Meeting::none);
}
