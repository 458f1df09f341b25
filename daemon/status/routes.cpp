#include "status/routes.hpp"

#include <algorithm>
#include <array>

#include "status/api.hpp"

namespace lamp::status {
namespace {

constexpr std::string_view text_schema = R"({"type":"string"})";

constexpr std::array<Parameter, 5> list_parameters{{
    {"q", text_schema, "Words that must all occur in the person's name, id, e-mail address, folder or lines."},
    {"folder", text_schema, "Only people of this folder."},
    {"status",
     R"({"type":"string","enum":["unknown","offline","available","away","busy","in_meeting","on_call","do_not_disturb","held","ringing"]})",
     "Only people with this status."},
    {"limit", R"({"type":"integer","minimum":1,"maximum":1000,"default":100})", "How many at most."},
    {"cursor", text_schema, "Where the page before ended: its `next`."},
}};
constexpr std::array<Parameter, 2> page_parameters{{
    {"limit", R"({"type":"integer","minimum":1,"maximum":1000,"default":100})", "How many at most."},
    {"cursor", text_schema, "Where the page before ended: its `next`."},
}};
constexpr std::array<Parameter, 3> watcher_parameters{{
    {"person", text_schema, "Only watchers of this person, the person's lines and lists that hold either."},
    {"limit", R"({"type":"integer","minimum":1,"maximum":1000,"default":100})", "How many at most."},
    {"cursor", text_schema, "Where the page before ended: its `next`."},
}};
constexpr std::array<Parameter, 3> event_parameters{{
    {"types", text_schema,
     "Comma-separated: presence, call, missed, forwarding, acd, heartbeat; `gap` always comes. Default: all. What the "
     "token may not read is left out."},
    {"person", text_schema, "Comma-separated ids; only events about these people."},
    {"snapshot", R"({"type":"string","enum":["0","1"],"default":"0"})", "1: everybody's presence comes first."},
}};

constexpr std::array<Parameter, 2> graph_hook_parameters{{
    {"validationToken", text_schema, "Graph's test of the address; it comes back as plain text."},
    {"s", text_schema, "Which subscription of ours the address was given for."},
}};

constexpr std::array<Parameter, 1> line_parameters{{
    {"line", text_schema, "Only this line of the person. Default: all."},
}};
constexpr std::array<Parameter, 3> plan_parameters{{
    {"next", R"({"type":"string","default":"7d"})", "How far ahead: a duration from 1h to 14d."},
    {"limit", R"({"type":"integer","minimum":1,"maximum":1000,"default":100})", "How many at most."},
    {"cursor", text_schema, "Where the page before ended: its `next`."},
}};
constexpr std::array<Parameter, 2> dial_page_parameters{{
    {"to", text_schema, "The number: tel:+31…, as people write it, or an extension. Read by the page only."},
    {"person", text_schema, "Whose telephone dials; not set: the token's own person."},
}};
constexpr std::array<Parameter, 1> letter_parameters{{
    {"letter", R"({"type":"integer"})", "Only this dead letter. Default: all of the webhook's."},
}};
constexpr std::array<Parameter, 3> audit_parameters{{
    {"line", text_schema, "Only of this line."},
    {"limit", R"({"type":"integer","minimum":1,"maximum":1000,"default":100})", "How many at most."},
    {"cursor", text_schema, "Where the page before ended: its `next`."},
}};

constexpr std::string_view time_schema = R"({"type":"string","format":"date-time"})";
constexpr Parameter of_persons{"person", text_schema,
                               "A person's id, or several with commas between; who has left has a history, too."};
constexpr Parameter of_folder{"folder", text_schema, "Only people who are in this folder now."};
constexpr Parameter of_line{"line", text_schema, "Only this line (BroadWorks user id)."};
constexpr Parameter of_queue{"queue", text_schema, "Only calls through this call centre or hunt group."};
constexpr std::array<Parameter, 11> call_parameters{{
    of_persons,
    of_line,
    of_folder,
    {"from", time_schema, "Only calls that began then or later."},
    {"to", time_schema, "Only calls that began before."},
    {"direction", R"({"type":"string","enum":["in","out"]})", "Only incoming or outgoing ones."},
    {"result",
     R"({"type":"string","enum":["answered","missed","answered_elsewhere","declined","abandoned","forwarded","voicemail","failed"]})",
     "Only calls that ended so."},
    {"number", text_schema, "Only with this remote party, or on this number of ours; however it is written."},
    of_queue,
    {"limit", R"({"type":"integer","minimum":1,"maximum":1000,"default":100})", "How many at most."},
    {"cursor", text_schema, "Where the page before ended: its `next`."},
}};
constexpr std::array<Parameter, 11> stats_parameters{{
    {"from", time_schema, "The beginning; default: seven days before `to`. At most 400 days before it."},
    {"to", time_schema, "The end; default: now."},
    {"by",
     R"({"type":"string","enum":["total","person","line","ddi","queue","destination","day","hour"],"default":"person"})",
     "What each row is of. Days and hours are those of the daemon's time zone."},
    of_persons,
    of_folder,
    of_line,
    {"ddi", text_schema, "Only calls to this number of ours."},
    of_queue,
    {"top", R"({"type":"integer","minimum":1,"maximum":1000})", "Only so many rows, the most active ones first."},
    {"format", R"({"type":"string","enum":["json","csv"],"default":"json"})", "csv: semicolons, for spreadsheets."},
    {"rows", R"({"type":"string","enum":["figures","calls"],"default":"figures"})",
     "calls (csv only; needs calls.read, too): every call behind the figures. With `ddi` also those where it is the "
     "remote party."},
}};
constexpr std::array<Parameter, 2> recognise_parameters{{
    {"number", text_schema, "As people write it, or as it came in."},
    {"live", R"({"type":"string","enum":["0","1"],"default":"0"})",
     "1: also asks systems that are searched by number, if nobody was found."},
}};
constexpr std::array<Parameter, 1> sync_parameters{{
    {"force", R"({"type":"string","enum":["0","1"],"default":"0"})",
     "1: takes the answer even where it holds far fewer contacts than before."},
}};

constexpr std::array<Parameter, 6> directory_parameters{{
    {"q", text_schema, "Words that must all occur in names, companies, e-mail addresses, lines or numbers."},
    {"source", text_schema,
     "Only of these sources, with commas between or repeated: contacts (personal), ldap, entra, people, broadworks, "
     "users "
     "(the two before), an integration's name, crm (every integration). Default: all."},
    {"folder", text_schema, "Only in this folder and those below it."},
    {"limit", R"({"type":"integer","minimum":1,"maximum":1000,"default":100})", "How many at most."},
    {"cursor", text_schema, "Where the page before ended: its `next`."},
    {"live", R"({"type":"string","enum":["0","1"],"default":"0"})",
     "1: if q is a whole number and nobody was found, systems that are searched by number are asked."},
}};
constexpr Parameter dry_run{"dry_run", R"({"type":"string","enum":["0","1"],"default":"0"})",
                            "1: only says what would be changed."};
constexpr std::array<Parameter, 1> dry_run_parameters{{
    {"dry_run", R"({"type":"string","enum":["0","1","true","false"],"default":"0"})",
     "1: changes nothing; the answer is 200 and a ContactPlan."},
}};
constexpr std::array<Parameter, 2> new_contact_parameters{{
    {"target", R"({"type":"string","default":"contacts"})",
     "An integration that can `create`, also as crm.NAME; needs integrations.configure, too. Default: the directory "
     "itself. With a header Idempotency-Key the same request is done once within a day."},
    dry_run_parameters[0],
}};
constexpr Parameter changes_told{"changes", R"({"type":"integer","minimum":0,"maximum":200000,"default":1000})",
                                 "How many changes are told one by one."};
constexpr std::array<Parameter, 3> export_parameters{{
    {"format", R"({"type":"string","enum":["csv","json"],"default":"csv"})", "How it is written."},
    {"separator", R"({"type":"string","enum":[";",",","tab"],"default":";"})", "csv: between cells."},
    {"bom", R"({"type":"string","enum":["0","1"],"default":"1"})",
     "csv: 1 puts a byte order mark in front, by which spreadsheets know UTF-8."},
}};
constexpr Parameter most_gone{"max_delete", text_schema,
                              "How many contacts may go: a number, or a part such as 5%. Default: 20%, or 10."};
constexpr std::array<Parameter, 4> import_parameters{{
    dry_run,
    {"allow_empty", R"({"type":"string","enum":["0","1"],"default":"0"})",
     "1: a file that is nothing but its first row empties the directory."},
    most_gone,
    changes_told,
}};
constexpr std::array<Parameter, 4> people_sync_parameters{{
    {"source", R"({"type":"string","enum":["ldap","entra"]})", "Whose people; needed where both are configured."},
    dry_run,
    most_gone,
    changes_told,
}};
constexpr std::array<Parameter, 1> favourites_import_parameters{{dry_run}};
constexpr std::array<Parameter, 3> restore_parameters{{
    {"backup", text_schema, "Which one; default: the newest."},
    dry_run,
    changes_told,
}};

constexpr Permission none{};
constexpr auto reading = permission("presence.read");
constexpr auto forwarding = permission("forwarding.any");
constexpr auto managing = permission("access.manage");
constexpr auto linking = permission("integrations.configure");
constexpr auto integrating = permission("integrations.configure");
constexpr auto erasing = permission("privacy.erase");
using enum Method;

// Method, pattern, gate, permission, function, summary, status, schema, parameters, body.
constexpr std::array table{
    Route{get, "/healthz", Gate::open, none, &Api::healthz, "200 while the process serves", 200, "text/plain"},
    Route{get, "/readyz", Gate::open, none, &Api::readyz, "200 when everything is known, else 503 with what is missing",
          200, "Ready"},
    Route{get, "/metrics", Gate::permission, permission("metrics.read"), &Api::metrics, "Prometheus text format", 200,
          "text/plain"},
    Route{get, "/", Gate::open, none, &Api::page, "The status page", 200, "text/html"},
    Route{get, "/board.js", Gate::open, none, &Api::page, "The status page's script", 200, "text/javascript"},
    Route{get, "/acd.js", Gate::open, none, &Api::page, "The part of it about agents", 200, "text/javascript"},
    Route{get, "/forwards.js", Gate::open, none, &Api::page, "The part of it about forwardings", 200,
          "text/javascript"},
    Route{get, "/calls.js", Gate::open, none, &Api::page, "The part of it about calls", 200, "text/javascript"},
    Route{get, "/contacts.js", Gate::open, none, &Api::page, "The part of it about contacts and their numbers", 200,
          "text/javascript"},
    Route{get, "/favourites.js", Gate::open, none, &Api::page, "The part of it about favourites", 200,
          "text/javascript"},
    Route{get, "/suggest.js", Gate::open, none, &Api::page, "The part of it that suggests whom to dial", 200,
          "text/javascript"},
    Route{get, "/words.js", Gate::open, none, &Api::page, "The languages of the pages", 200, "text/javascript"},
    Route{get, "/words_de.js", Gate::open, none, &Api::page, "The pages' texts in German", 200, "text/javascript"},
    Route{get, "/words_en.js", Gate::open, none, &Api::page, "The pages' texts in English", 200, "text/javascript"},
    Route{get, "/words_es.js", Gate::open, none, &Api::page, "The pages' texts in Spanish", 200, "text/javascript"},
    Route{get, "/words_fr.js", Gate::open, none, &Api::page, "The pages' texts in French", 200, "text/javascript"},
    Route{get, "/words_nl.js", Gate::open, none, &Api::page, "The pages' texts in Dutch", 200, "text/javascript"},
    Route{get, "/board.css", Gate::open, none, &Api::page, "The status page's looks", 200, "text/css"},
    Route{get, "/dial", Gate::open, none, &Api::page,
          "A page that shows a number and dials it once somebody confirms; for tel: links", 200, "text/html",
          dial_page_parameters},
    Route{get, "/dial.js", Gate::open, none, &Api::page, "That page's script", 200, "text/javascript"},
    Route{get, "/dial.css", Gate::open, none, &Api::page, "That page's looks", 200, "text/css"},
    Route{get, "/v1/status", Gate::permission, permission("status.read"), &Api::status,
          "Channels, subscriptions, adapters, rates, problems", 200, "Status"},
    Route{get, "/v1/presence", Gate::permission, reading, &Api::presence_list,
          "People and their presence, by folder and name", 200, "PresencePage", list_parameters},
    Route{get, "/v1/presence/{id}", Gate::permission, reading, &Api::presence_one, "The presence of one person", 200,
          "Presence"},
    Route{get, "/v1/presence/{id}/why", Gate::permission, reading, &Api::why,
          "Why a lamp shows what it shows: inputs, rules, outputs", 200, "Why"},
    Route{get, "/v1/events", Gate::permission, reading, &Api::events,
          "Server-sent events; Last-Event-ID resumes, `gap` tells of a lost span", 200, "text/event-stream",
          event_parameters},
    Route{get, "/v1/calls", Gate::permission, permission("calls.read"), &Api::call_history,
          "Calls that are over, the newest first, and spans in which some may have gone unheard", 200, "HistoryPage",
          call_parameters},
    Route{get, "/v1/stats", Gate::permission, permission("stats.read"), &Api::stats,
          "Activity: how many calls, answered, missed, how long; each figure says how complete it is", 200, "Stats",
          stats_parameters},
    Route{get, "/v1/recognise", Gate::permission, permission("directory.read"), &Api::recognise,
          "Whose number this is, the best match first", 200, "MatchPage", recognise_parameters},
    Route{get, "/v1/integrations", Gate::permission, permission("status.read"), &Api::integrations,
          "Sources of contacts for recognition, and how they do", 200, "IntegrationPage", page_parameters},
    Route{post, "/v1/integrations/{id}/enable", Gate::permission, integrating, &Api::order_integration,
          "Its contacts count again", 200, "Integration"},
    Route{post, "/v1/integrations/{id}/disable", Gate::permission, integrating, &Api::order_integration,
          "Its contacts count no more; settings and contacts stay", 200, "Integration"},
    Route{post, "/v1/integrations/{id}/sync", Gate::permission, integrating, &Api::order_integration,
          "Reads its contacts again, now", 200, "Integration", sync_parameters},
    Route{post, "/v1/integrations/{id}/undo", Gate::permission, integrating, &Api::order_integration,
          "Brings back what was deleted, for a day", 200, "Integration"},
    Route{get, "/v1/integrations/{id}/sample", Gate::permission, integrating, &Api::order_integration,
          "One of its contacts, as it is understood", 200, "Integration"},
    Route{remove, "/v1/integrations/{id}", Gate::permission, integrating, &Api::order_integration,
          "Deletes settings of operation and contacts; `undo` brings them back for a day", 200, "Integration"},
    Route{get, "/v1/calls/active", Gate::permission, permission("calls.read"), &Api::active_calls,
          "Calls that are going on", 200, "CallPage", page_parameters},
    Route{get, "/v1/users/{id}/photo", Gate::permission, reading, &Api::photo, "A person's photo; If-None-Match helps",
          200, "image/jpeg"},
    Route{get, "/v1/people/doubts", Gate::permission, permission("status.read"), &Api::doubts,
          "People whose account in another system is missing, ambiguous or somebody else's too", 200, "DoubtPage",
          page_parameters},
    Route{get, "/v1/watchers", Gate::permission, reading, &Api::watchers,
          "Who watches whom over SIP, in the order in which they began", 200, "WatcherPage", watcher_parameters},
    Route{get, "/v1/forwarding", Gate::permission, reading, &Api::forwardings,
          "Everybody whose calls go elsewhere, or are wanted to", 200, "ForwardingPage", page_parameters},
    Route{get, "/v1/forwarding/{id}", Gate::permission, reading, &Api::forwarding,
          "Where a person's calls go: who wants what, what the user has, what the platform does", 200, "Forwarding"},
    Route{put,
          "/v1/forwarding/{id}",
          Gate::known,
          none,
          &Api::forward,
          "Forwards a person's calls for a time; `to` null ends that. Needs forwarding.any, or forwarding.self for the "
          "token's own person",
          200,
          "Forwarding",
          {},
          "Forward"},
    Route{remove, "/v1/forwarding/{id}", Gate::known, none, &Api::end_forward,
          "Ends what an operator has forwarded; permissions as for PUT", 200, "Forwarding", line_parameters},
    Route{get, "/v1/calendars", Gate::permission, permission("status.read"), &Api::calendars,
          "Calendars that divert calls, and how they do", 200, "CalendarPage", page_parameters},
    Route{get, "/v1/acd", Gate::permission, reading, &Api::acd_queues, "Queues of call centres with their agents", 200,
          "QueuePage", page_parameters},
    Route{get, "/v1/acd/agents", Gate::permission, reading, &Api::acd_agents,
          "Agents of call centres: whether they take calls, and of which queues", 200, "AgentPage", page_parameters},
    Route{get, "/v1/acd/hunt-groups", Gate::permission, reading, &Api::acd_hunt_groups,
          "Hunt groups, as far as calls told of them, with the lines that they call", 200, "HuntGroupPage",
          page_parameters},
    Route{get, "/v1/calendars/plan", Gate::permission, forwarding, &Api::calendar_plan,
          "Appointments to come, what each will do, and why some do nothing", 200, "PlanPage", plan_parameters},
    Route{get, "/v1/audit", Gate::permission, permission("audit.read"), &Api::audit,
          "What was done to forwardings, the directory, tokens and the configuration, and who dialled and controlled "
          "calls; the newest first",
          200, "AuditPage", audit_parameters},
    Route{get, "/v1/tokens", Gate::permission, managing, &Api::tokens,
          "Tokens of the configuration and those made at run time, never their secrets", 200, "TokenPage",
          page_parameters},
    Route{post,
          "/v1/tokens",
          Gate::permission,
          managing,
          &Api::make_token,
          "Makes a token with no more rights than one's own; its secret is in this answer and nowhere else",
          201,
          "MadeToken",
          {},
          "NewToken"},
    Route{remove, "/v1/tokens/{id}", Gate::permission, managing, &Api::revoke_token,
          "Ends a token that was made at run time, at once", 204, ""},
    Route{post,
          "/v1/tokens/enrol",
          Gate::open,
          none,
          &Api::enrol,
          "Exchanges a ticket for the token that it describes, once; needs no token",
          201,
          "MadeToken",
          {},
          "Enrolment"},
    Route{get, "/v1/tickets", Gate::permission, managing, &Api::tickets,
          "Tickets that enrol once, used ones too for a week after their end; never the tickets themselves", 200,
          "TicketPage", page_parameters},
    Route{post,
          "/v1/tickets",
          Gate::permission,
          managing,
          &Api::make_ticket,
          "Makes a ticket for a token with no more rights than one's own; it is in this answer and nowhere else",
          201,
          "MadeTicket",
          {},
          "NewTicket"},
    Route{remove, "/v1/tickets/{id}", Gate::permission, managing, &Api::revoke_ticket,
          "Ends a ticket; a token that came of it stays", 204, ""},
    Route{get, "/v1/webhooks", Gate::permission, permission("status.read"), &Api::webhooks,
          "Who is told of events, what waits for them, how it goes", 200, "WebhookPage", page_parameters},
    Route{get, "/v1/webhooks/{id}/dead", Gate::permission, permission("adapters.configure"), &Api::dead_letters,
          "Events that were given up, the oldest first", 200, "DeadLetterPage", page_parameters},
    Route{remove, "/v1/webhooks/{id}/dead", Gate::permission, permission("adapters.configure"), &Api::webhook_order,
          "Deletes dead letters", 200, "WebhookDone", letter_parameters},
    Route{post, "/v1/webhooks/{id}/replay", Gate::permission, permission("adapters.configure"), &Api::webhook_order,
          "Sends dead letters again, with their old keys; a webhook that was switched off is tried again", 200,
          "WebhookDone", letter_parameters},
    Route{post, "/v1/webhooks/{id}/test", Gate::permission, permission("adapters.configure"), &Api::webhook_order,
          "Sends an event `test` at once", 200, "WebhookDone"},
    Route{post,
          "/v1/privacy/erase",
          Gate::permission,
          erasing,
          &Api::privacy_erase,
          "Has a number forgotten wherever it is kept; how many rows each place had, and why some stay",
          200,
          "Erased",
          {},
          "Erase"},
    Route{post,
          "/v1/privacy/export",
          Gate::permission,
          erasing,
          &Api::privacy_export,
          "All that is kept of a number",
          200,
          "Exported",
          {},
          "Export"},
    Route{get, "/v1/privacy/erasures", Gate::permission, permission("audit.read"), &Api::privacy_erasures,
          "What was forgotten, and by whom, the newest first; of numbers only a keyed hash", 200, "ErasurePage",
          page_parameters},
    Route{get, "/v1/whoami", Gate::known, none, &Api::whoami, "Whose token this is, and what it may do", 200, "WhoAmI"},
    Route{get, "/v1/openapi.json", Gate::known, none, &Api::description, "This description", 200, "application/json"},
    Route{post, "/v1/reload", Gate::permission, permission("config.reload"), &Api::reload,
          "Checks the configuration and puts it in force", 200, "Reload"},
    Route{post,
          "/v1/dial",
          Gate::known,
          none,
          &Api::dial,
          "Lets a person's phone dial `to`, or the other side of `call`, which is over (422: its number is not known). "
          "Needs dial.any, or dial.self for the token's own person; for `call` calls.read, too",
          202,
          "CallId",
          {},
          "Dial"},
    Route{remove, "/v1/calls/{id}", Gate::permission, erasing, &Api::delete_call,
          "Deletes who was on the other side of a call that is over; the figures stay", 204, ""},
    Route{post, "/v1/calls/{id}/answer", Gate::known, none, &Api::control, "Answers a ringing call", 202, "CallId"},
    Route{post, "/v1/calls/{id}/hold", Gate::known, none, &Api::control, "Puts a call on hold", 202, "CallId"},
    Route{post, "/v1/calls/{id}/resume", Gate::known, none, &Api::control, "Takes a call off hold", 202, "CallId"},
    Route{post, "/v1/calls/{id}/hangup", Gate::known, none, &Api::control, "Ends a call", 202, "CallId"},
    Route{post,
          "/v1/calls/{id}/transfer",
          Gate::known,
          none,
          &Api::control,
          "Hands a call over, unannounced",
          202,
          "CallId",
          {},
          "Transfer"},
    Route{post, "/hooks/graph", Gate::open, none, &Api::graph_hook,
          "Microsoft Graph's notifications of changes; proven by their contents", 202, "text/plain",
          graph_hook_parameters},
    Route{post, "/hooks/graph/life", Gate::open, none, &Api::graph_hook,
          "Microsoft Graph's notifications about its subscription", 202, "text/plain", graph_hook_parameters},
    Route{post, "/hooks/graph/calendars", Gate::open, none, &Api::graph_hook,
          "Microsoft Graph's notifications of changed appointments; proven by the subscription's secret", 202,
          "text/plain", graph_hook_parameters},
    Route{post, "/hooks/teams/messages", Gate::open, none, &Api::teams_bot,
          "What people do with the app in Teams (Bot Framework activities); proven by the Bot Connector's token", 200,
          "application/json"},
    Route{post, "/hooks/zoom", Gate::open, none, &Api::vendor_hook, "Zoom's events; proven by their signature", 204,
          ""},
    Route{post, "/hooks/google", Gate::open, none, &Api::vendor_hook,
          "Google Calendar's notifications; proven by the channel's token", 200, ""},
    Route{get, "/v1/zoho", Gate::permission, permission("status.read"), &Api::zoho,
          "Whether Zoho PhoneBridge is on, and what stands in its way", 200, "Zoho"},
    Route{get, "/v1/zoho/links", Gate::permission, permission("status.read"), &Api::zoho,
          "Lines and the Zoho users that they are linked to, the linked ones first", 200, "ZohoLinkPage",
          page_parameters},
    Route{get, "/v1/zoho/users", Gate::permission, permission("status.read"), &Api::zoho,
          "Zoho's users, as they were listed last", 200, "ZohoUserPage", page_parameters},
    Route{post, "/v1/zoho/enable", Gate::permission, linking, &Api::order_zoho, "Enables PhoneBridge", 200, "Zoho"},
    Route{post, "/v1/zoho/disable", Gate::permission, linking, &Api::order_zoho,
          "Disables PhoneBridge for everybody; the links stay for later", 200, "Zoho"},
    Route{put,
          "/v1/zoho/links/{id}",
          Gate::permission,
          linking,
          &Api::order_zoho,
          "Links a line to a Zoho user",
          200,
          "Zoho",
          {},
          "ZohoLink"},
    Route{remove, "/v1/zoho/links/{id}", Gate::permission, linking, &Api::order_zoho, "Ends a line's link", 200,
          "Zoho"},
    Route{
        get, "/v1/directory", Gate::permission, permission("directory.read"), &Api::directory,
        "Contacts, then the people who are watched and whoever else the platforms' directories name, then the contacts "
        "of integrations by their priority; each by name",
        200, "DirectoryPage", directory_parameters},
    Route{get, "/v1/directory/check", Gate::permission, permission("directory.read"), &Api::directory_check,
          "Lines without contacts, contacts without lines, doubled and bad numbers", 200, "FindingPage",
          page_parameters},
    Route{get, "/v1/directory/export", Gate::permission, permission("directory.read"), &Api::directory_export,
          "All contacts, as a file that can be imported again", 200, "text/csv", export_parameters},
    Route{post, "/v1/directory/import", Gate::permission, permission("directory.sync"), &Api::directory_import,
          "Makes the contacts those of a file, all of it or nothing; the directory is saved before", 200,
          "DirectoryImport", import_parameters, "text/csv", true},
    Route{post, "/v1/directory/sync", Gate::permission, permission("directory.sync"), &Api::directory_sync,
          "Brings in the people of the LDAP server or of Entra now; nothing is changed where too many would go", 200,
          "DirectoryImport", people_sync_parameters},
    Route{get, "/v1/directory/backups", Gate::permission, permission("directory.sync"), &Api::directory_backups,
          "What was saved before imports, the newest first", 200, "BackupPage", page_parameters},
    Route{post, "/v1/directory/restore", Gate::permission, permission("directory.sync"), &Api::directory_restore,
          "Makes the contacts those of a backup", 200, "DirectoryImport", restore_parameters},
    Route{get, "/v1/directory/{key}", Gate::permission, permission("directory.read"), &Api::directory_one,
          "One item of the directory", 200, "DirectoryItem"},
    Route{
        post, "/v1/contacts", Gate::permission, permission("directory.write"), &Api::change_contact,
        "A new contact; both names are needed. With `call` its number, and its name where none is given, are those of "
        "the call's other side; needs calls.read, too",
        201, "DirectoryItem", new_contact_parameters, "Contact"},
    Route{patch, "/v1/contacts/{key}", Gate::permission, permission("directory.write"), &Api::change_contact,
          "Changes what the body names; null empties", 200, "DirectoryItem", dry_run_parameters, "Contact"},
    Route{remove, "/v1/contacts/{key}", Gate::permission, permission("directory.write"), &Api::change_contact,
          "Removes a contact; its key is never used again", 204, "", dry_run_parameters},
    Route{get, "/v1/folders", Gate::permission, permission("directory.read"), &Api::folders,
          "The folders of contacts, nested ones with all those above them", 200, "FolderPage", page_parameters},
    Route{post,
          "/v1/folders",
          Gate::permission,
          permission("directory.write"),
          &Api::change_folder,
          "Makes a folder",
          201,
          "Folder",
          {},
          "Folder"},
    Route{patch,
          "/v1/folders/{path}",
          Gate::permission,
          permission("directory.write"),
          &Api::change_folder,
          "Renames or moves a folder with everything in it; slashes of the path are written %2F",
          200,
          "Folder",
          {},
          "Folder"},
    Route{remove, "/v1/folders/{path}", Gate::permission, permission("directory.write"), &Api::change_folder,
          "Removes a folder that is empty", 204, ""},
    Route{get, "/v1/favourites", Gate::permission, permission("directory.read"), &Api::all_favourites,
          "Everybody's favourites, by owner and position", 200, "FavouritePage", page_parameters},
    Route{post, "/v1/favourites/import", Gate::permission, permission("directory.write"), &Api::import_favourites,
          "Makes the favourites of each owner whom a file names those of the file, all of it or nothing", 200,
          "FavouritesImport", favourites_import_parameters, "text/csv", true},
    Route{get, "/v1/favourites/{person}", Gate::known, none, &Api::favourites,
          "A person's or team's favourites; one's own, or any with directory.read", 200, "Favourites"},
    Route{put,
          "/v1/favourites/{person}",
          Gate::known,
          none,
          &Api::favourites,
          "Replaces them; one's own, or any with directory.write",
          200,
          "Favourites",
          {},
          "FavouriteKeys"},
    Route{get, "/hooks/zoho/{id}/dial", Gate::open, none, &Api::vendor_hook, "Somebody dials a number in Zoho", 200,
          "application/json"},
    Route{post, "/hooks/zoho/{id}/dial", Gate::open, none, &Api::vendor_hook, "Somebody dials a number in Zoho", 200,
          "application/json"},
    Route{get, "/hooks/zoho/{id}/answer", Gate::open, none, &Api::vendor_hook, "Somebody answers a call in Zoho", 200,
          "application/json"},
    Route{post, "/hooks/zoho/{id}/answer", Gate::open, none, &Api::vendor_hook, "Somebody answers a call in Zoho", 200,
          "application/json"},
    Route{get, "/hooks/zoho/{id}/hungup", Gate::open, none, &Api::vendor_hook, "Somebody ends a call in Zoho", 200,
          "application/json"},
    Route{post, "/hooks/zoho/{id}/hungup", Gate::open, none, &Api::vendor_hook, "Somebody ends a call in Zoho", 200,
          "application/json"},
    Route{get, "/hooks/zoho/{id}/hold", Gate::open, none, &Api::vendor_hook, "Somebody holds a call in Zoho", 200,
          "application/json"},
    Route{post, "/hooks/zoho/{id}/hold", Gate::open, none, &Api::vendor_hook, "Somebody holds a call in Zoho", 200,
          "application/json"},
    Route{get, "/hooks/zoho/{id}/unhold", Gate::open, none, &Api::vendor_hook, "Somebody takes a call off hold in Zoho",
          200, "application/json"},
    Route{post, "/hooks/zoho/{id}/unhold", Gate::open, none, &Api::vendor_hook,
          "Somebody takes a call off hold in Zoho", 200, "application/json"},
    Route{get, "/hooks/zoho/{id}/keypress", Gate::open, none, &Api::vendor_hook, "Somebody dials digits in Zoho", 200,
          "application/json"},
    Route{post, "/hooks/zoho/{id}/keypress", Gate::open, none, &Api::vendor_hook, "Somebody dials digits in Zoho", 200,
          "application/json"},
    Route{post,
          "/hooks/meeting",
          Gate::permission,
          permission("meetings.write"),
          &Api::meeting_hook,
          "Tells who is in a meeting: room systems, bots, scripts",
          202,
          "text/plain",
          {},
          "MeetingsTold"},
};

bool is_variable(std::string_view segment) {
    return segment.starts_with('{');
}

/// Cuts at slashes; nothing when there are more than `into` holds.
template <std::size_t Size>
std::optional<std::size_t> split(std::string_view path, std::array<std::string_view, Size>& into) {
    std::size_t count = 0;
    path.remove_prefix(1);
    while (true) {
        if (count == Size) return std::nullopt;
        auto slash = path.find('/');
        into.at(count++) = path.substr(0, slash);
        if (slash == std::string_view::npos) return count;
        path.remove_prefix(slash + 1);
    }
}

} // namespace

std::span<const Route> routes() {
    return table;
}

Router::Router(std::span<const Route> routes) {
    for (const Route& route : routes) {
        std::array<std::string_view, segments_max> segments;
        auto count = split(route.pattern, segments);
        auto end = segments.begin() + static_cast<std::ptrdiff_t>(count.value_or(0));
        by_count_[count.value_or(0)].push_back({&route, {segments.begin(), end}});
    }
}

Match Router::match(Method method, std::string_view path) const {
    std::array<std::string_view, segments_max> segments;
    auto count = split(path, segments);
    Match found;
    if (!count) return found;
    auto wanted = method == Method::head ? Method::get : method;
    for (const Pattern& pattern : by_count_[*count]) {
        std::string_view raw_id;
        bool fits = true;
        for (std::size_t i = 0; i < *count && fits; ++i) {
            bool variable = is_variable(pattern.segments[i]);
            if (variable) raw_id = segments.at(i);
            fits = variable ? !raw_id.empty() : pattern.segments[i] == segments.at(i);
        }
        if (!fits) continue;
        if (pattern.route->method == wanted) return {pattern.route, raw_id, {}};
        if (!found.allow.empty()) found.allow += ", ";
        found.allow += name(pattern.route->method);
        if (pattern.route->method == Method::get) found.allow += ", HEAD";
    }
    return found;
}

} // namespace lamp::status
