// zoho: whether PhoneBridge is on, who is linked with whom, and changing that.
#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fstream>

#include "cli/command.hpp"
#include "cli/commands.hpp"
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

struct Pair {
    std::string line;
    std::string user;
};

/// RFC 4180, as far as a row is on one line.
std::vector<std::string> cells_of(std::string_view row) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] == '"' && quoted && i + 1 < row.size() && row[i + 1] == '"')
            cells.back() += row[++i];
        else if (row[i] == '"')
            quoted = !quoted;
        else if (row[i] == ',' && !quoted)
            cells.emplace_back();
        else if (row[i] != '\r')
            cells.back() += row[i];
    }
    return cells;
}

/// Rows without a user are left out: so what `links --format csv` printed can be read.
Result<std::vector<Pair>> read_pairs(const std::string& file) {
    std::ifstream stream(file);
    std::string row;
    if (!stream || !std::getline(stream, row)) return fail(Category::not_found, file + " cannot be read");
    auto header = cells_of(row);
    auto line = std::ranges::find(header, "line") - header.begin();
    auto user = std::ranges::find(header, "user") - header.begin();
    auto width = static_cast<std::ptrdiff_t>(header.size());
    if (line == width || user == width)
        return fail(Category::invalid, file + ": the first row must name the columns line and user");
    std::vector<Pair> pairs;
    while (std::getline(stream, row)) {
        auto cells = cells_of(row);
        if (static_cast<std::ptrdiff_t>(cells.size()) <= std::max(line, user)) continue;
        Pair pair{cells[static_cast<std::size_t>(line)], cells[static_cast<std::size_t>(user)]};
        if (!pair.line.empty() && !pair.user.empty()) pairs.push_back(std::move(pair));
    }
    return pairs;
}

/// Each for itself: what fails is told, and does not keep the others back.
int link_all(const Call& call, const std::vector<Pair>& pairs) {
    int failed_ones = 0;
    bool dry = call.arguments.has("dry-run");
    for (const Pair& pair : pairs) {
        if (dry) {
            fmt::print("{} would be linked to {}\n", pair.line, pair.user);
            continue;
        }
        auto answer = call.daemon.put(target_of(pair.line), json::object{{"user", pair.user}});
        if (answer) {
            fmt::print("{} is linked to {}\n", pair.line, pair.user);
            continue;
        }
        ++failed_ones;
        static_cast<void>(complain(Error(answer.error().category, pair.line + ": " + answer.error().text)));
    }
    return failed_ones == 0 ? done : failed;
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
    if (word == "status" && alone) return show(call, call.daemon.get("/v1/zoho"));
    if (word == "users" && alone) return list(call, "/v1/zoho/users", user_columns);
    if (word == "links" && alone) return list(call, "/v1/zoho/links", link_columns);
    if (word == "disable" && alone && call.arguments.has("dry-run"))
        return print("PhoneBridge would end for everybody; the links would stay for later\n"), done;
    if ((word == "enable" || word == "disable") && alone)
        return show(call, call.daemon.post("/v1/zoho/" + word, json::object{}));
    if (word == "unlink" && words.size() == 2) return unlink(call, words[1]);
    if (word == "link" && words.size() == 3) return link_all(call, {{words[1], words[2]}});
    if (auto file = call.arguments.value("file"); file && word == "link" && alone) {
        auto pairs = read_pairs(*file);
        return pairs ? link_all(call, *pairs) : complain(pairs.error());
    }
    return misused("status, enable, disable, users, links, link LINE USER, link --file FILE or unlink LINE");
}

} // namespace lamp::cli
