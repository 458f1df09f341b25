// In steady state an event costs no heap allocation from its bytes to its values, and the recycler holds back no more
// than it may. Every malloc and free of this program is counted here; sanitizers bring their own and are left alone.
#include "here.hpp"

#include <cstdlib>
#include <thread>

#include "proto/graph/presence.hpp"
#include "proto/xsi/event_parser.hpp"

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer) && !__has_feature(memory_sanitizer)
#define LAMP_COUNT_ALLOCATIONS 1
#else
#define LAMP_COUNT_ALLOCATIONS 0
#endif

#if LAMP_COUNT_ALLOCATIONS
namespace {
thread_local std::size_t allocations = 0;
}

// operator new ends here too.
extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);
void __libc_free(void* memory);

void* malloc(std::size_t bytes) {
    ++allocations;
    return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
    ++allocations;
    return __libc_calloc(count, bytes);
}
void* realloc(void* memory, std::size_t bytes) {
    ++allocations;
    return __libc_realloc(memory, bytes);
}
void free(void* memory) {
    __libc_free(memory);
}
}
#endif

using namespace testing;

namespace {

/// What a day brings, all kinds.
std::vector<std::string> traffic() {
    auto leg = [](std::string_view state) {
        return call("<xsi:callId>callhalf-20117:0</xsi:callId><xsi:extTrackingId>911:1</xsi:extTrackingId>"
                    "<xsi:personality>Terminator</xsi:personality><xsi:state>" +
                    std::string(state) +
                    "</xsi:state>"
                    "<xsi:remoteParty><xsi:name>Zo\xc3\xab &amp; "
                    "Co</xsi:name><xsi:address>tel:+31201230002</xsi:address></xsi:remoteParty>"
                    "<xsi:redirections><xsi:redirection><xsi:party><xsi:address>tel:2900</xsi:address></xsi:party>"
                    "<xsi:reason>call-center</xsi:reason></xsi:redirection></xsi:redirections>"
                    "<xsi:endpoint "
                    "xsi1:type=\"xsi:AccessEndpoint\"><xsi:addressOfRecord>a@x</xsi:addressOfRecord></xsi:endpoint>"
                    "<xsi:startTime>1767225600123</xsi:startTime>");
    };
    const std::string d(declaration);
    return {d + event("CallReceivedEvent", leg("Alerting")),
            d + event("CallAnsweredEvent", leg("Active")),
            d + event("CallReleasedEvent", leg("Released")),
            d + event("CallSubscriptionEvent", "<xsi:calls>" + leg("Active") + leg("Held") +
                                                   "</xsi:calls><xsi:hookStatus>Off-Hook</xsi:hookStatus>"),
            d + event("DoNotDisturbEvent", "<xsi:info><xsi:active>true</xsi:active></xsi:info>"),
            d + event("HookStatusEvent", "<xsi:hookStatus>On-Hook</xsi:hookStatus>"),
            d + std::string(heartbeat),
            event("CallUpdatedEvent", leg("M\xfcller"))}; // Latin-1
}

/// Splits and parses, as a channel does.
struct Pipeline final : xml::DocumentSplitter::Sink {
    xml::DocumentSplitter splitter{1 << 20};
    xsi::EventParser parser;
    std::size_t events = 0;
    std::size_t failed = 0;
    void on_document(std::string_view document) override { ++(parser.parse(document) ? events : failed); }
    void on_refused(std::string_view) override { ++failed; }
};

std::size_t counted() {
#if LAMP_COUNT_ALLOCATIONS
    return allocations;
#else
    return 0;
#endif
}

} // namespace

TEST_CASE("an event in steady state allocates nothing") {
    auto pipeline = std::make_unique<Pipeline>();
    const auto documents = traffic();
    for (int i = 0; i < 50; ++i)
        for (const auto& document : documents)
            pipeline->splitter.feed(document, *pipeline);
    auto before = counted();
    for (int i = 0; i < 1000; ++i)
        for (const auto& document : documents)
            pipeline->splitter.feed(document, *pipeline);
    CHECK(counted() - before == 0);
    CHECK(pipeline->events == 1050 * documents.size());
    CHECK(pipeline->failed == 0);
}

TEST_CASE("nor does one that comes in two reads") {
    auto pipeline = std::make_unique<Pipeline>();
    const auto documents = traffic();
    std::size_t before = 0;
    for (int i = 0; i < 1050; ++i) {
        if (i == 50) before = counted();
        for (const auto& document : documents) {
            auto half = document.size() / 2;
            pipeline->splitter.feed(std::string_view(document).substr(0, half), *pipeline);
            pipeline->splitter.feed(std::string_view(document).substr(half), *pipeline);
        }
    }
    CHECK(counted() - before == 0);
    CHECK(pipeline->failed == 0);
}

TEST_CASE("650 presences cost a handful of allocations, not some for each") {
    std::string body = R"({"value":[)";
    for (int i = 0; i < 650; ++i) {
        if (i > 0) body += ',';
        body += R"({"id":"11111111-1111-1111-1111-111111111)" + std::to_string(100 + i) +
                R"(","availability":"Busy","activity":"InACall","outOfOfficeSettings":{"message":null,)"
                R"("isOutOfOffice":false},"statusMessage":{"message":{"content":"at \u00bd 3","contentType":"text"}},)"
                R"("sequenceNumber":"A0001767225600123"})";
    }
    body += "]}";
    std::size_t told = 0;
    auto before = counted();
    auto read =
        graph::read_presences(body, [&](const graph::Presence& presence) { told += graph::is_call(presence.pair); });
    auto cost = counted() - before;
    CHECK(read.has_value());
    CHECK(told == 650);
    CHECK(cost <= 4);
    MESSAGE("allocations for 650 presences: ", cost);
}

TEST_CASE("parsers live and die on any thread, blocks freed on another") {
    std::vector<std::unique_ptr<Pipeline>> made(8);
    const auto documents = traffic();
    std::vector<std::jthread> threads;
    for (auto& one : made)
        threads.emplace_back([&one, &documents] {
            one = std::make_unique<Pipeline>();
            for (int i = 0; i < 100; ++i)
                for (const auto& document : documents)
                    one->splitter.feed(document, *one);
        });
    threads.clear();
    for (auto& one : made)
        CHECK(one->events == 100 * documents.size());
    made.clear(); // here, not where they were made
    Pipeline again;
    again.splitter.feed(documents.front(), again);
    CHECK(again.events == 1);
}
