// Log lines as journald reads them: one line each, fields that cannot forge another line or field, levels, and the
// brake on repeated complaints.
#include <doctest/doctest.h>

#include "base/log.hpp"
#include "base/log_tenant.hpp"

using namespace lamp;

namespace {

/// What is logged while it lives.
struct Captured {
    std::string lines;
    Captured() { log::set_capture(&lines); }
    ~Captured() {
        log::set_capture(nullptr);
        log::set_level(log::Level::info);
    }
};

} // namespace

TEST_CASE("a field's value is plain, or quoted so that it stays one value of one line") {
    struct Row {
        std::string_view value;
        std::string_view written;
    };
    const Row rows[] = {
        {"plain", "plain"},
        {"xsp1.example.net:443", "xsp1.example.net:443"},
        {"", "\"\""},
        {"two words", "\"two words\""},
        {"a=b", "\"a=b\""},
        {"say \"hi\"", "\"say \\\"hi\\\"\""},
        {"back\\slash", "\"back\\\\slash\""},
        {"Zoë", "Zoë"},
        {"line\n<2>forged: alarm", "\"line <2>forged: alarm\""},
        {"line\r\nforged", "\"line  forged\""},
        {std::string_view("nul\0nul", 7), "\"nul nul\""},
        {"tab\tesc\x1b[31m\x7f", "\"tab esc [31m \""},
    };
    for (const Row& row : rows) {
        Captured captured;
        log::warning("xsi", "a sentence", {{"why", row.value}});
        CHECK(captured.lines == "<4>xsi: a sentence why=" + std::string(row.written) + "\n");
    }
}

TEST_CASE("priorities, numbers and several fields") {
    Captured captured;
    log::set_level(log::Level::debug);
    log::error("a", "one");
    log::warning("b", "two", {{"n", 3}, {"big", std::uint64_t{18446744073709551615U}}, {"neg", -1}});
    log::info("c", "three", {{"text", std::string("x")}, {"literal", "y"}});
    log::debug("d", "four");
    CHECK(captured.lines == "<3>a: one\n<4>b: two n=3 big=18446744073709551615 neg=-1\n"
                            "<6>c: three text=x literal=y\n<7>d: four\n");
}

TEST_CASE("what is below the level is not written") {
    Captured captured;
    log::set_level(log::Level::warning);
    log::info("a", "silent");
    log::debug("a", "silent");
    log::warning("a", "heard");
    CHECK(captured.lines == "<4>a: heard\n");
    CHECK(log::enabled(log::Level::error));
    CHECK_FALSE(log::enabled(log::Level::info));
}

TEST_CASE("a peer's mistake is shown once a minute and counted in between") {
    log::OncePerMinute brake;
    const Steady start{std::chrono::hours(1)};
    CHECK(brake.allow(start));
    CHECK(brake.take_suppressed() == 0);
    for (int second = 1; second < 60; ++second)
        CHECK_FALSE(brake.allow(start + seconds(second)));
    CHECK(brake.allow(start + seconds(60)));
    CHECK(brake.take_suppressed() == 59);
    CHECK(brake.take_suppressed() == 0);
    CHECK_FALSE(brake.allow(start + seconds(61)));
}

TEST_CASE("where several daemons write into one journal, each line says whose it is") {
    Captured captured;
    log::set_tenant("acme");
    log::info("app", "starting", {{"version", "1"}});
    log::set_tenant("");
    log::info("app", "starting");
    CHECK(captured.lines == "<6>app: starting tenant=acme version=1\n<6>app: starting\n");
}
