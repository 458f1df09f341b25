// One conversation with a directory server (RFC 4511) by OpenLDAP's libldap: connected, logged in, asked, left. It
// blocks, so it lives on a thread of its own (client.hpp); `Stop` ends it from any. It adds entries where it is told
// to, and changes none. Referrals and aliases are not followed: what is read is what this server holds.
#pragma once
#include <functional>
#include <memory>

#include "ldap/entry.hpp"
#include "ldap/options.hpp"
#include "ldap/stop.hpp"

namespace lamp::ldap {

inline constexpr std::size_t message_bytes_max = std::size_t{16} << 20U;
inline constexpr int page_entries = 500; // Active Directory gives 1 000 at most

enum class Scope : std::uint8_t { base, one_level, subtree };

struct Search {
    std::string base{};
    Scope scope = Scope::subtree;
    std::string filter = "(objectClass=*)";
    std::vector<std::string> attributes{}; // operational ones must be named; empty: all user attributes
    std::vector<std::string> binary{};     // of those: given as bytes; of others only text is given
    int page = page_entries;
};

class Session {
public:
    /// Connected, in TLS where wanted, and logged in. `stop` must outlive it. Errors: network, timeout, cancelled,
    /// unauthorised, forbidden, invalid, protocol; their texts say what to do.
    [[nodiscard]] static Result<std::unique_ptr<Session>> open(const Options& options, Stop& stop);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// What the server says of itself; what may not be read is not there.
    [[nodiscard]] Result<Root> root();

    /// Page by page (RFC 2696); each entry as soon as it has come. An error of `each` ends the search. After any
    /// failure, whatever has come so far is a part of the whole and no more. Errors also: not_found (the base), limit.
    [[nodiscard]] Result<void> search(const Search& search, const std::function<Result<void>(Entry&&)>& each);

    /// One new entry. Errors also: conflict (its name is taken), not_found (what it stands below), invalid (the
    /// server's rules do not take it); network and timeout: it may be there all the same.
    [[nodiscard]] Result<void> add(const Entry& entry);

    /// References to other servers that came instead of entries, and were left alone.
    [[nodiscard]] std::size_t references() const;

private:
    struct State;
    explicit Session(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace lamp::ldap
