// Random conversations: whatever clients, lines and platform do in whatever order, each request is answered once, each
// document can be read, and nothing is left behind.
#include <fmt/format.h>
#include <map>
#include <memory>
#include <random>

#include <algorithm>
#include <array>

#include "client.hpp"
#include "proto/csta/framing.hpp"

using namespace testing;

namespace {

/// Counts answers by invoke id.
class Witness final : public csta::Outlet {
public:
    Witness(csta::Domain& domain, bool trusted, Steady now)
        : association(domain, *this, {.address = "192.0.2.1:1", .trusted = trusted}, now) {}
    void answer(std::uint16_t invoke_id, std::string_view xml) override {
        CHECK(--owed[invoke_id] == 0);
        note(xml);
    }
    void tell(std::uint16_t /*invoke_id*/, std::string_view xml) override { note(xml); }
    [[nodiscard]] std::size_t unsent() const override { return queued; }

    std::map<std::uint16_t, int> owed;
    std::size_t queued = 0;
    std::size_t documents = 0;
    std::uint16_t id = 0;
    csta::Association association;

private:
    void note(std::string_view xml) {
        ++documents;
        queued += xml.size();
        CHECK(xml.size() + csta::frame_head_bytes <= csta::frame_bytes_readable);
    }
};

class Walk {
public:
    explicit Walk(unsigned seed) : random_(seed) {
        domain_.use_devices(office());
        for (int i = 0; i < 3; ++i)
            add_client();
    }

    void step() {
        now_ += milliseconds(pick(2'000));
        switch (pick(8)) {
        case 0: return take_news();
        case 1: return tick();
        case 2: return answer_of_platform();
        case 3:
            if (pick(20) == 0) return replace_client();
            return;
        case 4:
            if (pick(50) == 0) return change_devices();
            return;
        default: return request();
        }
    }

    void end() {
        while (!platform_.waiting().empty())
            answer_of_platform();
        for (auto& client : clients_) {
            client->queued = 0;
            if (client->association.closing() != csta::Closing::no) continue;
            for (const auto& [id, count] : client->owed)
                CHECK(count == 0);
        }
        domain_.use_devices(std::make_shared<const csta::Devices>());
        CHECK(domain_.calls().calls() == 0);
        CHECK(domain_.calls().sessions() == 0);
        for (auto& client : clients_)
            CHECK(client->association.monitors() == 0);
        CHECK(domain_.watched_lines() == 0);
    }
    std::size_t documents = 0;

private:
    std::size_t pick(std::size_t below) { return random_() % below; }
    template <class List>
    auto one_of(const List& list) {
        return list[pick(std::size(list))];
    }

    void add_client() { clients_.push_back(std::make_unique<Witness>(domain_, pick(4) != 0, now_)); }
    void replace_client() {
        auto& client = clients_[pick(clients_.size())];
        documents += client->documents;
        client = std::make_unique<Witness>(domain_, pick(4) != 0, now_);
    }

    void take_news() {
        const CallState states[] = {CallState::dialling, CallState::ringing, CallState::active, CallState::held,
                                    CallState::held_by_remote};
        auto now = news(one_of(std::array{ada, bob, carol}));
        for (std::size_t i = pick(3); i > 0; --i) {
            auto call = pick(2) == 0 ? incoming(std::to_string(pick(4)), one_of(states))
                                     : outgoing(std::to_string(pick(4)), one_of(states));
            call.session = std::to_string(pick(5));
            if (std::ranges::none_of(now.calls, [&](const auto& one) { return one.id == call.id; }))
                now.calls.push_back(call);
        }
        now.ended.push_back({incoming(std::to_string(pick(4)), one_of(states)), End(pick(10)), "2102"});
        now.known = pick(10) != 0;
        now.dnd = pick(4) == 0;
        domain_.take(std::span(&now, 1), now_);
    }

    void tick() {
        domain_.tick(now_);
        for (auto& client : clients_) {
            client->association.on_tick(now_);
            if (pick(2) != 0) continue;
            client->queued = 0;
            client->association.on_room();
        }
    }

    void answer_of_platform() {
        if (platform_.waiting().empty()) return;
        auto& asked = platform_.asked[platform_.answered];
        if (pick(3) == 0) return platform_.refuse(static_cast<Category>(pick(12)));
        if (asked.no_value) return platform_.done();
        if (asked.text) return platform_.leg(std::to_string(pick(4)));
        ++platform_.answered;
        if (asked.flag) asked.flag(true);
        if (asked.setting) asked.setting(calls::ForwardSetting{true, "2102", {}});
        if (asked.agent) asked.agent(presence::AgentState(pick(6)));
    }

    void change_devices() {
        auto rows = office_rows();
        if (pick(2) == 0) rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(pick(rows.size())));
        domain_.use_devices(csta::Devices::build(rows));
    }

    std::string device() { return one_of(std::array{"2101"s, "2102"s, "carol"s, "tel:+31201232101"s, "2999"s}); }
    std::string about(std::string_view element) { return connection(element, std::to_string(pick(20) + 1), device()); }

    void request() {
        using Make = std::pair<std::string_view, std::string>;
        const Make requests[] = {
            {"MonitorStart", "<monitorObject><deviceObject>" + device() + "</deviceObject></monitorObject>"},
            {"MonitorStop", fmt::format("<monitorCrossRefID>m{}</monitorCrossRefID>", pick(50))},
            {"SnapshotDevice", "<snapshotObject>" + device() + "</snapshotObject>"},
            {"SnapshotCall", about("snapshotObject")},
            {"GetSwitchingFunctionDevices", ""},
            {"MakeCall", "<callingDevice>" + device() + "</callingDevice><calledDirectoryNumber>" + device() +
                             "</calledDirectoryNumber>"},
            {"AnswerCall", about("callToBeAnswered")},
            {"HoldCall", about("callToBeHeld")},
            {"ClearConnection", about("connectionToBeCleared")},
            {"ConsultationCall", about("existingCall") + "<consultedDevice>" + device() + "</consultedDevice>"},
            {"AlternateCall", about("heldCall") + about("activeCall")},
            {"TransferCall", about("heldCall") + about("activeCall")},
            {"DeflectCall", about("callToBeDiverted") + "<newDestination>" + device() + "</newDestination>"},
            {"SetDoNotDisturb", "<device>" + device() + "</device><doNotDisturbOn>1</doNotDisturbOn>"},
            {"GetForwarding", "<device>" + device() + "</device>"},
            {"GetAgentState", "<device>" + device() + "</device>"},
            {"SystemRegister", "<requestTypes><systemStatus>true</systemStatus></requestTypes>"},
            {"SystemStatusResponse", ""},
            {"Nonsense", ""},
        };
        const auto& [root, inner] = requests[pick(std::size(requests))];
        auto& client = *clients_[pick(clients_.size())];
        const bool closed = client.association.closing() != csta::Closing::no;
        const auto id = ++client.id;
        ++client.owed[id];
        const auto taken = client.association.on_message(
            id,
            fmt::format("<{0} xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/ed5\">{1}</{0}>", root,
                        inner),
            now_);
        CHECK((taken == csta::Association::Taken::silently) == (closed || root == "SystemStatusResponse"));
        if (taken == csta::Association::Taken::silently) --client.owed[id];
    }

    std::mt19937 random_;
    Steady now_{};
    Platform platform_;
    csta::Domain domain_{
        {.monitors = 20, .monitors_per_device = 10, .outstanding = 4, .held_events = 5, .queue_bytes = 20'000},
        platform_.control()};
    std::vector<std::unique_ptr<Witness>> clients_;
};

} // namespace

TEST_CASE("whatever happens, each request is answered once and nothing is left behind") {
    std::size_t documents = 0;
    for (unsigned seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        Walk walk(seed);
        for (int i = 0; i < 3'000; ++i)
            walk.step();
        walk.end();
        documents += walk.documents;
    }
    CHECK(documents > 10'000);
}
