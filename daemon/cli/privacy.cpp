// privacy: has a number forgotten, prints all that is kept of one, lists what was forgotten.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/commands.hpp"

namespace lamp::cli {
namespace json = boost::json;
namespace {

int erase(const Call& call, const std::string& number) {
    auto answer = call.daemon.post("/v1/privacy/erase", json::object{{"number", number},
                                                                     {"dry_run", call.arguments.has("dry-run")},
                                                                     {"contacts", call.arguments.has("contacts")}});
    if (!answer) return complain(answer.error());
    if (call.format == Format::json) return print(json::serialize(*answer) + "\n"), done;
    print(print_list(list_of(*answer, "places"),
                     {{"PLACE", "place"}, {"FOUND", "found"}, {"ERASED", "erased"}, {"NOTE", "note"}}, call.format));
    if (call.format == Format::table && call.arguments.has("dry-run")) print("nothing was changed\n");
    return done;
}

int tell(const Call& call, const std::string& number) {
    if (call.arguments.has("dry-run") || call.arguments.has("contacts"))
        return misused("--dry-run and --contacts belong to erase");
    auto answer = call.daemon.post("/v1/privacy/export", json::object{{"number", number}});
    if (!answer) return complain(answer.error());
    return print(json::serialize(*answer) + "\n"), done;
}

int list(const Call& call) {
    return show_list(call, "/v1/privacy/erasures",
                     {{"AT", "at"}, {"BY", "by"}, {"NUMBER", "number_hash"}, {"ERASED", "erased"}},
                     "no number was erased");
}

} // namespace

int privacy(const Call& call) {
    const auto& words = call.arguments.words();
    auto word = words.empty() ? std::string() : words[0];
    if (word == "list") return words.size() == 1 ? list(call) : misused("privacy list takes no number");
    if (word != "erase" && word != "export") return misused("privacy takes the word erase, export or list");
    if (words.size() < 2) return misused(fmt::format("privacy {} needs a number", word));
    return word == "erase" ? erase(call, words[1]) : tell(call, words[1]);
}

} // namespace lamp::cli
