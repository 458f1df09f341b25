// /v1/contacts: a contact made, in the directory or in an integration, changed, removed; or what that would come to.
#include <algorithm>
#include <boost/json.hpp>

#include "contacts/contact.hpp"
#include "status/asking.hpp"
#include "status/body.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace json = boost::json;
namespace {

constexpr std::size_t text_max = 128; // of an integration's name, a call's id, a request's key

struct Planned {
    std::string_view change; // create, change, remove
    std::string_view target;
    std::string_view item;
    const std::vector<std::string>& fields;
    const std::optional<SentView>& sent;
};
Answer planned(const Planned& plan) {
    Answer answer;
    JsonWriter json(answer.body);
    json.object([&] {
        json.member("dry_run", true);
        json.member("change", plan.change);
        json.member("target", plan.target);
        json.key("contact");
        json.raw(plan.item);
        write_texts(json, "fields", plan.fields);
        json.key("request");
        if (!plan.sent) return json.value(nullptr);
        json.object([&] {
            json.member("to", plan.sent->to);
            json.member("what", plan.sent->what);
            json.member("body", plan.sent->body);
        });
    });
    return answer;
}

/// A target's refusal: what it does not take is no mistake of the request's form.
Answer refused_there(const Error& error) {
    return error.category == Category::invalid ? problem(422, error.text) : problem(error);
}

Answer created(const MadeContact& made, bool elsewhere) {
    Answer answer{.status = 201, .content = Content::json, .fields = {}, .body = made.item};
    if (!elsewhere) {
        answer.fields = fmt::format("Location: /v1/directory/{}\r\n", made.key);
        return answer;
    }
    answer.body.pop_back();
    answer.body += R"(,"url":)";
    JsonWriter json(answer.body);
    if (made.url.empty())
        json.value(nullptr);
    else
        json.value(made.url);
    answer.body += '}';
    return answer;
}

bool is_empty(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    return !value || value->is_null() || (value->is_string() && value->get_string().empty());
}

/// What the call knows and the body does not say.
void fill_in(json::object& contact, const std::string& number, const std::string& name) {
    auto& numbers = contact["numbers"];
    if (numbers.is_null()) numbers = json::array();
    if (numbers.is_array()) // else it is refused for that
        numbers.get_array().insert(numbers.get_array().begin(), json::object{{"number", number}});
    if (name.empty() || !is_empty(contact, "first_name") || !is_empty(contact, "last_name")) return;
    auto names = contacts::split_name(name);
    contact["first_name"] = names.first;
    contact["last_name"] = names.last.empty() ? name : names.last;
}

} // namespace

void Api::change_contact(Call& call, const Asked& asked) {
    if (!ports_.directory.create) return call.answer(no_directory());
    if (asked.route->method == Method::post) return create_contact(call, asked);
    auto query = Query::parse(call.request.query, {"dry_run"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto dry_run = query->flag("dry_run", false);
    if (!dry_run) return call.answer(problem(dry_run.error()));
    ContactChange change{asked.route->method, std::string(asked.id), {}, *dry_run, asked.identity->token};
    if (change.method != Method::remove) {
        auto object = object_of(call.request.body);
        if (!object) return call.answer(problem(object.error()));
        change.object = std::move(*object);
    }
    defer(call, make_contact_change(std::move(change)));
}

void Api::create_contact(Call& call, const Asked& asked) {
    const Identity& who = *asked.identity;
    auto query = Query::parse(call.request.query, {"target", "dry_run"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto dry_run = query->flag("dry_run", false);
    if (!dry_run) return call.answer(problem(dry_run.error()));
    auto object = object_of(call.request.body);
    if (!object) return call.answer(problem(object.error()));
    auto target = query->find("target").value_or(contacts::own_source);
    if (!is_text(target, text_max)) return call.answer(problem(400, "target is the name of an integration."));
    auto once = call.request.field("Idempotency-Key");
    if (once && !is_text(*once, text_max))
        return call.answer(problem(400, fmt::format("Idempotency-Key is a text of 1 to {} characters.", text_max)));
    ContactOrder order{.contact = std::move(*object),
                       .target = std::string(target),
                       .dry_run = *dry_run,
                       .once = std::string(once.value_or("")),
                       .by = who.token};
    if (target != contacts::own_source && !who.may(permission("integrations.configure")))
        return call.answer(not_permitted(who, permission("integrations.configure")));
    auto of_call = text_of(order.contact, "call", text_max);
    if (!of_call) return call.answer(problem(of_call.error()));
    if (!*of_call) {
        order.contact.erase("call");
        return defer(call, make_contact(std::move(order)));
    }
    if (!who.may(permission("calls.read"))) return call.answer(not_permitted(who, permission("calls.read")));
    auto id = std::string(**of_call);
    order.contact.erase("call");
    defer(call, make_contact_of(std::move(order), std::move(id), Viewer(who), asked.reach));
}

Task<Answer> Api::make_contact(ContactOrder order) {
    const bool elsewhere = order.target != contacts::own_source;
    const bool dry_run = order.dry_run;
    const auto target = order.target;
    const auto until = elsewhere ? long_patience() : patience();
    auto made = co_await ask_directory<MadeContact>(until, ports_.directory.create, std::move(order));
    if (!made && elsewhere && !dry_run)
        co_return problem(504,
                          "The integration has not answered yet. Look there before the contact is put there again.");
    co_return told(made, [&](const MadeContact& contact) {
        if (contact.refused) return refused_there(*contact.refused);
        if (dry_run) return planned({"create", target, contact.item, {}, contact.sent});
        return created(contact, elsewhere);
    });
}

Task<Answer> Api::make_contact_of(ContactOrder order, std::string call, Viewer viewer, ReachPtr reach) {
    auto caller = co_await caller_of(std::move(call), std::move(viewer), std::move(reach));
    if (!caller) co_return problem(caller.error());
    if (caller->number.empty()) co_return problem(422, "The number of this call is withheld, or was not told.");
    fill_in(order.contact, caller->number, caller->name);
    co_return co_await make_contact(std::move(order));
}

/// Of a call that goes on, or of one that is over. Of somebody's private call the other side is withheld.
Task<Result<Api::Caller>> Api::caller_of(std::string call, Viewer viewer, ReachPtr reach) {
    auto silent = [] { return fail(Category::timeout, "Another part of the daemon did not answer in time."); };
    auto active = co_await ask<std::vector<CallView>>(ports_.active_calls, patience());
    if (!active) co_return silent();
    std::optional<Caller> found;
    auto take = [&](const auto& one) {
        if (hidden(viewer, one.person, one.line)) {
            if (!found) found.emplace();
        } else if (!found || found->number.empty()) {
            found = Caller{one.remote_number, one.remote_name};
        }
    };
    for (const CallView& one : *active)
        if (one.id == call && (!reach || sees(*reach, one))) take(one);
    if (found) co_return *found;
    calls::CallQuery query{.id = call};
    if (reach) query.within = within(*reach);
    auto recorded = co_await recorded_caller(std::move(query), std::move(viewer));
    if (!recorded) co_return silent();
    if (!*recorded && recorded->error().category == Category::not_found)
        co_return fail(Category::not_found, "There is no such call.");
    co_return *recorded;
}

Task<Answer> Api::make_contact_change(ContactChange change) {
    const auto& ports = ports_.directory;
    const bool removed = change.method == Method::remove;
    auto done = removed ? co_await ask_directory<ChangedContact>(patience(), ports.remove, std::move(change.key),
                                                                 change.dry_run, std::move(change.by))
                        : co_await ask_directory<ChangedContact>(patience(), ports.modify, std::move(change.key),
                                                                 std::move(change.object), change.dry_run,
                                                                 std::move(change.by));
    co_return told(done, [&](const ChangedContact& contact) {
        if (change.dry_run)
            return planned({removed ? "remove" : "change", contacts::own_source, contact.item, contact.fields, {}});
        if (removed) return nothing_left();
        return Answer{.status = 200, .content = Content::json, .fields = {}, .body = contact.item};
    });
}

} // namespace lamp::status
