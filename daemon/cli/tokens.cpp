// token: who may use the HTTP interface. `hash` asks nobody.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

#include "access/hashed.hpp"
#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "http/url.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

constexpr std::size_t secret_max = 4096;

const std::vector<Column>& token_columns() {
    static const std::vector<Column> columns{{"NAME", "name"},       {"ROLE", "role"},          {"PERSON", "person"},
                                             {"FOLDERS", "folders"}, {"LINES", "lines"},        {"SOURCE", "source"},
                                             {"CREATED", "created"}, {"BY", "created_by"},      {"EXPIRES", "expires"},
                                             {"EXPIRED", "expired"}, {"LAST USED", "last_used"}};
    return columns;
}

/// "Sales,Support" as a list.
json::array names_in(std::string_view text) {
    json::array names;
    while (!text.empty()) {
        auto end = std::min(text.find(','), text.size());
        if (end > 0) names.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return names;
}

/// What a token or ticket shall be, as options say.
json::object described(const Call& call, const std::string& name) {
    json::object body{{"name", name}, {"role", call.arguments.value("role").value_or("")}};
    for (const char* key : {"person", "expires"})
        if (auto value = call.arguments.value(key)) body[key] = *value;
    if (auto value = call.arguments.value("token-expires")) body["token_expires"] = *value;
    for (const char* key : {"folders", "lines"})
        if (auto value = call.arguments.value(key)) body[key] = names_in(*value);
    return body;
}

/// Prints the member that is in this answer and nowhere else.
int show_once(const Call& call, const Result<json::value>& made, std::string_view secret) {
    if (!made) return complain(made.error());
    if (call.format == Format::json) return print(json::serialize(*made) + "\n"), done;
    fmt::print("{}\n", cell(*made, secret));
    if (::isatty(STDOUT_FILENO)) fmt::print(stderr, "This is the only time that the {} is shown.\n", secret);
    return done;
}

int create(const Call& call, const std::string& name) {
    return show_once(call, call.daemon.post("/v1/tokens", described(call, name)), "secret");
}

int ticket(const Call& call, const std::string& name) {
    return show_once(call, call.daemon.post("/v1/tickets", described(call, name)), "ticket");
}

int tickets(const Call& call) {
    return show_list(call, "/v1/tickets",
                     {{"NAME", "name"},
                      {"ROLE", "role"},
                      {"PERSON", "person"},
                      {"FOLDERS", "folders"},
                      {"LINES", "lines"},
                      {"CREATED", "created"},
                      {"BY", "created_by"},
                      {"EXPIRES", "expires"},
                      {"EXPIRED", "expired"},
                      {"USED", "used"}},
                     "there is no ticket");
}

int cancel(const Call& call, const std::string& name) {
    auto gone = call.daemon.remove("/v1/tickets/" + http::encode_segment(name));
    if (!gone) return complain(gone.error());
    fmt::print("ticket {} enrols nobody any more\n", name);
    return done;
}

int list(const Call& call) {
    return show_list(call, "/v1/tokens", token_columns(), "there is no token");
}

int revoke(const Call& call, const std::string& name) {
    auto gone = call.daemon.remove("/v1/tokens/" + http::encode_segment(name));
    if (!gone) return complain(gone.error());
    fmt::print("token {} opens nothing any more\n", name);
    return done;
}

/// The first line of standard input; empty when it is a terminal.
std::string line_of_input() {
    std::string text;
    if (::isatty(STDIN_FILENO)) return text;
    for (int c = std::getchar(); c != EOF && c != '\n' && text.size() <= secret_max; c = std::getchar())
        text += static_cast<char>(c);
    if (text.ends_with('\r')) text.pop_back();
    return text;
}

int enrol(const Call& call, const std::string& given) {
    auto ticket = given == "-" ? line_of_input() : given;
    if (ticket.empty()) return misused("token enrol needs the TICKET; - is the first line of standard input");
    return show_once(call, call.daemon.post("/v1/tokens/enrol", json::object{{"ticket", ticket}}), "secret");
}

int hash(const Call& call) {
    auto secret = line_of_input();
    if (secret.size() > secret_max) return misused("the secret is too long");
    bool made = secret.empty();
    if (made) secret = access::new_secret().reveal();
    auto hashed = access::write_hashed(access::digest_of(secret));
    if (call.format == Format::json) {
        json::object shown{{"hash", hashed}};
        if (made) shown["secret"] = secret;
        return print(json::serialize(shown) + "\n"), done;
    }
    if (made) fmt::print("secret {}\n", secret);
    fmt::print("{}{}\n", made ? "hash   " : "", hashed);
    return done;
}

} // namespace

int token(const Call& call) {
    const auto& words = call.arguments.words();
    auto word = words.empty() ? std::string("list") : words[0];
    auto name = words.size() > 1 ? words[1] : std::string();
    const bool makes = word == "create" || word == "ticket";
    for (const char* option : {"role", "person", "folders", "lines", "expires"})
        if (!makes && call.arguments.has(option))
            return misused(fmt::format("--{} belongs to token create and ticket", option));
    if (word != "ticket" && call.arguments.has("token-expires"))
        return misused("--token-expires belongs to token ticket");
    struct Alone {
        std::string_view word;
        int (*run)(const Call&);
    };
    static constexpr std::array alone{Alone{"list", list}, Alone{"hash", hash}, Alone{"tickets", tickets}};
    if (const auto* found = std::ranges::find(alone, word, &Alone::word); found != alone.end())
        return name.empty() ? found->run(call) : misused(fmt::format("token {} takes no name", word));
    struct Named {
        std::string_view word;
        int (*run)(const Call&, const std::string&);
    };
    static constexpr std::array named{Named{"create", create}, Named{"revoke", revoke}, Named{"ticket", ticket},
                                      Named{"cancel", cancel}, Named{"enrol", enrol}};
    const auto* found = std::ranges::find(named, word, &Named::word);
    if (found == named.end())
        return misused("token takes the word create, list, revoke, ticket, tickets, cancel, enrol or hash");
    if (name.empty()) return misused(fmt::format("token {} needs a {}", word, word == "enrol" ? "TICKET" : "name"));
    if (makes && !call.arguments.has("role")) return misused(fmt::format("token {} needs --role ROLE", word));
    return found->run(call, name);
}

} // namespace lamp::cli
