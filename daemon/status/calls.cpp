// /v1/calls, /v1/stats: calls that are over and the figures of them, as JSON and for spreadsheets.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "calls/call_csv.hpp"
#include "calls/call_json.hpp"
#include "calls/private_calls.hpp"
#include "proto/csv/csv.hpp"
#include "status/asking.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

constexpr std::size_t text_max = 256;       // of a line, a number, a queue
constexpr std::size_t persons_max = 30'000; // of a folder
constexpr std::size_t csv_rows_max = 100'000;
constexpr std::size_t top_max = 1'000;
constexpr std::chrono::days stats_default{7};
constexpr std::chrono::days stats_most{400};

std::unexpected<Error> invalid(std::string text) {
    return fail(Category::invalid, std::move(text));
}

/// Nothing: it is not given. Refuses an empty one, control characters, too much.
Result<std::optional<std::string>> text_in(const Query& query, std::string_view name) {
    auto text = query.find(name);
    if (!text) return std::nullopt;
    bool good = !text->empty() && text->size() <= text_max &&
                std::ranges::none_of(*text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (!good) return invalid(fmt::format("{} must be a text of 1 to {} characters.", name, text_max));
    return std::string(*text);
}

/// As `text_in`, into `out`.
Result<void> take_text(const Query& query, std::string_view name, std::string& out) {
    auto text = text_in(query, name);
    if (!text) return std::unexpected(text.error());
    if (*text) out = std::move(**text);
    return {};
}

Result<std::optional<Wall>> time_in(const Query& query, std::string_view name) {
    auto text = query.find(name);
    if (!text) return std::nullopt;
    std::string written(*text);
    std::ranges::replace(written, ' ', '+'); // the offset's sign, where nobody has encoded it
    auto time = parse_rfc3339(written);
    if (!time)
        return invalid(fmt::format("{} must be a time with its offset, such as 2026-11-26T00:00:00+01:00.", name));
    return *time;
}

Result<calls::CallQuery> read_calls(const Query& query, std::size_t limit) {
    calls::CallQuery wanted{.limit = limit};
    for (auto [name, place] : {std::pair{"line", &wanted.line},
                               {"number", &wanted.number},
                               {"queue", &wanted.queue},
                               {"cursor", &wanted.cursor}})
        if (auto taken = take_text(query, name, *place); !taken) return std::unexpected(taken.error());
    auto from = time_in(query, "from");
    if (!from) return std::unexpected(from.error());
    auto until = time_in(query, "to");
    if (!until) return std::unexpected(until.error());
    if (*from && *until && **from >= **until) return invalid("from must be before to.");
    wanted.from = *from;
    wanted.until = *until;
    if (auto word = query.find("direction")) {
        if (*word != "in" && *word != "out") return invalid("direction is in or out.");
        wanted.incoming = *word == "in";
    }
    if (auto word = query.find("result")) {
        wanted.result = calls::call_result_named(*word);
        if (!wanted.result)
            return invalid("result is answered, missed, answered_elsewhere, declined, abandoned, forwarded, voicemail "
                           "or failed.");
    }
    return wanted;
}

Result<calls::StatsQuery> read_stats(const Query& query, Wall now) {
    calls::StatsQuery wanted;
    for (auto [name, place] : {std::pair{"line", &wanted.line}, {"ddi", &wanted.ddi}, {"queue", &wanted.queue}})
        if (auto taken = take_text(query, name, *place); !taken) return std::unexpected(taken.error());
    auto from = time_in(query, "from");
    if (!from) return std::unexpected(from.error());
    auto until = time_in(query, "to");
    if (!until) return std::unexpected(until.error());
    wanted.until = until->value_or(now);
    wanted.from = from->value_or(wanted.until - stats_default);
    if (wanted.from >= wanted.until) return invalid("from must be before to.");
    if (wanted.until - wanted.from > stats_most)
        return invalid(fmt::format("From from to to may be {} days at most.", stats_most.count()));
    auto key = calls::stats_key_named(query.find("by").value_or("person"));
    if (!key) return invalid("by is total, person, line, ddi, queue, destination, day or hour.");
    wanted.by = *key;
    auto top = query.number("top", 0, 1, top_max);
    if (!top) return std::unexpected(top.error());
    wanted.top = *top;
    return wanted;
}

/// The calls that the figures are of.
calls::CallQuery behind(const calls::StatsQuery& stats) {
    calls::CallQuery calls{.persons = stats.persons, .line = stats.line, .from = stats.from, .until = stats.until};
    calls.within = stats.within;
    calls.number = stats.ddi;
    calls.queue = stats.queue;
    return calls;
}

// --- writing

void write_gaps(JsonWriter& json, const std::vector<calls::Gap>& gaps) {
    json.key("gaps");
    json.array([&] {
        for (const calls::Gap& gap : gaps)
            json.object([&] {
                json.member("platform", gap.platform);
                json.member("from", gap.from);
                json.member("until", gap.until);
                json.member("filled", gap.filled);
            });
    });
}

std::string in_seconds(milliseconds time) {
    return fmt::format("{}", (std::max<milliseconds::rep>(0, time.count()) + 500) / 1000);
}

/// Four decimals, never rounded up to a whole that it is not.
std::string in_parts(double complete) {
    return fmt::format("{:.4f}", std::floor(std::clamp(complete, 0.0, 1.0) * 10'000) / 10'000);
}

void write_row(JsonWriter& json, const calls::StatsRow& row) {
    auto time = [&](std::string_view name, milliseconds value) {
        json.key(name);
        json.raw(in_seconds(value));
    };
    json.object([&] {
        json.member("key", row.key);
        json.key("incoming");
        json.object([&] {
            json.member("total", row.in_total);
            json.member("answered", row.in_answered);
            json.member("missed", row.in_missed);
            json.member("answered_elsewhere", row.in_answered_elsewhere);
            json.member("abandoned", row.in_abandoned);
            time("talk_s", row.in_talk);
            time("hold_s", row.in_hold);
            time("ring_s", row.in_ring);
        });
        json.key("outgoing");
        json.object([&] {
            json.member("total", row.out_total);
            json.member("answered", row.out_answered);
            time("talk_s", row.out_talk);
            time("hold_s", row.out_hold);
        });
        json.key("complete");
        json.raw(in_parts(row.complete));
    });
}

void append_row(std::string& out, const calls::StatsRow& row) {
    const std::string cells[]{row.key,
                              std::to_string(row.in_total),
                              std::to_string(row.in_answered),
                              std::to_string(row.in_missed),
                              std::to_string(row.in_answered_elsewhere),
                              std::to_string(row.in_abandoned),
                              in_seconds(row.in_talk),
                              in_seconds(row.in_hold),
                              in_seconds(row.in_ring),
                              std::to_string(row.out_total),
                              std::to_string(row.out_answered),
                              in_seconds(row.out_talk),
                              in_seconds(row.out_hold),
                              in_parts(row.complete)};
    csv::write_row(out, {std::begin(cells), std::end(cells)});
}

Answer as_file(std::string_view name, std::string body) {
    return {.status = 200,
            .content = Content::csv,
            .fields = fmt::format("Content-Disposition: attachment; filename=\"{}\"\r\n", name),
            .body = std::move(body)};
}

Answer stats_csv(const calls::Stats& stats) {
    std::string body = "key;in_total;in_answered;in_missed;in_answered_elsewhere;in_abandoned;in_talk_s;in_hold_s;"
                       "in_ring_s;out_total;out_answered;out_talk_s;out_hold_s;complete\r\n";
    for (const calls::StatsRow& row : stats.rows)
        append_row(body, row);
    return as_file("stats.csv", std::move(body));
}

Answer stats_json(const calls::Stats& stats, const calls::StatsQuery& query) {
    Answer answer;
    JsonWriter json(answer.body);
    json.object([&] {
        json.member("from", query.from);
        json.member("to", query.until);
        json.member("by", name(query.by));
        json.key("items");
        json.array([&] {
            for (const calls::StatsRow& row : stats.rows)
                write_row(json, row);
        });
        json.member("next", nullptr);
        write_gaps(json, stats.gaps);
    });
    return answer;
}

} // namespace

/// Ids of `person` (one, or several with commas between; an id that holds a comma stands alone) and of `folder`. Who
/// has left may be asked for, too: history outlives the people file. An error: what is given is none; no ids though
/// one was given: nobody is meant.
Result<Api::Persons> Api::persons_in(const Query& query) const {
    Persons wanted;
    auto person = query.find("person");
    auto folder = query.find("folder");
    wanted.everybody = !person && !folder;
    if (person) {
        bool one = people_->find(*person).has_value();
        for (auto rest = *person; !one && !rest.empty();) {
            auto id = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(id.size() + 1, rest.size()));
            if (!id.empty()) wanted.ids.emplace_back(id);
        }
        if (one) wanted.ids.emplace_back(*person);
        if (wanted.ids.empty() || wanted.ids.size() > limits_.stream_filter)
            return invalid(fmt::format("person takes 1 to {} ids.", limits_.stream_filter));
    }
    if (!folder) return wanted;
    std::vector<std::string> members;
    for (auto slot : people_->order()) {
        auto row = people_->person(slot);
        bool asked = !person || std::ranges::find(wanted.ids, row.id) != wanted.ids.end();
        if (row.folder == *folder && asked) members.emplace_back(row.id);
    }
    if (members.size() > persons_max) return invalid(fmt::format("This folder has more than {} people.", persons_max));
    wanted.ids = std::move(members);
    return wanted;
}

/// For questions to other rooms: who is seen whole, and lines of others.
calls::Within Api::within(const Reach& reach) const {
    calls::Within within;
    within.lines = reach.scope().lines;
    for (auto slot : people_->order())
        if (reach.sees_whole(slot)) within.persons.emplace_back(people_->person(slot).id);
    return within;
}

// --- events

void Api::publish_call(const calls::CallEvent& event) {
    const auto& record = event.call;
    if (!ports_.private_calls || !ports_.private_calls(record.person, record.line))
        return publish_call(event, Audience::everybody);
    auto shown = event;
    calls::hide_other_side(shown);
    publish_call(shown, Audience::outsiders);
    publish_call(event, Audience::insiders);
}

void Api::publish_call(const calls::CallEvent& event, Audience audience) {
    auto type = event.what == calls::Happening::missed ? EventType::missed : EventType::call;
    std::string json;
    JsonWriter writer(json);
    calls::write_event(writer, event);
    if (json.size() > limits_.event_bytes) { // matches with very many fields; the call itself is small
        json.clear();
        JsonWriter bare(json);
        calls::write_event(bare, {event.what, event.at, event.call, {}, {}});
    }
    events_->publish(type, find_person(event.call.person).value_or(no_slot), std::move(json),
                     {audience, mark_of(event.call.line)});
}

// --- /v1/calls

/// Whether this viewer is not told who is on the other side.
bool Api::hidden(const Viewer& viewer, std::string_view person, std::string_view line) const {
    if (viewer.sees_all || !ports_.private_calls || !ports_.private_calls(person, line)) return false;
    return person.empty() || viewer.person != person;
}

/// `by_number`: that a call is in the answer would tell of whom it is.
void Api::hide(const Viewer& viewer, std::vector<calls::CallRecord>& records, bool by_number) const {
    auto is_hidden = [&](const calls::CallRecord& one) { return hidden(viewer, one.person, one.line); };
    if (by_number) std::erase_if(records, is_hidden);
    for (calls::CallRecord& record : records)
        if (is_hidden(record)) calls::hide_other_side(record);
}

void Api::call_history(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"person", "line", "folder", "from", "to", "direction", "result",
                                                   "number", "queue", "limit", "cursor"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto limit = query->number("limit", limits_.list_default, 1, limits_.list_max);
    if (!limit) return call.answer(problem(limit.error()));
    auto wanted = read_calls(*query, *limit);
    if (!wanted) return call.answer(problem(wanted.error()));
    auto persons = persons_in(*query);
    if (!persons) return call.answer(problem(persons.error()));
    bool nobody = !persons->everybody && persons->ids.empty();
    wanted->persons = std::move(persons->ids);
    if (asked.reach) wanted->within = within(*asked.reach);
    defer(call, make_history(std::move(*wanted), nobody, Viewer(*asked.identity)));
}

Task<std::optional<Result<calls::CallPage>>> Api::ask_calls(calls::CallQuery query) {
    using Found = Result<calls::CallPage>;
    std::function<void(Reply<Found>)> port;
    if (ports_.calls)
        port = [this, query = std::move(query)](Reply<Found> reply) { ports_.calls(query, std::move(reply)); };
    return ask<Found>(std::move(port), patience());
}

Task<Answer> Api::make_history(calls::CallQuery query, bool nobody, Viewer viewer) {
    calls::CallPage page;
    bool by_number = !query.number.empty();
    if (!nobody) {
        auto found = co_await ask_calls(std::move(query));
        if (!found) co_return no_answer();
        if (!*found) co_return problem(found->error());
        page = std::move(**found);
        hide(viewer, page.items, by_number);
    }
    Answer answer;
    JsonWriter json(answer.body);
    auto now = wall_now();
    json.object([&] {
        json.key("items");
        json.array([&] {
            for (const calls::CallRecord& record : page.items)
                calls::write_call(json, record, now);
        });
        json.member_or_null("next", page.next);
        write_gaps(json, page.gaps);
    });
    co_return answer;
}

/// People of whose calls this viewer is not told who is on the other side.
std::vector<std::string> Api::unseen_by(const Viewer& viewer) const {
    std::vector<std::string> ids;
    if (viewer.sees_all || !ports_.private_calls) return ids;
    for (auto slot : people_->order())
        if (auto id = people_->person(slot).id; hidden(viewer, id, {})) ids.emplace_back(id);
    return ids;
}

void Api::delete_call(Call& call, const Asked& asked) {
    if (!ports_.forget_call) return call.answer(problem(501, "This daemon keeps nothing."));
    auto whose = asked.reach ? std::optional(within(*asked.reach)) : std::nullopt;
    defer(call, make_call_deletion(std::string(asked.id), std::move(whose), asked.identity->token));
}

Task<Answer> Api::make_call_deletion(std::string id, std::optional<calls::Within> within, std::string by) {
    using Done = Result<std::size_t>;
    std::function<void(Reply<Done>)> port = [this, id, within, by](Reply<Done> reply) {
        ports_.forget_call(id, within, by, std::move(reply));
    };
    auto done = co_await ask<Done>(std::move(port), patience());
    if (!done) co_return no_answer();
    co_return *done ? nothing_left() : problem(done->error());
}

// --- /v1/stats

void Api::stats(Call& call, const Asked& asked) {
    auto query = Query::parse(
        call.request.query, {"from", "to", "by", "person", "folder", "line", "ddi", "queue", "top", "format", "rows"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto wanted = read_stats(*query, wall_now());
    if (!wanted) return call.answer(problem(wanted.error()));
    auto persons = persons_in(*query);
    if (!persons) return call.answer(problem(persons.error()));
    bool nobody = !persons->everybody && persons->ids.empty();
    wanted->persons = std::move(persons->ids);
    if (asked.reach) wanted->within = within(*asked.reach);
    auto format = query->find("format").value_or("json");
    auto rows = query->find("rows").value_or("figures");
    if (format != "json" && format != "csv") return call.answer(problem(400, "format is json or csv."));
    if (rows != "figures" && rows != "calls") return call.answer(problem(400, "rows is figures or calls."));
    if (wanted->by == calls::StatsKey::destination) wanted->unseen = unseen_by(Viewer(*asked.identity));
    if (rows == "figures") return defer(call, make_stats(std::move(*wanted), nobody, format == "csv"));
    if (format != "csv") return call.answer(problem(400, "rows=calls needs format=csv; as JSON: /v1/calls."));
    if (!asked.identity->may(permission("calls.read")))
        return call.answer(problem(403, "Single calls need the permission calls.read.", R"("missing":"calls.read")"));
    defer(call, make_calls_file(behind(*wanted), nobody, Viewer(*asked.identity)));
}

Task<Answer> Api::make_stats(calls::StatsQuery query, bool nobody, bool as_csv) {
    calls::Stats stats;
    if (!nobody) {
        using Found = Result<calls::Stats>;
        std::function<void(Reply<Found>)> port;
        if (ports_.stats) port = [this, query](Reply<Found> reply) { ports_.stats(query, std::move(reply)); };
        auto found = co_await ask<Found>(std::move(port), patience());
        if (!found) co_return no_answer();
        if (!*found) co_return problem(found->error());
        stats = std::move(**found);
    }
    co_return as_csv ? stats_csv(stats) : stats_json(stats, query);
}

/// Page after page, so that no other answer waits long.
Task<Answer> Api::make_calls_file(calls::CallQuery query, bool nobody, Viewer viewer) {
    std::string body(calls::csv_head());
    auto now = wall_now();
    query.limit = limits_.list_max;
    std::size_t rows = 0;
    while (!nobody) {
        auto found = co_await ask_calls(query);
        if (!found) co_return no_answer();
        if (!*found) co_return problem(found->error());
        hide(viewer, (*found)->items, !query.number.empty());
        for (const calls::CallRecord& record : (*found)->items)
            calls::append_csv(body, record, now);
        rows += (*found)->items.size();
        if ((*found)->next.empty()) break;
        if (rows >= csv_rows_max)
            co_return problem(400, fmt::format("These are more than {} calls: ask for less time.", csv_rows_max));
        query.cursor = (*found)->next;
    }
    co_return as_file("calls.csv", std::move(body));
}

} // namespace lamp::status
