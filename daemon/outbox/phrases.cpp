#include "outbox/phrases.hpp"

#include <array>

namespace lamp::outbox {
namespace {

constexpr std::size_t languages = language_words.size();
using Row = std::array<std::string_view, languages>;

// clang-format off
/// In the order of Phrase; the columns in that of Language.
constexpr std::array<Row, static_cast<std::size_t>(Phrase::date) + 1> phrases{{
    {"Call for {}", "Oproep voor {}", "Appel pour {}", "Llamada para {}", "Anruf für {}"},
    {"{} calls", "{} belt", "{} appelle", "{} llama", "{} ruft an"},
    {"{} has answered", "{} heeft aangenomen", "{} a répondu", "{} ha contestado", "{} hat angenommen"},
    {"{} is connected", "{} is verbonden", "{} est en communication", "{} está en comunicación", "{} ist verbunden"},
    {"{} holds the call", "{} zet het gesprek in de wacht", "{} met l’appel en attente", "{} retiene la llamada", "{} hält das Gespräch"},
    {"{} goes on with the call", "{} gaat verder met het gesprek", "{} reprend l’appel", "{} sigue con la llamada", "{} setzt das Gespräch fort"},
    {"{} is connected with somebody else", "{} is met iemand anders verbonden", "{} parle avec quelqu’un d’autre", "{} habla con otra persona", "{} ist mit jemand anderem verbunden"},
    {"Call of {} is over", "Gesprek van {} is afgelopen", "L’appel de {} est terminé", "La llamada de {} ha terminado", "Gespräch von {} ist beendet"},
    {"Missed call for {}", "Gemiste oproep voor {}", "Appel manqué pour {}", "Llamada perdida para {}", "Verpasster Anruf für {}"},
    {"presence of {}", "aanwezigheid van {}", "présence de {}", "presencia de {}", "Präsenz von {}"},
    {"forwarding of {}", "doorschakeling van {}", "renvoi de {}", "desvío de {}", "Umleitung von {}"},
    {"Caller", "Beller", "Appelant", "Quien llama", "Anrufer"},
    {"Called", "Gebeld", "Appelé", "Llamado", "Angerufen"},
    {"Contact", "Contact", "Contact", "Contacto", "Kontakt"},
    {"Contacts", "Contacten", "Contacts", "Contactos", "Kontakte"},
    {"Number called", "Gebeld nummer", "Numéro appelé", "Número marcado", "Gewählte Nummer"},
    {"Queue", "Wachtrij", "File d’attente", "Cola", "Warteschlange"},
    {"Time", "Tijd", "Heure", "Hora", "Zeit"},
    {"Result", "Resultaat", "Résultat", "Resultado", "Ergebnis"},
    {"Duration", "Duur", "Durée", "Duración", "Dauer"},
    {"Now", "Nu", "Maintenant", "Ahora", "Jetzt"},
    {"{} more", "nog {}", "{} de plus", "{} más", "{} weitere"},
    {"withheld", "anoniem", "masqué", "oculto", "unterdrückt"},
    {"unknown", "onbekend", "inconnu", "desconocido", "unbekannt"},
    {"Calls: {}", "Oproepen: {}", "Appels : {}", "Llamadas: {}", "Anrufe: {}"},
    {"Test of Lamplighter", "Test van Lamplighter", "Test de Lamplighter", "Prueba de Lamplighter", "Test von Lamplighter"},
    {"{:%Y-%m-%d %H:%M}", "{:%d-%m-%Y %H:%M}", "{:%d/%m/%Y %H:%M}", "{:%d/%m/%Y %H:%M}", "{:%d.%m.%Y %H:%M}"},
}};

/// In the order of calls::CallResult.
constexpr std::array<Row, 8> results{{
    {"answered", "beantwoord", "répondu", "contestada", "angenommen"},
    {"missed", "gemist", "manqué", "perdida", "verpasst"},
    {"answered elsewhere", "elders beantwoord", "répondu ailleurs", "contestada en otro sitio", "anderswo angenommen"},
    {"declined", "geweigerd", "refusé", "rechazada", "abgewiesen"},
    {"abandoned", "wachtrij verlaten", "abandonné", "abandonada", "aufgegeben"},
    {"forwarded", "doorgeschakeld", "renvoyé", "desviada", "umgeleitet"},
    {"voicemail", "voicemail", "messagerie", "buzón de voz", "Voicemail"},
    {"failed", "niet bereikt", "non joint", "sin conseguir", "nicht erreicht"},
}};
// clang-format on

constexpr std::size_t column(Language language) {
    return static_cast<std::size_t>(language);
}

} // namespace

std::string_view phrase(Language language, Phrase what) {
    return phrases.at(static_cast<std::size_t>(what)).at(column(language));
}

std::string phrase(Language language, Phrase what, std::string_view value) {
    std::string text(phrase(language, what));
    if (auto place = text.find("{}"); place != std::string::npos) text.replace(place, 2, value);
    return text;
}

std::string_view phrase(Language language, calls::CallResult result) {
    return results.at(static_cast<std::size_t>(result)).at(column(language));
}

} // namespace lamp::outbox
