#include "app/script_command.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "app/options.hpp"
#include "cli/commands.hpp"
#include "cli/input.hpp"
#include "cli/listing.hpp"
#include "scripts/call_file.hpp"
#include "scripts/scripts.hpp"

namespace lamp {
namespace {

using cli::Arguments;
using scripts::Scripts;

int misused(std::string_view what) {
    fmt::print(stderr,
               "lamplighter script: {}\nusage: lamplighter script list|check --config FILE\n"
               "       lamplighter script render NAME --call FILE --config FILE\n",
               what);
    return cli::wrong_usage;
}

int complain(std::string_view what) {
    fmt::print(stderr, "lamplighter script: {}\n", what);
    return cli::failed;
}

Result<std::shared_ptr<const Scripts>> scripts_of(const config::Configuration& configuration,
                                                  std::vector<std::string>* warnings = nullptr) {
    const auto& daemon = configuration.get<DaemonOptions>();
    scripts::Setting setting;
    setting.country = daemon.country;
    setting.time_zone = daemon.timezone;
    return Scripts::build(configuration.all<scripts::ScriptOptions>(), std::move(setting), warnings);
}

int list(const Arguments& arguments, const config::Configuration& configuration) {
    auto format = cli::format_named(arguments.value("format").value_or("table"));
    if (!format) return misused("--format is table, json or csv");
    boost::json::array rows;
    bool own_pop = false;
    for (const auto& one : configuration.all<scripts::ScriptOptions>()) {
        own_pop = own_pop || one.name == "pop";
        rows.push_back(boost::json::object{{"name", one.name},
                                           {"when", scripts::name(one.when)},
                                           {"direction", scripts::name(one.direction)},
                                           {"ddi", one.ddi},
                                           {"integration", one.integration},
                                           {"events", fmt::format("{}", fmt::join(one.events, " "))},
                                           {"gives", one.url.empty() ? one.body : one.url}});
    }
    if (!own_pop)
        rows.insert(rows.begin(), boost::json::object{{"name", "pop"},
                                                      {"when", "matched"},
                                                      {"direction", "both"},
                                                      {"ddi", ""},
                                                      {"integration", ""},
                                                      {"events", "ringing"},
                                                      {"gives", "(the contact's own page)"}});
    fmt::print("{}", cli::print_list(rows,
                                     {{"NAME", "name"},
                                      {"WHEN", "when"},
                                      {"DIRECTION", "direction"},
                                      {"DDI", "ddi"},
                                      {"INTEGRATION", "integration"},
                                      {"EVENTS", "events"},
                                      {"GIVES", "gives"}},
                                     *format));
    return cli::done;
}

int render(const Arguments& arguments, const config::Configuration& configuration) {
    if (arguments.words().size() < 2) return misused("render needs the name of a script");
    const auto& name = arguments.words()[1];
    auto path = arguments.value("call");
    if (!path) return misused("render needs --call FILE, a call as JSON");
    auto all = scripts_of(configuration);
    if (!all) return complain(all.error().text);
    auto text = cli::read_file(*path, scripts::call_file_bytes_max);
    if (!text) return complain(fmt::format("{}: {}", *path, text.error().text));
    auto call = scripts::read_call(*text);
    if (!call) return complain(fmt::format("{}: {}", *path, call.error().text));
    for (const auto& warning : call->warnings)
        fmt::print(stderr, "lamplighter script: {}: {}\n", *path, warning);
    auto result = (*all)->render(name, call->facts);
    if (!result) return complain(result.error().text);
    if (auto objection = (*all)->objection(name, call->facts); !objection.empty())
        fmt::print(stderr, "lamplighter script: this call would not get it: {}\n", objection);
    fmt::print("{}\n", *result);
    return cli::done;
}

int check(const config::Configuration& configuration) {
    std::vector<std::string> warnings;
    auto all = scripts_of(configuration, &warnings);
    if (!all) return complain(all.error().text);
    for (const auto& warning : warnings)
        fmt::print("{}\n", warning);
    fmt::print("{} scripts, {} warnings\n", (*all)->names().size(), warnings.size());
    return cli::done;
}

} // namespace

int script_command(const Arguments& arguments, const config::Configuration& configuration) {
    auto word = arguments.words().empty() ? std::string() : arguments.words().front();
    if (arguments.has("call") && word != "render") return misused("--call belongs to render");
    if (word != "render" && arguments.words().size() > 1) return misused("only render takes a name");
    if (word == "list") return list(arguments, configuration);
    if (word == "render") return render(arguments, configuration);
    if (word == "check") return check(configuration);
    return misused("takes the word list, render or check");
}

} // namespace lamp
