#include "app/commands.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <pthread.h>

#include "adapters/calendars/options.hpp"
#include "adapters/goto_meeting/doctor.hpp"
#include "adapters/teams/app_package.hpp"
#include "adapters/teams/doctor.hpp"
#include "adapters/zoom/doctor.hpp"
#include "app/app.hpp"
#include "app/calendar_doctor.hpp"
#include "app/google_command.hpp"
#include "app/house.hpp"
#include "app/house_check.hpp"
#include "app/house_commands.hpp"
#include "app/house_doctor.hpp"
#include "app/notification_login.hpp"
#include "app/options.hpp"
#include "app/people_command.hpp"
#include "app/people_doctor.hpp"
#include "app/recognition_doctor.hpp"
#include "app/script_command.hpp"
#include "app/support_bundle.hpp"
#include "app/zoho_command.hpp"
#include "base/log_tenant.hpp"
#include "cli/commands.hpp"
#include "config/reference.hpp"
#include "config/show.hpp"
#include "roster/people_file.hpp"
#include "status/options.hpp"
#include "tenants/environment.hpp"
#include "xsi/doctor.hpp"

#ifndef LAMP_VERSION
#define LAMP_VERSION "0"
#endif

namespace lamp {
namespace {

using cli::Arguments;

constexpr std::string_view default_file = "/etc/lamplighter/lamplighter.toml";
const std::vector<cli::Option> config_option{{"config", "FILE", "the configuration"},
                                             {"tenant", "NAME", "which tenant of a house file"}};

std::vector<cli::Option> with_config(std::initializer_list<cli::Option> more) {
    auto all = config_option;
    all.insert(all.end(), more);
    return all;
}

std::string file_of(const Arguments& arguments) {
    return arguments.value("config").value_or(std::string(default_file));
}

/// The configuration, or nothing after its mistakes were printed to `where`.
std::shared_ptr<const config::Configuration> read_config(const std::string& file, FILE* where) {
    auto answer = config::read(schema(), file, config::Sources::machine());
    fmt::print(where, "{}", to_string(answer.problems));
    return answer.configuration;
}

bool is_house(const std::string& file) {
    return is_house_file(file, config::Sources::machine());
}

int run(const Arguments& arguments) {
    auto file = file_of(arguments);
    if (is_house(file)) return run_house(std::filesystem::absolute(file));
    if (auto tenant = config::Sources::machine().environment(std::string(tenants::tenant_variable))) {
        log::set_tenant(*tenant);
        ::pthread_setname_np(::pthread_self(), "lamplighter"); // by its file, /proc/self/exe, it would be called exe
    }
    auto configuration = read_config(file, stderr);
    if (!configuration) {
        fmt::print(stderr, "<3>config: {} has mistakes; not started\n", file);
        return cli::wrong_configuration;
    }
    return run_daemon(std::filesystem::absolute(file), configuration);
}

std::string as_json(const config::Problems& problems) {
    boost::json::array items;
    for (const auto& problem : problems)
        items.push_back(
            boost::json::object{{"file", problem.file},
                                {"line", problem.line},
                                {"column", problem.column},
                                {"section", problem.section},
                                {"key", problem.key},
                                {"severity", problem.severity == config::Severity::error ? "error" : "warning"},
                                {"message", problem.message}});
    return boost::json::serialize(items) + "\n";
}

config::Problems problems_of(const std::string& file) {
    if (is_house(file)) return check_house(file, config::Sources::machine()).all();
    return config::read(schema(), file, config::Sources::machine()).problems;
}

int check(const Arguments& arguments) {
    auto file = file_of(arguments);
    auto problems = problems_of(file);
    bool json = arguments.value("format") == "json";
    fmt::print("{}", json ? as_json(problems) : to_string(problems));
    if (config::has_errors(problems)) return cli::wrong_configuration;
    if (!json) fmt::print("{}: good, {} warnings\n", file, problems.size());
    return cli::done;
}

int config_command(const Arguments& arguments) {
    const auto& words = arguments.words();
    if (words.size() == 1 && words[0] == "reference") {
        auto of = arguments.has("house") ? tenants::house_schema() : schema();
        fmt::print("{}", arguments.value("format") == "markdown" ? config::readme(of) : config::reference(of));
        return cli::done;
    }
    if (words.size() == 1 && words[0] == "show") {
        auto configuration = read_config(file_of(arguments), stderr);
        if (!configuration) return cli::wrong_configuration;
        fmt::print("{}", config::show(*configuration));
        return cli::done;
    }
    if (!words.empty() && words[0] == "presets") {
        auto text = presets_text(words.size() > 1 ? words[1] : std::string());
        if (text.empty()) return fmt::print(stderr, "lamplighter config: no preset has that word\n"), cli::failed;
        return fmt::print("{}", text), cli::done;
    }
    fmt::print(stderr, "usage: lamplighter config reference [--house] [--format toml|markdown]\n       lamplighter "
                       "config show --config FILE\n"
                       "       lamplighter config presets [WORD]\n");
    return cli::wrong_usage;
}

// --- doctor

std::string first_line_of(const config::Configuration& configuration) {
    const auto& file = configuration.get<PeopleOptions>().file;
    std::ifstream stream(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    for (const auto& person : roster::read_people(text).people)
        for (const std::string& line : person.lines)
            if (line.find('@') != std::string::npos) return line;
    return {};
}

http::Tell teller(std::string of) {
    return [of = std::move(of)](const http::Step& step) {
        fmt::print("{:<5} {}: {}: {}\n", step.passed ? "ok" : "FAIL", of, step.what, step.detail);
        if (!step.passed) fmt::print("      -> {}\n", step.remedy);
        std::fflush(stdout);
    };
}

Task<bool> examine_platforms(const config::Configuration& configuration, Loop& loop) {
    const auto& net = configuration.get<NetOptions>();
    bool all = true;
    for (auto options : configuration.all<xsi::BroadworksOptions>()) {
        http::ClientOptions client_options;
        client_options.ca_file = (options.ca_file.empty() ? net.ca_file : options.ca_file).string();
        client_options.proxy = options.proxy.empty() ? net.proxy : options.proxy;
        auto client = http::Client::make(loop.context(), client_options);
        if (!client) {
            fmt::print("FAIL  {}: {}\n", options.name, client.error().text);
            all = false;
            continue;
        }
        bool passed = co_await xsi::examine(*client, options, first_line_of(configuration), teller(options.name));
        all = all && passed;
    }
    co_return all;
}

/// With what [net] says where the section says nothing; null without [teams].
std::optional<teams::TeamsOptions> teams_options(const config::Configuration& configuration) {
    const auto* section = configuration.find<teams::TeamsOptions>();
    if (!section) return std::nullopt;
    auto options = *section;
    const auto& net = configuration.get<NetOptions>();
    if (options.ca_file.empty()) options.ca_file = net.ca_file;
    if (options.proxy.empty()) options.proxy = net.proxy;
    options.public_url = configuration.get<status::HttpOptions>().public_url.text;
    options.reads_calendars = std::ranges::any_of(configuration.all<calendars::CalendarOptions>(), [](const auto& one) {
        return one.provider == calendars::ProviderKind::graph;
    });
    return options;
}

Task<bool> examine_teams(const config::Configuration& configuration, Loop& loop) {
    auto options = teams_options(configuration);
    if (!options) co_return true;
    bool both_ways = co_await teams::examine(loop, *options, teller("teams"));
    bool notified = co_await examine_notifications(loop, configuration, *options, teller("teams"));
    bool bot = co_await teams::examine_bot(loop, *options, teller("teams"));
    co_return both_ways&& notified&& bot;
}

Task<bool> examine_zoom(const config::Configuration& configuration, Loop& loop) {
    const auto* section = configuration.find<zoom::ZoomOptions>();
    if (!section) co_return true;
    auto options = *section;
    const auto& net = configuration.get<NetOptions>();
    if (options.ca_file.empty()) options.ca_file = net.ca_file;
    if (options.proxy.empty()) options.proxy = net.proxy;
    co_return co_await zoom::examine(loop, std::move(options), teller("zoom"));
}

Task<bool> examine_goto(const config::Configuration& configuration, Loop& loop) {
    const auto* section = configuration.find<goto_meeting::GoToOptions>();
    if (!section) co_return true;
    auto options = *section;
    const auto& net = configuration.get<NetOptions>();
    if (options.ca_file.empty()) options.ca_file = net.ca_file;
    if (options.proxy.empty()) options.proxy = net.proxy;
    co_return co_await goto_meeting::examine(loop, std::move(options), teller("goto"));
}

Task<bool> examine_this_machine(const config::Configuration& configuration, Loop& loop) {
    return examine_house(loop, configuration, teller);
}

Task<bool> examine_all_calendars(const config::Configuration& configuration, Loop& loop) {
    return examine_calendars(loop, configuration, teller);
}

Task<bool> examine_phonebridge(const config::Configuration& configuration, Loop& loop) {
    return examine_zoho(loop, configuration, teller("zoho"));
}

Task<bool> examine_people_server(const config::Configuration& configuration, Loop& loop) {
    return examine_ldap(loop, configuration, teller("ldap"));
}

Task<bool> examine_people_of_tenant(const config::Configuration& configuration, Loop& loop) {
    return examine_entra(loop, configuration, teller("entra"));
}

Task<bool> examine_sources(const config::Configuration& configuration, Loop& loop) {
    return examine_recognition(loop, configuration, teller);
}

using Examine = Task<bool> (*)(const config::Configuration&, Loop&);

bool examine(const config::Configuration& configuration, std::initializer_list<Examine> systems) {
    bool all = true;
    Loop loop("doctor");
    std::vector<Examine> list(systems);
    loop.spawn([](const config::Configuration& given, std::vector<Examine> each, Loop& here, bool& passed) -> Task<> {
        for (auto system : each)
            if (!co_await system(given, here)) passed = false;
        here.stop();
    }(configuration, list, loop, all));
    loop.run_here();
    return all;
}

int doctor(const Arguments& arguments) {
    auto file = file_of(arguments);
    if (is_house(file)) return examine_tenants(file);
    auto configuration = read_config(file, stdout);
    if (!configuration) return cli::wrong_configuration;
    fmt::print("ok    configuration {}\n", file);
    if (configuration->all<xsi::BroadworksOptions>().empty())
        fmt::print("      no [[broadworks]] is configured; nothing to examine\n");
    return examine(*configuration, {&examine_this_machine, &examine_platforms, &examine_teams, &examine_zoom,
                                    &examine_goto, &examine_all_calendars, &examine_phonebridge, &examine_people_server,
                                    &examine_people_of_tenant, &examine_sources})
               ? cli::done
               : cli::failed;
}

// --- teams

/// The package that an administrator uploads; a file that is there is replaced.
int write_app(const teams::TeamsOptions& options, const std::string& file) {
    if (options.bot.empty()) {
        fmt::print(stderr,
                   "lamplighter teams: [teams] names no bot; \"Search and call\" in README.md says how to get one\n");
        return cli::failed;
    }
    std::ofstream out(file, std::ios::binary);
    out << teams::app_package(options, LAMP_VERSION);
    out.close();
    if (!out) {
        fmt::print(stderr, "lamplighter teams: {} cannot be written\n", file);
        return cli::failed;
    }
    fmt::print("{} is the app: upload it in the Teams admin center (Teams apps, Manage apps)\n", file);
    return cli::done;
}

int teams_command(const Arguments& arguments) {
    auto word = arguments.words().empty() ? std::string() : arguments.words().front();
    auto configuration = read_config(file_of(arguments), stderr);
    if (!configuration) return cli::wrong_configuration;
    auto options = teams_options(*configuration);
    if (!options) {
        fmt::print(stderr, "lamplighter teams: {} has no [teams]; the six steps to it stand in README.md\n",
                   file_of(arguments));
        return cli::failed;
    }
    if (arguments.has("notifications")) {
        if (word == "login") return log_in_for_notifications(*configuration, *options);
        fmt::print(stderr, "lamplighter teams: --notifications belongs to login\n");
        return cli::wrong_usage;
    }
    if (auto file = arguments.value("app")) {
        if (word == "manifest") return write_app(*options, std::string(*file));
        fmt::print(stderr, "lamplighter teams: --app belongs to manifest\n");
        return cli::wrong_usage;
    }
    if (word == "manifest") return fmt::print("{}\n", teams::manifest(*options)), cli::done;
    if (word == "login") {
        fmt::print("Lamplighter needs {} (application permissions of Microsoft Graph).\n"
                   "Let an administrator of the tenant open this address once and accept:\n\n  {}\n\n",
                   fmt::join(teams::needed_permissions(*options), ", "), teams::consent_url(*options));
        std::fflush(stdout);
    } else if (word != "check") {
        fmt::print(stderr,
                   "usage: lamplighter teams check|login [--notifications]|manifest [--app FILE] --config FILE\n");
        return cli::wrong_usage;
    }
    return examine(*configuration, {&examine_teams}) ? cli::done : cli::failed;
}

int google(const Arguments& arguments) {
    auto configuration = read_config(file_of(arguments), stderr);
    return configuration ? google_command(arguments, *configuration) : cli::wrong_configuration;
}

int zoho_account(const Arguments& arguments) {
    auto configuration = read_config(file_of(arguments), stderr);
    return configuration ? zoho_command(arguments, *configuration) : cli::wrong_configuration;
}

int people_file(const Arguments& arguments) {
    return people_command(arguments, file_of(arguments));
}

int script(const Arguments& arguments) {
    auto configuration = read_config(file_of(arguments), stderr);
    return configuration ? script_command(arguments, *configuration) : cli::wrong_configuration;
}

int tenants_of(const Arguments& arguments) {
    auto file = file_of(arguments);
    if (is_house(file)) return tenants_command(arguments, file);
    return fmt::print(stderr, "lamplighter tenants: {} is no house file (it has no [[tenant]])\n", file), cli::failed;
}

int support(const Arguments& arguments);

// --- the table

struct Command {
    std::string_view name;
    std::string_view usage;
    std::string_view summary;
    std::vector<cli::Option> options;
    std::size_t words_max;
    int (*run)(const Arguments&);
};

const std::vector<Command>& commands() {
    static const std::vector<Command> table{
        {"run", "--config F", "the daemon, in the foreground", config_option, 0, run},
        {"check", "--config F", "every mistake of the configuration and the files that it names",
         with_config({{"format", "text|json", "how to print"}}), 0, check},
        {"config", "reference | show --config F | presets [WORD]",
         "the annotated reference; the values in force; CRMs for [[recognition]]",
         with_config({{"house", "", "reference: of a house file"}, {"format", "toml|markdown", "of the reference"}}), 2,
         config_command},
        {"doctor", "--config F", "examines every system configured, step by step", config_option, 0, doctor},
        {"tenants",
         "--config HOUSE",
         "the tenants of a house file, and how each is",
         {{"config", "FILE", "the house file"},
          {"token", "SECRET", "who asks; or LAMPLIGHTER_TOKEN"},
          {"ca-file", "FILE", "certificates to trust"},
          {"format", "table|json|csv", "how to print"}},
         0,
         tenants_of},
        {"teams", "check|login|manifest --config F", "what Teams still needs: permissions, consent, manifests",
         with_config({{"notifications", "", "login: the account that subscribes"},
                      {"app", "FILE", "manifest: writes the app \"Search and call\" that an administrator uploads"}}),
         1, teams_command},
        {"google", "login|logout [--calendar NAME] --config F",
         "lets somebody consent that a Google calendar is read, or ends that",
         with_config({{"calendar", "NAME", "which [[calendar]], where there are several"},
                      {"paste", "", "login: the browser is on another machine"}}),
         1, google},
        {"zoho", "login|logout --config F",
         "lets an administrator consent that calls are told to Zoho, or forgets that",
         with_config({{"redirect", "URL", "login: an address that Zoho's API console has for the client"}}), 1,
         zoho_account},
        {"people", "template | export | import FILE | restore [BACKUP] --config F",
         "the people file for spreadsheets; another one in its place: a plan, limits, a way back",
         with_config({{"dry-run", "", "import, restore: only says what it would change"},
                      {"max-delete", "N|N%", "import: how many people may go; default 20%, or 10"},
                      {"allow-empty", "", "import: a file without rows; nobody is watched any more"},
                      {"separator", ";|,|tab", "template, export"},
                      {"bom", "", "template, export: a byte order mark, for Excel"},
                      {"format", "text|json", "import, restore: how to print"}}),
         2, people_file},
        {"support-bundle", "[--out FILE] --config F",
         "what whoever helps needs to see, without secrets, names and numbers",
         with_config({{"out", "FILE", "where to write it: a .tar.gz that is not there yet"},
                      {"url", "URL", "where the daemon is"},
                      {"token", "SECRET", "who asks; or LAMPLIGHTER_TOKEN"},
                      {"ca-file", "FILE", "certificates to trust"}}),
         0, support},
        {"script", "list | render NAME --call FILE | check --config F", "scripts; what one makes of a call",
         with_config({{"call", "FILE", "render: a call as JSON; - is standard input"},
                      {"format", "table|json|csv", "list: how to print"}}),
         2, script},
    };
    return table;
}

void print_usage(FILE* where) {
    fmt::print(where, "lamplighter {}: call state and presence of hosted telephony\n\nusage: lamplighter COMMAND …\n\n",
               LAMP_VERSION);
    for (const Command& command : commands())
        fmt::print(where, "  {:<62} {}\n", fmt::format("{} {}", command.name, command.usage), command.summary);
    for (const auto& [usage, summary] : cli::command_summaries())
        fmt::print(where, "  {:<62} {}\n", usage, summary);
    fmt::print(where, "\nexit: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration\n");
}

// Not in the usage text: what the package's build asks for.

std::vector<cli::CommandInfo> own_infos() {
    std::vector<cli::CommandInfo> rows;
    for (const Command& command : commands())
        rows.push_back({command.name, command.usage, command.summary, command.options});
    return rows;
}

int completion() {
    auto rows = own_infos();
    for (auto& row : cli::command_infos()) {
        row.options.insert(row.options.end(), cli::daemon_options().begin(), cli::daemon_options().end());
        rows.push_back(std::move(row));
    }
    return fmt::print("{}", cli::bash_completion(rows)), cli::done;
}

int manual() {
    auto rows = own_infos();
    std::ranges::move(cli::command_infos(), std::back_inserter(rows));
    fmt::print("{}.SH OPTIONS\nCommands that ask the running daemon also take:\n{}", cli::manual_entries(rows),
               cli::manual_entries(cli::daemon_options()));
    return cli::done;
}

/// Where the daemon of this machine listens, if its configuration can be read.
cli::Address guess_address(const std::optional<std::string>& file) {
    cli::Address address;
    auto answer = config::read(schema(), file.value_or(std::string(default_file)), config::Sources::machine());
    if (!answer.configuration) return address;
    return address_in(*answer.configuration).value_or(address);
}

int support(const Arguments& arguments) {
    return support_bundle(arguments, file_of(arguments), cli::address_of(arguments, guess_address));
}

/// `zoho login` and `logout`, and the people file, are done here; whatever else these are asked, the running daemon
/// answers.
bool asks_daemon(std::span<const std::string> words) {
    if (words[0] == "people") {
        constexpr std::array verbs{"check", "template", "export", "import", "restore"};
        auto verb = std::ranges::find_first_of(words, verbs);
        return verb != words.end() && *verb == "check";
    }
    return words[0] == "zoho" && (words.size() < 2 || (words[1] != "login" && words[1] != "logout"));
}

} // namespace

int run_program(std::span<const std::string> given) {
    std::vector<std::string> picked(given.begin(), given.end());
    if (auto code = pick_tenant(picked, std::string(default_file))) return *code;
    std::span<const std::string> words(picked);
    if (words.empty() || words[0] == "help" || words[0] == "--help" || words[0] == "-h") {
        print_usage(words.empty() ? stderr : stdout);
        return words.empty() ? cli::wrong_usage : cli::done;
    }
    if (words[0] == "--version" || words[0] == "version")
        return fmt::print("lamplighter {}\n", LAMP_VERSION), cli::done;
    if (words.size() == 2 && words[0] == "completion" && words[1] == "bash") return completion();
    if (words.size() == 1 && words[0] == "manual") return manual();
    for (const Command& command : commands()) {
        if (command.name != words[0] || asks_daemon(words)) continue;
        auto arguments = Arguments::parse(words.subspan(1), command.options, command.words_max);
        if (arguments) return command.run(*arguments);
        fmt::print(stderr, "lamplighter {}: {}\nusage: lamplighter {} {}\n", command.name, arguments.error().text,
                   command.name, command.usage);
        return cli::wrong_usage;
    }
    if (auto code = cli::run_command(words[0], words.subspan(1), guess_address)) return *code;
    std::vector<std::string> known;
    for (const Command& command : commands())
        known.emplace_back(command.name);
    for (const auto& [usage, summary] : cli::command_summaries())
        known.push_back(usage.substr(0, usage.find(' ')));
    auto meant = config::nearest(words[0], known);
    fmt::print(stderr, "lamplighter: there is no command \"{}\"{}\n\n", words[0],
               meant.empty() ? "" : ", did you mean \"" + meant + "\"?");
    print_usage(stderr);
    return cli::wrong_usage;
}

} // namespace lamp
