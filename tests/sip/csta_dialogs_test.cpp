// uaCSTA dialogs (sip-csta.md 17.7) stepped by hand: a peer that answers when the test says so, a client in words.
#include "sip/csta_dialogs.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace lamp;
using namespace lamp::sip;
using namespace std::chrono_literals;

namespace {

struct Peer final : CstaPeer {
    void on_body(std::string_view xml, std::function<void(std::string)> respond) override {
        bodies.emplace_back(xml);
        if (late)
            answers.push_back(std::move(respond));
        else
            respond(fmt::format("<to {}/>", xml));
    }
    void on_tick(Steady now) override { ticked = now; }
    [[nodiscard]] bool over() const override { return is_over; }

    std::vector<std::string> bodies;
    std::vector<std::function<void(std::string)>> answers;
    std::function<void(std::string)> tell;
    std::string who;
    Steady ticked{};
    bool late = false;
    bool is_over = false;
};

struct Request {
    std::string_view method = "INFO";
    std::string_view body = "ask";
    std::string_view more{}; // fields, each with its line end
    std::string_view type = csta_media_type;
    std::string_view user = "bob";
    int cseq = 0; // the next
};

struct House {
    explicit House(CstaDialogs::Limits limits = {})
        : dialogs(
              limits,
              [this](std::string who, std::function<void(std::string)> tell) {
                  auto made = std::make_unique<Peer>();
                  peer = made.get();
                  peer->who = std::move(who);
                  peer->tell = std::move(tell);
                  peer->late = late;
                  return made;
              },
              [this] { return ++random; }, {1, 2}) {}

    /// What came out of it: "200 to-ask", "INFO event", "BYE", one after the other.
    std::string ask(const Request& wish) {
        const auto number = wish.cseq != 0 ? wish.cseq : ++cseq;
        auto bytes = fmt::format("{0} sip:lamps@pbx.example SIP/2.0\r\n"
                                 "Via: SIP/2.0/UDP 10.4.0.17:5060;branch=z9hG4bK-{1}\r\nMax-Forwards: 70\r\n"
                                 "From: <sip:bob@pbx.example>;tag=f1\r\nTo: <sip:lamps@pbx.example>{2}\r\n"
                                 "Call-ID: k1\r\nCSeq: {1} {0}\r\nContact: <sip:bob@10.4.0.17:5060>\r\n{3}",
                                 wish.method, number, tag.empty() ? "" : ";tag=" + tag, wish.more);
        if (!wish.body.empty()) bytes += fmt::format("Content-Type: {}\r\n", wish.type);
        bytes += fmt::format("Content-Length: {}\r\n\r\n{}", wish.body.size(), wish.body);
        Message message;
        REQUIRE(message.parse(bytes, Carrier::datagram).has_value());
        const Watcher user{std::string(wish.user)};
        dialogs.on_request({message,
                            bytes,
                            ++transaction,
                            {.socket = 1, .port = 5060},
                            {Transport::udp, "198.51.100.4", 5060},
                            {"10.4.0.17", 5060},
                            user},
                           now);
        return said();
    }
    /// INVITE, and what was said is taken.
    void open(std::string_view more = "Supported: timer\r\nSession-Expires: 600\r\n") {
        REQUIRE(ask({.method = "INVITE", .more = more}).starts_with("200 "));
        tag = last.to().tag();
    }
    std::string said() {
        std::string out;
        dialogs.drain(actions);
        for (const auto& action : actions) {
            bytes_ = action.bytes;
            REQUIRE(last.parse(bytes_, Carrier::datagram).has_value());
            if (!out.empty()) out += ", ";
            if (action.what == CstaDialogs::Action::What::answer) {
                CHECK(action.status == last.status());
                answered = action.id;
                out += std::to_string(action.status);
            } else {
                owner = action.id;
                CHECK((owner & CstaDialogs::owner_bit) != 0);
                out += action.method;
            }
            if (!last.body().empty()) {
                CHECK(last.find("content-type") == csta_media_type);
                out.append(" ").append(last.body());
            }
        }
        return out;
    }
    std::string field(std::string_view name) { return std::string(last.find(name).value_or("")); }
    std::string answer(int status) {
        dialogs.on_answer(owner, status, now);
        return said();
    }
    std::string tick(Steady when) {
        now = when;
        dialogs.tick(now);
        return said();
    }

    std::uint64_t random = 1000;
    std::uint64_t transaction = 0;
    std::uint64_t owner = 0;
    std::uint64_t answered = 0;
    int cseq = 0;
    Steady now{1h};
    std::string tag;
    bool late = false;
    Peer* peer = nullptr;
    std::vector<CstaDialogs::Action> actions;
    Message last;
    CstaDialogs dialogs;

private:
    std::string bytes_;
};

} // namespace

TEST_CASE("a uaCSTA dialog from INVITE to BYE") {
    House house;
    CHECK(house.ask({.method = "INVITE", .more = "Supported: timer\r\nSession-Expires: 600\r\n"}) == "200 <to ask/>");
    CHECK(house.field("session-expires") == "600;refresher=uac");
    CHECK(house.field("require") == "timer");
    CHECK(house.field("contact") == "<sip:198.51.100.4:5060;transport=udp>");
    CHECK(house.peer->who == "bob");
    house.tag = house.last.to().tag();
    CHECK(house.ask({.body = "more"}) == "200 <to more/>");
    CHECK(house.ask({.method = "BYE", .body = ""}) == "200");
    CHECK(house.dialogs.size() == 0);
    CHECK(house.ask({}) == "481");
}

TEST_CASE("what opens no dialog, and what does not belong to it") {
    House house({.dialogs = 1});
    CHECK(house.ask({.method = "INVITE", .type = "application/sdp"}) == "415");
    CHECK(house.field("accept") == csta_media_type);
    CHECK(house.ask({.method = "INVITE", .more = "Supported: timer\r\nSession-Expires: 89\r\n"}) == "422");
    CHECK(house.field("min-se") == "90");
    CHECK(house.ask({}) == "481");
    CHECK(house.ask({.method = "INVITE", .more = "Contact: <sip:eve@10.4.0.18>\r\n"}) == "400");
    CHECK(house.dialogs.size() == 0);
    house.open();
    const auto tag = std::exchange(house.tag, {});
    CHECK(house.ask({.method = "INVITE"}) == "503");
    CHECK(house.field("retry-after") == "30");
    house.tag = tag;
    CHECK(house.ask({.user = "eve"}) == "403");
    CHECK(house.ask({.type = "text/plain"}) == "415");
    CHECK(house.ask({.cseq = 1}) == "500"); // older than what was heard
    CHECK(house.ask({}) == "200 <to ask/>");
    CHECK(house.dialogs.size() == 1);
}

TEST_CASE("answers that come late") {
    House house;
    house.open();
    house.peer->late = true;
    CHECK(house.ask({.body = "one"}).empty());
    const auto first = house.transaction;
    CHECK(house.ask({.body = "two"}).empty());
    int works = 0;
    house.dialogs.on_work = [&works] { ++works; };
    house.peer->answers[1]("<two/>");
    CHECK(house.said() == "200 <two/>");
    CHECK(house.answered == house.transaction);
    CHECK(works == 1);
    SUBCASE("in time") {
        house.peer->answers[0]("");
        CHECK(house.said() == "200");
        CHECK(house.answered == first);
    }
    SUBCASE("after BYE") {
        CHECK(house.ask({.method = "BYE", .body = ""}) == "200, 487");
        CHECK(house.answered == first);
    }
    SUBCASE("after the other side is gone") {
        house.peer->tell("event");
        CHECK(house.said() == "INFO event");
        house.dialogs.on_silence(house.owner, house.now);
        CHECK(house.said() == "487");
        CHECK(house.answered == first);
        CHECK(house.dialogs.size() == 0);
    }
}

TEST_CASE("events go out in order, one at a time") {
    House house;
    house.open();
    for (const auto* event : {"one", "two", "three"})
        house.peer->tell(event);
    CHECK(house.said() == "INFO one");
    const auto number = house.last.cseq().number;
    CHECK(house.answer(200) == "INFO two");
    CHECK(house.last.cseq().number == number + 1);
    CHECK(house.last.uri().text == "sip:bob@10.4.0.17:5060");
    CHECK(house.last.to().tag() == "f1");
    CHECK(house.answer(200) == "INFO three");
    CHECK(house.answer(200).empty());
    house.peer->tell("four");
    CHECK(house.said() == "INFO four");
    SUBCASE("a client that knows no such dialog") {
        CHECK(house.answer(481).empty());
        CHECK(house.dialogs.size() == 0);
    }
    SUBCASE("a client that takes no events") {
        CHECK(house.answer(500) == "BYE");
        CHECK(house.dialogs.size() == 1);
        CHECK(house.answer(200).empty());
        CHECK(house.dialogs.size() == 0);
    }
}

TEST_CASE("a client that takes no event for too long is told so") {
    House house({.waiting = 2});
    house.open();
    for (const auto* event : {"one", "two", "three"})
        house.peer->tell(event);
    CHECK(house.said() == "INFO one");
    house.peer->tell("four");
    CHECK(house.said() == "BYE");
    house.peer->tell("five");
    CHECK(house.said().empty());
    CHECK(house.answer(200).empty());
    CHECK(house.dialogs.size() == 0);
}

TEST_CASE("a session lasts as long as it is refreshed") {
    House house;
    house.open();
    const auto opened = house.now;
    CHECK(house.tick(opened + 599s).empty());
    CHECK(house.peer->ticked == house.now);
    for (const auto* method : {"UPDATE", "INVITE"}) {
        CHECK(house.ask({.method = method, .body = "", .more = "Session-Expires: 300\r\n"}) == "200");
        CHECK(house.field("session-expires") == "300;refresher=uac");
        CHECK(house.tick(house.now + 299s).empty());
    }
    CHECK(house.ask({.method = "UPDATE", .body = "", .more = "Session-Expires: 60\r\n"}) == "422");
    CHECK(house.ask({.method = "UPDATE", .body = "", .more = "Session-Expires: 86400\r\n"}) == "200");
    CHECK(house.field("session-expires") == "1800;refresher=uac");
    CHECK(house.ask({.method = "UPDATE", .body = "", .more = "Session-Expires: 90\r\n"}) == "200");
    CHECK(house.tick(house.now + 89s).empty());
    CHECK(house.tick(house.now + 1s) == "BYE");
    CHECK(house.tick(house.now + 1s).empty()); // once
}

TEST_CASE("who knows no session timers is not ended by them") {
    House house;
    house.open("");
    CHECK(house.field("session-expires").empty());
    CHECK(house.tick(house.now + 48h).empty());
}

TEST_CASE("our ends of a dialog") {
    House house;
    house.open();
    SUBCASE("the association is over") {
        house.peer->is_over = true;
        CHECK(house.tick(house.now) == "BYE");
    }
    SUBCASE("the daemon stops") {
        house.dialogs.end_all(house.now);
        CHECK(house.said() == "BYE");
    }
    SUBCASE("no ACK") {
        house.dialogs.on_unacknowledged(house.transaction + 1, house.now); // somebody else's
        CHECK(house.said().empty());
        house.dialogs.on_unacknowledged(house.transaction, house.now);
        CHECK(house.said() == "BYE");
    }
    CHECK(house.dialogs.size() == 1);
    house.dialogs.on_silence(house.owner, house.now);
    CHECK(house.dialogs.size() == 0);
}

TEST_CASE("an ACK is found by its dialog") {
    House house;
    house.open();
    const auto ack = [&](std::string_view tag) {
        const auto bytes = fmt::format(
            "ACK sip:198.51.100.4 SIP/2.0\r\nVia: SIP/2.0/UDP 10.4.0.17;branch=z9hG4bK-a\r\nMax-Forwards: 70\r\n"
            "From: <sip:bob@pbx.example>;tag=f1\r\nTo: <sip:lamps@pbx.example>;tag={}\r\nCall-ID: k1\r\nCSeq: 1 ACK\r\n"
            "Content-Length: 0\r\n\r\n",
            tag);
        Message message;
        REQUIRE(message.parse(bytes, Carrier::datagram).has_value());
        return house.dialogs.on_ack(message);
    };
    CHECK(ack(house.tag) == house.transaction);
    CHECK(ack("other") == 0);
}
