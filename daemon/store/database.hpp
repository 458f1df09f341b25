// A thin layer over SQLite: one open file, prepared statements that are kept, typed values, errors as sentences.
// A Database is used by one thread at a time; in the daemon by the thread "store" alone.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/errors.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace lamp::store {

/// What a commit waits for. In both modes a confirmed commit survives the end of the process, also by kill -9.
enum class Sync : std::uint8_t {
    normal, // the operating system has it: a power failure may undo the last seconds, never damage the file
    full,   // the disk has it
};

class Database;

/// A prepared statement on loan; it goes back to its Database, which must outlive it, when it is destroyed.
class Statement {
public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    void bind(int place, std::int64_t value);
    void bind(int place, std::string_view text); // copied
    void bind(int place, std::span<const std::uint8_t> bytes);
    void bind(int place, std::nullopt_t);

    /// True when there is a row; false at the end.
    [[nodiscard]] Result<bool> step();

    // Of the current row, columns from 0. Views last until the next step.
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::span<const std::uint8_t> bytes(int column) const;
    [[nodiscard]] bool null(int column) const;
    [[nodiscard]] Wall time(int column) const { return Wall(milliseconds(integer(column))); } // as it was bound
    [[nodiscard]] std::optional<Wall> maybe_time(int column) const {
        return null(column) ? std::nullopt : std::optional(time(column));
    }

private:
    friend class Database;
    Statement(Database& database, sqlite3_stmt* statement, bool kept);
    void put(int place, std::integral auto value) { bind(place, static_cast<std::int64_t>(value)); }
    void put(int place, std::string_view text) { bind(place, text); }
    void put(int place, std::span<const std::uint8_t> bytes) { bind(place, bytes); }
    void put(int place, std::nullopt_t none) { bind(place, none); }
    void put(int place, Wall time) { bind(place, time.time_since_epoch().count()); } // milliseconds since 1970
    template <class T>
    void put(int place, const std::optional<T>& maybe) {
        maybe ? put(place, *maybe) : put(place, std::nullopt);
    }

    Database* database_;
    sqlite3_stmt* statement_;
    bool kept_;
    bool too_large_ = false;
};

class Database {
public:
    /// Opens or creates the file (mode 0600) with a write-ahead log and foreign keys on. Errors: unavailable (folder or
    /// rights), conflict (no database, or a damaged one), timeout (another process holds it).
    [[nodiscard]] static Result<Database> open(const std::filesystem::path& file, Sync sync = Sync::normal);
    Database(Database&& other) noexcept;
    Database& operator=(Database&&) = delete;
    ~Database();

    /// A statement with its values bound to ?1, ?2 … Category::invalid for SQL that cannot be compiled.
    template <class... Values>
    [[nodiscard]] Result<Statement> prepare(std::string_view sql, const Values&... values) {
        auto statement = borrow(sql);
        if (!statement) return statement;
        int place = 0;
        (statement->put(++place, values), ...);
        return statement;
    }
    /// One statement to its end; rows are passed over.
    template <class... Values>
    [[nodiscard]] Result<void> run(std::string_view sql, const Values&... values) {
        auto statement = prepare(sql, values...);
        if (!statement) return std::unexpected(statement.error());
        return finish(*statement);
    }
    /// The first column of the first row of a question that has a row.
    [[nodiscard]] Result<std::int64_t> number(std::string_view sql);
    /// Several statements, for schemas.
    [[nodiscard]] Result<void> script(const std::string& sql);

    /// Outside a transaction: all that is in the write-ahead log goes into the file, the log is emptied.
    /// Category::timeout: another program reads the file.
    [[nodiscard]] Result<void> empty_log();

    /// False once SQLite itself has rolled a transaction back (full disk, broken disk).
    [[nodiscard]] bool in_transaction() const;
    /// Rows that the last INSERT, UPDATE or DELETE changed.
    [[nodiscard]] std::int64_t changed() const;
    [[nodiscard]] const std::filesystem::path& file() const { return file_; }
    /// Ends what runs; it fails as cancelled. The one call that other threads may make.
    void interrupt();

private:
    friend class Statement;
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    struct Kept {
        std::unique_ptr<sqlite3_stmt, Finalize> statement;
        bool lent = false;
    };
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };

    explicit Database(std::filesystem::path file) : file_(std::move(file)) {}
    [[nodiscard]] Result<Statement> borrow(std::string_view sql);
    [[nodiscard]] static Result<void> finish(Statement& statement);
    [[nodiscard]] Error error(int code) const;

    std::filesystem::path file_;
    std::unique_ptr<sqlite3, Close> handle_;
    std::unordered_map<std::string, Kept, TextHash, std::equal_to<>> kept_; // behind the handle: goes first
};

} // namespace lamp::store
