// One call of one person, from its first ring to its end, and what is told when something happens to it: to history,
// to whoever is called back (webhooks, CRM systems), to the board. Values only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "calls/line_news.hpp"

namespace lamp::calls {

/// How a call ended for this person (interface 7.9).
enum class CallResult : std::uint8_t {
    answered,
    missed,             // nobody answered; the caller gave up, or it rang out
    answered_elsewhere, // another phone or person took it
    declined,
    abandoned, // the caller left a queue
    forwarded,
    voicemail,
    failed, // an outgoing one that came to nothing: busy, barred, no answer
};
[[nodiscard]] std::string_view name(CallResult result);
[[nodiscard]] std::optional<CallResult> call_result_named(std::string_view word);

enum class ReleasedBy : std::uint8_t { unknown, here, there };
[[nodiscard]] std::string_view name(ReleasedBy side);

/// Where a record is from.
enum class RecordSource : std::uint8_t {
    event,    // heard while it happened
    call_log, // read from the platform afterwards, since events were lost; times are the log's
};
[[nodiscard]] std::string_view name(RecordSource source);

struct CallRecord {
    std::string id;      // public_id of its first leg; constant for the life of the call
    std::string session; // the same for all records that belong to one caller's attempt; may be empty
    std::string person;  // presentity's id; empty: the line is nobody's any more
    std::string line;    // BroadWorks user id
    bool incoming = false;
    bool withheld = false;
    std::string remote_number; // "+31…", an extension, a sip: URI; empty when withheld or not told
    std::string remote_name;
    std::string remote_user;
    std::string ddi; // the number that was called, where the platform tells it
    std::string ddi_name;
    std::string queue; // call centre or hunt group
    Wall started{};
    std::optional<Wall> answered;
    std::optional<Wall> ended;          // nothing: it is going on
    std::optional<Wall> held_at;        // it is on hold since
    milliseconds rang{0};               // until it was answered or over
    milliseconds held{0};               // in all, until `held_at`
    std::optional<CallResult> result{}; // with `ended`
    End why = End::unknown;             // what the platform said of its end
    ReleasedBy released_by = ReleasedBy::unknown;
    std::string moved_to;         // forwarded or transferred: where to, if told
    std::string transferred_from; // id of the record that this call was taken over from, if it was
    RecordSource source = RecordSource::event;
    bool uncertain = false; // events were lost while it went on: times and result are the best guess
    bool operator==(const CallRecord&) const = default;

    /// Answered, hold included; up to `now` while it goes on.
    [[nodiscard]] milliseconds talked(Wall now) const {
        return answered ? std::chrono::duration_cast<milliseconds>(ended.value_or(now) - *answered) : milliseconds(0);
    }
};

/// A contact that a number belongs to, the best first in a list (recognition).
struct Match {
    std::string integration; // its name in the configuration
    std::string id;          // of the record over there
    std::string name;
    std::string number; // as it is stored there
    std::string cls;    // exact, exact_noext, nsn, ddi_company, suffix, extension
    std::string why;    // a sentence
    std::string url;    // of the record, for people; may be empty
    std::vector<std::pair<std::string, std::string>> fields;
    bool operator==(const Match&) const = default;
};

/// Something that a person may do about a call: a rendered script.
struct Action {
    std::string name;
    std::string url;  // allow-listed scheme; empty: a body
    std::string body; // of a POST, for webhooks
    bool operator==(const Action&) const = default;
};

enum class Happening : std::uint8_t {
    ringing,  // comes in
    dialling, // goes out
    answered,
    held,
    resumed,
    changed, // the remote party became known, or is another one now (transfer)
    ended,
    missed, // in addition to `ended`, settled: exactly one for each attempt of a caller and person
};
/// "call.ringing" … "call.missed".
[[nodiscard]] std::string_view name(Happening happening);

struct CallEvent {
    Happening what{};
    Wall at{};
    CallRecord call;
    std::vector<Match> matches{}; // of the remote number; none where nothing is configured
    std::vector<Action> actions{};
};

} // namespace lamp::calls
