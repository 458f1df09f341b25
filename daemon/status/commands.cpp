// Endpoints that other rooms answer: why, active calls, dialling, call control, reload.
#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <map>

#include "status/asking.hpp"
#include "status/body.hpp"
#include "status/call_json.hpp"
#include "status/forwarding_json.hpp"
#include "status/json.hpp"
#include "status/presence_json.hpp"
#include "status/sentence_json.hpp"
#include "status/target.hpp"
#include "status/watcher_json.hpp"

namespace lamp::status {
namespace {

constexpr std::size_t number_length_max = 128;
constexpr std::size_t records_of_call = 10;    // one for each person of its line
constexpr milliseconds services_before{2'000}; // left for the rest of `why`

/// The texts of a JSON object's members; a member that is missing, empty or no text is named in the error.
Result<std::vector<std::string>> members_of(const boost::json::object& object,
                                            std::initializer_list<std::string_view> names) {
    std::vector<std::string> values;
    for (auto name : names) {
        const auto* value = object.if_contains(name);
        bool good = value && value->is_string() && !value->get_string().empty() &&
                    value->get_string().size() <= number_length_max * 4;
        if (!good) return fail(Category::invalid, fmt::format("The body needs the text \"{}\".", name));
        values.emplace_back(value->get_string().begin(), value->get_string().end());
    }
    return values;
}

Result<std::vector<std::string>> read_members(std::string_view body, std::initializer_list<std::string_view> names) {
    auto object = object_of(body);
    if (!object) return std::unexpected(object.error());
    return members_of(*object, names);
}

/// Whose telephone dials whom: a number, or whoever was on the other side of a call.
struct DialOrder {
    std::string person;
    std::string to;   // either
    std::string call; // or
};

Result<DialOrder> read_dial(std::string_view body) {
    auto object = object_of(body);
    if (!object) return std::unexpected(object.error());
    bool again = object->contains("call");
    if (again && object->contains("to"))
        return fail(Category::invalid, "The body has \"to\", a number, or \"call\", a call's id; not both.");
    auto members = members_of(*object, {"person", again ? "call" : "to"});
    if (!members) return std::unexpected(members.error());
    DialOrder order{.person = std::move((*members)[0]), .to = {}, .call = {}};
    (again ? order.call : order.to) = std::move((*members)[1]);
    return order;
}

bool is_number(std::string_view text) {
    return text.size() <= number_length_max &&
           std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Whether it may at all; of `self` a token without a person has nothing.
bool may_act(const Identity& who, Permission any, Permission self) {
    return who.may(any) || (who.may(self) && !who.person.empty());
}

Answer too_often(milliseconds wait) {
    auto answer = problem(429, "Too many numbers are dialled; try again later.");
    answer.fields += fmt::format("Retry-After: {}\r\n", std::chrono::ceil<seconds>(wait).count());
    return answer;
}

Answer accepted(const std::optional<Result<std::string>>& outcome) {
    if (!outcome) return no_answer();
    if (!*outcome) return problem(outcome->error());
    Answer answer{.status = 202, .content = Content::json, .fields = {}, .body = {}};
    JsonWriter json(answer.body);
    json.object([&] { json.member("call", **outcome); });
    return answer;
}

void write_input(JsonWriter& json, std::string_view source, std::string_view value, std::optional<Wall> at,
                 std::optional<Wall> expires) {
    json.member("source", source);
    json.member("value", value);
    json.member("at", at);
    json.key("age_s");
    if (at)
        json.value(std::max(0.0, std::chrono::duration<double>(wall_now() - *at).count()));
    else
        json.value(nullptr);
    json.member("expires", expires);
}

void write_services(JsonWriter& json, const std::vector<ServiceInput>& services) {
    for (const ServiceInput& service : services)
        json.object([&] {
            write_input(json, service.source, service.value, service.at, service.expires);
            json.member("line", service.line);
        });
}

/// Who wants a line's calls elsewhere.
void write_wishes(JsonWriter& json, const PersonForwarding& forwarding) {
    if (!forwarding.smartbusy.empty())
        json.object([&] { write_input(json, "smartbusy", forwarding.smartbusy, {}, {}); });
    auto row = [&](const ForwardingView& line, const std::string& wish, std::optional<Wall> at,
                   std::optional<Wall> expires) {
        json.object([&] {
            write_input(json, "forwarding", wish, at, expires);
            json.member("line", line.line);
        });
    };
    for (const ForwardingView& line : forwarding.lines) {
        if (!concerns_us(line)) continue;
        row(line, wish_of(line.baseline), {}, {});
        for (const auto& claim : line.claims)
            row(line, wish_of(claim), claim.from > wall_now() ? std::nullopt : std::optional(claim.from), claim.until);
    }
}

/// What became of it on the platform.
void write_outcomes(JsonWriter& json, const PersonForwarding& forwarding) {
    for (const ForwardingView& line : forwarding.lines) {
        if (!concerns_us(line)) continue;
        auto written = line.last_write ? line.last_write->result : "nothing written";
        json.object([&] {
            json.member("adapter", "forwarding");
            json.member("value", outcome_of(line));
            json.member("at", line.last_write ? std::optional(line.last_write->at) : std::nullopt);
            json.member("result", line.trouble.empty() ? std::string_view(written) : std::string_view(line.trouble));
            json.member("line", line.line);
        });
    }
}

/// Of what was told of the lines of a person, only the lines that are seen.
template <class Told>
void keep_seen(const Reach& reach, presence::Slot person, std::vector<Told>& lines) {
    std::erase_if(lines, [&](const Told& one) { return !reach.sees(person, one.line); });
}

} // namespace

/// limit and cursor of a listing whose order is fixed while it is read; nothing after a 400 was given.
std::optional<Api::Page> Api::page_of(Call& call) const {
    auto query = Query::parse(call.request.query, {"limit", "cursor"});
    if (!query) return call.answer(problem(400, query.error().text)), std::nullopt;
    return page_in(call, *query);
}

std::optional<Api::Page> Api::page_in(Call& call, const Query& query) const {
    auto limit = query.number("limit", limits_.list_default, 1, limits_.list_max);
    if (!limit) return call.answer(problem(400, limit.error().text)), std::nullopt;
    auto from = query.number("cursor", 0, 0, ~std::size_t{0});
    if (!from) return call.answer(problem(400, "The cursor is not one of ours.")), std::nullopt;
    return Page{*limit, *from};
}

// --- why

void Api::why(Call& call, const Asked& asked) {
    auto slot = find_person(asked.id, asked);
    if (!slot) return call.answer(unknown_person());
    if (ports_.interested) ports_.interested(*slot);
    defer(call, make_why(*slot, asked.reach));
}

Task<Answer> Api::make_why(presence::Slot slot, ReachPtr reach) {
    auto until = patience();
    std::function<void(Reply<std::vector<LineInput>>)> ask_lines;
    if (ports_.lines)
        ask_lines = [this, slot](Reply<std::vector<LineInput>> reply) { ports_.lines(slot, std::move(reply)); };
    std::function<void(Reply<PersonView>)> ask_person;
    if (ports_.person) ask_person = [this, slot](Reply<PersonView> reply) { ports_.person(slot, std::move(reply)); };
    std::function<void(Reply<std::vector<ServiceInput>>)> ask_services;
    if (ports_.services)
        ask_services = [this, slot](Reply<std::vector<ServiceInput>> reply) {
            ports_.services(slot, std::move(reply));
        };
    // The slowest first: what is told of the table and the lines is as of the answer.
    auto services = co_await ask<std::vector<ServiceInput>>(std::move(ask_services), until - services_before);
    auto lines = co_await ask<std::vector<LineInput>>(std::move(ask_lines), until);
    auto person = co_await ask<PersonView>(std::move(ask_person), until);
    auto watchers = co_await ask<std::vector<WatcherView>>(watchers_of(slot), until);
    auto forwarding = co_await ask<PersonForwarding>(forwarding_of(slot), until);
    if (!lines || !person || !watchers || !forwarding) co_return no_answer();
    if (!people_->listed(slot)) co_return unknown_person();
    if (reach && !reach->sees_whole(slot)) {
        keep_seen(*reach, slot, *lines);
        if (services) keep_seen(*reach, slot, *services);
        keep_seen(*reach, slot, forwarding->lines);
        watchers->clear(); // of which line, only the watcher knows
    }

    put_in_order(*watchers);
    Answer answer;
    auto snapshot = read(slot);
    auto rules = table_.rules();
    auto inputs = presence::Inputs::of(snapshot.cells);
    JsonWriter json(answer.body);
    json.object([&] {
        json.key("presence");
        json.raw({});
        append_presence(answer.body, snapshot, people_->person(slot), ports_.teams_word);
        json.key("inputs");
        json.array([&] {
            write_inputs(json, snapshot, *lines, person->inputs);
            if (services) write_services(json, *services);
            write_wishes(json, *forwarding);
        });
        json.key("rules");
        json.array([&] {
            for (const presence::Rule& rule : rules->rows())
                json.object([&] {
                    json.member("rule", unsigned{rule.number});
                    json.member("matched", rule.matches(inputs));
                    json.member("status", presence::name(rule.status));
                    json.member("text", rule.text);
                    json.member("built_in", rules->built_in());
                });
        });
        json.key("outputs");
        json.array([&] {
            for (const OutputView& output : person->outputs)
                json.object([&] {
                    json.member("adapter", output.adapter);
                    json.member("value", output.value);
                    json.member("at", output.at);
                    json.member("result", output.result);
                });
            write_outcomes(json, *forwarding);
        });
        json.key("forwarding");
        write_forwarding(json, *forwarding, people_->person(slot).id);
        bool in_teams = snapshot.said(presence::Source::teams);
        write_sentence(json, "busy_on_busy", in_teams ? forwarding->busy_on_busy : Sentence());
        json.key("watchers");
        json.array([&] {
            for (const WatcherView& one : *watchers)
                write_watcher(json, one, id_of(one.person));
        });
    });
    co_return answer;
}

/// Every line of the person where the telephony room tells of them, else the report that they gave together.
void Api::write_inputs(JsonWriter& json, const presence::Snapshot& snapshot, const std::vector<LineInput>& lines,
                       const std::vector<InputView>& others) const {
    using presence::Source;
    auto told = [&](std::string_view source) {
        return std::ranges::any_of(others, [&](const InputView& one) { return one.source == source; });
    };
    auto write_line = [&](const LineInput& line) {
        json.object([&] {
            write_input(json, "telephony", presence::name(line.state), line.at, line.expires);
            if (!line.line.empty()) json.member("line", line.line);
            json.member("calls", line.calls);
            json.member("dnd", line.dnd);
            json.member("forwarding", presence::name(line.forwarding));
            json.member_or_null("acd", line.agent == presence::AgentState::none ? "" : presence::name(line.agent));
            json.member("stale", line.stale);
        });
    };
    for (const LineInput& line : lines)
        write_line(line);
    if (!ports_.lines && snapshot.said(Source::telephony)) {
        auto all = snapshot.line();
        write_line({{}, all.state, all.calls, all.dnd, all.forwarding, all.agent, all.stale, all.at, {}});
    }
    for (const InputView& one : others) {
        json.object([&] {
            write_input(json, one.source, one.value, one.at, one.expires);
            if (one.source != presence::name(Source::teams)) return;
            json.member("out_of_office", snapshot.teams().out_of_office);
            json.member("stale", snapshot.teams().stale);
        });
    }
    if (snapshot.said(Source::teams) && !told(presence::name(Source::teams))) {
        auto teams = snapshot.teams();
        auto word = teams_word(teams, ports_.teams_word);
        json.object([&] {
            write_input(json, "teams", fmt::format("{}/{}", word.availability, word.activity), teams.at, {});
            json.member("out_of_office", teams.out_of_office);
            json.member("stale", teams.stale);
        });
    }
    if (snapshot.said(Source::meetings)) {
        auto cell = snapshot.cells.at(static_cast<std::size_t>(Source::meetings));
        bool active = presence::packing::field_of(cell, 0, 1) != 0;
        json.object([&] {
            write_input(json, "meetings", active ? "active" : "none", presence::packing::unpack_time(cell), {});
        });
    }
    if (snapshot.said(Source::publication)) {
        auto published = snapshot.publication();
        json.object([&] {
            write_input(json, "publication",
                        fmt::format("{}/{}", presence::name(published.line), presence::name(published.word)), {},
                        published.until);
        });
    }
}

// --- photos

void Api::photo(Call& call, const Asked& asked) {
    auto slot = find_person(asked.id, asked);
    if (!slot) return call.answer(unknown_person());
    defer(call, make_photo(*slot, std::string(call.request.if_none_match)));
}

Task<Answer> Api::make_photo(presence::Slot slot, std::string known) {
    std::function<void(Reply<PhotoView>)> port;
    if (ports_.photo) port = [this, slot](Reply<PhotoView> reply) { ports_.photo(slot, std::move(reply)); };
    auto photo = co_await ask<PhotoView>(std::move(port), patience());
    if (!photo) co_return no_answer();
    if (photo->bytes.empty()) co_return problem(404, "There is no photo of this person.");
    Answer answer{.status = 200,
                  .content = photo->png ? Content::png : Content::jpeg,
                  .fields = fmt::format("ETag: {}\r\n", photo->etag),
                  .body = {}};
    if (known.find(photo->etag) != std::string::npos)
        answer.status = 304;
    else
        answer.body = std::move(photo->bytes);
    co_return answer;
}

// --- people whose accounts are in doubt

void Api::doubts(Call& call, const Asked& asked) {
    auto page = page_of(call);
    if (page) defer(call, make_doubts(*page, asked.reach));
}

Task<Answer> Api::make_doubts(Page page, ReachPtr reach) {
    auto doubts = co_await ask<std::vector<DoubtView>>(ports_.doubts, patience());
    if (!doubts) co_return no_answer();
    std::erase_if(*doubts, [&](const DoubtView& one) {
        return one.slot >= people_->slots() || (reach && !reach->sees(one.slot));
    });
    co_return listed(*doubts, page, [this](JsonWriter& json, const DoubtView& one) {
        json.object([&] {
            auto person = people_->person(one.slot);
            json.member("person", person.id);
            json.member("name", person.name);
            json.member("adapter", one.adapter);
            json.member("kind", one.kind);
            json.member("text", one.text);
        });
    });
}

// --- calls

void Api::active_calls(Call& call, const Asked& asked) {
    auto page = page_of(call);
    if (page) defer(call, make_calls(*page, Viewer(*asked.identity), asked.reach));
}

bool Api::sees(const Reach& reach, const CallView& call) const {
    return reach.sees(find_person(call.person).value_or(no_slot), call.line);
}

Task<Answer> Api::make_calls(Page page, Viewer viewer, ReachPtr reach) {
    const auto until = patience();
    auto calls = co_await ask<std::vector<CallView>>(ports_.active_calls, until);
    if (!calls) co_return no_answer();
    if (reach) std::erase_if(*calls, [&](const CallView& one) { return !sees(*reach, one); });
    std::ranges::sort(*calls, {}, [](const CallView& one) { return std::tie(one.started, one.id); });
    for (CallView& one : *calls)
        if (hidden(viewer, one.person, one.line)) one.remote_number = one.remote_name = {};
    std::map<std::string, std::vector<calls::Match>, std::less<>> known; // of this page's numbers
    for (auto at = page.from; ports_.recognise && at < std::min(calls->size(), page.from + page.limit); ++at) {
        const auto& number = (*calls)[at].remote_number;
        if (number.empty() || known.contains(number)) continue;
        using Found = Result<std::vector<calls::Match>>;
        std::function<void(Reply<Found>)> port = [&](Reply<Found> reply) {
            ports_.recognise(number, false, std::move(reply));
        };
        auto found = co_await ask<Found>(std::move(port), until);
        if (!found) co_return no_answer();
        known.emplace(number, found->value_or(std::vector<calls::Match>()));
    }
    co_return listed(*calls, page,
                     [&](JsonWriter& json, const CallView& one) { write_call(json, one, known[one.remote_number]); });
}

void Api::dial(Call& call, const Asked& asked) {
    const Identity& who = *asked.identity;
    if (!may_act(who, permission("dial.any"), permission("dial.self")))
        return call.answer(not_permitted(who, permission("dial.any")));
    auto order = read_dial(call.request.body);
    if (!order) return call.answer(problem(400, order.error().text));
    if (!order->call.empty() && !who.may(permission("calls.read")))
        return call.answer(not_permitted(who, permission("calls.read")));
    auto request = dial_request(who, order->person, order->to, asked.reach.get());
    if (!request) return call.answer(request.error());
    if (order->call.empty()) return defer(call, make_dial(std::move(*request)));
    calls::CallQuery wanted{.id = std::move(order->call), .limit = records_of_call};
    if (asked.reach) wanted.within = within(*asked.reach);
    defer(call, make_dial_again(std::move(*request), std::move(wanted), Viewer(who)));
}

Task<Answer> Api::make_dial_again(DialRequest request, calls::CallQuery query, Viewer viewer) {
    auto caller = co_await recorded_caller(std::move(query), std::move(viewer));
    if (!caller) co_return no_answer();
    if (!*caller) co_return problem(caller->error());
    if ((*caller)->number.empty())
        co_return problem(422, "The number of this call's other side is not known: withheld, private or not kept.");
    request.to = std::move((*caller)->number);
    co_return co_await make_dial(std::move(request));
}

/// The other side of the newest call that `query` finds, as far as the viewer may know it and its number is whole; else
/// empty. Nothing: no answer in time.
Task<std::optional<Result<Api::Caller>>> Api::recorded_caller(calls::CallQuery query, Viewer viewer) {
    auto found = co_await ask_calls(std::move(query));
    if (!found) co_return std::nullopt;
    if (!*found) co_return std::unexpected(found->error());
    auto& records = (*found)->items;
    if (records.empty()) co_return fail(Category::not_found, "There is no such call among those that are over.");
    hide(viewer, records, false);
    auto known = std::ranges::find_if(records, [](const auto& one) { return !one.remote_number.empty(); });
    if (known == records.end() || (*found)->masked) co_return Caller();
    co_return Caller{known->remote_number, known->remote_name};
}

/// Whether somebody may dial this for that person now, which counts as a dial; else what the answer is.
std::expected<DialRequest, Answer> Api::dial_request(const Identity& who, std::string_view person, std::string_view to,
                                                     const Reach* reach) {
    auto refused = [](Answer answer) { return std::unexpected(std::move(answer)); };
    bool own = person == who.person && may_act(who, permission("dial.any"), permission("dial.self"));
    if (!own && !who.may(permission("dial.any"))) return refused(not_permitted(who, permission("dial.any")));
    auto slot = find_person(person);
    if (!slot || (reach && !reach->sees(*slot))) return refused(unknown_person());
    if (!is_number(to)) return refused(problem(400, "\"to\" is no number."));
    if (auto wait = dial_rate_.take(who.token, person, steady_now()); wait > milliseconds(0))
        return refused(too_often(wait));
    if (!ports_.dial) return refused(problem(501, "No telephony platform is configured."));
    return DialRequest{*slot, std::string(to), who.token};
}

Task<std::optional<Result<std::string>>> Api::ask_dial(DialRequest request, Steady until) {
    std::function<void(Reply<Result<std::string>>)> port = [this, request](Reply<Result<std::string>> reply) {
        ports_.dial(request, std::move(reply));
    };
    co_return co_await ask<Result<std::string>>(std::move(port), until);
}

Task<Answer> Api::make_dial(DialRequest request) {
    co_return accepted(co_await ask_dial(std::move(request), patience()));
}

void Api::control(Call& call, const Asked& asked) {
    const Identity& who = *asked.identity;
    if (!may_act(who, permission("callcontrol.any"), permission("callcontrol.self")))
        return call.answer(not_permitted(who, permission("callcontrol.any")));
    auto word = asked.route->pattern.substr(asked.route->pattern.rfind('/') + 1);
    ControlRequest request{std::string(asked.id), CallVerb::answer, {}, asked.identity->token};
    for (auto verb : {CallVerb::answer, CallVerb::hold, CallVerb::resume, CallVerb::hangup, CallVerb::transfer})
        if (name(verb) == word) request.verb = verb;
    if (request.verb == CallVerb::transfer) {
        auto members = read_members(call.request.body, {"to"});
        if (!members) return call.answer(problem(400, members.error().text));
        if (!is_number(members->front())) return call.answer(problem(400, "\"to\" is no number."));
        request.to = std::move(members->front());
    }
    if (!ports_.control) return call.answer(problem(501, "No telephony platform is configured."));
    defer(call,
          make_control(std::move(request), who.may(permission("callcontrol.any")) ? "" : who.person, asked.reach));
}

/// `only_of`: the person whose call it must be; empty: anybody's.
Task<Answer> Api::make_control(ControlRequest request, std::string only_of, ReachPtr reach) {
    if (!only_of.empty() || reach) {
        auto calls = co_await ask<std::vector<CallView>>(ports_.active_calls, patience());
        if (!calls) co_return no_answer();
        bool own = std::ranges::any_of(*calls, [&](const CallView& one) {
            return one.id == request.call && (only_of.empty() || one.person == only_of) &&
                   (!reach || sees(*reach, one));
        });
        if (!own) co_return problem(404, only_of.empty() ? "There is no such call." : "This person has no such call.");
    }
    std::function<void(Reply<Result<std::string>>)> port = [this, request](Reply<Result<std::string>> reply) {
        ports_.control(request, std::move(reply));
    };
    auto outcome = co_await ask<Result<std::string>>(std::move(port), patience());
    co_return accepted(outcome);
}

// --- reload

void Api::reload(Call& call, const Asked& asked) {
    if (!ports_.reload) return call.answer(problem(501, "This daemon was started without a configuration file."));
    defer(call, make_reload(asked.identity->token));
}

Task<Answer> Api::make_reload(std::string by) {
    std::function<void(Reply<ReloadView>)> port = [this, by](Reply<ReloadView> reply) {
        ports_.reload(by, std::move(reply));
    };
    auto outcome = co_await ask<ReloadView>(std::move(port), patience());
    if (!outcome) co_return no_answer();
    std::string members; // of the object, without its braces
    JsonWriter json(members);
    write_texts(json, "applied", outcome->applied);
    write_texts(json, "needs_restart", outcome->needs_restart);
    json.key("problems");
    json.array([&] {
        for (const config::Problem& one : outcome->problems)
            json.object([&] {
                json.member("file", one.file);
                json.member("line", one.line);
                json.member("column", one.column);
                json.member("section", one.section);
                json.member("key", one.key);
                json.member("message", one.message);
                json.member("severity", one.severity == config::Severity::error ? "error" : "warning");
            });
    });
    if (!outcome->accepted) co_return problem(422, "The configuration has mistakes; nothing was changed.", members);
    co_return Answer{.status = 200, .content = Content::json, .fields = {}, .body = "{" + members + "}"};
}

} // namespace lamp::status
