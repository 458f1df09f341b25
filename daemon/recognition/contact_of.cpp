#include "recognition/contact_of.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::recognition {
namespace {

using contacts::Contact;

/// How the parts of a contact are called, in small letters without blanks and dashes, between '|'.
struct Part {
    std::string Contact::* text;
    std::string_view names;
};
constexpr std::array parts{
    Part{&Contact::first_name, "firstname|givenname|prénom|prenom|voornaam|vorname|nombre"},
    Part{&Contact::last_name, "lastname|familyname|surname|sn|nom|achternaam|nachname|apellidos|apellido"},
    Part{&Contact::company, "company|companyname|organization|organisation|o|société|societe|bedrijf|firma|empresa"},
    Part{&Contact::department, "department|ou|service|afdeling|abteilung|departamento"},
    Part{&Contact::title, "title|jobtitle|functie|fonction|funktion|cargo"},
    Part{&Contact::email, "email|emailaddress|mail|courriel|correo"},
};

std::string plain(std::string_view title) {
    auto small = text::lower(title);
    std::erase_if(small, [](char c) { return c == ' ' || c == '-' || c == '_'; });
    return small;
}

bool is_called(std::string_view names, std::string_view name) {
    while (!names.empty()) {
        const auto one = names.substr(0, names.find('|'));
        if (one == name) return true;
        names.remove_prefix(std::min(one.size() + 1, names.size()));
    }
    return false;
}

void take_fields(Contact& contact, const Record& record) {
    for (const auto& [title, value] : record.fields) {
        const auto name = plain(title);
        const auto* part = std::ranges::find_if(parts, [&](const Part& one) { return is_called(one.names, name); });
        if (part != parts.end() && (contact.*part->text).empty())
            contact.*part->text = text::beginning(value, contacts::text_max);
    }
}

/// "Jan" and "van Dijk" of "Jan van Dijk", or what the first name is known to be; one word is a last name.
void split_name(Contact& contact, std::string_view whole) {
    const auto known = contact.first_name.size();
    const bool begins = known > 0 && whole.starts_with(contact.first_name) && whole.substr(known).starts_with(' ');
    const auto blank = begins ? known : whole.find(' ');
    const bool one_word = blank == std::string_view::npos;
    contact.first_name = one_word ? std::string_view() : whole.substr(0, blank);
    contact.last_name = one_word ? whole : whole.substr(blank + 1);
}

} // namespace

std::uint64_t mark_of(std::string_view id) {
    return text::fnv1a(id);
}

std::string directory_key(std::string_view integration, std::uint64_t mark) {
    return fmt::format("{}:{:016x}", integration, mark);
}

void take_names(Contact& contact, const Record& record) {
    take_fields(contact, record);
    if (contact.last_name.empty()) split_name(contact, text::beginning(record.name, contacts::text_max));
}

Contact contact_of(const Record& record, std::vector<std::string> numbers, std::string_view integration) {
    Contact contact;
    contact.key = directory_key(integration, mark_of(record.id));
    contact.source = integration;
    take_names(contact, record);
    contact.external_id = text::beginning(record.id, contacts::text_max);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        contact.numbers.push_back({record.numbers[i].kind, std::move(numbers[i])});
    return contact;
}

} // namespace lamp::recognition
