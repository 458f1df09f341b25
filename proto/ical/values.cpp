#include "proto/ical/values.hpp"

#include "proto/text/text.hpp"

namespace lamp::ical {

using namespace std::chrono;

namespace {

/// `count` digits at the front, taken off.
std::optional<int> digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int value = 0;
    for (char c : text.substr(0, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return value;
}

std::optional<seconds> clock_time(std::string_view& text) {
    auto hour = digits(text, 2);
    auto minute = digits(text, 2);
    if (!hour || !minute) return std::nullopt;
    auto second = digits(text, 2).value_or(0);
    if (*hour > 23 || *minute > 59 || second > 60) return std::nullopt;
    return hours(*hour) + minutes(*minute) + seconds(std::min(second, 59));
}

bool dropped(char c) {
    const auto code = static_cast<unsigned char>(c);
    return (code < 0x20 && c != '\n' && c != '\t') || code == 0x7f;
}

} // namespace

std::optional<Stamp> parse_stamp(std::string_view text) {
    text = text::trim(text);
    auto y = digits(text, 4);
    auto m = digits(text, 2);
    auto d = digits(text, 2);
    if (!y || !m || !d) return std::nullopt;
    const auto date = year(*y) / month(static_cast<unsigned>(*m)) / day(static_cast<unsigned>(*d));
    if (*y == 0 || !date.ok()) return std::nullopt;
    Stamp stamp{Stamp::Kind::date, Local(local_days(date))};
    if (text.empty()) return stamp;
    if (text.front() != 'T' && text.front() != 't') return std::nullopt;
    text.remove_prefix(1);
    auto time = clock_time(text);
    if (!time) return std::nullopt;
    stamp.time += *time;
    stamp.kind = text == "Z" || text == "z" ? Stamp::Kind::utc : Stamp::Kind::local;
    if (stamp.kind == Stamp::Kind::local && !text.empty()) return std::nullopt;
    return stamp;
}

std::optional<Length> parse_length(std::string_view text) {
    text = text::trim(text);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.size() < 3 || (text.front() != 'P' && text.front() != 'p')) return std::nullopt;
    text.remove_prefix(1);
    Length length;
    bool clock = false;
    while (!text.empty()) {
        if (!clock && (text.front() == 'T' || text.front() == 't')) {
            clock = true;
            text.remove_prefix(1);
            if (text.empty()) return std::nullopt;
            continue;
        }
        std::int64_t value = 0;
        std::size_t count = 0;
        for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count)
            if (count < 11) value = value * 10 + (text[count] - '0');
        if (count == 0 || count > 10 || count == text.size()) return std::nullopt;
        const char unit = static_cast<char>(text[count] & ~0x20);
        text.remove_prefix(count + 1);
        if (!clock && unit == 'W' && value < 1'000'000)
            length.days += days(7 * value);
        else if (!clock && unit == 'D' && value < 10'000'000)
            length.days += days(value);
        else if (clock && unit == 'H')
            length.time += hours(value);
        else if (clock && unit == 'M')
            length.time += minutes(value);
        else if (clock && unit == 'S')
            length.time += seconds(value);
        else
            return std::nullopt;
        // A thousand years is no appointment, and sums must not overflow.
        if (length.days > days(366'000) || length.time > days(366'000)) return std::nullopt;
    }
    if (negative) return Length{-length.days, -length.time};
    return length;
}

std::optional<seconds> parse_offset(std::string_view text) {
    text = text::trim(text);
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const bool west = text.front() == '-';
    text.remove_prefix(1);
    auto value = clock_time(text);
    if (!value || !text.empty()) return std::nullopt;
    return west ? -*value : *value;
}

std::string plain_text(std::string_view value, std::size_t bytes_max) {
    if (!text::is_utf8(value)) return plain_text(text::from_latin1(value), bytes_max);
    std::string made;
    made.reserve(std::min(value.size(), bytes_max));
    for (std::size_t i = 0; i < value.size() && made.size() <= bytes_max; ++i) {
        char c = value[i];
        if (c == '\\' && i + 1 < value.size()) {
            const char next = value[i + 1];
            if (next == 'n' || next == 'N')
                c = '\n', ++i;
            else if (next == ',' || next == ';' || next == '\\' || next == ':' || next == '"')
                c = next, ++i;
        }
        if (!dropped(c)) made += c;
    }
    made.resize(text::beginning(made, bytes_max).size());
    return made;
}

} // namespace lamp::ical
