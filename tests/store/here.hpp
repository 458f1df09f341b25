// A folder that lives for one test, a loop that the test turns itself, and short ways to write and read rows.
#pragma once
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "faults/folder.hpp"
#include "faults/must.hpp"
#include "loop/loop.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"
#include "store/store.hpp"

namespace testing {

using namespace lamp;
using namespace lamp::store;
using namespace std::chrono_literals;

class Folder : public faults::Folder {
public:
    Folder() : faults::Folder("store") {}
    [[nodiscard]] std::filesystem::path file() const { return path() / "lamplighter.db"; }
};

/// What the log says meanwhile, instead of standard error.
class Log {
public:
    Log() { log::set_capture(&lines_); }
    ~Log() { log::set_capture(nullptr); }
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    [[nodiscard]] bool has(std::string_view part) const { return lines_.find(part) != std::string::npos; }

private:
    std::string lines_;
};

using faults::must;

template <class T>
std::string text(const Result<T>& result) {
    return result ? "good" : std::string(name(result.error().category)) + ": " + result.error().text;
}

/// Turns the loop until the condition holds, ten seconds at most.
void turn_until(Loop& loop, auto reached) {
    loop.context().restart();
    for (auto until = steady_now() + 10s; !reached() && steady_now() < until;)
        loop.context().run_one_until(until);
    REQUIRE(reached());
}

template <class T>
T finish(Loop& loop, Task<T> task) {
    std::optional<T> result;
    asio::co_spawn(loop.context(), std::move(task), [&](const std::exception_ptr& error, T value) {
        if (error) std::rethrow_exception(error);
        result.emplace(std::move(value));
    });
    turn_until(loop, [&] { return result.has_value(); });
    return std::move(*result);
}

/// "This person's Teams session may exist."
inline Store::Work session(const std::string& person, std::int64_t since = 1) {
    return [person, since](Database& database) {
        return database.run("INSERT INTO teams_session VALUES (?1, ?2, ?3, 0, 0)", "tenant", person, since);
    };
}

/// Fails behind a write that must be undone.
inline Store::Work spoiled(const std::string& person) {
    return [person](Database& database) -> Result<void> {
        must(session(person)(database));
        return fail(Category::invalid, "no good");
    };
}

inline Result<std::int64_t> sessions(Database& database) {
    return database.number("SELECT count(*) FROM teams_session");
}

} // namespace testing
