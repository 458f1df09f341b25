#include "status/import_json.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "contacts/columns.hpp"
#include "status/json.hpp"

namespace lamp::status {
namespace {

using contacts::Change;

constexpr std::string_view name(Change::Kind kind) {
    switch (kind) {
    case Change::Kind::create: return "create";
    case Change::Kind::modify: return "change";
    case Change::Kind::remove: return "remove";
    }
    return "";
}

void write_field(JsonWriter& json, const Change& change, std::string_view field) {
    const auto* column = std::ranges::find(contacts::columns, field, &contacts::Column::name);
    if (column == contacts::columns.end()) return;
    json.key(field);
    json.object([&] {
        json.member("before", contacts::written(change.before, *column));
        json.member("after", contacts::written(change.after, *column));
    });
}

void write_change(JsonWriter& json, const Change& change) {
    const auto& who = change.kind == Change::Kind::remove ? change.before : change.after;
    json.object([&] {
        json.member("change", name(change.kind));
        json.key("line");
        if (change.line > 0)
            json.value(change.line);
        else
            json.value(nullptr);
        json.member_or_null("key", who.key);
        json.member("name", contacts::full_name(who));
        if (change.kind != Change::Kind::modify) return;
        json.key("fields");
        json.object([&] {
            for (const auto& field : change.fields)
                write_field(json, change, field);
        });
    });
}

Answer refused(const std::vector<contacts::Mistake>& mistakes) {
    std::string rows = R"("rows":)";
    JsonWriter json(rows);
    json.array([&] {
        for (const auto& one : mistakes)
            json.object([&] {
                json.member("line", one.line);
                json.member("column", one.column);
                json.member_or_null("name", one.what);
                json.member("message", one.message);
            });
    });
    const auto& first = mistakes.front();
    auto detail = fmt::format("The file was refused and nothing was changed. Line {}, column {}: {}{}{}.", first.line,
                              first.column, first.what, first.what.empty() ? "" : " ", first.message);
    return problem(422, detail, rows);
}

} // namespace

Answer import_answer(const ImportView& view, bool dry_run, std::size_t changes) {
    const auto& plan = view.plan;
    if (!plan.refusals.empty()) return refused(plan.refusals);
    Answer answer;
    JsonWriter json(answer.body);
    json.object([&] {
        json.member("applied", view.applied);
        json.member("dry_run", dry_run);
        json.member("created", std::uint64_t{plan.count(Change::Kind::create)});
        json.member("changed", std::uint64_t{plan.count(Change::Kind::modify)});
        json.member("removed", std::uint64_t{plan.count(Change::Kind::remove)});
        json.member("unchanged", std::uint64_t{plan.unchanged});
        json.member_or_null("backup", view.backup);
        json.key("changes");
        json.array([&] {
            for (std::size_t i = 0; i < std::min(changes, plan.changes.size()); ++i)
                write_change(json, plan.changes[i]);
        });
        json.member("more", plan.changes.size() > changes);
    });
    return answer;
}

Answer favourites_import_answer(const contacts::FavouritesPlan& plan, bool dry_run) {
    if (!plan.refusals.empty()) return refused(plan.refusals);
    Answer answer;
    JsonWriter json(answer.body);
    json.object([&] {
        json.member("applied", !dry_run && !plan.changes.empty());
        json.member("dry_run", dry_run);
        json.member("changed", std::uint64_t{plan.changes.size()});
        json.member("unchanged", std::uint64_t{plan.unchanged});
        json.key("changes");
        json.array([&] {
            for (const auto& one : plan.changes)
                json.object([&] {
                    json.member("owner", one.owner);
                    json.member("line", one.line);
                    write_texts(json, "before", one.before);
                    write_texts(json, "after", one.after);
                });
        });
    });
    return answer;
}

} // namespace lamp::status
