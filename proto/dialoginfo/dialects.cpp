// What telephones do otherwise (sip-csta.md 10.4), one row each. A row is taken by how a User-Agent begins.
#include <array>

#include "proto/dialoginfo/document.hpp"
#include "proto/text/text.hpp"

namespace lamp::dialoginfo {
namespace {

// clang-format off
constexpr std::array rows{
    //      vendor         mark              caller_early_confirmed  pickup_ids  ringing_proceeding
    Dialect{"everybody",   "",               false,                  false,      false},
    Dialect{"Polycom",     "PolycomSound",   true,                   true,       false}, // before 3.1 blinks for the caller too
    Dialect{"Polycom",     "PolycomVVX",     false,                  true,       false},
    Dialect{"Poly",        "Poly",           false,                  true,       false},
    Dialect{"Yealink",     "Yealink",        false,                  false,      false}, // needs a dialog also when idle: everybody gets one
    Dialect{"Cisco SPA",   "Cisco/SPA",      true,                   true,       false},
    Dialect{"Cisco SPA",   "Linksys/SPA",    true,                   true,       false},
    Dialect{"Cisco MPP",   "Cisco-CP",       false,                  true,       false},
    Dialect{"Snom",        "snom",           false,                  true,       false},
    Dialect{"Grandstream", "Grandstream",    false,                  false,      false}, // needs the id: everybody gets one
    Dialect{"BroadWorks",  "BroadWorks",     false,                  false,      true},
};
// clang-format on

} // namespace

std::span<const Dialect> dialects() {
    return rows;
}

const Dialect& plain() {
    return rows.front();
}

const Dialect& dialect_of(std::string_view user_agent) {
    for (const Dialect& row : std::span(rows).subspan(1))
        if (text::same_letters(user_agent.substr(0, row.mark.size()), row.mark)) return row;
    return plain();
}

} // namespace lamp::dialoginfo
