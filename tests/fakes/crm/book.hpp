// The contacts that every dialect of the fake CRM tells, each in its own words. Simulator's loop.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sim::crm {

struct Contact {
    std::int64_t id = 0;
    std::string first, last, company, email, phone, mobile;
    std::int64_t updated_ms = 0;
    std::int64_t version = 0; // of the book, at its last change
    bool deleted = false;

    std::string name() const { return first.empty() ? last : last.empty() ? first : first + " " + last; }
};

struct Book {
    std::vector<Contact> contacts; // by id
    std::int64_t version = 0;

    Contact& add(Contact contact, std::int64_t now_ms) {
        contact.id = static_cast<std::int64_t>(contacts.size()) + 101;
        contacts.push_back(std::move(contact));
        touch(contacts.back(), now_ms);
        return contacts.back();
    }
    void touch(Contact& contact, std::int64_t now_ms) {
        contact.updated_ms = now_ms;
        contact.version = ++version;
    }
    Contact* find(std::int64_t id) {
        const auto at = static_cast<std::size_t>(id - 101);
        return id > 100 && at < contacts.size() ? &contacts[at] : nullptr;
    }
};

} // namespace sim::crm
