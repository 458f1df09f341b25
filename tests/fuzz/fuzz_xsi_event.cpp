// Any bytes as a channel document: no crash, an error has words, and every text of a good one lies in bounded memory.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "proto/text/text.hpp"
#include "proto/xsi/event_parser.hpp"

using namespace lamp;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::size_t weight = 0;

// Reads every byte of it, so that a view that moved is seen by the sanitizer.
void touch(std::string_view text) {
    require(text::is_utf8(text));
    weight += text.size();
}

void touch(const xsi::Party& party) {
    for (auto text : {party.name, party.address, party.user_id, party.user_dn, party.call_type})
        touch(text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static xsi::EventParser parser;
    auto parsed = parser.parse({reinterpret_cast<const char*>(data), size});
    if (!parsed) {
        require(!parsed.error().text.empty());
        return 0;
    }
    const xsi::Document& document = **parsed;
    weight = 0;
    for (auto text : {document.root, document.channel_id, document.reason, document.error_code, document.error_message,
                      document.event_id, document.user_id, document.subscription_id, document.target_id,
                      document.application_id, document.type_name, document.conference.state, document.conference.type,
                      document.service.forward_to, document.agent.unavailable_code})
        touch(text);
    for (const auto& call : document.calls) {
        for (auto text : {call.call_id, call.tracking_id, call.network_call_id, call.state_text, call.release_cause,
                          call.cdr_cause, call.redirect_reason, call.redirect_address, call.recall_type,
                          call.hunt_group_user, call.appearance, call.acd_user, call.acd_name, call.acd_number})
            touch(text);
        touch(call.remote);
        touch(call.acd_caller);
    }
    for (const auto& redirection : document.redirections) {
        touch(redirection.party);
        touch(redirection.reason);
    }
    for (auto participant : document.conference.participants)
        touch(participant);
    require(weight <= size * 3);
    require(document.sequence <= 2147483647);
    return 0;
}
