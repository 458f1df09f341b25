// /v1/directory, /v1/folders, /v1/favourites: who is in the directory, and what is done to it.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "status/asking.hpp"
#include "status/body.hpp"
#include "status/import_json.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

constexpr std::size_t changes_shown = 1'000;
constexpr std::size_t changes_shown_max = 200'000;
constexpr std::size_t written_max = 1'024;
constexpr std::size_t sources_max = 64; // of one search

/// {"path": "…"}.
Result<std::string> path_of(std::string_view body) {
    auto object = object_of(body);
    if (!object) return std::unexpected(object.error());
    const auto* path = object->size() == 1 ? object->if_contains("path") : nullptr;
    if (!path || !path->is_string() || path->get_string().size() > written_max)
        return fail(Category::invalid, R"(The body must be {"path": "…"}.)");
    return std::string(path->get_string());
}

/// {"keys": ["…"]}.
Result<std::vector<std::string>> keys_of(std::string_view body) {
    auto object = object_of(body);
    if (!object) return std::unexpected(object.error());
    auto wrong = [] { return fail(Category::invalid, R"(The body must be {"keys": ["…", …]}.)"); };
    const auto* list = object->size() == 1 ? object->if_contains("keys") : nullptr;
    if (!list || !list->is_array()) return wrong();
    std::vector<std::string> keys;
    for (const auto& one : list->get_array()) {
        if (!one.is_string()) return wrong();
        keys.emplace_back(one.get_string());
    }
    return keys;
}

void write_folder(JsonWriter& json, const FolderView& one) {
    json.object([&] {
        json.member("path", one.path);
        json.member("contacts", std::uint64_t{one.contacts});
    });
}

void write_favourite(JsonWriter& json, const FavouriteView& one) {
    json.object([&] {
        json.member("owner", one.owner);
        json.member("key", one.key);
        json.member_or_null("name", one.name);
        json.member("position", std::uint64_t{one.position});
    });
}

void write_backup(JsonWriter& json, const BackupView& one) {
    json.object([&] {
        json.member("name", one.name);
        json.member("bytes", one.bytes);
    });
}

void write_finding(JsonWriter& json, const FindingView& one) {
    json.object([&] {
        json.member("kind", one.kind);
        json.member_or_null("key", one.key);
        json.member("name", one.name);
        json.member("what", one.what);
        json.member("text", one.text);
    });
}

void write_left_out(JsonWriter& json, const std::vector<DirectoryPage::LeftOut>& all) {
    json.key("left_out");
    json.array([&] {
        for (const auto& one : all)
            json.object([&] {
                json.member("source", one.source);
                json.member("why", one.why);
            });
    });
}

Answer as_item(const std::string& item) {
    return {.status = 200, .content = Content::json, .fields = {}, .body = item};
}

Answer as_path(const std::string& path, int status) {
    Answer answer{.status = status, .content = Content::json, .fields = {}, .body = {}};
    JsonWriter json(answer.body);
    json.object([&] { json.member("path", path); });
    return answer;
}

Result<ExportOrder> export_order(const Query& query) {
    ExportOrder order;
    auto format = query.find("format").value_or("csv");
    if (format != "csv" && format != "json") return fail(Category::invalid, "format is csv or json.");
    if (format == "json") order.format = ExportOrder::Format::json;
    auto separator = query.find("separator").value_or(";");
    if (separator == "tab") separator = "\t";
    if (separator != ";" && separator != "," && separator != "\t")
        return fail(Category::invalid, "separator is ; or , or tab.");
    order.separator = separator.front();
    auto mark = query.flag("bom", true);
    if (!mark) return std::unexpected(mark.error());
    order.byte_order_mark = *mark;
    return order;
}

Result<ImportOrder> import_order(const Query& query) {
    ImportOrder order;
    auto dry_run = query.flag("dry_run", false);
    auto allow_empty = query.flag("allow_empty", false);
    if (!dry_run) return std::unexpected(dry_run.error());
    if (!allow_empty) return std::unexpected(allow_empty.error());
    order.dry_run = *dry_run;
    order.limits.allow_empty = *allow_empty;
    if (auto most = query.find("max_delete")) {
        auto limits = contacts::read_most(*most, order.limits);
        if (!limits) return fail(Category::invalid, "max_delete: " + limits.error().text + ".");
        order.limits = *limits;
    }
    return order;
}

} // namespace

// --- who is in it

void Api::directory(Call& call, const Asked&) {
    auto query = Query::parse(call.request.query, {"q", "source", "folder", "limit", "cursor", "live"}, "source");
    if (!query) return call.answer(problem(400, query.error().text));
    auto limit = query->number("limit", limits_.list_default, 1, limits_.list_max);
    if (!limit) return call.answer(problem(400, limit.error().text));
    if (!ports_.directory.search) return call.answer(no_directory());
    DirectoryQuery wanted{.words = std::string(query->find("q").value_or("")),
                          .sources = query->list("source"),
                          .folder = {},
                          .limit = *limit,
                          .cursor = std::string(query->find("cursor").value_or("")),
                          .live = false};
    auto live = query->flag("live", false);
    if (!live) return call.answer(problem(live.error()));
    wanted.live = *live;
    if (wanted.words.size() > written_max) return call.answer(problem(400, "q is too long."));
    if (wanted.sources.size() > sources_max)
        return call.answer(problem(400, fmt::format("source takes {} sources at most.", sources_max)));
    if (auto folder = query->find("folder")) wanted.folder = *folder;
    defer(call, make_directory(std::move(wanted)));
}

Task<Answer> Api::make_directory(DirectoryQuery query) {
    auto page = co_await ask_directory<DirectoryPage>(patience(), ports_.directory.search, std::move(query));
    co_return told(page, [](const DirectoryPage& found) {
        Answer answer;
        JsonWriter json(answer.body);
        json.object([&] {
            json.key("items");
            json.array([&] {
                for (const auto& item : found.items)
                    json.raw(item);
            });
            json.member_or_null("next", found.next);
            if (!found.left_out.empty()) write_left_out(json, found.left_out);
        });
        return answer;
    });
}

void Api::directory_one(Call& call, const Asked& asked) {
    if (!ports_.directory.find) return call.answer(no_directory());
    defer(call, make_directory_one(std::string(asked.id)));
}

Task<Answer> Api::make_directory_one(std::string key) {
    co_return told(co_await ask_directory<std::string>(patience(), ports_.directory.find, std::move(key)), as_item);
}

void Api::directory_check(Call& call, const Asked&) {
    auto page = page_of(call);
    if (!page) return;
    if (!ports_.directory.check) return call.answer(no_directory());
    defer(call, make_directory_check(*page));
}

Task<Answer> Api::make_directory_check(Page page) {
    auto found = co_await ask_directory<std::vector<FindingView>>(long_patience(), ports_.directory.check);
    co_return told(found, [&](const std::vector<FindingView>& all) { return listed(all, page, write_finding); });
}

// --- folders

void Api::folders(Call& call, const Asked&) {
    auto page = page_of(call);
    if (!page) return;
    if (!ports_.directory.folders) return call.answer(no_directory());
    defer(call, make_folders(*page));
}

Task<Answer> Api::make_folders(Page page) {
    auto all = co_await ask_directory<std::vector<FolderView>>(patience(), ports_.directory.folders);
    co_return told(all, [&](const std::vector<FolderView>& views) { return listed(views, page, write_folder); });
}

void Api::change_folder(Call& call, const Asked& asked) {
    if (!ports_.directory.make_folder) return call.answer(no_directory());
    FolderChange change{asked.route->method, std::string(asked.id), {}, asked.identity->token};
    if (change.method != Method::remove) {
        auto path = path_of(call.request.body);
        if (!path) return call.answer(problem(path.error()));
        change.to = std::move(*path);
    }
    defer(call, make_folder_change(std::move(change)));
}

Task<Answer> Api::make_folder_change(FolderChange change) {
    const auto& ports = ports_.directory;
    if (change.method == Method::post)
        co_return told(co_await ask_directory<std::string>(patience(), ports.make_folder, change.to, change.by),
                       [](const std::string& path) { return as_path(path, 201); });
    if (change.method == Method::patch)
        co_return told(
            co_await ask_directory<std::string>(patience(), ports.rename_folder, change.path, change.to, change.by),
            [](const std::string& path) { return as_path(path, 200); });
    co_return told(co_await ask_directory<std::string>(patience(), ports.remove_folder, change.path, change.by),
                   [](const std::string&) { return nothing_left(); });
}

// --- favourites

/// One's own, or anybody's for who may; the answer has been given when there is nothing.
std::optional<std::string> Api::favourites_owner(Call& call, const Asked& asked, Permission any) const {
    const Identity& who = *asked.identity;
    bool own = who.may(permission("self")) && !who.person.empty() && who.person == asked.id;
    if (!own && !who.may(any)) {
        call.answer(not_permitted(who, any));
        return std::nullopt;
    }
    if (!is_team(asked.id) && !find_person(asked.id)) {
        call.answer(problem(404, "There is no person with this id; a team is written team:NAME."));
        return std::nullopt;
    }
    return std::string(asked.id);
}

void Api::favourites(Call& call, const Asked& asked) {
    if (!ports_.directory.favourites) return call.answer(no_directory());
    bool change = asked.route->method == Method::put;
    auto owner = favourites_owner(call, asked, change ? permission("directory.write") : permission("directory.read"));
    if (!owner) return;
    if (!change) return defer(call, make_favourites(std::move(*owner), {}, {}));
    auto keys = keys_of(call.request.body);
    if (!keys) return call.answer(problem(keys.error()));
    defer(call, make_favourites(std::move(*owner), std::move(*keys), asked.identity->token));
}

Task<Answer> Api::make_favourites(std::string owner, std::optional<std::vector<std::string>> keys, std::string by) {
    const auto& ports = ports_.directory;
    auto view = keys ? co_await ask_directory<FavouritesView>(patience(), ports.set_favourites, owner, std::move(*keys),
                                                              std::move(by))
                     : co_await ask_directory<FavouritesView>(patience(), ports.favourites, owner);
    co_return told(view, [&](const FavouritesView& favourites) {
        Answer answer;
        JsonWriter json(answer.body);
        json.object([&] {
            json.member("person", owner);
            write_texts(json, "keys", favourites.keys);
            json.key("items");
            json.array([&] {
                for (const auto& item : favourites.items)
                    json.raw(item);
            });
            json.member("next", nullptr);
        });
        return answer;
    });
}

void Api::all_favourites(Call& call, const Asked&) {
    auto page = page_of(call);
    if (!page) return;
    if (!ports_.directory.all_favourites) return call.answer(no_directory());
    defer(call, make_all_favourites(*page));
}

Task<Answer> Api::make_all_favourites(Page page) {
    auto all = co_await ask_directory<std::vector<FavouriteView>>(long_patience(), ports_.directory.all_favourites);
    co_return told(all, [&](const std::vector<FavouriteView>& views) { return listed(views, page, write_favourite); });
}

void Api::import_favourites(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"dry_run"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto dry_run = query->flag("dry_run", false);
    if (!dry_run) return call.answer(problem(dry_run.error()));
    if (!ports_.directory.import_favourites) return call.answer(no_directory());
    defer(call, make_favourites_import({std::string(call.request.body), *dry_run, asked.identity->token}));
}

Task<Answer> Api::make_favourites_import(FavouritesOrder order) {
    bool dry_run = order.dry_run;
    auto plan = co_await ask_directory<contacts::FavouritesPlan>(long_patience(), ports_.directory.import_favourites,
                                                                 std::move(order));
    co_return told(plan, [&](const contacts::FavouritesPlan& done) { return favourites_import_answer(done, dry_run); });
}

// --- all of them

void Api::directory_export(Call& call, const Asked&) {
    auto query = Query::parse(call.request.query, {"format", "separator", "bom"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto order = export_order(*query);
    if (!order) return call.answer(problem(order.error()));
    if (!ports_.directory.write) return call.answer(no_directory());
    defer(call, make_export(*order));
}

Task<Answer> Api::make_export(ExportOrder order) {
    auto text = co_await ask_directory<std::string>(long_patience(), ports_.directory.write, order);
    if (!text) co_return no_answer();
    if (!*text) co_return refused(text->error());
    bool json = order.format == ExportOrder::Format::json;
    co_return Answer{
        .status = 200,
        .content = json ? Content::json : Content::csv,
        .fields = fmt::format("Content-Disposition: attachment; filename=\"directory.{}\"\r\n", json ? "json" : "csv"),
        .body = std::move(**text)};
}

void Api::directory_import(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"dry_run", "allow_empty", "max_delete", "changes"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto order = import_order(*query);
    auto changes = query->number("changes", changes_shown, 0, changes_shown_max);
    if (!order) return call.answer(problem(order.error()));
    if (!changes) return call.answer(problem(changes.error()));
    if (!ports_.directory.import) return call.answer(no_directory());
    order->text = call.request.body;
    order->by = asked.identity->token;
    defer(call, make_import(std::move(*order), *changes));
}

Task<Answer> Api::make_import(ImportOrder order, std::size_t changes) {
    bool dry_run = order.dry_run;
    auto view = co_await ask_directory<ImportView>(long_patience(), ports_.directory.import, std::move(order));
    co_return told(view, [&](const ImportView& done) { return import_answer(done, dry_run, changes); });
}

void Api::directory_sync(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"source", "dry_run", "max_delete", "changes"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto order = import_order(*query);
    auto changes = query->number("changes", changes_shown, 0, changes_shown_max);
    if (!order) return call.answer(problem(order.error()));
    if (!changes) return call.answer(problem(changes.error()));
    if (!ports_.directory.synchronise) return call.answer(no_directory());
    std::string source(query->find("source").value_or(""));
    defer(call, make_sync({std::move(source), order->dry_run, order->limits, asked.identity->token}, *changes));
}

Task<Answer> Api::make_sync(SyncOrder order, std::size_t changes) {
    bool dry_run = order.dry_run;
    auto view = co_await ask_directory<ImportView>(long_patience(), ports_.directory.synchronise, std::move(order));
    if (!view)
        co_return problem(504, "The people are still being read. What was asked for will be done: see the adapters "
                               "\"ldap\" and \"entra\" in /v1/status, and the audit.");
    co_return told(view, [&](const ImportView& done) { return import_answer(done, dry_run, changes); });
}

void Api::directory_backups(Call& call, const Asked&) {
    auto page = page_of(call);
    if (!page) return;
    if (!ports_.directory.backups) return call.answer(no_directory());
    defer(call, make_backups(*page));
}

Task<Answer> Api::make_backups(Page page) {
    auto all = co_await ask_directory<std::vector<BackupView>>(patience(), ports_.directory.backups);
    co_return told(all, [&](const std::vector<BackupView>& views) { return listed(views, page, write_backup); });
}

void Api::directory_restore(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"backup", "dry_run", "changes"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto dry_run = query->flag("dry_run", false);
    auto changes = query->number("changes", changes_shown, 0, changes_shown_max);
    if (!dry_run) return call.answer(problem(dry_run.error()));
    if (!changes) return call.answer(problem(changes.error()));
    if (!ports_.directory.restore) return call.answer(no_directory());
    defer(call,
          make_restore(std::string(query->find("backup").value_or("")), *dry_run, asked.identity->token, *changes));
}

Task<Answer> Api::make_restore(std::string backup, bool dry_run, std::string by, std::size_t changes) {
    auto view = co_await ask_directory<ImportView>(long_patience(), ports_.directory.restore, std::move(backup),
                                                   dry_run, std::move(by));
    co_return told(view, [&](const ImportView& done) { return import_answer(done, dry_run, changes); });
}

} // namespace lamp::status
