// From what happens to calls to what Zoho is told (crm-directory.md A.9). Whatever comes, the state is read from the
// call's record, and told if it is further on than what was told last: so events that come twice tell nothing, and
// after a restart only the newest state is told. A machine: no loop, no clock. Egress loop.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "calls/call_record.hpp"
#include "proto/zoho/forms.hpp"

namespace lamp::zoho {

/// Whose calls these are over there.
struct Agent {
    std::string zohouser;
    std::string number; // "+31…", else what is known of the line
};

class CallMachine {
public:
    static constexpr std::size_t calls_max = 16'384; // remembered; the oldest go first

    explicit CallMachine(bool internal_calls) : internal_calls_(internal_calls) {}

    /// Nothing: Zoho has been told already, must not be, or cannot be (a number is missing).
    [[nodiscard]] std::optional<Notice> take(const calls::CallRecord& call, const Agent& agent);

    /// An earlier run has told this state of the call, by its id over there.
    void resume(const std::string& id, State told);

    [[nodiscard]] std::uint64_t unnumbered() const { return unnumbered_; }
    [[nodiscard]] std::size_t remembered() const { return told_.size(); }

private:
    void remember(const std::string& id, int stage);

    bool internal_calls_;
    std::unordered_map<std::string, int> told_; // by call id: 1 rings, 2 answered, 3 over
    std::deque<std::string> order_;
    std::uint64_t unnumbered_ = 0;
};

/// The state that the record is in now; nothing: an end that Zoho is not told (answered elsewhere).
[[nodiscard]] std::optional<State> state_of(const calls::CallRecord& call);
/// "+31201234567" of "+31 20 123 45 67" or "sip:+31201234567@example.net"; "" of what is no number.
[[nodiscard]] std::string plain_number(std::string_view text);

} // namespace lamp::zoho
