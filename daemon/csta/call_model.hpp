// The calls of all lines as CSTA sees them: which callID a leg has, what a device's monitors are told of each change,
// and what a snapshot says. Made of the telephony loop's news (calls/line_news.hpp). Pure; lives on the CSTA loop.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "calls/line_news.hpp"
#include "csta/devices.hpp"
#include "proto/csta/answers.hpp"
#include "proto/csta/events.hpp"

namespace lamp::csta {

/// An event for the monitors of one line. Devices are called by `Devices::id`.
struct LineEvent {
    std::string line;
    Event event;
};

/// One call of one line.
struct Leg {
    calls::Call call;
    std::string call_id;      // CSTA's
    bool held = false;        // by this line
    bool remote_held = false; // by the other side
    bool delivered = false;   // the far end was told to ring
    bool talking = false;     // was answered
};

/// What is known of one line.
struct Line {
    bool known = false;
    bool was_known = false; // at any time
    bool dnd = false;
    presence::Forwarding forwarding = presence::Forwarding::none;
    presence::AgentState agent = presence::AgentState::none;
    std::uint8_t forwarding_told = 0; // bits by ForwardingType
    std::vector<Leg> legs;            // oldest first
};

class LineTeller;

class CallModel {
public:
    /// callIDs are numbers that count up from `first_call_id`.
    explicit CallModel(std::uint64_t first_call_id = 1);

    /// Lines that have left are no devices any more; of those that are new, or come back, what was heard meanwhile is
    /// taken now, as by `take`.
    void use_devices(std::shared_ptr<const Devices> devices, std::vector<LineEvent>& out);
    [[nodiscard]] const Devices& devices() const { return *devices_; }
    [[nodiscard]] std::shared_ptr<const Devices> shared_devices() const { return devices_; }

    /// Takes a line's news and appends what monitors are to be told, in order: of this line, and of lines that take
    /// part in the same calls. News that say nothing new give nothing; those of lines without devices wait for these.
    void take(const calls::LineNews& news, std::vector<LineEvent>& out);

    /// Null: nothing was ever heard of the line.
    [[nodiscard]] const Line* line(std::string_view line) const;
    /// The callID of a leg that news may not yet have told of: it will have this one.
    [[nodiscard]] std::string call_id(std::string_view line, std::string_view leg);
    struct Found {
        const DeviceRow* device;
        const Leg* leg;
    };
    /// All watched legs of a call, in the order in which they came.
    [[nodiscard]] std::vector<Found> legs_of(std::string_view call_id) const;
    [[nodiscard]] std::vector<DeviceCall> snapshot(const DeviceRow& device) const;
    /// Nothing: no watched line has such a call.
    [[nodiscard]] std::optional<CallSnapshot> call_snapshot(std::string_view call_id) const;

    struct Counts {
        std::size_t known = 0;     // lines that are known now
        std::size_t was_known = 0; // or were once
    };
    [[nodiscard]] Counts counts() const { return counts_; }
    [[nodiscard]] std::size_t calls() const { return by_call_.size(); }
    [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }

private:
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    template <class Value>
    using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

    struct Session {
        std::string call_id;
        std::size_t legs = 0;
    };
    struct Promised { // a callID that was told before the leg's first news
        std::string leg;
        std::string call_id;
    };

    [[nodiscard]] Leg begin(const std::string& line, const calls::Call& call);
    [[nodiscard]] std::string assign(const std::string& line, const calls::Call& call);
    void end(std::string_view line, const Leg& leg);
    [[nodiscard]] const std::string* known_id(std::string_view session) const;
    void remember_moved(const Leg& leg);
    void join_session(const Leg& leg);
    void leave_session(const Leg& leg);
    void keep_early(const calls::LineNews& news);
    void take_features(const DeviceRow& device, Line& line, const calls::LineNews& news, std::vector<LineEvent>& out);
    void take_ended(const DeviceRow& device, Line& line, const calls::LineNews& news, std::vector<LineEvent>& out);
    void take_calls(const DeviceRow& device, Line& line, const calls::LineNews& news, std::vector<LineEvent>& out);
    static void tell_transfers(LineTeller& teller, std::span<const Leg> legs, std::span<const calls::EndedCall> over);
    void tell_callers(const DeviceRow& device, const Leg& ringing, std::vector<LineEvent>& out);
    void tell_if_rings(const DeviceRow& device, Leg& calling, std::vector<LineEvent>& out);

    std::shared_ptr<const Devices> devices_;
    std::uint64_t next_call_id_;
    ByText<Line> lines_;
    ByText<calls::LineNews> early_; // of lines that are no devices yet: roster and telephony tell at their own pace
    ByText<std::vector<std::string>> by_call_; // lines with a leg of this callID
    ByText<Session> sessions_;
    ByText<std::vector<Promised>> promised_; // by line
    ByText<std::string> moved_;              // callIDs by session, of calls that went elsewhere and may yet arrive
    std::deque<std::string> moved_order_;    // their sessions, oldest first
    Counts counts_;
};

} // namespace lamp::csta
