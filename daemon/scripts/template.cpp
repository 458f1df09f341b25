// Rendering: values, and how each place wants them written.
#include "scripts/template.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "proto/json/writer.hpp"
#include "proto/text/text.hpp"

namespace lamp::scripts {
namespace {

using Property = Template::Property;
using Encoding = Template::Encoding;

/// Only UTF-8, cut at a character, without the marks that turn a text around for the eye.
std::string tidy(std::string_view raw) {
    std::string whole = text::is_utf8(raw) ? std::string(raw) : text::from_latin1(raw);
    whole.resize(text::beginning(whole, value_bytes_max).size());
    std::string out;
    out.reserve(whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        const auto mark = std::string_view(whole).substr(i, 3);
        const bool turns = mark.starts_with("\xE2\x80") && mark.size() == 3 && mark[2] >= '\xAA' && mark[2] <= '\xAE';
        const bool isolates =
            mark.starts_with("\xE2\x81") && mark.size() == 3 && mark[2] >= '\xA6' && mark[2] <= '\xA9';
        if (turns || isolates)
            i += 2;
        else if (whole[i] != '\0')
            out += whole[i];
    }
    return out;
}

void percent(std::string& out, std::string_view value, std::string_view also) {
    for (char c : value) {
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                std::string_view("-._~").find(c) != std::string_view::npos;
        if (unreserved || also.find(c) != std::string_view::npos)
            out += c;
        else
            fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
}

/// Every kind of line break as CR LF, as mails want it.
std::string mail_lines(std::string_view value) {
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\r' && value[i] != '\n') {
            out += value[i];
            continue;
        }
        out += "\r\n";
        if (value[i] == '\r' && i + 1 < value.size() && value[i + 1] == '\n') ++i;
    }
    return out;
}

void append_json_text(std::string& out, std::string_view value) {
    std::string quoted;
    append_json_string(quoted, value);
    std::string_view inside(quoted);
    inside = inside.substr(1, inside.size() - 2);
    // Line separators are line breaks to older JavaScript.
    for (std::size_t i = 0; i < inside.size(); ++i) {
        const auto three = inside.substr(i, 3);
        if (three == "\xE2\x80\xA8" || three == "\xE2\x80\xA9") {
            out += three == "\xE2\x80\xA8" ? "\\u2028" : "\\u2029";
            i += 2;
        } else {
            out += inside[i];
        }
    }
}

/// Digits with a "+" in front, and an extension: all that an address of a telephone needs.
void append_number(std::string& out, std::string_view value) {
    constexpr std::string_view extension = ";ext=";
    auto from = value.find(extension);
    auto first = value.substr(0, from);
    if (first.starts_with('+')) out += '+';
    for (char c : first.substr(0, first.find_first_of(";@?")))
        if (c >= '0' && c <= '9') out += c;
    if (from == std::string_view::npos) return;
    std::string behind;
    for (char c : value.substr(from + extension.size())) {
        if (c < '0' || c > '9') break;
        behind += c;
    }
    if (!behind.empty()) out += extension, out += behind;
}

void append_header(std::string& out, std::string_view value) {
    const bool ascii = std::ranges::all_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!ascii) return out += "UTF-8''", percent(out, value, ""), void(); // RFC 8187
    for (char c : value)
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
}

void append_plain(std::string& out, std::string_view value) {
    for (char c : value)
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
}

bool is_count(Property property) {
    return property == Property::duration || property == Property::match_count;
}

void append_value(std::string& out, const std::string& value, Encoding encoding, Property property) {
    switch (encoding) {
    case Encoding::path:
        // "." and ".." between slashes would lead elsewhere, however they are encoded.
        if (value.find_first_not_of('.') != std::string::npos) percent(out, value, "");
        return;
    case Encoding::query: return percent(out, value, "");
    case Encoding::recipient: return percent(out, value, "@");
    case Encoding::mail_text: return percent(out, mail_lines(value), "");
    case Encoding::number: return append_number(out, value);
    case Encoding::json_string: return append_json_text(out, value);
    case Encoding::json_value:
        if (is_count(property)) return out += value.empty() ? "null" : value, void();
        out += '"', append_json_text(out, value), out += '"';
        return;
    case Encoding::plain: return append_plain(out, value);
    case Encoding::header: return append_header(out, value);
    }
}

std::string plain_name(std::string_view name) {
    auto out = text::lower(name);
    std::erase_if(out, [](char c) { return text::is_space(c) || c == '_' || c == '-'; });
    return out;
}

/// Its exact name goes before one that differs in case or blanks, and a field before what every match has.
std::string field_of(const std::optional<calls::Match>& match, const std::string& name) {
    if (!match) return {};
    for (const auto& [key, value] : match->fields)
        if (key == name) return value;
    auto wanted = plain_name(name);
    for (const auto& [key, value] : match->fields)
        if (plain_name(key) == wanted) return value;
    if (wanted == "displayname") return match->name;
    if (wanted == "identifier") return match->id;
    if (wanted == "popupuri") return match->url;
    return {};
}

std::string in_zone(Wall at, const Look& look) {
    if (look.time_format.empty()) {
        if (look.zone.name() == "UTC" || look.zone.name().empty()) return rfc3339(at);
    }
    const auto local = look.zone.local(at);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(local - day);
    const auto offset = look.zone.offset(at).count();
    const auto minutes = std::abs(offset) / 60;
    const char sign = offset < 0 ? '-' : '+';
    const int year = static_cast<int>(date.year());
    const unsigned month = static_cast<unsigned>(date.month()), of_month = static_cast<unsigned>(date.day());
    const auto hour = clock.hours().count(), minute = clock.minutes().count(), second = clock.seconds().count();
    if (look.time_format.empty())
        return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}", year, month, of_month, hour, minute,
                           second, sign, minutes / 60, minutes % 60);
    std::string out;
    for (std::size_t i = 0; i < look.time_format.size(); ++i) {
        if (look.time_format[i] != '%' || i + 1 == look.time_format.size()) {
            out += look.time_format[i];
            continue;
        }
        auto to = std::back_inserter(out);
        switch (look.time_format[++i]) {
        case 'Y': fmt::format_to(to, "{:04}", year); break;
        case 'y': fmt::format_to(to, "{:02}", year % 100); break;
        case 'm': fmt::format_to(to, "{:02}", month); break;
        case 'd': fmt::format_to(to, "{:02}", of_month); break;
        case 'H': fmt::format_to(to, "{:02}", hour); break;
        case 'M': fmt::format_to(to, "{:02}", minute); break;
        case 'S': fmt::format_to(to, "{:02}", second); break;
        case 'F': fmt::format_to(to, "{:04}-{:02}-{:02}", year, month, of_month); break;
        case 'T': fmt::format_to(to, "{:02}:{:02}:{:02}", hour, minute, second); break;
        case 'z': fmt::format_to(to, "{}{:02}{:02}", sign, minutes / 60, minutes % 60); break;
        case 'Z': out += look.zone.name(); break;
        case 's': fmt::format_to(to, "{}", std::chrono::floor<seconds>(at).time_since_epoch().count()); break;
        default: out += look.time_format[i];
        }
    }
    return out;
}
std::string in_zone(const std::optional<Wall>& at, const Look& look) {
    return at ? in_zone(*at, look) : std::string();
}

/// Short where it may be and nothing else was asked for.
std::string internal(const Party& party, const std::optional<numbers::Style>& asked, const Look& look) {
    const bool short_one = !party.extension.empty() && (party.number.empty() || (look.short_numbers && !asked));
    if (short_one) return party.extension;
    return numbers::spelled(look.network, party.number, asked.value_or(look.number));
}

} // namespace

std::string time_format_mistake(std::string_view format) {
    constexpr std::size_t format_max = 64;
    if (format.size() > format_max) return fmt::format("is longer than {} characters", format_max);
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') continue;
        ++i;
        if (i == format.size() || !std::string_view("YymdHMSFTzZs%").contains(format[i]))
            return "has a % that means nothing (%Y %m %d %H %M %S %y %F %T %z %Z %s %%)";
    }
    return {};
}

std::string Template::value_of(const Piece& piece, const Facts& facts, const Look& look) {
    switch (*piece.property) {
    case Property::caller_name: return facts.caller.name;
    case Property::caller_number:
        return numbers::spelled(look.network, facts.caller.number, piece.style.value_or(look.number));
    case Property::device_name: return facts.device.name;
    case Property::device_number: return internal(facts.device, piece.style, look);
    case Property::ddi_name: return facts.ddi.name;
    case Property::ddi_number: return internal(facts.ddi, piece.style, look);
    case Property::start_time: return in_zone(facts.start, look);
    case Property::answer_time: return in_zone(facts.answered, look);
    case Property::end_time: return in_zone(facts.ended, look);
    case Property::duration:
        if (!facts.answered || !facts.ended) return {};
        return fmt::format("{}", std::chrono::duration_cast<seconds>(*facts.ended - *facts.answered).count());
    case Property::call_id: return facts.id;
    case Property::direction: return facts.incoming ? "in" : "out";
    case Property::release_reason: return facts.release;
    case Property::queue_name: return facts.queue;
    case Property::user_id: return facts.user;
    case Property::integration: return facts.match ? facts.match->integration : std::string();
    case Property::match_count: return fmt::format("{}", facts.matches);
    case Property::field: return field_of(facts.match, piece.text);
    }
    return {};
}

std::string Template::render(const Facts& facts, const Look& look) const {
    std::string out;
    for (const Piece& piece : pieces_) {
        if (piece.property)
            append_value(out, tidy(value_of(piece, facts, look)), piece.encoding, *piece.property);
        else
            out += piece.text;
    }
    return out;
}

} // namespace lamp::scripts
