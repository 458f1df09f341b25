#include "status/bot_words.hpp"

#include <array>

#include "proto/text/text.hpp"

namespace lamp::status {
namespace {

using Row = std::array<std::string_view, language_words.size()>;

// clang-format off
/// In the order of BotWord; the columns in that of Language.
constexpr std::array<Row, static_cast<std::size_t>(BotWord::too_often) + 1> words{{
    {"Call {}", "Bel {}", "Appeler {}", "Llamar al {}", "{} anrufen"},
    {"Chat", "Chat", "Conversation", "Chat", "Chat"},
    {"Type a name, a company or a number.", "Typ een naam, een bedrijf of een nummer.", "Saisissez un nom, une société ou un numéro.", "Escriba un nombre, una empresa o un número.", "Geben Sie einen Namen, eine Firma oder eine Nummer ein."},
    {"Nobody was found.", "Er is niemand gevonden.", "Personne n’a été trouvé.", "No se encontró a nadie.", "Es wurde niemand gefunden."},
    {"This takes too long; try again.", "Dit duurt te lang; probeer het opnieuw.", "Cela prend trop de temps ; réessayez.", "Esto tarda demasiado; inténtelo de nuevo.", "Das dauert zu lange; versuchen Sie es noch einmal."},
    {"The telephone system does not know your Teams account; ask its administrator.", "De telefooncentrale kent uw Teams-account niet; vraag de beheerder.", "Le système téléphonique ne connaît pas votre compte Teams ; adressez-vous à son administrateur.", "El sistema telefónico no conoce su cuenta de Teams; consulte a su administrador.", "Die Telefonanlage kennt Ihr Teams-Konto nicht; fragen Sie deren Administrator."},
    {"You may not do this; ask the administrator of the telephone system.", "U mag dit niet; vraag de beheerder van de telefooncentrale.", "Vous n’y êtes pas autorisé ; adressez-vous à l’administrateur du système téléphonique.", "No tiene permiso; consulte al administrador del sistema telefónico.", "Das dürfen Sie nicht; fragen Sie den Administrator der Telefonanlage."},
    {"{} is being called: pick up your telephone.", "{} wordt gebeld: neem uw telefoon op.", "Appel vers {} : décrochez votre téléphone.", "Llamando al {}: descuelgue su teléfono.", "{} wird angerufen: nehmen Sie Ihr Telefon ab."},
    {"The telephone system has not answered yet; your telephone may ring all the same.", "De telefooncentrale heeft nog niet geantwoord; uw telefoon gaat misschien toch over.", "Le système téléphonique n’a pas encore répondu ; votre téléphone sonnera peut-être quand même.", "El sistema telefónico aún no ha respondido; puede que su teléfono suene de todos modos.", "Die Telefonanlage hat noch nicht geantwortet; Ihr Telefon klingelt vielleicht trotzdem."},
    {"{} could not be called", "{} kon niet worden gebeld", "{} n’a pas pu être appelé", "No se pudo llamar al {}", "{} konnte nicht angerufen werden"},
    {"Too many numbers are dialled; try again later.", "Er wordt te vaak gebeld; probeer het later opnieuw.", "Trop de numéros sont composés ; réessayez plus tard.", "Se marcan demasiados números; inténtelo más tarde.", "Es wird zu oft gewählt; versuchen Sie es später noch einmal."},
}};

/// In the order of presence::Status.
constexpr std::array<Row, presence::status_count> states{{
    {"Unknown", "Onbekend", "Inconnu", "Desconocido", "Unbekannt"},
    {"Offline", "Offline", "Hors ligne", "Sin conexión", "Offline"},
    {"Available", "Beschikbaar", "Disponible", "Disponible", "Verfügbar"},
    {"Away", "Afwezig", "Absent", "Ausente", "Abwesend"},
    {"Busy", "Bezet", "Occupé", "Ocupado", "Beschäftigt"},
    {"In a meeting", "In vergadering", "En réunion", "En reunión", "In Besprechung"},
    {"On a call", "In gesprek", "En appel", "En llamada", "Im Gespräch"},
    {"Do not disturb", "Niet storen", "Ne pas déranger", "No molestar", "Nicht stören"},
    {"On hold", "In de wacht", "En attente", "En espera", "Gehalten"},
    {"Ringing", "Gaat over", "Sonne", "Sonando", "Klingelt"},
}};
// clang-format on

constexpr std::size_t column(Language language) {
    return static_cast<std::size_t>(language);
}

} // namespace

std::string bot_word(Language language, BotWord word, std::string_view value) {
    std::string text(words.at(static_cast<std::size_t>(word)).at(column(language)));
    if (auto place = text.find("{}"); place != std::string::npos) text.replace(place, 2, value);
    return text;
}

std::string_view bot_word(Language language, presence::Status status) {
    return states.at(static_cast<std::size_t>(status)).at(column(language));
}

Language language_of(std::string_view locale, Language otherwise) {
    return language_named(text::lower(locale.substr(0, locale.find_first_of("-_")))).value_or(otherwise);
}

} // namespace lamp::status
