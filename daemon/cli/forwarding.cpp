// forwarding, calendar, audit: where calls go, who wants that, and what was done about it.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/forwarding_words.hpp"
#include "http/url.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

std::string target_of(const std::string& person) {
    return "/v1/forwarding/" + http::encode_segment(person);
}

/// One person's, in the form asked for.
int show(const Call& call, const Result<json::value>& answer) {
    if (!answer) return complain(answer.error());
    if (call.format == Format::json) return print(json::serialize(*answer) + "\n"), done;
    if (call.format == Format::csv)
        return print(print_list(forwarding_rows({*answer}), forwarding_columns(), Format::csv)), done;
    auto rows = explain_forwarding(*answer, wall_now());
    if (rows.empty()) rows.emplace_back("nothing is known of this person's lines");
    for (const std::string& row : rows)
        print(row + "\n");
    return done;
}

int list_all(const Call& call) {
    auto items = call.daemon.list("/v1/forwarding");
    if (!items) return complain(items.error());
    if (call.format == Format::json) return print(json::serialize(*items) + "\n"), done;
    if (items->empty() && call.format == Format::table) return print("nobody's calls are forwarded\n"), done;
    print(print_list(forwarding_rows(*items), forwarding_columns(), call.format));
    return done;
}

/// The body of a PUT; an error names the option.
Result<json::value> wish_of(const Arguments& arguments) {
    json::object wish{{"to", *arguments.value("to")}};
    for (const char* name : {"from", "until"}) {
        auto typed = arguments.value(name);
        if (!typed) continue;
        auto time = time_typed(*typed, wall_now());
        if (!time)
            return fail(Category::invalid,
                        fmt::format("--{} takes 17:30, \"2026-11-26 17:30\" or 2026-11-26T17:30:00+01:00", name));
        wish[name] = *time;
    }
    if (auto lasts = arguments.value("for")) wish["for"] = *lasts;
    if (auto line = arguments.value("line")) wish["line"] = *line;
    return json::value(std::move(wish));
}

int put(const Call& call, const std::string& person) {
    if (call.arguments.has("until") && call.arguments.has("for")) return misused("--until or --for, not both");
    auto wish = wish_of(call.arguments);
    if (!wish) return misused(wish.error().text);
    return show(call, call.daemon.put(target_of(person), *wish));
}

int end(const Call& call, const std::string& person) {
    auto target = target_of(person);
    if (auto line = call.arguments.value("line")) target += "?line=" + http::encode_query(*line);
    return show(call, call.daemon.remove(target));
}

const std::vector<Column> plan_columns{{"FROM", "from"},   {"UNTIL", "until"}, {"CALENDAR", "calendar"},
                                       {"LINE", "line"},   {"TITLE", "title"}, {"TO", "to"},
                                       {"STATE", "state"}, {"WHY", "reason"}};
const std::vector<Column> calendar_columns{{"NAME", "name"},
                                           {"PROVIDER", "provider"},
                                           {"LINES", "lines"},
                                           {"STATE", "state"},
                                           {"APPOINTMENTS", "appointments"},
                                           {"LAST SUCCESS", "last_success"},
                                           {"LAST ERROR", "last_error"}};

} // namespace

int forwarding(const Call& call) {
    const Arguments& arguments = call.arguments;
    bool to = arguments.has("to"), off = arguments.has("off");
    for (const char* name : {"from", "until", "for"})
        if (arguments.has(name) && !to) return misused(fmt::format("--{} needs --to NUMBER", name));
    if (arguments.has("line") && !to && !off) return misused("--line needs --to NUMBER or --off");
    if (to && off) return misused("--to or --off, not both");
    if (arguments.words().empty()) return to || off ? misused("forwarding needs the id of a person") : list_all(call);
    const auto& person = arguments.words().front();
    if (to) return put(call, person);
    if (off) return end(call, person);
    return show(call, call.daemon.get(target_of(person)));
}

int calendar(const Call& call) {
    auto word = call.arguments.words().empty() ? std::string() : call.arguments.words().front();
    bool plan = word == "plan";
    if (!plan && word != "list") return misused("calendar takes the word list or plan");
    if (!plan && call.arguments.has("next")) return misused("--next belongs to calendar plan");
    std::string target = "/v1/calendars";
    if (plan) target += "/plan?next=" + http::encode_query(call.arguments.value("next").value_or("7d"));
    return plan ? show_list(call, target, plan_columns, "no appointment diverts calls")
                : show_list(call, target, calendar_columns, "no calendar is configured");
}

int audit(const Call& call) {
    std::string target = "/v1/audit?limit=" + http::encode_query(call.arguments.value("limit").value_or("100"));
    if (auto line = call.arguments.value("line")) target += "&line=" + http::encode_query(*line);
    auto page = call.daemon.get(target);
    if (!page) return complain(page.error());
    const auto* items = member(*page, "items");
    if (!items || !items->is_array()) return complain({Category::protocol, "the answer is no list"});
    return show_rows(call, items->get_array(),
                     {{"AT", "at"},
                      {"LINE", "line"},
                      {"WHAT", "what"},
                      {"WHO", "who"},
                      {"TEXT", "text"},
                      {"SUBJECT", "subject"},
                      {"BEFORE", "before"},
                      {"AFTER", "after"}},
                     "nothing was done");
}

} // namespace lamp::cli
