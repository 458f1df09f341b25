// Random walks: calls, presence, people who come and go, knowledge that is lost, permissions; NOTIFYs that are lost,
// answered late, twice or refused; refreshes and reboots. When it is quiet again each watcher's picture is the truth.
#include <algorithm>
#include <fmt/format.h>
#include <random>
#include <set>

#include "proto/pidf/document.hpp"

#include "here.hpp"

using namespace testing;

namespace {

constexpr std::array people{"ada", "bob", "cem"};
constexpr std::array words{"", "c1:early", "c1:confirmed", "c1:confirmed c2:early"};

/// A telephone: what it knows of whom, by what it was told alone.
struct Phone {
    Subscribe ask;
    bool subscribed = false;
    Steady until{};
    std::uint32_t cseq = 0; // of the last NOTIFY
    std::map<std::string, dialoginfo::Follower> lamps;
    std::map<std::string, std::uint32_t> versions;
    std::map<std::string, std::string> shown; // "-": nothing is known of them
    std::uint32_t list_version = 0;
    bool list = false;

    void forget() {
        subscribed = false;
        cseq = 0;
        lamps.clear();
        versions.clear();
        shown.clear();
        list_version = 0;
    }
    void take_document(const std::string& who, std::string_view type, std::string_view body) {
        if (type == pidf::media_type) {
            const auto document = pidf::read(body);
            REQUIRE(document.has_value());
            shown[who] = document->note;
            return;
        }
        const auto document = dialoginfo::read(body);
        REQUIRE(document.has_value());
        // Numbers go up by one; what was lost left gaps.
        if (const auto known = versions.find(who); known != versions.end()) REQUIRE(document->version > known->second);
        versions[who] = document->version;
        REQUIRE(lamps[who].take(*document) == dialoginfo::Follower::What::taken);
        std::string out;
        for (const auto& call : lamps[who].dialogs())
            if (call.direction != dialoginfo::Direction::none)
                out += fmt::format("{}{}:{}", out.empty() ? "" : " ", call.id, dialoginfo::name(call.state));
        shown[who] = out;
    }
    void take_list(std::string_view content_type, std::string_view body) {
        const auto parts = rlmi::read_multipart(content_type, body);
        REQUIRE(parts.has_value());
        const auto told = rlmi::read(parts->front().body);
        REQUIRE(told.has_value());
        if (told->full) {
            shown.clear();
        } else {
            REQUIRE(told->version == list_version + 1); // a gap would need a refresh
        }
        list_version = told->version;
        for (const auto& resource : told->resources) {
            const auto who = resource.uri.substr(4, resource.uri.find('@') - 4);
            const auto& instance = resource.instances.front();
            if (instance.cid.empty()) {
                shown[who] = instance.reason == "rejected" ? "rejected" : "-";
                continue;
            }
            const auto part = std::ranges::find(*parts, instance.cid, &rlmi::Part::content_id);
            REQUIRE(part != parts->end());
            take_document(who, part->content_type, part->body);
        }
    }
    void take(const Wire& notify) {
        const Message& message = notify.message;
        REQUIRE((cseq == 0 || message.cseq().number > cseq));
        cseq = message.cseq().number;
        const auto state = message.subscription_state();
        REQUIRE(state.has_value());
        if (state->word == "terminated") return forget();
        const auto type = message.content_type();
        if (!type) {
            REQUIRE(state->word == "pending");
            shown[people[0]] = "-";
            return;
        }
        if (type->word == "multipart/related") return take_list(*message.find(Header::content_type), message.body());
        take_document(people[0], type->word, message.body());
    }
};

class Walk {
public:
    explicit Walk(std::uint32_t seed) : random_(seed), house_({.list_documents = 2, .remembered = 10}) {
        for (unsigned i = 0; i < 12; ++i) {
            Phone phone;
            phone.list = i % 3 == 2;
            phone.ask.uri = phone.list ? "sip:desk@pbx.example" : "sip:ada@pbx.example";
            phone.ask.event = i % 4 == 3 ? "presence" : "dialog";
            if (i % 5 == 4) phone.ask.event += ";max-rate=1";
            phone.ask.more = "Supported: eventlist\r\n";
            phone.ask.watcher = i % 2 == 0 ? "bob" : "eve";
            phone.ask.from = fmt::format("sip:phone{}@pbx.example", i);
            phone.ask.contact = fmt::format("<sip:phone{}@10.4.0.17>", i);
            phones_.push_back(phone);
        }
    }

    void step() {
        switch (pick(16)) {
        case 0: return begin(phones_[pick(12)]);
        case 1: return refresh(phones_[pick(12)]);
        case 2: return leave(phones_[pick(12)]);
        case 3: return house_.know(people[pick(3)], pick(3) != 0);
        case 4: return permit();
        case 5: return look();
        case 6: return house_.pass(seconds(pick(200)), 20'000);
        case 7: return house_.pass(milliseconds(pick(300)), 20'000);
        case 8:
        case 9: return house_.set(people[pick(3)], words[pick(words.size())]);
        case 10: return relist();
        default: return answer();
        }
    }

    /// Lets everything be told, then compares.
    void settle_and_check() {
        for (const auto* who : people) // nobody else is looked at again: a change that got lost stays lost
            if (!house_.truths[house_.index(who)].calls_known) house_.know(who, true);
        for (int i = 0; i < 60; ++i) {
            while (!house_.notifies.empty())
                taken(*house_.next(), 200);
            house_.pass(1s, 20'000);
        }
        REQUIRE(house_.notifier.in_flight() == 0);
        std::set<std::string, std::less<>> living; // a telephone that never heard of its end may think otherwise
        house_.notifier.visit([&](const Notifier::Seen& seen) { living.emplace(seen.watcher); });
        for (const Phone& phone : phones_) {
            CAPTURE(phone.ask.from);
            if (!phone.subscribed || !living.contains(phone.ask.from)) continue;
            ++checked;
            check(phone);
        }
    }
    std::size_t checked = 0;

private:
    unsigned pick(std::size_t count) {
        return std::uniform_int_distribution<unsigned>(0, static_cast<unsigned>(count) - 1)(random_);
    }

    std::string truth(const Phone& phone, const std::string& who) {
        const auto index = house_.index(who);
        const auto found = house_.permissions.find({phone.ask.watcher, index});
        const auto permission = found == house_.permissions.end() ? Permission::allowed : found->second;
        if (permission == Permission::refused) return "rejected";
        const bool polite = permission == Permission::polite;
        const auto& truth = house_.truths[index];
        if (phone.ask.event.starts_with("presence"))
            return std::string(pidf::look_of(presence::name(polite ? presence::Status::unknown : truth.status)).note);
        std::string out;
        if (!polite)
            for (const auto urgent : {dialoginfo::State::early, dialoginfo::State::confirmed})
                for (const auto& call : truth.dialogs)
                    if (call.state == urgent)
                        out += fmt::format("{}{}:{}", out.empty() ? "" : " ", call.id, dialoginfo::name(call.state));
        return out;
    }
    void check(const Phone& phone) {
        std::map<std::string, std::string> expected;
        if (!phone.list) {
            expected["ada"] = truth(phone, "ada");
        } else {
            for (const auto member : house_.names->members(house_.index("desk"))) {
                const std::string who(house_.names->key(member));
                expected[who] = truth(phone, who);
            }
        }
        REQUIRE(phone.shown == expected);
    }

    void begin(Phone& phone) {
        phone.forget();
        phone.ask.call = fmt::format("k{}", ++calls_);
        phone.ask.cseq = 1;
        phone.ask.to_tag.clear();
        phone.ask.expires = 60 + pick(600);
        const auto reply = house_.ask(phone.ask);
        REQUIRE((reply.status == 200 || reply.status == 403));
        if (reply.status != 200) return;
        phone.subscribed = true;
        phone.ask.to_tag = reply.tag();
    }
    void refresh(Phone& phone) {
        if (!phone.subscribed) return;
        ++phone.ask.cseq;
        phone.ask.expires = 60 + pick(600);
        const auto reply = house_.ask(phone.ask);
        REQUIRE((reply.status == 200 || reply.status == 403 || reply.status == 481));
        if (reply.status == 481) phone.forget();
    }
    void leave(Phone& phone) {
        if (!phone.subscribed) return;
        ++phone.ask.cseq;
        phone.ask.expires = 0;
        const auto reply = house_.ask(phone.ask);
        REQUIRE((reply.status == 200 || reply.status == 403 || reply.status == 481));
        phone.subscribed = false; // it hangs up; what still comes is nobody's
        phone.ask.call = "gone";
    }
    void permit() {
        constexpr std::array permissions{Permission::allowed, Permission::allowed, Permission::polite,
                                         Permission::refused};
        const std::string who = pick(2) == 0 ? "bob" : "eve";
        house_.permissions[{who, house_.index(people[pick(3)])}] = permissions[pick(permissions.size())];
        house_.notifier.recheck_permissions(house_.now);
        house_.gather();
    }
    void look() {
        const auto* who = people[pick(3)];
        house_.truths[house_.index(who)].status = pick(2) == 0 ? presence::Status::busy : presence::Status::available;
        house_.changed(who);
    }
    void relist() {
        std::vector<std::string> members(people.begin(), people.end());
        std::ranges::shuffle(members, random_);
        members.resize(1 + pick(3));
        house_.lists = {{"desk", members}};
        house_.rebuild();
    }

    Phone* whose(const Wire& notify) {
        for (Phone& phone : phones_)
            if (phone.subscribed && phone.ask.call == notify.message.call_id()) return &phone;
        return nullptr;
    }
    /// It arrives, and its answer does, too.
    void taken(const Wire& notify, int status) {
        Phone* phone = whose(notify);
        if (phone) phone->take(notify);
        house_.answer(notify, phone ? status : 481);
        if (phone && status == 481) phone->forget();
    }
    void answer() {
        if (house_.notifies.empty()) return;
        const auto at = pick(house_.notifies.size()); // in any order: each is of another subscription
        const auto notify = house_.notifies[at];
        house_.notifies.erase(house_.notifies.begin() + at);
        switch (pick(10)) {
        case 0: return house_.silence(*notify); // lost
        case 1:                                 // it arrives, its answer is lost
            if (Phone* phone = whose(*notify)) phone->take(*notify);
            return house_.silence(*notify);
        case 2: house_.answer(*notify, 408); return; // a proxy has lost it
        case 3: return taken(*notify, pick(4) == 0 ? 481 : 200);
        case 4: // answered twice, and by a telephone that sleeps a little
            house_.pass(milliseconds(pick(2000)), 20'000);
            taken(*notify, 200);
            // A transaction ends with its first answer; what comes when nothing is on its way is to no effect.
            if (std::ranges::none_of(house_.notifies, [&](const Sent& other) { return other->id == notify->id; }))
                house_.answer(*notify, 500);
            return;
        default: return taken(*notify, 200);
        }
    }

    std::mt19937 random_;
    House house_;
    std::vector<Phone> phones_;
    unsigned calls_ = 0;
};

} // namespace

TEST_CASE("ten walks of a thousand steps") {
    for (std::uint32_t seed = 1; seed <= 10; ++seed) {
        CAPTURE(seed);
        Walk walk(seed);
        for (int i = 0; i < 1000; ++i) {
            walk.step();
            if (i % 100 == 99) walk.settle_and_check();
        }
        CHECK(walk.checked > 10);
    }
}
