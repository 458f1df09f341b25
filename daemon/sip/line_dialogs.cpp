#include "sip/line_dialogs.hpp"

#include "calls/call_id.hpp"
#include "proto/sip/uri.hpp"

namespace lamp::sip {
namespace {

using dialoginfo::Cause;
using dialoginfo::Dialog;
using dialoginfo::Direction;
using dialoginfo::State;

State state_of(calls::CallState state) {
    switch (state) {
    case calls::CallState::dialling: return State::proceeding;
    case calls::CallState::ringing: return State::early;
    case calls::CallState::active:
    case calls::CallState::held:
    case calls::CallState::held_by_remote: break;
    }
    return State::confirmed;
}

Cause cause_of(calls::End end) {
    switch (end) {
    case calls::End::hung_up_here: return Cause::local_bye;
    case calls::End::hung_up_there: return Cause::remote_bye;
    case calls::End::not_answered: return Cause::cancelled;
    case calls::End::declined:
    case calls::End::busy: return Cause::rejected;
    case calls::End::redirected:
    case calls::End::transferred:
    case calls::End::answered_elsewhere: return Cause::replaced;
    case calls::End::failed: return Cause::error;
    case calls::End::unknown: break;
    }
    return Cause::none;
}

Dialog dialog_of(const calls::Call& call, const calls::LineNews& news, std::string_view identity,
                 std::string_view display, std::string_view domain) {
    Dialog dialog;
    dialog.id = calls::public_id(news.line, call.id);
    dialog.state = state_of(call.state);
    dialog.direction = call.incoming ? Direction::recipient : Direction::initiator;
    dialog.held = call.state == calls::CallState::held;
    dialog.local = {std::string(display), std::string(identity), std::string(identity)};
    auto uri = call.withheld ? std::string(anonymous_uri) : party_uri(call.remote_number, domain);
    dialog.remote = {call.withheld ? "Anonymous" : call.remote_name, uri, uri};
    return dialog;
}

} // namespace

std::string party_uri(std::string_view number, std::string_view domain) {
    if (number.empty()) return std::string(anonymous_uri);
    if (number.starts_with("sip:") || number.starts_with("sips:")) return std::string(number);
    std::string uri = "sip:";
    append_user(uri, number);
    uri += '@';
    append_host(uri, domain);
    if (number.front() == '+') uri += ";user=phone";
    return uri;
}

void append_dialogs(std::vector<Dialog>& out, const calls::LineNews& news, std::string_view identity,
                    std::string_view display, std::string_view domain) {
    for (const calls::Call& call : news.calls)
        out.push_back(dialog_of(call, news, identity, display, domain));
    for (const calls::EndedCall& ended : news.ended) {
        out.push_back(dialog_of(ended.call, news, identity, display, domain));
        out.back().state = State::terminated;
        out.back().cause = cause_of(ended.why);
        out.back().held = false;
    }
}

} // namespace lamp::sip
