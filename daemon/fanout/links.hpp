// Links between our lines and the users of a CRM system: what is shown of them, and what may be ordered. Values only;
// the adapter answers on egress, HTTP and commands ask on serve.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace lamp::fanout {

struct LinkUser {
    std::string id{}; // over there
    std::string name{};
    std::string email{};
    bool linked = false;
};
struct LinkView {
    std::string line{};   // BroadWorks user id, as far as it is known
    std::string number{}; // what the other side is shown of it
    std::string person{}; // presentity's id
    std::string user{};   // over there; empty: not linked
    std::string user_name{};
    std::string user_email{};
    std::string state{};  // off, wanted, linked, degraded, ending
    std::string origin{}; // people, email, command; empty: not linked
    std::string error{};  // degraded: why
};
struct LinksView {
    bool enabled = true;
    std::string state{};    // up, opening, degraded, down, off
    std::string account{};  // who consented; empty: not known
    std::string endpoint{}; // whom we ask
    std::uint64_t queue = 0;
    std::string last_error{};
    std::vector<std::string> problems{};
    std::vector<LinkView> links{}; // of all lines, the linked ones first
    std::vector<LinkUser> users{};
    std::optional<Wall> users_read{};
};

struct LinkOrder {
    enum class Verb : std::uint8_t { enable, disable, link, unlink };
    Verb verb{};
    std::string line{}; // link, unlink: a user id, number or extension of a person, or the person's id
    std::string user{}; // link: an id over there, or an e-mail address
    std::string by{};   // the token's name, for the audit
};

} // namespace lamp::fanout
