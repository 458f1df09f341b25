#include "cli/older.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "cli/vcard.hpp"
#include "contacts/contact.hpp"
#include "proto/csv/csv.hpp"
#include "proto/text/text.hpp"

namespace lamp::cli {
namespace {

enum class Field : std::uint8_t {
    first_name,
    last_name,
    shown,
    email,
    number,
    integration,
    type,
    adds,
    password,
    none
};

struct Title {
    std::string_view word; // without blanks, marks and accents are as they are written
    Field field;
};
/// In the languages of the clients. A title that begins with one of these is that column.
constexpr std::array titles{
    Title{"addcontact", Field::adds},
    Title{"contactentoevoegen", Field::adds},
    Title{"contactsajouter", Field::adds},
    Title{"ajoutdecontact", Field::adds},
    Title{"añadircontacto", Field::adds},
    Title{"kontaktehinzu", Field::adds},
    Title{"password", Field::password},
    Title{"wachtwoord", Field::password},
    Title{"secret", Field::password},
    Title{"firstname", Field::first_name},
    Title{"givenname", Field::first_name},
    Title{"voornaam", Field::first_name},
    Title{"prénom", Field::first_name},
    Title{"prenom", Field::first_name},
    Title{"vorname", Field::first_name},
    Title{"lastname", Field::last_name},
    Title{"familyname", Field::last_name},
    Title{"surname", Field::last_name},
    Title{"achternaam", Field::last_name},
    Title{"nachname", Field::last_name},
    Title{"apellido", Field::last_name},
    Title{"nomdefamille", Field::last_name},
    Title{"integratie", Field::integration},
    Title{"integration", Field::integration},
    Title{"crm", Field::integration},
    Title{"type", Field::type},
    Title{"displayname", Field::shown},
    Title{"fullname", Field::shown},
    Title{"name", Field::shown},
    Title{"naam", Field::shown},
    Title{"nombre", Field::shown},
    Title{"contact", Field::shown},
    Title{"nom", Field::shown},
    Title{"e-mail", Field::email},
    Title{"email", Field::email},
    Title{"mail", Field::email},
    Title{"correo", Field::email},
    Title{"courriel", Field::email},
    Title{"number", Field::number},
    Title{"nummer", Field::number},
    Title{"phone", Field::number},
    Title{"telefoon", Field::number},
    Title{"telefon", Field::number},
    Title{"téléphone", Field::number},
    Title{"telephone", Field::number},
    Title{"teléfono", Field::number},
    Title{"numéro", Field::number},
    Title{"número", Field::number},
    Title{"mobile", Field::number},
    Title{"mobiel", Field::number},
    Title{"mobil", Field::number},
    Title{"extension", Field::number},
    Title{"toestel", Field::number},
    Title{"business", Field::number},
    Title{"work", Field::number},
    Title{"zakelijk", Field::number},
};

Field field_of(std::string_view title) {
    std::string word;
    for (char c : text::lower(title))
        if (c != ' ' && c != '_') word += c;
    for (const Title& one : titles)
        if (word.starts_with(one.word)) return one.field;
    return Field::none;
}

struct Product {
    std::string_view word; // somewhere in the name
    std::string_view type;
    std::string_view preset;
    std::string_view note;
    std::string_view adds; // what is needed to put contacts there; empty: they cannot be
};
constexpr std::array products{
    Product{"dynamics", "rest", "dynamics365", "org, tenant, client_id, client_secret", "the right to create contacts"},
    Product{"google", "rest", "google-people", "an account's consent", "the scope contacts"},
    Product{"hubspot", "rest", "hubspot", "a token", "the scope crm.objects.contacts.write"},
    Product{"insightly", "rest", "insightly", "a token", "the right to create contacts"},
    Product{"pipedrive", "rest", "pipedrive", "a token", "the right to create persons"},
    Product{"salesforce", "rest", "salesforce", "an application's consent", "the right to create contacts"},
    Product{"zoho", "rest", "zoho-crm", "an application's consent", "the scope ZohoCRM.modules.ALL"},
    Product{"office 365", "rest", "graph-contacts", "tenant, client_id, client_secret", "Contacts.ReadWrite"},
    Product{"microsoft 365", "rest", "graph-contacts", "tenant, client_id, client_secret", "Contacts.ReadWrite"},
    Product{"csv", "csv", "", "file", "a file that the daemon may write to"},
    Product{"text file", "csv", "", "file", "a file that the daemon may write to"},
    Product{"ldap", "ldap", "", "the server, in [ldap]", ""},
    Product{"active directory", "ldap", "", "the server, in [ldap]", ""},
};

/// A cell of the column that says whether contacts could be put there.
bool says_yes(std::string_view cell) {
    constexpr std::array<std::string_view, 9> words{"yes", "ja", "oui", "sí", "si", "true", "1", "x", "v"};
    return std::ranges::find(words, text::lower(cell)) != words.end();
}

void left_out(OlderFile& file, int line, std::string what, std::string why) {
    file.left_out.push_back({line, std::move(what), std::move(why)});
}

/// `could_add`: the file says so; an asterisk behind the name says it, too.
void take_integration(OlderFile& file, int line, std::string name, bool could_add) {
    if (name.ends_with('*')) {
        could_add = true;
        name = text::trim(std::string_view(name).substr(0, name.find_last_not_of('*') + 1));
    }
    auto word = text::lower(name);
    if (name.empty()) return left_out(file, line, name, "the row names no integration");
    if (word.find("outlook") != std::string::npos)
        return left_out(file, line, name,
                        "contacts of Outlook are on one computer; the mailbox has them as graph-contacts");
    for (const Product& one : products) {
        if (word.find(one.word) == std::string::npos) continue;
        file.integrations.push_back({line, name, std::string(one.preset), std::string(one.type), std::string(one.note),
                                     could_add, std::string(one.adds)});
        return;
    }
    left_out(file, line, name, "no preset for it is known; a table with the preset \"generic\" or a CSV may do");
}

/// "Doe, Jane" and "Jane van Doe": which is which.
void split_name(Favourite& one) {
    if (!one.first_name.empty() || !one.last_name.empty() || one.shown.empty()) return;
    auto names = contacts::split_name(one.shown);
    one.first_name = std::move(names.first);
    one.last_name = std::move(names.last);
}

void take_favourite(OlderFile& file, Favourite one) {
    if (one.shown.empty()) one.shown = std::string(text::trim(one.first_name + " " + one.last_name));
    split_name(one);
    if (one.shown.empty() && one.email.empty() && one.numbers.empty())
        return left_out(file, one.line, "", "the row has neither a name nor a number");
    if (one.shown.empty()) one.shown = one.email.empty() ? one.numbers.front() : one.email;
    file.favourites.push_back(std::move(one));
}

void take_row(OlderFile& file, const csv::Row& row, const std::vector<Field>& columns) {
    Favourite one{.line = row.front().line};
    std::string integration, type;
    bool could_add = false;
    for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
        auto value = std::string(text::trim(row[i].text));
        if (value.empty()) continue;
        switch (columns[i]) {
        case Field::first_name: one.first_name = value; break;
        case Field::last_name: one.last_name = value; break;
        case Field::shown: one.shown = value; break;
        case Field::email: one.email = value; break;
        case Field::number:
            if (value.find('@') != std::string::npos) // "Work e-mail"
                one.email = value;
            else
                one.numbers.push_back(value);
            break;
        case Field::integration: integration = value; break;
        case Field::type: type = value; break;
        case Field::adds: could_add = says_yes(value); break;
        case Field::password:
        case Field::none: break;
        }
    }
    if (file.kind == OlderKind::favourites) return take_favourite(file, std::move(one));
    if (integration.empty()) integration = one.shown.empty() ? type : one.shown;
    take_integration(file, row.front().line, integration, could_add);
}

Result<OlderFile> read_table(std::string_view text, std::optional<OlderKind> kind) {
    csv::Reader reader(text);
    csv::Row row;
    if (!reader.next(row)) return fail(Category::invalid, "the file is empty");
    std::vector<Field> columns;
    for (const auto& cell : row)
        columns.push_back(field_of(cell.text));
    auto has = [&](Field field) { return std::ranges::find(columns, field) != columns.end(); };
    // "Prénom;Nom", "Nombre;Apellidos": beside the one, the plain word is the other.
    if (has(Field::first_name) != has(Field::last_name))
        std::ranges::replace(columns, Field::shown, has(Field::last_name) ? Field::first_name : Field::last_name);
    bool favourites = has(Field::number) || has(Field::email) || has(Field::first_name) || has(Field::last_name);
    bool integrations = has(Field::integration) || (has(Field::type) && has(Field::shown));
    OlderFile file;
    file.kind = kind.value_or(integrations && !favourites ? OlderKind::integrations : OlderKind::favourites);
    bool good =
        file.kind == OlderKind::favourites ? favourites || has(Field::shown) : integrations || has(Field::shown);
    if (!good)
        return fail(Category::invalid,
                    "the first line names no column that is known (name, first name, last name, number, "
                    "e-mail; or integration, type)");
    if (has(Field::password))
        left_out(file, row.front().line, "passwords", "logins are never imported: give everybody a token");
    for (std::size_t rows = 0; reader.next(row); ++rows) {
        if (rows == older_rows_max)
            return fail(Category::limit, fmt::format("the file has more than {} rows", older_rows_max));
        if (!row.empty()) take_row(file, row, columns);
    }
    for (const auto& mistake : reader.mistakes())
        left_out(file, mistake.line, fmt::format("column {}", mistake.column), mistake.message);
    return file;
}

Result<OlderFile> read_cards(std::string_view text) {
    auto cards = read_vcards(text, older_rows_max);
    if (!cards) return std::unexpected(cards.error());
    OlderFile file;
    for (auto& card : *cards)
        take_favourite(file,
                       {card.line, std::move(card.first_name), std::move(card.last_name), std::move(card.shown),
                        card.emails.empty() ? std::string() : std::move(card.emails.front()), std::move(card.numbers)});
    return file;
}

/// A TOML string.
std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
    }
    return out + "\"";
}

} // namespace

Result<OlderFile> read_older(std::string_view text, std::optional<OlderKind> kind) {
    if (text.size() > older_file_max)
        return fail(Category::limit, fmt::format("the file is larger than {} MiB", older_file_max >> 20U));
    auto body = text::trim(text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text);
    if (text::lower(body.substr(0, 11)) != "begin:vcard") return read_table(text, kind);
    if (kind == OlderKind::integrations) return fail(Category::invalid, "vCards hold no integrations");
    return read_cards(text);
}

std::string as_configuration(const std::vector<OlderIntegration>& integrations) {
    std::string out;
    for (const auto& one : integrations) {
        out += fmt::format("# line {}: {}\n# still needed: {}\n# new contacts: {}\n", one.line, in_quotes(one.name),
                           one.note, one.adds.empty() ? "cannot be put there" : "with " + one.adds);
        if (one.type == "ldap") {
            out += "# [ldap]\n# url = \"ldaps://…\"\n# base = \"…\"\n\n";
            continue;
        }
        out += fmt::format("[[recognition]]\nname = {}\ntype = {}\n",
                           in_quotes(one.preset.empty() ? fmt::format("import-{}", one.line) : one.preset),
                           in_quotes(one.type));
        out += one.preset.empty() ? "# file = \"contacts.csv\"\n\n"
                                  : fmt::format("preset = {}\n\n", in_quotes(one.preset));
    }
    return out;
}

} // namespace lamp::cli
