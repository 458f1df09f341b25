// What this room needs from the others, as plain structs and functions. Nothing here knows who answers.
// Every function is called on the serve loop and must return at once; the answer is given through `Reply`, from any
// loop, once (a second one is ignored). No answer within limits `ask_wait` (5 s) becomes a 504. A function that is
// empty means "we do not have that": listings are empty, commands answer 501.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/ticket.hpp"
#include "access/token.hpp"
#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/language.hpp"
#include "base/sentence.hpp"
#include "calls/history.hpp"
#include "calls/integration.hpp"
#include "calls/privacy.hpp"
#include "calls/webhooks.hpp"
#include "config/problems.hpp"
#include "fanout/hook.hpp"
#include "fanout/links.hpp"
#include "meetings/news.hpp"
#include "presence/words.hpp"
#include "status/acd_view.hpp"
#include "status/directory_ports.hpp"

namespace lamp::status {

template <class T>
using Reply = std::function<void(T)>;
template <class T>
using Ask = std::function<void(Reply<T>)>;

enum class ChannelState : std::uint8_t { up, opening, down, stopped };
[[nodiscard]] std::string_view name(ChannelState state);
/// What is none of these words is `down`.
[[nodiscard]] ChannelState channel_state_named(std::string_view word);

struct ChannelView {
    std::string host;
    ChannelState state = ChannelState::down;
    std::optional<Wall> since;
    std::string channel_id;
    std::optional<Wall> last_event;
    std::optional<Wall> last_heartbeat;
    std::string reason; // why it is not up; empty when it is
};

/// One platform login.
struct PlatformView {
    std::string name;
    std::string target; // user, group, enterprise
    std::vector<ChannelView> channels;
    std::uint64_t wanted = 0, live = 0, pending = 0, refused = 0; // subscriptions
    std::uint64_t first_total = 0, first_known = 0;               // lines, and those whose first state is in
    std::uint64_t events = 0;                                     // since the start
    std::uint64_t gaps = 0;
    bool discovered = true;         // the directory is in, or nobody asked for it
    std::vector<Sentence> problems; // whole sentences: a login that is refused, a set taken over …
};

/// One adapter (Teams, SIP, forwarding, LDAP, Entra …).
struct AdapterView {
    std::string name;
    std::string state; // up, opening, down, degraded, off
    std::uint64_t queue = 0;
    std::optional<Wall> last_success;
    std::string last_error; // empty: none
    std::string not_ready;  // a sentence that holds /readyz back ("the first Teams round is not in"), else empty
    std::vector<std::string> problems{}; // whole sentences
};

/// One call that is going on (interface 7.9).
struct CallView {
    std::string id;
    std::string person;
    std::string line;
    bool incoming = false;
    std::string remote_number;
    std::string remote_name;
    std::optional<Wall> started;
    std::optional<Wall> answered;
    std::string state; // ringing, active, held, held_by_remote …
    std::string ddi;
    std::string queue;

    bool operator==(const CallView&) const = default;
};

/// One line of a person, for `why`.
struct LineInput {
    std::string line;
    presence::LineState state = presence::LineState::unknown;
    unsigned calls = 0;
    bool dnd = false;
    presence::Forwarding forwarding = presence::Forwarding::none;
    presence::AgentState agent = presence::AgentState::none;
    bool stale = false;
    std::optional<Wall> at;
    std::optional<Wall> expires; // when it becomes unknown unless something is heard
};

/// A setting of a line that decides where its calls go, for `why`; it has no part in the rules.
struct ServiceInput {
    std::string line;
    std::string source; // "commpilot_express", "forwarding_busy" …
    std::string value;  // "off", "on → +31201230002"; "unknown": it could not be read
    std::optional<Wall> at;
    std::optional<Wall> expires; // when it is read again
};

/// One input of a person that an adapter knows more of than the table does; it stands for the table's in `why`.
struct InputView {
    std::string source;
    std::string value;
    std::optional<Wall> at;
    std::optional<Wall> expires;
};

/// What was last said of a person to the outside.
struct OutputView {
    std::string adapter;
    std::string value;
    std::optional<Wall> at;
    std::string result;
};

/// What adapters know of one person.
struct PersonView {
    std::vector<InputView> inputs;
    std::vector<OutputView> outputs;
};

/// A person whose account in another system is in doubt (`people check`).
struct DoubtView {
    presence::Slot slot;
    std::string adapter;
    std::string kind; // unmatched, ambiguous, doubled
    std::string text;
};

/// One who watches a person, a line or a list over SIP.
struct WatcherView {
    std::string watcher;  // who: the authenticated user, or the From URI of a trusted peer
    std::string resource; // what was asked for: "sip:2101@pbx.example"
    std::string package;  // "dialog", "presence" …
    std::string from;     // address and port
    std::string state;    // pending, active, terminated
    Wall since{};
    std::optional<Wall> expires;
    std::optional<Wall> last_notify;
    std::string last_answer;              // to the last NOTIFY: "200 OK", "no answer"; empty: none yet
    std::string why_ended;                // terminated only: "timeout", "deactivated" …
    std::optional<presence::Slot> person; // of a line its first person; nothing for a list
};

/// How many watch, for status and metrics.
struct WatcherCount {
    std::string package;
    std::string state;
    std::uint64_t count = 0;
};

/// A person's photo; no bytes: there is none.
struct PhotoView {
    bool png = false; // else JPEG
    std::string bytes;
    std::string etag; // in quotes
};

struct DialRequest {
    presence::Slot person;
    std::string to;
    std::string by; // the token's name, for the audit
};
enum class CallVerb : std::uint8_t { answer, hold, resume, hangup, transfer };
[[nodiscard]] std::string_view name(CallVerb verb);
struct ControlRequest {
    std::string call;
    CallVerb verb;
    std::string to; // transfer only
    std::string by;
};

/// What a line's calls do, and what a claim wants them to do (interface 7.9).
struct ForwardingView {
    struct Simple {
        bool active = false;
        std::string to; // several: separated by ", "
        bool operator==(const Simple&) const = default;
    };
    struct ClaimView {
        std::string source; // operator, calendar, smartbusy
        std::string name;
        std::string to; // as it was written
        Wall from{};
        std::optional<Wall> until;
        std::string state; // in_force, waiting, resting, refused
        Sentence reason;   // waiting and refused: why
        bool operator==(const ClaimView&) const = default;
    };
    struct LastWrite {
        Wall at{};
        std::string result; // "ok" once it was read back, "unchecked", else what went wrong
        bool operator==(const LastWrite&) const = default;
    };
    std::string line;
    std::optional<Simple> baseline{}; // what the user has; nothing: not read yet
    std::vector<ClaimView> claims{};
    std::optional<Simple> actual{};
    std::optional<LastWrite> last_write{};
    Sentence trouble{}; // what stands in the way now; empty: nothing
    bool operator==(const ForwardingView&) const = default;
};
/// The lines of one person.
struct PersonForwarding {
    presence::Slot person;
    std::vector<ForwardingView> lines;
    /// SmartBusy, in words: "in a Zoom meeting since …", "excepted", "off"; empty: it is not configured.
    Sentence smartbusy{};
    Sentence busy_on_busy{}; // what a call of the line means in Teams, and the other way round
};
/// An operator wants a person's calls elsewhere, or no more.
struct ForwardRequest {
    presence::Slot person;
    std::string line; // empty: all the person's lines
    std::string to;   // empty: the operator's claim ends
    std::optional<Wall> from;
    std::optional<Wall> until;
    std::string by; // the token's name, for the audit
};

struct CalendarView {
    std::string name;
    std::string provider; // google, graph, caldav, ics
    std::vector<std::string> lines;
    std::string state; // up, opening, degraded, down
    std::optional<Wall> last_success;
    std::string last_error;       // empty: none
    std::size_t appointments = 0; // of the next seven days
};
/// One appointment, and what it will do.
struct PlanView {
    std::string calendar;
    std::string line;
    std::string title;
    Wall from{};
    Wall until{};
    std::string to;     // empty: it diverts nothing
    std::string state;  // diverts, diverting, ignored, refused, conflict
    std::string reason; // ignored, refused, conflict: why
};
/// A row of the log of what was done: to forwardings (`line`, `text`), or to anything else (`subject`, `before`,
/// `after`).
struct AuditView {
    Wall at{};
    std::string line;
    std::string what;
    std::string who;
    std::string text;
    std::string subject{};
    std::string before{};
    std::string after{};
};

/// What an identity provider's token says, if it is one.
struct BearerView {
    enum class What : std::uint8_t { accepted, refused, later };
    What what = What::refused; // later: its key is being fetched
    std::string why{};         // refused: a whole sentence
    std::string subject{};     // for logs and the audit
    std::string role{};        // empty: none of ours
    std::string person{};
    Wall expires{};
    std::string told{}; // the claim that was asked for
};

/// The bot of [teams]: people search and call inside Teams.
struct TeamsBotPorts {
    /// Whether the Bot Connector has signed it; `told` is its serviceurl. At once, on the serve loop. Empty: no bot.
    std::function<BearerView(std::string_view token)> examine;
    /// Whose Teams account has this object id.
    std::function<void(std::string account, Reply<std::optional<presence::Slot>>)> person_of;
    std::string tenant;               // the directory's id, in lower case; empty: known by its domain only
    std::string role;                 // empty: searches, and dials as oneself
    Language language = Language::en; // for locales that we do not speak
};

struct ReloadView {
    bool accepted = false;
    config::Problems problems;        // errors (then nothing has changed) and warnings
    std::vector<std::string> applied; // keys, as people write them
    std::vector<std::string> needs_restart;
};

/// The words of Teams behind `presence::TeamsReport::word`; the views must stay valid for ever.
struct TeamsWord {
    std::string_view availability;
    std::string_view activity;
};

struct Ports {
    Ask<std::vector<PlatformView>> platforms;
    Ask<std::vector<AdapterView>> adapters;
    Ask<std::vector<CallView>> active_calls;
    std::function<void(presence::Slot, Reply<std::vector<LineInput>>)> lines;
    /// Asks the platform; no answer within the limit only leaves them out.
    std::function<void(presence::Slot, Reply<std::vector<ServiceInput>>)> services;
    /// What else a person must do something about, as whole sentences.
    Ask<std::vector<std::string>> problems;
    std::function<void(presence::Slot, Reply<PersonView>)> person;
    Ask<std::vector<DoubtView>> doubts;
    Ask<std::vector<WatcherView>> watchers;
    /// Of the person, the person's lines and lists that hold either.
    std::function<void(presence::Slot, Reply<std::vector<WatcherView>>)> watchers_of;
    /// One row for each package and state; rows without watchers may be left out.
    Ask<std::vector<WatcherCount>> watcher_counts;
    std::function<void(presence::Slot, Reply<PhotoView>)> photo;
    /// Gives the new call's id. Error categories become statuses: not_found 404, invalid 400, conflict 409,
    /// forbidden 403, throttled 429, unavailable/network/unauthorised 502, timeout 504.
    std::function<void(DialRequest, Reply<Result<std::string>>)> dial;
    /// Gives the call's id.
    std::function<void(ControlRequest, Reply<Result<std::string>>)> control;
    /// `by`: the token's name, for the audit.
    std::function<void(std::string by, Reply<ReloadView>)> reload;

    std::function<void(presence::Slot, Reply<PersonForwarding>)> forwarding;
    /// Everybody of whose lines anything is known but "no forwarding, no claim".
    Ask<std::vector<PersonForwarding>> forwardings;
    /// Gives what it has come to. invalid: no number, refused, ends before it begins; not_found: the person has no such
    /// line; conflict: the person has no lines at all.
    std::function<void(ForwardRequest, Reply<Result<PersonForwarding>>)> forward;
    Ask<std::vector<AgentView>> agents;
    Ask<std::vector<QueueView>> queues;           // those of which the platform tells
    Ask<std::vector<HuntMemberView>> hunt_groups; // a row for each line and person of each group
    Ask<std::vector<CalendarView>> calendars;
    std::function<void(milliseconds next, Reply<std::vector<PlanView>>)> calendar_plan;
    /// The newest first; of one line, or of all when it is empty.
    std::function<void(std::string line, std::size_t most, Reply<std::vector<AuditView>>)> forwarding_audit;

    /// The newest first: what was changed, but for forwardings.
    std::function<void(std::size_t most, Reply<std::vector<AuditView>>)> changes_audit;

    /// On disk, with the row of the audit. conflict: the name is taken.
    std::function<void(access::IssuedToken, AuditView, Reply<Result<void>>)> keep_token;
    /// not_found: it is gone already.
    std::function<void(std::string name, AuditView, Reply<Result<void>>)> drop_token;
    /// On disk, with the row of the audit. conflict: an open ticket has the name, or there are too many.
    std::function<void(access::Ticket, AuditView, Reply<Result<void>>)> keep_ticket;
    std::function<void(std::string name, AuditView, Reply<Result<void>>)> drop_ticket;
    std::function<void(Reply<Result<std::vector<access::Ticket>>>)> tickets; // by name
    /// Uses a ticket up: the token that comes of it, on disk with a row of the audit. unauthorised: there is no such
    /// ticket, or it has ended; conflict: it was used, or its name is taken.
    std::function<void(access::Digest ticket, access::Digest token, Reply<Result<access::IssuedToken>>)> enrol;
    /// Whether an identity provider of ours has signed it. Answered at once, on the serve loop.
    std::function<BearerView(std::string_view token)> bearer;
    /// When tokens were last used; nobody waits for it.
    std::function<void(std::vector<access::Use>)> note_uses;

    /// invalid: a cursor that is none of ours.
    std::function<void(calls::CallQuery, Reply<Result<calls::CallPage>>)> calls;
    std::function<void(calls::StatsQuery, Reply<Result<calls::Stats>>)> stats;
    /// Who was on the other side goes, the figures stay; how many persons' records of the call. `by`: the token's name,
    /// for the audit. not_found; conflict: it goes on, or is not settled yet.
    std::function<void(std::string id, std::optional<calls::Within>, std::string by, Reply<Result<std::size_t>>)>
        forget_call;
    /// Whose number this is, the best first; `live` also asks systems that are searched by number. invalid: no number.
    std::function<void(std::string number, bool live, Reply<Result<std::vector<calls::Match>>>)> recognise;
    Ask<std::vector<calls::IntegrationView>> integrations;
    /// not_found, conflict (it is syncing, or deleted for good).
    std::function<void(calls::IntegrationOrder, Reply<Result<calls::IntegrationView>>)> integration;

    Ask<std::vector<calls::WebhookView>> webhooks;
    /// What was given up, the oldest first. not_found: there is no such webhook.
    std::function<void(std::string webhook, std::size_t most, Reply<Result<std::vector<calls::DeadLetter>>>)>
        dead_letters;
    /// not_found: there is no such webhook or letter; unavailable: the receiver has not taken a test.
    std::function<void(calls::WebhookOrder, Reply<Result<calls::WebhookDone>>)> webhook;
    DirectoryPorts directory;
    TeamsBotPorts teams_bot;
    /// Whether the other side of such a call is for nobody but that person, and who holds calls.private. Answered at
    /// once, on the serve loop. Empty: of none.
    std::function<bool(std::string_view person, std::string_view line)> private_calls;
    /// invalid: no number; limit: too many wait; timeout: try again.
    std::function<void(calls::PrivacyOrder, Reply<Result<calls::PrivacyDone>>)> privacy_erase;
    std::function<void(std::string number, Reply<Result<calls::PrivacyExport>>)> privacy_export;
    /// The newest first.
    std::function<void(std::size_t most, Reply<Result<std::vector<calls::PrivacyErasure>>>)> privacy_erasures;
    Ask<fanout::LinksView> zoho; // empty: 501
    /// not_found, conflict, unavailable (not ready yet). What it takes over there comes after the answer.
    std::function<void(fanout::LinkOrder, Reply<Result<fanout::LinksView>>)> zoho_order;

    /// Answered at once, on the serve loop. Empty: words are made from the state.
    std::function<TeamsWord(unsigned word)> teams_word;
    /// Somebody looks at this person while nothing is known of the line: its first state may come first.
    std::function<void(presence::Slot)> interested;
    /// Somebody looks at this person. Called for every answer that holds the person: must not wait nor allocate.
    std::function<void(presence::Slot)> looked_at;
    /// A vendor delivered this to /hooks/…; it is as yet unproven. Answered at once, on the serve loop; nothing: that
    /// hook is nobody's (404).
    std::function<std::optional<fanout::HookAnswer>(const fanout::HookCall&)> hook;
    /// Whether that vendor is expected to test the address now. Answered at once, on the serve loop.
    std::function<bool(std::string_view hook)> hook_test;
    /// Somebody who may (permission meetings.write) told of these on /hooks/meeting. Answered at once, on the serve
    /// loop; false: too much waits, all of them are to be sent again. Empty: 501.
    std::function<bool(std::vector<meetings::News>)> meeting;
};

} // namespace lamp::status
