// A contact that somebody wants to have put into a source, and how it would go there. Values only; pure.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/text/text.hpp"
#include "recognition/record.hpp"

namespace lamp::recognition {

struct NewContact {
    std::string first_name{};
    std::string last_name{};
    std::vector<Number> numbers{}; // as they are dialled; kinds as contacts have them: work, mobile, fax …
    /// What is filled besides, by the names of interface 7.9: "email", "company", "notes" …
    std::vector<std::pair<std::string, std::string>> fields{};

    [[nodiscard]] std::string name() const {
        return first_name + (first_name.empty() || last_name.empty() ? "" : " ") + last_name;
    }
};

/// The request as it would go, without its login.
struct Outgoing {
    std::string to;   // a server's address, a file
    std::string what; // "POST /crm/v3/objects/contacts", "add cn=…", "append a row"
    std::string body;
};

/// Whether numbers of this kind, or in a column of this title, are those of mobile telephones.
[[nodiscard]] inline bool is_mobile(std::string_view kind) {
    auto word = text::lower(kind);
    for (std::string_view part : {"mobi", "cell", "gsm", "handy", "portable", "móvil", "movil"})
        if (word.contains(part)) return true;
    return false;
}

} // namespace lamp::recognition
