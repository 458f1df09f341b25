// What the Zoho adapter keeps on disk (tables zoho_… of store/schema.cpp, and one secret): links, notices that wait,
// and what is remembered of the account. Units of work for the store; they run on its thread.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "adapters/zoho/links.hpp"
#include "adapters/zoho/outgoing.hpp"
#include "base/secret.hpp"
#include "store/store.hpp"

namespace lamp::zoho {

/// What a login gave. `login_url` is the data centre that it belongs to.
struct Login {
    Secret refresh_token; // empty: nobody has logged in
    std::string login_url;
    std::string account; // e-mail address, where it was asked for
};

struct Memory {
    Login login;
    std::vector<Link> links;
    std::vector<Kept> notices;
    std::map<std::string, std::string, std::less<>> words; // zoho_memory
    std::vector<std::pair<std::string, State>> told;       // calls of the last day by id, read by `read_told`
};

[[nodiscard]] Result<Memory> read_memory(store::Database& disk, const std::string& client_id);
[[nodiscard]] Result<void> keep_login(store::Database& disk, const std::string& client_id, const Login& login);
/// The links stay, what was remembered of the account goes.
[[nodiscard]] Result<void> forget_login(store::Database& disk, const std::string& client_id);
[[nodiscard]] Result<void> keep_link(store::Database& disk, const Link& link);
[[nodiscard]] Result<void> forget_link(store::Database& disk, const std::string& zohouser);
[[nodiscard]] Result<void> keep_notice(store::Database& disk, const Kept& kept);
[[nodiscard]] Result<void> forget_notice(store::Database& disk, std::int64_t id);
/// What Zoho is told of a call goes to disk with the notice, so that no later run tells it again; for a day.
[[nodiscard]] Result<void> keep_told(store::Database& disk, const Notice& notice, Wall now);
[[nodiscard]] Result<void> read_told(store::Database& disk, Memory& memory);
[[nodiscard]] Result<void> forget_old_told(store::Database& disk, Wall now);
/// An empty value forgets it.
[[nodiscard]] Result<void> keep_word(store::Database& disk, const std::string& name, const std::string& value);

} // namespace lamp::zoho
