#include "app/directory_sources.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lamp {
namespace {

struct Word {
    std::string_view word, source;
    bool of_people = false; // else of contacts
};
constexpr std::array known_words{Word{"contacts", "contacts"},
                                 Word{"personal", "contacts"},
                                 Word{"ldap", "ldap"},
                                 Word{"entra", "entra"},
                                 Word{"people", "people", true},
                                 Word{"users", "people", true},
                                 Word{"broadworks", "broadworks", true},
                                 Word{"users", "broadworks", true}};
constexpr std::string_view every_integration = "crm";

std::unexpected<Error> unknown(std::string_view word, std::span<const std::string> integrations) {
    return fail(Category::invalid,
                fmt::format("There is no source \"{}\"; there are contacts (or personal), ldap, entra, "
                            "people and broadworks (both: users), crm (every integration){}{}.",
                            word.substr(0, 60), integrations.empty() ? "" : ", ", fmt::join(integrations, ", ")));
}

} // namespace

Result<DirectorySources> DirectorySources::read(std::span<const std::string> words,
                                                std::span<const std::string> integrations) {
    DirectorySources out;
    const bool all = words.empty();
    auto given = [&](std::string_view word) { return all || std::ranges::find(words, word) != words.end(); };
    for (const auto& one : known_words) {
        if (!given(one.word)) continue;
        out.sources_.emplace(one.source);
        (one.of_people ? out.any_people_ : out.any_contacts_) = true;
    }
    for (const auto& name : integrations)
        if (given(name) || given(every_integration)) out.integrations_.insert(name);
    for (const auto& word : words)
        if (word != every_integration && std::ranges::find(known_words, word, &Word::word) == known_words.end() &&
            std::ranges::find(integrations, word) == integrations.end())
            return unknown(word, integrations);
    return out;
}

} // namespace lamp
