// Documents that are meant to hurt: garbage by the hundred thousand, entity bombs, files by reference, ten megabytes,
// a hundred thousand levels. Each is counted and refused; the channel lives and the lamps follow.
#include <fstream>

#include "faults/fleet.hpp"

using namespace faults;

namespace {

#if defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool sanitized = false;
#endif

std::size_t resident_kb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
    return 0;
}

std::uint64_t turned_away(Harness& h) {
    auto counters = h.report().counters;
    return counters.malformed + counters.refused + counters.unknown + counters.foreign + counters.duplicates;
}

void require_follows(Harness& h, std::chrono::milliseconds limit) {
    h.command("call", {{"from", "2000"}, {"to", "2001"}});
    h.require_truth(limit);
    h.command("hangup", {{"user", "2000"}});
    h.require_truth(limit);
    CHECK(h.requests("channel") == 1);
    CHECK(h.channel_state() == "up");
}

} // namespace

TEST_CASE("a hundred thousand garbage documents are counted, and a call in their midst is seen") {
    Harness h{Setup{}};
    h.require_truth(5s);
    auto before = turned_away(h);
    h.fault("garbage", {{"count", 50'000}});
    h.command("call", {{"from", "2002"}, {"to", "2003"}});
    h.fault("garbage", {{"count", 50'000}});
    h.require_truth(20s);
    // Of each six kinds one is a Channel without an id, which says nothing.
    within(20s, [&] { return turned_away(h) - before >= 83'000; });
    CHECK(turned_away(h) - before >= 83'000);
    require_follows(h, 15s); // the acks of those that bear an id may still be on their way
}

TEST_CASE("bombs, entities, giants and towers are refused one by one") {
    struct Row {
        std::string kind;
    };
    Harness h{Setup{}};
    h.require_truth(5s);
    for (std::string kind : {"xml_bomb", "external_entity", "malformed", "huge", "deep", "error_event"}) {
        CAPTURE(kind);
        auto before = turned_away(h);
        auto memory = resident_kb();
        h.fault(kind);
        require_follows(h, 5s);
        if (kind != "error_event") CHECK(within(2s, [&] { return turned_away(h) > before; }));
        if (!sanitized) CHECK(resident_kb() < memory + 64 * 1024); // the simulator's own copies included
        CHECK(h.none_stale());
    }
}

TEST_CASE("bytes that are no documents at all do not hide the next one") {
    Harness h{Setup{}};
    h.require_truth(5s);
    for (std::string bytes :
         {"Lorem ipsum dolor sit amet", "</xsi:Event>", "<<<>>>", "\r\n\r\n\t ", "<a><b></a></b>",
          "<?xml version=\"1.0\"?><xsi:Event xmlns:xsi=\"http://schema.broadsoft.com/xsi\"><cut>"}) {
        CAPTURE(bytes);
        h.command("raw", {{"bytes", bytes}});
        require_follows(h, 4s);
    }
}
