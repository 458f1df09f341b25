// What a subscription weighs, of a telephone that says what telephones say; and that what ended is given back.
#include <fmt/format.h>
#include <malloc.h>

#include "here.hpp"

using namespace testing;

namespace {

constexpr int count = 10'000;

Subscribe telephone(int n, bool keys) {
    const int phone = keys ? n / 50 : n; // fifty keys each, or one
    Subscribe ask;
    ask.uri = fmt::format("sip:p{}@pbx.example", keys ? n % 1000 : n % 5000);
    ask.to = ask.uri;
    ask.call = fmt::format("{:08x}-3f2a9c1b@10.{}.{}.17", n * 2'654'435'761U, phone / 250, phone % 250);
    ask.from = fmt::format("sip:{}@pbx.example", 20'000 + phone);
    ask.from_tag = fmt::format("{:08X}-{:08X}", n * 40'503U, n);
    ask.contact = fmt::format("<sip:{}@10.{}.{}.17:5060;transport=udp>", 20'000 + phone, phone / 250, phone % 250);
    ask.watcher = fmt::format("{}@pbx.example", 20'000 + phone);
    return ask;
}

std::size_t held() {
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

} // namespace

TEST_CASE("a subscription weighs at most 1 KiB") {
    for (const bool keys : {false, true}) {
        CAPTURE(keys);
        House house({}, 5000);
        house.begin({}); // what is there once
        const auto before = held();
        for (int n = 0; n < count; ++n) {
            house.begin(telephone(n, keys));
            house.seen_trusted.clear();
        }
        CHECK(house.notifier.size() == count + 1);
        const auto each = static_cast<double>(held() - before) / count;
        MESSAGE(fmt::format("{} subscriptions of {} telephones: {:.0f} bytes each", count, keys ? 200 : count, each));
        CHECK(each <= 1024);
        // Everybody leaves: texts and entries are given back, also the room that the storm of NOTIFYs took.
        house.notifier.end_all(Ending::deactivated, 0s, house.now);
        house.gather();
        while (!house.notifies.empty())
            house.answer(*house.next(), 200);
        house.gather();
        CHECK(house.notifier.size() == 0);
        const auto left = static_cast<double>(held() - before) / count;
        MESSAGE(fmt::format("of these {:.0f} stay when they have ended", left));
        CHECK(left <= each / 2);
    }
}
