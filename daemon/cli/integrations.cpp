// recognise, integration: whose number this is, and the sources of contacts that know.
#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <thread>
#include <unistd.h>

#include "base/clock.hpp"
#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "http/url.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

constexpr std::chrono::minutes test_wait{10};
constexpr milliseconds between_looks{500};

const std::vector<Column>& columns() {
    static const std::vector<Column> columns{
        {"NAME", "name"},           {"TYPE", "type"},           {"PRESET", "preset"},        {"CAN", "can"},
        {"STATE", "state"},         {"CONTACTS", "contacts"},   {"NUMBERS", "numbers"},      {"UNUSABLE", "unusable"},
        {"LAST SYNC", "last_sync"}, {"NEXT SYNC", "next_sync"}, {"LAST ERROR", "last_error"}};
    return columns;
}

int list(const Call& call) {
    return show_list(call, "/v1/integrations", columns(), "no integration is configured");
}

Result<json::value> find(DaemonClient& daemon, const std::string& name) {
    auto items = daemon.list("/v1/integrations");
    if (!items) return std::unexpected(items.error());
    for (auto& one : *items)
        if (cell(one, "name") == name) return std::move(one);
    return fail(Category::not_found, fmt::format("there is no integration {}", name));
}

/// One of them: a row for each thing that is known.
int show(const Call& call, const Result<json::value>& one) {
    if (!one) return complain(one.error());
    if (call.format == Format::json) return print(json::serialize(*one) + "\n"), done;
    if (call.format == Format::csv) return print(print_list({*one}, columns(), Format::csv)), done;
    if (!one->is_object()) return complain({Category::protocol, "the answer is no integration"});
    for (const auto& known : one->get_object()) {
        auto value = cell(known.value(), "");
        if (!value.empty()) fmt::print("{:<13} {}\n", std::string_view(known.key()), value);
    }
    return done;
}

/// A contact as it is understood, so that wrong columns and attributes are seen.
void show_sample(const Call& call, const std::string& target) {
    auto answer = call.daemon.get(target + "/sample");
    if (!answer || call.format != Format::table) return;
    const auto* sample = member(*answer, "sample");
    if (!sample || !sample->is_object()) return;
    fmt::print("\nOne of its contacts:\n{:<20} {}\n", "name", cell(*sample, "name"));
    for (const auto& one : list_of(*sample, "numbers"))
        fmt::print("{:<20} {}{}\n", cell(one, "kind"), cell(one, "number"),
                   cell(one, "usable") == "true" ? "" : "   (no telephone number)");
    if (const auto* fields = member(*sample, "fields"); fields && fields->is_object())
        for (const auto& field : fields->get_object())
            fmt::print("$({})  {}\n", std::string_view(field.key()), cell(field.value(), ""));
}

/// Lets it synchronise and waits for what comes of it.
int test(const Call& call, const std::string& name, const std::string& target) {
    auto before = find(call.daemon, name);
    if (!before) return complain(before.error());
    auto begun = call.daemon.post(target + "/sync", json::object());
    if (!begun && begun.error().category != Category::conflict) return complain(begun.error());
    const bool terminal = ::isatty(STDERR_FILENO) != 0;
    for (auto until = steady_now() + test_wait; steady_now() < until;) {
        auto now = find(call.daemon, name);
        if (!now) return complain(now.error());
        auto state = cell(*now, "state");
        bool over = state != "syncing" && (cell(*now, "last_sync") != cell(*before, "last_sync") || state != "up");
        if (!over) {
            if (terminal) fmt::print(stderr, ".");
            std::this_thread::sleep_for(between_looks);
            continue;
        }
        if (terminal) fmt::print(stderr, "\n");
        auto shown = show(call, now);
        if (state == "up") show_sample(call, target);
        return state == "up" ? shown : failed;
    }
    return complain({Category::timeout, fmt::format("{} is still synchronising", name)});
}

int order(const Call& call, const std::string& word, const std::string& target) {
    auto answer =
        word == "delete"
            ? call.daemon.remove(target)
            : call.daemon.post(target + "/" + word + (call.arguments.has("force") ? "?force=1" : ""), json::object());
    return show(call, answer);
}

} // namespace

int recognise(const Call& call) {
    if (call.arguments.words().empty()) return misused("recognise needs a number");
    auto target = "/v1/recognise?number=" + http::encode_query(call.arguments.words().front());
    if (call.arguments.has("live")) target += "&live=1";
    auto answer = call.daemon.get(target);
    if (!answer) return complain(answer.error());
    const auto* items = member(*answer, "items");
    if (!items || !items->is_array()) return complain({Category::protocol, "the answer is no list"});
    return show_rows(call, items->get_array(),
                     {{"NAME", "name"},
                      {"NUMBER", "number"},
                      {"INTEGRATION", "integration"},
                      {"CLASS", "class"},
                      {"WHY", "why"},
                      {"URL", "url"}},
                     "nobody is known by this number");
}

int integration(const Call& call) {
    const auto& words = call.arguments.words();
    auto word = words.empty() ? std::string("list") : words[0];
    if (call.arguments.has("force") && word != "sync") return misused("--force belongs to sync");
    if (call.arguments.has("yes") && word != "delete") return misused("--yes belongs to delete");
    if (word == "list") return words.size() < 2 ? list(call) : misused("integration list takes no name");
    static constexpr std::string_view known[]{"show", "test", "sync", "enable", "disable", "undo", "delete"};
    if (std::ranges::find(known, word) == std::end(known))
        return misused("integration takes the word list, show, test, sync, enable, disable, undo or delete");
    if (words.size() < 2) return misused(fmt::format("integration {} needs the name of an integration", word));
    if (word == "delete" && !call.arguments.has("yes"))
        return misused("integration delete takes its contacts away; say --yes (undo brings them back for a day)");
    auto target = "/v1/integrations/" + http::encode_segment(words[1]);
    if (word == "show") return show(call, find(call.daemon, words[1]));
    return word == "test" ? test(call, words[1], target) : order(call, word, target);
}

} // namespace lamp::cli
