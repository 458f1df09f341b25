// A CSTA client without a socket, and a platform that answers when the test says so.
#pragma once
#include <deque>
#include <functional>
#include <optional>

#include "csta/association.hpp"
#include "csta/domain.hpp"
#include "office.hpp"

namespace testing {

using namespace std::chrono_literals;

/// Asks for one thing at a time in the order in which it is asked; an answer that is not wanted any more is an error.
class Platform {
public:
    ~Platform() { CHECK(asked.size() == answered); }
    [[nodiscard]] calls::Control control();

    struct Asked {
        std::string what; // "dial ada@pbx.example 2102", "hold ada@pbx.example a", "dnd? …", "dnd …=on"
        std::function<void(std::optional<Error>)> no_value{}; // one of these
        calls::Answer<std::string> text{};
        calls::Answer<bool> flag{};
        calls::Answer<calls::ForwardSetting> setting{};
        calls::Answer<presence::AgentState> agent{};
    };
    std::deque<Asked> asked;
    std::size_t answered = 0;

    /// The oldest that is not answered.
    [[nodiscard]] Asked& next();
    [[nodiscard]] std::string waiting() const; // what it is; empty: nothing
    void done() { next_answer().no_value({}); }
    void leg(std::string id) { next_answer().text(std::move(id)); }
    void refuse(Category why);

private:
    [[nodiscard]] Asked& next_answer();
};

class Client final : public csta::Outlet {
public:
    Client(csta::Domain& domain, csta::Peer peer, Steady now = {}) : association(domain, *this, std::move(peer), now) {}

    /// `<ROOT xmlns=…ed5>INNER</ROOT>`; gives what came out, in notation.
    std::string request(std::string_view root, std::string_view inner = {});
    std::string document(std::string_view xml);
    /// What came out since the last look: "1 MonitorStartResponse\n", "9999 DeliveredEvent m1\n", "<1 SystemStatus
    /// normal\n" (our own request).
    std::string said();
    /// The last document that came out.
    [[nodiscard]] const std::string& last() const { return last_; }
    /// The first element's text in the last document.
    [[nodiscard]] std::string value(std::string_view element) const;
    std::string monitor(std::string_view device, std::string_view rest = {});
    void tick(Steady when) {
        now = when;
        association.on_tick(when);
    }

    void answer(std::uint16_t invoke_id, std::string_view xml) override { note(std::to_string(invoke_id), xml); }
    void tell(std::uint16_t invoke_id, std::string_view xml) override;
    [[nodiscard]] std::size_t unsent() const override { return unsent_bytes; }

    std::size_t unsent_bytes = 0;
    std::size_t documents = 0;
    Steady now{};
    std::uint16_t id = 0;
    csta::Association association;

private:
    void note(std::string_view id, std::string_view xml);
    std::string said_;
    std::string last_;
};

[[nodiscard]] std::string connection(std::string_view element, std::string_view call, std::string_view device);

struct Switch {
    explicit Switch(csta::DomainOptions options = {}) : domain(std::move(options), platform.control()) {
        domain.use_devices(office());
    }
    /// All three lines are known and idle.
    Switch& idle(Steady now = {}) {
        for (auto line : {ada, bob, carol})
            take(news(line), now);
        return *this;
    }
    void take(const calls::LineNews& one, Steady now = {}) { domain.take(std::span(&one, 1), now); }

    Platform platform;
    csta::Domain domain;
};

} // namespace testing
