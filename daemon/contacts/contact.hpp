// A contact of the directory: somebody inside or outside who has numbers. Values only.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lamp::contacts {

inline constexpr std::size_t text_max = 1024; // bytes of one text of a contact, however it comes in
inline constexpr std::size_t list_max = 64;   // entries of one list

/// The source of contacts that nobody else names.
inline constexpr std::string_view own_source = "contacts";

struct Number {
    std::string type;   // work, mobile, home, main, fax or a label of one's own; may be empty
    std::string number; // "+31201230002"; extensions as they are
    bool operator==(const Number&) const = default;
};

struct Contact {
    std::string key;                   // unique; given by the directory, never used again
    std::string source{own_source};    // whose it is: contacts, people, broadworks, ldap, entra
    std::string folder;                // "Sales/Export"; empty: the top
    std::string last_name, first_name; // the only ones that must not be empty
    std::string company, department, title, email;
    std::vector<Number> numbers; // the first is the default one
    std::string extension;
    std::string default_line; // one of `lines`
    std::vector<std::string> lines, devices, roles;
    std::string external_id; // in the system that it came from
    bool vip = false;
    std::string notes;
    std::string of{};               // the key of the entry that it was made of and follows (link.hpp); empty: none
    std::vector<std::string> own{}; // members that it says itself, whatever the entry says
    bool operator==(const Contact&) const = default;
};

/// "Jane Doe".
[[nodiscard]] std::string full_name(const Contact& contact);

/// The default line is one of the lines; where none is said, the first of them. False: it is none of them.
[[nodiscard]] bool settle_default_line(Contact& contact);
/// Whatever it was: the first of the lines, or none.
void use_first_line(Contact& contact);
/// "Doe, Jane" and "Jane van Doe": which is which. One word is neither: both are empty.
struct Names {
    std::string first, last;
};
[[nodiscard]] Names split_name(std::string_view shown);

/// The names of the columns in which two contacts differ, "numbers" where only those beyond the columns do; `key` and
/// `source` are not compared.
[[nodiscard]] std::vector<std::string> differences(const Contact& before, const Contact& after);

} // namespace lamp::contacts
