#include "store/database.hpp"

#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>
#include <utility>

#include "base/check.hpp"
#include "base/limits.hpp"

namespace lamp::store {
namespace {

constexpr int busy_wait_ms = 5000;
constexpr const char* settings = "PRAGMA journal_mode=WAL;"
                                 "PRAGMA foreign_keys=ON;"
                                 "PRAGMA secure_delete=ON;" // what is deleted is overwritten: it may be people's
                                 "PRAGMA journal_size_limit=67108864;" // a log that grew once does not stay large
                                 "PRAGMA trusted_schema=OFF;";

/// SQLite would create it readable by everybody who passes; the log and its index take the file's mode.
Result<void> touch(const std::filesystem::path& file) {
    int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return fail(errno == ENOSPC ? Category::limit : Category::unavailable,
                    fmt::format("The database {} cannot be opened: {}; its folder is state_dir.", file.string(),
                                std::strerror(errno)));
    ::close(descriptor);
    return {};
}

} // namespace

void Database::Close::operator()(sqlite3* handle) const {
    // Statements are gone before; with one left SQLite would refuse and the file would stay open.
    LAMP_CHECK(sqlite3_close(handle) == SQLITE_OK);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Database::Database(Database&& other) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::filesystem::path& file, Sync sync) {
    if (auto made = touch(file); !made) return std::unexpected(made.error());
    Database database(file);
    sqlite3* handle = nullptr;
    int code = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    database.handle_.reset(handle);
    if (code != SQLITE_OK) return std::unexpected(database.error(code));
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busy_wait_ms);
    if (auto set = database.script(settings); !set) return std::unexpected(set.error());
    auto set = database.script(sync == Sync::full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    if (!set) return std::unexpected(set.error());
    return database;
}

Error Database::error(int code) const {
    const char* said = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
    auto file = file_.string();
    switch (code & 0xFF) {
    case SQLITE_FULL:
        return {Category::limit, fmt::format("The disk that holds {} is full ({}): free some space, writing goes on by "
                                             "itself.",
                                             file, said)};
    case SQLITE_IOERR:
        return {Category::unavailable,
                fmt::format("The disk that holds {} fails ({}, code {}): look at the disk and its free space; writing "
                            "goes on by itself when it works again.",
                            file, said, code)};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return {Category::unavailable,
                fmt::format("{} cannot be written ({}): check the rights of the file and of its folder (state_dir).",
                            file, said)};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return {Category::conflict, fmt::format("{} is damaged ({}): at the next start it is moved aside and a new one "
                                                "begun.",
                                                file, said)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {Category::timeout, fmt::format("Another program holds {} for more than {} s ({}): end it.", file,
                                               busy_wait_ms / 1000, said)};
    case SQLITE_INTERRUPT: return {Category::cancelled, fmt::format("Work on {} was ended: we are stopping.", file)};
    case SQLITE_CONSTRAINT: return {Category::conflict, fmt::format("{} refuses a row: {}.", file, said)};
    case SQLITE_TOOBIG: return {Category::limit, fmt::format("A value is too large for {} ({}).", file, said)};
    default: return {Category::invalid, fmt::format("{} does not take a statement: {} (code {}).", file, said, code)};
    }
}

Result<Statement> Database::borrow(std::string_view sql) {
    auto found = kept_.find(sql);
    if (found != kept_.end() && !found->second.lent) {
        found->second.lent = true;
        return Statement(*this, found->second.statement.get(), true);
    }
    // A second loan of the same text is a statement of its own, as is everything beyond the limit: SQL texts are
    // constants of the code, more of them than that are a programmer's mistake that must not grow without end.
    bool keep = found == kept_.end() && kept_.size() < limits::store_statements;
    sqlite3_stmt* made = nullptr;
    int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                  keep ? SQLITE_PREPARE_PERSISTENT : 0U, &made, nullptr);
    if (code != SQLITE_OK) return std::unexpected(error(code));
    if (made == nullptr) return fail(Category::invalid, "An empty text is no SQL statement.");
    if (keep) {
        auto& kept = kept_[std::string(sql)];
        kept.statement.reset(made);
        kept.lent = true;
    }
    return Statement(*this, made, keep);
}

Result<void> Database::finish(Statement& statement) {
    while (true) {
        auto row = statement.step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return {};
    }
}

Result<std::int64_t> Database::number(std::string_view sql) {
    auto statement = borrow(sql);
    if (!statement) return std::unexpected(statement.error());
    auto row = statement->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return fail(Category::not_found, "The question has no answer.");
    return statement->integer(0);
}

Result<void> Database::script(const std::string& sql) {
    int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return std::unexpected(error(code));
    return {};
}

Result<void> Database::empty_log() {
    auto checkpoint = borrow("PRAGMA wal_checkpoint(TRUNCATE)");
    if (!checkpoint) return std::unexpected(checkpoint.error());
    auto row = checkpoint->step();
    if (!row) return std::unexpected(row.error());
    if (*row && checkpoint->integer(0) != 0)
        return fail(Category::timeout,
                    fmt::format("Another program reads {}: its log cannot be emptied.", file_.string()));
    return {};
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

std::int64_t Database::changed() const {
    return sqlite3_changes64(handle_.get());
}

void Database::interrupt() {
    sqlite3_interrupt(handle_.get());
}

Statement::Statement(Database& database, sqlite3_stmt* statement, bool kept)
    : database_(&database), statement_(statement), kept_(kept) {}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      kept_(other.kept_),
      too_large_(other.too_large_) {}

Statement::~Statement() {
    if (statement_ == nullptr) return;
    if (!kept_) {
        sqlite3_finalize(statement_);
        return;
    }
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    database_->kept_.find(std::string_view(sqlite3_sql(statement_)))->second.lent = false;
}

void Statement::bind(int place, std::int64_t value) {
    LAMP_CHECK(sqlite3_bind_int64(statement_, place, value) == SQLITE_OK);
}

void Statement::bind(int place, std::string_view text) {
    int code = sqlite3_bind_text64(statement_, place, text.data() == nullptr ? "" : text.data(), text.size(),
                                   SQLITE_TRANSIENT, SQLITE_UTF8);
    LAMP_CHECK(code == SQLITE_OK || code == SQLITE_TOOBIG);
    too_large_ |= code == SQLITE_TOOBIG;
}

void Statement::bind(int place, std::span<const std::uint8_t> bytes) {
    const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
    int code = sqlite3_bind_blob64(statement_, place, data, bytes.size(), SQLITE_TRANSIENT);
    LAMP_CHECK(code == SQLITE_OK || code == SQLITE_TOOBIG);
    too_large_ |= code == SQLITE_TOOBIG;
}

void Statement::bind(int place, std::nullopt_t /*none*/) {
    LAMP_CHECK(sqlite3_bind_null(statement_, place) == SQLITE_OK);
}

Result<bool> Statement::step() {
    if (too_large_) return std::unexpected(database_->error(SQLITE_TOOBIG));
    int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return std::unexpected(database_->error(code));
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::text(int column) const {
    const auto* data = sqlite3_column_text(statement_, column);
    if (data == nullptr) return {};
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::span<const std::uint8_t> Statement::bytes(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Statement::null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

} // namespace lamp::store
