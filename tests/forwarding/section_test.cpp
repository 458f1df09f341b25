// What an administrator may write into [forwarding] and [smartbusy], and what he hears when it is wrong.
#include "config/reader.hpp"
#include "forwarding/options.hpp"
#include "here.hpp"

using namespace testing;

namespace {

config::Answer read(std::string_view toml) {
    config::Schema schema;
    schema.add(forwarding_section()).add(smartbusy_section());
    return config::read_text(schema, toml, "/etc/l.toml", config::Sources::machine());
}

std::string mistakes(std::string_view toml) {
    return config::to_string(read(toml).problems);
}

} // namespace

TEST_CASE("what is left out has its default") {
    auto answer = read("");
    REQUIRE(answer.configuration);
    CHECK(answer.configuration->get<ForwardingOptions>().rules() == Rules{});
    CHECK(answer.configuration->find<SmartBusyOptions>() == nullptr);

    auto on = read("[smartbusy]\nforward_to = \"1233\"\n");
    REQUIRE(on.configuration);
    auto settings = on.configuration->find<SmartBusyOptions>()->settings();
    CHECK(settings.sources == std::set{MeetingSource::teams, MeetingSource::zoom, MeetingSource::go_to});
    CHECK(settings.forward_to == "1233");
    CHECK(settings.hold_on_stale == 10min);
    CHECK(settings.settle == 3s);
    CHECK_FALSE(settings.calendar_meetings);
}

TEST_CASE("everything may be said") {
    auto answer = read(R"(
[forwarding]
several = "sequential"
precedence = ["calendar", "operator"]
[smartbusy]
sources = ["goto", "other"]
forward_to = "1233"
folders = { Sales = "2010" }
people = { "alice@x" = "2020" }
except = ["bob@x"]
calendar_meetings = true
hold_on_stale = "1m"
settle = "0s"
quiet = ["mon-fri 18:00-08:00", "sat,sun 00:00-24:00", "12:00-13:00"]
)");
    CAPTURE(config::to_string(answer.problems));
    REQUIRE(answer.configuration);
    Rules rules{.precedence = {Source::calendar, Source::operator_}, .several = Several::sequential};
    CHECK(answer.configuration->get<ForwardingOptions>().rules() == rules);
    auto settings = answer.configuration->find<SmartBusyOptions>()->settings();
    CHECK(settings.sources == std::set{MeetingSource::go_to, MeetingSource::other});
    CHECK(settings.folders.at("Sales") == "2010");
    CHECK(settings.people.at("alice@x") == "2020");
    CHECK(settings.except.contains("bob@x"));
    CHECK(settings.quiet == std::vector<QuietHours>{{0x1f, 18 * 60, 8 * 60}, {0x60, 0, 0}, {0x7f, 12 * 60, 13 * 60}});
}

TEST_CASE("mistakes are named where they stand") {
    struct Row {
        const char* toml;
        const char* expected;
    };
    // clang-format off
    for (Row row : {Row{"[smartbusy]\n",                                              "[smartbusy] forward_to: is missing"},
                    Row{"[smartbusy]\nsources = []\n",                                ""},
                    Row{"[smartbusy]\nsources = [\"skype\"]\nforward_to = \"1\"\n",    "[smartbusy] sources"},
                    Row{"[smartbusy]\nforward_to = \"1\"\nquiet = [\"night\"]\n",      "[smartbusy] quiet: \"night\" is no time of the week"},
                    Row{"[smartbusy]\nforward_to = \"1\"\npeople = { a = \"\" }\n",    "[smartbusy] people: a has no number"},
                    Row{"[forwarding]\nprecedence = [\"calendar\", \"calendar\"]\n",  "[forwarding] precedence: names a source twice"},
                    Row{"[forwarding]\nseveral = \"all\"\n",                          "[forwarding] several"}}) {
        // clang-format on
        CAPTURE(row.toml);
        auto found = mistakes(row.toml);
        CAPTURE(found);
        if (*row.expected == '\0')
            CHECK(found.empty());
        else
            CHECK(found.find(row.expected) != std::string::npos);
    }
}

TEST_CASE("times of the week") {
    // clang-format off
    for (const char* wrong : {"", "18:00", "18:00-8:00", "24:00-08:00", "08:00-24:01", "08:60-09:00", "08:00-08:00", "xyz 08:00-09:00",
                              "mon- 08:00-09:00", " 08:00-09:00", "mon  08:00-09:00", "08:00-09:00 "})
        // clang-format on
        CHECK_MESSAGE(!parse_quiet(wrong), wrong);
    CHECK(parse_quiet("fri-mon 18:00-24:00").value() == QuietHours{0x71, 18 * 60, 0}); // over the week's end
    CHECK(parse_quiet("wed 00:00-24:00").value() == QuietHours{0x04, 0, 0});
}
