#include "cli/commands.hpp"

#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/command.hpp"
#include "cli/forwarding_words.hpp"
#include "http/url.hpp"

namespace lamp::cli {
namespace json = boost::json;

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

int complain(const Error& error) {
    fmt::print(stderr, "lamplighter: {}\n", error.text);
    return failed;
}

int misused(std::string_view what) {
    fmt::print(stderr, "lamplighter: {}\n", what);
    return wrong_usage;
}

int show_rows(const Call& call, const json::array& rows, const std::vector<Column>& columns, std::string_view nothing) {
    if (rows.empty() && call.format == Format::table)
        fmt::print("{}\n", nothing);
    else
        print(print_list(rows, columns, call.format));
    return done;
}

int show_list(const Call& call, const std::string& target, const std::vector<Column>& columns,
              std::string_view nothing) {
    auto items = call.daemon.list(target);
    return items ? show_rows(call, *items, columns, nothing) : complain(items.error());
}

namespace {

// --- status

int status(const Call& call) {
    auto answer = call.daemon.get("/v1/status");
    if (!answer) return complain(answer.error());
    if (call.format == Format::json) return print(json::serialize(*answer) + "\n"), done;
    fmt::print("lamplighter {}, up since {}\n", cell(*answer, "version"), cell(*answer, "started"));
    fmt::print("people      {} watched, {} known\n", cell(*answer, "people.total"), cell(*answer, "people.known"));
    fmt::print("lines       {} of {} have their whole state\n", cell(*answer, "first_state.known"),
               cell(*answer, "first_state.total"));
    fmt::print("events      {} in all, {} a second, {} gaps\n", cell(*answer, "events.total"),
               cell(*answer, "events.per_second"), cell(*answer, "events.gaps"));
    fmt::print("subscribed  {} of {}, {} pending, {} refused\n\n", cell(*answer, "subscriptions.live"),
               cell(*answer, "subscriptions.wanted"), cell(*answer, "subscriptions.pending"),
               cell(*answer, "subscriptions.refused"));
    print(print_list(
        list_of(*answer, "channels"),
        {{"PLATFORM", "platform"}, {"HOST", "host"}, {"CHANNEL", "state"}, {"SINCE", "since"}, {"REASON", "reason"}},
        Format::table));
    if (const auto& adapters = list_of(*answer, "adapters"); !adapters.empty())
        print("\n" +
              print_list(adapters,
                         {{"ADAPTER", "name"}, {"STATE", "state"}, {"QUEUE", "queue"}, {"LAST ERROR", "last_error"}},
                         Format::table));
    if (const auto& counts = list_of(*answer, "watchers"); !counts.empty())
        print("\n" + print_list(counts, {{"WATCHED BY SIP", "package"}, {"STATE", "state"}, {"WATCHERS", "count"}},
                                Format::table));
    for (const auto& problem : list_of(*answer, "problems"))
        fmt::print("\n! {}", cell(problem, ""));
    if (!list_of(*answer, "problems").empty()) print("\n");
    return done;
}

// --- presence

const std::vector<Column> presence_columns{{"ID", "id"},
                                           {"NAME", "name"},
                                           {"FOLDER", "folder"},
                                           {"STATUS", "status"},
                                           {"SINCE", "since"},
                                           {"LINE", "line.state"},
                                           {"TEAMS", "teams.activity"},
                                           {"CALLS", "line.calls"},
                                           {"DND", "line.dnd"},
                                           {"FORWARDING", "line.forwarding"},
                                           {"STALE", "line.stale"}};

int watch_presence(const Call& call, const std::string& person) {
    std::string target = "/v1/events?types=presence,gap&snapshot=1";
    if (!person.empty()) target += "&person=" + http::encode_query(person);
    auto outcome = call.daemon.watch(target, [&](std::string_view type, std::string_view data) {
        if (call.format == Format::json) {
            fmt::print("{}\n", data);
        } else if (type == "gap") {
            fmt::print("(some changes were lost here)\n");
        } else {
            boost::system::error_code ignored;
            auto item = json::parse(data, ignored);
            fmt::print("{}  {:<24} {:<16} {}\n", cell(item, "since"), cell(item, "name"), cell(item, "status"),
                       cell(item, "line.stale") == "true" ? "(stale)" : "");
        }
        std::fflush(stdout);
        return std::ferror(stdout) == 0;
    });
    return outcome ? done : complain(outcome.error());
}

int presence(const Call& call) {
    auto person = call.arguments.words().empty() ? std::string() : call.arguments.words().front();
    if (call.arguments.has("watch")) return watch_presence(call, person);
    if (!person.empty()) {
        auto item = call.daemon.get("/v1/presence/" + http::encode_segment(person));
        if (!item) return complain(item.error());
        if (call.format == Format::json) return print(json::serialize(*item) + "\n"), done;
        return print(print_list({*item}, presence_columns, call.format)), done;
    }
    std::string target = "/v1/presence";
    if (auto query = call.arguments.value("query")) target += "?q=" + http::encode_query(*query);
    auto items = call.daemon.list(target);
    if (!items) return complain(items.error());
    print(print_list(*items, presence_columns, call.format));
    return done;
}

// --- why

const std::vector<Column> watcher_columns{
    {"WATCHER", "watcher"},    {"RESOURCE", "resource"}, {"PERSON", "person"},
    {"PACKAGE", "package"},    {"STATE", "state"},       {"FROM", "from"},
    {"SINCE", "since"},        {"EXPIRES", "expires"},   {"LAST NOTIFY", "last_notify"},
    {"ANSWER", "last_answer"}, {"ENDED", "why_ended"}};

/// Why a phone does not ring, in plain words.
void print_ways(const json::value& reasons) {
    const auto* forwarding = member(reasons, "forwarding");
    auto rows = forwarding ? explain_forwarding(*forwarding, wall_now()) : std::vector<std::string>();
    auto silence = explain_silence(reasons);
    rows.insert(rows.end(), silence.begin(), silence.end());
    if (auto busy = cell(reasons, "busy_on_busy"); !busy.empty()) rows.push_back(std::move(busy));
    if (rows.empty()) return;
    print("Where calls go\n");
    for (const std::string& row : rows)
        print(row + "\n");
    print("\n");
}

int why(const Call& call) {
    if (call.arguments.words().empty()) return misused("why needs the id of a person");
    auto id = http::encode_segment(call.arguments.words().front());
    auto person = call.daemon.get("/v1/presence/" + id);
    if (!person) return complain(person.error());
    auto reasons = call.daemon.get("/v1/presence/" + id + "/why");
    if (!reasons) return complain(reasons.error());
    if (call.format == Format::json) return print(json::serialize(*reasons) + "\n"), done;
    fmt::print("{} is {} by rule {} since {}\n\n", cell(*person, "name"), cell(*person, "status"),
               cell(*person, "rule"), cell(*person, "since"));
    print_ways(*reasons);
    print(print_list(list_of(*reasons, "inputs"),
                     {{"SOURCE", "source"},
                      {"LINE", "line"},
                      {"VALUE", "value"},
                      {"AT", "at"},
                      {"AGE (s)", "age_s"},
                      {"EXPIRES", "expires"}},
                     Format::table));
    print("\n" + print_list(list_of(*reasons, "rules"),
                            {{"RULE", "rule"}, {"MATCHED", "matched"}, {"CONDITION", "text"}}, Format::table));
    if (const auto& outputs = list_of(*reasons, "outputs"); !outputs.empty())
        print("\n" + print_list(outputs, {{"TOLD", "adapter"}, {"VALUE", "value"}, {"AT", "at"}, {"RESULT", "result"}},
                                Format::table));
    if (const auto& watching = list_of(*reasons, "watchers"); !watching.empty())
        print("\n" + print_list(watching, watcher_columns, Format::table));
    return done;
}

// --- watchers

int watchers(const Call& call) {
    std::string target = "/v1/watchers";
    if (!call.arguments.words().empty()) target += "?person=" + http::encode_query(call.arguments.words().front());
    return show_list(call, target, watcher_columns, "nobody watches");
}

// --- people

int people(const Call& call) {
    if (call.arguments.words().empty() || call.arguments.words().front() != "check")
        return misused("people takes the word check");
    return show_list(
        call, "/v1/people/doubts",
        {{"PERSON", "person"}, {"NAME", "name"}, {"SYSTEM", "adapter"}, {"DOUBT", "kind"}, {"WHY", "text"}},
        "everybody's accounts are found");
}

// --- calls

int dial(const Call& call) {
    auto person = call.arguments.value("person");
    auto to = call.arguments.value("to");
    auto again = call.arguments.value("call");
    if (!person || to.has_value() == again.has_value())
        return misused("dial needs --person ID, and --to NUMBER or --call ID");
    json::object body{{"person", *person}};
    if (to) body["to"] = *to;
    if (again) body["call"] = *again;
    auto answer = call.daemon.post("/v1/dial", body);
    if (!answer) return complain(answer.error());
    fmt::print("{}\n", cell(*answer, "call"));
    return done;
}

int control(const Call& call) {
    const auto& words = call.arguments.words();
    static constexpr std::array verbs{"answer", "hold", "resume", "hangup", "transfer"};
    bool known = words.size() == 2 && std::ranges::find(verbs, words[1]) != verbs.end();
    if (!known) return misused("usage: call ID answer|hold|resume|hangup|transfer [--to NUMBER]");
    json::object body;
    if (auto to = call.arguments.value("to")) body["to"] = *to;
    if (words[1] == "transfer" && body.empty()) return misused("transfer needs --to NUMBER");
    auto answer = call.daemon.post("/v1/calls/" + http::encode_segment(words[0]) + "/" + words[1], body);
    if (!answer) return complain(answer.error());
    return done;
}

// --- the table

struct Command {
    std::string_view name;
    std::string_view usage;
    std::string_view summary;
    std::vector<Option> options;
    std::size_t words_max;
    int (*run)(const Call&);
};

const std::vector<Option>& common_options() {
    static const std::vector<Option> options{{"url", "URL", "where the daemon is"},
                                             {"token", "SECRET", "who asks; or LAMPLIGHTER_TOKEN"},
                                             {"config", "FILE", "take URL from this configuration"},
                                             {"tenant", "NAME", "which tenant of a house file"},
                                             {"ca-file", "FILE", "certificates to trust"},
                                             {"format", "table|json|csv", "how to print"}};
    return options;
}

const std::vector<Command>& commands() {
    static const std::vector<Command> table{
        {"status", "", "channels, subscriptions, people, problems", {}, 0, status},
        {"presence",
         "[ID] [--watch] [--query Q]",
         "who is available, in a call, away …",
         {{"watch", "", "go on and print each change"}, {"query", "Q", "part of a name, id or folder"}},
         1,
         presence},
        {"why", "ID", "why a lamp shows what it shows", {}, 1, why},
        {"watchers", "[PERSON]", "who watches whom over SIP", {}, 1, watchers},
        {"people", "check", "people whose accounts elsewhere are missing, ambiguous or doubled", {}, 1, people},
        {"calls",
         "[--active] [--person ID] [--missed] [--from T] [--to T] [--limit N] | delete ID",
         "calls that are over, the newest first, or those going on; delete: who was on the other side",
         {{"active", "", "those going on now"},
          {"person", "ID", "only this person's"},
          {"missed", "", "only incoming ones that nobody answered"},
          {"from", "T", "all that began then or later: 17:30, a date, both"},
          {"to", "T", "only those that began before"},
          {"limit", "N", "how many, 1 to 1000; default 100, or all since --from"}},
         2,
         calls},
        {"stats",
         "[--from T] [--to T] [--by line|person|day] [--person ID] [--line L] [--top N]",
         "how many calls, answered, missed, how long; of the last seven days",
         {{"from", "T", "the beginning: 17:30, a date, both"},
          {"to", "T", "the end; default: now"},
          {"by", "KEY", "total, person, line, ddi, queue, destination, day or hour"},
          {"person", "ID", "only this person's"},
          {"line", "LINE", "only this line's"},
          {"top", "N", "only the most active ones"}},
         0,
         stats},
        {"acd", "[--queue ID]", "agents of call centres, by queue", {{"queue", "ID", "only this one's"}}, 0, acd},
        {"recognise",
         "NUMBER [--live]",
         "whose number this is",
         {{"live", "", "also ask systems searched by number"}},
         1,
         recognise},
        {"integration",
         "list | show|test|sync|enable|disable|undo NAME | delete NAME --yes",
         "sources of contacts for recognition: how they do, and what shall become of them",
         {{"force", "", "sync: take the answer even if it holds far fewer contacts"},
          {"yes", "", "delete: yes, its contacts too"}},
         2,
         integration},
        {"import",
         "--from FILE [--kind favourites|integrations] [--person ID] [--dry-run]",
         "favourites (CSV, vCard) and lists of integrations that an older client has exported",
         {{"from", "FILE", "what it has exported"},
          {"kind", "KIND", "favourites or integrations; found by the file's first line when not given"},
          {"person", "ID", "whose favourites they become; or team:NAME"},
          {"dry-run", "", "say what would become of each row, and change nothing"}},
         0,
         import_older},
        {"dial",
         "--person ID --to NUMBER|--call ID",
         "lets somebody's phone dial",
         {{"person", "ID", "whose phone"},
          {"to", "NUMBER", "whom to call"},
          {"call", "ID", "calls back whoever was on the other side of this call"}},
         0,
         dial},
        {"call",
         "ID answer|hold|resume|hangup|transfer [--to N]",
         "controls a call",
         {{"to", "NUMBER", "transfer to"}},
         2,
         control},
        {"forwarding",
         "[ID] [--to N [--until T|--for D]|--off] [--line L]",
         "where calls go and because of whom; sends them elsewhere, ends that",
         {{"to", "NUMBER", "where the person's calls shall go"},
          {"from", "T", "when that begins; else at once"},
          {"until", "T", "when it ends: 17:30, or a date with it"},
          {"for", "DURATION", "how long: 30m, 2h"},
          {"line", "LINE", "only this line of the person"},
          {"off", "", "ends what an operator has forwarded"}},
         1,
         forwarding},
        {"calendar",
         "list | plan [--next 7d]",
         "calendars that divert calls; what each appointment will do, or why not",
         {{"next", "DURATION", "plan: how far ahead, 1h to 14d"}},
         1,
         calendar},
        {"audit",
         "[--line L] [--limit N]",
         "what was done to forwardings, the directory, tokens and the configuration, the newest first",
         {{"line", "LINE", "only of this line"}, {"limit", "N", "how many rows, 1 to 1000"}},
         0,
         audit},
        {"token",
         "create|ticket NAME --role R | list | revoke NAME | tickets | cancel NAME | enrol TICKET | hash",
         "who may use the HTTP interface; ticket: enrol exchanges it for the token, once; hash: a secret (standard "
         "input, or a new one) as [[token]] takes it",
         {{"role", "ROLE", "create, ticket: what it may do, no more than your own token"},
          {"person", "ID", "create, ticket: whose it is, for what is allowed with one's own calls"},
          {"folders", "A,B", "create, ticket: sees only the people of these folders"},
          {"lines", "A,B", "create, ticket: sees only these lines and whose they are"},
          {"expires", "T",
           "create: the last day, or a time, such as 2027-03-31T18:00:00+02:00; ticket: its own end, "
           "such as 24h"},
          {"token-expires", "T", "ticket: the end of the token that comes of it"}},
         2,
         token},
        {"webhooks",
         "list | dead [NAME] | test NAME | replay NAME | drop NAME [--letter N]",
         "who is told of events; what was given up, and sends it again or deletes it",
         {{"letter", "N", "replay, drop: only this dead letter"}},
         2,
         webhooks},
        {"privacy",
         "erase NUMBER [--dry-run] [--contacts] | export NUMBER | list",
         "has a number forgotten wherever it is kept; prints all that is kept of one; what was forgotten, and by whom",
         {{"dry-run", "", "erase: only says what would be erased"},
          {"contacts", "", "erase: contacts of the directory and of integrations, and backups, too"}},
         2,
         privacy},
        {"directory",
         "export | import FILE | template | check | sync | restore [BACKUP] | backups | search [WORDS] | add | change "
         "KEY | "
         "remove KEY | favourites PERSON|team:NAME|export|import FILE",
         "the contacts as a file; what does not fit; people of LDAP and Entra; the way back; who is in it; one "
         "contact; "
         "favourites of people and teams",
         {{"dry-run", "", "all that change something: only says what would be changed"},
          {"first", "NAME", "add, change: the first name"},
          {"last", "NAME", "add, change: the last name"},
          {"number", "TYPE:NUMBER",
           "add, change: work:0201230002; as often as there are numbers; all those of before go"},
          {"email", "ADDRESS", "add, change: the e-mail address; empty takes it away, as of company and folder"},
          {"company", "NAME", "add, change: the company"},
          {"folder", "PATH", "add, change: where the contact is filed"},
          {"target", "NAME", "add: the integration that it is put into; default: the directory itself"},
          {"call", "ID", "add: the number, and the name if none is given, are those of this call's other side"},
          {"once", "KEY", "add: the same command with the same key does it once within a day"},
          {"allow-empty", "", "import: a file without rows empties the directory"},
          {"max-delete", "N|N%", "import, sync: how many contacts may go; default 20%, or 10"},
          {"source", "A,B",
           "search: only in these; contacts, ldap, entra, people, users, an integration's name, crm. sync: whose "
           "people, "
           "ldap or entra; needed where both are configured"},
          {"separator", ";|,|tab", "export, template: between cells"},
          {"bom", "", "export, template, favourites export: a byte order mark in front, for spreadsheets"}},
         3,
         directory},
        {"zoho",
         "status | enable | disable | users | links | link LINE USER | link --file F | unlink LINE",
         "Zoho PhoneBridge: whether it is on, and which lines are linked to which of its users",
         {{"file", "FILE", "link: CSV with the columns person or line, and user, as links --format csv prints it"},
          {"replace", "", "link --file: unlinks the lines that the file has not, or without a user"},
          {"max-delete", "N|N%", "link --file: how many links may go; default 20%, or 10"},
          {"dry-run", "", "link, unlink, disable: only says what would be done"}},
         3,
         zoho},
    };
    return table;
}

} // namespace

Address address_of(const Arguments& arguments, const AddressGuess& guess) {
    Address address = guess(arguments.value("config"));
    if (auto url = arguments.value("url")) address.url = *url;
    if (auto file = arguments.value("ca-file")) address.ca_file = *file;
    if (auto token = arguments.value("token"))
        address.token = Secret(*token);
    else if (const char* given = std::getenv("LAMPLIGHTER_TOKEN"))
        address.token = Secret(given);
    return address;
}

std::optional<int> run_command(std::string_view name, std::span<const std::string> words, const AddressGuess& guess) {
    for (const Command& command : commands()) {
        if (command.name != name) continue;
        auto options = common_options();
        options.insert(options.end(), command.options.begin(), command.options.end());
        auto arguments = Arguments::parse(words, options, command.words_max);
        auto format = arguments ? format_named(arguments->value("format").value_or("table")) : std::nullopt;
        if (!arguments || !format) {
            fmt::print(
                stderr,
                "lamplighter {}: {}\nusage: lamplighter {} {} [--url URL] [--token SECRET] [--format table|json|csv]\n",
                name, arguments ? "--format is table, json or csv" : arguments.error().text, name, command.usage);
            return wrong_usage;
        }
        DaemonClient daemon(address_of(*arguments, guess));
        return command.run({daemon, *arguments, *format});
    }
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> command_summaries() {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const Command& command : commands())
        lines.emplace_back(fmt::format("{} {}", command.name, command.usage), command.summary);
    return lines;
}

std::vector<CommandInfo> command_infos() {
    std::vector<CommandInfo> rows;
    for (const Command& command : commands())
        rows.push_back({command.name, command.usage, command.summary, command.options});
    return rows;
}

std::span<const Option> daemon_options() {
    return common_options();
}

} // namespace lamp::cli
