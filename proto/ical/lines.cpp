#include "proto/ical/lines.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "proto/ical/values.hpp"
#include "proto/text/text.hpp"

namespace lamp::ical {

using text::same_letters;

namespace {

struct NameRow {
    std::string_view text;
    Name name;
};
constexpr NameRow names[] = {
    {"ATTENDEE", Name::attendee},
    {"CLASS", Name::classification},
    {"DESCRIPTION", Name::description},
    {"DTEND", Name::dtend},
    {"DTSTAMP", Name::dtstamp},
    {"DTSTART", Name::dtstart},
    {"DURATION", Name::duration},
    {"EXDATE", Name::exdate},
    {"EXRULE", Name::exrule},
    {"LOCATION", Name::location},
    {"METHOD", Name::method},
    {"RDATE", Name::rdate},
    {"RECURRENCE-ID", Name::recurrence_id},
    {"REFRESH-INTERVAL", Name::refresh},
    {"RRULE", Name::rrule},
    {"SEQUENCE", Name::sequence},
    {"STATUS", Name::status},
    {"SUMMARY", Name::summary},
    {"TRANSP", Name::transparency},
    {"TZID", Name::tzid},
    {"TZOFFSETFROM", Name::offset_from},
    {"TZOFFSETTO", Name::offset_to},
    {"UID", Name::uid},
    {"X-MICROSOFT-CDO-BUSYSTATUS", Name::busy_status},
    {"X-PUBLISHED-TTL", Name::refresh},
};

Name name_of(std::string_view word) {
    const auto* row = std::ranges::find_if(names, [&](const NameRow& one) { return same_letters(one.text, word); });
    return row == std::end(names) ? Name::other : row->name;
}

bool is_name(std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    });
}

std::string_view unquoted(std::string_view value) {
    value = text::trim(value);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.find('"', 1) - 1);
    return value;
}

/// Where the first of `ends` stands outside quotes; an unclosed quote counts as a letter.
std::size_t find_outside_quotes(std::string_view line, std::string_view ends) {
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (ends.find(line[at]) != ends.npos) return at;
        if (line[at] != '"') continue;
        if (const auto closing = line.find('"', at + 1); closing != line.npos) at = closing;
    }
    return line.npos;
}

void take_parameter(std::string_view parameter, Property& property) {
    const auto equals = parameter.find('=');
    if (equals == parameter.npos) return;
    const auto name = text::trim(parameter.substr(0, equals));
    struct Row {
        std::string_view name;
        std::string_view Property::* member;
    };
    constexpr Row rows[] = {{"TZID", &Property::tzid},
                            {"VALUE", &Property::value_type},
                            {"RANGE", &Property::range},
                            {"PARTSTAT", &Property::status},
                            {"EMAIL", &Property::email}};
    for (const Row& row : rows)
        if (same_letters(row.name, name)) property.*row.member = unquoted(parameter.substr(equals + 1));
}

/// Physical lines put together: bytes, and the number of the first one.
class Lines {
public:
    Lines(std::string_view bytes, std::deque<std::string>& unfolded) : bytes_(bytes), unfolded_(unfolded) {}

    bool next() {
        if (at_ >= bytes_.size()) return false;
        begin_ = at_;
        number_ = physical_ + 1;
        line_ = physical();
        if (!continued()) return true;
        std::string whole(line_);
        while (continued()) {
            ++at_;
            whole += physical();
        }
        line_ = unfolded_.emplace_back(std::move(whole));
        return true;
    }
    /// What was put together and is of no use to anybody.
    void forget() {
        if (!unfolded_.empty() && line_.data() == unfolded_.back().data()) unfolded_.pop_back();
    }
    [[nodiscard]] std::string_view line() const { return line_; }
    [[nodiscard]] std::size_t number() const { return number_; }
    [[nodiscard]] std::size_t begin() const { return begin_; }
    [[nodiscard]] std::size_t end() const { return at_; }

private:
    [[nodiscard]] bool continued() const { return at_ < bytes_.size() && (bytes_[at_] == ' ' || bytes_[at_] == '\t'); }
    std::string_view physical() {
        ++physical_;
        const auto end = std::min(bytes_.find_first_of("\r\n", at_), bytes_.size());
        auto line = bytes_.substr(at_, end - at_);
        at_ = end;
        if (at_ < bytes_.size() && bytes_[at_] == '\r') ++at_;
        if (at_ < bytes_.size() && bytes_[at_] == '\n') ++at_;
        return line;
    }

    std::string_view bytes_;
    std::deque<std::string>& unfolded_;
    std::string_view line_{};
    std::size_t at_ = 0, begin_ = 0, physical_ = 0, number_ = 0;
};

class Reader {
public:
    Reader(std::string_view bytes, const Limits& limits, Warnings& warnings)
        : bytes_(bytes), limits_(limits), warnings_(warnings), lines_(bytes, made_.unfolded) {}

    Result<Components> read() {
        while (lines_.next()) {
            auto line = lines_.line();
            if (text::trim(line).empty()) continue;
            if (auto taken = take(line); !taken) return std::unexpected(taken.error());
        }
        if (!open_.empty())
            return fail(Category::protocol,
                        fmt::format("The calendar ends within a {}: it was cut off.", text::lower(open_.back().name)));
        return std::move(made_);
    }

private:
    struct Open {
        std::string name;
        bool kept = false;
        std::size_t begin = 0;
        Component component{};
    };

    void warn(std::string text) { warnings_.add(lines_.number(), {}, std::move(text)); }

    Result<void> take(std::string_view line) {
        const auto end = find_outside_quotes(line, ":;");
        const auto name = text::trim(line.substr(0, end));
        if (end == line.npos || !is_name(name)) {
            warn("This line is no property; it is ignored.");
            lines_.forget();
            return {};
        }
        if (same_letters(name, "BEGIN")) return begin(text::trim(line.substr(end + 1)));
        if (same_letters(name, "END")) {
            finish(text::trim(line.substr(end + 1)));
            return {};
        }
        const Name known = name_of(name);
        if (known == Name::other || open_.empty() || !wanted(known))
            lines_.forget();
        else
            property(known, line.substr(end));
        return {};
    }

    [[nodiscard]] bool wanted(Name name) const {
        if (open_.back().kept) return true;
        return in_calendar() && (name == Name::method || name == Name::refresh);
    }
    [[nodiscard]] bool in_calendar() const { return !open_.empty() && same_letters(open_.back().name, "VCALENDAR"); }

    void property(Name name, std::string_view rest) {
        Property made{.name = name, .line = lines_.number()};
        while (rest.starts_with(';')) {
            rest.remove_prefix(1);
            const auto end = find_outside_quotes(rest, ":;");
            take_parameter(rest.substr(0, end), made);
            rest = end == rest.npos ? std::string_view() : rest.substr(end);
        }
        if (rest.empty()) return warn("This property has no value; it is ignored.");
        made.value = rest.substr(1);
        whole_zone(made);
        if (open_.back().kept)
            open_.back().component.properties.push_back(made);
        else
            of_calendar(made);
    }
    /// TZID=(UTC+01:00) Amsterdam:20260310T090000 without its quotes: dates and times hold no colon, so the last one
    /// ends the name.
    static void whole_zone(Property& property) {
        const auto last = property.value.rfind(':');
        if (property.tzid.empty() || last == property.value.npos) return;
        if (property.tzid.end() + 1 != property.value.begin()) return; // quoted, or not the last parameter
        property.tzid = {property.tzid.begin(), property.value.begin() + static_cast<std::ptrdiff_t>(last)};
        property.value.remove_prefix(last + 1);
    }
    void of_calendar(const Property& property) {
        if (property.name == Name::method)
            made_.cancels.back() = same_letters(text::trim(property.value), "CANCEL");
        else if (auto length = parse_length(property.value); length && !made_.refresh)
            made_.refresh = length->days + length->time;
    }

    Result<void> begin(std::string_view name) {
        const bool calendar = same_letters(name, "VCALENDAR");
        if (calendar && !open_.empty()) close_down_to(0);
        if (same_letters(name, "VEVENT") && !open_.empty() && same_letters(open_.back().name, "VEVENT"))
            close_down_to(open_.size() - 1);
        if (open_.size() >= limits_.depth)
            return fail(Category::limit, fmt::format("The calendar is nested deeper than {} (line {}).", limits_.depth,
                                                     lines_.number()));
        if (calendar) made_.cancels.push_back(false);
        if (made_.cancels.empty()) return fail(Category::protocol, "This is no iCalendar: it does not begin as one.");
        Open opened{std::string(name), false, lines_.begin(), {}};
        opened.kept = kind_of(name, opened.component.kind);
        opened.component.line = lines_.number();
        opened.component.calendar = made_.cancels.size() - 1;
        if (opened.kept && opened.component.kind == Component::Kind::event && ++events_ > limits_.events)
            return fail(Category::limit, fmt::format("The calendar has more than {} events.", limits_.events));
        open_.push_back(std::move(opened));
        return {};
    }
    [[nodiscard]] bool kind_of(std::string_view name, Component::Kind& kind) const {
        const bool in_zone =
            !open_.empty() && open_.back().kept && open_.back().component.kind == Component::Kind::zone;
        const bool outer = open_.empty() || in_calendar();
        if (outer && same_letters(name, "VEVENT"))
            kind = Component::Kind::event;
        else if (outer && same_letters(name, "VTIMEZONE"))
            kind = Component::Kind::zone;
        else if (in_zone && same_letters(name, "STANDARD"))
            kind = Component::Kind::standard;
        else if (in_zone && same_letters(name, "DAYLIGHT"))
            kind = Component::Kind::daylight;
        else
            return false;
        return true;
    }

    void finish(std::string_view name) {
        auto found = std::ranges::find_if(open_.rbegin(), open_.rend(),
                                          [&](const Open& one) { return same_letters(one.name, name); });
        if (found == open_.rend()) return warn("This END has no BEGIN; it is ignored.");
        const auto index = static_cast<std::size_t>(open_.rend() - found) - 1;
        close_down_to(index + 1);
        close();
    }
    /// Ends what was forgotten to be ended.
    void close_down_to(std::size_t size) {
        if (open_.size() > size) warn("What was begun before this line has no END; it is taken to end here.");
        while (open_.size() > size)
            close();
    }
    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        if (!done.kept) return;
        switch (done.component.kind) {
        case Component::Kind::event: made_.events.push_back(std::move(done.component)); break;
        case Component::Kind::zone:
            done.component.text = bytes_.substr(done.begin, lines_.end() - done.begin);
            made_.zones.push_back(std::move(done.component));
            break;
        case Component::Kind::standard:
        case Component::Kind::daylight: open_.back().component.parts.push_back(std::move(done.component)); break;
        }
    }

    std::string_view bytes_;
    const Limits& limits_;
    Warnings& warnings_;
    Components made_{};
    Lines lines_;
    std::vector<Open> open_{};
    std::size_t events_ = 0;
};

} // namespace

const Property* Component::first(Name name) const {
    auto found = std::ranges::find(properties, name, &Property::name);
    return found == properties.end() ? nullptr : &*found;
}

void Warnings::add(std::size_t line, std::string_view uid, std::string text) {
    ++count_;
    if (kept_.size() < most_) kept_.push_back({line, std::string(uid), std::move(text)});
}

std::vector<Warning> Warnings::take() {
    std::ranges::sort(kept_, [](const Warning& left, const Warning& right) {
        return left.line != right.line ? left.line < right.line : left.text < right.text;
    });
    return std::move(kept_);
}

Result<Components> read_components(std::string_view bytes, const Limits& limits, Warnings& warnings) {
    if (bytes.size() > limits.bytes)
        return fail(Category::limit, fmt::format("The calendar is larger than {} bytes.", limits.bytes));
    if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
    const auto first = bytes.find_first_not_of(" \t\r\n");
    if (first == bytes.npos) return fail(Category::protocol, "This is no iCalendar: it is empty.");
    constexpr std::string_view opening = "BEGIN:VCALENDAR";
    if (!same_letters(bytes.substr(first, opening.size()), opening))
        return fail(Category::protocol, "This is no iCalendar: it does not begin with BEGIN:VCALENDAR.");
    return Reader(bytes, limits, warnings).read();
}

} // namespace lamp::ical
