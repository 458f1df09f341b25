#include "adapters/zoho/kept.hpp"

#include <fmt/format.h>

#include "store/secrets.hpp"

namespace lamp::zoho {
namespace {

std::string token_name(const std::string& client_id) {
    return fmt::format("zoho/{}/refresh_token", client_id);
}

constexpr std::string_view login_url_name = "login_url";
constexpr std::string_view account_name = "account";
constexpr std::string_view told_prefix = "told/"; // and the call; the value is when in 13 digits, and the state
constexpr std::size_t told_time_digits = 13;
constexpr std::chrono::days told_life{1};

std::string told_time(Wall at) {
    return fmt::format("{:013}", at.time_since_epoch().count());
}

Result<void> read_links(store::Database& disk, Memory& memory) {
    auto rows = disk.prepare("SELECT zohouser, person, line, path, key, origin, registered FROM zoho_link");
    if (!rows) return std::unexpected(rows.error());
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return {};
        auto text = [&](int column) { return std::string(rows->text(column)); };
        memory.links.push_back(
            {text(0), text(1), text(2), text(3), text(4), static_cast<Link::Origin>(rows->integer(5)), text(6)});
    }
}

Result<void> read_notices(store::Database& disk, Memory& memory) {
    auto rows =
        disk.prepare("SELECT id, received, state, call, caller, callee, zohouser, transferred, start, duration, "
                     "born, attempts FROM zoho_notice ORDER BY id");
    if (!rows) return std::unexpected(rows.error());
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return {};
        auto text = [&](int column) { return std::string(rows->text(column)); };
        Notice notice{.direction = rows->integer(1) != 0 ? Direction::received : Direction::dialed,
                      .state = state_named(rows->text(2)).value_or(State::ended),
                      .id = text(3),
                      .from = text(4),
                      .to = text(5),
                      .zohouser = text(6),
                      .transferred_id = text(7),
                      .start = rows->time(8),
                      .duration = seconds(rows->integer(9))};
        memory.notices.push_back(
            {rows->integer(0), std::move(notice), rows->time(10), static_cast<int>(rows->integer(11))});
    }
}

Result<void> read_words(store::Database& disk, Memory& memory) {
    auto rows = disk.prepare("SELECT name, value FROM zoho_memory WHERE name NOT BETWEEN 'told/' AND 'told0'");
    if (!rows) return std::unexpected(rows.error());
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return {};
        memory.words.emplace(rows->text(0), rows->text(1));
    }
}

} // namespace

Result<Memory> read_memory(store::Database& disk, const std::string& client_id) {
    Memory memory;
    if (auto read = read_links(disk, memory); !read) return std::unexpected(read.error());
    if (auto read = read_notices(disk, memory); !read) return std::unexpected(read.error());
    if (auto read = read_words(disk, memory); !read) return std::unexpected(read.error());
    auto token = store::read_secret(disk, token_name(client_id));
    if (!token) return std::unexpected(token.error());
    memory.login.refresh_token = *std::move(token);
    if (auto word = memory.words.find(login_url_name); word != memory.words.end())
        memory.login.login_url = word->second;
    if (auto word = memory.words.find(account_name); word != memory.words.end()) memory.login.account = word->second;
    return memory;
}

Result<void> keep_login(store::Database& disk, const std::string& client_id, const Login& login) {
    if (auto kept = store::keep_secret(disk, token_name(client_id), login.refresh_token); !kept) return kept;
    if (auto kept = keep_word(disk, std::string(login_url_name), login.login_url); !kept) return kept;
    return keep_word(disk, std::string(account_name), login.account);
}

Result<void> forget_login(store::Database& disk, const std::string& client_id) {
    auto gone = disk.run("DELETE FROM secret WHERE name = ?1", token_name(client_id));
    return gone ? disk.run("DELETE FROM zoho_memory") : gone;
}

Result<void> keep_link(store::Database& disk, const Link& link) {
    return disk.run("INSERT OR REPLACE INTO zoho_link(zohouser, person, line, path, key, origin, registered) "
                    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    link.zohouser, link.person, link.line, link.path, link.key, static_cast<int>(link.origin),
                    link.registered);
}

Result<void> forget_link(store::Database& disk, const std::string& zohouser) {
    return disk.run("DELETE FROM zoho_link WHERE zohouser = ?1", zohouser);
}

Result<void> keep_notice(store::Database& disk, const Kept& kept) {
    const Notice& notice = kept.notice;
    return disk.run("INSERT OR REPLACE INTO zoho_notice(id, received, state, call, caller, callee, zohouser, "
                    "transferred, start, duration, born, attempts) "
                    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                    kept.id, notice.direction == Direction::received ? 1 : 0, name(notice.state), notice.id,
                    notice.from, notice.to, notice.zohouser, notice.transferred_id, notice.start,
                    notice.duration.count(), kept.born, kept.attempts);
}

Result<void> forget_notice(store::Database& disk, std::int64_t id) {
    return disk.run("DELETE FROM zoho_notice WHERE id = ?1", id);
}

Result<void> keep_told(store::Database& disk, const Notice& notice, Wall now) {
    return keep_word(disk, fmt::format("{}{}", told_prefix, notice.id),
                     fmt::format("{} {}", told_time(now), name(notice.state)));
}

Result<void> read_told(store::Database& disk, Memory& memory) {
    auto rows = disk.prepare("SELECT name, value FROM zoho_memory WHERE name BETWEEN 'told/' AND 'told0'");
    if (!rows) return std::unexpected(rows.error());
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return {};
        auto value = rows->text(1);
        auto state = value.size() > told_time_digits ? state_named(value.substr(told_time_digits + 1)) : std::nullopt;
        if (state) memory.told.emplace_back(rows->text(0).substr(told_prefix.size()), *state);
    }
}

Result<void> forget_old_told(store::Database& disk, Wall now) {
    return disk.run("DELETE FROM zoho_memory WHERE name BETWEEN 'told/' AND 'told0' AND value < ?1",
                    told_time(now - told_life));
}

Result<void> keep_word(store::Database& disk, const std::string& name, const std::string& value) {
    if (value.empty()) return disk.run("DELETE FROM zoho_memory WHERE name = ?1", name);
    return disk.run("INSERT OR REPLACE INTO zoho_memory(name, value) VALUES(?1, ?2)", name, value);
}

} // namespace lamp::zoho
