// Everything about the platform that a deployment or a test may set. Names are the members of POST /sim/settings.
#pragma once

#include <cstdint>
#include <string>

namespace sim::bw {

struct Settings {
    std::string actions_root = "/com.broadsoft.xsi-actions";
    std::string events_root = "/com.broadsoft.xsi-events";
    std::string async_root = "/com.broadsoft.async";

    // Channels and acknowledgements (xsi.md 4, 6)
    std::int64_t heartbeat_limit_ms = 30'000; // a channel without PUT heartbeat for that long ends with EOF
    std::int64_t ack_limit_ms = 10'000;       // then the next channel of the set, then NonResponsiveChannel
    std::int64_t set_linger_ms = 10'000;      // a set without channels keeps its subscriptions that long
    std::int64_t expires_min = 3600;
    std::int64_t expires_max = 86'400;
    std::int64_t expires_forced = 0;        // not 0: every answer says this, whatever was asked
    std::int64_t unknown_ack_status = 404;  // status for an eventID that was never issued (UNC)
    std::int64_t queue_max = 1000;          // events kept for a set without a live channel
    std::int64_t queue_wait_ms = 5;         // what was kept goes out so long after the channel was opened
    std::int64_t backlog_max = 256'000'000; // unread bytes of a channel, then RST
    std::int64_t channels_max = 10;         // of one set
    bool require_cookie = true;             // a channel's request on another XSP needs its JSESSIONID
    bool initial_early = false;             // the first event overtakes the answer of the subscription POST
    bool target_id = true;                  // false: the events of user subscriptions carry none
    bool client_id = false;                 // clientId instead of userId (R23+)
    bool uuid_ids = false;                  // extTrackingId and callId as UUIDs instead of 62:1
    std::int64_t first_sequence = 1;        // of new subscriptions; 2147483640 shows the wrap

    // Calls
    std::int64_t ring_ms = 4000;        // one ring of CallForwardingNoAnswer
    std::int64_t no_answer_ms = 30'000; // then voicemail, or the end
    std::int64_t treatment_ms = 3000;   // busy tone before the release; 0 = at once
    std::int64_t voicemail_ms = 5000;   // an outsider talks that long to the mailbox
    std::int64_t park_recall_ms = 45'000;
    std::int64_t wrap_up_ms = 3000;
    std::int64_t lift_ms = -1;        // click-to-dial: one's own phone is lifted after that; -1 = by command
    std::int64_t clock_offset_ms = 0; // of the platform's clock against ours
    bool voicemail = true;
    bool redirected_on_forward = false;         // the forwarding user gets a CallRedirectedEvent too (7.4 f)
    std::string detached_release = "sometimes"; // always | never | sometimes: CallReleasedEvent after Detached
    bool supervisor = true;                     // false: nobody may follow the calls that wait in queues
    bool call_logs = true;
    bool enhanced_call_logs = false; // the service that most users lack: 404

    // HTTP manners (xsi.md 2)
    std::string language = "nl"; // of ErrorInfo/summary
    bool latin1_errors = true;
    std::int64_t chunked_every = 3; // every n-th answer is chunked; 0 = none
    std::int64_t keep_alive_s = 4;
    std::int64_t page_cap = 50;
    bool refuse_paging = false;
    std::int64_t lock_after = 0;  // wrong passwords in a row that lock a login; 0 = never
    std::int64_t log_size = 2000; // requests in GET /sim/log; 0 = no log
};

} // namespace sim::bw
