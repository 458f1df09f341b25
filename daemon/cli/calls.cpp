// calls, stats: history and activity indicators.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/forwarding_words.hpp"
#include "http/url.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

const std::vector<Column>& active_columns() {
    static const std::vector<Column> columns{{"ID", "id"},
                                             {"PERSON", "person"},
                                             {"LINE", "line"},
                                             {"DIRECTION", "direction"},
                                             {"NUMBER", "remote.number"},
                                             {"NAME", "remote.name"},
                                             {"STATE", "state"},
                                             {"STARTED", "started"},
                                             {"QUEUE", "queue"}};
    return columns;
}

const std::vector<Column>& history_columns() {
    static const std::vector<Column> columns{
        {"STARTED", "started"},  {"PERSON", "person"}, {"DIRECTION", "direction"}, {"NUMBER", "remote.number"},
        {"NAME", "remote.name"}, {"RESULT", "result"}, {"RING (s)", "ring_s"},     {"TALK (s)", "talk_s"},
        {"DDI", "ddi"},          {"QUEUE", "queue"},   {"LINE", "line"},           {"ID", "id"}};
    return columns;
}

const std::vector<Column>& stats_columns() {
    static const std::vector<Column> columns{{"KEY", "key"},
                                             {"IN", "incoming.total"},
                                             {"ANSWERED", "incoming.answered"},
                                             {"MISSED", "incoming.missed"},
                                             {"ELSEWHERE", "incoming.answered_elsewhere"},
                                             {"IN TALK (s)", "incoming.talk_s"},
                                             {"OUT", "outgoing.total"},
                                             {"OUT ANSWERED", "outgoing.answered"},
                                             {"OUT TALK (s)", "outgoing.talk_s"},
                                             {"COMPLETE", "complete"}};
    return columns;
}

/// Appends "&from=…" and "&to=…"; an error names the option.
Result<void> add_span(const Arguments& arguments, std::string& target) {
    for (std::string_view name : {"from", "to"}) {
        auto typed = arguments.value(name);
        if (!typed) continue;
        auto time = past_time_typed(*typed, wall_now());
        if (!time)
            return fail(
                Category::invalid,
                fmt::format("--{} takes 17:30, 2026-11-26, \"2026-11-26 17:30\" or 2026-11-26T17:30:00+01:00", name));
        target += fmt::format("&{}={}", name, http::encode_query(*time));
    }
    return {};
}

/// In which spans something may be missing, once each.
void print_gaps(const json::array& gaps) {
    for (const auto& gap : gaps) {
        if (cell(gap, "filled") == "true") continue;
        auto until = cell(gap, "until");
        fmt::print("! {} was not heard from {} {}: calls may be missing\n", cell(gap, "platform"), cell(gap, "from"),
                   until.empty() ? "on" : "until " + until);
    }
}

int show(const Call& call, const json::value& answer, const std::vector<Column>& columns, std::string_view nothing) {
    auto shown = show_rows(call, list_of(answer, "items"), columns, nothing);
    if (call.format == Format::table) print_gaps(list_of(answer, "gaps"));
    return shown;
}

int active(const Call& call) {
    auto items = call.daemon.list("/v1/calls/active");
    if (!items) return complain(items.error());
    json::array wanted;
    auto person = call.arguments.value("person");
    for (const auto& one : *items)
        if (!person || cell(one, "person") == *person) wanted.push_back(one);
    print(print_list(wanted, active_columns(), call.format));
    return done;
}

/// All pages where a time is given, else the newest ones.
Result<json::value> read_history(const Call& call, const std::string& target, bool whole) {
    auto page = call.daemon.get(target);
    if (!page || !whole || !page->is_object()) return page;
    auto items = list_of(*page, "items");
    auto gaps = list_of(*page, "gaps");
    for (auto next = cell(*page, "next"); !next.empty();) {
        auto more = call.daemon.get(target + "&cursor=" + http::encode_query(next));
        if (!more) return more;
        for (const auto& one : list_of(*more, "items"))
            items.push_back(one);
        if (cell(*more, "next") == next) break;
        next = cell(*more, "next");
    }
    return json::value(json::object{{"items", std::move(items)}, {"gaps", std::move(gaps)}});
}

int remove(const Call& call, const std::vector<std::string>& words) {
    if (words.size() != 2 || words.front() != "delete") return misused("usage: calls delete ID");
    for (const char* name : {"active", "missed", "from", "to", "limit", "person"})
        if (call.arguments.has(name)) return misused(fmt::format("--{} belongs to the list of calls", name));
    auto gone = call.daemon.remove("/v1/calls/" + http::encode_segment(words.back()));
    if (!gone) return complain(gone.error());
    fmt::print("call {} tells of nobody any more\n", words.back());
    return done;
}

} // namespace

int calls(const Call& call) {
    const Arguments& arguments = call.arguments;
    if (!arguments.words().empty()) return remove(call, arguments.words());
    if (arguments.has("active")) {
        for (const char* name : {"missed", "from", "to", "limit"})
            if (arguments.has(name))
                return misused(fmt::format("--{} is of calls that are over: not with --active", name));
        return active(call);
    }
    auto limit = arguments.value("limit");
    bool whole = arguments.has("from") && !limit;
    auto target = "/v1/calls?limit=" + http::encode_query(whole ? "1000" : limit.value_or("100"));
    if (auto person = arguments.value("person")) target += "&person=" + http::encode_query(*person);
    if (arguments.has("missed")) target += "&direction=in&result=missed";
    if (auto added = add_span(arguments, target); !added) return misused(added.error().text);
    auto answer = read_history(call, target, whole);
    return answer ? show(call, *answer, history_columns(), "no calls") : complain(answer.error());
}

int stats(const Call& call) {
    auto target = "/v1/stats?by=" + http::encode_query(call.arguments.value("by").value_or("person"));
    if (auto added = add_span(call.arguments, target); !added) return misused(added.error().text);
    for (std::string_view name : {"person", "line", "top"})
        if (auto given = call.arguments.value(name)) target += fmt::format("&{}={}", name, http::encode_query(*given));
    auto answer = call.daemon.get(target);
    return answer ? show(call, *answer, stats_columns(), "no calls") : complain(answer.error());
}

} // namespace lamp::cli
