// The transaction layer stepped by hand: every timer of RFC 3261 17 (table 4) and RFC 6026 as a row, absorption, merged
// requests, ACK and CANCEL, overload, limits; a seeded walk after which nothing is left. No socket, no clock.
#include <algorithm>
#include <deque>
#include <vector>

#include "here.hpp"
#include "sip/transaction_machine.hpp"

using namespace testing;
using sip::Flow;
using sip::TransactionMachine;
using What = TransactionMachine::Action::What;
using Id = TransactionMachine::Id;

namespace {

const Steady start{std::chrono::hours(1)};
constexpr std::array<std::uint64_t, 2> secret{1, 2};

Steady at(long ms) {
    return start + milliseconds(ms);
}

std::string_view word(What what) {
    switch (what) {
    case What::send: return "send";
    case What::request: return "request";
    case What::merged: return "merged";
    case What::overloaded: return "overloaded";
    case What::cancel: return "cancel";
    case What::ack: return "ack";
    case What::provisional: return "provisional";
    case What::final: return "final";
    case What::timeout: return "timeout";
    case What::unreachable: return "unreachable";
    case What::trying_due: return "trying";
    }
    return "?";
}

struct Shape {
    std::string_view method = "SUBSCRIBE";
    std::string_view branch = "z9hG4bK1";
    std::string_view to_tag = "";
    int cseq = 1;
    int status = 0; // a response
    std::string_view from_tag = "f";
    std::string_view host = "h"; // of the top Via
};

class Bench {
public:
    explicit Bench(bool reliable = false, TransactionMachine::Limits limits = {}) : machine({}, limits, secret, start) {
        flow.reliable = reliable;
    }

    /// Lets time run until `ms`; tells what happened, with its millisecond.
    std::string run(long ms) {
        std::string out;
        while (machine.wake_at() <= at(ms)) {
            now = machine.wake_at();
            const auto passed = std::chrono::duration_cast<milliseconds>(now - start).count();
            for (const auto& action : machine.tick(now))
                out += std::string(word(action.what)) + "@" + std::to_string(passed) + " ";
        }
        now = at(ms);
        static_cast<void>(machine.tick(now));
        return out;
    }

    /// A message comes in; tells what is done, and keeps the id.
    std::string comes(const Shape& shape) {
        const std::string first = shape.status == 0 ? std::string(shape.method) + " sip:a@h SIP/2.0"
                                                    : "SIP/2.0 " + std::to_string(shape.status) + " X";
        const auto tag = shape.to_tag.empty() ? std::string() : ";tag=" + std::string(shape.to_tag);
        const auto branch = shape.branch.empty() ? std::string() : ";branch=" + std::string(shape.branch);
        const auto bytes =
            wire(first + "\nVia: SIP/2.0/UDP " + std::string(shape.host) + branch +
                 "\nFrom: <sip:b@h>;tag=" + std::string(shape.from_tag) + "\nTo: <sip:a@h>" + tag +
                 "\nCall-ID: c\nCSeq: " + std::to_string(shape.cseq) + " " + std::string(shape.method) + "\n\n");
        sip::Message message;
        REQUIRE(message.parse(bytes, sip::Carrier::datagram));
        return note(machine.on_message(message, flow, now));
    }
    std::string answer(int status, std::string bytes = "answer") {
        return note(machine.answer(id, status, std::move(bytes), now));
    }
    std::string sends(std::string_view branch = "z9hG4bKn", std::string_view method = "NOTIFY") {
        return note(machine.send_request("notify", branch, method, flow, 77, now));
    }

    std::string note(TransactionMachine::Actions actions) {
        std::string out;
        for (const auto& action : actions) {
            out += word(action.what);
            if (action.what == What::send) out += "(" + std::string(action.bytes) + ")";
            out += " ";
            if (action.id != 0) id = action.id;
            related = action.related;
            owner = action.owner;
        }
        return out;
    }
    [[nodiscard]] bool empty() const {
        return machine.open() + machine.in_flight() + machine.kept() + machine.kept_bytes() == 0;
    }

    TransactionMachine machine;
    Flow flow;
    Steady now = start;
    Id id = 0;
    Id related = 0;
    std::uint64_t owner = 0;
};

} // namespace

TEST_CASE("timers of the client (17.1.2): E, F, K") {
    Bench udp;
    CHECK(udp.sends() == "send(notify) ");
    CHECK(udp.run(40'000) ==
          "send@500 send@1500 send@3500 send@7500 send@11500 send@15500 send@19500 send@23500 send@27500 "
          "send@31500 timeout@32000 ");
    CHECK(udp.empty());
    CHECK(udp.machine.counters().timeouts == 1);
    CHECK(udp.machine.counters().resent == 10);

    Bench tcp(true);
    CHECK(tcp.sends() == "send(notify) ");
    CHECK(tcp.run(40'000) == "timeout@32000 ");

    Bench provisional; // after a 1xx the pause is T2
    CHECK(provisional.sends() == "send(notify) ");
    CHECK(provisional.run(600) == "send@500 ");
    CHECK(provisional.comes({.method = "NOTIFY", .branch = "z9hG4bKn", .status = 100}) == "provisional ");
    CHECK(provisional.run(10'000) == "send@1500 send@5500 send@9500 ");
    CHECK(provisional.comes({.method = "NOTIFY", .branch = "z9hG4bKn", .status = 200}) == "final ");
    CHECK(provisional.owner == 77);
    CHECK(provisional.run(80'000) == "");

    Bench answered; // Timer K: what comes again is dropped
    CHECK(answered.sends() == "send(notify) ");
    CHECK(answered.comes({.method = "NOTIFY", .branch = "z9hG4bKn", .status = 481}) == "final ");
    CHECK(answered.comes({.method = "NOTIFY", .branch = "z9hG4bKn", .status = 481}) == "");
    CHECK(answered.machine.counters().stray == 1);
    CHECK(answered.empty());
    CHECK(answered.run(80'000) == "");
}

TEST_CASE("responses that belong to nothing") {
    Bench bench;
    CHECK(bench.sends() == "send(notify) ");
    CHECK(bench.comes({.method = "NOTIFY", .branch = "z9hG4bKother", .status = 200}) == "");
    CHECK(bench.comes({.method = "SUBSCRIBE", .branch = "z9hG4bKn", .status = 200}) == "");
    CHECK(bench.comes({.method = "NOTIFY", .branch = "z9hG4bKN", .status = 200}) == ""); // case counts
    CHECK(bench.comes({.method = "NOTIFY", .branch = "z9hG4bKn, SIP/2.0/UDP two", .status = 200}) == "");
    CHECK(bench.machine.counters().stray == 4);
    CHECK(bench.comes({.method = "NOTIFY", .branch = "z9hG4bKn", .status = 200}) == "final ");
}

TEST_CASE("what cannot be sent ends a client at once") {
    Bench bench;
    CHECK(bench.sends() == "send(notify) ");
    const auto id = bench.id;
    CHECK(bench.note(bench.machine.on_unreachable(id, bench.now)) == "unreachable ");
    CHECK(bench.owner == 77);
    CHECK(bench.note(bench.machine.on_unreachable(id, bench.now)) == "");
    CHECK(bench.empty());
    CHECK(bench.run(80'000) == "");
}

TEST_CASE("the server (17.2.2): absorbs, answers again; Timer J") {
    Bench udp;
    CHECK(udp.comes({}) == "request ");
    CHECK(udp.comes({}) == ""); // trying: nothing to say yet
    CHECK(udp.answer(200) == "send(answer) ");
    CHECK(udp.comes({}) == "send(answer) ");
    CHECK(udp.answer(500, "second") == ""); // only one final answer
    CHECK(udp.run(31'999) == "");
    CHECK(udp.comes({}) == "send(answer) ");
    CHECK(udp.machine.kept() == 1);
    CHECK(udp.run(32'000) == "");
    CHECK(udp.empty());
    CHECK(udp.comes({}) == "request ");
    CHECK(udp.machine.counters().absorbed == 3);

    Bench tcp(true); // Timer J is zero
    CHECK(tcp.comes({}) == "request ");
    CHECK(tcp.answer(200) == "send(answer) ");
    CHECK(tcp.empty());
    CHECK(tcp.answer(200) == "");
    CHECK(tcp.comes({}) == "request ");
}

TEST_CASE("RFC 4320: no 408, no early 100, nothing too late") {
    Bench bench;
    CHECK(bench.comes({}) == "request ");
    CHECK(bench.answer(408) == "");
    CHECK(bench.answer(100) == "");
    CHECK(bench.answer(180) == "");
    CHECK(bench.run(3'499) == "");
    CHECK(bench.answer(100) == "");
    CHECK(bench.run(3'500) == "");
    CHECK(bench.answer(180) == "");
    CHECK(bench.answer(100, "trying") == "send(trying) ");
    CHECK(bench.comes({}) == "send(trying) ");
    CHECK(bench.run(32'000) == ""); // nobody answered: given up without a word
    CHECK(bench.machine.counters().abandoned == 1);
    CHECK(bench.answer(200) == "");
    CHECK(bench.empty());
}

TEST_CASE("what makes a transaction: branch, sent-by, method; RFC 2543 without branch") {
    Bench bench;
    CHECK(bench.comes({.branch = "z9hG4bK1", .from_tag = "1"}) == "request ");
    CHECK(bench.comes({.branch = "z9hG4bK2", .from_tag = "2"}) == "request ");
    CHECK(bench.comes({.branch = "z9hG4bKa", .from_tag = "3"}) == "request ");
    CHECK(bench.comes({.branch = "z9hG4bKA", .from_tag = "4"}) == "request ");
    CHECK(bench.comes({.method = "PUBLISH", .branch = "z9hG4bK1", .from_tag = "5"}) == "request ");
    CHECK(bench.comes({.branch = "z9hG4bK1", .from_tag = "6", .host = "other"}) == "request ");
    CHECK(bench.comes({.branch = "z9hG4bK1", .from_tag = "7", .host = "h:5070"}) == "request ");
    CHECK(bench.comes({.branch = "z9hG4bK1", .from_tag = "8", .host = "H"}) == ""); // hosts have no case
    for (std::string_view branch : {"", "z9hG4bK", "1"}) {
        INFO(branch);
        Bench old;
        CHECK(old.comes({.branch = branch}) == "request ");
        CHECK(old.comes({.branch = branch}) == "");
        CHECK(old.comes({.branch = branch, .cseq = 2}) == "request ");
        CHECK(old.comes({.branch = branch, .to_tag = "t", .cseq = 2}) == "request ");
        CHECK(old.comes({.branch = branch, .cseq = 1, .from_tag = "other"}) == "request ");
        // INVITE: the ACK has the tag that the answer brought, and still belongs to it.
        CHECK(old.comes({.method = "INVITE", .branch = branch}) == "request ");
        CHECK(old.answer(486) == "send(answer) ");
        CHECK(old.comes({.method = "INVITE", .branch = branch}) == "send(answer) ");
        CHECK(old.comes({.method = "ACK", .branch = branch, .to_tag = "t"}) == "");
        CHECK(old.run(30'000) == "");
    }
    Bench long_method; // an old peer with a method that is long and unheard of
    const std::string method(60, 'M');
    CHECK(long_method.comes({.method = method, .branch = ""}) == "request ");
    CHECK(long_method.comes({.method = method, .branch = ""}) == "");
}

TEST_CASE("a request that comes two ways is merged (8.2.2.2); a retry with a new CSeq is not") {
    Bench bench;
    CHECK(bench.comes({.branch = "z9hG4bK1"}) == "request ");
    CHECK(bench.answer(200) == "send(answer) ");
    CHECK(bench.comes({.branch = "z9hG4bK2"}) == "merged ");
    CHECK(bench.answer(482, "loop") == "send(loop) ");
    CHECK(bench.comes({.branch = "z9hG4bK2"}) == "send(loop) ");
    CHECK(bench.comes({.branch = "z9hG4bK3", .cseq = 2}) == "request ");
    CHECK(bench.comes({.branch = "z9hG4bK4", .to_tag = "t"}) == "request "); // in a dialog the dialog judges
    CHECK(bench.run(40'000) == "");
    CHECK(bench.comes({.branch = "z9hG4bK5"}) == "request "); // long after
}

TEST_CASE("INVITE server (17.2.1): refusals: G, H, I") {
    const Shape invite{.method = "INVITE"};
    const Shape ack{.method = "ACK", .to_tag = "t"};
    Bench udp;
    CHECK(udp.comes(invite) == "request ");
    CHECK(udp.answer(486) == "send(answer) ");
    CHECK(udp.run(40'000) ==
          "send@500 send@1500 send@3500 send@7500 send@11500 send@15500 send@19500 send@23500 send@27500 "
          "send@31500 timeout@32000 "); // G, then H
    CHECK(udp.empty());

    Bench acked;
    CHECK(acked.comes(invite) == "request ");
    CHECK(acked.answer(486) == "send(answer) ");
    CHECK(acked.run(600) == "send@500 ");
    CHECK(acked.comes(invite) == "send(answer) ");
    CHECK(acked.comes(ack) == "");
    CHECK(acked.comes(invite) == ""); // confirmed: late INVITEs are absorbed
    CHECK(acked.run(5'599) == "");
    CHECK(acked.comes(ack) == "");
    CHECK(acked.run(5'600) == ""); // Timer I
    CHECK(acked.empty());
    CHECK(acked.comes(ack) == "ack ");

    Bench tcp(true);
    CHECK(tcp.comes(invite) == "request ");
    CHECK(tcp.answer(486) == "send(answer) ");
    CHECK(tcp.run(20'000) == ""); // no G
    CHECK(tcp.comes(ack) == "");
    CHECK(tcp.empty()); // I is zero
    CHECK(tcp.run(80'000) == "");

    Bench silent(true);
    CHECK(silent.comes(invite) == "request ");
    CHECK(silent.answer(486) == "send(answer) ");
    CHECK(silent.run(80'000) == "timeout@32000 "); // H
}

TEST_CASE("INVITE server: 100 after 200 ms, 2xx until its ACK (RFC 6026: L)") {
    const Shape invite{.method = "INVITE"};
    const Shape ack{.method = "ACK", .branch = "z9hG4bKack", .to_tag = "t"};
    Bench slow;
    CHECK(slow.comes(invite) == "request ");
    CHECK(slow.run(60'000) == "trying@200 "); // and it may ring as long as it likes
    CHECK(slow.answer(100, "trying") == "send(trying) ");
    CHECK(slow.comes(invite) == "send(trying) ");
    CHECK(slow.answer(180, "ringing") == "send(ringing) ");
    CHECK(slow.comes(invite) == "send(ringing) ");
    Bench quick;
    CHECK(quick.comes(invite) == "request ");
    CHECK(quick.answer(180, "ringing") == "send(ringing) ");
    CHECK(quick.run(10'000) == "");

    for (bool reliable : {false, true}) {
        Bench bench(reliable);
        CHECK(bench.comes(invite) == "request ");
        CHECK(bench.answer(200) == "send(answer) ");
        const auto id = bench.id;
        CHECK(bench.run(2'000) == "send@500 send@1500 ");
        CHECK(bench.comes(invite) == ""); // the 2xx goes by its own timer
        CHECK(bench.comes(ack) == "ack ");
        bench.machine.acknowledged(id);
        CHECK(bench.run(31'999) == "");
        CHECK(bench.comes(invite) == "");
        CHECK(bench.run(32'000) == "");
        CHECK(bench.empty());
        Bench unheard(reliable);
        CHECK(unheard.comes(invite) == "request ");
        CHECK(unheard.answer(200) == "send(answer) ");
        CHECK(unheard.run(40'000).ends_with("send@31500 timeout@32000 "));
        CHECK(unheard.empty());
    }
}

TEST_CASE("CANCEL finds its INVITE") {
    Bench bench;
    CHECK(bench.comes({.method = "INVITE"}) == "request ");
    const auto invite = bench.id;
    CHECK(bench.comes({.method = "CANCEL"}) == "cancel ");
    CHECK(bench.related == invite);
    CHECK(bench.id != invite);
    CHECK(bench.answer(200, "cancelled") == "send(cancelled) ");
    CHECK(bench.comes({.method = "CANCEL"}) == "send(cancelled) ");
    CHECK(bench.comes({.method = "CANCEL", .branch = "z9hG4bKnone"}) == "cancel ");
    CHECK(bench.related == 0);
}

TEST_CASE("overload: beyond the limit requests are answered without a transaction") {
    Bench bench(false, {.open = 2});
    CHECK(bench.comes({.branch = "z9hG4bK1", .cseq = 1}) == "request ");
    const auto first = bench.id;
    CHECK(bench.comes({.branch = "z9hG4bK2", .cseq = 2}) == "request ");
    CHECK(bench.comes({.branch = "z9hG4bK3", .cseq = 3}) == "overloaded ");
    CHECK(bench.comes({.branch = "z9hG4bK3", .cseq = 3}) == "overloaded "); // nothing was kept of it
    CHECK(bench.comes({.branch = "z9hG4bK1", .cseq = 1}) == "");            // what is known is still absorbed
    CHECK(bench.comes({.method = "ACK", .branch = "z9hG4bK9"}) == "ack ");
    CHECK(bench.sends() == "send(notify) "); // and we go on talking
    CHECK(bench.note(bench.machine.answer(first, 200, "answer", bench.now)) == "send(answer) ");
    CHECK(bench.comes({.branch = "z9hG4bK3", .cseq = 3}) == "request ");
    CHECK(bench.machine.counters().overloaded == 2);
}

TEST_CASE("answers are remembered within limits, the oldest forgotten first") {
    for (auto limits : {TransactionMachine::Limits{.kept_answers = 3}, TransactionMachine::Limits{.kept_bytes = 30}}) {
        Bench bench(false, limits);
        for (int i = 1; i <= 5; ++i) {
            CHECK(bench.comes({.branch = "z9hG4bK" + std::to_string(i), .cseq = i}) == "request ");
            CHECK(bench.answer(200, "ten bytes!") == "send(ten bytes!) ");
        }
        CHECK(bench.machine.kept() == 3);
        CHECK(bench.machine.kept_bytes() == 30);
        CHECK(bench.machine.counters().forgotten == 2);
        CHECK(bench.comes({.branch = "z9hG4bK5", .cseq = 5}) == "send(ten bytes!) ");
        CHECK(bench.comes({.branch = "z9hG4bK3", .cseq = 3}) == "send(ten bytes!) ");
        CHECK(bench.comes({.branch = "z9hG4bK2", .cseq = 2}) == "request ");
        CHECK(bench.run(80'000) == "");
        CHECK(bench.empty());
    }
    Bench large(false, {.kept_bytes = 5}); // even the newest is over the limit: it is sent all the same
    CHECK(large.comes({}) == "request ");
    CHECK(large.answer(200, "ten bytes!") == "send(ten bytes!) ");
}

TEST_CASE("whatever happens, nothing is left when it is quiet, and ids are never used again") {
    std::uint32_t dice = 11;
    auto roll = [&](std::uint32_t sides) { return (dice = dice * 1'664'525U + 1'013'904'223U) / 65'536U % sides; };
    static constexpr std::array<std::string_view, 5> methods_of_walk{"SUBSCRIBE", "INVITE", "ACK", "CANCEL", "PUBLISH"};
    Bench bench(false, {.open = 40, .kept_answers = 30});
    std::vector<Id> ids;
    long ms = 0;
    for (int i = 0; i < 20'000; ++i) {
        bench.flow.reliable = roll(3) == 0;
        const auto branch = "z9hG4bK" + std::to_string(roll(200));
        switch (roll(6)) {
        case 0:
        case 1: {
            bench.id = 0;
            const auto what = bench.comes({.method = methods_of_walk[roll(5)],
                                           .branch = branch,
                                           .to_tag = roll(2) ? "t" : "",
                                           .cseq = static_cast<int>(roll(50) + 1)});
            if (what == "request " || what == "merged " || what == "cancel ") {
                CHECK(std::ranges::find(ids, bench.id) == ids.end());
                ids.push_back(bench.id);
            }
            break;
        }
        case 2:
            if (!ids.empty()) {
                bench.id =
                    ids[ids.size() - 1 - roll(static_cast<std::uint32_t>(std::min<std::size_t>(ids.size(), 60)))];
                static_cast<void>(bench.answer(static_cast<int>(100 + roll(500))));
            }
            break;
        case 3: static_cast<void>(bench.sends("z9hG4bKc" + std::to_string(i))); break;
        case 4:
            static_cast<void>(bench.comes({.method = "NOTIFY",
                                           .branch = "z9hG4bKc" + std::to_string(i - static_cast<int>(roll(20))),
                                           .status = static_cast<int>(100 + roll(500))}));
            break;
        case 5:
            if (roll(2) == 0 && !ids.empty()) bench.machine.acknowledged(ids.back());
            ms += roll(2'000);
            static_cast<void>(bench.run(ms));
            break;
        }
        CHECK(bench.machine.open() <= 40);
    }
    static_cast<void>(bench.run(ms + 100'000));
    // An INVITE that nobody answered waits for its user; everything else has ended by itself.
    for (Id id : ids)
        static_cast<void>(bench.note(bench.machine.answer(id, 500, "x", bench.now)));
    static_cast<void>(bench.run(ms + 200'000));
    CHECK(bench.empty());
    CHECK(bench.machine.wake_at() == Steady::max());
}

TEST_CASE("the keyed hash is SipHash-2-4 with 128 bits (vectors of its authors)") {
    const std::array<std::uint64_t, 2> key{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};
    CHECK(sip::sip_hash(key, "") == sip::Key{0x930255c71472f66dU, 0xe6a825ba047f81a3U});
    CHECK(sip::sip_hash(key, "\0"sv) == sip::Key{0x45fc229b11597634U, 0x44af996bd8c187daU});
    CHECK_FALSE(sip::sip_hash(key, "a") == sip::sip_hash({1, 2}, "a"));
}

TEST_CASE("the wheel fires in order, never early, also far ahead") {
    sip::TimerWheel wheel(start);
    std::vector<std::pair<std::uint32_t, long>> fired;
    auto expire = [&](long ms) { wheel.expire(at(ms), [&](std::uint32_t node) { fired.emplace_back(node, ms); }); };
    CHECK(wheel.next_at() == Steady::max());
    wheel.arm(0, at(100));
    wheel.arm(1, at(50));
    wheel.arm(2, start + std::chrono::microseconds(50'001));
    wheel.arm(3, at(50));
    wheel.arm(3, at(70'000'000)); // moved, further than it reaches
    wheel.arm(4, at(60));
    wheel.disarm(4);
    wheel.disarm(9);
    CHECK(wheel.next_at() == at(50));
    expire(49);
    CHECK(fired.empty());
    expire(50);
    CHECK(fired == std::vector<std::pair<std::uint32_t, long>>{{1, 50}});
    CHECK(wheel.next_at() == at(51));
    expire(51);
    expire(65'000);
    CHECK(fired == std::vector<std::pair<std::uint32_t, long>>{{1, 50}, {2, 51}, {0, 65'000}});
    expire(65'535);
    CHECK(fired.size() == 4); // its owner looks again
    wheel.arm(5, at(1));      // in the past: next millisecond
    CHECK(wheel.next_at() == at(65'536));
    expire(10'000'000);
    CHECK(fired.size() == 5);
    CHECK(wheel.next_at() == Steady::max());
}
