// directory add, change, remove: one contact, here or in an integration.
#include <array>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "http/url.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

const std::vector<Column> shown{
    {"KEY", "key"},       {"SOURCE", "source"},   {"LAST NAME", "last_name"}, {"FIRST NAME", "first_name"},
    {"FOLDER", "folder"}, {"COMPANY", "company"}, {"E-MAIL", "email"},        {"NUMBERS", "numbers"},
    {"PAGE", "url"}};

/// "work:0201230002"; without a type only the number.
json::object number_of(std::string_view written) {
    auto colon = written.find(':');
    json::object number{{"number", written.substr(colon == std::string_view::npos ? 0 : colon + 1)}};
    if (colon != std::string_view::npos) number["type"] = written.substr(0, colon);
    return number;
}

json::object body_of(const Arguments& arguments) {
    struct Member {
        std::string_view option, name;
    };
    static constexpr std::array members{Member{"first", "first_name"}, Member{"last", "last_name"},
                                        Member{"email", "email"},      Member{"company", "company"},
                                        Member{"folder", "folder"},    Member{"call", "call"}};
    json::object body;
    for (const auto& one : members)
        if (auto value = arguments.value(one.option)) body[one.name] = *value;
    if (!arguments.has("number")) return body;
    json::array numbers;
    for (const auto& one : arguments.all("number"))
        if (!one.empty()) numbers.push_back(number_of(one));
    body["numbers"] = std::move(numbers);
    return body;
}

/// The numbers alone, so that they go into a cell.
json::value readable(json::value contact) {
    auto* object = contact.if_object();
    if (object == nullptr) return contact;
    json::array numbers;
    for (const auto& one : list_of(contact, "numbers"))
        numbers.emplace_back(cell(one, "number"));
    (*object)["numbers"] = std::move(numbers);
    return contact;
}

int print_contact(const Call& call, const json::value& contact) {
    if (call.format == Format::json) return print(json::serialize(contact) + "\n"), done;
    return print(print_list({readable(contact)}, shown, call.format)), done;
}

int print_plan(const Call& call, const json::value& plan) {
    const auto* contact = member(plan, "contact");
    if (call.format == Format::json || !contact) return print(json::serialize(plan) + "\n"), done;
    auto printed = print_contact(call, *contact);
    if (call.format != Format::table) return printed;
    const auto change = cell(plan, "change");
    const auto fields = cell(plan, "fields");
    if (change == "change" && fields.empty())
        print("nothing would be changed: it is so already\n");
    else
        fmt::print("would {}{}{}\n", change, fields.empty() ? "" : ": ", fields);
    if (const auto* request = member(plan, "request"); request && request->is_object())
        fmt::print("\n{}\n{}\n{}\n", cell(*request, "to"), cell(*request, "what"), cell(*request, "body"));
    return printed;
}

int send(const Call& call, http::Method method, std::string target, std::string body) {
    if (call.arguments.has("dry-run")) target += target.contains('?') ? "&dry_run=1" : "?dry_run=1";
    auto answer = call.daemon.change(method, target, std::move(body), call.arguments.value("once").value_or(""));
    if (!answer) return complain(answer.error());
    if (answer->status == 204) return done;
    boost::system::error_code error;
    auto told = json::parse(answer->text, error);
    if (answer->status != 200 && answer->status != 201) return complain(DaemonClient::complaint(*answer));
    if (error) return complain({Category::protocol, "the answer is no JSON; is --url a Lamplighter?"});
    return call.arguments.has("dry-run") ? print_plan(call, told) : print_contact(call, told);
}

} // namespace

int add_contact(const Call& call) {
    const auto& arguments = call.arguments;
    if (!arguments.has("call") && (!arguments.has("first") || !arguments.has("last")))
        return misused("directory add needs --first and --last, or --call");
    std::string target = "/v1/contacts";
    if (auto name = arguments.value("target")) target += "?target=" + http::encode_query(*name);
    return send(call, http::Method::post, std::move(target), json::serialize(body_of(arguments)));
}

int change_contact(const Call& call, const std::string& key) {
    auto body = body_of(call.arguments);
    if (body.empty()) return misused("directory change needs what is to be changed: --first, --number …");
    return send(call, http::Method::patch, "/v1/contacts/" + http::encode_segment(key), json::serialize(body));
}

int remove_contact(const Call& call, const std::string& key) {
    return send(call, http::Method::del, "/v1/contacts/" + http::encode_segment(key), {});
}

} // namespace lamp::cli
