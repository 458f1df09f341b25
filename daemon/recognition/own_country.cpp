#include "recognition/own_country.hpp"

#include <algorithm>
#include <array>

#include "proto/text/text.hpp"

namespace lamp::recognition {
namespace {

/// Names as they are in the country itself, in English, German, French and Dutch; parts between '|' are names.
struct Row {
    std::string_view code;
    std::string_view names;
};
constexpr std::array rows{
    Row{"AT", "Austria|Österreich|Autriche|Oostenrijk"},
    Row{"AU", "Australia|Australien|Australie|Australië"},
    Row{"BE", "Belgium|België|Belgique|Belgien"},
    Row{"BR", "Brazil|Brasil|Brasilien|Brésil|Brazilië"},
    Row{"CA", "Canada|Kanada"},
    Row{"CH", "Switzerland|Schweiz|Suisse|Svizzera|Zwitserland"},
    Row{"CZ", "Czechia|Czech Republic|Česko|Tschechien|Tchéquie|Tsjechië"},
    Row{"DE", "Germany|Deutschland|Allemagne|Duitsland"},
    Row{"DK", "Denmark|Danmark|Dänemark|Danemark|Denemarken"},
    Row{"ES", "Spain|España|Spanien|Espagne|Spanje"},
    Row{"FI", "Finland|Suomi|Finnland|Finlande"},
    Row{"FR", "France|Frankreich|Frankrijk"},
    Row{"GB", "United Kingdom|Great Britain|England|Scotland|Wales|UK|Großbritannien|Royaume-Uni|Verenigd Koninkrijk"},
    Row{"GR", "Greece|Ελλάδα|Griechenland|Grèce|Griekenland"},
    Row{"HU", "Hungary|Magyarország|Ungarn|Hongrie|Hongarije"},
    Row{"IE", "Ireland|Éire|Irland|Irlande|Ierland"},
    Row{"IT", "Italy|Italia|Italien|Italie|Italië"},
    Row{"LU", "Luxembourg|Lëtzebuerg|Luxemburg"},
    Row{"MX", "Mexico|México|Mexiko|Mexique"},
    Row{"NL", "Netherlands|The Netherlands|Nederland|Holland|Niederlande|Pays-Bas"},
    Row{"NO", "Norway|Norge|Norwegen|Norvège|Noorwegen"},
    Row{"PL", "Poland|Polska|Polen|Pologne"},
    Row{"PT", "Portugal"},
    Row{"RO", "Romania|România|Rumänien|Roumanie|Roemenië"},
    Row{"SE", "Sweden|Sverige|Schweden|Suède|Zweden"},
    Row{"TR", "Turkey|Türkiye|Türkei|Turquie|Turkije"},
    Row{"US", "United States|United States of America|USA|Vereinigte Staaten|États-Unis|Verenigde Staten"},
    Row{"ZA", "South Africa|Südafrika|Afrique du Sud|Zuid-Afrika"},
};
constexpr std::array<std::string_view, 6> titles{"country", "country code", "country_code", "land", "pays", "país"};

bool is_one(std::string_view names, std::string_view name) {
    while (!names.empty()) {
        const auto one = names.substr(0, names.find('|'));
        if (text::same_letters(one, name)) return true;
        names.remove_prefix(std::min(one.size() + 1, names.size()));
    }
    return false;
}

/// "DE" for "de", and for whatever else has two letters.
std::string_view code_of(std::string_view written) {
    static const auto codes = [] {
        std::array<char, std::size_t{26} * 26 * 2> all{};
        for (std::size_t i = 0; i < all.size() / 2; ++i) {
            all.at(2 * i) = static_cast<char>('A' + i / 26);
            all.at(2 * i + 1) = static_cast<char>('A' + i % 26);
        }
        return all;
    }();
    std::size_t place = 0;
    for (char c : written) {
        const char letter = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        if (letter < 'A' || letter > 'Z') return {};
        place = place * 26 + static_cast<std::size_t>(letter - 'A');
    }
    return {&codes.at(2 * place), 2};
}

} // namespace

std::string_view country_named(std::string_view written) {
    for (const auto& row : rows)
        if (is_one(row.names, written)) return row.code;
    return written.size() == 2 ? code_of(written) : std::string_view();
}

std::string_view own_country(const Record& record, std::string_view field) {
    for (const auto& [name, value] : record.fields) {
        const bool it = field.empty() ? std::ranges::any_of(titles, [&](auto t) { return text::same_letters(t, name); })
                                      : text::same_letters(field, name);
        if (it && !value.empty()) return country_named(value);
    }
    return {};
}

} // namespace lamp::recognition
