// directory: contacts as a file, what an import would do, backups, findings.
#include <algorithm>
#include <array>
#include <atomic>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <thread>
#include <unistd.h>

#include "base/clock.hpp"
#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/input.hpp"
#include "contacts/contacts_file.hpp"
#include "contacts/favourites_file.hpp"
#include "http/url.hpp"
#include "proto/text/text.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

constexpr std::size_t file_bytes_max = std::size_t{64} << 20; // the daemon takes no more
constexpr std::size_t changes_told = 200'000;                 // by the daemon, at most
constexpr std::size_t worth_showing = std::size_t{256} << 10; // smaller files are sent in no time

const std::vector<Column> item_columns{
    {"KEY", "key"},       {"SOURCE", "source"},   {"LAST NAME", "last_name"}, {"FIRST NAME", "first_name"},
    {"FOLDER", "folder"}, {"COMPANY", "company"}, {"E-MAIL", "email"},        {"NUMBERS", "numbers"},
    {"LINES", "lines"}};

/// Seconds on a terminal, until it goes: whoever waits sees that something is done.
class Progress {
public:
    Progress(bool shown, std::string what) {
        if (!shown || ::isatty(STDERR_FILENO) == 0) return;
        thread_ = std::jthread([what = std::move(what)](const std::stop_token& stop) {
            const auto begun = steady_now();
            while (!stop.stop_requested()) {
                fmt::print(stderr, "\r{} … {} s", what,
                           std::chrono::duration_cast<seconds>(steady_now() - begun).count());
                std::fflush(stderr);
                std::this_thread::sleep_for(milliseconds(200));
            }
            fmt::print(stderr, "\r\033[K");
        });
    }

private:
    std::jthread thread_;
};

std::string text_in(const json::value& value, std::string_view member) {
    return cell(value, member);
}

/// Numbers as "work +31…".
json::array readable(json::array items) {
    for (auto& item : items) {
        auto* object = item.if_object();
        auto* numbers = object ? object->if_contains("numbers") : nullptr;
        if (!numbers || !numbers->is_array()) continue;
        json::array texts;
        for (const auto& one : numbers->get_array())
            texts.emplace_back(cell(one, "number"));
        *numbers = std::move(texts);
    }
    return items;
}

// --- what has been done, or would be

std::string quoted(const json::value& field, std::string_view which) {
    return json::serialize(json::value(text_in(field, which)));
}

void print_change(const json::value& change) {
    auto kind = text_in(change, "change");
    auto line = text_in(change, "line");
    auto key = text_in(change, "key");
    fmt::print("{} {}{}{}",
               kind == "create"   ? '+'
               : kind == "remove" ? '-'
                                  : '~',
               key, key.empty() ? "" : " ", text_in(change, "name"));
    if (!line.empty()) fmt::print(" (line {})", line);
    const auto* fields = member(change, "fields");
    if (fields && fields->is_object())
        for (const auto& field : fields->get_object())
            fmt::print("\n    {}: {} -> {}", std::string_view(field.key()), quoted(field.value(), "before"),
                       quoted(field.value(), "after"));
    print("\n");
}

int print_import(const Call& call, const json::value& done) {
    if (call.format == Format::json) return print(json::serialize(done) + "\n"), cli::done;
    for (const auto& change : list_of(done, "changes"))
        print_change(change);
    if (text_in(done, "more") == "true") print("… and more\n");
    bool dry = text_in(done, "dry_run") == "true";
    fmt::print("{} {} created, {} changed, {} removed; {} stay as they are\n",
               dry ? "would be:" : "done:", text_in(done, "created"), text_in(done, "changed"),
               text_in(done, "removed"), text_in(done, "unchanged"));
    if (auto backup = text_in(done, "backup"); !backup.empty())
        fmt::print("what was before: lamplighter directory restore {}\n", backup);
    return cli::done;
}

/// A refused file: every row that is wrong, as FILE:LINE:COL.
int print_refusal(const std::string& file, const DaemonClient::Plain& answer) {
    boost::system::error_code error;
    auto problem = json::parse(answer.text, error);
    const auto* rows = error ? nullptr : member(problem, "rows");
    if (answer.status != 422 || !rows || !rows->is_array()) return complain(DaemonClient::complaint(answer));
    for (const auto& row : rows->get_array())
        fmt::print("{}:{}:{}: {}{}{}\n", file, text_in(row, "line"), text_in(row, "column"), text_in(row, "name"),
                   text_in(row, "name").empty() ? "" : ": ", text_in(row, "message"));
    fmt::print(stderr, "lamplighter: the file was refused and nothing was changed\n");
    return failed;
}

int post_and_tell(const Call& call, const std::string& target, const std::string& file, std::string text) {
    Result<DaemonClient::Plain> answer = fail(Category::cancelled, "");
    {
        Progress progress(text.empty() || text.size() > worth_showing,
                          text.empty() ? file
                                       : fmt::format("{} ({:.1f} MB)", file, static_cast<double>(text.size()) / 1e6));
        answer = call.daemon.exchange("POST", target, std::move(text), "text/csv");
    }
    if (!answer) return complain(answer.error());
    if (answer->status != 200) return print_refusal(file, *answer);
    boost::system::error_code error;
    auto done = json::parse(answer->text, error);
    if (error) return complain({Category::protocol, "the answer is no JSON; is --url a Lamplighter?"});
    return print_import(call, done);
}

// --- the words

int import(const Call& call, const std::string& file) {
    auto text = read_file(file, file_bytes_max);
    if (!text) return complain({text.error().category, file + " cannot be read"});
    if (text->size() > file_bytes_max) return complain({Category::limit, file + " is longer than 64 MiB"});
    auto target = fmt::format("/v1/directory/import?changes={}", changes_told);
    if (call.arguments.has("dry-run")) target += "&dry_run=1";
    if (call.arguments.has("allow-empty")) target += "&allow_empty=1";
    if (auto most = call.arguments.value("max-delete")) target += "&max_delete=" + http::encode_query(*most);
    return post_and_tell(call, target, file, std::move(*text));
}

int sync(const Call& call) {
    auto target = fmt::format("/v1/directory/sync?changes={}", changes_told);
    if (call.arguments.has("dry-run")) target += "&dry_run=1";
    if (auto most = call.arguments.value("max-delete")) target += "&max_delete=" + http::encode_query(*most);
    if (auto source = call.arguments.value("source")) target += "&source=" + http::encode_query(*source);
    return post_and_tell(call, target, "the people's source", {});
}

int restore(const Call& call, const std::string& backup) {
    auto target = fmt::format("/v1/directory/restore?changes={}", changes_told);
    if (!backup.empty()) target += "&backup=" + http::encode_query(backup);
    if (call.arguments.has("dry-run")) target += "&dry_run=1";
    return post_and_tell(call, target, backup.empty() ? "the newest backup" : backup, {});
}

int write(const Call& call) {
    auto separator = separator_of(call.arguments, ';');
    if (!separator) return misused("--separator is ; or , or tab");
    auto target = fmt::format("/v1/directory/export?bom={}&separator={}", call.arguments.has("bom") ? 1 : 0,
                              *separator == '\t' ? "tab" : http::encode_query(std::string(1, *separator)));
    if (call.format == Format::json) target += "&format=json";
    auto answer = call.daemon.exchange("GET", target, {}, {});
    if (!answer) return complain(answer.error());
    if (answer->status != 200) return complain(DaemonClient::complaint(*answer));
    print(answer->text);
    return done;
}

int model(const Call& call) {
    auto separator = separator_of(call.arguments, ';');
    if (!separator) return misused("--separator is ; or , or tab");
    print(contacts::header(*separator, call.arguments.has("bom")));
    return done;
}

int check(const Call& call) {
    return show_list(call, "/v1/directory/check",
                     {{"FINDING", "kind"}, {"KEY", "key"}, {"NAME", "name"}, {"WHAT", "what"}, {"WHY", "text"}},
                     "nothing is amiss");
}

int search(const Call& call, const std::string& words) {
    auto target = "/v1/directory?q=" + http::encode_query(words);
    if (auto source = call.arguments.value("source")) target += "&source=" + http::encode_query(*source);
    auto items = call.daemon.list(target);
    if (!items) return complain(items.error());
    return show_rows(call, call.format == Format::json ? *items : readable(*items), item_columns, "nobody is found");
}

int backups(const Call& call) {
    return show_list(call, "/v1/directory/backups", {{"BACKUP", "name"}, {"BYTES", "bytes"}},
                     "there is no backup yet: one is made before each import");
}

// --- favourites

int write_favourites(const Call& call) {
    auto items = call.daemon.list("/v1/favourites");
    if (!items) return complain(items.error());
    if (call.format == Format::json) return print(json::serialize(*items) + "\n"), done;
    std::vector<contacts::FavouriteRow> rows;
    for (const auto& one : *items)
        rows.push_back({.owner = cell(one, "owner"),
                        .key = cell(one, "key"),
                        .name = cell(one, "name"),
                        .position = text::number<std::size_t>(cell(one, "position")).value_or(0)});
    print(contacts::favourites_text(rows, ';', call.arguments.has("bom")));
    return done;
}

int print_favourites_import(const Call& call, const json::value& plan) {
    if (call.format == Format::json) return print(json::serialize(plan) + "\n"), cli::done;
    for (const auto& change : list_of(plan, "changes"))
        fmt::print("~ {} (line {})\n    {} -> {}\n", cell(change, "owner"), cell(change, "line"),
                   cell(change, "before"), cell(change, "after"));
    fmt::print("{} {} changed; {} stay as they are\n",
               cell(plan, "dry_run") == "true" ? "would be: favourites of" : "done: favourites of",
               cell(plan, "changed"), cell(plan, "unchanged"));
    return cli::done;
}

int import_favourites(const Call& call, const std::string& file) {
    auto text = read_file(file, file_bytes_max);
    if (!text) return complain({text.error().category, file + " cannot be read"});
    auto target = fmt::format("/v1/favourites/import?dry_run={}", call.arguments.has("dry-run") ? 1 : 0);
    auto answer = call.daemon.exchange("POST", target, std::move(*text), "text/csv");
    if (!answer) return complain(answer.error());
    if (answer->status != 200) return print_refusal(file, *answer);
    boost::system::error_code error;
    auto plan = json::parse(answer->text, error);
    if (error) return complain({Category::protocol, "the answer is no JSON; is --url a Lamplighter?"});
    return print_favourites_import(call, plan);
}

int favourites(const Call& call, const std::string& whose, const std::string& file) {
    if (whose.empty()) return misused("directory favourites takes PERSON, team:NAME, export or import FILE");
    if (whose == "import") {
        if (file.empty()) return misused("directory favourites import needs a FILE; - is standard input");
        return import_favourites(call, file);
    }
    if (!file.empty()) return misused(fmt::format("directory favourites {} takes no more words", whose));
    if (whose == "export") return write_favourites(call);
    auto list = call.daemon.get("/v1/favourites/" + http::encode_segment(whose));
    if (!list) return complain(list.error());
    auto items = list_of(*list, "items");
    return show_rows(call, call.format == Format::json ? items : readable(items), item_columns,
                     "there are no favourites");
}

constexpr std::array option_rules{OptionRule{"dry-run", "import sync restore favourites add change remove"},
                                  OptionRule{"allow-empty", "import"},
                                  OptionRule{"max-delete", "import sync"},
                                  OptionRule{"source", "search sync"},
                                  OptionRule{"separator", "export template"},
                                  OptionRule{"bom", "export template favourites"},
                                  OptionRule{"first", "add change"},
                                  OptionRule{"last", "add change"},
                                  OptionRule{"number", "add change"},
                                  OptionRule{"email", "add change"},
                                  OptionRule{"company", "add change"},
                                  OptionRule{"folder", "add change"},
                                  OptionRule{"target", "add"},
                                  OptionRule{"call", "add"},
                                  OptionRule{"once", "add"}};

} // namespace

int directory(const Call& call) {
    auto words = call.arguments.words();
    auto word = words.empty() ? std::string() : words.front();
    auto rest = words.size() > 1 ? words[1] : std::string();
    static constexpr std::array known{"export",  "import", "template", "check",  "sync",   "restore",
                                      "backups", "search", "add",      "change", "remove", "favourites"};
    if (std::ranges::find(known, word) == known.end())
        return misused("directory takes the word export, import, template, check, sync, restore, backups, search, add, "
                       "change, remove or favourites");
    if (auto stray = stray_option(call.arguments, word, option_rules)) return misused(*stray);
    if (word == "favourites") return favourites(call, rest, words.size() > 2 ? words[2] : std::string());
    if (words.size() > 2) return misused(fmt::format("directory {} takes no more words", word));
    if (word == "import" && rest.empty()) return misused("directory import needs a FILE; - is standard input");
    if (word == "import") return import(call, rest);
    if (word == "restore") return restore(call, rest);
    if (word == "search") return search(call, rest);
    if ((word == "change" || word == "remove") && rest.empty())
        return misused(fmt::format("directory {} needs the KEY of a contact, as search shows it", word));
    if (word == "change") return change_contact(call, rest);
    if (word == "remove") return remove_contact(call, rest);
    if (!rest.empty()) return misused(fmt::format("directory {} takes no more words", word));
    if (word == "export") return write(call);
    if (word == "template") return model(call);
    if (word == "sync") return sync(call);
    if (word == "add") return add_contact(call);
    return word == "check" ? check(call) : backups(call);
}

} // namespace lamp::cli
