// zoho: whether PhoneBridge is on, who is linked with whom, and changing that.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/zoho_links.hpp"
#include "http/url.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

const std::vector<Column> link_columns{{"line", "line"},        {"number", "number"}, {"person", "person"},
                                       {"state", "state"},      {"user", "user"},     {"name", "user_name"},
                                       {"email", "user_email"}, {"origin", "origin"}, {"error", "error"}};
const std::vector<Column> user_columns{{"id", "id"}, {"name", "name"}, {"email", "email"}, {"linked", "linked"}};

int show(const Call& call, const Result<json::value>& answer) {
    if (!answer) return complain(answer.error());
    if (call.format == Format::json) return print(json::serialize(*answer) + "\n"), done;
    print(print_list({*answer},
                     {{"STATE", "state"},
                      {"ENABLED", "enabled"},
                      {"ACCOUNT", "account"},
                      {"ENDPOINT", "endpoint"},
                      {"LINKS", "links"},
                      {"USERS", "users"},
                      {"WAITING", "queue"},
                      {"LAST ERROR", "last_error"}},
                     call.format));
    if (call.format == Format::table && answer->is_object())
        for (const auto& text : answer->get_object().at("problems").get_array())
            print("! " + cell(text, "") + "\n");
    return done;
}

int list(const Call& call, const std::string& target, const std::vector<Column>& columns) {
    auto items = call.daemon.list(target);
    if (!items) return complain(items.error());
    return print(print_list(*items, columns, call.format)), done;
}

std::string target_of(const std::string& line) {
    return "/v1/zoho/links/" + http::encode_segment(line);
}

int link(const Call& call, const std::string& line, const std::string& user) {
    if (call.arguments.has("dry-run")) return fmt::print("{} would be linked to {}\n", line, user), done;
    auto answer = call.daemon.put(target_of(line), json::object{{"user", user}});
    if (!answer) return complain(Error(answer.error().category, line + ": " + answer.error().text));
    return fmt::print("{} is linked to {}\n", line, user), done;
}

int unlink(const Call& call, const std::string& line) {
    auto items = call.daemon.list("/v1/zoho/links");
    if (!items) return complain(items.error());
    std::string whom;
    for (const auto& item : *items)
        if (cell(item, "line") == line || cell(item, "person") == line || cell(item, "number") == line)
            whom = fmt::format("{} ({}, {}) and the Zoho user {} {}", cell(item, "line"), cell(item, "person"),
                               cell(item, "number"), cell(item, "user"), cell(item, "user_name"));
    if (call.arguments.has("dry-run")) return fmt::print("{} would be unlinked\n", whom.empty() ? line : whom), done;
    auto answer = call.daemon.remove(target_of(line));
    if (!answer) return complain(answer.error());
    return fmt::print("{} are no longer linked\n", whom.empty() ? line : whom), done;
}

} // namespace

int zoho(const Call& call) {
    const auto& words = call.arguments.words();
    auto word = words.empty() ? std::string() : words.front();
    bool alone = words.size() == 1;
    for (std::string_view option : {"file", "replace", "max-delete"})
        if (call.arguments.has(option) && (word != "link" || !alone || !call.arguments.has("file")))
            return misused(fmt::format("--{} belongs to link --file FILE", option));
    if (call.arguments.has("dry-run") && word != "link" && word != "unlink" && word != "disable")
        return misused("--dry-run belongs to link, unlink and disable");
    if (word == "status" && alone) return show(call, call.daemon.get("/v1/zoho"));
    if (word == "users" && alone) return list(call, "/v1/zoho/users", user_columns);
    if (word == "links" && alone) return list(call, "/v1/zoho/links", link_columns);
    if (word == "disable" && alone && call.arguments.has("dry-run"))
        return print("PhoneBridge would end for everybody; the links would stay for later\n"), done;
    if ((word == "enable" || word == "disable") && alone)
        return show(call, call.daemon.post("/v1/zoho/" + word, json::object{}));
    if (word == "unlink" && words.size() == 2) return unlink(call, words[1]);
    if (word == "link" && words.size() == 3) return link(call, words[1], words[2]);
    if (auto file = call.arguments.value("file"); file && word == "link" && alone) return link_file(call, *file);
    return misused("status, enable, disable, users, links, link LINE USER, link --file FILE or unlink LINE");
}

} // namespace lamp::cli
