#include <fmt/format.h>
#include <sqlite3.h>

#include "base/clock.hpp"
#include "recognition/columns.hpp"
#include "recognition/files.hpp"
#include "recognition/stamp.hpp"

namespace lamp::recognition {
namespace {

using namespace std::chrono_literals;

constexpr auto query_wait = 2min;
constexpr int steps_between_looks = 10'000; // of SQLite's machine

struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class SqliteSource final : public Source {
public:
    SqliteSource(std::filesystem::path file, std::string query, std::string key)
        : file_(std::move(file)), query_(std::move(query)), key_(std::move(key)) {}
    bool delta() const override { return true; }

    Task<Result<Synced>> sync(std::string cursor) override { co_return read(cursor); }

private:
    Result<Synced> read(const std::string& cursor) {
        auto log = file_;
        log += "-wal";
        auto stamp = stamp_of({file_, log});
        if (!cursor.empty() && cursor == stamp) return Synced{.unchanged = true, .cursor = cursor};
        auto records = ask();
        if (!records)
            return fail(records.error().category, fmt::format("{}: {}", file_.string(), records.error().text));
        return Synced{.records = std::move(*records), .cursor = std::move(stamp)};
    }

    Result<std::vector<Record>> ask() {
        sqlite3* opened = nullptr;
        int code = sqlite3_open_v2(file_.c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
        std::unique_ptr<sqlite3, Close> handle(opened);
        if (code != SQLITE_OK) return fail(Category::unavailable, "The database cannot be opened.");
        sqlite3_busy_timeout(opened, 5000);
        until_ = steady_now() + query_wait;
        sqlite3_progress_handler(
            opened, steps_between_looks,
            [](void* until) { return steady_now() > *static_cast<Steady*>(until) ? 1 : 0; }, &until_);
        sqlite3_stmt* prepared = nullptr;
        code = sqlite3_prepare_v2(opened, query_.c_str(), static_cast<int>(query_.size()), &prepared, nullptr);
        std::unique_ptr<sqlite3_stmt, Close> statement(prepared);
        if (code != SQLITE_OK || prepared == nullptr)
            return fail(Category::invalid, fmt::format("query: {}.", sqlite3_errmsg(opened)));
        if (sqlite3_stmt_readonly(prepared) == 0) return fail(Category::invalid, "query: it must only read.");
        return rows(opened, prepared);
    }

    Result<std::vector<Record>> rows(sqlite3* handle, sqlite3_stmt* statement) {
        const int count = sqlite3_column_count(statement);
        std::vector<std::string> header;
        for (int i = 0; i < count; ++i)
            header.emplace_back(sqlite3_column_name(statement, i));
        std::vector<std::vector<std::string>> rows;
        int code = SQLITE_ROW;
        while ((code = sqlite3_step(statement)) == SQLITE_ROW && rows.size() <= records_max) {
            auto& row = rows.emplace_back();
            for (int i = 0; i < count; ++i) {
                const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
                row.emplace_back(text == nullptr ? "" : text);
            }
        }
        if (code == SQLITE_INTERRUPT) return fail(Category::timeout, "The query took longer than two minutes.");
        if (code != SQLITE_DONE && code != SQLITE_ROW)
            return fail(Category::unavailable, fmt::format("{}.", sqlite3_errmsg(handle)));
        return Columns(std::move(header), key_).records(rows);
    }

    std::filesystem::path file_;
    std::string query_;
    std::string key_;
    Steady until_{};
};

} // namespace

std::unique_ptr<Source> sqlite_source(std::filesystem::path file, std::string query, std::string key) {
    return std::make_unique<SqliteSource>(std::move(file), std::move(query), std::move(key));
}

} // namespace lamp::recognition
