#include "app/people_command.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

#include "app/kept_file.hpp"
#include "app/options.hpp"
#include "cli/commands.hpp"
#include "cli/input.hpp"
#include "contacts/plan.hpp"
#include "proto/csv/csv.hpp"
#include "proto/text/text.hpp"
#include "roster/people_file.hpp"
#include "roster/people_plan.hpp"

namespace lamp {
namespace json = boost::json;

namespace {

using cli::Arguments;
using roster::PersonChange;

constexpr std::size_t file_bytes_max = std::size_t{64} << 20;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// Of the configuration, as the command was given it.
std::string same_options(const Arguments& arguments) {
    auto file = arguments.value("config");
    return file ? fmt::format(" --config {}", *file) : std::string();
}

int misused(std::string_view what) {
    fmt::print(stderr,
               "lamplighter people: {}\nusage: lamplighter people template|export [--separator ;|,|tab] [--bom]\n"
               "       lamplighter people import FILE [--dry-run] [--max-delete N|N%] [--allow-empty]\n"
               "       lamplighter people restore [BACKUP] [--dry-run]\n"
               "       lamplighter people check\n",
               what);
    return cli::wrong_usage;
}

int complain(std::string_view what) {
    fmt::print(stderr, "lamplighter people: {}\n", what);
    return cli::failed;
}

// --- as a table

/// In the separator that was asked for; all cells of `text` as they are.
int print_table(const Arguments& arguments, std::string_view text) {
    auto separator = cli::separator_of(arguments, ',');
    if (!separator) return misused("--separator is ; or , or tab");
    std::string out(arguments.has("bom") ? byte_order_mark : std::string_view());
    csv::Reader reader(text);
    csv::Row row;
    while (reader.next(row)) {
        std::vector<std::string_view> cells;
        for (const auto& cell : row)
            cells.push_back(csv::unguarded(cell.text));
        csv::write_row(out, cells, *separator);
    }
    fmt::print("{}", out);
    return cli::done;
}

// --- what would be, or has been done

json::object as_json(const PersonChange& change) {
    static constexpr std::string_view words[]{"create", "modify", "remove"};
    json::object fields;
    for (const auto& field : change.fields)
        fields[field.field] = json::object{{"before", field.before}, {"after", field.after}};
    return {{"change", words[static_cast<std::size_t>(change.kind)]},
            {"id", change.id},
            {"name", change.name},
            {"fields", std::move(fields)}};
}

void print_change(const PersonChange& change) {
    fmt::print("{} {}{}\n", "+~-"[static_cast<std::size_t>(change.kind)], change.id,
               change.name == change.id ? "" : " " + change.name);
    if (change.kind != PersonChange::Kind::modify) return;
    for (const auto& field : change.fields)
        fmt::print("    {}: {} -> {}\n", field.field, json::serialize(json::value(field.before)),
                   json::serialize(json::value(field.after)));
}

void print_outcome(const Arguments& arguments, const roster::PeoplePlan& plan, const std::string& backup) {
    using enum PersonChange::Kind;
    bool dry = arguments.has("dry-run");
    if (arguments.value("format") == "json") {
        json::array changes;
        for (const auto& change : plan.changes)
            changes.push_back(as_json(change));
        json::object outcome{{"dry_run", dry},
                             {"created", plan.count(create)},
                             {"changed", plan.count(modify)},
                             {"removed", plan.count(remove)},
                             {"unchanged", plan.unchanged},
                             {"changes", std::move(changes)}};
        if (!backup.empty()) outcome["backup"] = backup;
        return fmt::print("{}\n", json::serialize(outcome));
    }
    for (const auto& change : plan.changes)
        print_change(change);
    fmt::print("{} {} created, {} changed, {} removed; {} stay as they are\n",
               dry ? "would be:" : "done:", plan.count(create), plan.count(modify), plan.count(remove), plan.unchanged);
    if (!backup.empty())
        fmt::print("what was before: lamplighter people restore {}{}\n", backup, same_options(arguments));
}

// --- another file in its place

/// What stands in `text`, or nothing after its mistakes were told. `name`: what the text is called.
std::optional<roster::Reading> read_usable(std::string_view text, const std::string& name) {
    auto reading = roster::read_people(text);
    for (const auto& one : reading.mistakes)
        fmt::print(stderr, "{}:{}:{}: {}{}{}{}\n", name, one.line, one.column, one.warning ? "warning: " : "", one.what,
                   one.what.empty() ? "" : " ", one.message);
    if (reading.usable()) return reading;
    static_cast<void>(complain("the file was refused and nothing was changed"));
    return std::nullopt;
}

/// Whether the configuration as a whole would be right with these people; tells what would not be.
bool fits(const std::string& config_file, const KeptFile& people, const std::string& text) {
    auto sources = config::Sources::machine();
    sources.read = [&people, &text, machine = sources.read](const std::filesystem::path& path, std::size_t most) {
        if (!people.is(path)) return machine(path, most);
        return Result<config::FileText>(config::FileText{.bytes = text, .others_may_read = false});
    };
    sources.kind = [&people, machine = sources.kind](const std::filesystem::path& path) {
        return people.is(path) ? config::FileKind::file : machine(path);
    };
    auto answer = config::read(schema(), config_file, sources);
    if (!config::has_errors(answer.problems)) return true;
    fmt::print(stderr, "{}", to_string(answer.problems));
    static_cast<void>(complain("with that file the configuration would be wrong; nothing was changed"));
    return false;
}

/// The first row's cells that have something below them, or all of them.
std::vector<std::string> columns_of(std::string_view text, bool filled) {
    csv::Reader reader(text);
    csv::Row header;
    csv::Row row;
    std::vector<std::string> all;
    if (!reader.next(header)) return all;
    std::vector<bool> wanted(header.size(), !filled);
    while (filled && reader.next(row))
        for (std::size_t i = 0; i < std::min(row.size(), header.size()); ++i)
            wanted[i] = wanted[i] || !text::trim(row[i].text).empty();
    for (std::size_t i = 0; i < header.size(); ++i)
        if (wanted[i]) all.push_back(text::lower(text::trim(header[i].text)));
    return all;
}

/// A column that the new file forgot is not taken for one that was emptied.
std::optional<std::string> lost_columns(std::string_view before, std::string_view after) {
    auto lost = columns_of(before, true);
    auto there = columns_of(after, false);
    std::erase_if(lost, [&](const std::string& one) { return std::ranges::find(there, one) != there.end(); });
    if (lost.empty()) return std::nullopt;
    return fmt::format("the file lacks a column that people have something in: {}; lamplighter people export has it; "
                       "nothing was changed",
                       fmt::join(lost, ", "));
}

struct Before {
    bool there = false;
    bool broken = false;
    std::vector<presence::PersonRow> people; // those that can be read
    std::string text;
};

/// Why no such plan may be carried out.
std::optional<std::string> refusal(const Arguments& arguments, const contacts::ImportLimits& limits,
                                   const Before& before, const roster::PeoplePlan& plan, std::string_view text) {
    const bool is_empty = plan.changes.size() + plan.unchanged == plan.count(PersonChange::Kind::remove);
    if (is_empty && arguments.has("allow-empty")) return std::nullopt;
    if (is_empty && before.there)
        return fmt::format("the file has no rows: all {} people would go (--allow-empty); nothing was changed",
                           before.people.size());
    if (before.broken) {
        if (arguments.has("max-delete")) return std::nullopt; // whoever says so has seen what is there
        return "the file that is there has mistakes, so who would go cannot be counted: lamplighter check names them; "
               "--max-delete 100% replaces it all the same; nothing was changed";
    }
    if (auto lost = lost_columns(before.text, text)) return lost;
    auto gone = plan.count(PersonChange::Kind::remove);
    if (auto allowed = limits.allowed(before.people.size()); gone > allowed)
        return fmt::format(
            "{} of {} people are not in the file and would go; {} may (--max-delete); nothing was changed", gone,
            before.people.size(), allowed);
    return std::nullopt;
}

Result<Before> read_before(const KeptFile& people) {
    auto text = people.read();
    if (!text && text.error().category == Category::not_found) return Before{};
    if (!text) return std::unexpected(text.error());
    auto reading = roster::read_people(*text);
    return Before{true, !reading.usable(), std::move(reading.people), *std::move(text)};
}

/// Without limits a way back is taken, whatever it takes away.
int replace(const Arguments& arguments, const std::string& config_file, const KeptFile& people, const std::string& text,
            const std::string& name, const std::optional<contacts::ImportLimits>& limits) {
    auto after = read_usable(text, name);
    if (!after) return cli::failed;
    auto before = read_before(people);
    if (!before) return complain(before.error().text);
    auto plan = roster::plan_people(before->people, after->people);
    if (limits)
        if (auto why = refusal(arguments, *limits, *before, plan, text)) return complain(*why);
    if (!fits(config_file, people, text)) return cli::failed;
    if (arguments.has("dry-run") || (before->there && before->text == text))
        return print_outcome(arguments, plan, {}), cli::done;
    auto backup = people.replace(text);
    if (!backup) return complain(backup.error().text + "; nothing was changed");
    print_outcome(arguments, plan, *backup);
    if (arguments.value("format") != "json")
        fmt::print("a running daemon follows when it is told: systemctl reload lamplighter\n");
    return cli::done;
}

int import(const Arguments& arguments, const std::string& config_file, const KeptFile& people) {
    const auto& name = arguments.words()[1];
    auto limits = cli::limits_of(arguments);
    if (!limits) return misused(limits.error().text);
    auto text = cli::read_file(name, file_bytes_max);
    if (!text) return complain(fmt::format("{}: {}", name, text.error().text));
    if (text->size() > file_bytes_max) return complain(name + " is longer than 64 MiB");
    return replace(arguments, config_file, people, *text, name, *limits);
}

int restore(const Arguments& arguments, const std::string& config_file, const KeptFile& people) {
    auto all = people.backups();
    if (all.empty()) return complain("there is no backup yet: one is made before each import");
    auto name = arguments.words().size() > 1 ? arguments.words()[1] : all.front();
    auto text = people.read_backup(name);
    if (!text) return complain(fmt::format("{}; there are {}", text.error().text, fmt::join(all, ", ")));
    auto code = replace(arguments, config_file, people, *text, name, std::nullopt);
    if (code != cli::done) fmt::print(stderr, "the backups are {}\n", fmt::join(all, ", "));
    return code;
}

constexpr cli::OptionRule option_rules[]{{"separator", "template export"},
                                         {"bom", "template export"},
                                         {"dry-run", "import restore"},
                                         {"max-delete", "import"},
                                         {"allow-empty", "import"}};

} // namespace

int people_command(const Arguments& arguments, const std::string& config_file) {
    const auto& words = arguments.words();
    auto word = words.empty() ? std::string() : words[0];
    if (word != "template" && word != "export" && word != "import" && word != "restore")
        return misused("people takes the word check, template, export, import or restore");
    if (auto stray = cli::stray_option(arguments, word, option_rules)) return misused(*stray);
    if (auto format = arguments.value("format").value_or("text"); format != "text" && format != "json")
        return misused("--format is text or json");
    if (word == "import" && words.size() < 2) return misused("import needs a FILE; - is standard input");
    if (words.size() > 1 && (word == "template" || word == "export")) return misused(word + " takes no more words");
    if (word == "template") return print_table(arguments, roster::people_header());

    auto answer = config::read(schema(NamedPeople::unread), config_file, config::Sources::machine());
    if (!answer.configuration) return fmt::print(stderr, "{}", to_string(answer.problems)), cli::wrong_configuration;
    const auto& file = answer.configuration->get<PeopleOptions>().file;
    if (file.empty())
        return complain(config_file + " names no people file ([people] file): everybody of the platforms is watched");
    KeptFile people(file, config_file);
    if (word == "import" || word == "restore") {
        if (auto locked = people.lock(); !locked) return complain(locked.error().text);
        return word == "import" ? import(arguments, config_file, people) : restore(arguments, config_file, people);
    }
    auto text = people.read();
    return text ? print_table(arguments, *text) : complain(text.error().text);
}

} // namespace lamp
