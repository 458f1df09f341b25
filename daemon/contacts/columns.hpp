// The columns of the contacts file: their names in five languages, and which part of a contact each one is. The one
// table that reading, writing and comparing go by.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "contacts/contact.hpp"

namespace lamp::contacts {

enum class Kind : std::uint8_t { text, words, yes_no, number, label };

struct Column {
    std::string_view name;
    std::string_view others; // how it may be called besides, small letters, separated by |
    Kind kind = Kind::text;
    std::string Contact::* text = nullptr;
    std::vector<std::string> Contact::* words = nullptr;
    std::size_t place = 0; // number and label: which of the numbers
};

inline constexpr std::size_t numbers_in_file = 5;
inline constexpr std::array columns{
    Column{"key", "clef|clef unique|clé|sleutel|clave|schlüssel", Kind::text, &Contact::key},
    Column{"folder", "dossier|map|carpeta|ordner", Kind::text, &Contact::folder},
    Column{"last_name", "nom|achternaam|apellidos|apellido|nachname|surname", Kind::text, &Contact::last_name},
    Column{"first_name", "prénom|prenom|voornaam|nombre|vorname|given name", Kind::text, &Contact::first_name},
    Column{"company", "société|societe|bedrijf|empresa|firma", Kind::text, &Contact::company},
    Column{"department", "service|afdeling|departamento|abteilung", Kind::text, &Contact::department},
    Column{"title", "fonction|functie|cargo|funktion", Kind::text, &Contact::title},
    Column{"email", "e-mail|mail|courriel|correo", Kind::text, &Contact::email},
    Column{"number1", "number|numéro|numero|nummer|número|telefon", Kind::number, nullptr, nullptr, 0},
    Column{"label1", "label", Kind::label, nullptr, nullptr, 0},
    Column{"number2", "", Kind::number, nullptr, nullptr, 1},
    Column{"label2", "", Kind::label, nullptr, nullptr, 1},
    Column{"number3", "", Kind::number, nullptr, nullptr, 2},
    Column{"label3", "", Kind::label, nullptr, nullptr, 2},
    Column{"number4", "", Kind::number, nullptr, nullptr, 3},
    Column{"label4", "", Kind::label, nullptr, nullptr, 3},
    Column{"number5", "", Kind::number, nullptr, nullptr, 4},
    Column{"label5", "", Kind::label, nullptr, nullptr, 4},
    Column{"extension", "poste|toestel|extensión|durchwahl", Kind::text, &Contact::extension},
    Column{"default_line", "ligne par défaut|standaardlijn|línea|hauptleitung", Kind::text, &Contact::default_line},
    Column{"lines", "lignes|lijnen|líneas|leitungen", Kind::words, nullptr, &Contact::lines},
    Column{"devices", "équipements|toestellen|equipos|geräte", Kind::words, nullptr, &Contact::devices},
    Column{"roles", "rôles|rollen|papeles", Kind::words, nullptr, &Contact::roles},
    Column{"external_id", "", Kind::text, &Contact::external_id},
    Column{"vip", "", Kind::yes_no},
    Column{"notes", "remarques|notities|notas|notizen", Kind::text, &Contact::notes},
    Column{"of", "", Kind::text, &Contact::of},
    Column{"own", "", Kind::words, nullptr, &Contact::own},
};

/// The cell of that column.
[[nodiscard]] std::string written(const Contact& contact, const Column& column);

} // namespace lamp::contacts
