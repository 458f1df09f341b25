// Editions, words, devices.
#include <array>

#include "here.hpp"
#include "proto/csta/filter.hpp"
#include "proto/csta/identities.hpp"

using namespace testing;
using csta::Edition;
using csta::Failure;

TEST_CASE("editions by namespace, and by what stands in a session request") {
    struct Row {
        const char* text;
        std::optional<Edition> edition;
    };
    // clang-format off
    const std::array rows{
        Row{"http://www.ecma-international.org/standards/ecma-323/csta/ed2",       Edition::ed2},
        Row{"http://www.ecma-international.org/standards/ecma-323/csta/ed3",       Edition::ed3},
        Row{"http://www.ecma-international.org/standards/ecma-323/csta/ed4",       Edition::ed4},
        Row{"http://www.ecma-international.org/standards/ecma-323/csta/ed5",       Edition::ed5},
        Row{"http://www.ecma-international.org/standards/ecma-323/csta/ed6",       Edition::ed6},
        Row{"http://www.ecma.ch/standards/ecma-323/csta/ed2",                      Edition::ed2_ecma_ch},
        Row{"http://www.ecma-international.org/standards/ecma-323/csta/ed3/priv5", Edition::ed3},
        Row{"http://www.ecma-international.org/standards/ecma-323/csta/ed33",      std::nullopt},
        Row{"http://www.ecma-international.org/standards/ecma-323/csta/ed7",       std::nullopt},
        Row{"http://www.ecma-international.org/standards/ecma-354/appl_session",   std::nullopt},
        Row{"",                                                                    std::nullopt},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(csta::edition_of(row.text) == row.edition);
    }
    CHECK(csta::space(Edition::ed4) == "http://www.ecma-international.org/standards/ecma-323/csta/ed4");
}

TEST_CASE("words there and back") {
    for (int i = 0; i <= static_cast<int>(csta::Cause::trunks_busy); ++i) {
        const auto cause = static_cast<csta::Cause>(i);
        CHECK(csta::cause_named(name(cause)) == cause);
    }
    CHECK(name(csta::Cause::acd_busy) == "aCDBusy");
    CHECK(name(csta::Cause::call_forward_no_answer) == "callForwardNoAnswer");
    CHECK(name(csta::Cause::new_call) == "newCall");
    CHECK(name(csta::Cause::single_step_transfer) == "singleStepTransfer");
    for (int i = 0; i < static_cast<int>(csta::system_state_count); ++i) {
        const auto state = static_cast<csta::SystemState>(i);
        CHECK(csta::system_state_named(name(state)) == state);
    }
    CHECK(name(csta::SystemState::messages_lost) == "messagesLost");
    CHECK(csta::system_state_named("messageLost") == csta::SystemState::messages_lost);
    CHECK(name(csta::LocalState::null) == "null");
    CHECK(name(csta::LocalState::fail) == "fail");
    CHECK(name(csta::AgentMode::working_after_call) == "agentWorkingAfterCall");
    CHECK(name(csta::ForwardingType::no_answer) == "forwardNoAns");
    CHECK(csta::forwarding_type_named("forwardDND") == csta::ForwardingType::dnd);
    CHECK_FALSE(csta::forwarding_type_named("always"));
}

TEST_CASE("failures stand in their category, as the schema spells it") {
    struct Row {
        Failure failure;
        const char* category;
        const char* value;
    };
    // clang-format off
    const std::array rows{
        Row{Failure::generic,                            "operation",                      "generic"},
        Row{Failure::parameter_missing,                  "operation",                      "atLeastOneConditionalParameterNotProvided"},
        Row{Failure::invalid_device,                     "operation",                      "invalidDeviceID"},
        Row{Failure::invalid_monitor_cross_ref,          "operation",                      "invalidMonitorCrossRefID"},
        Row{Failure::service_not_supported,              "operation",                      "serviceNotSupported"},
        Row{Failure::value_out_of_range,                 "operation",                      "valueOutOfRange"},
        Row{Failure::security_generic,                   "security",                       "generic"},
        Row{Failure::no_call_to_answer,                  "stateIncompatibility",           "noCallToAnswer"},
        Row{Failure::invalid_object_state,               "stateIncompatibility",           "invalidObjectState"},
        Row{Failure::overall_monitor_limit_exceeded,     "systemResourceAvailibility",     "overallMonitorLimitExceeded"},
        Row{Failure::network_out_of_service,             "systemResourceAvailibility",     "networkOutOfService"},
        Row{Failure::outstanding_request_limit_exceeded, "subscribedResourceAvailability", "outstandingReqLimitExceeded"},
        Row{Failure::performance_limit_exceeded,         "performanceManagement",          "performanceLimitExceeded"},
        Row{Failure::unspecified,                        "unspecified",                    ""},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.value);
        CHECK(category(row.failure) == row.category);
        CHECK(name(row.failure) == row.value);
    }
    for (int i = 0; i <= static_cast<int>(Failure::unspecified); ++i) {
        const auto failure = static_cast<Failure>(i);
        CHECK(csta::failure_named(category(failure), name(failure)) == failure);
    }
    CHECK(csta::failure_named("systemResourceAvailability", "networkBusy") == Failure::network_busy);
    CHECK(csta::failure_named("operation", "somethingNew") == Failure::generic);
    CHECK(csta::failure_named("stateIncompatibility", "somethingNew") == Failure::state_generic);
    CHECK_FALSE(csta::failure_named("somethingNew", "generic"));
}

TEST_CASE("what can be dialled of a device") {
    struct Row {
        const char* raw;
        const char* dialable;
        const char* address; // nullptr: the same
    };
    // clang-format off
    const std::array rows{
        Row{"2101",                                              "2101",         nullptr},
        Row{" +31201234567 ",                                    "+31201234567", nullptr},
        Row{"alice@example.net",                                 "alice@example.net", nullptr},
        Row{"tel:+31-20-123.4567;ext=8",                         "+31201234567", nullptr},
        Row{"TEL:2101;phone-context=example.net",                "2101",         nullptr},
        Row{"sip:2101@pbx.example;user=phone",                   "2101",         "2101@pbx.example"},
        Row{"sip:alice%40home:secret@pbx.example:5060?subject=", "alice@home",   "alice@home@pbx.example"},
        Row{"sips:+15550100;isub=1@pbx.example",                 "+15550100",    "+15550100@pbx.example"},
        Row{"sip:alice@home@pbx.example",                        "alice@home",   "alice@home@pbx.example"},
        Row{"sip:pbx.example",                                   "pbx.example",  nullptr},
        Row{"sip:a%zz@h",                                        "a%zz",         "a%zz@h"},
        Row{"N<2101>Alice Jansen",                               "2101",         nullptr},
        Row{"N<+31201234567>Bob;displayNumber=0201234567",       "+31201234567", nullptr},
        Row{"<sip:2101@pbx.example>",                            "2101",         "2101@pbx.example"},
        Row{"N<>",                                               "N<>",          nullptr},
        Row{"4460:CM1:192.0.2.9:0",                              "4460",         nullptr},
        Row{"2101;ext",                                          "2101",         nullptr},
        Row{"",                                                  "",             nullptr},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.raw);
        CHECK(csta::dialable(row.raw) == row.dialable);
        CHECK(csta::address(row.raw) == (row.address ? row.address : row.dialable));
    }
}

TEST_CASE("filters: what is known, and what both want") {
    using csta::EventKind;
    CHECK(csta::MonitorFilter{}.passes_all());
    const std::array known{EventKind::delivered, EventKind::established, EventKind::do_not_disturb};
    const auto can_tell = csta::only(known);
    CHECK(can_tell.passes(EventKind::delivered));
    CHECK_FALSE(can_tell.passes(EventKind::held));
    csta::MonitorFilter wish;
    wish.hold_back(EventKind::delivered);
    const auto result = csta::both(can_tell, wish);
    CHECK_FALSE(result.passes(EventKind::delivered));
    CHECK(result.passes(EventKind::established));
    CHECK_FALSE(result.passes(EventKind::held));
}
