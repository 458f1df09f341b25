// What may be asked about a number that somebody wants to be forgotten, and the answers (room privacy answers, HTTP and
// CLI ask). Values only.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace lamp::calls {

struct PrivacyOrder {
    std::string number; // as people write it
    bool dry_run = false;
    bool contacts = false; // contacts of the directory and of integrations go, too
    std::string by;        // the token's name, for the audit
};

/// One place where numbers are kept.
struct PrivacyPlace {
    std::string place; // calls, webhooks, zoho, audit, contacts, recognition, forwardings, files, events …
    std::uint64_t found = 0;
    std::uint64_t erased = 0; // with dry_run: would be
    std::string note{};       // why some stay; empty: none do
};

struct PrivacyDone {
    std::string number_hash; // keyed: the same number gives the same, and nobody else can tell which
    bool dry_run = false;
    std::vector<PrivacyPlace> places{};
};

/// That somebody erased a number, and when.
struct PrivacyErasure {
    Wall at{};
    std::string by;
    std::string number_hash;
    std::uint64_t found = 0;
};

/// All that is kept of a number.
struct PrivacyExport {
    struct Place {
        std::string place;
        std::vector<std::string> rows; // JSON objects
        bool whole = true;             // false: there are more
    };
    std::string number;
    std::vector<Place> places{};
};

} // namespace lamp::calls
