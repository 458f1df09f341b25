#include "adapters/zoho/call_machine.hpp"

#include <algorithm>

namespace lamp::zoho {
namespace {

using calls::CallRecord;
using calls::CallResult;
using calls::End;

constexpr std::size_t extension_digits = 6;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Zoho wants letters and digits only.
std::string plain_id(std::string_view id) {
    std::string out(id);
    std::erase_if(out, [](char c) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return !letter && !is_digit(c);
    });
    return out;
}

State failed_state(const CallRecord& call) {
    switch (call.why) {
    case End::busy: return State::busy;
    case End::declined: return State::rejected;
    case End::failed: return State::notavailable;
    default: return State::noanswer;
    }
}

constexpr int over = 3;

int stage_of(State state) {
    if (state == State::ringing) return 1;
    return state == State::answered ? 2 : over;
}

bool is_internal(const CallRecord& call, std::string_view number) {
    return !call.remote_user.empty() || (!number.starts_with('+') && number.size() <= extension_digits);
}

} // namespace

std::string plain_number(std::string_view text) {
    for (std::string_view scheme : {"sip:", "sips:", "tel:"})
        if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
    text = text.substr(0, text.find_first_of("@;"));
    std::string out;
    for (char c : text) {
        if (is_digit(c) || (c == '+' && out.empty()))
            out += c;
        else if (std::string_view(" -./()").find(c) == std::string_view::npos)
            return {};
    }
    return out == "+" ? std::string() : out;
}

std::optional<State> state_of(const CallRecord& call) {
    if (!call.ended) return call.answered ? State::answered : State::ringing;
    if (call.answered) return State::ended;
    if (!call.incoming) return failed_state(call);
    if (call.result == CallResult::answered_elsewhere) return std::nullopt;
    return State::missed;
}

std::optional<Notice> CallMachine::take(const CallRecord& call, const Agent& agent) {
    auto id = plain_id(call.id);
    auto state = state_of(call);
    if (id.empty()) return std::nullopt;
    auto known = told_.find(id);
    int before = known == told_.end() ? 0 : known->second;
    int stage = state ? stage_of(*state) : over;
    if (stage <= before) return std::nullopt;
    auto theirs = call.withheld ? std::string() : plain_number(call.remote_number);
    bool internal = !internal_calls_ && before == 0 && !theirs.empty() && is_internal(call, theirs);
    if (!state || internal) { // never told
        remember(id, over);
        return std::nullopt;
    }
    if (theirs.empty() || plain_number(agent.number).empty()) { // it may become known
        if (call.ended) ++unnumbered_, remember(id, over);
        return std::nullopt;
    }
    remember(id, stage);
    Notice notice{.direction = call.incoming ? Direction::received : Direction::dialed,
                  .state = *state,
                  .id = id,
                  .from = call.incoming ? theirs : agent.number,
                  .to = call.incoming ? agent.number : theirs,
                  .zohouser = agent.zohouser,
                  .start = call.started};
    if (*state == State::ringing) notice.transferred_id = plain_id(call.transferred_from);
    if (*state == State::ended)
        notice.duration = std::chrono::duration_cast<seconds>(std::max(milliseconds(0), call.talked(*call.ended)));
    return notice;
}

void CallMachine::resume(const std::string& id, State told) {
    auto known = told_.find(id);
    if (known == told_.end() || known->second < stage_of(told)) remember(id, stage_of(told));
}

void CallMachine::remember(const std::string& id, int stage) {
    auto [at, fresh] = told_.insert_or_assign(id, stage);
    if (!fresh) return;
    order_.push_back(id);
    if (order_.size() <= calls_max) return;
    told_.erase(order_.front());
    order_.pop_front();
}

} // namespace lamp::zoho
