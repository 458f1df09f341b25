// Which sources a search in the directory wants (interface 4, `source`). Pure.
#pragma once
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp {

class DirectorySources {
public:
    /// A word wants all that it names: "contacts", "ldap", "entra", "people", "broadworks", an integration, or a group
    /// of those: "personal" (contacts), "users" (people and broadworks), "crm" (every integration). No words: all of
    /// them. Category::invalid: a word that names nothing; the known ones are said.
    [[nodiscard]] static Result<DirectorySources> read(std::span<const std::string> words,
                                                       std::span<const std::string> integrations);

    /// Of a contact, or of a person.
    [[nodiscard]] bool wants(std::string_view source) const { return sources_.contains(source); }
    [[nodiscard]] bool wants_integration(std::string_view name) const { return integrations_.contains(name); }
    [[nodiscard]] bool any_contacts() const { return any_contacts_; }
    [[nodiscard]] bool any_people() const { return any_people_; }
    [[nodiscard]] bool any_integration() const { return !integrations_.empty(); }

private:
    std::set<std::string, std::less<>> sources_;
    std::set<std::string, std::less<>> integrations_;
    bool any_contacts_ = false;
    bool any_people_ = false;
};

} // namespace lamp
